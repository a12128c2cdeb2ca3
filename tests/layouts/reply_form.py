"""The reply form (回覆單) on the last page of a confirmation letter, for the other side to sign."""

import deal
from parts import Page
from words import BOX


def write_reply(page: Page) -> None:
    """Write the form on a page of its own, to be torn off and sent back."""
    page.put(("回　覆　單", "Reply Form"), "Title", new_page=True)
    page.put(("致：{{ ours.name }}", "To: {{ ours.name }}"), "BodyLeft")
    page.put(
        (
            "事由：{{ document.number }}「{{ title }}」書面確認函（{{ document.date }}）",
            "Re: letter of confirmation {{ document.number }} of {{ document.date }}, “{{ title }}”",
        ),
        "BodyLeft",
    )
    page.put(
        (
            "請於{{ reply_by }}前回覆。本公司就上開確認函所載條件，回覆如下（請擇一勾選）：",
            "Please reply by {{ reply_by }}. On the terms of that letter we reply as follows (tick one):",
        )
    )
    page.put(
        (f"{BOX} 同意，所載條件與協商結果相符。", f"{BOX} We agree; the terms are as settled in our talks."),
        "BodyLeft",
    )
    page.put(
        (
            f"{BOX} 不同意，或有更正、補充意見如下（視為新要約）：",
            f"{BOX} We do not agree, or have the following corrections or additions (a new offer):",
        ),
        "BodyLeft",
    )
    with page.table(1) as grid:
        grid.row("", height=1700)
    with page.when('consent_mode != "agreed" and consent_mode != "paper"'):
        page.put(
            ("關於電子文件及電子簽章（請擇一勾選）：", "On electronic documents and signatures (tick one):"),
            "BodyLeft",
        )
        page.put((f"{BOX} 同意採用電子形式。", f"{BOX} We agree to electronic form."), "BodyLeft")
        page.put(
            (
                f"{BOX} 反對採用電子形式，請以紙本為之。",
                f"{BOX} We object to electronic form; please use paper.",
            ),
            "BodyLeft",
        )
    page.put("", "Gap")
    with page.table(3.1, 5.5, 2.5, 4.9) as grid:
        deal.signature_rows(grid, "theirs")
    page.put(
        (
            "回覆請寄：{{ ours.email }}；{{ ours.address }}",
            "Please send to: {{ ours.email }}; {{ ours.address }}",
        ),
        "Note",
    )

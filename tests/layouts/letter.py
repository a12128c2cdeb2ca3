"""What every letter to the other side has: its head, its ending, and the proof that it arrived."""

from typing import Any

import deal
from forms import filled
from parts import Cell, Page, label
from words import Words, choose, lines, optional

EFFECT = (
    "本函於達到　貴公司時發生效力（民法第九十五條第一項）。",
    "This letter takes effect when it reaches you (Article 95, paragraph 1 of the Civil Code).",
)
OURSELVES = lines(
    "{{ document.owner }}",
    optional("ours.phone", ("電話：{{ ours.phone }}", "Telephone: {{ ours.phone }}")),
    optional("ours.email", ("電子郵件：{{ ours.email }}", "E-mail: {{ ours.email }}")),
)
RECEIPT = (
    "本函發出時，本案紀錄之末筆為 {{ document.receipt }}。請與本函一併保存，日後可據以核對紀錄未經更動。",
    "When this letter was issued, our record of this matter ended with {{ document.receipt }}. Keep it with "
    "the letter: it shows later whether the record was changed.",
)


def head(page: Page, subject: Words) -> None:
    """Write who writes to whom, when, under which number, and about what."""
    page.put("{{ ours.name }}", "Letterhead")
    page.put(optional("ours.name_other", "{{ ours.name_other }}"), "Note")
    whole = "{{ ours.address }}　{{ ours.phone }}　{{ ours.email }}"
    page.put(
        choose(
            ("ours.address and ours.phone and ours.email", whole),
            ("ours.address", "{{ ours.address }}"),
        ),
        "Note",
    )
    page.put("", "Rule")
    page.put(("受文者：", "To:"), "BodyLeft")
    page.put("**{{ theirs.name }}**", "BodyLeft")
    page.put(optional("theirs.address", "{{ theirs.address }}"), "BodyLeft")
    person: Words = (
        "{{ theirs.representative }}　{{ theirs.representative_title }}　台鑒",
        "{{ theirs.representative }}, {{ theirs.representative_title }}",
    )
    page.put(
        choose(
            ("theirs.representative and theirs.representative_title", person),
            ("", ("公鑒", "The Management")),
        ),
        "BodyLeft",
    )
    page.put("", "Gap")
    with page.table(2.2, 13.8) as grid:
        grid.row(Cell(("發文日期", "Date"), "Label"), "{{ document.date }}")
        grid.row(
            Cell(("發文字號", "Reference"), "Label"),
            (
                "{{ document.number }}（案號 {{ document.ref }}）",
                "{{ document.number }} (case {{ document.ref }})",
            ),
        )
        grid.row(Cell(("主　　旨", "Subject"), "Label"), subject)


def closing(page: Page) -> None:
    """Write the ending, and who signs."""
    page.put(("　　順頌　商祺", "Yours sincerely,"), "BodyLeft", keep_next=True)
    page.put("**{{ ours.name }}**", "Close", keep_next=True)
    person: Words = (
        "{{ ours.representative_title }}　{{ ours.representative }}",
        "{{ ours.representative }}, {{ ours.representative_title }}",
    )
    page.put(
        choose(
            ("ours.representative and ours.representative_title", person),
            ("ours.representative", "{{ ours.representative }}"),
        ),
        "Close",
        keep_next=True,
    )
    page.put(("（簽名或蓋章）", "Signature or seal:"), "Close")


def receipt(page: Page) -> None:
    """Write where the trail stood: whoever keeps the letter is a witness of it."""
    page.put("", "Gap")
    page.put(RECEIPT, "Note")


def kept(made: dict[str, Any]) -> dict[str, Any]:
    """Return the sample of a letter with a receipt."""
    made["document"]["receipt"] = f"AGR-2026-0042#7: {' '.join(['51aa0be4', 'c3d97710'] * 4)}"
    return made


def delivered(page: Page, name: str) -> None:
    """Write how the letter is delivered, and a receipt; it takes effect on arrival (民法 §95)."""
    page.put(EFFECT, "Note")
    page.heading(("送達及收件回條", "Delivery and receipt"), "Heading2")
    with page.table(3.1, 4.9, 3.1, 4.9) as grid:
        grid.row(
            label(("送達方式", "Delivered by"), kept=True),
            Cell(f"{{{{ {name}.delivery.by_name }}}}", "CellKept"),
            label(("掛號或寄送編號", "Tracking no."), kept=True),
            Cell(filled(f"{name}.delivery.reference"), "CellKept"),
        )
        grid.row(
            label(("寄發日期", "Sent on"), kept=True),
            Cell(filled(f"{name}.delivery.sent_on", deal.SIGNED_ON), "CellKept"),
            label(("收受日期", "Received on"), kept=True),
            Cell(filled(f"{name}.delivery.received_on", deal.SIGNED_ON), "CellKept"),
        )
        grid.row(
            label(("收受人簽章", "Received by")),
            Cell(filled(f"{name}.delivery.received_by"), span=3),
            height=760,
        )


def ask(page: Page, name: str) -> None:
    """Write whom to ask: the person the letter names, or else whoever prepared it."""
    phone: Words = (f"電話：{{{{ {name}.contact.phone }}}}", f"Telephone: {{{{ {name}.contact.phone }}}}")
    mail: Words = (f"電子郵件：{{{{ {name}.contact.email }}}}", f"E-mail: {{{{ {name}.contact.email }}}}")
    person = lines(
        f"{{{{ {name}.contact.name }}}}",
        optional(f"{name}.contact.phone", phone),
        optional(f"{name}.contact.email", mail),
    )
    page.put(choose((f"{name}.contact.name", person), ("", OURSELVES)), "BodyLeft", keep_next=True)

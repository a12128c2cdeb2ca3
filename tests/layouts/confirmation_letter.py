"""The confirmation letter (書面確認函): what was agreed, in writing, to be answered in writing."""

from typing import Any

import deal
import letter
from parts import Layout, Page
from reply_form import write_reply
from samples import sample
from words import Words, choose, lines, optional

OPENING = (
    "承蒙　貴公司撥冗洽談，謹致謝忱。雙方就「{{ title }}」業經協商並議定條件，茲依協商結果，"
    "將已議定及尚待議定之事項書面確認如下，敬請　貴公司核對。",
    "Thank you for your time in our recent talks. We have settled the terms for “{{ title }}” together; we "
    "confirm them below in writing, with the points that remain open, and ask you to check them.",
)
# Which rules of ours ask for a formal contract is nothing for the other side to read.
EFFECT_FORMAL = lines(
    ("雙方擬就本案另訂正式契約。", "A formal contract is to be concluded in this matter."),
    (
        "本函所載條件為擬訂該契約之依據；正式契約經雙方簽署前，除雙方另有書面約定（包括保密約定）外，"
        "任何一方均不因本函負履行或締約之義務。",
        "The terms in this letter are the basis for drafting it. Until both parties have signed the formal "
        "contract, neither is obliged by this letter to perform or to contract, save as the parties have "
        "otherwise agreed in writing, for example on confidentiality.",
    ),
)
EFFECT_DIRECT = lines(
    ("本案不另訂正式契約。", "No separate formal contract is to be concluded in this matter."),
    (
        "貴公司以書面表示同意之通知到達本公司時，雙方即依本函所載條件成立契約；尚待議定之事項，"
        "仍以雙方日後書面合意為準。",
        "When your written agreement reaches us, a contract on the terms of this letter is made. Open "
        "points remain subject to later agreement in writing.",
    ),
)
CHANGES = (
    "貴公司如就所載條件為擴張、限制或其他變更，依法視為新要約，須再經本公司書面同意；未於期限內回覆，"
    "不視為同意本函所載條件。",
    "A reply that extends, limits or otherwise changes these terms counts as a new offer and needs our "
    "agreement in writing. Silence does not count as agreement to the terms of this letter.",
)
CONSENT = choose(
    (
        'consent_mode == "agreed"',
        (
            "雙方已同意本案之文件及簽章採用電子形式；任一方仍得隨時通知他方停止採用，停止前已為之法律行為，"
            "效力不受影響。",
            "The parties have agreed to use electronic documents and signatures in this matter. Either may "
            "at any time give notice to stop doing so; acts done in electronic form before that remain "
            "valid.",
        ),
    ),
    (
        'consent_mode == "paper"',
        (
            "本案文件以紙本為之，並由雙方簽名或蓋章。",
            "Documents in this matter are made on paper and signed or sealed by the parties.",
        ),
    ),
    (
        "",
        (
            "本公司擬就本案之通知、契約及簽章採用電子文件及電子簽章。貴公司如不同意，請於{{ reply_by }}前，"
            "以電子郵件、書面或下附回覆單告知本公司；屆期未表示反對者，依電子簽章法第五條第四項，"
            "推定　貴公司同意採用電子形式。日後貴公司仍得隨時表示停止採用，停止前已為之法律行為，"
            "效力不受影響。",
            "We propose to use electronic documents and electronic signatures for notices, contracts and "
            "signing in this matter. If you object, please tell us by {{ reply_by }} by e-mail, in writing "
            "or on the reply form below; if you do not, you are presumed to agree to electronic form under "
            "Article 5, paragraph 4 of the Electronic Signatures Act. You may stop using it at any time; "
            "acts done before that remain valid.",
        ),
    ),
)
REPLY = (
    "敬請　貴公司於{{ reply_by }}前，由有權代表之人簽署次頁回覆單，以電子郵件或書面送達本公司。如有疑義，"
    "請逕洽{{ document.owner }}。",
    "Please have the reply form on the next page signed by an authorised representative and send it to us "
    "by e-mail or post by {{ reply_by }}. If anything is unclear, please contact {{ document.owner }}.",
)

RECEIPT = (
    "本函發出時，本案紀錄之末筆為 {{ document.receipt }}。請與本函一併保存，日後可據以核對紀錄未經更動。",
    "When this letter was issued, our record of this matter ended with {{ document.receipt }}. Keep it with "
    "the letter: it shows later whether the record was changed.",
)

OPEN_POINTS: tuple[tuple[str, Words], ...] = (
    ("not price.known", ("價金：總價及計價方式", "Price: the total and how it is calculated")),
    ("not period.start", ("期間：起始日", "Term: the start date")),
    ("not period.end and not period.perpetual", ("期間：終止日", "Term: the end date")),
    ('period.auto_renew == "unknown"', ("續約方式", "Renewal")),
    ("not payment.known", ("付款期限及預付款", "Time of payment and any advance payment")),
    ('liability.kind == "unknown"', ("賠償責任之範圍", "Extent of liability")),
    ("not law.governing_name", ("準據法", "Governing law")),
    ("not law.court and not law.arbitration", ("爭議解決方式", "How disputes are settled")),
)


def write(page: Page) -> None:
    """Write the letter, and on a page of its own the reply."""
    letter.head(
        page, ("**確認「{{ title }}」議定之條件**", "**Confirmation of the terms agreed for “{{ title }}”**")
    )
    page.put(OPENING)
    page.heading(("已議定之條件", "Terms agreed"))
    deal.terms_table(page, "subject", "duration", "renewal", "price", "payment", "liability", "law")
    with page.when("price.items"):
        page.put(("價目表如下：", "The price is made up as follows:"), keep_next=True)
        deal.items_table(page)
    page.heading(("尚待議定之事項", "Points still open"))
    for condition, words in OPEN_POINTS:
        page.put(optional(condition, words), "ListBullet")
    nothing = " and ".join(f"({_opposite(condition)})" for condition, _ in OPEN_POINTS)
    page.put(
        optional(nothing, ("上列各項均已議定，別無尚待議定之事項。", "None: every point above is settled."))
    )
    page.heading(("效力及正式契約", "Effect and formal contract"))
    page.put(choose(('formal_contract.required == "yes"', EFFECT_FORMAL), ("", EFFECT_DIRECT)))
    page.put(CHANGES)
    page.heading(("電子形式", "Electronic form"))
    page.put(CONSENT)
    page.heading(("回覆方式及期限", "How and when to reply"))
    page.put(REPLY, keep_next=True)
    letter.closing(page)
    page.put("", "Gap")
    page.put(RECEIPT, "Note")
    write_reply(page)


def _opposite(condition: str) -> str:
    if "==" in condition:
        return condition.replace("==", "!=")
    return " or ".join(part.removeprefix("not ") for part in condition.split(" and "))


def _sample(language: str) -> dict[str, Any]:
    chinese = language == "zh-TW"
    made = sample(
        language,
        code="CL",
        reply_by="中華民國115年12月7日" if chinese else "7 December 2026",
        formal_contract={
            "required": "yes",
            "rule": "F02",
        },
    )
    made["document"]["receipt"] = f"AGR-2026-0042#7: {' '.join(['51aa0be4', 'c3d97710'] * 4)}"
    return made


LAYOUT = Layout(
    "confirmation-letter",
    "confirming",
    "both",
    ("書面確認函", "Letter of Confirmation"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)

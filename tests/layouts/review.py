"""The review request (會辦審查請求): what an expert is asked, about which text, and why."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page, label
from samples import DIGESTS, sample
from words import optional

BOUND = (
    "審查意見僅就上列雜湊值所示之文本及條件有效；文本或條件如有變更，應重新送審。",
    "An opinion holds for the text and terms with the digests above only; any change calls for a new review.",
)


def write(page: Page) -> None:
    """Write what the expert is asked, about which text, and why."""
    page.title(("會辦審查請求", "Review Request"), "{{ review.aspect_name }}")
    deal.particulars(
        page,
        (("會辦職務", "Reviewing role"), "{{ review.role_name }}"),
        (("審查人", "Experts"), "{{ review.experts }}"),
        (("回覆期限", "Due"), "**{{ review.due }}**"),
    )
    page.heading(("案由", "The matter"))
    page.put(
        (
            "本案擬與{{ theirs.name }}訂立「{{ title }}」，因涉及{{ review.aspect_name }}事項（旗"
            "標 {{ review.flag }}），敬請　惠予審查並提供意見。",
            "We intend to conclude “{{ title }}” with {{ theirs.name }}. It touches "
            "“{{ review.aspect_name }}” (flag {{ review.flag }}), on which we ask for your opinion.",
        )
    )
    deal.terms_table(page, "subject", "duration", "price", "payment", "liability", "law")
    page.heading(("受審文本", "Text under review"))
    text_reviewed(page)
    page.put(BOUND, "Note")
    page.heading(("會辦原因", "Why the review is needed"))
    _rules(page)
    page.heading(("請審查之問題", "Questions"))
    questions(page)
    with page.when("review.checklist"):
        page.heading(("審查要點", "Points to look at"))
        _checklist(page)
    with page.when("review.stamp_tax.proposed"):
        _stamp_tax(page)
    page.heading(("回覆方式", "How to answer"))
    steps = page.new_list()
    for step in (
        (
            "請就上列問題逐項表示意見，並載明法令或其他依據。",
            "Answer each question and state the law or other basis relied on.",
        ),
        ("結論請擇一：無意見、附條件、反對。", "Choose one conclusion: clear, conditions or objection."),
        (
            "如附條件，請區分「必要」「建議」「備註」，並寫明如何修改；「必要」條件結案前，本案不得核准。",
            "Grade each condition must, should or note, and say how to meet it; the agreement cannot be "
            "approved while a must-condition is open.",
        ),
        (
            "如無法於期限內完成，或與本案有利害關係，請即通知承辦人改派。",
            "If you cannot answer in time, or have an interest in the matter, tell the drafter at once.",
        ),
    ):
        page.put(step, "ListItem", number=steps)


def text_reviewed(page: Page) -> None:
    """Write which document is reviewed, by its digests."""
    with page.table(3.1, 12.9) as grid:
        grid.row(label(("文件", "Document")), "{{ review.document_name }}")
        grid.row(label(("文件雜湊值", "Document digest")), "`{{ review.document_digest }}`")
        grid.row(label(("條件雜湊值", "Terms digest")), "`{{ review.terms_digest }}`")


def _rules(page: Page) -> None:
    with page.table(1.8, 5.0, 5.2, 4.0) as grid:
        grid.head(("規則", "Rule"), ("適用情形", "When"), ("理由", "Why"), ("依據", "Basis"))
        with grid.each("rule in review.rules"):
            grid.row(
                Cell("{{ rule.rule }}", "CellCentre"), "{{ rule.when }}", "{{ rule.why }}", "{{ rule.basis }}"
            )


def _stamp_tax(page: Page) -> None:
    page.heading(("印花稅試算（供稅務審查參考）", "Stamp tax, as proposed"))
    stamp_table(page, "review.stamp_tax.rows")
    with page.each("note in review.stamp_tax.notes"):
        page.put("{{ note }}", "Note")


def _checklist(page: Page) -> None:
    with page.table(1.2, 10.3, 4.5) as grid:
        grid.head(("編號", "No."), ("要點", "Point"), ("依據", "Basis"))
        with grid.each("point in review.checklist"):
            grid.row(
                Cell("{{ point.no }}", "CellCentre"), "{{ point.text }}", forms.filled("point.basis", "–")
            )


def stamp_table(page: Page, rows: str) -> None:
    """Write the stamps proposed, a row for each kind of document it may be."""
    with page.table(5.3, 2.8, 1.9, 2.2, 1.4, 2.4) as grid:
        grid.head(
            ("憑證性質", "Kind of document"),
            ("計稅金額", "Base"),
            ("稅率或稅額", "Rate"),
            ("每份稅額", "Each original"),
            ("正本份數", "Qty"),
            ("合計", "Total"),
        )
        with grid.each(f"row in {rows}"):
            grid.row(
                "{{ row.kind_name }}",
                Cell("{{ row.base }}", "CellRight"),
                Cell("{{ row.rate }}", "CellCentre"),
                Cell("{{ row.each }}", "CellRight"),
                Cell("{{ row.originals }}", "CellCentre"),
                Cell("{{ row.total }}", "CellRight"),
            )


def questions(page: Page) -> None:
    """Write the questions put to the expert."""
    with page.each("question in review.questions"):
        page.put("{{ question }}", "ListItem", number=page.new_list())
    page.put(
        optional(
            "not review.questions", ("請就本面向為一般性審查。", "A general review of this aspect is asked.")
        )
    )


def asked(language: str) -> dict[str, Any]:
    """Return a review as a sample."""
    chinese = language == "zh-TW"
    questions = [
        (
            "遠端存取產線資料庫之範圍及權限控管，是否足以防免未經授權之存取？",
            "Do the scope of remote access to the production databases and its controls prevent "
            "unauthorised access?",
        ),
        (
            "契約所定之資安事件通報時限及稽核權，是否符合本公司委外管理規定？",
            "Do the contract’s time to report incidents and our right to audit meet our outsourcing rules?",
        ),
    ]
    rule = (
        "S01",
        ("委外資訊系統、雲端或遠端存取", "IT outsourcing, cloud or remote access"),
        (
            "受託者之選任、監督及事件通報須於訂約前確認",
            "Selection, supervision and incident reporting must be settled before contracting",
        ),
        ("資通安全管理法（委外選任監督）", "Cyber Security Management Act (supervision of contractors)"),
    )
    name, when, why, basis = (words if isinstance(words, str) else words[not chinese] for words in rule)
    return {
        "flag": "F-1",
        "role": "infosec",
        "role_name": "資訊安全審查" if chinese else "Information security review",
        "aspect_name": "資料與資訊安全" if chinese else "Data and information security",
        "experts": "柯怡（資安長）、杜承恩（代理）"
        if chinese
        else "Ke Yi (柯怡), CISO; Tu Cheng-En (杜承恩), deputy",
        "questions": [question[not chinese] for question in questions],
        "rules": [{"rule": name, "when": when, "why": why, "basis": basis}],
        "checklist": _points(chinese=chinese),
        "due": "中華民國115年11月30日（五個工作日）" if chinese else "30 November 2026 (five working days)",
        "document_name": "AGR-2026-0042-SV-01.docx",
        "document_digest": DIGESTS["document"],
        "terms_digest": DIGESTS["terms"],
    }


def _points(*, chinese: bool) -> list[dict[str, str]]:
    points = (
        (
            "受託者之專業能力、經驗及資安管理是否經評估？",
            "Have the contractor’s competence, experience and security management been assessed?",
            "資通安全管理法",
        ),
        (
            "存取之系統、資料、帳號及權限是否以必要者為限，並有紀錄可查？",
            "Is access to systems and data limited to what is needed, and is it logged?",
            "公開發行公司建立內部控制制度處理準則 §9",
        ),
        (
            "備份、復原目標及服務中斷之因應是否符合營運需求？",
            "Do backup, recovery targets and the plan for outages meet our needs?",
            "",
        ),
    )
    return [
        {"no": str(number), "text": words[not chinese], "basis": basis}
        for number, (*words, basis) in enumerate(points, start=1)
    ]


def _requested(language: str) -> dict[str, Any]:
    """Return a review with a proposal, so that the sample shows every part of the layout."""
    chinese = language == "zh-TW"
    amount = "NT$" if chinese else "TWD "
    row = {
        "kind_name": "承攬契據（印花稅法 §5 (4)）"
        if chinese
        else "Contract for work (承攬契據, 印花稅法 §5 (4))",
        "base": f"{amount}1,320,000",
        "rate": "千分之一" if chinese else "1 per mille",
        "each": f"{amount}1,320",
        "originals": "2",
        "total": f"{amount}2,640",
    }
    note = (
        "本試算供稅務審查參考，非核定；稅率以中華民國115年11月23日有效者為準。"
        if chinese
        else "This is a proposal for the tax reviewer and no ruling; the rates are those in force on "
        "23 November 2026."
    )
    return asked(language) | {"stamp_tax": {"proposed": True, "rows": [row], "notes": [note]}}


LAYOUT = Layout(
    "review-request",
    "expert_review",
    "internal",
    ("會辦審查請求", "Review Request"),
    write,
    {language: sample(language, code="RQ", review=_requested(language)) for language in ("zh-TW", "en")},
)

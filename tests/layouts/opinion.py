"""The opinion (會辦意見書) that answers a review request, or the empty form to write it on."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page, label
from review import BOUND, asked, questions, text_reviewed
from samples import sample
from words import BOX, Words, choose, stated

CONCLUSIONS: tuple[tuple[str, tuple[str, str]], ...] = (
    (
        "clear",
        (
            "無意見：就本面向，得依所審文本進行。",
            "Clear: as far as this aspect goes, proceed with the text reviewed.",
        ),
    ),
    (
        "conditions",
        (
            "附條件：上列必要條件結案後，始得進行。",
            "Conditions: proceed once the must-conditions above are closed.",
        ),
    ),
    ("object", ("反對：依所審文本，不宜進行。", "Objection: do not proceed with the text reviewed.")),
)
RISKS = (("低", "Low"), ("中", "Medium"), ("高", "High"))


def write(page: Page) -> None:
    """Write the opinion given, or the form on which to give it by hand."""
    page.title(("會辦意見書", "Expert Opinion"), "{{ review.aspect_name }}")
    expert = choose(("opinion.given", "{{ opinion.expert }}"), ("", "{{ review.experts }}"))
    deal.particulars(
        page,
        (("審查人", "Expert"), expert),
        (("審查職務", "Role"), "{{ review.role_name }}"),
        (("旗標", "Flag"), "{{ review.flag }}"),
        (
            ("意見日期", "Date of opinion"),
            choose(("opinion.given", "{{ opinion.date }}"), ("", deal.SIGNED_ON)),
        ),
    )
    page.heading(("審查範圍與文本", "Scope and text reviewed"))
    page.put(
        ("「{{ title }}」，相對人：{{ theirs.name }}。", "“{{ title }}” with {{ theirs.name }}."), "BodyLeft"
    )
    text_reviewed(page)
    page.put(BOUND, "Note")
    page.heading(("問題", "Questions"))
    questions(page)
    with page.when("review.checklist and not opinion.given"):
        page.heading(("審查要點", "Points to look at"))
        _checklist(page)
    page.heading(("法令依據", "Legal basis"))
    with page.when("opinion.given"):
        page.put(stated("opinion.legal_basis"), "BodyLeft")
    _blank(page, 900)
    page.heading(("意見及理由", "Opinion and reasons"))
    with page.when("opinion.given"), page.each("paragraph in opinion.reasoning"):
        page.put("{{ paragraph }}")
    _blank(page, 1800)
    page.heading(("條件", "Conditions"))
    _conditions(page)
    with page.when("not opinion.given"):
        page.heading(("風險等級", "Grade of risk"))
        with page.table(1, 1, 1) as grid:
            grid.row(*((f"{BOX} {chinese}", f"{BOX} {english}") for chinese, english in RISKS))
    page.heading(("結論", "Conclusion"))
    deal.ticks(page, *((f'opinion.conclusion == "{value}"', words) for value, words in CONCLUSIONS))
    page.put("", "Gap", keep_next=True)
    with page.table(3.1, 5.5, 2.5, 4.9) as grid:
        given = choose(("opinion.given", "{{ opinion.expert }}"), ("", " "))
        grid.row(
            label(("審查人簽名", "Expert’s signature")),
            given,
            label(("日期", "Date")),
            choose(("opinion.given", "{{ opinion.date }}"), ("", deal.SIGNED_ON)),
            height=900,
        )


def _conditions(page: Page) -> None:
    headings: tuple[Words, ...] = (
        ("編號", "No."),
        ("等級", "Grade"),
        ("條件內容", "Condition"),
        ("狀態", "Status"),
    )
    with page.when("opinion.conditions"), page.table(1.4, 2.2, 9.6, 2.8) as grid:
        grid.head(*headings)
        with grid.each("condition in opinion.conditions"):
            grid.row(
                Cell("{{ condition.no }}", "CellCentre"),
                Cell("{{ condition.severity_name }}", "CellCentre"),
                "{{ condition.text }}",
                Cell("{{ condition.status }}", "CellCentre"),
            )
    with page.when("opinion.given and not opinion.conditions"):
        page.put(("無附帶條件。", "None."))
    with page.when("not opinion.given"), page.table(1.4, 2.2, 9.6, 2.8) as grid:
        grid.head(*headings)
        for number in "123":
            grid.row(Cell(number, "CellCentre"), "", "", "", height=560)


def _checklist(page: Page) -> None:
    with page.table(1.2, 8.0, 3.4, 3.4) as grid:
        grid.head(("編號", "No."), ("要點", "Point"), ("依據", "Basis"), ("審查結果", "Finding"))
        with grid.each("point in review.checklist"):
            grid.row(
                Cell("{{ point.no }}", "CellCentre"),
                "{{ point.text }}",
                forms.filled("point.basis", "–"),
                (f"{BOX} 符合　{BOX} 不符\n{BOX} 不適用", f"{BOX} yes   {BOX} no\n{BOX} not applicable"),
            )


def _blank(page: Page, height: int) -> None:
    with page.when("not opinion.given"), page.table(1) as grid:
        grid.row("", height=height)


def _opinion(language: str) -> dict[str, Any]:
    chinese = language == "zh-TW"
    return {
        "given": True,
        "expert": "柯怡（資安長）" if chinese else "Ke Yi (柯怡), CISO",
        "date": "中華民國115年11月26日" if chinese else "26 November 2026",
        "conclusion": "conditions",
        "conclusion_name": "附條件" if chinese else "conditions",
        "reasoning": [
            "遠端存取僅限唯讀副本，帳號採多因子驗證並逐次核准，風險可控；"
            "惟契約草案未載明存取紀錄之保存期間。",
            "草案所定資安事件通報為「儘速」，未定時限，無從據以監督，宜改為知悉後二十四小時內。",
        ]
        if chinese
        else [
            "Remote access is limited to a read-only copy, with multi-factor sign-in and approval each "
            "time, so the risk can be controlled; the draft does not say how long access records are kept.",
            "Incidents are to be reported “as soon as possible”. Without a time this cannot be supervised; "
            "it should be within twenty-four hours of becoming aware.",
        ],
        "legal_basis": "資通安全管理法；本公司委外作業資訊安全管理辦法第八條"
        if chinese
        else "Cyber Security Management Act; Art. 8 of our rules on information security in outsourcing",
        "conditions": [
            {
                "no": "1",
                "severity_name": "必要" if chinese else "Must",
                "text": "資安條款增訂：知悉資安事件後二十四小時內以書面通報客戶。"
                if chinese
                else "Add: the Provider reports a security incident in writing within twenty-four hours of "
                "knowing of it.",
                "status": "已結案" if chinese else "Closed",
            },
            {
                "no": "2",
                "severity_name": "建議" if chinese else "Should",
                "text": "增訂存取紀錄至少保存六個月，客戶得請求提供。"
                if chinese
                else "Add: access records are kept for at least six months and given to the Customer on "
                "request.",
                "status": "未結案" if chinese else "Open",
            },
        ],
    }


LAYOUT = Layout(
    "opinion",
    "expert_review",
    "internal",
    ("會辦意見書", "Expert Opinion"),
    write,
    {
        language: sample(language, code="OP", review=asked(language), opinion=_opinion(language))
        for language in ("zh-TW", "en")
    },
)

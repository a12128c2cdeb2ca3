"""The performance review (績效檢討報告): key figures, obligations, complaints, and what is recommended."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page
from samples import sample
from words import choose, optional

RESULT = choose(
    ('kpi.result == "met"', ("達成", "Met")),
    ('kpi.result == "missed"', ("**未達成**", "**Missed**")),
    ("", ("待確認", "Open")),
)
SCOPE = (
    "本報告記載檢討期間之履約實績，由雙方核對簽認；除另以書面約定外，不變更契約條件，亦不視為任何一方拋棄其權利。",
    "This report states how the contract was performed in the period, for both sides to check and sign. "
    "Unless agreed otherwise in writing it changes no term and waives no right.",
)


def write(page: Page) -> None:
    """Write the review, to be signed by both sides."""
    page.title(("績效檢討報告", "Performance Review"), "{{ title }}")
    deal.particulars(
        page,
        (
            ("檢討期間", "Period"),
            (
                "{{ performance.first_day }}至{{ performance.last_day }}",
                "{{ performance.first_day }} to {{ performance.last_day }}",
            ),
        ),
        (
            ("當事人", "Parties"),
            "{%p for party in parties %}\n{{ party.label }}　{{ party.name }}\n{%p endfor %}",
        ),
        (
            ("達成情形", "In short"),
            (
                "達成 {{ performance.met }} 項、未達成 {{ performance.missed }} 項、"
                "待確認 {{ performance.unknown }} 項",
                "{{ performance.met }} met, {{ performance.missed }} missed, {{ performance.unknown }} open",
            ),
        ),
    )
    page.heading(("績效指標", "Key figures"))
    _figures(page)
    page.heading(("履約事項", "Obligations"))
    _obligations(page)
    page.heading(("申訴與爭議", "Complaints and disputes"))
    _complaints(page)
    page.heading(("關係評估", "The relationship"))
    with page.each("paragraph in performance.relationship"):
        page.put("{{ paragraph }}")
    page.heading(("改善事項", "Improvements"))
    _improvements(page)
    page.heading(("建議", "Recommendation"))
    deal.ticks(
        page,
        *(
            (f'performance.recommendation == "{value}"', words)
            for value, words in (
                ("continue", ("續約或照現行條件繼續", "Continue on the present terms")),
                ("adjust", ("調整條件（另以增補協議為之）", "Adjust the terms (by an amendment)")),
                ("end", ("屆期不續或終止", "Let it end, or terminate")),
            )
        ),
    )
    with page.each("paragraph in performance.reasons"):
        page.put("{{ paragraph }}")
    page.put(SCOPE, "Note")
    page.heading(("簽認", "Signed by both sides"))
    deal.initials(page)


def _figures(page: Page) -> None:
    with page.table(1.2, 3.6, 2.2, 2.2, 2.7, 1.7, 2.4) as grid:
        grid.head(
            ("編號", "No."),
            ("指標", "Figure"),
            ("目標", "Target"),
            ("實績", "Actual"),
            ("差異", "Variance"),
            ("結果", "Result"),
            ("扣抵", "Credit"),
        )
        with grid.each("kpi in performance.kpis"):
            grid.row(
                Cell("{{ kpi.no }}", "CellCentreKept"),
                Cell("{{ kpi.name }}", "CellKept"),
                Cell("{{ kpi.target }}", "CellCentreKept"),
                Cell(forms.filled("kpi.actual", "–"), "CellCentreKept"),
                Cell(forms.filled("kpi.variance", "–"), "CellCentreKept"),
                Cell(RESULT, "CellCentreKept"),
                Cell(forms.filled("kpi.credit", "–"), "CellRight"),
            )
            about = choose(
                (
                    "kpi.remark",
                    (
                        "計算式：{{ kpi.formula }}；資料來源：{{ kpi.source }}；說明：{{ kpi.remark }}",
                        "Formula: {{ kpi.formula }}. Source: {{ kpi.source }}. Remark: {{ kpi.remark }}",
                    ),
                ),
                (
                    "",
                    (
                        "計算式：{{ kpi.formula }}；資料來源：{{ kpi.source }}",
                        "Formula: {{ kpi.formula }}. Source: {{ kpi.source }}.",
                    ),
                ),
            )
            grid.row(Cell("", "CellCentre"), Cell(about, "Note", span=6))
        with grid.when("performance.credits"):
            total = ("本期扣抵合計", "Credits of the period")
            grid.row(Cell(total, "CellTotal", span=6), Cell("**{{ performance.credits }}**", "CellTotal"))


def _obligations(page: Page) -> None:
    with page.when("performance.obligations"), page.table(4.1, 1.6, 3.1, 3.1, 2.0, 2.1) as grid:
        grid.head(
            ("履約事項", "Obligation"),
            ("義務人", "Owed by"),
            ("期限", "Due"),
            ("完成日", "Done on"),
            ("狀態", "Status"),
            ("佐證", "Proof"),
        )
        with grid.each("owed in performance.obligations"):
            grid.row(
                "{{ owed.what }}",
                Cell(forms.side("owed.by"), "CellCentre"),
                Cell("{{ owed.due }}", "CellCentre"),
                Cell(forms.filled("owed.done_on", "–"), "CellCentre"),
                Cell("{{ owed.status_name }}", "CellCentre"),
                forms.filled("owed.proof", "–"),
            )
    page.put(
        optional(
            "not performance.obligations",
            ("本期無應列管之履約事項。", "No obligation fell due in the period."),
        )
    )


def _complaints(page: Page) -> None:
    with page.when("performance.complaints"), page.table(4.8, 1.7, 4.7, 4.8) as grid:
        grid.head(("日期", "Date"), ("提出方", "Raised by"), ("事由", "Matter"), ("處理結果", "Outcome"))
        with grid.each("complaint in performance.complaints"):
            grid.row(
                Cell("{{ complaint.on }}", "CellCentre"),
                Cell(forms.side("complaint.by"), "CellCentre"),
                "{{ complaint.what }}",
                forms.filled("complaint.outcome", ("處理中", "In hand")),
            )
    page.put(
        optional(
            "not performance.complaints",
            ("本期無申訴或爭議。", "No complaint or dispute arose in the period."),
        )
    )


def _improvements(page: Page) -> None:
    with page.when("performance.improvements"), page.table(1.2, 6.3, 3.7, 4.8) as grid:
        grid.head(("編號", "No."), ("改善事項", "What"), ("負責人", "Who"), ("期限", "Due"))
        with grid.each("better in performance.improvements"):
            grid.row(
                Cell("{{ better.no }}", "CellCentre"),
                "{{ better.what }}",
                "{{ better.who }}",
                Cell("{{ better.due }}", "CellCentre"),
            )
    page.put(optional("not performance.improvements", ("本期無改善事項。", "None.")))


def _sample(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    amount = "NT$" if language == "zh-TW" else "TWD "
    performance = {
        "first_day": said("中華民國116年1月1日", "1 January 2027"),
        "last_day": said("中華民國116年3月31日", "31 March 2027"),
        "met": "1",
        "missed": "1",
        "unknown": "1",
        "credits": f"{amount}20,000",
        "kpis": [
            {
                "no": "1",
                "name": said("平台月可用率", "Platform availability, monthly"),
                "target": "≥ 99.5%",
                "actual": "99.7%",
                "variance": "+0.2%",
                "result": "met",
                "credit": f"{amount}0",
                "formula": said("（總時數－停機時數）÷總時數", "(hours − downtime) ÷ hours"),
                "source": said("甲方監控系統月報", "Party A’s monitoring, monthly"),
                "remark": "",
            },
            {
                "no": "2",
                "name": said("進度報告準時率", "Reports on time"),
                "target": "100%",
                "actual": "96%",
                "variance": "-4%",
                "result": "missed",
                "credit": f"{amount}20,000",
                "formula": said("準時份數÷應交份數", "reports on time ÷ reports due"),
                "source": said("專案信箱收件紀錄", "Project mailbox"),
                "remark": said("二月第二週遲交二日", "The second week of February was two days late"),
            },
            {
                "no": "3",
                "name": said("種子人員結訓測驗平均", "Key users’ test, mean"),
                "target": said("80 分", "80 points"),
                "actual": "",
                "variance": "",
                "result": "unknown",
                "credit": "",
                "formula": said("測驗總分÷人數", "sum of points ÷ persons"),
                "source": said("測驗成績單", "Test results"),
                "remark": said("測驗訂於四月", "Test held in April"),
            },
        ],
        "obligations": [
            {
                "what": said("交付資料盤點報告", "Deliver the data survey"),
                "by": "theirs",
                "due": said("中華民國116年2月26日", "26 February 2027"),
                "done_on": said("中華民國116年2月25日", "25 February 2027"),
                "status": "kept",
                "status_name": said("已履行", "performed"),
                "proof": said("驗收紀錄", "Acceptance record"),
            },
            {
                "what": said("開放唯讀資料副本", "Open a read-only copy"),
                "by": "ours",
                "due": said("中華民國116年1月15日", "15 January 2027"),
                "done_on": said("中華民國116年1月20日", "20 January 2027"),
                "status": "late",
                "status_name": said("逾期履行", "performed late"),
                "proof": "",
            },
        ],
        "complaints": [
            {
                "on": said("中華民國116年2月18日", "18 February 2027"),
                "by": "ours",
                "what": said("週報遲交二日", "Weekly report two days late"),
                "outcome": said("乙方指派代理人並建立提醒", "Party B named a deputy and set reminders"),
            },
        ],
        "improvements": [
            {
                "no": "1",
                "what": said("週報改於每週四中午前提交草稿", "Draft of the weekly report by Thursday noon"),
                "who": said("蘇芷涵（乙方）", "Su Chih-Han, Party B"),
                "due": said("中華民國116年4月8日", "8 April 2027"),
            },
        ],
        "relationship": [
            said(
                "雙方每週例會運作順暢，問題多於一週內解決；甲方資料開放較原訂時程晚五日，已共同調整工作順序。",
                "Weekly meetings work well and most questions are settled within a week. Party A opened its "
                "data five days late; the order of work was adjusted together.",
            ),
        ],
        "recommendation": "continue",
        "reasons": [
            said(
                "整體績效符合預期，建議照現行條件繼續，下季檢討訓練成效。",
                "Overall as expected: continue on the present terms, and look at the training next quarter.",
            )
        ],
    }
    return sample(language, code="KR", performance=performance)


LAYOUT = Layout(
    "kpi-review",
    "in_force",
    "both",
    ("績效檢討報告", "Performance Review"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)

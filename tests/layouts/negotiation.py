"""The negotiation plan (協商計畫), which stays inside, and the minutes (協商紀錄) of each round."""

from typing import Any

import deal
from parts import Cell, Layout, Page, label
from samples import sample
from words import optional, stated

RESERVATION = (
    "本紀錄係為備忘而作，記載協商之經過及各議題之狀態。除雙方另以書面明定者外，所載事項於正式確認或簽約前，"
    "不具拘束力。紀錄內容如有出入，請於收受後儘速以書面更正。",
    "These minutes are an aid to memory: they record the course of the talks and where each issue stands. "
    "Unless the parties expressly agree otherwise in writing, nothing in them binds either party before "
    "written confirmation or contract. Please send corrections in writing without delay.",
)


def write_plan(page: Page) -> None:
    """Write the plan: aims, limits and mandate, for our own side only."""
    page.title(("協商計畫", "Negotiation Plan"), "{{ title }}")
    deal.particulars(page, (("協商對象", "Counterpart"), "{{ theirs.name }}"))
    page.heading(("背景與目的", "Purpose"))
    page.put(stated("plan.purpose"))
    page.heading(("行銷焦點", "Marketing focus"))
    page.put(stated("plan.marketing_focus"))
    page.heading(("議題", "Issues"))
    with page.table(1.2, 3.2, 3.9, 3.7, 4.0) as grid:
        grid.head(
            ("編號", "No."),
            ("議題", "Issue"),
            ("我方目標", "Our aim"),
            ("我方底線", "Our limit"),
            ("對方利益", "Their interest"),
        )
        with grid.each("issue in plan.issues"):
            grid.row(
                Cell("{{ issue.no }}", "CellCentre"),
                "{{ issue.topic }}",
                "{{ issue.aim }}",
                "{{ issue.limit }}",
                "{{ issue.their_interest }}",
            )
    page.heading(("授權範圍", "Mandate"))
    page.put(stated("plan.mandate"))
    page.heading(("替代方案及離場點", "Alternative and walk-away point"))
    page.put(stated("plan.walk_away"))
    page.heading(("同意", "Agreed by"))
    page.put(
        (
            "本計畫於第一次協商前凍結；其後之變更應另行記錄。",
            "The plan is frozen before the first round; later changes are recorded separately.",
        ),
        keep_next=True,
    )
    with page.table(2.6, 5.4, 2.6, 5.4) as grid:
        for name in (("承辦人", "Prepared by"), ("主管", "Manager")):
            grid.row(
                label(name, kept=True),
                Cell("", "CellKept"),
                label(("日期", "Date"), kept=True),
                Cell(deal.SIGNED_ON, "CellKept"),
                height=640,
            )


def write_minutes(page: Page) -> None:
    """Write the minutes of one round, for both sides to confirm."""
    page.title(("協商紀錄", "Minutes of Negotiation"), "{{ title }}")
    attendees = "{%p for person in round.attendees %}\n{{ person }}\n{%p endfor %}"
    deal.particulars(
        page,
        (("場次", "Round"), ("第 {{ round.no }} 次", "{{ round.no }}")),
        (("協商日期", "Held on"), "{{ round.held_on }}"),
    )
    page.heading(("出席", "Attendance"))
    page.put(attendees, "ListBullet")
    page.heading(("協商經過", "Summary"))
    with page.each("paragraph in round.summary"):
        page.put("{{ paragraph }}")
    page.heading(("議題及結果", "Points and results"))
    with page.when("round.points"), page.table(1.2, 5.0, 2.4, 7.4) as grid:
        grid.head(("編號", "No."), ("議題", "Issue"), ("狀態", "Status"), ("內容", "Value"))
        with grid.each("point in round.points"):
            grid.row(
                Cell("{{ point.no }}", "CellCentre"),
                "{{ point.topic }}",
                Cell("{{ point.status_name }}", "CellCentre"),
                "{{ point.value }}",
            )
    page.put(
        optional(
            "not round.points", ("本次未就個別議題作成結論。", "No conclusion was reached on any issue.")
        )
    )
    page.heading(("保留事項", "Reservation"))
    page.put(RESERVATION)
    page.heading(("確認", "Confirmation"))
    page.put(
        (
            "雙方代表確認以上記載與協商情形相符：",
            "The representatives confirm that these minutes are accurate:",
        ),
        keep_next=True,
    )
    deal.initials(page)


def _plan(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    return {
        "purpose": said(
            "為提升臺中廠稼動率，需外部顧問於一年內協助建置產線數據平台，並使同仁具備自主維運能力。",
            "To raise utilisation at the Taichung plant we need outside advice to set up a production data "
            "platform within a year and enable our own staff to run it.",
        ),
        "marketing_focus": said(
            "115年度「準時交貨」方案：以即時產線資料回覆客戶交期。",
            "The 2026 “on-time delivery” programme: answer customers’ delivery dates from live data.",
        ),
        "mandate": said(
            "許庭瑋得於總價未稅新臺幣 150 萬元內議定價格及付款條件；責任上限及智慧財產權應先經法務同意。",
            "Hsu Ting-Wei may settle price and payment up to TWD 1,500,000 before tax; the liability cap "
            "and intellectual property need the legal department’s prior consent.",
        ),
        "walk_away": said(
            "未稅總價逾新臺幣 150 萬元，或對方拒絕讓與客製程式之著作財產權時，改採第二順位廠商。",
            "Above TWD 1,500,000 before tax, or if rights in custom code are refused, we turn to the second "
            "bidder.",
        ),
        "issues": [
            {
                "no": "1",
                "topic": said("總價", "Total price"),
                "aim": said("未稅 125 萬元", "TWD 1,250,000 before tax"),
                "limit": said("未稅 150 萬元", "TWD 1,500,000 before tax"),
                "their_interest": said("本季營收認列", "Revenue within this quarter"),
            },
            {
                "no": "2",
                "topic": said("付款條件", "Payment"),
                "aim": said("發票後 60 日", "60 days after invoice"),
                "limit": said("發票後 30 日，預付 20%", "30 days, 20% in advance"),
                "their_interest": said("顧問人力成本之現金流", "Cash flow for staff costs"),
            },
            {
                "no": "3",
                "topic": said("著作財產權", "Copyright"),
                "aim": said("全部讓與", "Full assignment"),
                "limit": said(
                    "客製部分讓與，既有工具授權使用", "Custom work assigned, existing tools licensed"
                ),
                "their_interest": said("保留方法及工具供再利用", "Keep methods and tools for reuse"),
            },
        ],
    }


def _round(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    return {
        "no": "2",
        "held_on": said("中華民國115年11月12日", "12 November 2026"),
        "attendees": [
            said("許庭瑋（晴川精密，採購部）", "Hsu Ting-Wei (許庭瑋), Chingchuan, Purchasing"),
            said("王曉雯（晴川精密，製造部經理）", "Wang Hsiao-Wen (王曉雯), Chingchuan, Manufacturing"),
            said("蘇芷涵（海岬數據，業務協理）", "Su Chih-Han (蘇芷涵), Headland, Business Development"),
        ],
        "summary": [
            said(
                "雙方就第一次協商保留之價格及付款條件續行討論。乙方說明顧問人力配置，"
                "甲方提出產線停機窗口之限制。",
                "The parties went on with price and payment, left open in the first round. Party B "
                "explained its staffing; Party A described the limits set by line downtime.",
            ),
            said(
                "經交換意見，乙方同意調降人日單價，甲方同意支付百分之二十之預付款。",
                "After an exchange of views Party B lowered its daily rate and Party A agreed to pay twenty "
                "per cent in advance.",
            ),
        ],
        "points": [
            {
                "no": "1",
                "topic": said("人日單價", "Daily rate"),
                "status_name": said("合意", "Agreed"),
                "value": said("每人日 NT$12,000（未稅）", "TWD 12,000 a man-day before tax"),
            },
            {
                "no": "2",
                "topic": said("付款條件", "Payment"),
                "status_name": said("合意", "Agreed"),
                "value": said(
                    "預付 20%，餘款於發票後 30 日內支付", "20% in advance, the rest 30 days after invoice"
                ),
            },
            {
                "no": "3",
                "topic": said("客製程式之著作財產權", "Copyright in custom code"),
                "status_name": said("未決", "Open"),
                "value": said(
                    "乙方於下次會議提出授權範圍草案", "Party B brings a draft licence to the next meeting"
                ),
            },
        ],
    }


LAYOUTS = (
    Layout(
        "negotiation-plan",
        "planning",
        "internal",
        ("協商計畫", "Negotiation Plan"),
        write_plan,
        {tongue: sample(tongue, code="NP", plan=_plan(tongue)) for tongue in ("zh-TW", "en")},
    ),
    Layout(
        "minutes",
        "negotiating",
        "both",
        ("協商紀錄", "Minutes of Negotiation"),
        write_minutes,
        {tongue: sample(tongue, code="MN", round=_round(tongue)) for tongue in ("zh-TW", "en")},
    ),
)

"""The minutes (協商紀錄) of each round, for both sides to confirm."""

from typing import Any

import deal
import forms
from negotiation_plan import steps
from parts import Cell, Layout, Page
from samples import sample
from words import Words, choose, lines, optional

RESERVATION = (
    "本紀錄係為備忘而作，記載協商之經過及各議題之狀態。除雙方另以書面明定者外，所載事項於正式確認或簽約前，"
    "不具拘束力。紀錄內容如有出入，請於收受後儘速以書面更正。",
    "These minutes are an aid to memory: they record the course of the talks and where each issue stands. "
    "Unless the parties expressly agree otherwise in writing, nothing in them binds either party before "
    "written confirmation or contract. Please send corrections in writing without delay.",
)


CONFIRM = choose(
    (
        "round.confirm_by",
        (
            "請於**{{ round.confirm_by }}**前確認或以書面更正。雙方代表確認以上記載與協商情形相符：",
            "Please confirm or correct in writing by **{{ round.confirm_by }}**. The representatives confirm "
            "that these minutes are accurate:",
        ),
    ),
    (
        "",
        (
            "雙方代表確認以上記載與協商情形相符：",
            "The representatives confirm that these minutes are accurate:",
        ),
    ),
)


def write(page: Page) -> None:
    """Write the minutes of one round."""
    page.title(("協商紀錄", "Minutes of Negotiation"), "{{ title }}")
    attendees = "{%p for person in round.attendees %}\n{{ person }}\n{%p endfor %}"
    held = lines("{{ round.held_on }}", optional("round.place", "{{ round.place }}"))
    deal.particulars(
        page,
        (("場次", "Round"), ("第 {{ round.no }} 次", "{{ round.no }}")),
        (("協商日期及地點", "Held on, at"), held),
    )
    page.heading(("出席", "Attendance"))
    page.put(attendees, "ListBullet")
    with page.when("round.agenda"):
        page.heading(("議程", "Agenda"))
        agenda = page.new_list()
        with page.each("topic in round.agenda"):
            page.put("{{ topic.text }}", "ListItem", number=agenda)
    page.heading(("協商經過", "Summary"))
    with page.each("paragraph in round.summary"):
        page.put("{{ paragraph }}")
    with page.when("round.positions"):
        page.heading(("雙方立場", "Positions stated"))
        _positions(page)
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
    with page.when("round.actions"):
        page.heading(("待辦事項", "Actions"))
        steps(page, "round.actions")
    page.heading(("保留事項", "Reservation"))
    with page.each("paragraph in round.reservations"):
        page.put("{{ paragraph }}")
    page.put(RESERVATION)
    with page.when("round.next_on"):
        page.heading(("下次會議", "Next meeting"))
        page.put(_next(), "BodyLeft")
    page.heading(("確認", "Confirmation"))
    page.put(CONFIRM, keep_next=True)
    deal.initials(page)


def _positions(page: Page) -> None:
    ours: Words = ("紀錄方立場", "Of the side that keeps the minutes")
    with page.table(1.2, 3.2, 5.8, 5.8) as grid:
        grid.head(("編號", "No."), ("議題", "Issue"), ours, ("他方立場", "Of the other side"))
        with grid.each("stand in round.positions"):
            grid.row(
                Cell("{{ stand.no }}", "CellCentre"),
                "{{ stand.topic }}",
                forms.filled("stand.ours", "–"),
                forms.filled("stand.theirs", "–"),
            )


def _next() -> Words:
    return lines(
        "{{ round.next_on }}",
        optional("round.next_place", ("地點：{{ round.next_place }}", "Place: {{ round.next_place }}")),
        optional("round.next_about", ("議題：{{ round.next_about }}", "About: {{ round.next_about }}")),
    )


def _round(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    return {
        "no": "2",
        "held_on": said("中華民國115年11月12日", "12 November 2026"),
        "place": said("臺中廠會議室 A（乙方以視訊參加）", "Meeting room A, Taichung (Party B by video)"),
        "agenda": [
            {"text": said("價格及付款條件", "Price and payment")},
            {"text": said("客製程式之著作財產權", "Copyright in custom code")},
        ],
        "positions": [
            {
                "no": "3",
                "topic": said("客製程式之著作財產權", "Copyright in custom code"),
                "ours": said("應全部讓與", "All rights to be assigned"),
                "theirs": said("僅授權使用，保留再利用", "A licence only, reuse kept"),
            }
        ],
        "actions": [
            {
                "no": "1",
                "what": said("提出授權範圍草案", "Draft licence"),
                "who": said("蘇芷涵（乙方）", "Su Chih-Han, Party B"),
                "due": said("中華民國115年11月18日", "18 November 2026"),
            }
        ],
        "reservations": [
            said("乙方保留於總公司核准後定案之權利。", "Party B reserves its head office’s approval.")
        ],
        "next_on": said("中華民國115年11月19日", "19 November 2026"),
        "next_place": said("視訊會議", "By video"),
        "next_about": said("著作財產權", "Copyright"),
        "confirm_by": said("中華民國115年11月16日", "16 November 2026"),
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


LAYOUT = Layout(
    "minutes",
    "negotiating",
    "both",
    ("協商紀錄", "Minutes of Negotiation"),
    write,
    {tongue: sample(tongue, code="MN", round=_round(tongue)) for tongue in ("zh-TW", "en")},
)

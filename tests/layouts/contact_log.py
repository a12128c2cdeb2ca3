"""The contact log (聯繫紀錄), which stays inside: contacts, promises and the next ones."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page
from samples import sample
from words import choose, lines, optional


def write(page: Page) -> None:
    """Write the log: what happened, what was promised, plan and fact."""
    page.title(("聯繫紀錄", "Contact Log"), "{{ theirs.name }}")
    deal.particulars(
        page,
        (("相關契約", "Agreement"), "{{ title }}"),
        (
            ("紀錄期間", "Period"),
            ("{{ log.first_day }}至{{ log.last_day }}", "{{ log.first_day }} to {{ log.last_day }}"),
        ),
        (("下次聯繫", "Next contact"), "**{{ log.next_on }}**"),
    )
    page.heading(("聯繫情形", "Contacts"))
    with page.table(1.1, 3.0, 2.5, 1.9, 4.5, 3.0) as grid:
        grid.head(
            ("編號", "No."),
            ("日期", "Date"),
            ("對象／我方", "Whom / by whom"),
            ("管道", "Channel"),
            ("內容", "What was said"),
            ("下次聯繫", "Next"),
        )
        with grid.each("entry in log.entries"):
            grid.row(
                Cell("{{ entry.no }}", "CellCentre"),
                Cell("{{ entry.on }}", "CellCentre"),
                lines("{{ entry.who }}", "{{ entry.our_side }}"),
                Cell("{{ entry.channel_name }}", "CellCentre"),
                Cell("{%p for paragraph in entry.content %}\n{{ paragraph }}\n{%p endfor %}"),
                lines("{{ entry.next_on }}", optional("entry.next_how", "{{ entry.next_how }}")),
            )
    page.heading(("承諾事項", "Promises"))
    with page.when("log.promises"), page.table(6.4, 1.6, 3.1, 3.1, 1.8) as grid:
        grid.head(
            ("承諾事項", "Promise"),
            ("承諾方", "By"),
            ("期限", "Due"),
            ("履行日", "Kept on"),
            ("狀態", "Status"),
        )
        with grid.each("promise in log.promises"):
            side = choose(('promise.by == "ours"', ("我方", "Us")), ("", ("對方", "Them")))
            status = choose(
                ('promise.status == "overdue"', "**{{ promise.status_name }}**"),
                ("", "{{ promise.status_name }}"),
            )
            grid.row(
                "{{ promise.what }}",
                Cell(side, "CellCentre"),
                Cell("{{ promise.due }}", "CellCentre"),
                Cell(forms.filled("promise.kept_on", "–"), "CellCentre"),
                Cell(status, "CellCentre"),
            )
    page.put(
        choose(
            (
                "log.kept_percent",
                (
                    "如期履行率：{{ log.kept_percent }}%"
                    "（已屆期 {{ log.decided }} 項，如期 {{ log.kept }} 項）",
                    "Kept in time: {{ log.kept_percent }}% "
                    "({{ log.kept }} of {{ log.decided }} that were due)",
                ),
            ),
            ("not log.promises", ("本期無承諾事項。", "No promise was made.")),
        )
    )
    page.heading(("聯繫計畫與執行", "Planned contacts"))
    with page.when("log.planned"), page.table(3.1, 4.0, 2.8, 3.0, 3.1) as grid:
        grid.head(
            ("預定日期", "Planned for"),
            ("對象", "Whom"),
            ("管道", "Channel"),
            ("目的", "Purpose"),
            ("執行情形", "Held"),
        )
        with grid.each("plan in log.planned"):
            held = choose(
                ("plan.held_on", "{{ plan.held_on }}"),
                ('plan.status == "overdue"', ("**逾期未辦**", "**overdue**")),
                ("", ("未屆期", "to come")),
            )
            grid.row(
                Cell("{{ plan.on }}", "CellCentre"),
                "{{ plan.who }}",
                Cell("{{ plan.channel_name }}", "CellCentre"),
                "{{ plan.purpose }}",
                Cell(held, "CellCentre"),
            )
    page.put(optional("not log.planned", ("本期未預定聯繫。", "No contact was planned.")))
    with page.when("log.remarks"):
        page.heading(("備註", "Remarks"))
        with page.each("paragraph in log.remarks"):
            page.put("{{ paragraph }}")
    page.put("", "Gap")
    forms.signed_by(page, ("紀錄人", "Recorded by"), ("主管", "Manager"))


def _sample(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    su = said("蘇芷涵（業務協理）", "Su Chih-Han, Business Development")
    hsu = said("許庭瑋", "Hsu Ting-Wei")
    phone = said("定期電話聯繫", "scheduled telephone call")
    event = said("產業活動", "industry event")
    log = {
        "first_day": said("中華民國116年1月1日", "1 January 2027"),
        "last_day": said("中華民國116年3月31日", "31 March 2027"),
        "entries": [
            {
                "no": "1",
                "on": said("中華民國116年1月14日", "14 January 2027"),
                "who": su,
                "our_side": hsu,
                "channel": "phone",
                "channel_name": phone,
                "content": [
                    said(
                        "確認啟動會議議程，並說明甲方停機窗口。",
                        "Agenda of the kick-off settled; line downtime explained.",
                    )
                ],
                "next_on": said("中華民國116年2月11日", "11 February 2027"),
                "next_how": said("電話", "by telephone"),
            },
            {
                "no": "2",
                "on": said("中華民國116年2月24日", "24 February 2027"),
                "who": su,
                "our_side": hsu,
                "channel": "industry_event",
                "channel_name": event,
                "content": [
                    said(
                        "於智慧製造展會面，對方介紹新版資料連接器。",
                        "Met at the smart manufacturing fair; they showed a new data connector.",
                    ),
                    said(
                        "我方表示第二季可評估擴充第四條產線。",
                        "We said a fourth line could be considered in the second quarter.",
                    ),
                ],
                "next_on": said("中華民國116年4月8日", "8 April 2027"),
                "next_how": "",
            },
        ],
        "promises": [
            {
                "what": said("提供停機窗口時間表", "Timetable of downtime"),
                "by": "ours",
                "due": said("中華民國116年1月20日", "20 January 2027"),
                "kept_on": said("中華民國116年1月19日", "19 January 2027"),
                "status": "kept",
                "status_name": said("已履行", "kept"),
            },
            {
                "what": said("寄送新版連接器規格", "Send the connector’s specification"),
                "by": "theirs",
                "due": said("中華民國116年3月5日", "5 March 2027"),
                "kept_on": "",
                "status": "overdue",
                "status_name": said("逾期", "overdue"),
            },
        ],
        "kept": "1",
        "decided": "2",
        "kept_percent": "50",
        "planned": [
            {
                "on": said("中華民國116年1月14日", "14 January 2027"),
                "who": su,
                "channel_name": phone,
                "purpose": said("月例電話", "Monthly call"),
                "held_on": said("中華民國116年1月14日", "14 January 2027"),
                "status": "kept",
            },
            {
                "on": said("中華民國116年2月11日", "11 February 2027"),
                "who": su,
                "channel_name": phone,
                "purpose": said("月例電話", "Monthly call"),
                "held_on": "",
                "status": "overdue",
            },
        ],
        "next_on": said("中華民國116年4月8日", "8 April 2027"),
        "remarks": [],
    }
    return sample(language, code="LG", log=log)


LAYOUT = Layout(
    "contact-log",
    "in_force",
    "internal",
    ("聯繫紀錄", "Contact Log"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)

"""The report of a bundle (存證報告): both languages in one document, one under the other.

It comes with an exported bundle and is no document of an agreement, so it stands with the
bundle's other files and not among the layouts.
"""

from dataclasses import replace

import report_drawings
import report_wording as wording
from parts import Cell
from report_page import RecordPage, each, either, lines, optional

#: The style that stays with the next row, by the one that need not.
_KEPT = {"Cell": "CellKept", "CellCentre": "CellCentreKept", "CellRight": "CellTotal"}


def document() -> RecordPage:
    """Return the report's template."""
    page = RecordPage()
    _cover(page)
    with page.when("not short"), page.each("agreement in agreements"):
        page.put("{{ agreement.ref }}　{{ agreement.title }}", "Heading1", new_page=True)
        with page.when("agreement.whole"):
            _facts(page)
            _signed(page)
            _opinions(page)
            _asked(page)
            _changes(page)
            _documents(page)
            report_drawings.write(page)
        with page.when("not agreement.whole"):
            page.two(wording.BROKEN)
            page.put("{{ agreement.problem }}", "Quote")
            _heads(page)
        _timeline(page)
    return page


def _cover(page: RecordPage) -> None:
    page.title("存證報告\nRecord of agreements", "{{ report.organisation }}")
    with page.table(4.2, 11.8) as grid:
        grid.row(either("紀錄編號", "Log"), "`{{ report.log }}`")
        grid.row(
            either("其他檔案之總雜湊值", "Digest of all other files"),
            "`{{ report.digest }}`\n{{ report.files }} 個檔案 files",
        )
        grid.row(
            either("人員與規則登錄之鏈頭", "Head of the registry"),
            "`registry#{{ report.registry_events }}`\n`{{ report.registry_head }}`",
        )
        grid.row(either("第一位管理者之金鑰", "Key of the first administrator"), "`{{ report.founder }}`")
    page.heading("合約　Agreements", "Heading2")
    with page.table(3.6, 4.6, 2.6, 5.2) as grid:
        grid.head("編號\nReference", "合約\nAgreement", "狀態\nState", "最末事件與鏈頭\nLast event and head")
        with grid.each("agreement in agreements"):
            grid.row(
                "{{ agreement.ref }}",
                "{{ agreement.title }}",
                "{{ agreement.state_name }}",
                "`#{{ agreement.events }}`\n`{{ agreement.head }}`",
            )
    page.heading("本報告之性質　What this is", "Heading2")
    for words in (wording.WHAT, wording.TIMES):
        page.two(words, "BodyLeft")
    with page.when("report.redacted"):
        page.two(wording.REDACTED, "BodyLeft")
    with page.when("short"):
        page.two(wording.SHORT, "BodyLeft")
    page.heading("如何自行查驗　How to check it by hand", "Heading2")
    steps = page.new_list()
    for words in wording.BY_HAND:
        page.item(words, "ListItem", number=steps)
    page.put(wording.COMMAND, "Command")
    page.heading(
        "無人於此查驗與無法證明的事　What nobody checked here, and what it does not prove", "Heading2"
    )
    for words in wording.NOT_SHOWN:
        page.item(words, "ListBullet")


def _facts(page: RecordPage) -> None:
    with page.table(3.2, 12.8) as grid:
        for name, words in (
            (("編號", "Reference"), "**{{ agreement.ref }}**"),
            (("當事人", "Parties"), "{{ agreement.parties }}"),
            (("金額", "Value"), "{{ agreement.value }}"),
            (("狀態", "State"), "{{ agreement.state }}"),
            (("承辦人", "Drafted by"), "{{ agreement.drafted }}"),
            (("送審", "Submitted by"), "{{ agreement.submitted }}"),
            (("核准", "Approved by"), "{{ agreement.approved }}"),
            (("簽署", "Executed by"), "{{ agreement.executed }}"),
            (("首筆至末筆事件", "First to last event"), "{{ agreement.period }}"),
        ):
            grid.row(either(*name), words)
        _head_row(grid)


def _heads(page: RecordPage) -> None:
    with page.table(3.2, 12.8) as grid:
        _head_row(grid)


def _head_row(grid) -> None:
    grid.row(
        either("鏈頭", "Head of the chain"),
        "`{{ agreement.ref }}#{{ agreement.events }}`\n`{{ agreement.head }}`",
    )


def _signed(page: RecordPage) -> None:
    page.heading("簽署紀錄　Who signed what", "Heading2")
    with page.some("agreement.signatures", wording.SIGNED_NONE), page.table(1.0, 3.5, 3.3, 2.3, 5.9) as grid:
        grid.head(
            "號\nNo.", "簽署人與身分\nWho, in which role", "決定\nDecision", "時間\nTime",
            "所簽文本與金鑰\nText and key",
        )  # fmt: skip
        with grid.each("given in agreement.signatures"):
            _row_with_words(
                grid,
                "given.words",
                Cell("{{ given.seq }}", "CellCentre"),
                lines(
                    "**{{ given.name }}**",
                    *optional("given.for", "{{ given.for }}"),
                    *optional("given.capacity", "{{ given.capacity }}"),
                ),
                lines(
                    "**{{ given.decision }}**",
                    *each("about in given.about", "{{ about }}"),
                    *optional("given.note", "（{{ given.note }}）"),
                ),
                "{{ given.time }}",
                lines("{{ given.document }}", "`{{ given.digest }}`", "`{{ given.key }}`"),
            )


def _opinions(page: RecordPage) -> None:
    page.heading("專家意見與條件　Opinions and conditions", "Heading2")
    with page.some("agreement.opinions", wording.OPINIONS_NONE), page.table(1.2, 5.8, 4.2, 4.8) as grid:
        grid.head("號\nNo.", "身分與面向\nRole and aspect", "專家\nExpert", "結論\nResult")
        with grid.each("opinion in agreement.opinions"):
            grid.row(
                _kept(Cell("{{ opinion.flag }}", "CellCentre")),
                _kept("{{ opinion.title }}"),
                _kept("**{{ opinion.expert }}**"),
                _kept("{{ opinion.status }}"),
            )
            for loop in ("row in opinion.said", "row in opinion.conditions"):
                with grid.each(loop):
                    _words_row(grid, "row.words", 3, "**{{ row.about }}**")


def _asked(page: RecordPage) -> None:
    page.heading("規則所要求者　What the rules asked for", "Heading2")
    with page.some("agreement.asked", wording.RULES_NONE):
        with page.table(3.4, 5.2, 4.0, 3.4) as grid:
            grid.head(
                "事項\nWhat", "身分與面向\nRole and aspect", "人數與期限\nHow many, by when", "規則\nRules"
            )
            with grid.each("row in agreement.asked"):
                grid.row(
                    "{{ row.what }}",
                    "{{ row.capacity }}",
                    "{{ row.much }}",
                    lines(
                        *each("rule in row.rules", "{{ rule }}"), *optional("row.asked", "{{ row.asked }}")
                    ),
                )
        with page.when("agreement.rules"), page.table(1.5, 4.9, 5.2, 4.4) as grid:
            grid.head("規則\nRule", "適用情形\nWhen it applies", "理由\nWhy", "依據\nBasis")
            with grid.each("rule in agreement.rules"):
                grid.row("{{ rule.rule }}", "{{ rule.when }}", "{{ rule.why }}", "{{ rule.basis }}")


def _changes(page: RecordPage) -> None:
    page.heading("版本與變更　Revisions and what changed", "Heading2")
    with page.when("not agreement.changes"):
        page.two(wording.CHANGES_NONE, "BodyLeft")
    with page.each("change in agreement.changes"):
        page.heading("{{ change.title }}", "Heading3")
        page.put("{{ change.facts }}", "BodyLeft", keep_next=True)
        with page.when("change.clauses"), page.table(4.0, 12.0) as grid:
            grid.head(
                "條文\nClause",
                "變更（底線為新增，刪除線為刪除）\nChange (underlined: added, struck: removed)",
            )
            with grid.each("clause in change.clauses"):
                grid.row(
                    lines("{{ clause.title }}", *optional("clause.kind", "（{{ clause.kind }}）")),
                    lines(
                        *each(
                            "passage in clause.passages",
                            "{% if passage.number %}{{ passage.number }} {% endif %}{{r passage.runs }}",
                        )
                    ),
                    whole=False,
                )


def _documents(page: RecordPage) -> None:
    page.heading("文件　Documents", "Heading2")
    with page.some("agreement.documents", wording.DOCUMENTS_NONE), page.table(7.0, 1.2, 7.8) as grid:
        grid.head("檔案\nFile", "事件\nEvent", "SHA-256")
        with grid.each("paper in agreement.documents"):
            grid.row("{{ paper.name }}", Cell("#{{ paper.seq }}", "CellCentre"), "`{{ paper.digest }}`")


def _timeline(page: RecordPage) -> None:
    page.heading("時間軸　Timeline", "Heading2")
    page.two(wording.DAYS, "Lead")
    with page.table(0.9, 2.9, 2.4, 6.2, 1.4, 2.2) as grid:
        grid.head("號\nNo.", "時間\nTime", "何人\nWho", "何事\nWhat", "工作天\nDays", "收據\nReceipt")
        with grid.each("row in agreement.rows"):
            _row_with_words(
                grid,
                "row.words",
                Cell("{{ row.seq }}", "CellCentre"),
                "{{ row.time }}",
                "{{ row.who }}",
                lines("{{ row.what }}", *optional("row.about", "{{ row.about }}")),
                Cell("{{ row.days }}", "CellRight"),
                "`{{ row.receipt }}`",
            )


def _row_with_words(grid, words: str, *cells: Cell | str) -> None:
    """Write a row, and below it on the same page the beginning of the words that go with it."""
    with grid.when(words):
        grid.row(*map(_kept, cells))
        _words_row(grid, words, len(cells) - 1)
    with grid.when(f"not {words}"):
        grid.row(*cells)


def _kept(cell: Cell | str) -> Cell:
    cell = cell if isinstance(cell, Cell) else Cell(cell)
    return replace(cell, style=_KEPT[cell.style])


def _words_row(grid, words: str, span: int, *about: str) -> None:
    """Write what somebody wrote, under what it belongs to; it may be longer than a page."""
    text = lines(*about, *each(f"words in {words}", "{{ words }}"))
    grid.row(Cell(""), Cell(text, "Quote", span=span), whole=False)

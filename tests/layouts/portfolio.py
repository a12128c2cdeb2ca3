"""The portfolio of evidence (職能事證彙整): what speaks for each row of a unit, and what was judged.

It is no document of an agreement, so its templates stand with the product's data and not among
the layouts: ``python tests/layouts/portfolio.py`` writes them.
"""

import sys
from pathlib import Path

# Needed where a test loads this file by its path; first, as others call a module "build" too.
sys.path.insert(0, str(Path(__file__).parent))

import ooxml
from build import parts_of
from package import packed
from parts import Cell, Page, label
from words import CHINESE, ENGLISH, choose, lines, optional

PLACE = Path(__file__).resolve().parents[2] / "approvals" / "data"
TITLE = ("職能事證彙整", "Portfolio of Evidence")
OPENING = (
    "本文件依職能單元逐項列出稽核歷程中屬於受評者之工作成果，並載明各稽核人員所作之判斷。"
    "本文件僅列出事證，不作任何判斷；是否符合，由評量者認定。",
    "This lists, row by row of a competency unit, what the trail holds of the candidate’s work, and what "
    "each assessor judged. It lists evidence and judges nothing: whether it suffices is for the assessor to "
    "say.",
)
WHO = ("**{{ candidate.name }}**（{{ candidate.id }}）", "**{{ candidate.name }}** ({{ candidate.id }})")
WAYS = ("稽核人員得以何種方式補充", "How an assessor can add to it")
SUPERSEDED = ("（已由日後之判斷取代）", "(a later judgement took its place)")
MORE = (
    "另有 {{ row.more }} 項較早之事證，載於 portfolio.csv。",
    "{{ row.more }} earlier pieces are in portfolio.csv.",
)
CHECKS = (
    (
        "核對文件：以「sha256sum 檔案」計算雜湊值，應與 manifest.json 及本文件所列相符。",
        "A paper: `sha256sum FILE` must give the digest in manifest.json and the one begun here.",
    ),
    (
        "核對判斷：statements 資料夾存有各稽核人員簽署之內容及簽章，以「ssh-keygen -Y verify」、"
        "用途「assessment.v1@assent」及 allowed_signers 驗證。",
        "A judgement: `statements/` holds what each assessor signed; `ssh-keygen -Y verify` checks it for "
        "the purpose `assessment.v1@assent` with `allowed_signers`.",
    ),
    (
        "核對所引事件：以「assent audit export」匯出該合約，並執行其中之驗證程式；"
        "各項判斷載有所見事件之雜湊值。",
        "What is cited: export the agreement with `assent audit export` and run the verifier in it; each "
        "judgement holds the digest of the event that was seen.",
    ),
)


class Paper(Page):
    """A page whose head names the unit and the candidate, as no agreement stands behind it."""

    def _head_and_foot(self, internal: bool) -> None:
        section = self.document.sections[0]
        level = self.say(("內部文件", "Internal")) if internal else ""
        header = [
            *self._paragraphs("{{ unit.code }}　{{ candidate.name }}\t" + level, "Header"),
            ooxml.paragraph(style="Gap"),
        ]
        first, middle, last = (
            ("第 ", " 頁，共 ", " 頁") if self.language == CHINESE else ("Page ", " of ", "")
        )
        pages = [ooxml.run("{{ head }}\t" + first), *ooxml.field("PAGE"), ooxml.run(middle)]
        pages += [*ooxml.field("NUMPAGES"), *([ooxml.run(last)] if last else [])]
        for place, content in (
            (section.header, header),
            (section.footer, [ooxml.paragraph(*pages, style="Footer")]),
        ):
            place.is_linked_to_previous = False
            place._element[:] = content


def document(language: str) -> Paper:
    """Write the portfolio's template in one language."""
    page = Paper(language, TITLE[language != CHINESE], internal=True)
    page.title(TITLE, "{{ candidate.name }}")
    _particulars(page)
    page.put(OPENING)
    _coverage(page)
    _judgements(page)
    _evidence(page)
    _gaps(page)
    _conclusion(page)
    page.heading(("如何驗證", "How to check"))
    checks = page.new_list()
    for words in CHECKS:
        page.put(words, "ListItem", number=checks)
    return page


def _particulars(page: Page) -> None:
    with page.table(3.4, 12.6) as grid:
        for name, words in (
            (
                ("受評者", "Candidate"),
                (
                    "**{{ candidate.name }}**（{{ candidate.id }}）",
                    "**{{ candidate.name }}** ({{ candidate.id }})",
                ),
            ),
            (("職能單元", "Competency unit"), "{{ unit.code }}　{{ unit.title }}"),
            (
                ("有事證之項目", "Rows with evidence"),
                ("{{ counts.covered }}／{{ counts.rows }}", "{{ counts.covered }} of {{ counts.rows }}"),
            ),
            (("已評量之項目", "Rows judged"), "{{ counts.judged }}"),
        ):
            grid.row(label(name), words)
    page.put("", "Gap")
    with page.table(4.2, 1.8, 10.0) as grid:
        grid.head(("合約", "Agreement"), ("事件數", "Events"), ("鏈頭", "Head"))
        with grid.each("work in works"):
            grid.row("{{ work.ref }}", Cell("{{ work.events }}", "CellCentre"), "`{{ work.head }}`")


def _coverage(page: Page) -> None:
    page.heading(("各項目之事證", "Evidence by row"))
    with page.table(1.4, 6.4, 1.5, 3.5, 3.2) as grid:
        grid.head(
            ("項目", "Row"),
            ("內容", "What"),
            ("事證數", "Pieces"),
            ("最新事證", "Newest"),
            ("判斷", "Judged"),
        )
        with grid.each("group in groups"):
            with grid.when("group.heading"):
                grid.row(Cell("**{{ group.heading }}**", "LabelKept", span=5, fill="F2F2F2"))
            with grid.each("row in group.rows"):
                grid.row(
                    "{{ row.id }}",
                    choose(("row.task", "**{{ row.label }}**"), ("", "{{ row.label }}")),
                    Cell("{{ row.count }}", "CellCentre"),
                    "{{ row.newest }}",
                    lines("{{ row.judged }}", optional("row.by", "{{ row.by }}")),
                )


def _judgements(page: Page) -> None:
    page.heading(("稽核人員之判斷", "What assessors judged"))
    with page.when("not judgements"):
        page.put(("尚無。", "Nothing yet."))
    with page.when("judgements"), page.table(1.3, 3.0, 5.0, 3.0, 3.7) as grid:
        grid.head(
            ("項目", "Row"),
            ("判斷及方式", "Judgement and method"),
            ("說明及所見事證", "Words, and what was seen"),
            ("稽核人員", "Assessor"),
            ("時間及收據", "When, and receipt"),
        )
        with grid.each("one in judgements"):
            grid.row(
                "{{ one.row }}",
                lines("**{{ one.judgement }}**", "{{ one.method }}", optional("one.superseded", SUPERSEDED)),
                lines("{{ one.reason }}", optional("one.evidence", "{{ one.evidence }}")),
                "{{ one.assessor }}",
                lines("{{ one.when }}", "{{ one.receipt }}", "{{ one.name }}"),
            )


def _evidence(page: Page) -> None:
    page.heading(("事證明細", "The evidence"))
    page.put(
        (
            "工作任務（T）之事證包含其下各項目之事證，該部分不重複列出。",
            "A task’s evidence includes that of the rows below it, which is not listed again.",
        ),
        "Note",
    )
    with page.each("row in listed"):
        page.heading("{{ row.id }}　{{ row.label }}", "Heading2")
        with page.table(3.8, 2.3, 2.6, 4.8, 2.5) as grid:
            grid.head(
                ("事件", "Event"),
                ("日期", "Date"),
                ("人員", "Who"),
                ("事證", "Evidence"),
                ("SHA-256", "SHA-256"),
            )
            with grid.each("piece in row.pieces"):
                grid.row(
                    "{{ piece.event }}",
                    "{{ piece.date }}",
                    "{{ piece.who }}",
                    "{{ piece.what }}",
                    "`{{ piece.digest }}`",
                )
        with page.when("row.more"):
            page.put(MORE, "Note")


def _gaps(page: Page) -> None:
    page.heading(("尚無事證之項目", "Gaps"))
    with page.when("not gaps"):
        page.put(("無。", "None."))
    with page.when("gaps"), page.table(1.4, 7.6, 7.0) as grid:
        grid.head(
            ("項目", "Row"), ("內容", "What"), ("稽核人員得以何種方式補充", "How an assessor can add to it")
        )
        with grid.each("row in gaps"):
            grid.row("{{ row.id }}", "{{ row.label }}", "{{ row.ways }}")


def _conclusion(page: Page) -> None:
    page.heading(("評量者之結論", "The assessor’s conclusion"))
    page.put(("由評量者填寫。", "To be written by the assessor."), "Note")
    with page.table(3.4, 12.6) as grid:
        grid.row(label(("結論", "Conclusion")), "", height=1400)
        grid.row(label(("姓名及簽名", "Name and signature")), "", height=700)
        grid.row(label(("日期", "Date")), "", height=500)


def built() -> dict[str, bytes]:
    """Return the templates by their names."""
    return {
        f"portfolio-{language}.docx": packed(document(language).document) for language in (CHINESE, ENGLISH)
    }


def main() -> None:
    """Write what differs from what is there."""
    for name, content in built().items():
        path = PLACE / name
        if not path.exists() or parts_of(path.read_bytes()) != parts_of(content):
            path.write_bytes(content)


if __name__ == "__main__":
    main()

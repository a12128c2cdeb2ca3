"""The page of the report: everything in both languages, with headings that Word's own outline knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import ooxml
import report_drawings
import style
from docx.oxml.ns import qn
from parts import Cell, Page, label

LANGUAGE = "zh-TW+en"
TITLE = "存證報告 Record of agreements"


class RecordPage(Page):
    """A page that says everything in both languages."""

    def __init__(self) -> None:
        super().__init__(LANGUAGE, TITLE, internal=True)
        look = style.LOOKS[LANGUAGE]
        heading = {"heading": True, "bold": True, "keep_next": True}
        cell = {"line": look.cell_line, "before": 30, "after": 30}
        changed = [
            style._style(look, "Heading1", "heading 1", **heading, size=30, color=style.ACCENT, before=0,
                         after=120, outline=0),
            style._style(look, "Heading2", "heading 2", **heading, size=23, color=style.ACCENT, before=260,
                         after=80, outline=1),
            style._style(look, "Heading3", "heading 3", **heading, size=20, before=160, after=60, outline=2),
            style._style(look, "Lead", "Lead", size=18, line=(250, "atLeast"), color=style.GREY, after=60,
                         keep_next=True),
            style._style(look, "Quote", "Quote", **cell | {"before": 0}, size=17, left=140, color="404040"),
            style._style(look, "Small", "Small", **cell | {"before": 0}, size=16, color=style.GREY),
            style._style(look, "Command", "Command", **cell, left=425),
            *report_drawings.styles(look),
        ]  # fmt: skip
        named = {node.get(qn("w:styleId")) for node in changed}
        styles = self.document.styles.element
        styles[:] = [node for node in styles if node.get(qn("w:styleId")) not in named] + changed

    def two(self, words: tuple[str, str], named: str = "Body", **properties: object) -> None:
        """Write a paragraph in Chinese and below it one in English."""
        chinese, english = words
        self.put(chinese, named, **properties | {"keep_next": True})
        self.put(english, named, **properties)

    @contextmanager
    def some(self, rows: str, otherwise: tuple[str, str]) -> Iterator[None]:
        """Write what follows where there are *rows*, and one sentence where there are none."""
        with self.when(f"not {rows}"):
            self.two(otherwise, "BodyLeft")
        with self.when(rows):
            yield

    def item(self, words: tuple[str, str], named: str, **properties: object) -> None:
        """Write one entry of a list, in Chinese and on the next line in English."""
        chinese, english = map(ooxml.runs, words)
        line_end = ooxml.el("r", ooxml.el("br"))
        self._append(ooxml.paragraph(*chinese, line_end, *english, style=named, **properties))

    def _head_and_foot(self, internal: bool) -> None:
        section = self.document.sections[0]
        header = [
            *self._paragraphs("存證報告 Record of agreements\t內部文件 Internal", "Header"),
            ooxml.paragraph(style="Gap"),
        ]
        pages = [
            ooxml.run("{{ report.refs }}\t第 "),
            *ooxml.field("PAGE"),
            ooxml.run(" 頁，共 "),
            *ooxml.field("NUMPAGES"),
            ooxml.run(" 頁　Page "),
            *ooxml.field("PAGE"),
            ooxml.run(" of "),
            *ooxml.field("NUMPAGES"),
        ]
        footer = [ooxml.paragraph(*pages, style="Footer")]
        for place, content in ((section.header, header), (section.footer, footer)):
            place.is_linked_to_previous = False
            place._element[:] = content


def either(chinese: str, english: str) -> Cell:
    """Return the cell that names what stands beside it, in both languages."""
    return label(f"{chinese}\n{english}")


def lines(*texts: str) -> str:
    """Return *texts* as paragraphs that follow one another."""
    return "\n".join(texts)


def optional(condition: str, *texts: str) -> list[str]:
    """Return *texts* under a condition."""
    return [f"{{%p if {condition} %}}", *texts, "{%p endif %}"]


def each(loop: str, *texts: str) -> list[str]:
    """Return *texts* once for each."""
    return [f"{{%p for {loop} %}}", *texts, "{%p endfor %}"]

"""What the layouts are put together from: a page that speaks one language, and its tables.

A page takes the words of the language it speaks. Which words a document of some kind needs
is said in the module of that kind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import numbering
import ooxml
import package
import style
from lxml.etree import _Element
from manifest import VERSION
from ooxml import el
from words import BOTH, CHINESE, ENGLISH, Words, optional, spoken

_PAGE_OF = {
    CHINESE: ("第 ", " 頁，共 ", " 頁"),
    ENGLISH: ("Page ", " of ", ""),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of document: who may see it, at which stage it is made, and how it is written."""

    kind: str
    stage: str
    audience: str
    title: tuple[str, str]
    write: Callable[["Page"], None]
    sample: dict[str, dict[str, Any]] = field(repr=False)
    has_prevailing_language: bool = False

    version: str = VERSION

    def titled(self, language: str) -> str:
        """Return what a document of this kind is called in *language*."""
        return " ".join(self.title) if language == BOTH else self.title[language == ENGLISH]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its words and the style of its paragraphs."""

    words: Words
    style: str = "Cell"
    span: int = 1
    merge: str = ""
    fill: str = ""
    kept: bool = False


def label(words: Words, *, span: int = 1, kept: bool = False) -> Cell:
    """Return the shaded cell that names what stands beside it."""
    return Cell(words, "LabelKept" if kept else "Label", span, fill=style.LABEL_FILL)


class Page:
    """A document being written, in one language, from top to bottom."""

    def __init__(self, language: str, title: str, *, internal: bool) -> None:
        self.language = language
        self.document = package.blank(language, title)
        self._body = self.document.element.body
        self._lists = numbering.FIRST_LIST
        self._head_and_foot(internal)

    def say(self, words: Words) -> str:
        """Return *words* in the language of this page."""
        return spoken(words, self.language)

    def put(self, words: Words, style: str = "Body", **properties: Any) -> None:
        """Write one paragraph for each line; a line that is a tag gets the tags' own style."""
        self._append(*self._paragraphs(words, style, **properties))

    def write(self, *nodes: _Element) -> None:
        """Write paragraphs that are ready made."""
        self._append(*nodes)

    def title(self, words: Words, subject: Words = "") -> None:
        """Write the document's name, and below it what it is about."""
        self.put(words, "Title")
        if subject:
            self.put(subject, "Subtitle")

    def heading(self, words: Words, style: str = "Heading1", **properties: Any) -> None:
        """Write a heading, which stays with what follows."""
        self.put(words, style, **properties)

    def new_list(self, kind: str = "plain") -> int:
        """Return the numbering of a list that starts at one; give it to `put` as ``number``."""
        self._lists += 1
        self.document.part.numbering_part.element.append(numbering.list_instance(self._lists, kind))
        return self._lists

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Write what follows only where *condition* holds."""
        self.put(f"{{%p if {condition} %}}")
        yield
        self.put("{%p endif %}")

    @contextmanager
    def each(self, loop: str) -> Iterator[None]:
        """Write what follows once for each, as in ``party in parties``."""
        self.put(f"{{%p for {loop} %}}")
        yield
        self.put("{%p endfor %}")

    @contextmanager
    def table(self, *shares: float) -> Iterator["Grid"]:
        """Write a table as wide as the text, its columns in the proportions *shares*."""
        grid = Grid(self, shares)
        yield grid
        # Two tables must not touch once the tags between them are gone: Word would join them.
        self._append(grid.element, ooxml.paragraph(style="Gap"))

    def _append(self, *nodes: _Element) -> None:
        for node in nodes:
            self._body.insert(len(self._body) - 1, node)  # the section's properties stay last

    def _paragraphs(self, words: Words, named: str, **properties: Any) -> Iterator[_Element]:
        for line in self.say(words).split("\n"):
            if line.startswith("{%p "):
                yield ooxml.paragraph(ooxml.run(line), style="Tag")
            else:
                yield ooxml.paragraph(*ooxml.runs(line), style=named, **properties)

    def _head_and_foot(self, internal: bool) -> None:
        section = self.document.sections[0]
        audience = self.say(("　內部文件", "  Internal")) if internal else ""
        number = self.say(("文件編號　", "Document no. ")) + "{{ document.number }}"
        draft = ("草　案　DRAFT　（尚未核准，不具效力）", "DRAFT – not approved and of no effect")
        header = [
            *self._paragraphs(number + "\t" + "{{ document.classification }}" + audience, "Header"),
            *self._paragraphs(optional("document.draft", draft), "Draft"),
            ooxml.paragraph(style="Gap"),
        ]
        case = self.say(("案號　", "Case ")) + "{{ document.ref }}"
        revision = self.say(("　　版次　", "    Revision ")) + "{{ document.revision }}"
        first, middle, last = _PAGE_OF.get(self.language, _PAGE_OF[ENGLISH])
        pages = [
            ooxml.run(f"{case}{{% if document.revision %}}{revision}{{% endif %}}\t{first}"),
            *ooxml.field("PAGE"),
            ooxml.run(middle),
            *ooxml.field("NUMPAGES"),
        ]
        footer = [ooxml.paragraph(*pages, *([ooxml.run(last)] if last else []), style="Footer")]
        for place, content in ((section.header, header), (section.footer, footer)):
            place.is_linked_to_previous = False
            place._element[:] = content


class Grid:
    """A table being written, row by row."""

    def __init__(self, page: Page, shares: tuple[float, ...]) -> None:
        self._page = page
        edges = [round(style.TEXT_WIDTH * part / sum(shares)) for part in accumulate(shares, initial=0)]
        self._widths = [right - left for left, right in pairwise(edges)]
        self.element = el(
            "tbl",
            el(
                "tblPr",
                el("tblStyle", val="HouseTable"),
                el("tblW", w=style.TEXT_WIDTH, type="dxa"),
                el("tblLayout", type="fixed"),
                el("tblLook", val="0000"),
            ),
            # LibreOffice believes the grid and not the cells.
            el("tblGrid", *(el("gridCol", w=width) for width in self._widths)),
        )

    def head(self, *names: Words) -> None:
        """Write the row of column names, repeated on each page the table reaches."""
        self.row(*(Cell(name, "Head", fill=style.HEAD_FILL) for name in names), repeated=True)

    def row(self, *cells: Cell | Words, height: int = 0, repeated: bool = False, whole: bool = True) -> None:
        """Write a row, which stays on one page if *whole*; *height* is its least height in twips."""
        settings = el("trPr", el("cantSplit")) if whole else el("trPr")
        if height:
            settings.append(el("trHeight", val=height, hRule="atLeast"))
        if repeated:
            settings.append(el("tblHeader"))
        column, made = 0, []
        for cell in cells:
            cell = cell if isinstance(cell, Cell) else Cell(cell)
            made.append(self._cell(cell, sum(self._widths[column : column + cell.span])))
            column += cell.span
        if column != len(self._widths):
            raise ValueError(f"a row fills {column} of {len(self._widths)} columns")
        self.element.append(el("tr", settings, *made))

    @contextmanager
    def each(self, loop: str) -> Iterator[None]:
        """Write the rows that follow once for each, as in ``item in price.items``."""
        self.tag(f"for {loop}")
        yield
        self.tag("endfor")

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Write the rows that follow only where *condition* holds."""
        self.tag(f"if {condition}")
        yield
        self.tag("endif")

    def tag(self, tag: str) -> None:
        """Write a row that holds only a template tag, which removes the row."""
        self.row(Cell(f"{{%tr {tag} %}}", "Tag", span=len(self._widths)))

    def _cell(self, cell: Cell, width: int) -> _Element:
        settings = el("tcPr", el("tcW", w=width, type="dxa"))
        if cell.span > 1:
            settings.append(el("gridSpan", val=cell.span))
        if cell.merge:
            settings.append(el("vMerge", val=cell.merge))
        if cell.fill:
            settings.append(el("shd", val="clear", color="auto", fill=cell.fill))
        settings.append(el("vAlign", val="center"))
        kept = {"keep_next": True} if cell.kept else {}
        return el("tc", settings, *self._page._paragraphs(cell.words, cell.style, **kept))

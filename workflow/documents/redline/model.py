"""What a document is made of, as comparing sees it: paragraphs, tables, rows.

A block's ``key`` is its whole text: blocks with the same key say the same. Content controls
are looked through. Paragraphs that share one field, as a table of contents does, are one
`Kind.GROUP`, since half of a field means nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from workflow.documents.redline.fields import FIELD_TYPE, counting, field_depth, is_page_number
from workflow.documents.redline.inline import OBJECT
from workflow.documents.redline.names import (
    ALTERNATE,
    CUSTOM_XML,
    ENDNOTE,
    FIELD_CHAR,
    FOOTNOTE,
    INSTR,
    SDT,
    SDT_CONTENT,
    TBL,
    TC,
    TR,
    TYPE,
    Element,
    P,
    T,
    inner,
    w,
)
from workflow.documents.redline.pictures import picture_key
from workflow.documents.redline.source import Source

#: What a note's mark is in a key.
NOTE = "\ufff9"
_SPACES = {w("tab"): "\t", w("ptab"): "\t", w("cr"): "\v", w("noBreakHyphen"): "\u2011"}
_BREAK, _SYMBOL = w("br"), w("sym")
_PICTURES = frozenset({w("drawing"), w("pict"), w("object")})
#: All of a paragraph that its text is made of.
_SPOKEN = (
    T, *_SPACES, _BREAK, FOOTNOTE, ENDNOTE, INSTR, FIELD_CHAR, _SYMBOL, *sorted(_PICTURES), ALTERNATE,
)  # fmt: skip
#: Words of alphabets, and pairs of Chinese characters: what two blocks can have in common.
_FEATURE = re.compile(r"[^\W\u2e80-\u9fff\uf900-\ufaff]+|(?=([\u2e80-\u9fff\uf900-\ufaff]{2}))")


class Kind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    TABLE = "table"
    ROW = "row"
    GROUP = "group"


@dataclass(eq=False)
class Block:
    """A paragraph, a table, a row of one, or paragraphs that only make sense together."""

    kind: Kind
    key: str
    elements: tuple[Element, ...]
    #: The rows of a table.
    rows: tuple["Block", ...] = ()
    #: The cells of a row, and their texts.
    cells: tuple[Element, ...] = ()
    texts: tuple[str, ...] = field(default=())

    @property
    def element(self) -> Element:
        """The element it is, or its first."""
        return self.elements[0]

    @cached_property
    def features(self) -> Counter[str]:
        """What its text is made of, to see how much two blocks have in common."""
        found = (match[1] or match[0] for match in _FEATURE.finditer(self.key))
        # A single Chinese character has no pair.
        return Counter(filter(None, found)) or Counter("".join(self.key.split()))

    @cached_property
    def size(self) -> int:
        """How many features it has."""
        return self.features.total()


@dataclass(frozen=True, slots=True)
class Story:
    """A text of its own, such as the body or a header: where it is and what it is made of."""

    source: Source
    part: str

    def blocks(self, container: Element) -> list[Block]:
        """Return what *container* is made of."""
        return list(_grouped(self._blocks(container)))

    def _blocks(self, container: Element) -> Iterator[Block]:
        for element in _flat(container, (P, TBL)):
            if element.tag == P:
                yield Block(Kind.PARAGRAPH, self._key(element), (element,))
            else:
                yield self._table(element)

    def _table(self, table: Element) -> Block:
        rows = tuple(self._row(row) for row in _flat(table, (TR,)))
        # An empty table says something else than an empty paragraph.
        return Block(Kind.TABLE, "\x1d" + "\x1e".join(row.key for row in rows), (table,), rows)

    def _row(self, row: Element) -> Block:
        cells = tuple(_flat(row, (TC,)))
        texts = tuple("\n".join(block.key for block in self._blocks(cell)) for cell in cells)
        return Block(Kind.ROW, "\x1f".join(texts), (row,), cells=cells, texts=texts)

    def _key(self, paragraph: Element) -> str:
        text: list[str] = []
        counted = False
        # Most of a paragraph is formatting; asked for by name, it is passed over without being looked at.
        for node in paragraph.iter(*_SPOKEN):
            tag = node.tag
            if tag == T:
                # A page's number is counted anew each time; what it was says nothing.
                if not (counted and is_page_number(node.text or "")):
                    text.append(node.text or "")
            elif tag == FIELD_CHAR:
                counted = counted and node.get(FIELD_TYPE) == "separate"
            elif tag in _SPACES:
                text.append(_SPACES[str(tag)])
            elif tag == _BREAK:
                text.append("\f" if node.get(TYPE) == "page" else "\v")
            elif tag in (FOOTNOTE, ENDNOTE):
                text.append(NOTE)
            elif tag == INSTR:
                counted = bool(counting(node.text or ""))
                text.append("{" + (counting(node.text or "") or " ".join((node.text or "").split())) + "}")
            elif tag == _SYMBOL:
                text.append(f"{OBJECT}{node.get(w('char'))}")
            elif tag in _PICTURES:
                # A picture for old programs stands beside the one for new programs: one is enough.
                if not any(parent.tag == ALTERNATE for parent in node.iterancestors()):
                    text.append(OBJECT + picture_key(node, self.source, self.part))
            elif tag == ALTERNATE:
                text.append(OBJECT + picture_key(node, self.source, self.part))
        return "".join(text)


def _grouped(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join paragraphs from where a field begins to where it ends."""
    held: list[Block] = []
    depth = 0
    for block in blocks:
        if block.kind is Kind.PARAGRAPH:
            depth += field_depth(block.element)
        if depth > 0 or held:
            held.append(block)
        else:
            yield block
        if held and depth <= 0:
            yield _group(held)
            held, depth = [], 0
        depth = max(depth, 0)
    # A field that never ends holds nothing together.
    yield from held


def _group(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    elements = tuple(element for block in blocks for element in block.elements)
    return Block(Kind.GROUP, "\n".join(block.key for block in blocks), elements)


def _flat(container: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    """Yield the children with these names, looking through content controls."""
    for child in container:
        if child.tag in tags:
            yield child
        elif child.tag in (SDT, CUSTOM_XML, SDT_CONTENT):
            content = inner(child)
            if content is not None:
                yield from _flat(content, tags)

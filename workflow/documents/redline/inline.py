"""The inside of a paragraph: text and objects in reading order, and the runs they come from.

A paragraph reads as one flat text in which every object (a picture, a field, a note's mark)
is one character, so that a word, an amount or a date is whole however Word cut it into runs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from workflow.documents.redline.fields import FIELD_TYPE, counting, field_code, is_balanced, is_page_number
from workflow.documents.redline.names import (
    ALTERNATE,
    CONTAINERS,
    ENDNOTE,
    FIELD,
    FIELD_CHAR,
    FOOTNOTE,
    INSTR,
    MARKERS,
    MATH,
    MATH_BLOCK,
    PPR,
    RPR,
    TEXT_BOX,
    TYPE,
    Element,
    R,
    T,
    inner,
    w,
)
from workflow.documents.redline.pictures import picture_key
from workflow.documents.redline.source import Source

#: What stands in the flat text for an object.
OBJECT = "\ufffc"
#: What people are shown for a note's mark.
NOTE_MARK = "†"
LINE, PAGE = "\v", "\f"

_INSTR = w("instr")
_COMMENT = w("commentReference")
_IGNORED = frozenset({RPR, w("lastRenderedPageBreak"), w("annotationRef")})
_CHARACTERS = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("cr"): LINE,
    w("noBreakHyphen"): "\u2011",
    w("softHyphen"): "\u00ad",
}
_BREAK, _SYMBOL, _RUBY, _RUBY_BASE = w("br"), w("sym"), w("ruby"), w("rubyBase")
_SILENT = frozenset({w("footnoteRef"), w("endnoteRef"), w("separator"), w("continuationSeparator")})
_PICTURES = frozenset({w("drawing"), w("pict"), w("object"), ALTERNATE})


@dataclass(slots=True)
class Piece:
    """A stretch of flat text from one run, or one object with the elements it is made of."""

    start: int
    text: str
    path: tuple[Element, ...]
    run: Element | None
    #: For an object: what makes two of them the same, what people see, and (run, element) pairs.
    key: str = ""
    shown: str = ""
    members: tuple[tuple[Element | None, Element], ...] = ()

    @property
    def end(self) -> int:
        """Where it ends in the flat text."""
        return self.start + len(self.text)


@dataclass(slots=True)
class Inline:
    """A paragraph's pieces, and the markers that stand between them."""

    pieces: list[Piece] = field(default_factory=list)
    markers: list[tuple[int, Element]] = field(default_factory=list)
    text: str = ""

    def between(self, start: int, end: int) -> Iterator[tuple[Piece, int, int]]:
        """Yield the pieces that reach into a range of the flat text, with the part that does."""
        first = bisect_right(self.pieces, start, key=lambda piece: piece.end)
        for piece in islice(self.pieces, first, None):
            if piece.start >= end:
                return
            yield piece, max(start, piece.start), min(end, piece.end)

    def shown(self, start: int, end: int) -> str:
        """Return what people see of a range of the flat text."""
        return "".join(
            piece.shown if piece.members else piece.text[at - piece.start : stop - piece.start]
            for piece, at, stop in self.between(start, end)
        )

    def objects(self) -> dict[int, str]:
        """Return the key of every object by its place in the flat text."""
        return {piece.start: piece.key for piece in self.pieces if piece.text == OBJECT and piece.members}

    def notes(self) -> Iterator[tuple[int, Element]]:
        """Yield the marks of notes with their places."""
        for piece in self.pieces:
            if piece.shown == NOTE_MARK and piece.members:
                yield piece.start, piece.members[0][1]


def read_inline(paragraph: Element, source: Source, part: str) -> Inline:
    """Read a paragraph of *part*."""
    return _Reader(source, part, balanced=is_balanced(paragraph)).read(paragraph)


class _Reader:
    def __init__(self, source: Source, part: str, *, balanced: bool) -> None:
        self._source, self._part, self._whole_fields = source, part, balanced
        self._made, self._at = Inline(), 0
        self._texts: list[str] = []
        # The field that is being read: its elements, how deep it is nested, what it shows.
        self._field: list[tuple[Element | None, Element]] = []
        self._depth, self._result, self._code = 0, "", ""
        self._in_result = False

    def read(self, paragraph: Element) -> Inline:
        self._walk(paragraph, ())
        self._made.text = "".join(self._texts)
        return self._made

    def _walk(self, holder: Element, path: tuple[Element, ...]) -> None:
        for child in holder:
            tag = child.tag
            if tag == R:
                self._run(child, path)
            elif tag in CONTAINERS:
                content = inner(child)
                if content is not None:
                    self._walk(content, (*path, child))
            elif tag in MARKERS:
                self._made.markers.append((self._at, child))
            elif tag == FIELD:
                shown = "".join(node.text or "" for node in child.iter(T))
                self._object(path, _field_key(child.get(_INSTR, ""), shown), shown, ((None, child),))
            elif tag in (MATH, MATH_BLOCK):
                shown = written(child)
                self._object(path, f"math:{shown}", shown, ((None, child),))
            elif tag not in (PPR, w("proofErr")):
                self._object(path, f"{tag}:{written(child)}", "", ((None, child),))

    def _run(self, run: Element, path: tuple[Element, ...]) -> None:
        for child in run:
            tag = child.tag
            if tag == FIELD_CHAR and self._whole_fields:
                self._field_char(run, child, path)
            elif self._depth:
                self._in_field(run, child)
            elif tag == T:
                if child.text:
                    self._add(Piece(self._at, child.text, path, run))
            elif tag in _IGNORED:
                continue
            elif tag == _COMMENT:
                self._made.markers.append((self._at, run))
            else:
                self._run_child(run, child, path)

    def _run_child(self, run: Element, child: Element, path: tuple[Element, ...]) -> None:
        tag = str(child.tag)
        members = ((run, child),)
        if tag in _CHARACTERS:
            self._character(path, _CHARACTERS[tag], members)
        elif tag == _BREAK:
            self._character(path, PAGE if child.get(TYPE) == "page" else LINE, members)
        elif tag in (FOOTNOTE, ENDNOTE):
            self._object(path, tag, NOTE_MARK, members)
        elif tag in _SILENT or tag == FIELD_CHAR:
            self._object(path, f"{tag}:{child.get(FIELD_TYPE, '')}", "", members)
        elif tag == INSTR:
            self._object(path, f"code:{field_code(child.text or '')}", "", members)
        elif tag in _PICTURES:
            key = picture_key(child, self._source, self._part)
            self._object(path, key, "" if TEXT_BOX in key else OBJECT, members)
        elif tag == _SYMBOL:
            font, code = child.get(w("font"), ""), child.get(w("char"), "")
            self._object(path, f"symbol:{font}:{code}", _symbol(code), members)
        elif tag == _RUBY:
            shown = "".join(node.text or "" for base in child.iter(_RUBY_BASE) for node in base.iter(T))
            self._object(path, f"ruby:{written(child)}", shown, members)
        else:
            self._object(path, f"{tag}:{sorted(map(str, child.values()))}", "", members)

    def _field_char(self, run: Element, child: Element, path: tuple[Element, ...]) -> None:
        kind = child.get(FIELD_TYPE)
        self._field.append((run, child))
        if kind == "begin":
            self._depth += 1
        elif kind == "separate" and self._depth == 1:
            self._in_result = True
        elif kind == "end":
            self._depth -= 1
        if self._depth == 0:
            key = _field_key(self._code, self._result)
            self._object(path, key, self._result, tuple(self._field))
            self._field, self._result, self._code, self._in_result = [], "", "", False

    def _in_field(self, run: Element, child: Element) -> None:
        if child.tag == RPR:
            return
        self._field.append((run, child))
        if child.tag == INSTR:
            self._code += child.text or ""
        elif child.tag == T and self._in_result:
            self._result += child.text or ""

    def _character(
        self, path: tuple[Element, ...], text: str, members: tuple[tuple[Element | None, Element], ...]
    ) -> None:
        self._add(Piece(self._at, text, path, members[0][0], text, text, members))

    def _object(
        self,
        path: tuple[Element, ...],
        key: str,
        shown: str,
        members: tuple[tuple[Element | None, Element], ...],
    ) -> None:
        self._add(Piece(self._at, OBJECT, path, members[0][0], key, shown, members))

    def _add(self, piece: Piece) -> None:
        self._made.pieces.append(piece)
        self._texts.append(piece.text)
        self._at += len(piece.text)


def _field_key(code: str, result: str) -> str:
    """Return what makes two fields the same; page numbers are, whatever they were last time."""
    pages = counting(code) if is_page_number(result) else ""
    return f"field:{pages or field_code(code) + '=' + result}"


def written(element: Element) -> str:
    """Return all characters under an element, whatever they are for."""
    return "".join(map(str, element.itertext()))


def _symbol(code: str) -> str:
    number = int(code, 16) if re.fullmatch("[0-9A-Fa-f]{1,5}", code) else 0
    return OBJECT if number < 0x20 or 0xD800 <= number <= 0xDFFF else chr(number)

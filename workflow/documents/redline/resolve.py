"""Accepting or rejecting every change tracked in a document.

What is left is what Word leaves: where a paragraph's mark goes, its text joins the next
paragraph, whose formatting stays; rows, notes and links that lost everything go as well.
"""

import re
from collections.abc import Iterator

from workflow.documents.package import write_package
from workflow.documents.redline.names import (
    CELL_DEL,
    CELL_INS,
    CELL_MERGE,
    COMPARED,
    CUSTOM_XML,
    DEL,
    DEL_INSTR,
    DEL_TEXT,
    DOCUMENT,
    ENDNOTE,
    FIELD,
    FOOTNOTE,
    HYPERLINK,
    ID,
    INS,
    INSTR,
    MARKERS,
    MOVE_FROM,
    MOVE_TO,
    NUMPR,
    PPR,
    PROPERTY_CHANGES,
    RANGES,
    REVISIONS,
    RPR,
    SDT,
    SDT_CONTENT,
    SECTPR,
    TBL,
    TC,
    TR,
    TRPR,
    Element,
    P,
    T,
    w,
)
from workflow.documents.redline.source import Source, is_revised, read_parts, serialise

_PROPERTIES = frozenset({RPR, TRPR, NUMPR})
_BLOCKS = frozenset({P, TBL, SDT, CUSTOM_XML, SECTPR})
_NAMED = re.compile(rb":(?:ins|del|move(?:From|To)|cell(?:Ins|Del|Merge)|\w+Change)\b")
#: What a change of properties leaves alone: it was not part of what changed.
_STAYS = {
    w("pPrChange"): frozenset({RPR, SECTPR}),
    w("rPrChange"): frozenset({INS, DEL, MOVE_FROM, MOVE_TO}),
    w("sectPrChange"): frozenset({w("headerReference"), w("footerReference")}),
    w("trPrChange"): frozenset({INS, DEL}),
    w("tcPrChange"): frozenset({CELL_INS, CELL_DEL, CELL_MERGE}),
}


def accept_all(body: bytes, *, name: str = "the document") -> bytes:
    """Return the document with every tracked change accepted."""
    return _resolved(body, name, keep=(INS, MOVE_TO), drop=(DEL, MOVE_FROM), cell=CELL_DEL, restore=False)


def reject_all(body: bytes, *, name: str = "the document") -> bytes:
    """Return the document with every tracked change rejected."""
    return _resolved(body, name, keep=(DEL, MOVE_FROM), drop=(INS, MOVE_TO), cell=CELL_INS, restore=True)


def _resolved(
    body: bytes, name: str, *, keep: tuple[str, ...], drop: tuple[str, ...], cell: str, restore: bool
) -> bytes:
    source = Source(read_parts(body, name), name)
    named = [part for part in source.parts if part.startswith("word/") and part.endswith(".xml")]
    # Styles and the like are large; without any of the names in them they need no parsing.
    likely = [part for part in named if COMPARED.fullmatch(part) or _NAMED.search(source.parts[part])]
    revised = [part for part in likely if is_revised(source.tree(part))]
    if not revised:
        return body
    before = set(_noted(source))
    for part in revised:
        _Resolver(keep, drop, cell, restore=restore).resolve(source.tree(part))
        source.parts[part] = serialise(source.tree(part))
    for tag, number in before - set(_noted(source)):
        part = source.related("footnotes" if tag == FOOTNOTE else "endnotes")
        for note in [note for note in source.tree(part) if note.get(ID) == number] if part else []:
            source.tree(part).remove(note)
            source.parts[part] = serialise(source.tree(part))
    return write_package(source.parts)


def _noted(source: Source) -> Iterator[tuple[str, str]]:
    for reference in source.tree(DOCUMENT).iter(FOOTNOTE, ENDNOTE):
        yield str(reference.tag), reference.get(ID, "")


class _Resolver:
    def __init__(self, keep: tuple[str, ...], drop: tuple[str, ...], cell: str, *, restore: bool) -> None:
        self._keep, self._drop, self._cell, self._restore = keep, drop, cell, restore

    def resolve(self, root: Element) -> None:
        """Resolve a part, from the largest pieces to the smallest."""
        self._rows(root)
        self._properties(root)
        self._content(root)
        for element in [*root.iter(*RANGES)]:
            _remove(element)
        _drop_empty(root)
        self._paragraph_marks(root)
        if self._restore:
            for element in root.iter(DEL_TEXT, DEL_INSTR):
                element.tag = T if element.tag == DEL_TEXT else INSTR

    def _rows(self, root: Element) -> None:
        for row in [*root.iter(TR)]:
            properties = row.find(TRPR)
            for mark in [] if properties is None else [c for c in properties if c.tag in (INS, DEL)]:
                if mark.tag in self._drop:
                    _remove(row)
                _remove(mark)
        for mark in [*root.iter(CELL_INS, CELL_DEL, CELL_MERGE)]:
            cell = next(mark.iterancestors(TC), None)
            _remove(cell if mark.tag == self._cell and cell is not None else mark)
        for row in [row for row in root.iter(TR) if next(row.iter(TC), None) is None]:
            _remove(row)
        for table in [table for table in root.iter(TBL) if next(table.iter(TR), None) is None]:
            _remove(table)

    def _properties(self, root: Element) -> None:
        for change in [*root.iter(*PROPERTY_CHANGES)]:
            parent = change.getparent()
            if parent is None:
                continue
            parent.remove(change)
            if self._restore and len(change):
                stays = _STAYS.get(str(change.tag), frozenset())
                first = [child for child in parent if child.tag in stays]
                for child in [*parent]:
                    parent.remove(child)
                before = [child for child in change[0] if child.tag not in stays]
                # In a run's and a section's properties what stays comes first, elsewhere last.
                last = change.tag not in (w("rPrChange"), w("sectPrChange"))
                parent.extend([*before, *first] if last else [*first, *before])

    def _content(self, root: Element) -> None:
        for element in [*root.iter(INS, DEL, MOVE_FROM, MOVE_TO)]:
            parent = element.getparent()
            if parent is None:
                continue
            if parent.tag in _PROPERTIES:
                self._property_mark(element, parent)
            elif element.tag in self._drop:
                _remove(element)
            else:
                for child in [*element]:
                    element.addprevious(child)
                _remove(element)

    def _property_mark(self, element: Element, parent: Element) -> None:
        if parent.tag == NUMPR:
            _remove(parent if element.tag in self._drop else element)
        elif parent.tag == RPR and getattr(parent.getparent(), "tag", "") != PPR:
            _remove(element)

    def _paragraph_marks(self, root: Element) -> None:
        for paragraph in [*root.iter(P)]:
            properties = paragraph.find(f"{PPR}/{RPR}")
            marks = [] if properties is None else [c for c in properties if c.tag in REVISIONS]
            goes = any(mark.tag in self._drop for mark in marks)
            for mark in marks:
                _remove(mark)
            if properties is not None and marks and not len(properties):
                _remove(properties)
            if goes:
                _join_next(paragraph)


def _join_next(paragraph: Element) -> None:
    """Let a paragraph that lost its mark go on in the next one."""
    content = [child for child in paragraph if child.tag != PPR]
    following = _next_block(paragraph)
    if following is not None and following.tag == P:
        start = 0 if following.find(PPR) is None else 1
        for number, child in enumerate(content):
            following.insert(start + number, child)
    elif any(child.tag not in MARKERS for child in content) or not _dispensable(paragraph):
        return
    _remove(paragraph)


def _next_block(element: Element) -> Element | None:
    """Return the paragraph or table that comes next, also into and out of content controls."""
    following = element.getnext()
    while following is not None and following.tag not in _BLOCKS:
        following = following.getnext()
    if following is None:
        parent = element.getparent()
        if parent is not None and parent.tag == SDT_CONTENT:
            control = parent.getparent()
            return None if control is None else _next_block(control)
        return None
    if following.tag == SDT:
        return next(following.iter(P, TBL), None)
    return following


def _dispensable(paragraph: Element) -> bool:
    """Say whether its container stays whole without it: a cell has to end with a paragraph."""
    following, before = _next_block(paragraph), paragraph.getprevious()
    if following is not None and following.tag != SECTPR:
        return True
    while before is not None and before.tag in MARKERS:
        before = before.getprevious()
    return before is not None and before.tag == P


def _drop_empty(root: Element) -> None:
    """Remove links, fields and content controls that nothing is left in."""
    for element in reversed([*root.iter(HYPERLINK, FIELD, SDT)]):
        content = element.find(SDT_CONTENT) if element.tag == SDT else element
        if content is not None and not len(content):
            _remove(element)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)

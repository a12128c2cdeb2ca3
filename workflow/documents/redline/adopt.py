"""Bringing what was deleted into the new package: copies whose references hold there.

A deleted paragraph still needs its style, its list, its pictures and its links to look as it
did. Bookmarks, comments and section breaks do not come along: they would stand twice.
"""

from copy import deepcopy
from typing import Protocol

from lxml import etree

from workflow.documents.redline.links import Links
from workflow.documents.redline.names import (
    DOC_PR,
    ENDNOTE,
    FOOTNOTE,
    ID,
    MARKERS,
    NUM_ID,
    PARAGRAPH_IDS,
    PPR,
    PSTYLE,
    RELATIONS,
    RSTYLE,
    SECTPR,
    TBL_STYLE,
    VAL,
    Element,
    R,
    w,
)
from workflow.documents.redline.styling import Lists, Styles

_DROPPED = MARKERS | {SECTPR, w("proofErr"), w("lastRenderedPageBreak")}
_COMMENT = w("commentReference")
_STYLES = frozenset({PSTYLE, RSTYLE, TBL_STYLE})
_NOT_FORMAT = frozenset({SECTPR, w("rPr"), w("pPrChange")})
_RSIDS = tuple(w(name) for name in ("rsidR", "rsidRPr", "rsidP", "rsidRDefault", "rsidDel", "rsidTr"))
_REFERENCE = f"{{{RELATIONS}}}"


class NoteKeeper(Protocol):
    """Whoever keeps the notes that deleted marks refer to."""

    def deleted(self, kind: str, old_id: str) -> str:
        """Keep a deleted note and return its identifier in the new document."""


class Adopter:
    """Copies elements of the old document into the new one."""

    def __init__(self, links: Links, styles: Styles, lists: Lists, first_picture: int) -> None:
        self._links, self._styles, self._lists = links, styles, lists
        self._picture = first_picture
        self.notes: NoteKeeper | None = None

    def copy(self, element: Element, old_part: str, new_part: str) -> Element:
        """Return a copy of an element of *old_part* that can stand in *new_part*."""
        made = deepcopy(element)
        made.tail = None
        for node in list(made.iter()):
            if node.tag in _DROPPED and node is not made:
                _remove(node)
            elif node.tag == _COMMENT:
                _remove(_holder(node))
            else:
                self._mend(node, old_part, new_part)
        return made

    def paragraph_format(self, properties: Element | None, *, ours: bool = False) -> Element:
        """Return a paragraph's formatting alone; what is *ours* needs no mending."""
        made = etree.Element(PPR) if properties is None else deepcopy(properties)
        for node in [child for child in made if child.tag in _NOT_FORMAT]:
            made.remove(node)
        for node in [] if ours else made.iter():
            self._mend(node, "", "")
        return made

    def table_format(self, properties: Element | None, tag: str) -> Element:
        """Return the old properties of a table or cell as what they were before a change."""
        made = etree.Element(tag) if properties is None else deepcopy(properties)
        for node in made.iter():
            self._mend(node, "", "")
        return made

    def run_format(self, properties: Element | None) -> Element | None:
        """Return a run's old properties as what they were before a change."""
        if properties is None:
            return None
        made = deepcopy(properties)
        for node in made.iter():
            self._mend(node, "", "")
        return made

    def _mend(self, node: Element, old_part: str, new_part: str) -> None:
        for name in (*PARAGRAPH_IDS, *_RSIDS):
            node.attrib.pop(name, "")
        tag = node.tag
        if tag in _STYLES:
            node.set(VAL, self._styles.ensure(node.get(VAL, "")))
        elif tag == NUM_ID:
            node.set(VAL, self._lists.ensure(node.get(VAL, "")))
        elif tag == DOC_PR:
            node.set("id", str(self._picture))
            self._picture += 1
        elif tag in (FOOTNOTE, ENDNOTE) and self.notes is not None:
            kind = "footnote" if tag == FOOTNOTE else "endnote"
            node.set(ID, self.notes.deleted(kind, node.get(ID, "")))
        if old_part:
            for attribute, value in node.attrib.items():
                if str(attribute).startswith(_REFERENCE):
                    node.set(attribute, self._links.ensure(str(value), old_part, new_part))


def _holder(reference: Element) -> Element:
    """Return the run of a comment's mark, or the mark where the run holds more."""
    run = reference.getparent()
    alone = run is not None and run.tag == R and sum(child.tag != w("rPr") for child in run) == 1
    return run if alone and run is not None else reference


def _remove(node: Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)

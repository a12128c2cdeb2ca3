"""What else belongs together once two paragraphs do: their notes, and the text in their pictures."""

from collections.abc import Iterator

from lxml import etree

from workflow.documents.redline.inline import Inline, Piece
from workflow.documents.redline.names import ENDNOTE, FOOTNOTE, ID, TEXT_BOX, Element
from workflow.documents.redline.textdiff import Edit

#: A note's kind and identifier.
NoteKey = tuple[str, str]


def note_key(reference: Element) -> NoteKey:
    """Return which note a mark refers to."""
    return ("footnote" if reference.tag == FOOTNOTE else "endnote"), reference.get(ID, "")


def paired_notes(old: Inline, new: Inline, edits: list[Edit]) -> Iterator[tuple[NoteKey, NoteKey]]:
    """Yield the notes whose marks stayed."""
    for was, now in _paired_objects(old, new, edits):
        if was.members[0][1].tag in (FOOTNOTE, ENDNOTE):
            yield note_key(was.members[0][1]), note_key(now.members[0][1])


def paired_boxes(old: Inline, new: Inline, edits: list[Edit]) -> Iterator[tuple[Element, Element]]:
    """Yield the pictures that stayed and have text in them."""
    for was, now in _paired_objects(old, new, edits):
        if TEXT_BOX in was.key:
            yield was.members[0][1], now.members[0][1]


def same_bytes(old: Element, new: Element) -> bool:
    """Say whether two elements are written the same, which is quickly found out."""
    # In UTF-8, because writing every Chinese character as a number takes longer.
    before, after = (etree.tostring(each, encoding="utf-8", with_tail=False) for each in (old, new))
    return bool(before == after)


def _paired_objects(old: Inline, new: Inline, edits: list[Edit]) -> Iterator[tuple[Piece, Piece]]:
    for edit in edits:
        if edit.equal:
            was = {start - edit.old[0]: piece for piece, start, _ in old.between(*edit.old) if piece.members}
            for piece, start, _ in new.between(*edit.new):
                before = was.get(start - edit.new[0])
                if piece.members and before is not None:
                    yield before, piece

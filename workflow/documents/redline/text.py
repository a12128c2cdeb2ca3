"""The plain text of a document, part by part: for tests, digests and searching.

A paragraph is a line; the cells of a row are kept apart by U+001F and each row ends with
U+001E. A part without any text is not listed.
"""

from workflow.documents.redline.inline import OBJECT, Inline, read_inline
from workflow.documents.redline.model import Block, Kind, Story
from workflow.documents.redline.names import DOCUMENT, Element, P
from workflow.documents.redline.pairing import note_key
from workflow.documents.redline.pictures import text_boxes
from workflow.documents.redline.source import Source, open_source


def text_of(body: bytes, *, name: str = "the document") -> dict[str, str]:
    """Return the text of each part of a DOCX as it stands once its changes are accepted."""
    source = open_source(body, name=name, resolve="accept")
    reader = _Reader(source)
    found = {"body": reader.text(source.body, DOCUMENT)}
    for (number, kind, pages), part in sorted(source.furniture().items()):
        found[f"{kind} {number} {pages}"] = reader.text(source.tree(part), part)
    for kind in ("footnote", "endnote"):
        notes = source.notes(kind)
        wanted = [number for which, number in reader.notes if which == kind and number in notes]
        part = source.related(f"{kind}s")
        found[f"{kind}s"] = "\n\n".join(reader.text(notes[number], part) for number in wanted)
    found["text boxes"] = "\n\n".join(reader.boxes)
    return {name: text for name, text in found.items() if text.strip("\n\x1e\x1f")}


class _Reader:
    """Reads stories, and remembers the notes and text boxes they refer to, in order."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.notes: list[tuple[str, str]] = []
        self.boxes: list[str] = []

    def text(self, container: Element, part: str) -> str:
        """Return the text of all blocks in *container*."""
        story = Story(self._source, part)
        return "\n".join(line for block in story.blocks(container) for line in self._block(block, part))

    def _block(self, block: Block, part: str) -> list[str]:
        if block.kind is Kind.TABLE:
            return ["\x1f".join(self.text(cell, part) for cell in row.cells) + "\x1e" for row in block.rows]
        return [self._paragraph(element, part) for element in block.elements if element.tag == P]

    def _paragraph(self, paragraph: Element, part: str) -> str:
        inline = read_inline(paragraph, self._source, part)
        self.notes += [note_key(mark) for _, mark in inline.notes()]
        for picture in _pictures(inline):
            self.boxes += [self.text(box, part) for box in text_boxes(picture)]
        return inline.shown(0, len(inline.text))


def _pictures(inline: Inline) -> list[Element]:
    return [element for piece in inline.pieces if piece.text == OBJECT for _, element in piece.members]

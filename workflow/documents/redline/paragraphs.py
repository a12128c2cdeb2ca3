"""One paragraph that was edited: written anew from what both sides have in common and not.

Text that stayed and text that came keep the new formatting, text that went keeps the old one;
where only the formatting changed, the run says what it was.
"""

from copy import deepcopy

from lxml import etree

from workflow.documents.redline.adopt import Adopter
from workflow.documents.redline.inline import Inline, Piece
from workflow.documents.redline.marks import Marks, paragraph_properties, spell_out, text_element
from workflow.documents.redline.model import Story
from workflow.documents.redline.names import FIELD, HYPERLINK, PPR, RPR, SECTPR, Element, w
from workflow.documents.redline.sink import Sink, shell
from workflow.documents.redline.styling import looks
from workflow.documents.redline.textdiff import Edit

_NOT_COMPARED = frozenset({RPR, SECTPR, w("pPrChange")})


class Rewriter:
    """Writes edited paragraphs of one story."""

    def __init__(self, marks: Marks, adopter: Adopter, old: Story, new: Story) -> None:
        self._marks, self._adopter, self._old, self._new = marks, adopter, old, new

    def rewrite(self, paragraph: Element, old: Inline, new: Inline, edits: list[Edit]) -> None:
        """Write *paragraph*, which reads as *new*, so that it shows what became of *old*."""
        sink = Sink(paragraph, self._marks)
        markers = list(reversed(new.markers))
        for edit in edits:
            if edit.equal:
                self._kept(sink, old, new, edit, markers)
                continue
            coming = next((piece.path for piece, _, _ in new.between(edit.new[0], len(new.text))), ())
            for piece, start, end in old.between(*edit.old):
                self._enter_deleted(sink, piece, coming)
                self._put(sink, piece, start, end, "del")
            for piece, start, end in new.between(*edit.new):
                _place_markers(sink, markers, start)
                sink.enter(piece.path)
                self._put(sink, piece, start, end, "ins")
        _place_markers(sink, markers, len(new.text))

    def remember_format(self, paragraph: Element, before: Element) -> None:
        """Keep the old paragraph's formatting in *paragraph* where it was another."""
        was = self._adopter.paragraph_format(before.find(PPR))
        if looks(was) != looks(paragraph.find(PPR), without=_NOT_COMPARED):
            self._marks.paragraph_formatting(paragraph, was)

    def borrow_format(self, paragraph: Element, other: Element) -> None:
        """Give a deleted *paragraph* the formatting of *other*, whose place its mark takes."""
        was = self._adopter.paragraph_format(paragraph.find(PPR))
        properties = paragraph_properties(paragraph)
        for child in [child for child in properties if child.tag not in _NOT_COMPARED]:
            properties.remove(child)
        for number, child in enumerate(self._adopter.paragraph_format(other.find(PPR), ours=True)):
            properties.insert(number, child)
        if looks(was) != looks(properties, without=_NOT_COMPARED):
            self._marks.paragraph_formatting(paragraph, was)
        elif not len(properties):
            paragraph.remove(properties)

    def _kept(
        self, sink: Sink, old: Inline, new: Inline, edit: Edit, markers: list[tuple[int, Element]]
    ) -> None:
        shift = edit.new[0] - edit.old[0]
        befores = old.between(*edit.old)
        before, _, before_end = next(befores)
        for piece, start, end in new.between(*edit.new):
            _place_markers(sink, markers, start)
            sink.enter(piece.path)
            while start < end:
                while before_end + shift <= start:
                    before, _, before_end = next(befores)
                stop = min(end, before_end + shift)
                self._put(sink, piece, start, stop, "", self._reformatted(piece, before))
                start = stop

    def _enter_deleted(self, sink: Sink, piece: Piece, coming: tuple[Element, ...]) -> None:
        # Inside a link that goes on afterwards the deleted text stays in it.
        if coming and sink.path == coming:
            return
        link = next((element for element in reversed(piece.path) if element.tag == HYPERLINK), None)
        if link is None:
            sink.enter(())
        elif sink.path != (link,):
            sink.enter(())
            sink.enter_copy(link, self._adopter.copy(shell(link), self._old.part, self._new.part))

    def _put(
        self, sink: Sink, piece: Piece, start: int, end: int, kind: str, props: Element | None = None
    ) -> None:
        if not piece.members:
            text = piece.text[start - piece.start : end - piece.start]
            sink.child(kind, props if kind == "" else self._look(piece.run, kind), text_element(text))
            return
        for run, element in piece.members:
            node = self._adopter.copy(element, self._old.part, self._new.part) if kind == "del" else element
            if run is not None:
                alone = len(piece.members) == 1 and kind == ""
                sink.child(kind, props if alone else self._look(run, kind), node)
                continue
            for each in spell_out(node) if kind and node.tag == FIELD else [node]:
                sink.element(kind, each)

    def _look(self, run: Element | None, kind: str) -> Element | None:
        """Return a copy of a run's properties."""
        found = None if run is None else run.find(RPR)
        return self._adopter.run_format(found) if kind == "del" else deepcopy(found)

    def _reformatted(self, piece: Piece, before: Piece) -> Element | None:
        """Return the properties of kept text, with the old ones inside where they differ."""
        made = self._look(piece.run, "")
        old = None if before.run is None else before.run.find(RPR)
        if looks(old) != looks(made):
            was = self._adopter.run_format(old)
            if looks(was) != looks(made):
                made = etree.Element(RPR) if made is None else made
                self._marks.formatting(made, was)
        return made


def _place_markers(sink: Sink, markers: list[tuple[int, Element]], until: int) -> None:
    while markers and markers[-1][0] <= until:
        sink.marker(markers.pop()[1])

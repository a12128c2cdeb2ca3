"""A container of the new document made to show what became of the old one's content."""

from itertools import takewhile

from lxml import etree

from workflow.documents.redline.adopt import Adopter
from workflow.documents.redline.columns import narrow_cells, widen
from workflow.documents.redline.inline import Inline, read_inline
from workflow.documents.redline.marks import Marks
from workflow.documents.redline.model import NOTE, Kind, Story
from workflow.documents.redline.names import TCPR, Element, P, w
from workflow.documents.redline.notes import Notes
from workflow.documents.redline.pairing import paired_boxes, paired_notes, same_bytes
from workflow.documents.redline.paragraphs import Rewriter
from workflow.documents.redline.pictures import text_boxes
from workflow.documents.redline.plan import Step, plan
from workflow.documents.redline.styling import looks
from workflow.documents.redline.textdiff import Edit, edits

_BEFORE_CONTENT = frozenset(w(name) for name in ("tcPr", "tblPr", "tblGrid", "sdtPr", "sdtEndPr"))


class Merger:
    """Merges the containers of one story with those of its counterpart."""

    def __init__(self, marks: Marks, adopter: Adopter, notes: Notes, old: Story, new: Story) -> None:
        self._marks, self._adopter, self._notes, self._old, self._new = marks, adopter, notes, old, new
        self._rewriter = Rewriter(marks, adopter, old, new)

    def container(self, old: Element, new: Element, *, moves: bool = False) -> None:
        """Show in *new* what became of the content of *old*."""
        steps = plan(self._old.blocks(old), self._new.blocks(new), moves=moves)
        self._follow(steps, new)

    def _follow(self, steps: list[Step], container: Element) -> None:
        place = _Place(container)
        moved: dict[tuple[int, str], list[Element]] = {}
        for step in steps:
            if step.new is None:
                made = self._take_out(step, place)
                if step.move:
                    moved.setdefault((step.move, "moveFrom"), []).extend(made)
                continue
            if step.old is None:
                self._put_in(step)
                if step.move:
                    moved.setdefault((step.move, "moveTo"), []).extend(step.new.elements)
            elif step.new.kind is Kind.PARAGRAPH:
                self._edit(step)
            elif step.new.kind is Kind.TABLE and not same_bytes(step.old.element, step.new.element):
                self._remember_format(step.old.element, step.new.element, "tblPr", "tblGrid")
                self._follow(plan(step.old.rows, step.new.rows), step.new.element)
                self._fill_columns(step.new.element)
            elif step.new.kind is Kind.ROW and not _untouched(step):
                for was, now in zip(step.old.cells, step.new.cells, strict=True):
                    self._remember_format(was, now, "tcPr")
                    self.container(was, now)
            place.after(step.new.elements[-1])
        for (number, name), elements in moved.items():
            self._marks.move_range(elements[0], elements[-1], name, number)

    def _fill_columns(self, table: Element) -> None:
        """Let the rows of either table fill the columns of both."""
        for cell, more in narrow_cells(table):
            before = cell.find(TCPR)
            was = self._adopter.table_format(before, TCPR)
            widen(cell, more)
            properties = cell.find(TCPR)
            if properties is not None and properties.find(f"{TCPR}Change") is None:
                self._marks.table_formatting(properties, "tcPrChange", was)

    def _take_out(self, step: Step, place: "_Place") -> list[Element]:
        made = []
        for element in step.block.elements:
            copy = self._adopter.copy(element, self._old.part, self._new.part)
            place.put(copy)
            if copy.tag == P:
                self._marks.whole_paragraph(copy, "moveFrom" if step.move else "del", mark=step.mark)
            else:
                self._marks.whole_block(copy, "del")
            made.append(copy)
        if step.mark == "keep" and step.twin is not None:
            self._rewriter.borrow_format(made[-1], step.twin.element)
        return made

    def _put_in(self, step: Step) -> None:
        for element in step.block.elements:
            if element.tag == P:
                self._marks.whole_paragraph(element, "moveTo" if step.move else "ins", mark=step.mark)
            else:
                self._marks.whole_block(element, "ins")
            self._notes.inserted_in(element)
        if step.mark == "keep" and step.twin is not None:
            self._rewriter.remember_format(step.block.element, step.twin.element)

    def _edit(self, step: Step) -> None:
        assert step.old is not None  # noqa: S101 - only pairs are edited
        was, now = step.old.element, step.block.element
        if not _untouched(step):
            old, new = read_inline(was, self._old.source, self._old.part), self._read(now)
            changes = edits(old, new)
            self._beside(old, new, changes)
            self._rewriter.rewrite(now, old, new, changes)
            self._rewriter.remember_format(now, was)
        if step.mark:
            self._marks.paragraph_mark(now, step.mark)

    def _remember_format(self, old: Element, new: Element, *names: str) -> None:
        """Keep the formatting of an old table or cell where it was another."""
        for name in names:
            before, properties = old.find(w(name)), new.find(w(name))
            if before is not None and properties is not None and same_bytes(before, properties):
                continue
            if looks(before) == looks(properties):
                continue
            if properties is None:
                properties = etree.Element(w(name))
                new.insert(0, properties)
            self._marks.table_formatting(
                properties, f"{name}Change", self._adopter.table_format(before, w(name))
            )

    def _read(self, paragraph: Element) -> Inline:
        return read_inline(paragraph, self._new.source, self._new.part)

    def _beside(self, old: Inline, new: Inline, changes: list[Edit]) -> None:
        """See to notes and text boxes, which hold text of their own."""
        for was, now in paired_notes(old, new, changes):
            self._notes.pair(was, now)
        for edit in changes:
            for piece, _, _ in () if edit.equal else new.between(*edit.new):
                for _, element in piece.members:
                    self._notes.inserted_in(element)
        for one, other in paired_boxes(old, new, changes):
            for before, after in zip(
                text_boxes(one, hidden=True), text_boxes(other, hidden=True), strict=False
            ):
                self.container(before, after)


def _untouched(step: Step) -> bool:
    """Tell whether a pair is written the same, so that nothing in it has to be looked at."""
    if step.old is None or not step.same or NOTE in step.old.key:
        return False
    return same_bytes(step.old.element, step.block.element)


class _Place:
    """Where the next deleted block goes: after the last block that was seen."""

    def __init__(self, container: Element) -> None:
        self._container = container
        head = takewhile(lambda child: child.tag in _BEFORE_CONTENT, container)
        self._last = next(reversed([*head]), None)

    def after(self, element: Element) -> None:
        self._last = element

    def put(self, element: Element) -> None:
        if self._last is None:
            self._container.insert(0, element)
        else:
            self._last.addnext(element)
        self._last = element

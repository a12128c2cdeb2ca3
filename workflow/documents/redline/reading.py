"""Goes through both documents side by side and tells `Clauses` what became of each paragraph."""

from workflow.documents.redline.clauses import Clauses, Kind, Run
from workflow.documents.redline.inline import Inline, read_inline
from workflow.documents.redline.model import NOTE, Block, Story
from workflow.documents.redline.model import Kind as BlockKind
from workflow.documents.redline.names import DOCUMENT, PPR, RPR, Element, P, w
from workflow.documents.redline.pairing import NoteKey, note_key, paired_boxes, paired_notes, same_bytes
from workflow.documents.redline.pictures import text_boxes
from workflow.documents.redline.plan import Step, plan
from workflow.documents.redline.source import Source
from workflow.documents.redline.styling import looks
from workflow.documents.redline.textdiff import Edit, Op, edits

_CELLS = " | "
_NOT_FORMAT = frozenset({RPR, w("sectPr")})


class Reading:
    """One reading of two documents; *clauses* takes what is found."""

    def __init__(self, old: Source, new: Source, clauses: Clauses) -> None:
        self._old, self._new, self._clauses = old, new, clauses
        self._notes: list[tuple[NoteKey | None, NoteKey | None]] = []
        self._boxes: list[tuple[Element, Element, Story, Story]] = []
        self.reformatted = 0

    def read(self) -> None:
        """Read body, headers, footers, notes and text boxes, in this order."""
        self._clauses.part("body")
        body = Story(self._old, DOCUMENT), Story(self._new, DOCUMENT)
        self._container(*body, self._old.body, self._new.body, moves=True)
        old, new = self._old.furniture(), self._new.furniture()
        for place in sorted(old.keys() | new.keys(), key=lambda p: (p[1] == "footer", p)):
            self._clauses.part(place[1])
            stories = Story(self._old, old.get(place, "")), Story(self._new, new.get(place, ""))
            self._container(
                *stories,
                self._old.tree(old[place]) if place in old else None,
                self._new.tree(new[place]) if place in new else None,
            )
        self._read_notes()
        self._clauses.part("text box")
        for was, now, old_story, new_story in self._boxes:
            self._container(old_story, new_story, was, now)

    def _read_notes(self) -> None:
        for before, after in self._notes:
            kind = (before or after or ("", ""))[0]
            self._clauses.part(kind)
            old = self._old.notes(kind).get(before[1]) if before else None
            new = self._new.notes(kind).get(after[1]) if after else None
            stories = (
                Story(self._old, self._old.related(f"{kind}s")),
                Story(self._new, self._new.related(f"{kind}s")),
            )
            self._container(*stories, old, new)

    def _container(
        self,
        old_story: Story,
        new_story: Story,
        old: Element | None,
        new: Element | None,
        *,
        moves: bool = False,
    ) -> None:
        before = [] if old is None else old_story.blocks(old)
        after = [] if new is None else new_story.blocks(new)
        pair = _Pair(self, old_story, new_story)
        for step in plan(before, after, moves=moves):
            pair.block(step)

    def found(self, old: Inline, new: Inline, changes: list[Edit], stories: tuple[Story, Story]) -> None:
        """Remember the notes and text boxes of an edited paragraph."""
        paired = list(paired_notes(old, new, changes))
        self._notes += paired
        gone, come = {was for was, _ in paired}, {now for _, now in paired}
        self._notes += [(key, None) for key in map(_key, old.notes()) if key not in gone]
        self._notes += [(None, key) for key in map(_key, new.notes()) if key not in come]
        for one, other in paired_boxes(old, new, changes):
            pairs = zip(text_boxes(one), text_boxes(other), strict=False)
            self._boxes += [(was, now, *stories) for was, now in pairs]


class _Pair:
    """Two stories that are read side by side."""

    def __init__(self, reading: Reading, old: Story, new: Story) -> None:
        self._reading, self._old, self._new = reading, old, new
        self._clauses = reading._clauses

    def block(self, step: Step) -> None:
        """Tell what became of a block."""
        if step.old is not None and step.new is not None:
            self._both(step.old, step.new)
        elif step.move:
            self._moved(step)
        else:
            self._one(step.block, gone=step.new is None)

    def _both(self, old: Block, new: Block) -> None:
        if new.kind is BlockKind.PARAGRAPH:
            runs = () if _untouched(old, new) else self._runs(old, new)
            self._clauses.say(old.element, new.element, Kind.CHANGED, runs)
        elif new.kind is BlockKind.TABLE:
            if not _untouched(old, new):
                for step in plan(old.rows, new.rows):
                    self.row(step)
        else:
            self._clauses.say(old.element, new.element, Kind.CHANGED, ())

    def row(self, step: Step) -> None:
        """Tell what became of a row."""
        if step.old is None or step.new is None:
            self._one(step.block, gone=step.new is None)
            return
        if _untouched(step.old, step.new):
            return
        runs: list[Run] = []
        for number, (was, now) in enumerate(zip(step.old.cells, step.new.cells, strict=True)):
            runs += [Run(Op.EQUAL, _CELLS)] if number else []
            steps = plan(self._old.blocks(was), self._new.blocks(now))
            for place, inner in enumerate(steps):
                runs += [Run(Op.EQUAL, "\n")] if place else []
                runs += self._cell_block(inner)
        self._clauses.say(_first(step.old), _first(step.new), Kind.CHANGED, tuple(runs))

    def _cell_block(self, step: Step) -> list[Run]:
        if step.old is None or step.new is None:
            gone = step.new is None
            text = self._text(step.block, self._old if gone else self._new)
            if not text:
                self._clauses.blank += 1
            return [Run(Op.DELETE if gone else Op.INSERT, text)] if text else []
        if step.new.kind is BlockKind.PARAGRAPH:
            return list(self._runs(step.old, step.new))
        if step.new.kind is BlockKind.TABLE:
            for inner in plan(step.old.rows, step.new.rows):
                self.row(inner)
        return []

    def _runs(self, old: Block, new: Block) -> tuple[Run, ...]:
        if _untouched(old, new):
            return (Run(Op.EQUAL, self._text(new, self._new)),)
        was = read_inline(old.element, self._old.source, self._old.part)
        now = read_inline(new.element, self._new.source, self._new.part)
        changes = edits(was, now)
        self._reading.found(was, now, changes, (self._old, self._new))
        runs: list[Run] = []
        for edit in changes:
            if edit.equal:
                runs.append(Run(Op.EQUAL, now.shown(*edit.new)))
            else:
                runs += [Run(Op.DELETE, was.shown(*edit.old)), Run(Op.INSERT, now.shown(*edit.new))]
        if old.key == new.key and _format(old.element, was) != _format(new.element, now):
            self._reading.reformatted += 1
        return tuple(run for run in runs if run.text)

    def _moved(self, step: Step) -> None:
        if step.new is not None:
            text = self._text(step.new, self._new)
            self._clauses.say(None, step.new.element, Kind.MOVED, (Run(Op.EQUAL, text),))
        else:
            self._clauses.leave(step.block.element)

    def _one(self, block: Block, *, gone: bool) -> None:
        story = self._old if gone else self._new
        for part in block.rows or (block,):
            text = self._text(part, story)
            runs = (Run(Op.DELETE if gone else Op.INSERT, text),) if text else ()
            element = _first(part)
            kind = Kind.REMOVED if gone else Kind.ADDED
            self._clauses.say(element if gone else None, None if gone else element, kind, runs)

    def _text(self, block: Block, story: Story) -> str:
        if block.kind is BlockKind.TABLE:
            return "\n".join(self._text(row, story) for row in block.rows)
        if block.kind is BlockKind.ROW:
            cells = (story.blocks(cell) for cell in block.cells)
            return _CELLS.join("\n".join(self._text(inner, story) for inner in cell) for cell in cells)
        lines = [
            read_inline(element, story.source, story.part) for element in block.elements if element.tag == P
        ]
        return "\n".join(line.shown(0, len(line.text)) for line in lines)


def _untouched(old: Block, new: Block) -> bool:
    """Say whether nothing can have changed in a block, nor in the notes it refers to."""
    return old.key == new.key and NOTE not in old.key and same_bytes(old.element, new.element)


def _key(found: tuple[int, Element]) -> NoteKey:
    return note_key(found[1])


def _first(block: Block) -> Element:
    """Return the paragraph by which a block is found: a row's first."""
    if block.kind is BlockKind.PARAGRAPH:
        return block.element
    return next(block.element.iter(P), block.element)


def _format(paragraph: Element, inline: Inline) -> list[object]:
    made: list[object] = [looks(paragraph.find(PPR), without=_NOT_FORMAT)]
    for piece in inline.pieces:
        look = None if piece.run is None else looks(piece.run.find(RPR))
        if len(made) > 1 and made[-2:][0] == look:
            continue
        made += [look, piece.start]
    return made

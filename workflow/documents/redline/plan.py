"""What happened to the blocks of a container: kept or edited, taken out, put in, moved.

Both the report and the tracked document follow the same plan. Ends need care, because the
last paragraph of a cell, a note or the body cannot lose its mark: where paragraphs go away or
come at the very end, the mark before them changes instead, exactly as Word does it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workflow.documents.redline.align import alike_pairs, equal_pairs
from workflow.documents.redline.model import Block, Kind
from workflow.documents.redline.tokens import count_words

# How much two blocks must have in common to be the same one, edited.
_ALIKE = 0.35
_ALIKE_ALONE = 0.2
# A table beside a table it replaces would melt into it in Word, so they are always compared.
_ANY_TABLE = 0.01
# Fewer words than this in another place are a coincidence, not a move.
_MOVED_WORDS = 4


@dataclass(eq=False, slots=True)
class Step:
    """One block, or two that belong together; *move* numbers what went elsewhere."""

    old: Block | None
    new: Block | None
    move: int = 0
    #: A paragraph's mark: "" as the step itself, or "ins", "del", "keep" where the end asks for it.
    mark: str = ""
    #: The block whose formatting the kept last mark had before, or has now.
    twin: Block | None = None

    @property
    def same(self) -> bool:
        """Whether both sides are there and say the same."""
        return self.old is not None and self.new is not None and self.old.key == self.new.key

    @property
    def paired(self) -> bool:
        """Whether both sides are there."""
        return self.old is not None and self.new is not None

    @property
    def block(self) -> Block:
        """The new block, or the old one where there is no new one."""
        block = self.new or self.old
        assert block is not None  # noqa: S101 - a step has a side
        return block


def plan(old: Sequence[Block], new: Sequence[Block], *, moves: bool = False) -> list[Step]:
    """Return the steps from *old* to *new* in reading order; *moves* looks for moved paragraphs."""
    steps: list[Step] = []
    i = j = 0
    for a, b in [*equal_pairs([x.key for x in old], [y.key for y in new]), (len(old), len(new))]:
        steps += _gap(old[i:a], new[j:b])
        if a < len(old):
            steps.append(Step(old[a], new[b]))
        i, j = a + 1, b + 1
    _unite_ends(steps)
    if moves:
        _find_moves(steps)
    _shift_end(steps)
    return steps


def _gap(old: Sequence[Block], new: Sequence[Block]) -> list[Step]:
    steps: list[Step] = []
    i = j = 0
    least = _ALIKE_ALONE if len(old) == len(new) == 1 else _ALIKE
    found = alike_pairs(len(old), len(new), lambda a, b: _likeness(old[a], new[b], least))
    for a, b in [*found, (len(old), len(new))]:
        steps += [Step(block, None) for block in old[i:a]]
        steps += [Step(None, block) for block in new[j:b]]
        if a < len(old):
            steps.append(Step(old[a], new[b]))
        i, j = a + 1, b + 1
    return steps


def _likeness(old: Block, new: Block, least: float) -> float:
    if old.kind is not new.kind or old.kind is Kind.GROUP:
        return 0.0
    if old.kind is Kind.ROW and len(old.cells) != len(new.cells):
        return 0.0
    together = old.size + new.size
    shared = sum((old.features & new.features).values()) if together else 0
    alike = 2 * shared / together if together else 0.0
    if old.kind is Kind.ROW:
        same = sum(a == b for a, b in zip(old.texts, new.texts, strict=True)) / max(1, len(old.texts))
        alike = max(alike, same)
    if old.kind is Kind.TABLE:
        return max(alike, _ANY_TABLE)
    return alike if alike >= least else 0.0


def _unite_ends(steps: list[Step]) -> None:
    """Where a last paragraph was replaced by another, make both one: the last mark stays."""
    start = _tail(steps)
    last_old = next((s for s in reversed(steps[start:]) if s.old), None)
    last_new = next((s for s in reversed(steps[start:]) if s.new), None)
    if last_old is None or last_new is None:
        return
    if last_old.block.kind is Kind.PARAGRAPH is last_new.block.kind:
        steps.remove(last_old)
        steps.remove(last_new)
        steps.append(Step(last_old.old, last_new.new))


def _shift_end(steps: list[Step]) -> None:
    """Where paragraphs come or go at the end, let the mark before them come or go instead."""
    start = _tail(steps)
    if start in (0, len(steps)):
        return
    before, last = steps[start - 1], steps[-1]
    if before.block.kind is not Kind.PARAGRAPH or last.block.kind is not Kind.PARAGRAPH:
        return
    before.mark = "ins" if last.new else "del"
    last.mark, last.twin = "keep", before.old if last.new else before.new


def _tail(steps: Sequence[Step]) -> int:
    """Return where the steps begin that have one side only, up to the end."""
    start = len(steps)
    while start and not steps[start - 1].paired:
        start -= 1
    return start


def _find_moves(steps: list[Step]) -> None:
    """Give a number to paragraphs that were taken out in one place and put in at another."""
    gone: dict[str, list[int]] = defaultdict(list)
    come: dict[str, list[int]] = defaultdict(list)
    for number, step in enumerate(steps):
        if not step.paired and step.block.kind is Kind.PARAGRAPH and step.block.key.strip():
            (gone if step.old else come)[step.block.key].append(number)
    last = len(steps) - 1
    move = 0
    for key, sources in gone.items():
        targets = come.get(key, [])
        if len(sources) != 1 or len(targets) != 1 or count_words(key) < _MOVED_WORDS:
            continue
        if steps[sources[0]].move:
            continue
        run = _run(steps, sources[0], targets[0])
        # The last mark of a container cannot move.
        if any(last in pair for pair in run):
            continue
        move += 1
        for source, target in run:
            steps[source].move = steps[target].move = move


def _run(steps: Sequence[Step], source: int, target: int) -> list[tuple[int, int]]:
    """Return the neighbours that moved along, in both directions."""

    def moved(a: int, b: int) -> bool:
        if not (0 <= a < len(steps) and 0 <= b < len(steps)):
            return False
        old, new = steps[a], steps[b]
        return (
            old.new is None
            and new.old is None
            and not old.move
            and not new.move
            and old.block.kind is new.block.kind is Kind.PARAGRAPH
            and old.block.key == new.block.key
        )

    before = after = 0
    while moved(source - before - 1, target - before - 1):
        before += 1
    while moved(source + after + 1, target + after + 1):
        after += 1
    return [(source + step, target + step) for step in range(-before, after + 1)]

"""What changed between two documents, clause by clause, as values to show or count.

The order is the new document's. A clause is what stands under a heading or an article's number;
where it was only renumbered it did not change.
"""

from dataclasses import dataclass

from workflow.documents.redline.clauses import Clause, Clauses, Kind, Passage, Run
from workflow.documents.redline.names import CONTENT_TYPES, DOCUMENT
from workflow.documents.redline.reading import Reading
from workflow.documents.redline.source import Source, open_source
from workflow.documents.redline.textdiff import Op
from workflow.documents.redline.tokens import count_words

__all__ = ["Clause", "Comparison", "Counts", "Kind", "Op", "Passage", "Run", "compare"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was taken out and put in. What only moved counts as neither."""

    words_deleted: int = 0
    words_inserted: int = 0
    characters_deleted: int = 0
    characters_inserted: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The clauses that changed, and how many there are; true where anything changed."""

    clauses: tuple[Clause, ...]
    total: int
    counts: Counts
    #: How many paragraphs say the same and look different, or are empty and came or went.
    reformatted: int
    #: The parts that differ and are not text, so that nothing is said of them here.
    not_compared: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.clauses or self.reformatted)


def compare(old: bytes, new: bytes, *, resolve: str = "") -> Comparison:
    """Compare two DOCX files; raise `NotComparableError` for what is none.

    Changes that are still tracked in one are refused, unless *resolve* is ``accept``.
    """
    before = open_source(old, name="the old document", resolve=resolve)
    after = open_source(new, name="the new document", resolve=resolve)
    clauses = Clauses(before, after)
    reading = Reading(before, after, clauses)
    reading.read()
    changed = clauses.changed()
    form = reading.reformatted + clauses.blank
    return Comparison(changed, clauses.total, _counted(changed), form, _other_parts(before, after))


def _counted(clauses: tuple[Clause, ...]) -> Counts:
    passages = [
        passage for clause in clauses for passage in clause.passages if passage.kind is not Kind.MOVED
    ]
    texts = {
        op: [run.text for passage in passages for run in passage.runs if run.op is op]
        for op in (Op.DELETE, Op.INSERT)
    }
    return Counts(
        sum(map(count_words, texts[Op.DELETE])),
        sum(map(count_words, texts[Op.INSERT])),
        sum(len("".join(text.split())) for text in texts[Op.DELETE]),
        sum(len("".join(text.split())) for text in texts[Op.INSERT]),
    )


def _other_parts(old: Source, new: Source) -> tuple[str, ...]:
    seen = {DOCUMENT, CONTENT_TYPES} | {part for part in (*old.parts, *new.parts) if part.endswith(".rels")}
    for source in (old, new):
        seen |= set(source.furniture().values()) | {source.related("footnotes"), source.related("endnotes")}
    names = sorted((old.parts.keys() | new.parts.keys()) - seen)
    return tuple(name for name in names if old.parts.get(name) != new.parts.get(name))

"""What changed between two documents, clause by clause, as values to show or count.

The order is the new document's. A clause is what stands under a heading or an article's number;
where it was only renumbered it did not change.
"""

from dataclasses import dataclass

from workflow.documents.redline.clauses import Clause, Clauses, Counts, Kind, Passage, Run
from workflow.documents.redline.names import CONTENT_TYPES, DOCUMENT
from workflow.documents.redline.reading import Reading
from workflow.documents.redline.source import NAMES, Source, open_source
from workflow.documents.redline.textdiff import Op

__all__ = ["Clause", "Comparison", "Counts", "Kind", "Op", "Passage", "Run", "compare"]


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


def compare(old: bytes, new: bytes, *, resolve: str = "", names: tuple[str, str] = NAMES) -> Comparison:
    """Compare two DOCX files; raise `NotComparableError` for what is none, by its name.

    Changes that are still tracked in one are refused, unless *resolve* is ``accept``.
    """
    before = open_source(old, name=names[0], resolve=resolve)
    after = open_source(new, name=names[1], resolve=resolve)
    clauses = Clauses(before, after)
    reading = Reading(before, after, clauses)
    reading.read()
    changed = clauses.changed()
    counts = sum((clause.counts for clause in changed), Counts())
    form = reading.reformatted + clauses.blank
    return Comparison(changed, clauses.total, counts, form, _other_parts(before, after))


def _other_parts(old: Source, new: Source) -> tuple[str, ...]:
    seen = {DOCUMENT, CONTENT_TYPES} | {part for part in (*old.parts, *new.parts) if part.endswith(".rels")}
    for source in (old, new):
        seen |= set(source.furniture().values()) | {source.related("footnotes"), source.related("endnotes")}
    names = sorted((old.parts.keys() | new.parts.keys()) - seen)
    return tuple(name for name in names if old.parts.get(name) != new.parts.get(name))

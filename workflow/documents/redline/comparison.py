"""What changed between two documents, clause by clause, as values to show or count.

The order is the new document's. A clause is what stands under a heading or an article's number;
where it was only renumbered it did not change.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from workflow.documents.redline.clauses import Clause, Clauses, Counts, Kind, Passage, Run
from workflow.documents.redline.names import CONTENT_TYPES, DOCUMENT
from workflow.documents.redline.reading import Reading
from workflow.documents.redline.source import NAMES, Source, open_source
from workflow.documents.redline.textdiff import Op
from workflow.documents.redline.unseen import Unseen, Unshown, new_unseen
from workflow.documents.vetting import fetched

__all__ = ["Clause", "Comparison", "Counts", "Kind", "Op", "Passage", "Run", "compare", "unseen_of"]


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
    #: What either document asks for from elsewhere when it is opened: its name, and the address.
    fetched: tuple[tuple[str, str], ...] = ()
    #: What the new document holds that no text shows, and the old one does not hold.
    unseen: tuple[Unseen, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "total": self.total,
            "counts": asdict(self.counts),
            "reformatted": self.reformatted,
            "clauses": [clause.as_data() for clause in self.clauses],
            "not_compared": list(self.not_compared),
            "fetched": [list(found) for found in self.fetched],
            "unseen": [asdict(found) for found in self.unseen],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_data` was made of."""
        return cls(
            tuple(map(Clause.from_data, data["clauses"])),
            data["total"],
            Counts(**data["counts"]),
            data["reformatted"],
            tuple(data["not_compared"]),
            tuple((name, target) for name, target in data["fetched"]),
            tuple(unseen_of(found) for found in data["unseen"]),
        )

    def __bool__(self) -> bool:
        return bool(self.clauses or self.reformatted or self.unseen)


def unseen_of(data: Mapping[str, Any]) -> Unseen:
    """Return what was written as data."""
    return Unseen(**{**data, "kind": Unshown(data["kind"])})


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
    asked_for = {
        (source.name, found.target): None
        for source in (before, after)
        for found in fetched(source.parts, name=source.name)
    }
    return Comparison(
        changed,
        clauses.total,
        counts,
        form,
        _other_parts(before, after),
        tuple(asked_for),
        new_unseen(before, after, clauses.sides[1]),
    )


def _other_parts(old: Source, new: Source) -> tuple[str, ...]:
    seen = {DOCUMENT, CONTENT_TYPES} | {part for part in (*old.parts, *new.parts) if part.endswith(".rels")}
    for source in (old, new):
        seen |= {source.related(kind) for kind in ("footnotes", "endnotes", "comments")}
        seen |= set(source.furniture().values())
    names = sorted((old.parts.keys() | new.parts.keys()) - seen)
    return tuple(name for name in names if old.parts.get(name) != new.parts.get(name))

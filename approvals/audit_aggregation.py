"""Whether every submission counted what it had to: the same party's agreements of twelve months.

Pure. `Ledger` is told every event of every agreement, as the replay leaves it; then it can
say of each submission what should have counted beside it at that moment. Each check yields
(agreement, event, what does not hold).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from approvals.aggregation import STANDING, Counting, Earlier, counting_of, may_count, overlooked
from workflow.case import Case
from workflow.events import Event, Type
from workflow.terms import Terms
from workflow.values.dates import TAIPEI

Faults = Iterator[tuple[str, int, str]]
ReadTerms = Callable[[str], Terms]


def earlier_of(payload: Mapping[str, Any]) -> tuple[Earlier, ...]:
    """Return what a submission says it counted."""
    return tuple(Earlier(row["ref"], row["seq"], row["value"]) for row in payload.get("earlier", ()))


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A submission: what of it counts, and what it says it counted; None where nobody asked that yet."""

    ref: str
    seq: int
    at: datetime
    counting: Counting
    earlier: tuple[Earlier, ...] | None


@dataclass(slots=True)
class _Story:
    """An agreement's submissions, and since when it stood with which of them; 0 for with none."""

    submitted: tuple[_Submitted, ...] = ()
    stood: tuple[tuple[datetime, int], ...] = ()

    def follow(self, at: datetime, stands: int) -> None:
        if stands != (self.stood[-1][1] if self.stood else 0):
            self.stood = (*self.stood, (at, stands))

    def throughout(self, at: datetime) -> int:
        """Return what stood before *at* and still did then: within a second nobody can tell the order."""
        before = bisect_left(self.stood, at, key=itemgetter(0)) - 1
        then = bisect_right(self.stood, at, key=itemgetter(0)) - 1
        return self.stood[before][1] if before >= 0 and self.stood[before] == self.stood[then] else 0

    def get(self, seq: int) -> _Submitted | None:
        return next((made for made in self.submitted if made.seq == seq), None)


class Ledger:
    """What stood when, of every agreement; of each it keeps little, for there may be very many."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}

    def follow(self, case: Case, event: Event, read: ReadTerms) -> None:
        """Take in an event, with the agreement as it leaves it."""
        if case.submission is None:
            return
        story = self._stories.setdefault(case.ref, _Story())
        story.follow(event.at, case.submission.seq if case.state in STANDING else 0)
        if event.type is Type.SUBMITTED:
            said = event.payload
            earlier = earlier_of(said) if "earlier" in said else None
            counting = counting_of(read(said["terms"]))
            made = _Submitted(case.ref, event.seq, event.at, counting, earlier)
            story.submitted = (*story.submitted, made)

    def take(self, other: "Ledger") -> None:
        """Take in what another has followed, of other agreements."""
        self._stories |= other._stories

    def check(self) -> Faults:
        """Say of every submission what it counted wrongly, or did not count."""
        by_key: dict[str, list[str]] = defaultdict(list)
        counting_it: dict[tuple[datetime, str], set[str]] = defaultdict(set)
        for made in self._asked():
            for key in made.counting.keys:
                by_key[key].append(made.ref)
            for one in made.earlier or ():
                counting_it[made.at, one.ref].add(made.ref)
        for made in self._asked():
            others = {ref for key in made.counting.keys for ref in by_key[key]} - {made.ref}
            yield from self._check(made, sorted(others), counting_it.get((made.at, made.ref), frozenset()))

    def _asked(self) -> Iterator[_Submitted]:
        """Yield the submissions that had to say what they count."""
        for story in self._stories.values():
            yield from (made for made in story.submitted if made.earlier is not None)

    def _check(self, made: _Submitted, others: list[str], counting_it: Set[str]) -> Faults:
        for one in made.earlier or ():
            if not self._is_true(one, made):
                yield made.ref, made.seq, f"it counts {one.ref}#{one.seq}, which is not what it says"
        expected = [
            Earlier(other.ref, other.seq, other.counting.value)
            for other in self._standing(others, made.at)
            if _may_count(made, other)
        ]
        for one in overlooked(expected, made.earlier or (), counting_it=counting_it):
            yield made.ref, made.seq, f"it does not count {one.ref}, submitted with the same party before"

    def _is_true(self, one: Earlier, made: _Submitted) -> bool:
        story = self._stories.get(one.ref)
        other = story.get(one.seq) if story else None
        if other is None or other.earlier is None or other.at > made.at or other.ref == made.ref:
            return False
        return one.value == other.counting.value and _may_count(made, other)

    def _standing(self, refs: list[str], at: datetime) -> Iterator[_Submitted]:
        """Yield the submissions with which *refs* stood before *at* and still did then."""
        for story in (self._stories[ref] for ref in refs):
            made = story.get(story.throughout(at))
            if made is not None:
                yield made


def _may_count(made: _Submitted, other: _Submitted) -> bool:
    return may_count(made.counting, made.at.astimezone(TAIPEI).date(), other.counting, other.at)

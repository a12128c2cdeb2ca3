"""Whether every submission counted what it had to: the same party's agreements of twelve months.

Pure. `Ledger` is told every event of every agreement, as the replay leaves it; then it can
say of each submission what should have counted beside it at that moment. Each check yields
(agreement, event, what does not hold).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    """When an agreement stood with which submission; 0 where with none."""

    times: list[datetime] = field(default_factory=list)
    stood: list[int] = field(default_factory=list)

    def follow(self, at: datetime, stands: int) -> None:
        if stands != (self.stood[-1] if self.stood else 0):
            self.times.append(at)
            self.stood.append(stands)

    def throughout(self, at: datetime) -> int:
        """Return what stood before *at* and still did then: within a second nobody can tell the order."""
        before, then = bisect_left(self.times, at) - 1, bisect_right(self.times, at) - 1
        return self.stood[before] if before >= 0 and self.stood[before] == self.stood[then] else 0


class Ledger:
    """What stood when, of every agreement; of each it keeps little, for there may be very many."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}
        self._submitted: dict[tuple[str, int], _Submitted] = {}

    def follow(self, case: Case, event: Event, read: ReadTerms) -> None:
        """Take in an event, with the agreement as it leaves it."""
        stands = case.submission.seq if case.submission and case.state in STANDING else 0
        story = self._stories.get(case.ref)
        if story is None and stands:
            story = self._stories[case.ref] = _Story()
        if story is not None:
            story.follow(event.at, stands)
        if event.type is Type.SUBMITTED:
            said = event.payload
            earlier = earlier_of(said) if "earlier" in said else None
            counting = counting_of(read(said["terms"]))
            made = _Submitted(case.ref, event.seq, event.at, counting, earlier)
            self._submitted[case.ref, event.seq] = made

    def take(self, other: "Ledger") -> None:
        """Take in what another has followed, of other agreements."""
        self._stories |= other._stories
        self._submitted |= other._submitted

    def check(self) -> Faults:
        """Say of every submission what it counted wrongly, or did not count."""
        by_key: dict[str, set[str]] = defaultdict(set)
        by_time: dict[datetime, list[_Submitted]] = defaultdict(list)
        for made in self._submitted.values():
            if made.earlier is not None:
                by_time[made.at].append(made)
                for key in made.counting.keys:
                    by_key[key].add(made.ref)
        for made in self._submitted.values():
            if made.earlier is not None:
                others = {ref for key in made.counting.keys for ref in by_key[key]} - {made.ref}
                yield from self._check(made, made.earlier, sorted(others), by_time[made.at])

    def _check(
        self, made: _Submitted, earlier: tuple[Earlier, ...], others: list[str], then: list[_Submitted]
    ) -> Faults:
        for one in earlier:
            if not self._is_true(one, made):
                yield made.ref, made.seq, f"it counts {one.ref}#{one.seq}, which is not what it says"
        expected = [
            Earlier(other.ref, other.seq, other.counting.value)
            for other in self._standing(others, made.at)
            if _may_count(made, other)
        ]
        counting_it = {other.ref for other in then if any(one.ref == made.ref for one in other.earlier or ())}
        for one in overlooked(expected, earlier, counting_it=counting_it):
            yield made.ref, made.seq, f"it does not count {one.ref}, submitted with the same party before"

    def _is_true(self, one: Earlier, made: _Submitted) -> bool:
        other = self._submitted.get((one.ref, one.seq))
        if other is None or other.earlier is None or other.at > made.at or other.ref == made.ref:
            return False
        return one.value == other.counting.value and _may_count(made, other)

    def _standing(self, refs: list[str], at: datetime) -> Iterator[_Submitted]:
        """Yield the submissions with which *refs* stood before *at* and still did then."""
        for ref in refs:
            stood = self._stories[ref].throughout(at) if ref in self._stories else 0
            if (ref, stood) in self._submitted:
                yield self._submitted[ref, stood]


def _may_count(made: _Submitted, other: _Submitted) -> bool:
    return may_count(made.counting, made.at.astimezone(TAIPEI).date(), other.counting, other.at)

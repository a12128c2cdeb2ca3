"""Whether every submission counted what it had to: the same party's agreements of twelve months.

Pure. `Ledger` is told every event of every agreement, as the replay leaves it; then it can
say of each submission what should have counted beside it at that moment. Each check yields
(agreement, event, what does not hold).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals.aggregation import STANDING, Earlier, counted, may_count, overlooked
from workflow.case import Case
from workflow.events import Event, Type
from workflow.price import value_for_policy
from workflow.terms import Terms, their_keys
from workflow.values.dates import TAIPEI

Faults = Iterator[tuple[str, int, str]]
ReadTerms = Callable[[str], Terms]


def earlier_of(payload: Mapping[str, Any]) -> tuple[Earlier, ...]:
    """Return what a submission says it counted."""
    return tuple(Earlier(row["ref"], row["seq"], row["value"]) for row in payload.get("earlier", ()))


@dataclass(frozen=True, slots=True)
class _Submitted:
    ref: str
    seq: int
    at: datetime
    terms: str
    earlier: tuple[Earlier, ...]


class Ledger:
    """What stood when, of every agreement."""

    def __init__(self, read_terms: ReadTerms) -> None:
        self._read = read_terms
        self._times: dict[str, list[datetime]] = defaultdict(list)
        self._stages: dict[str, list[Case]] = defaultdict(list)
        self._submitted: dict[tuple[str, int], _Submitted] = {}
        self._by_key: dict[str, set[str]] = defaultdict(set)

    def follow(self, case: Case, event: Event) -> None:
        """Take in an event, with the agreement as it leaves it."""
        self._times[case.ref].append(event.at)
        self._stages[case.ref].append(case)
        if event.type is Type.SUBMITTED and "earlier" in event.payload:
            said = event.payload
            made = _Submitted(case.ref, event.seq, event.at, said["terms"], earlier_of(said))
            self._submitted[case.ref, event.seq] = made
            for key in their_keys(self._read(made.terms)):
                self._by_key[key].add(case.ref)

    def check(self) -> Faults:
        """Say of every submission what it counted wrongly, or did not count."""
        for made in self._submitted.values():
            terms = self._read(made.terms)
            day = made.at.astimezone(TAIPEI).date()
            for one in made.earlier:
                if not self._is_true(one, terms, made):
                    yield made.ref, made.seq, f"it counts {one.ref}#{one.seq}, which is not what it says"
            others = {ref for key in their_keys(terms) for ref in self._by_key.get(key, ())} - {made.ref}
            expected = counted(terms, day, self._standing(others, made.at), but=made.ref)
            counting_it = {
                other.ref
                for other in self._submitted.values()
                if other.at == made.at and any(one.ref == made.ref for one in other.earlier)
            }
            for one in overlooked(expected, made.earlier, counting_it=counting_it):
                yield made.ref, made.seq, f"it does not count {one.ref}, submitted with the same party before"

    def _is_true(self, one: Earlier, terms: Terms, made: _Submitted) -> bool:
        other = self._submitted.get((one.ref, one.seq))
        if other is None or other.at > made.at or other.ref == made.ref:
            return False
        said = self._read(other.terms)
        day = made.at.astimezone(TAIPEI).date()
        return one.value == value_for_policy(said) and may_count(terms, day, said, other.at)

    def _standing(self, refs: set[str], at: datetime) -> Iterator[tuple[Case, Terms]]:
        """Yield what stood before *at* and still did then: within a second nobody can tell the order."""
        for ref in sorted(refs):
            times, stages = self._times[ref], self._stages[ref]
            before, then = bisect_left(times, at) - 1, bisect_right(times, at) - 1
            if before < 0:
                continue
            case, later = stages[before], stages[then]
            same = case.submission is not None and case.submission == later.submission
            if case.submission is not None and same and later.state in STANDING:
                yield case, self._read(case.submission.terms)

"""Whether enough of the right people have agreed. Pure rules over a `Case`.

The same `Clearance` guards the move to approved, is shown by ``why``, and is worked out
again by the audit. A drafter's yes counts for nothing, and one person fills one seat only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from approvals.errors import NothingRequiredError
from workflow.case import Case, Flag, Seat


@dataclass(frozen=True, slots=True)
class SeatStatus:
    """A seat and the people who have filled it so far."""

    seat: Seat
    people: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many signatures are still to come."""
        return max(0, self.seat.quorum - len(self.people))


@dataclass(frozen=True, slots=True)
class Clearance:
    """What is asked for and what is still missing; true once nothing is."""

    seats: tuple[SeatStatus, ...]
    flags: tuple[Flag, ...]

    def __bool__(self) -> bool:
        return not self.flags and not any(status.missing for status in self.seats)

    @property
    def turn(self) -> tuple[SeatStatus, ...]:
        """The unfilled seats whose step has come: no earlier step lacks anyone."""
        open_steps = [status.seat.step for status in self.seats if status.missing]
        return tuple(s for s in self.seats if s.missing and s.seat.step == min(open_steps))

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The roles whose move it is: the experts first, then the step that has come."""
        if self.flags:
            return tuple(dict.fromkeys(flag.role for flag in self.flags))
        return tuple(dict.fromkeys(status.seat.role for status in self.turn))


def clearance_of(case: Case) -> Clearance:
    """Compare what the submission asks with the signed decisions about its text.

    A submission that asks for nobody is an error, never a pass.
    """
    if case.submission is None or not case.submission.seats:
        raise NothingRequiredError()
    filled: dict[str, tuple[str, str]] = {}
    for decision in case.current_decisions:
        about_this_text = decision.document == case.submission.document
        if decision.decision == "approve" and about_this_text and decision.person not in case.drafters:
            filled.setdefault(decision.person, (decision.aspect, decision.role))
    return Clearance(
        tuple(
            SeatStatus(seat, tuple(p for p, place in filled.items() if place == (seat.aspect, seat.role)))
            for seat in case.submission.seats
        ),
        case.blocking_flags,
    )


def unfillable(
    seats: Iterable[Seat], holders: Mapping[str, frozenset[str]], barred: frozenset[str]
) -> Seat | None:
    """Return the first seat that cannot be filled by people who fill no other; None when all can.

    *holders* names the people of each role; *barred* are the drafters.
    """
    places = [seat for seat in seats for _ in range(seat.quorum)]
    people = {seat.role: holders.get(seat.role, frozenset()) - barred for seat in places}
    place_of: dict[str, int] = {}
    sitting: dict[int, str] = {}

    def place(number: int) -> bool:
        # An augmenting path, the shortest first: whoever sits where someone else could go may move.
        asked_for: dict[str, int] = {}
        open_places = [number]
        for wanted in open_places:
            for person in sorted(people[places[wanted].role] - asked_for.keys()):
                asked_for[person] = wanted
                if person in place_of:
                    open_places.append(place_of[person])
                    continue
                mover: str | None = person
                while mover:
                    to = asked_for[mover]
                    place_of[mover] = to
                    sitting[to], mover = mover, sitting.get(to)
                return True
        return False

    return next((places[number] for number in range(len(places)) if not place(number)), None)


def out_of_reach(case: Case, holders: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether a recorded no leaves too few people for some seat of the submission."""
    clearance = clearance_of(case)
    decided = {decision.person for decision in case.current_decisions}
    left = [replace(status.seat, quorum=status.missing) for status in clearance.seats if status.missing]
    return unfillable(left, holders, frozenset(case.drafters | decided)) is not None

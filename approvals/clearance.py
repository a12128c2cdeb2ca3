"""Whether enough of the right people have agreed. Pure rules over a `Case`.

The same `Clearance` guards the move to approved, is shown by ``why``, and is worked out
again by the audit. A drafter's yes counts for nothing, and one person fills one seat only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from approvals.errors import NothingRequiredError
from workflow.case import Case, Flag, Seat
from workflow.seats import SeatStatus, seat_statuses

#: Who holds which role, a group of roles being joined by a slash.
Holders = Mapping[str, frozenset[str]]


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
    """Compare what the submission asks with the signed decisions that count for its text.

    A submission that asks for nobody is an error, never a pass.
    """
    if case.submission is None or not case.submission.seats:
        raise NothingRequiredError()
    return Clearance(seat_statuses(case), case.blocking_flags)


def unfillable(seats: Iterable[Seat], holders: Holders, barred: frozenset[str]) -> Seat | None:
    """Return the first seat that cannot be filled by people who fill no other; None when all can.

    *holders* names the people of each role; *barred* may fill none. A body's seat needs the
    least number of its members that can carry a vote.
    """
    places = [seat for seat in seats for _ in range(seat.quorum)]
    people = [_eligible(seat, holders) - barred for seat in places]
    place_of: dict[str, int] = {}
    sitting: dict[int, str] = {}

    def place(number: int) -> bool:
        # An augmenting path, the shortest first: whoever sits where someone else could go may move.
        asked_for: dict[str, int] = {}
        open_places = [number]
        for wanted in open_places:
            for person in sorted(people[wanted] - asked_for.keys()):
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


def out_of_reach(case: Case, holders: Holders) -> bool:
    """Tell whether too few people are left for some seat of the submission, or a body voted it down."""
    clearance = clearance_of(case)
    if any(status.lost for status in clearance.seats):
        return True
    left = [replace(status.seat, quorum=status.missing) for status in clearance.seats if status.missing]
    return unfillable(left, holders, case.barred | case.spoken) is not None


def _eligible(seat: Seat, holders: Holders) -> frozenset[str]:
    held = holders_of(holders, seat.role)
    return held & frozenset(seat.body) if seat.body else held


def holders_of(holders: Holders, role: str) -> frozenset[str]:
    """Return who holds *role*; of a group of roles (``cfo/finance``), whoever holds any of them."""
    return frozenset().union(*(holders.get(one, frozenset()) for one in role.split("/")))

"""How far each seat of a submission is filled: counting, not judging. Pure.

Who may be asked, and whether the agreement may go on, is ``approvals.clearance``'s business;
the cache keeps these counts, so that an inbox can be read without replaying anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.case import Case, Decision, Seat


@dataclass(frozen=True, slots=True)
class SeatStatus:
    """A seat, the people who have filled it so far, and for a body how the rest of it stands.

    ``people`` are those for whom a yes was given, deputies standing for their principals.
    ``noes``, ``recused`` and ``absent`` matter to a body only.
    """

    seat: Seat
    people: tuple[str, ...]
    noes: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    @property
    def missing(self) -> int:
        """How many signatures are still to come."""
        if not self.seat.body:
            return max(0, self.seat.quorum - len(self.people))
        return next((more for more in range(len(self.seat.body) + 1) if self._carried(more)), 1)

    @property
    def silent(self) -> frozenset[str]:
        """The members of a body who have neither voted nor are known to be out of it."""
        return frozenset(self.seat.body) - {*self.people} - self.noes - self.recused - self.absent

    @property
    def lost(self) -> bool:
        """True once a body can no longer carry it, however the others vote."""
        return bool(self.seat.body) and not self._carried(len(self.silent))

    def _carried(self, more: int) -> bool:
        """Tell whether the vote is carried once *more* say yes, whatever those still silent then say.

        公司法 §206: more than half of the directors are present, and more than half of those
        present agree; who recuses is present and does not vote (§206 IV, §180 II).
        """
        silent = len(self.silent) - more
        if silent < 0:
            return False
        yes = len(self.people) + more
        present = yes + len(self.noes) + len(self.recused)
        return present * 2 > len(self.seat.body) and yes > len(self.noes) + silent


def seat_statuses(case: Case) -> tuple[SeatStatus, ...]:
    """Return how every seat of the last submission stands; none where nothing was submitted.

    A drafter's yes counts for nothing, and a person counts once, whatever they sign.
    """
    submission = case.submission
    if submission is None:
        return ()
    counted: list[Decision] = []
    spoken: frozenset[str] = frozenset()
    for decision in case.current_decisions:
        about_it = decision.document == submission.document or decision.seq in submission.kept
        if about_it and not decision.people & (case.barred | spoken):
            counted.append(decision)
            spoken |= decision.people
    return tuple(_status(seat, counted, case) for seat in submission.seats)


def _status(seat: Seat, decisions: Iterable[Decision], case: Case) -> SeatStatus:
    here = [d for d in decisions if (d.aspect, d.role) == (seat.aspect, seat.role)]
    people = tuple(d.principal or d.person for d in here if d.decision == "approve")
    if not seat.body:
        return SeatStatus(seat, people)
    body = frozenset(seat.body)
    voted = tuple(person for person in people if person in body)
    noes = frozenset(d.principal or d.person for d in here if d.decision == "reject") & body
    recused = case.recused & body
    absent = frozenset(d.member for d in here if d.decision == "excuse") & body
    return SeatStatus(seat, voted, noes, recused, absent - recused - noes - {*voted})

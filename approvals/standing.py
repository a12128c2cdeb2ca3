"""What still stands when another text is submitted: sign-offs and opinions that no change concerns.

A sign-off is of a text. It answers for the topics its rule covers, for all of them unless
the rule says otherwise; it stands on for another text where none of the changed parts
concerns it, and falls where one does. A change that nobody is asked about fells everything,
and where nothing would be left to sign, the last step signs again. Nothing is deleted: what
fell stays in the trail.
Used when an agreement is submitted, and again by the audit. Pure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from approvals.clearance import holders_of
from approvals.directory import Directory
from approvals.policy import Assessment, Requirement
from workflow.case import CLEAR, CONDITIONS, Case, Decision, Flag, Seat, Voided
from workflow.parts import changed_parts, concerns

#: Stands for every part, where there is nothing to compare a text with.
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Standing:
    """What differs from the text submitted before, and what of its sign-offs and opinions holds."""

    changed: tuple[str, ...]
    kept: tuple[int, ...]
    voided: tuple[Voided, ...]
    flags: tuple[str, ...]
    answered: frozenset[tuple[str, str]]

    def keeps(self, asked: Requirement) -> bool:
        """Tell whether a review that the policy asks for is answered already."""
        return (asked.aspect, asked.role) in self.answered


def still_holding(
    case: Case,
    found: Assessment,
    seats: Iterable[Seat],
    directory: Directory,
    before: Mapping[str, str] | None,
    after: Mapping[str, str],
    *,
    submitter: str,
) -> Standing:
    """Compare the parts of the text submitted *before* with those *after*, and judge what was signed.

    Without parts to compare everything counts as changed. Nothing holds of people who have
    drafted since or hold the role no more, nor where the rules ask for more than they did.
    """
    if case.submission is None:
        return Standing((), (), (), (), frozenset())
    changed = (EVERYTHING,) if before is None else changed_parts(before, after)
    barred = case.barred | {submitter}
    asked_before = {(s.aspect, s.role): s for s in case.submission.seats}
    asked_now = {(s.aspect, s.role): s for s in seats}
    kept: list[Decision] = []
    voided: list[Voided] = []
    for decision in case.current_decisions:
        if decision.decision != "approve":
            continue
        place = (decision.aspect, decision.role)
        if place not in asked_now:
            continue
        reasons = _reasons(asked_before.get(place), asked_now[place], changed)
        if not reasons and (decision.people & barred or not _holds(decision, directory)):
            reasons = ("role",)
        if reasons:
            voided.append(Voided(decision.seq, reasons))
        else:
            kept.append(decision)
    reviews = {(r.aspect, r.role): r for r in found.reviews}
    flags: list[Flag] = []
    for flag in case.flags:
        place = (flag.aspect, flag.role)
        if flag.status not in (CLEAR, CONDITIONS) or (flag.origin == "policy" and place not in reviews):
            continue
        reasons = _flag_reasons(flag, reviews.get(place), changed)
        if not reasons and (flag.expert in barred or flag.expert not in directory.holders(flag.role)):
            reasons = ("role",)
        if reasons:
            voided.append(Voided(flag.answered, reasons))
        else:
            flags.append(flag)
    covers = [*(seat.covers for seat in asked_now.values()), *(review.covers for review in found.reviews)]
    unheard = tuple(part for part in changed if not any(concerns((part,), topics) for topics in covers))
    if unheard:
        # Nobody is asked about that change, so nobody can say what it does to the rest.
        voided += [Voided(seq, unheard) for seq in (*(d.seq for d in kept), *(f.answered for f in flags))]
        kept, flags = [], []
    again = _last_step(kept, asked_now)
    voided += [Voided(decision.seq, ("last",)) for decision in again]
    return Standing(
        changed,
        tuple(decision.seq for decision in kept if decision not in again),
        tuple(sorted(voided, key=lambda fallen: fallen.seq)),
        tuple(flag.id for flag in flags),
        frozenset((flag.aspect, flag.role) for flag in flags if flag.origin == "policy"),
    )


def _last_step(kept: Collection[Decision], seats: Mapping[tuple[str, str], Seat]) -> list[Decision]:
    """Return the sign-offs of the last step where none would be left to give.

    An agreement is approved by somebody's sign-off, never by being submitted.
    """
    given = Counter((decision.aspect, decision.role) for decision in kept)
    if any(given[place] < seat.quorum for place, seat in seats.items()):
        return []
    last = max(seat.step for seat in seats.values())
    return [decision for decision in kept if seats[decision.aspect, decision.role].step == last]


def _reasons(before: Seat | None, after: Seat, changed: Collection[str]) -> tuple[str, ...]:
    """Return why a sign-off does not hold: the changed parts that concern it, or the rules."""
    if before is None or not _covered(before.covers, after.covers):
        return ("rules",)
    if before.body != after.body:
        return ("rules",)
    return concerns(changed, before.covers)


def _flag_reasons(flag: Flag, asked: Requirement | None, changed: Collection[str]) -> tuple[str, ...]:
    # An opinion answered the questions of its rules; another rule asks another question.
    asks_more = flag.origin == "policy" and (
        asked is None or not _covered(flag.covers, asked.covers) or not {*asked.rules} <= {*flag.rules}
    )
    return ("rules",) if asks_more else concerns(changed, flag.covers)


def _covered(before: Collection[str], after: Collection[str]) -> bool:
    """Tell whether someone who answered for *before* has answered for all of *after*; empty is all."""
    return not before or (bool(after) and set(after) <= set(before))


def _holds(decision: Decision, directory: Directory) -> bool:
    """Tell whether whoever signed, or whoever it was signed for, holds the role still."""
    return (decision.principal or decision.person) in holders_of(directory.by_role, decision.role)

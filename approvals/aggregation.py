"""What is agreed with one party in twelve months, so that splitting an agreement changes nothing.

Pure. An agreement counts with the text that was submitted last, while it is submitted or
later; one that was returned, refused or withdrawn does not (準則 §31 II: one year, the same
counterparty, the same nature).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from workflow.case import Case
from workflow.lifecycle import State
from workflow.parties import Party
from workflow.price import value_for_policy
from workflow.terms import Terms
from workflow.values.dates import TAIPEI

#: The states in which a submission stands.
STANDING = frozenset(
    {State.EXPERT_REVIEW, State.SIGN_OFF, State.APPROVED, State.EXECUTED, State.IN_FORCE, State.ENDED}
)

#: Days that twelve months take at most, a leap day and the hours of a day included.
LONGEST_YEAR = 368


@dataclass(frozen=True, slots=True)
class Earlier:
    """An agreement that counts: the submission it stands with, and its value in whole TWD."""

    ref: str
    seq: int
    value: int | None


def counted(
    terms: Terms, day: date, others: Iterable[tuple[Case, Terms]], *, but: str = ""
) -> tuple[Earlier, ...]:
    """Return which of *others* count beside an agreement submitted on *day*, in order.

    *others* are agreements as they stand at that time, each with the terms it was submitted
    with, so whatever stands was submitted before; *but* is the agreement's own reference.
    """
    found = [
        Earlier(case.ref, case.submission.seq, value_for_policy(said))
        for case, said in others
        if case.submission is not None
        and case.ref != but
        and case.state in STANDING
        and may_count(terms, day, said, case.submission.at)
    ]
    return tuple(sorted(found, key=lambda earlier: earlier.ref))


def may_count(terms: Terms, day: date, other: Terms, submitted_at: datetime) -> bool:
    """Tell whether a submission of *other* counts beside *terms* on *day*, as long as it stands."""
    recent = submitted_at.astimezone(TAIPEI).date() >= _year_before(day)
    return recent and same_nature(terms, other) and same_party(terms, other)


def overlooked(
    expected: Iterable[Earlier], recorded: Iterable[Earlier], *, counting_it: Collection[str] = ()
) -> tuple[Earlier, ...]:
    """Return what should have been recorded with a submission and was not.

    Of two agreements submitted at the same moment only the second sees the first; *counting_it*
    are the references of those whose own submission counted this one, which is as good.
    """
    known = {(one.ref, one.seq, one.value) for one in recorded}
    return tuple(
        one for one in expected if (one.ref, one.seq, one.value) not in known and one.ref not in counting_it
    )


def cumulative(terms: Terms, earlier: Iterable[Earlier]) -> int | None:
    """Return the value with that of the *earlier* agreements; None where one of them is unknown."""
    values = [value_for_policy(terms), *(one.value for one in earlier)]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def same_nature(terms: Terms, other: Terms) -> bool:
    """Tell whether two agreements are of one kind; a kind that nobody said may be any."""
    kinds = {terms.contract_type, other.contract_type}
    return len(kinds) == 1 or "unknown" in kinds


def same_party(terms: Terms, other: Terms) -> bool:
    """Tell whether somebody of the other side stands in both."""
    return any(_is_one(a, b) for a in _theirs(terms) for b in _theirs(other))


def _theirs(terms: Terms) -> list[Party]:
    return [party for party in terms.parties if party.side == "theirs"]


def _is_one(party: Party, other: Party) -> bool:
    """Compare registration numbers where both have one, else names as they are usually varied."""
    if party.registration and other.registration:
        return bool(party.numbers & other.numbers)
    return bool(party.names & other.names)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)

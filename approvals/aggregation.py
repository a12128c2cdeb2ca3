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


@dataclass(frozen=True, slots=True)
class Theirs:
    """A party of the other side, as it is compared with others."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """What of an agreement's terms counts, and no more: little to keep, quick to compare."""

    nature: str
    parties: tuple[Theirs, ...]
    value: int | None

    @property
    def keys(self) -> frozenset[str]:
        """The words by which the other side may be known again."""
        return frozenset(word for party in self.parties for word in (*party.numbers, *party.names))


def counting_of(terms: Terms) -> Counting:
    """Return what of *terms* counts beside other agreements."""
    parties = tuple(
        Theirs(tuple(sorted(party.numbers)), tuple(sorted(party.names)))
        for party in terms.parties
        if party.side == "theirs"
    )
    return Counting(terms.contract_type, parties, value_for_policy(terms))


def counted(
    terms: Terms, day: date, others: Iterable[tuple[Case, Terms]], *, but: str = ""
) -> tuple[Earlier, ...]:
    """Return which of *others* count beside an agreement submitted on *day*, in order.

    *others* are agreements as they stand at that time, each with the terms it was submitted
    with, so whatever stands was submitted before; *but* is the agreement's own reference.
    """
    mine = counting_of(terms)
    found = [
        Earlier(case.ref, case.submission.seq, one.value)
        for case, one in ((case, counting_of(said)) for case, said in others)
        if case.submission is not None
        and case.ref != but
        and case.state in STANDING
        and may_count(mine, day, one, case.submission.at)
    ]
    return tuple(sorted(found, key=lambda earlier: earlier.ref))


def may_count(mine: Counting, day: date, other: Counting, submitted_at: datetime) -> bool:
    """Tell whether a submission counts beside one of *day*, as long as it stands."""
    recent = submitted_at.astimezone(TAIPEI).date() >= _year_before(day)
    return recent and same_nature(mine, other) and same_party(mine, other)


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


def same_nature(mine: Counting, other: Counting) -> bool:
    """Tell whether two agreements are of one kind; a kind that nobody said may be any."""
    natures = {mine.nature, other.nature}
    return len(natures) == 1 or "unknown" in natures


def same_party(mine: Counting, other: Counting) -> bool:
    """Tell whether somebody of the other side stands in both."""
    return any(_is_one(a, b) for a in mine.parties for b in other.parties)


def _is_one(party: Theirs, other: Theirs) -> bool:
    """Compare registration numbers where both have one, else names as they are usually varied."""
    if party.numbers and other.numbers:
        return not set(party.numbers).isdisjoint(other.numbers)
    return not set(party.names).isdisjoint(other.names)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)

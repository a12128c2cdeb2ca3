"""In which capacity somebody may act on an agreement, or the first refusal that applies.

People act in their own right, or on some days for someone whose deputy they are. The rules
that hold always (nobody decides on their own draft, nobody counts twice, a delegate is
neither the drafter nor an earlier signer) are refused here and checked again by the audit.
Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from approvals.assessors import require_no_assessor
from approvals.clearance import clearance_of
from approvals.directory import Directory, Grant, Person
from approvals.eligibility import require_key, require_text, require_unbarred
from approvals.errors import (
    AlreadyDecidedError,
    ChooseCapacityError,
    NotOfTheBodyError,
    NotYetYourTurnError,
    WrongRoleError,
)
from workflow.case import Case, Flag
from workflow.errors import ActionNotAllowedError
from workflow.lifecycle import State, allowed, targets
from workflow.seats import SeatStatus


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants to do, and as whom where they said; *principal* may be themselves."""

    action: str
    role: str = ""
    aspect: str = ""
    principal: str = ""
    member: str = ""
    expect: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """For which aspect, in which role, and under which delegation for whom."""

    aspect: str
    role: str
    principal: str = ""
    grant: str = ""

    @property
    def recorded(self) -> Mapping[str, str]:
        """What the event says of a delegation; nothing where there is none."""
        return {"for": self.principal, "grant": self.grant} if self.principal else {}

    def said(self, directory: Directory) -> Mapping[str, str]:
        """Return what the signed statement says of a delegation."""
        if not self.principal:
            return {}
        return {
            "for": self.principal,
            "principal": directory.name_of(self.principal),
            "delegation": self.grant,
        }


def find_capacity(
    case: Case, directory: Directory, person: str, asked: Ask, *, day: date, value: int | None
) -> Capacity:
    """Return the capacity in which *person* acts, or raise the first refusal that applies.

    *day* is the day in Taiwan, *value* the agreement's in whole TWD before tax, None where
    nobody knows it: both limit what a deputy may do.
    """
    known = directory.person(person)
    require_no_assessor(known, f"{asked.action} {case.ref}")
    submission = case.submission
    if submission:
        require_text(case.ref, submission.document, asked.expect)
    if not targets(asked.action, case.state) or submission is None:
        raise ActionNotAllowedError(asked.action, case.state, allowed(case.state))
    require_unbarred(case, person, asked.action)
    if asked.action != "excuse":
        _require_unspoken(case, person)
    require_key(known)
    if case.state is State.EXPERT_REVIEW:
        return _as_expert(case, known, asked)
    if asked.action == "recuse":
        return _recusing(case, known, asked)
    if asked.action == "excuse":
        return _excusing(case, known, asked)
    return _as_approver(case, directory, known, asked, day, value)


def _require_unspoken(case: Case, person: str) -> None:
    given = next((d for d in case.current_decisions if person in d.people), None)
    if given:
        raise AlreadyDecidedError(ref=case.ref, person=person, decision=given.decision, receipt=given.receipt)


def _as_approver(
    case: Case, directory: Directory, person: Person, asked: Ask, day: date, value: int | None
) -> Capacity:
    clearance = clearance_of(case)
    own = [] if asked.principal not in ("", person.id) else _own_seats(clearance.seats, person, asked)
    lent = _lent_seats(case, directory, person, clearance.seats, asked, day, value)
    if not own and not lent:
        # A deputy who comes too late is told so, not that they never had the role.
        for grant in directory.grants_to(person.id):
            if asked.principal in ("", grant.principal) and any(
                grant.allows(day=day, kind=case.kind, aspect=s.seat.aspect, value=value)
                for s in clearance.seats
            ):
                _require_unspoken(case, grant.principal)
        raise _wrong_role(case, person, asked, (s.seat.role for s in clearance.seats))
    places = [Capacity(s.seat.aspect, s.seat.role) for s in own if s in clearance.turn]
    # Someone's own right comes first: what they can sign themselves they need not sign for another.
    if not places:
        places = [
            Capacity(s.seat.aspect, s.seat.role, grant.principal, grant.id)
            for s, grant in lent
            if s in clearance.turn
        ]
    if not places:
        waiting = ", ".join(clearance.waiting_for)
        rules = ", ".join((own or [s for s, _ in lent])[0].seat.rules)
        raise NotYetYourTurnError(ref=case.ref, waiting=waiting, rules=rules)
    return _only(places, case, person, asked.action)


def _own_seats(seats: tuple[SeatStatus, ...], person: Person, asked: Ask) -> list[SeatStatus]:
    return [s for s in seats if _fits(s, asked) and _sits(s, person)]


def _lent_seats(
    case: Case,
    directory: Directory,
    person: Person,
    seats: tuple[SeatStatus, ...],
    asked: Ask,
    day: date,
    value: int | None,
) -> list[tuple[SeatStatus, Grant]]:
    """Return the seats *person* may fill for somebody, who must be free to fill them themselves."""
    free = [
        grant
        for grant in directory.grants_to(person.id)
        if asked.principal in ("", grant.principal)
        and grant.principal not in case.barred | case.spoken
        and grant.principal in directory.people
    ]
    return [
        (status, grant)
        for status in seats
        for grant in free
        if _fits(status, asked)
        and _sits(status, directory.people[grant.principal])
        and grant.allows(day=day, kind=case.kind, aspect=status.seat.aspect, value=value)
    ]


def _recusing(case: Case, person: Person, asked: Ask) -> Capacity:
    """Return the seat somebody gives up; its step need not have come."""
    seats = _own_seats(clearance_of(case).seats, person, asked)
    if not seats:
        raise _wrong_role(case, person, asked, (s.seat.role for s in clearance_of(case).seats))
    return Capacity(seats[0].seat.aspect, seats[0].seat.role)


def _excusing(case: Case, person: Person, asked: Ask) -> Capacity:
    """Return the body in which one member notes that another is absent."""
    for status in clearance_of(case).turn:
        if _sits(status, person) and asked.member in status.silent - {person.id}:
            return Capacity(status.seat.aspect, status.seat.role)
    raise NotOfTheBodyError(ref=case.ref, member=asked.member or "?", person=person.id)


def _as_expert(case: Case, person: Person, asked: Ask) -> Capacity:
    flags = [
        f
        for f in case.blocking_flags
        if f.role in person.roles and f.assigned in ("", person.id) and _asks(f, asked)
    ]
    if not flags:
        raise _wrong_role(case, person, asked, (f.role for f in case.blocking_flags))
    return _only([Capacity(f.aspect, f.role) for f in flags], case, person, asked.action)


def _wrong_role(case: Case, person: Person, asked: Ask, roles: Iterable[str]) -> WrongRoleError:
    needed = ", ".join(dict.fromkeys(roles))
    held = asked.role or ", ".join(sorted(person.roles)) or "-"
    return WrongRoleError(ref=case.ref, person=person.id, action=asked.action, needed=needed, held=held)


def _only(places: list[Capacity], case: Case, person: Person, action: str) -> Capacity:
    # Two delegations by one principal are one capacity; the first is named.
    places = list({replace(place, grant=""): place for place in reversed(places)}.values())[::-1]
    if len(places) > 1:
        capacities = ", ".join(
            f"{p.role} ({p.aspect})" + (f" for {p.principal}" if p.principal else "") for p in places
        )
        raise ChooseCapacityError(ref=case.ref, person=person.id, action=action, capacities=capacities)
    return places[0]


def _fits(status: SeatStatus, asked: Ask) -> bool:
    return asked.role in ("", status.seat.role, *status.seat.role.split("/")) and asked.aspect in (
        "",
        status.seat.aspect,
    )


def _sits(status: SeatStatus, person: Person) -> bool:
    """Tell whether *person* holds the seat's role; of a body, was a member when it was asked."""
    held = bool({*status.seat.role.split("/")} & person.roles)
    return held and (not status.seat.body or person.id in status.seat.body)


def _asks(flag: Flag, asked: Ask) -> bool:
    return asked.role in ("", flag.role) and asked.aspect in ("", flag.aspect)

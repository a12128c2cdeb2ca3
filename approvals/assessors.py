"""Roles that stand apart: who judges people's work takes no part in any; a sealer's key only seals. Pure."""

from collections.abc import Iterable, Set

from approvals.directory import Person
from approvals.errors import AssessorOnlyError, RolesApartError
from workflow.events import Event

ASSESSOR, SEALER = "assessor", "sealer"
_APART = frozenset({ASSESSOR, SEALER})


def stand_apart(roles: Set[str]) -> bool:
    """Tell whether one person may hold all of *roles*: an assessor or a sealer holds no other."""
    return not _APART & roles or len(roles) == 1


def require_apart(person: str, roles: Set[str]) -> None:
    """Raise `RolesApartError` where *person* cannot hold all of *roles*."""
    if not stand_apart(roles):
        raise RolesApartError(person=person, roles=", ".join(sorted(roles)))


def require_no_assessor(person: Person, action: str) -> None:
    """Raise `AssessorOnlyError` where *person* may record assessments only."""
    if ASSESSOR in person.roles:
        raise AssessorOnlyError(person=person.id, action=action)


def taking_part(events: Iterable[Event]) -> frozenset[str]:
    """Return who acted in *events*, and for whom."""
    return frozenset(
        person for event in events for person in (event.actor, event.payload.get("for", "")) if person
    )

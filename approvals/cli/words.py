"""The words people read for what is stored: states, roles, aspects, times, amounts.

The reading commands use it, so it imports nothing heavy.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from approvals.labels import ASPECTS, ROLES
from workflow.events import TAIPEI, Type, read_time
from workflow.i18n import language, mark, translate
from workflow.lifecycle import STATE_NAMES, State
from workflow.values.money import Money, figures

EVENTS = {
    Type.CREATED: mark("began the agreement"),
    Type.PLANNED: mark("set the negotiation plan"),
    Type.OPENED: mark("opened the talks"),
    Type.ROUND_HELD: mark("recorded a round"),
    Type.TERMS_AGREED: mark("recorded the agreed terms"),
    Type.CONFIRMATION_SENT: mark("issued the confirmation letter"),
    Type.CONFIRMATION_ACKNOWLEDGED: mark("attached the other side's reply"),
    Type.DRAFTED: mark("drafted the contract"),
    Type.SUBMITTED: mark("submitted it"),
    Type.DRAFT_RECEIVED: mark("imported a draft from the other side"),
    Type.FLAG_RAISED: mark("raised a flag"),
    Type.FLAG_RESOLVED: mark("gave an opinion"),
    Type.CONDITION_CLOSED: mark("closed a condition"),
    Type.APPROVED: mark("approved"),
    Type.RETURNED: mark("returned it for changes"),
    Type.REJECTED: mark("rejected"),
    Type.EXECUTED: mark("recorded the execution"),
    Type.ACTIVATED: mark("brought it into force"),
    Type.RENEWED: mark("renewed it"),
    Type.TERMINATED: mark("terminated it"),
    Type.EXPIRED: mark("recorded its expiry"),
    Type.WITHDRAWN: mark("withdrew it"),
    Type.ORGANISATION_NAMED: mark("named the organisation"),
    Type.PERSON_ADDED: mark("added a person"),
    Type.ROLE_GRANTED: mark("gave a role"),
    Type.ROLE_REVOKED: mark("took a role away"),
    Type.KEY_ADDED: mark("registered a key"),
    Type.KEY_REVOKED: mark("revoked a key"),
}


def state_name(state: str) -> str:
    """Return the words for a state."""
    return translate(STATE_NAMES[State(state)])


def role_name(role: str) -> str:
    """Return the words for a role."""
    return translate(ROLES.get(role, role))


def aspect_name(aspect: str) -> str:
    """Return the words for an aspect."""
    return translate(ASPECTS.get(aspect, aspect))


def role_names(roles: Iterable[str]) -> str:
    """Return the words for several roles, as a list on one line."""
    return translate(mark(", ")).join(map(role_name, roles))


def capacity(role: str, aspect: str) -> str:
    """Return the words for a role in which someone speaks for an aspect."""
    return translate(mark("{role} ({aspect})")).format(role=role_name(role), aspect=aspect_name(aspect))


def quoted(text: str, reason: str) -> str:
    """Return what was done with the reason that was given for it, if any was."""
    return translate(mark('{text} "{reason}"')).format(text=text, reason=reason) if reason else text


def event_name(kind: str) -> str:
    """Return the words for a type of event."""
    return translate(EVENTS[Type(kind)])


def when(text: str) -> str:
    """Show a stored time in Taiwan's, to the minute."""
    at = read_time(text).astimezone(TAIPEI)
    return f"{at:%Y-%m-%d %H:%M}"


def amount(row: Mapping[str, Any]) -> str:
    """Return the total of a row in figures; a hyphen where it is unknown."""
    if row["total_minor"] is None:
        return "-"
    return figures(Money(row["total_minor"], row["currency"]), language())


def due_words(due: str, today: date) -> str:
    """Say when something is due, and whether that day is past."""
    if not due:
        return "-"
    day = date.fromisoformat(due)
    if day < today:
        return translate(mark("{day}, late")).format(day=due)
    if day == today:
        return translate(mark("today"))
    return due

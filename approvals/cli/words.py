"""The words people read for what is stored: states, roles, aspects, times, amounts.

The reading commands use it, so it imports nothing heavy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from approvals.labels import ASPECTS, EVENTS, JUDGEMENTS, METHODS, PARTS, ROLES
from workflow.i18n import language, mark, translate
from workflow.lifecycle import STATE_NAMES, State
from workflow.values.dates import TAIPEI
from workflow.values.money import Money, figures


def state_name(state: str) -> str:
    """Return the words for a state."""
    return translate(STATE_NAMES[State(state)])


def role_name(role: str) -> str:
    """Return the words for a role, or for a group of them (``cfo/finance``)."""
    return "/".join(translate(ROLES.get(one, one)) for one in role.split("/"))


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
    return translate(EVENTS.get(kind, kind))


def judgement_name(judgement: str) -> str:
    """Return the words for what an assessor found."""
    return translate(JUDGEMENTS.get(judgement, judgement))


def method_name(method: str) -> str:
    """Return the words for how an assessor came to it."""
    return translate(METHODS.get(method, method))


def when(text: str) -> str:
    """Show a stored time in Taiwan's, to the minute."""
    at = datetime.fromisoformat(text).astimezone(TAIPEI)
    return f"{at:%Y-%m-%d %H:%M}"


def amount(row: Mapping[str, Any]) -> str:
    """Return the total of a row in figures; a hyphen where it is unknown."""
    if row["total_minor"] is None:
        return "-"
    return figures(Money(row["total_minor"], row["currency"]), language())


def deputised(name: str, principal: str) -> str:
    """Name who acted, and for whom where they were a deputy."""
    if not principal:
        return name
    return translate(mark("{deputy} for {principal}")).format(deputy=name, principal=principal)


def part_names(parts: Iterable[str]) -> str:
    """Return the words for parts of an agreement, as a list on one line."""
    return translate(mark(", ")).join(translate(PARTS.get(part, part)) for part in parts)

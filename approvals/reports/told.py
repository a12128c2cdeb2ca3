"""An agreement's story with what it was told from, for the page and the report alike.

Of a trail that was altered there may be no story; then there is as much of it as can be had.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.directory import Directory, directory_of
from approvals.reports.story import Story, Teller
from approvals.reports.trail import Trail
from workflow.errors import WorkflowError
from workflow.events import REGISTRY, Event
from workflow.replay import replay

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import Comparison

#: What reading an altered trail may raise.
ODD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, WorkflowError)
_FINGERPRINT = re.compile("SHA256:[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True)
class Told:
    """A story, the events it is of (none where they do not add up), and who is who."""

    story: Story
    events: tuple[Event, ...]
    directory: Directory


def tell(trail: Trail, ref: str) -> Told:
    """Return the story of the agreement *ref*."""
    directory = Directory()
    with suppress(*ODD):  # without names people are called by their identifiers
        directory = directory_of(trail.events(REGISTRY))
    teller = Teller(trail, ref, directory, _compared)
    try:
        events = trail.events(ref)
        return Told(teller.tell(replay(events), events), tuple(events), directory)
    except ODD as error:
        entries = trail.stream(ref).entries
        head = entries[-1][0] if entries else ""
        return Told(Story(ref, head, len(entries), problem=str(error)), (), directory)


def founders_key(trail: Trail) -> str:
    """Return the fingerprint the registry was founded with; empty where it can be no fingerprint."""
    for _, body in trail.stream(REGISTRY).bodies():
        if body.get("type") == "key_added" and isinstance(body.get("payload"), dict):
            # What a store says is shown to be compared, but only where it can be nothing else.
            key = str(body["payload"].get("fingerprint", ""))
            return key if _FINGERPRINT.fullmatch(key) else ""
    return ""


def _compared(old: bytes, new: bytes, names: tuple[str, str]) -> "Comparison":
    from workflow.documents.worker import compare_apart

    return compare_apart(old, new, names=names)[0]

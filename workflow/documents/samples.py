"""Made-up data for a template, from the fields it asks for: enough to see what it looks like."""

from collections.abc import Mapping
from typing import Any

_ENTRIES = 2


def made_up(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a context with text, choices and lists of two entries for *fields*, by shape."""
    context: dict[str, Any] = {}
    for name, shape in sorted(fields.items()):
        _put(
            context,
            name.split("."),
            "yes" if shape == "choice" else name,
            listed=shape in ("list", "table rows"),
        )
    return context


def _put(place: dict[str, Any], steps: list[str], value: str, *, listed: bool) -> None:
    first, *rest = steps
    name = first.removesuffix("[]")
    if first.endswith("[]"):
        entries = place.get(name)
        if not isinstance(entries, list) or (rest and not all(isinstance(entry, dict) for entry in entries)):
            entries = place[name] = [{} for _ in range(_ENTRIES)]
        for number, entry in enumerate(entries, start=1):
            if rest:
                _put(entry, rest, f"{value} {number}", listed=listed)
            else:
                entries[number - 1] = f"{value} {number}"
    elif rest:
        inner = place.get(name)
        if not isinstance(inner, dict):
            inner = place[name] = {}
        _put(inner, rest, value, listed=listed)
    elif name not in place:
        place[name] = [value] * _ENTRIES if listed else value

"""Made-up data for a template, from the fields it asks for: enough to see what it looks like."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from workflow.documents.context import terms_context
from workflow.terms import Terms

_ENTRIES = 2
# What a document is told of itself (see ``workflow.issuing``).
_HEADING = ("ref", "number", "revision", "date", "language", "owner", "draft", "classification")


def made_up(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a context with text, choices and lists of two entries for *fields*, by shape."""
    context: dict[str, Any] = {}
    for name, shape in sorted(fields.items()):
        made = {"choice": "yes", "bookmark": "place"}.get(shape, name)
        listed = shape in ("list", "table rows")
        # A bookmark's name has no blanks.
        _put(context, name.split("."), made, listed=listed, joint="_" if shape == "bookmark" else " ")
    return context


def _put(place: dict[str, Any], steps: list[str], value: str, *, listed: bool, joint: str) -> None:
    first, *rest = steps
    name = first.removesuffix("[]")
    if first.endswith("[]"):
        entries = place.get(name)
        if not isinstance(entries, list) or (rest and not all(isinstance(entry, dict) for entry in entries)):
            entries = place[name] = [{} for _ in range(_ENTRIES)]
        for number, entry in enumerate(entries, start=1):
            if rest:
                _put(entry, rest, f"{value}{joint}{number}", listed=listed, joint=joint)
            else:
                entries[number - 1] = f"{value}{joint}{number}"
    elif rest:
        inner = place.get(name)
        if not isinstance(inner, dict):
            inner = place[name] = {}
        _put(inner, rest, value, listed=listed, joint=joint)
    elif name not in place:
        place[name] = [value] * _ENTRIES if listed else value


@cache
def given_names() -> frozenset[str]:
    """Return the dotted name of everything that any document is given of the terms and of itself."""
    party = {"name": "-"}
    terms = Terms.model_validate(
        {
            "title": "-",
            "parties": [{"side": "ours", **party}, {"side": "theirs", **party}],
            "items": [{"description": "-", "quantity": "1", "unit": "-", "unit_price": "1"}],
            "tax": {"included": False},
        }
    )
    return frozenset(_names("", {**terms_context(terms, "en"), "document": dict.fromkeys(_HEADING, "")}))


def _names(before: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _names(f"{before}.{key}" if before else key, inner)
    elif isinstance(value, list):
        yield before
        for inner in value:
            yield from _names(f"{before}[]", inner)
    else:
        yield before

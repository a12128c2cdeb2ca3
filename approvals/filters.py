"""What a list can be narrowed down by, read from the words people type. Pure and light."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from workflow.errors import InvalidInputError
from workflow.i18n import mark, translate
from workflow.values.deadlines import Calendar, working_days_between
from workflow.values.problems import ValueRefusedError

# Fifteen digits are more than any price, and less than what a database counts to.
_VALUE = re.compile(r"(>=|<=|>|<|=)?\s*(\d{1,15})")
_RANGE = re.compile(r"(\d{1,15})\s*\.\.\s*(\d{1,15})")
_AGE = re.compile(r"(\d{1,4})\s*(wd|d|w)")
_DAYS = {"d": 1, "w": 7}


def read_values(text: str) -> tuple[tuple[str, int], ...]:
    """Return the comparisons that ``>1000000``, ``<=5,000`` or ``1000..2000`` stand for."""
    plain = normalize("NFKC", text).replace(",", "").replace("_", "").strip()
    if between := _RANGE.fullmatch(plain):
        return (">=", int(between[1])), ("<=", int(between[2]))
    if found := _VALUE.fullmatch(plain):
        return ((found[1] or "=", int(found[2])),)
    problem = translate(mark("{value!r} is not a comparison; write it as in '>1000000' or 1000..2000"))
    raise InvalidInputError("--value", [problem.format(value=text)])


@dataclass(frozen=True, slots=True)
class Age:
    """A time that has passed: so many days, weeks, or working days."""

    count: int
    unit: str

    @classmethod
    def read(cls, text: str) -> "Age":
        """Read ``5wd``, ``10d`` or ``2w``."""
        found = _AGE.fullmatch(normalize("NFKC", text).strip().lower())
        if not found:
            problem = translate(mark("{value!r} is not a time; write it as in 5wd, 10d or 2w"))
            raise InvalidInputError("--older-than", [problem.format(value=text)])
        return cls(int(found[1]), found[2])

    def passed(self, since: date, today: date, calendar: Calendar) -> bool:
        """Tell whether more than this has passed since *since*."""
        if self.unit != "wd":
            return (today - since).days > self.count * _DAYS[self.unit]
        try:
            return working_days_between(since, today, calendar) > self.count
        except ValueRefusedError:
            # Of a year whose holidays nobody knows, five days in seven are worked.
            return (today - since).days * 5 > self.count * 7


def has_party(terms: Mapping[str, Any], wanted: str) -> bool:
    """Tell whether a party has *wanted* in its name, or has it as its registration."""
    folded = _folded(wanted)
    return any(
        folded in _folded(party.get("name", ""))
        or folded
        in (
            _folded(party.get("registration") or ""),
            _folded(f"{party.get('country')}:{party.get('registration')}"),
        )
        for party in terms.get("parties", ())
    )


def has_text(terms: Mapping[str, Any], wanted: str) -> bool:
    """Tell whether *wanted* stands in any text of the terms, however it is spelt in width and case."""
    folded = _folded(wanted)
    return any(folded in _folded(text) for text in _texts(terms))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()

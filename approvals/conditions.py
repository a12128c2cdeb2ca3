"""The condition of a policy rule: read once, evaluated many times, never guessing.

``|`` joins alternatives, ``&`` what must hold together; each part asks one field, as in
``contract_value > 150000``, ``personal_data is true`` or ``contract_type in saas,nda``.
An unknown fact counts as risky, so a part that asks it holds.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from approvals.vocabulary import FIELDS, NUMBER, TRUTH

Fact = bool | Decimal | int | str | None
#: The answer nobody has given yet.
UNKNOWN: None = None

_PART = re.compile(
    r"\s*(?P<field>\w+)\s*(?P<sign>>=|<=|==|!=|>|<|\bis\b|\bin\b)\s*(?P<value>[\w.,\- ]+?)\s*", re.ASCII
)
_ORDER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One question to one field."""

    field: str
    sign: str
    value: bool | Decimal | frozenset[str]

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Tell whether the fact fits; a fact that is unknown does."""
        fact = facts[self.field]
        if fact is UNKNOWN:
            return True
        if isinstance(self.value, bool):
            return fact is self.value
        if isinstance(self.value, Decimal):
            return _ORDER[self.sign](Decimal(fact), self.value)
        return (fact in self.value) != (self.sign == "!=")


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, each a list of parts that must hold together."""

    text: str
    alternatives: tuple[tuple[Part, ...], ...]

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Tell whether any alternative holds whole."""
        return any(all(part.holds(facts) for part in parts) for parts in self.alternatives)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it asks, each once, in order."""
        return tuple(dict.fromkeys(part.field for parts in self.alternatives for part in parts))


def read_condition(text: str) -> Condition:
    """Read a condition; raise `ValueError` with the reason where it is not one."""
    return Condition(text, tuple(tuple(_part(part) for part in way.split("&")) for way in text.split("|")))


def _part(text: str) -> Part:
    found = _PART.fullmatch(text)
    if not found:
        raise ValueError(f"{text.strip()!r} is not of the form: field operator value")
    field, sign, value = found["field"], found["sign"], found["value"]
    if field not in FIELDS:
        raise ValueError(f"unknown field {field!r}")
    kind = FIELDS[field]
    if kind == NUMBER:
        return Part(field, sign, _number(field, sign, value))
    if kind == TRUTH:
        if sign != "is" or value not in ("true", "false"):
            raise ValueError(f"{field} takes: is true, is false")
        return Part(field, sign, value == "true")
    if sign not in ("==", "!=", "in"):
        raise ValueError(f"{field} takes: ==, !=, in")
    words = frozenset(word.strip() for word in value.split(",")) if sign == "in" else frozenset({value})
    unknown = sorted(words - frozenset(kind))
    if unknown:
        raise ValueError(f"{field} cannot be {unknown[0]!r}")
    return Part(field, sign, words)


def _number(field: str, sign: str, value: str) -> Decimal:
    if sign not in _ORDER:
        raise ValueError(f"{field} takes: {' '.join(_ORDER)}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number

"""The condition of a rule, the policy's or the clause library's: read once, evaluated many times.

``|`` joins alternatives, ``&`` what must hold together; each part asks one field, as in
``contract_value > 150000``, ``personal_data is true`` or ``contract_type in saas,nda``.
An unknown fact counts as risky, so a part that asks it holds.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from typing import Any

from workflow.i18n import mark, translate
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

Fact = bool | Decimal | int | str | None
#: The answer nobody has given yet.
UNKNOWN: None = None
#: A question to the facts; those it asks have to be there.
Test = Callable[[Mapping[str, Fact]], bool]

#: Far more than a table's cell can be read with.
LONGEST = 1000
_PART = re.compile(
    r"\s*(?P<field>\w+)\s*(?P<sign>>=|<=|==|!=|>|<|\bis\b|\bin\b)\s*(?P<value>[\w.,\- ]+?)\s*", re.ASCII
)
# Written out: an exponent or an underscore is a slip, and a number nobody could read is none.
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,10})?")
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip

# Nothing that is right is said of these, so a slip names them.
_FORM = mark("{text!r} is not of the form: field operator value")
_FIELD = mark("unknown field {field!r}")
_SIGNS = mark("{field} takes: {known}")
_WORD = mark("{field} cannot be {word!r}")
_DIGITS = mark("{text!r} is not a number")
_LONG = mark("it is longer than {most} characters")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a condition: a text of the catalogue, filled with *facts*."""

    what: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return translate(self.what).format(**self.facts)


class BadConditionError(ValueError):
    """A text is no condition; every slip in it is listed."""

    def __init__(self, *slips: Slip) -> None:
        self.slips = slips
        super().__init__("; ".join(slip.what.format(**slip.facts) for slip in slips))


@dataclass(frozen=True, slots=True)
class Part:
    """One question to one field; numbers that are whole are ``int``.

    ``holds`` tells whether the fact fits; a fact that is unknown does.
    """

    field: str
    sign: str
    value: bool | int | Decimal | frozenset[str]
    holds: Test = attribute(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Make the question a function."""
        object.__setattr__(self, "holds", _test_of_part(self))

    def __reduce__(self) -> tuple[type["Part"], tuple[object, ...]]:
        """Leave the function behind when it is pickled."""
        return Part, (self.field, self.sign, self.value)

    def __str__(self) -> str:
        if isinstance(self.value, bool):
            return f"{self.field} is {str(self.value).lower()}"
        value = ",".join(sorted(self.value)) if isinstance(self.value, frozenset) else self.value
        return f"{self.field} {self.sign} {value}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, each a list of parts that must hold together.

    ``holds`` tells of facts whether any alternative holds whole. It is put together when the
    condition is read, because a policy is asked more often than it is read.
    """

    text: str
    alternatives: tuple[tuple[Part, ...], ...]
    holds: Test = attribute(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Put the test together."""
        object.__setattr__(self, "holds", _test_of(self.alternatives))

    def __reduce__(self) -> tuple[type["Condition"], tuple[object, ...]]:
        """Leave the test behind when it is pickled."""
        return Condition, (self.text, self.alternatives)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it asks, each once, in order."""
        return tuple(dict.fromkeys(part.field for parts in self.alternatives for part in parts))


def read_condition(text: str) -> Condition:
    """Read a condition; raise `BadConditionError` with every slip where it is not one."""
    if len(text) > LONGEST:
        raise BadConditionError(Slip(_LONG, {"most": LONGEST}))
    slips: list[Slip] = []
    alternatives = []
    for way in text.split("|"):
        parts = []
        for piece in way.split("&"):
            read = _part(piece)
            if isinstance(read, Slip):
                slips.append(read)
            else:
                parts.append(read)
        alternatives.append(tuple(parts))
    if slips:
        raise BadConditionError(*slips)
    return Condition(text, tuple(alternatives))


def _part(text: str) -> Part | Slip:
    found = _PART.fullmatch(text)
    if not found:
        return Slip(_FORM, {"text": text.strip()})
    name, sign, value = found["field"], found["sign"], found["value"]
    if name not in FIELDS:
        return Slip(_FIELD, {"field": name})
    kind = FIELDS[name]
    if kind == NUMBER:
        return _number_part(name, sign, value)
    if kind == TRUTH:
        if sign != "is" or value not in ("true", "false"):
            return Slip(_SIGNS, {"field": name, "known": "is true, is false"})
        return Part(name, sign, value == "true")
    if sign not in ("==", "!=", "in"):
        return Slip(_SIGNS, {"field": name, "known": "==, !=, in"})
    words = frozenset(word.strip() for word in value.split(",")) if sign == "in" else frozenset({value})
    unknown = sorted(words - frozenset(kind))
    if unknown:
        return Slip(_WORD, {"field": name, "word": unknown[0]})
    return Part(name, sign, words)


def _number_part(name: str, sign: str, value: str) -> Part | Slip:
    if sign not in _ORDER:
        return Slip(_SIGNS, {"field": name, "known": " ".join(_ORDER)})
    if not _NUMBER.fullmatch(value):
        return Slip(_DIGITS, {"text": value})
    number = Decimal(value)
    # Facts are whole more often than not, and whole numbers compare faster.
    return Part(name, sign, int(number) if number == int(number) else number)


def _test_of(alternatives: tuple[tuple[Part, ...], ...]) -> Test:
    return _any_of([_all_of([part.holds for part in parts]) for parts in alternatives])


# A call for each test, and none to find out which comes next: this is what asking a policy costs.
def _any_of(tests: Sequence[Test]) -> Test:
    if not tests:
        return lambda facts: False  # noqa: ARG005 - what a condition that could not be read answers
    if len(tests) == 1:
        return tests[0]
    first, second, *others = tests
    if not others:
        return lambda facts: first(facts) or second(facts)
    third, rest = others[0], others[1:]
    if not rest:
        return lambda facts: first(facts) or second(facts) or third(facts)
    fourth = _any_of(rest)
    return lambda facts: first(facts) or second(facts) or third(facts) or fourth(facts)


def _all_of(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    first, rest = tests[0], _all_of(tests[1:])
    return lambda facts: first(facts) and rest(facts)


def _test_of_part(part: Part) -> Test:
    """Return the question as a function; a fact that is unknown, which is None, always fits."""
    name, value = part.field, part.value

    if isinstance(value, bool):

        def is_so(facts: Mapping[str, Fact]) -> bool:
            return (fact := facts[name]) is value or fact is None

        return is_so

    if isinstance(value, frozenset):
        if part.sign == "!=":

            def is_not_among(facts: Mapping[str, Fact]) -> bool:
                return (fact := facts[name]) not in value or fact is None

            return is_not_among

        def is_among(facts: Mapping[str, Fact]) -> bool:
            return (fact := facts[name]) in value or fact is None

        return is_among

    if part.sign == ">":  # nearly every number is asked so

        def is_above(facts: Mapping[str, Fact]) -> bool:
            return (fact := facts[name]) is None or fact > value  # type: ignore[operator]

        return is_above

    compare = _ORDER[part.sign]

    def compares(facts: Mapping[str, Fact]) -> bool:
        return (fact := facts[name]) is None or compare(fact, value)

    return compares

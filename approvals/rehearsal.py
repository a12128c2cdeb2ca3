"""What a policy nearly asked, and what another policy would ask instead. Pure.

For whoever asks why they are in it, and for administrators before they change a threshold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from approvals.policy import Assessment, Policy, Requirement, Rule
from workflow.conditions import UNKNOWN, Fact, Part
from workflow.vocabulary import FIELDS, NUMBER

# Within a tenth of a threshold an amount is one that somebody may have rounded down.
_NEAR = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Miss:
    """The part that kept a rule from applying; *by* is how far a number is from it.

    ``near`` is true where nothing else was in the way, or the number is close.
    """

    part: Part
    fact: Fact
    by: Decimal | None
    near: bool


def missed(rule: Rule, inputs: Mapping[str, Fact]) -> Miss | None:
    """Return what came nearest to making *rule* apply; None where it did, or more is missing."""
    found: list[Miss] = []
    for way in rule.condition.alternatives:
        failing = [part for part in way if not part.holds(inputs)]
        if len(failing) == 1:
            found.append(_miss(failing[0], inputs[failing[0].field], alone=len(way) == 1))
        elif not failing:
            return None
    return min(found, key=_distance, default=None)


def _miss(part: Part, fact: Fact, *, alone: bool) -> Miss:
    if FIELDS[part.field] != NUMBER:
        return Miss(part, fact, None, not alone)
    threshold = Decimal(str(part.value))
    by = abs(Decimal(str(fact)) - threshold)
    return Miss(part, fact, by, not alone or by <= abs(threshold) * _NEAR)


def _distance(miss: Miss) -> tuple[bool, Decimal]:
    """Order what is near before what is not, and numbers by how far they are in proportion."""
    if miss.by is None:
        return not miss.near, Decimal(1)
    return not miss.near, miss.by / max(abs(Decimal(str(miss.part.value))), Decimal(1))


def read_inputs(stored: Mapping[str, object]) -> Mapping[str, Fact]:
    """Return the facts of a trace as they are kept: numbers as text, ``unknown`` for no answer."""
    return {name: _read_fact(name, value) for name, value in stored.items()}


def _read_fact(name: str, value: object) -> Fact:
    if value == "unknown":
        return UNKNOWN
    if isinstance(value, bool) or FIELDS.get(name) != NUMBER:
        return value  # type: ignore[return-value]
    return Decimal(str(value))


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that only one policy has, or that says something else in the other."""

    rule: str
    old: Rule | None
    new: Rule | None
    columns: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """One of added, removed, changed."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


# What a rule calls its columns differently from the file.
_COLUMN_OF = {
    "id": "rule", "role": "adds", "step": "seq", "working_days": "sla_bd", "why_en": "why",
}  # fmt: skip


def rule_changes(old: Policy, new: Policy) -> tuple[RuleChange, ...]:
    """Return how the rules differ, in the order of the tables; where a rule stands means nothing."""
    found = []
    for name in dict.fromkeys(rule.id for rule in (*old.rules, *new.rules)):
        before, after = old.rule(name), new.rule(name)
        columns = _different(before, after) if before and after else ()
        if columns or not (before and after):
            found.append(RuleChange(name, before, after, columns))
    return tuple(found)


def _different(old: Rule, new: Rule) -> tuple[str, ...]:
    return tuple(
        _COLUMN_OF.get(each.name, each.name)
        for each in fields(Rule)
        if each.name != "row" and _said(old, each.name) != _said(new, each.name)
    )


def _said(rule: Rule, name: str) -> object:
    # Two ways to space a condition are one condition.
    return rule.condition.alternatives if name == "condition" else getattr(rule, name)


@dataclass(frozen=True, slots=True)
class Difference:
    """Who would be asked more or less, and of whom something else would be asked."""

    more: tuple[Requirement, ...]
    less: tuple[Requirement, ...]
    other: tuple[tuple[Requirement, Requirement], ...]

    def __bool__(self) -> bool:
        return bool(self.more or self.less or self.other)


def compare(old: Assessment | None, new: Assessment | None) -> Difference:
    """Compare what two policies ask of one agreement; None is a policy that asks nobody to sign.

    Which rules ask it makes no difference to who is asked.
    """
    before, after = _by_place(old), _by_place(new)
    return Difference(
        tuple(asked for place, asked in after.items() if place not in before),
        tuple(asked for place, asked in before.items() if place not in after),
        tuple(
            (asked, after[place])
            for place, asked in before.items()
            if place in after and _what(asked) != _what(after[place])
        ),
    )


def _by_place(found: Assessment | None) -> Mapping[tuple[str, str, str], Requirement]:
    requirements: Iterable[Requirement] = found.requirements if found else ()
    return {(asked.kind, asked.role, asked.aspect): asked for asked in requirements}


def _what(asked: Requirement) -> tuple[object, ...]:
    return asked.step, asked.quorum, asked.working_days, asked.covers, asked.escalate_to


def unknown_facts(policy: Policy, found: Assessment) -> Mapping[str, tuple[str, ...]]:
    """Return the facts nobody has given, each with the rules that apply while it is unknown."""
    unknown: dict[str, list[str]] = {}
    for rule, outcome in zip(policy.rules, found.trace, strict=True):
        for name in rule.condition.fields:
            if outcome.fired and outcome.inputs[name] is UNKNOWN:
                unknown.setdefault(name, []).append(rule.id)
    return {name: tuple(rules) for name, rules in unknown.items()}

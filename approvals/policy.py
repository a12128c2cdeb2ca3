"""Who must agree, as the organisation's decision table says. Pure: no clock, no database.

The table is a CSV file that an administrator edits in a spreadsheet. Each row adds one
requirement when its condition holds: a *review* by an expert, or a *sign-off* by people of
a role in a numbered step. Whether enough have signed is ``approvals.clearance``'s business.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from approvals.conditions import UNKNOWN, Condition, Fact, read_condition
from approvals.errors import NothingRequiredError, PolicyError
from approvals.labels import ASPECTS, ROLES

DEFAULT_POLICY = Path(__file__).parent / "data" / "policy.csv"
MAJORITY = "majority"

_COLUMNS = (
    "rule",
    "when_zh",
    "when_en",
    "condition",
    "adds",
    "aspect",
    "kind",
    "seq",
    "mode",
    "quorum",
    "sla_bd",
    "why",
    "basis",
)
# A table may give its reasons in Chinese as well; without this column the English ones are shown.
_OPTIONAL = frozenset({"why_zh"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. ``working_days`` is how long the person asked has."""

    id: str
    when_zh: str
    when_en: str
    condition: Condition
    role: str
    aspect: str
    kind: str
    step: int
    quorum: int | str
    working_days: int
    why_en: str
    why_zh: str
    basis: str
    row: int

    def when(self, language: str) -> str:
        """Say when the rule applies, in *language*."""
        return self.when_zh if language == "zh-TW" else self.when_en

    def why(self, language: str) -> str:
        """Say why there is such a rule, in *language* where the table has it."""
        return self.why_zh if language == "zh-TW" and self.why_zh else self.why_en


@dataclass(frozen=True, slots=True)
class Policy:
    """A decision table that was read and checked whole; ``digest`` names its bytes."""

    rules: tuple[Rule, ...]
    digest: str
    body: bytes

    def rule(self, name: str) -> Rule | None:
        """Return the rule called *name*."""
        return next((rule for rule in self.rules if rule.id == name), None)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the rules that fired ask of one role for one aspect."""

    kind: str
    role: str
    aspect: str
    step: int
    quorum: int | str
    working_days: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule's answer, with the facts it asked; None is an answer nobody gave."""

    rule: str
    fired: bool
    inputs: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a policy asks of an agreement, and why: every rule, fired or not."""

    requirements: tuple[Requirement, ...]
    trace: tuple[Outcome, ...]

    @property
    def reviews(self) -> tuple[Requirement, ...]:
        """The experts to be asked."""
        return tuple(r for r in self.requirements if r.kind == "review")

    @property
    def sign_offs(self) -> tuple[Requirement, ...]:
        """The people who must sign, by step."""
        return tuple(r for r in self.requirements if r.kind == "signoff")


def assess(policy: Policy, facts: Mapping[str, Fact]) -> Assessment:
    """Ask every rule; raise `NothingRequiredError` where none demands a sign-off.

    Rules that ask the same role for the same aspect become one requirement: the strictest
    quorum, the earliest step, the shortest time.
    """
    trace = tuple(
        Outcome(rule.id, rule.condition.holds(facts), {name: facts[name] for name in rule.condition.fields})
        for rule in policy.rules
    )
    wanted: dict[tuple[str, str, str], Requirement] = {}
    for rule, outcome in zip(policy.rules, trace, strict=True):
        if not outcome.fired:
            continue
        key = (rule.kind, rule.role, rule.aspect)
        asked = Requirement(*key, rule.step, rule.quorum, rule.working_days, (rule.id,))
        wanted[key] = _join(wanted[key], asked) if key in wanted else asked
    found = Assessment(tuple(sorted(wanted.values(), key=lambda r: (r.step, r.role, r.aspect))), trace)
    if not found.sign_offs:
        raise NothingRequiredError()
    return found


def load_policy(path: Path = DEFAULT_POLICY) -> Policy:
    """Read a policy file; raise `PolicyError` with every problem, by row and column."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise PolicyError(source=str(path), problems=[f"cannot be read: {error.strerror}"]) from None
    return read_policy(body, source=str(path))


def read_policy(body: bytes, *, source: str = "policy") -> Policy:
    """Read a policy from the bytes of a CSV file (UTF-8, with or without a mark)."""
    try:
        columns, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig") or "\n"), strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise PolicyError(source=source, problems=[f"is not a CSV file in UTF-8: {error}"]) from None
    twice = {column for column in columns if columns.count(column) > 1}
    odd = sorted((set(columns) ^ set(_COLUMNS)) - _OPTIONAL | twice)
    if odd:
        raise PolicyError(source=source, problems=[f"row 1: the columns differ from ours in: {odd}"])
    problems: list[str] = []
    rules: dict[str, Rule] = {}
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        if len(cells) > len(columns):
            problems.append(f"row {number}: it has {len(cells)} cells under {len(columns)} columns")
        rule = _read_rule(dict(zip_longest(columns, cells[: len(columns)], fillvalue="")), number, problems)
        if rules.setdefault(rule.id, rule) is not rule:
            problems.append(f"row {number}, rule: {rule.id!r} stands in row {rules[rule.id].row} already")
    if not rules:
        problems.append("it has no rule, so nothing would be checked")
    if problems:
        raise PolicyError(source=source, problems=problems)
    return Policy(tuple(rules.values()), hashlib.sha256(body).hexdigest(), body)


def _read_rule(row: Mapping[str, str], number: int, problems: list[str]) -> Rule:
    def problem(column: str, text: str) -> None:
        problems.append(f"row {number}, {column}: {text}")

    def whole(column: str, least: int) -> int:
        text = row[column].strip()
        if not re.fullmatch("[0-9]{1,4}", text) or not least <= int(text) <= 1000:
            problem(column, f"{text!r} is not a whole number from {least} to 1000")
            return least
        return int(text)

    def one_of(column: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
        text = row[column].strip()
        if text not in known:
            problem(column, f"{text!r} is not one of {', '.join(known)}")
        return text

    condition = Condition("", ())
    try:
        condition = read_condition(row["condition"])
    except ValueError as error:
        problem("condition", str(error))
    for column in ("rule", "when_zh", "when_en", "why"):
        if not row[column].strip():
            problem(column, "is empty")
    return Rule(
        id=row["rule"].strip(),
        when_zh=row["when_zh"],
        when_en=row["when_en"],
        condition=condition,
        role=one_of("adds", ROLES),
        aspect=one_of("aspect", ASPECTS),
        kind=one_of("kind", ("review", "signoff")),
        step=whole("seq", 1),
        quorum=MAJORITY if row["quorum"] == MAJORITY else whole("quorum", 1),
        working_days=whole("sla_bd", 0),
        why_en=row["why"],
        why_zh=row.get("why_zh", ""),
        basis=row["basis"],
        row=number,
    )


def _join(first: Requirement, second: Requirement) -> Requirement:
    if MAJORITY in (first.quorum, second.quorum):
        quorum: int | str = MAJORITY
    else:
        quorum = max(int(first.quorum), int(second.quorum))
    return replace(
        first,
        step=min(first.step, second.step),
        quorum=quorum,
        working_days=min(first.working_days, second.working_days),
        rules=first.rules + second.rules,
    )


__all__ = [
    "MAJORITY",
    "UNKNOWN",
    "Assessment",
    "Outcome",
    "Policy",
    "Requirement",
    "Rule",
    "assess",
    "load_policy",
    "read_policy",
]

"""Who must agree, as the organisation's decision table says. Pure: no clock, no database.

The table is a CSV file that an administrator edits in a spreadsheet. Each row adds one
requirement when its condition holds: a *review* by an expert, or a *sign-off* by people of
a role in a numbered step. Whether enough have signed is ``approvals.clearance``'s business.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import compress
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, overload

from approvals.errors import NothingRequiredError, PolicyError
from approvals.policy_checks import check_rules
from approvals.policy_table import ERROR, MAJORITY, REVIEW, SIGN_OFF, Rule, TableProblem, read_table
from workflow.conditions import UNKNOWN, Fact, Test
from workflow.i18n import mark
from workflow.problems import LARGEST_FILE

DEFAULT_POLICY = Path(__file__).parent / "data" / "policy.csv"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the rules that fired ask of one role for one aspect.

    ``role`` may be a group (``cfo/finance``), in which whoever holds one of its roles counts.
    ``covers`` are the topics the answer is about, none meaning everything.
    """

    kind: str
    role: str
    aspect: str
    step: int
    quorum: int | str
    working_days: int
    rules: tuple[str, ...]
    covers: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is known by: rules that ask for the same place become one requirement."""
        return self.kind, self.role, self.aspect


class Outcome(NamedTuple):
    """One rule's answer, with the facts it asked; None is an answer nobody gave."""

    rule: str
    fired: bool
    inputs: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Trace(Sequence[Outcome]):
    """Every rule's outcome, in the order of the table; kept by column, read by row."""

    names: tuple[str, ...]
    answers: tuple[bool, ...]
    inputs: tuple[Mapping[str, Fact], ...]

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Outcome]: ...

    def __getitem__(self, place: int | slice) -> Outcome | Sequence[Outcome]:
        """Return one outcome, or some of them."""
        if isinstance(place, slice):
            return tuple(self)[place]
        return Outcome(self.names[place], self.answers[place], self.inputs[place])

    def __iter__(self) -> Iterator[Outcome]:
        return map(Outcome, self.names, self.answers, self.inputs)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a policy asks of an agreement, and why: every rule, fired or not."""

    requirements: tuple[Requirement, ...]
    trace: Trace

    @property
    def reviews(self) -> tuple[Requirement, ...]:
        """The experts to be asked."""
        return tuple(r for r in self.requirements if r.kind == REVIEW)

    @property
    def sign_offs(self) -> tuple[Requirement, ...]:
        """The people who must sign, by step."""
        return tuple(r for r in self.requirements if r.kind == SIGN_OFF)


_T = TypeVar("_T")
_Spread = Callable[[Sequence[_T]], tuple[_T, ...]]
#: What picks from the facts those that a rule asks.
_Picker = Callable[[Mapping[str, Fact]], Mapping[str, Fact]]


@dataclass(frozen=True, slots=True)
class Policy:
    """A decision table that was read whole; ``digest`` names its bytes."""

    rules: tuple[Rule, ...]
    digest: str
    body: bytes
    _asked: "_Asked" = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Lay out what is done for every agreement."""
        object.__setattr__(self, "_asked", _lay_out(self.rules))

    def __reduce__(self) -> tuple[type["Policy"], tuple[object, ...]]:
        """Leave the tests behind when it is pickled."""
        return Policy, (self.rules, self.digest, self.body)

    def rule(self, name: str) -> Rule | None:
        """Return the rule called *name*."""
        return next((rule for rule in self.rules if rule.id == name), None)

    def fired(self, facts: Mapping[str, Fact]) -> list[Rule]:
        """Return the rules that apply, without saying why."""
        return list(compress(self.rules, self._asked.answers(facts)))

    def trace(self, facts: Mapping[str, Fact]) -> Trace:
        """Return every rule's answer with the facts it asked."""
        asked = self._asked
        return Trace(asked.names, asked.answers(facts), asked.inputs(facts))

    def demands(self, trace: Iterable[Outcome]) -> tuple[Requirement, ...]:
        """Return what the rules that fired ask, by step; those for one place become one requirement.

        It has the strictest quorum, the earliest step, the shortest time, and covers all that
        any of them does.
        """
        wanted: dict[tuple[str, str, str], Requirement] = {}
        for outcome, asked in zip(trace, self._asked.demands, strict=True):
            if outcome.fired:
                place = asked.place
                wanted[place] = _join(wanted[place], asked) if place in wanted else asked
        return tuple(sorted(wanted.values(), key=lambda asked: (asked.step, asked.role, asked.aspect)))


def assess(policy: Policy, facts: Mapping[str, Fact]) -> Assessment:
    """Ask every rule; raise `NothingRequiredError` where none demands a sign-off."""
    trace = policy.trace(facts)
    found = Assessment(policy.demands(trace), trace)
    if not found.sign_offs:
        raise NothingRequiredError()
    return found


def trace_rows(found: Assessment) -> list[dict[str, Any]]:
    """Return every rule's answer and the facts it asked, as they are stored and shown."""
    return [
        {"rule": o.rule, "fired": o.fired, "inputs": {name: _plain(fact) for name, fact in o.inputs.items()}}
        for o in found.trace
    ]


def _plain(fact: object) -> object:
    if fact is None:
        return "unknown"
    return str(fact) if isinstance(fact, Decimal) else fact


def load_policy(path: Path = DEFAULT_POLICY) -> Policy:
    """Read a policy file for use; raise `PolicyError` with everything that is wrong in it."""
    policy, problems = examine(policy_file(path))
    errors = [problem for problem in problems if problem.severity == ERROR]
    if errors or policy is None:
        raise PolicyError(source=str(path), problems=errors)
    return policy


def policy_file(path: Path) -> bytes:
    """Return the bytes of a policy file, or raise `PolicyError` saying why it cannot be read."""
    try:
        if path.stat().st_size <= LARGEST_FILE:
            return path.read_bytes()
        problem = TableProblem("too_large", mark("is larger than a megabyte"))
    except OSError as error:
        what = mark("cannot be read: {reason}")
        problem = TableProblem("unreadable", what, facts={"reason": error.strerror or error})
    raise PolicyError(source=str(path), problems=[problem])


def read_policy(body: bytes, *, source: str = "policy") -> Policy:
    """Read a policy that was accepted before, as the store keeps it.

    It has to be readable; whether its rules make sense was asked when it was loaded, and may
    be asked more strictly by now.
    """
    table = read_table(body)
    if table.problems:
        raise PolicyError(source=source, problems=table.problems)
    return _policy(table.rules, body)


def examine(body: bytes) -> tuple[Policy | None, tuple[TableProblem, ...]]:
    """Return the policy in *body*, None where it cannot be read, with every error and warning."""
    table = read_table(body)
    problems = (*table.problems, *check_rules(table.rules, whole=not table.problems))
    found = tuple(sorted(problems, key=lambda problem: problem.row))
    return None if table.problems else _policy(table.rules, body), found


def _policy(rules: tuple[Rule, ...], body: bytes) -> Policy:
    return Policy(rules, hashlib.sha256(body).hexdigest(), body)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rules as they are asked. What several of them ask is asked once."""

    names: tuple[str, ...]
    demands: tuple[Requirement, ...]
    tests: tuple[Test, ...]
    by_test: _Spread[bool]
    pickers: tuple[_Picker, ...]
    by_picker: _Spread[Mapping[str, Fact]]

    def answers(self, facts: Mapping[str, Fact]) -> tuple[bool, ...]:
        """Return whether each rule applies."""
        return self.by_test([test(facts) for test in self.tests])

    def inputs(self, facts: Mapping[str, Fact]) -> tuple[Mapping[str, Fact], ...]:
        """Return the facts that each rule asks."""
        return self.by_picker([pick(facts) for pick in self.pickers])


def _lay_out(rules: tuple[Rule, ...]) -> _Asked:
    asked = [rule.condition for rule in rules]
    tests = {condition.alternatives: condition.holds for condition in asked}
    pickers = {condition.fields: _picker(condition.fields) for condition in asked}
    return _Asked(
        names=tuple(rule.id for rule in rules),
        demands=tuple(map(_demand, rules)),
        tests=tuple(tests.values()),
        by_test=_spread([list(tests).index(condition.alternatives) for condition in asked]),
        pickers=tuple(pickers.values()),
        by_picker=_spread([list(pickers).index(condition.fields) for condition in asked]),
    )


def _spread(places: list[int]) -> _Spread[Any]:
    """Return a function that gives each rule its own of what was found once for several."""
    if len(places) < 2:  # itemgetter gives one item without its tuple
        return lambda found: tuple(found[place] for place in places)
    return itemgetter(*places)


def _demand(rule: Rule) -> Requirement:
    return Requirement(
        rule.kind,
        rule.role,
        rule.aspect,
        rule.step,
        rule.quorum,
        rule.working_days,
        (rule.id,),
        rule.covers,
        (rule.escalate_to,) if rule.escalate_to else (),
    )


def _picker(names: tuple[str, ...]) -> _Picker:
    """Return a function that picks the facts called *names*; most rules ask one or two."""
    if len(names) == 1:
        (only,) = names
        return lambda facts: {only: facts[only]}
    if len(names) == 2:
        first, second = names
        return lambda facts: {first: facts[first], second: facts[second]}
    return lambda facts: {name: facts[name] for name in names}


def _join(first: Requirement, second: Requirement) -> Requirement:
    # A table has no majority beside another number than one, so a majority is the stricter.
    if MAJORITY in (first.quorum, second.quorum):
        quorum: int | str = MAJORITY
    else:
        quorum = max(int(first.quorum), int(second.quorum))
    everything = not first.covers or not second.covers
    return replace(
        first,
        step=min(first.step, second.step),
        quorum=quorum,
        working_days=min(first.working_days, second.working_days),
        rules=first.rules + second.rules,
        covers=() if everything else tuple(sorted({*first.covers, *second.covers})),
        escalate_to=tuple(dict.fromkeys(first.escalate_to + second.escalate_to)),
    )


__all__ = [
    "DEFAULT_POLICY",
    "MAJORITY",
    "UNKNOWN",
    "Assessment",
    "Outcome",
    "Policy",
    "Requirement",
    "Rule",
    "Trace",
    "assess",
    "examine",
    "load_policy",
    "policy_file",
    "read_policy",
]

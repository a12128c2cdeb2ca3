"""Whether the rules of a table make sense together: what would be asked twice, never, or of nobody.

Pure, and exact: every question asks finitely many answers apart, so the answers in between
are tried and nothing is guessed. What could let a rule silently not apply is an error; what
only asks more than is needed, or stops an agreement openly later, is a warning.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from approvals.policy_table import REVIEW, SIGN_OFF, WARNING, Rule, TableProblem
from workflow.conditions import Fact, Part
from workflow.i18n import mark
from workflow.vocabulary import FIELDS, NUMBER, TRUTH, WHOLE

#: Parts that must hold together, and ways of which any will do.
_Way = Sequence[Part]
# A table that takes more looking is nothing an administrator could be sure about either.
_MOST_WORK = 50_000
_AMOUNTS = ("contract_value", "cumulative_value_12m")


def check_rules(rules: Sequence[Rule], *, whole: bool = True) -> tuple[TableProblem, ...]:
    """Return what is wrong with each rule, and with the rules together.

    What the table lacks is only told where these are the *whole* of its rules.
    """
    found = [problem for rule in rules for problem in (*_check_words(rule), *_check_reach(rule))]
    found += _overlaps(rules)
    if whole:
        found += _gaps(rules)
        found += _unsigned(rules)
    return tuple(sorted(found, key=lambda problem: problem.row))


def check_holders(rules: Iterable[Rule], holders: Mapping[str, Collection[str]]) -> tuple[TableProblem, ...]:
    """Return the rules that too few people could answer: warnings, as they stop an agreement openly.

    *holders* names the people of each role, as the registry knows them now.
    """
    found = []
    for rule in rules:
        people = {person for role in rule.roles for person in holders.get(role, ())}
        facts = {"role": rule.role, "holders": len(people), "quorum": rule.quorum}
        if not people:
            what = mark("nobody holds {role}, so an agreement this rule applies to will stop")
            found.append(TableProblem("nobody_holds", what, rule.row, "adds", WARNING, facts))
        elif isinstance(rule.quorum, int) and len(people) < rule.quorum:
            what = mark("{quorum} are needed and {holders} hold {role}, so an agreement will stop")
            found.append(TableProblem("too_few_hold", what, rule.row, "quorum", WARNING, facts))
    return tuple(found)


def _check_words(rule: Rule) -> Iterator[TableProblem]:
    """Find what the columns of one row say against one another."""
    if not re.fullmatch(r"[\w.-]{1,32}", rule.id):
        what = mark("{rule!r} is no name: use up to 32 letters, digits, dots and hyphens")
        yield TableProblem("bad_name", what, rule.row, "rule", facts={"rule": rule.id})
    expected = "parallel" if rule.kind == REVIEW else "sequential"
    if rule.mode != expected:
        what = mark("{mode!r} does not fit a {kind}: reviews are parallel, sign-offs sequential by step")
        facts: dict[str, object] = {"mode": rule.mode, "kind": rule.kind}
        yield TableProblem("mode", what, rule.row, "mode", facts=facts)
    if rule.kind == REVIEW and rule.quorum != 1:
        what = mark("a review is one expert's opinion, so its quorum is 1; a sign-off may ask {quorum}")
        yield TableProblem("review_quorum", what, rule.row, "quorum", facts={"quorum": rule.quorum})
    if rule.escalate_to in rule.roles:
        what = mark("{role} would be told of its own lateness")
        facts = {"role": rule.escalate_to}
        yield TableProblem("escalates_to_itself", what, rule.row, "escalate_to", WARNING, facts)


# --- what a condition can meet -----------------------------------------------------------


def _check_reach(rule: Rule) -> Iterator[TableProblem]:
    """Find alternatives no known answers can fulfil, and those the others make superfluous."""
    answers = _answers([rule])
    ways = rule.condition.alternatives
    for number, way in enumerate(ways):
        others = [other for place, other in enumerate(ways) if place != number]
        facts = {"part": " & ".join(map(str, way))}
        if not _can_hold(way, answers):
            what = mark("{part} can never hold, so it asks nobody")
            yield TableProblem("unreachable", what, rule.row, "condition", facts=facts)
        elif others and _implies([way], others, answers):
            what = mark("{part} adds nothing: the other alternatives hold whenever it does")
            yield TableProblem("superfluous", what, rule.row, "condition", WARNING, facts)


def _can_hold(way: _Way, answers: Mapping[str, Sequence[Fact]]) -> bool:
    return all(_fitting(way, name, answers[name]) for name in {part.field for part in way})


def _fitting(way: _Way, name: str, answers: Iterable[Fact]) -> list[Fact]:
    """Return the answers to one question with which every part that asks it holds."""
    asked = [part for part in way if part.field == name]
    return [answer for answer in answers if all(part.holds({name: answer}) for part in asked)]


def _answers(rules: Iterable[Rule]) -> Mapping[str, Sequence[Fact]]:
    """Return for every question that is asked the answers that the rules tell apart."""
    parts = [part for rule in rules for way in rule.condition.alternatives for part in way]
    found: dict[str, Sequence[Fact]] = {}
    for name in {part.field for part in parts}:
        kind = FIELDS[name]
        if kind == NUMBER:
            found[name] = _numbers([part.value for part in parts if part.field == name], whole=name in WHOLE)
        else:
            found[name] = (True, False) if kind == TRUTH else sorted(kind)
    return found


def _numbers(thresholds: Iterable[object], *, whole: bool) -> list[Fact]:
    """Return each threshold, and a number on each side of it; no number is below zero."""
    edges = sorted({Decimal(str(threshold)) for threshold in thresholds})
    step = Decimal(1)
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    around = [edges[0] - step, *edges, *between, edges[-1] + step, Decimal(0)]
    if whole:
        around = [n for edge in around for n in (edge // 1, edge // 1 + 1)]
    return list(dict.fromkeys(number for number in sorted(around) if number >= 0))


class _TooManyError(Exception):
    """There are more combinations than it is worth to try."""


@dataclass
class _Search:
    """Looks for answers with which none of some ways holds; gives up after `_MOST_WORK` looks."""

    work: int = 0

    def miss(
        self, ways: Sequence[_Way], answers: Mapping[str, Sequence[Fact]]
    ) -> Mapping[str, Sequence[Fact]] | None:
        """Return such answers, None where there are none; raise `_TooManyError` where it gives up."""
        self.work += len(ways)
        if self.work > _MOST_WORK:
            raise _TooManyError
        left = [way for way in ways if _can_hold(way, answers)]
        if not left:
            return answers
        first = min(left, key=len)
        for name in dict.fromkeys(part.field for part in first):
            fitting = set(_fitting(first, name, answers[name]))
            failing = [answer for answer in answers[name] if answer not in fitting]
            if failing and (found := self.miss(left, {**answers, name: failing})) is not None:
                return found
        return None


def _implies(ways: Sequence[_Way], others: Sequence[_Way], answers: Mapping[str, Sequence[Fact]]) -> bool:
    """Tell whether some of *others* holds whenever one of *ways* does; False where that takes too long."""
    for way in ways:
        within = {name: _fitting(way, name, found) for name, found in answers.items()}
        try:
            if all(within.values()) and _Search().miss(others, within) is not None:
                return False
        except _TooManyError:
            return False
    return True


# --- rules together ----------------------------------------------------------------------


def _overlaps(rules: Sequence[Rule]) -> Iterator[TableProblem]:
    """Find rules that another rule makes superfluous.

    Of two that say the same, one was meant to say something else, which now no rule says.
    """
    for one, other in combinations(rules, 2):
        if (one.kind, one.role, one.aspect) != (other.kind, other.role, other.aspect):
            continue
        answers = _answers([one, other])
        ways, others = one.condition.alternatives, other.condition.alternatives
        forth, back = _implies(ways, others, answers), _implies(others, ways, answers)
        if forth and back and _adds(one) == _adds(other):
            what = mark("it says what {rule} in row {row} says")
            facts = {"rule": one.id, "row": one.row}
            yield TableProblem("overlap", what, other.row, "condition", facts=facts)
        elif forth and _asks_no_more(one, other):
            yield _contained(one, other)
        elif back and _asks_no_more(other, one):
            yield _contained(other, one)


def _contained(inner: Rule, outer: Rule) -> TableProblem:
    what = mark("{rule} in row {row} applies whenever it does, and asks as much")
    facts = {"rule": outer.id, "row": outer.row}
    return TableProblem("contained", what, inner.row, "condition", WARNING, facts)


def _adds(rule: Rule) -> tuple[object, ...]:
    return rule.step, rule.quorum, rule.working_days, rule.covers, rule.escalate_to


def _asks_no_more(inner: Rule, outer: Rule) -> bool:
    """Tell whether *inner* beside *outer* changes nothing of what is asked."""
    return (
        inner.step >= outer.step
        and (inner.quorum in (outer.quorum, 1) or _fewer(inner.quorum, outer.quorum))
        and inner.working_days >= outer.working_days
        and (not outer.covers or (bool(inner.covers) and {*inner.covers} <= {*outer.covers}))
        and inner.escalate_to in ("", outer.escalate_to)
    )


def _fewer(quorum: int | str, other: int | str) -> bool:
    return isinstance(quorum, int) and isinstance(other, int) and quorum <= other


def _gaps(rules: Sequence[Rule]) -> Iterator[TableProblem]:
    """Find amounts between the bands of a table, or above the last, where less is asked again.

    A threshold without an upper end leaves nothing out. Where a band ends, another has to
    have begun above its start, or a larger agreement would be asked less than a smaller one.
    Bands with a condition beside the amount, such as a kind of contract, make a ladder with
    those that have none; so do all sign-offs, and the reviews of one aspect.
    """
    for name in _AMOUNTS:
        bands = [
            (rule, way)
            for rule in rules
            for way in rule.condition.alternatives
            if any(part.field == name for part in way)
        ]
        amounts = _answers(rule for rule, _ in bands).get(name, ())
        for rule, way in bands:
            kind, beside = _ladder(rule, way, name)
            ladder = [w for r, w in bands if _ladder(r, w, name) in ((kind, beside), (kind, frozenset()))]
            yield from _gaps_above(rule, way, ladder, name, amounts)


def _ladder(rule: Rule, way: _Way, name: str) -> tuple[str, frozenset[Part]]:
    kind = SIGN_OFF if rule.kind == SIGN_OFF else rule.aspect
    return kind, frozenset(part for part in way if part.field != name)


def _gaps_above(
    rule: Rule, way: _Way, ladder: Sequence[_Way], name: str, amounts: Sequence[Fact]
) -> Iterator[TableProblem]:
    mine = _fitting(way, name, amounts)
    start: Fact = None
    for amount, following in pairwise(amounts):
        if amount not in mine:
            start = None
            continue
        start = amount if start is None else start
        if following in mine:
            continue
        higher = [w for w in ladder if not _fitting(w, name, [start])]
        if any(_fitting(w, name, [following]) for w in higher):
            continue
        above = amounts[amounts.index(following) :]
        facts: dict[str, object] = {"field": name, "amount": _plain(following)}
        if any(_fitting(w, name, above) for w in higher):
            what = mark("a gap follows this band: no band applies where {field} is {amount}")
        else:
            what = mark(
                "no band follows this one: a larger agreement is asked less where {field} is {amount}"
            )
        yield TableProblem("gap", what, rule.row, "condition", facts=facts)


def _unsigned(rules: Sequence[Rule]) -> Iterator[TableProblem]:
    """Find an agreement that nobody would have to sign."""
    signing = [rule for rule in rules if rule.kind == SIGN_OFF]
    ways = [way for rule in signing for way in rule.condition.alternatives]
    what = mark(
        "some agreements would need no sign-off; add a rule for every agreement, as: contract_value >= 0"
    )
    try:
        found = _Search().miss(ways, _answers(signing))
    except _TooManyError:
        # A rule that always applies would have ended the search at once.
        found = {}
    if found is None:
        return
    if not found:
        yield TableProblem("unsigned", what)
        return
    example = ", ".join(f"{name} = {_plain(answers[0])}" for name, answers in sorted(found.items()))
    what = mark(
        "some agreements would need no sign-off, as one where {example}; add a rule for every agreement, "
        "as: contract_value >= 0"
    )
    yield TableProblem("unsigned", what, facts={"example": example})


def _plain(answer: Fact) -> str:
    if isinstance(answer, bool):
        return str(answer).lower()
    return f"{answer:f}" if isinstance(answer, Decimal) else str(answer)

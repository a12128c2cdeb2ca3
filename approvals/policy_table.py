"""The decision table as a file: its columns, and a rule for each row. Pure.

Everything that is wrong is collected, with row and column. Whether rules that can be read
make sense together is ``approvals.policy_checks``'s business.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, zip_longest
from typing import Any

from approvals.labels import ASPECTS, ROLES
from workflow.conditions import BadConditionError, Condition, read_condition
from workflow.i18n import mark, translate
from workflow.parts import TOPICS

MAJORITY = "majority"
REVIEW, SIGN_OFF = "review", "signoff"
ERROR, WARNING = "error", "warning"
#: More than an administrator could keep in mind, and few enough to compare each with each.
MOST_RULES = 500

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
# Reasons in Chinese; the topics an answer is about; who is told when it is late. Empty: the
# English reasons, everything, nobody.
_OPTIONAL = ("why_zh", "covers", "escalate_to")


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One thing to mend: where, what, and whether the table can be used as it is.

    *what* is a text of the catalogue, filled with *facts*; *code* names it for programs.
    Row 0 is the table as a whole.
    """

    code: str
    what: str
    row: int = 0
    column: str = ""
    severity: str = ERROR
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        what = translate(self.what).format(**self.facts)
        return translate(self._place).format(row=self.row, column=self.column, what=what)

    def as_data(self) -> dict[str, Any]:
        """Return it for programs, whatever the interface's language."""
        return {
            "code": self.code,
            "severity": self.severity,
            "row": self.row,
            "column": self.column,
            "message": self.what.format(**self.facts),
        }

    @property
    def _place(self) -> str:
        if not self.row:
            return "{what}"
        return mark("row {row}, {column}: {what}") if self.column else mark("row {row}: {what}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    ``role`` may be a group of roles joined by a slash. ``working_days`` is how long whoever
    is asked has; ``covers`` are the topics their answer is about, none meaning everything;
    ``escalate_to`` is the role that is told when they are late.
    """

    id: str
    when_zh: str
    when_en: str
    condition: Condition
    role: str
    aspect: str
    kind: str
    step: int
    mode: str
    quorum: int | str
    working_days: int
    why_en: str
    why_zh: str
    basis: str
    covers: tuple[str, ...]
    escalate_to: str
    row: int

    def when(self, language: str) -> str:
        """Say when the rule applies, in *language*."""
        return self.when_zh if language == "zh-TW" else self.when_en

    def why(self, language: str) -> str:
        """Say why there is such a rule, in *language* where the table has it."""
        return self.why_zh if language == "zh-TW" and self.why_zh else self.why_en

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of its group; one, as a rule."""
        return tuple(self.role.split("/"))


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says: the rules of the rows that can be read, and what is wrong with the others."""

    rules: tuple[Rule, ...]
    problems: tuple[TableProblem, ...]


def read_table(body: bytes) -> Table:
    """Read the bytes of a CSV file (UTF-8, with or without a mark)."""
    try:
        columns, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig") or "\n"), strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        what = mark("is not a CSV file in UTF-8: {reason}")
        return Table((), (TableProblem("not_csv", what, facts={"reason": error}),))
    problems = list(_column_problems(columns))
    if len(rows) > MOST_RULES:
        what = mark("it has more than {most} rows")
        problems.append(TableProblem("too_many_rows", what, facts={"most": MOST_RULES}))
    if problems:
        return Table((), tuple(problems))
    rules: dict[str, Rule] = {}
    names: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        found: list[TableProblem] = []
        if len(cells) > len(columns):
            what = mark("it has {cells} cells under {columns} columns")
            facts: dict[str, object] = {"cells": len(cells), "columns": len(columns)}
            found.append(TableProblem("too_many_cells", what, number, facts=facts))
        row = dict.fromkeys(_OPTIONAL, "") | dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
        rule = _read_rule(row, _Row(number, row, found))
        first = names.setdefault(rule.id, number)
        if first != number:
            what = mark("{rule!r} stands in row {row} already")
            facts = {"rule": rule.id, "row": first}
            found.append(TableProblem("rule_twice", what, number, "rule", facts=facts))
        if not found:
            rules[rule.id] = rule
        problems += found
    if not names:
        problems.append(TableProblem("no_rule", mark("it has no rule, so nothing would be checked")))
    problems += _mixed_quorums(rules.values())
    return Table(tuple(rules.values()), tuple(problems))


def _column_problems(columns: list[str]) -> Iterator[TableProblem]:
    known = (*_COLUMNS, *_OPTIONAL)
    for column in dict.fromkeys(columns):
        if column not in known:
            what = mark("{column!r} is not a column of ours; they are: {known}")
            facts = {"column": column, "known": ", ".join(known)}
            yield TableProblem("unknown_column", what, 1, facts=facts)
        elif columns.count(column) > 1:
            what = mark("the column {column!r} stands there twice")
            yield TableProblem("column_twice", what, 1, facts={"column": column})
    for column in _COLUMNS:
        if column not in columns:
            what = mark("the column {column!r} is missing")
            yield TableProblem("missing_column", what, 1, facts={"column": column})


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, each read with what is wrong with it being noted."""

    number: int
    cells: Mapping[str, str]
    problems: list[TableProblem]

    def text(self, column: str) -> str:
        return self.cells[column].strip()

    def note(self, code: str, column: str, what: str, **facts: object) -> None:
        self.problems.append(TableProblem(code, what, self.number, column, facts=facts))

    def required(self, column: str) -> str:
        if not self.text(column):
            self.note("empty", column, mark("is empty"))
        return self.cells[column]

    def whole(self, column: str, least: int) -> int:
        text = self.text(column)
        if not re.fullmatch("[0-9]{1,4}", text) or not least <= int(text) <= 1000:
            what = mark("{text!r} is not a whole number from {least} to 1000")
            self.note("not_a_number", column, what, text=text, least=least)
            return least
        return int(text)

    def one_of(self, column: str, known: Collection[str], text: str | None = None) -> str:
        text = self.text(column) if text is None else text
        if text not in known:
            what = mark("{text!r} is not one of {known}")
            self.note("unknown_word", column, what, text=text, known=", ".join(known))
        return text

    def several(self, column: str, known: Collection[str], separator: str) -> tuple[str, ...]:
        """Return the words of a list, sorted so that their order means nothing."""
        words = [word.strip() for word in self.cells[column].split(separator)]
        for word in words:
            self.one_of(column, known, word)
        for word in sorted({word for word in words if words.count(word) > 1}):
            self.note("word_twice", column, mark("{word!r} stands there twice"), word=word)
        return tuple(sorted(set(words)))


def _read_rule(cells: Mapping[str, str], row: _Row) -> Rule:
    condition = Condition("", ())
    try:
        condition = read_condition(cells["condition"])
    except BadConditionError as error:
        for slip in error.slips:
            row.note("bad_condition", "condition", slip.what, **slip.facts)
    return Rule(
        id=row.required("rule").strip(),
        when_zh=row.required("when_zh"),
        when_en=row.required("when_en"),
        condition=condition,
        role="/".join(row.several("adds", ROLES, "/")),
        aspect=row.one_of("aspect", ASPECTS),
        kind=row.one_of("kind", (REVIEW, SIGN_OFF)),
        step=row.whole("seq", 1),
        mode=row.text("mode"),
        quorum=MAJORITY if row.text("quorum") == MAJORITY else row.whole("quorum", 1),
        working_days=row.whole("sla_bd", 0),
        why_en=row.required("why"),
        why_zh=cells["why_zh"],
        basis=cells["basis"],
        covers=row.several("covers", TOPICS, ",") if row.text("covers") else (),
        escalate_to=row.one_of("escalate_to", ROLES) if row.text("escalate_to") else "",
        row=row.number,
    )


def _mixed_quorums(rules: Collection[Rule]) -> Iterator[TableProblem]:
    """Find a majority beside a number for one seat: which is stricter changes with the body.

    A majority is never fewer than one, so beside a quorum of 1 it is the stricter of the two.
    """
    for one, other in combinations(rules, 2):
        quorums = (one.quorum, other.quorum)
        if (one.kind, one.role, one.aspect) == (other.kind, other.role, other.aspect) and (
            MAJORITY in quorums and any(isinstance(quorum, int) and quorum > 1 for quorum in quorums)
        ):
            what = mark(
                "{quorum} beside {other} in row {row}, for the same role and aspect: ask one or the other"
            )
            facts = {"quorum": other.quorum, "other": one.quorum, "row": one.row}
            yield TableProblem("mixed_quorum", what, other.row, "quorum", facts=facts)

"""The clauses of a library: what each says, when a contract has it, and what may stand in its place.

A clause is text with fields, kept in one file a family and a language. It has a *standard*
wording and ranked *fallbacks*: what we would rather give up comes first.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from workflow.conditions import BadConditionError, Condition, Fact, read_condition
from workflow.i18n import mark
from workflow.problems import Refused, checked, read_toml
from workflow.texts import Line, Text
from workflow.topics import Section
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

#: How much worse than the standard a wording is for us.
Risk = Literal["low", "medium", "high"]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,38}\.[a-z][a-z0-9_]{0,38}")


class Wording(Section):
    """One way to word a clause: the reason to use it, and the risk facts that it makes true."""

    id: Line
    title: Line | None = None
    text: Text
    reason: Text
    risk: Risk = "low"
    sets: Mapping[str, bool | int | str] = {}

    @field_validator("sets")
    @classmethod
    def _in_the_vocabulary(cls, value: Mapping[str, bool | int | str]) -> Mapping[str, bool | int | str]:
        for name, fact in value.items():
            kind = FIELDS.get(name)
            fits = (
                isinstance(fact, bool)
                if kind == TRUTH
                else isinstance(fact, int) and not isinstance(fact, bool)
                if kind == NUMBER
                else kind is not None and fact in kind
            )
            if not fits:
                fix = mark("write a field and an answer that a policy knows")
                raise Refused(mark("sets {field}, which no policy asks so"), fix, field=name)
        return value


class Clause(Wording):
    """A clause and its standard wording.

    ``kinds`` are the contracts it belongs to, ``when`` the condition under which they have it
    (always, where it has none), ``only`` the document languages it is for, ``basis`` the statutes
    that govern it, ``order`` its place.
    """

    title: Line  # a fallback may take the standard's, which needs one
    version: Line
    kinds: tuple[Line, ...]
    order: int
    when: Line | None = None
    only: tuple[Line, ...] = ()
    basis: tuple[Line, ...] = ()
    fallbacks: tuple[Wording, ...] = ()
    language: str = ""
    _condition: Condition | None = PrivateAttr(default=None)

    @field_validator("id")
    @classmethod
    def _named(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise Refused(mark("is no name of a clause"), mark("write it as in liability.cap"))
        return value

    @model_validator(mode="after")
    def _readable(self) -> "Clause":
        if self.when:
            try:
                self._condition = read_condition(self.when)
            except BadConditionError as error:
                raise Refused(str(error), mark("write it as the condition of a policy rule")) from None
        return self

    @property
    def family(self) -> str:
        """What it is about; one contract has one clause of a family."""
        return self.id.partition(".")[0]

    def belongs(self, kind: str, language: str, facts: Mapping[str, Fact]) -> bool:
        """Tell whether a contract of a kind has it by rule; an unknown fact counts as risky."""
        if kind not in self.kinds or (self.only and language not in self.only):
            return False
        return self._condition is None or self._condition.holds(facts)

    def wording(self, name: str) -> Wording | None:
        """Return the fallback of that name."""
        return next((wording for wording in self.fallbacks if wording.id == name), None)

    @cached_property
    def source(self) -> dict[str, object]:
        """The clause as its file has it, to be kept with what was made of it."""
        return self.model_dump(mode="json", exclude_none=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `source`: the clause's version, whatever it calls itself."""
        written = json.dumps(self.source, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()


class _File(Section):
    family: Line
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _of_one_family(self) -> "_File":
        for clause in self.clauses:
            if clause.family != self.family:
                fix = mark("begin its id with the family's name")
                raise Refused(mark("has {clause}, which is of another family"), fix, clause=clause.id)
        return self


def read_clauses(path: Path, language: str) -> tuple[Clause, ...]:
    """Read a family's file in a language; raise `InvalidInputError` with every slip in it."""
    read = checked(_File, read_toml(path), source=str(path))
    return tuple(clause.model_copy(update={"language": language}) for clause in read.clauses)

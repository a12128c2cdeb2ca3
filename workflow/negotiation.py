"""The road to the terms: the plan before the talks, and what each round brought.

All of it is internal. Nothing here reaches a document for the other side except the
minutes' agreed points; documents for them are made from ``workflow.terms``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workflow.problems import checked, read_toml
from workflow.terms import Terms
from workflow.texts import Day, Line, Text


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def canonical(self) -> bytes:
        """Return the bytes that stand for this record: sorted JSON."""
        return json.dumps(
            self.model_dump(mode="json", exclude_none=True),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `canonical`."""
        return hashlib.sha256(self.canonical()).hexdigest()


class Issue(_Frozen):
    """One thing to negotiate: what we want, where we stop, what they may want."""

    topic: Line
    aim: Line | None = None
    limit: Line | None = None
    their_interest: Line | None = None


class Plan(_Frozen):
    """The negotiation plan (協商計畫), frozen when the talks open."""

    purpose: Text
    marketing_focus: Line | None = None
    issues: Annotated[tuple[Issue, ...], Field(max_length=200)] = ()
    walk_away: Text | None = None
    mandate: Text | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "plan") -> "Plan":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)


class Point(_Frozen):
    """What a round did with one issue of the plan."""

    topic: Line
    status: Literal["agreed", "open", "dropped"]
    value: Line | None = None


class Round(_Frozen):
    """One meeting or exchange of the negotiation (協商紀錄)."""

    held_on: Day
    attendees: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    summary: Text
    points: Annotated[tuple[Point, ...], Field(max_length=200)] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "round") -> "Round":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)


class Deal(_Frozen):
    """A deal file: the terms, and where they were already negotiated the plan and the rounds."""

    terms: Terms
    plan: Plan | None = None
    rounds: tuple[Round, ...] = ()

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Deal":
        """Read a TOML file whose ``[plan]`` and ``[[rounds]]`` stand beside the terms."""
        data = read_toml(path)
        terms = {key: data[key] for key in data if key not in ("plan", "rounds")}
        beside: dict[str, Any] = {key: data[key] for key in ("plan", "rounds") if key in data}
        return cls(
            terms=Terms.read(terms, source=str(path)),
            **dict(checked(_Beside, beside, source=str(path))),
        )


class _Beside(_Frozen):
    plan: Plan | None = None
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an issue of the plan stands after the rounds held so far."""

    topic: str
    status: str
    value: str | None


def standings(plan: Plan | None, rounds: Iterable[Round]) -> tuple[Standing, ...]:
    """Return where each issue stands: the last round that spoke of it decides."""
    latest = {issue.topic: Standing(issue.topic, "open", None) for issue in (plan.issues if plan else ())}
    for held in rounds:
        for point in held.points:
            latest[point.topic] = Standing(point.topic, point.status, point.value)
    return tuple(latest.values())


def unsettled(plan: Plan | None, rounds: Iterable[Round]) -> tuple[str, ...]:
    """Return the topics with neither an agreed value nor a decision to drop them."""
    return tuple(
        issue.topic
        for issue in standings(plan, rounds)
        if issue.status == "open" or (issue.status == "agreed" and not issue.value)
    )

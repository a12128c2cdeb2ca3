"""The road to the terms: the plan before the talks, and what each round brought.

All of it is internal. Nothing here reaches a document for the other side except the
minutes' agreed points; documents for them are made from ``workflow.terms``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from os import PathLike
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from workflow.i18n import mark
from workflow.problems import Refused, checked, read_toml
from workflow.terms import Terms
from workflow.texts import Day, Line, Text
from workflow.topics import Section

#: The techniques of negotiation that the competency unit names (註2).
Technique = Literal[
    "goals_and_limits",
    "clarify_needs",
    "agreement_and_difference",
    "research",
    "listening_and_questions",
    "non_verbal",
    "language",
    "bargaining",
    "options",
    "confirm_agreement",
    "culture",
]
#: How closely a document is kept; none where nobody has said.
Classification = Literal["internal", "confidential", "secret"]

# What is not given is None and never an empty list, so that a record from before a field was
# there has the same bytes, and so the same digest, as one that leaves the field out.


class Issue(Section):
    """One thing to negotiate: what we want, where we begin and stop, what they may want, what is traded."""

    topic: Line
    priority: Literal["high", "medium", "low"] | None = None
    aim: Line | None = None
    opening: Line | None = None
    limit: Line | None = None
    their_interest: Line | None = None
    options: Line | None = None
    trade: Line | None = None


class Evidence(Section):
    """A fact the plan rests on, of one of the kinds the competency unit asks for, and its source."""

    kind: Literal["fact", "statistic", "kpi", "usage", "request_letter", "written_proof"]
    what: Line
    source: Line
    seen_on: Day | None = None


class Input(Section):
    """What a colleague said to the plan, and whether it was taken and why."""

    who: Line
    on: Day
    what: Text
    taken: bool
    why: Line


class Step(Section):
    """A step of the schedule: what, until when, by whom."""

    what: Line
    due: Day
    who: Line


class Plan(Section):
    """The negotiation plan (協商計畫), frozen when the talks open. All of it stays inside."""

    purpose: Text
    counterpart: Text | None = None
    marketing_focus: Line | None = None
    our_benefit: Line | None = None
    their_benefit: Line | None = None
    issues: Annotated[tuple[Issue, ...], Field(max_length=200)] = ()
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=200)] | None = None
    concessions: Text | None = None
    techniques: Annotated[tuple[Technique, ...], Field(max_length=11)] | None = None
    walk_away: Text | None = None
    batna: Text | None = None
    mandate: Text | None = None
    input: Annotated[tuple[Input, ...], Field(max_length=200)] | None = None
    schedule: Annotated[tuple[Step, ...], Field(max_length=100)] | None = None
    classification: Classification | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "plan") -> "Plan":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)


class Point(Section):
    """What a round did with one issue of the plan.

    The positions are what each side said in the meeting: both sides read them in the minutes.
    """

    topic: Line
    status: Literal["agreed", "open", "dropped"]
    value: Line | None = None
    our_position: Line | None = None
    their_position: Line | None = None


class NextMeeting(Section):
    """When and where the talks go on."""

    on: Day
    place: Line | None = None
    about: Line | None = None


class Round(Section):
    """One meeting or exchange of the negotiation (協商紀錄).

    The techniques used are for our own record and stand in no minutes.
    """

    held_on: Day
    attendees: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    summary: Text
    points: Annotated[tuple[Point, ...], Field(max_length=200)] = ()
    place: Line | None = None
    agenda: Annotated[tuple[Line, ...], Field(max_length=50)] | None = None
    actions: Annotated[tuple[Step, ...], Field(max_length=100)] | None = None
    reservations: Text | None = None
    next_meeting: NextMeeting | None = None
    confirm_by: Day | None = None
    techniques: Annotated[tuple[Technique, ...], Field(max_length=11)] | None = None
    classification: Classification | None = None

    @field_validator("next_meeting")
    @classmethod
    def _meets_later(cls, value: NextMeeting | None, info: ValidationInfo) -> NextMeeting | None:
        if value and "held_on" in info.data and value.on < info.data["held_on"]:
            raise Refused(mark("lies before this meeting"), mark("check both dates"))
        return value

    @field_validator("confirm_by")
    @classmethod
    def _confirmed_later(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value and "held_on" in info.data and value < info.data["held_on"]:
            raise Refused(mark("lies before this meeting"), mark("check both dates"))
        return value

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "round") -> "Round":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)


class Deal(Section):
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


class _Beside(Section):
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

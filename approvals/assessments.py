"""What assessors judged: one row of a competency unit, of one person's work, by named evidence. Pure.

Judgements hang in a chain of their own. A later one of the same row takes the place of the
earlier, whoever made it, and both stay. Recording one is ``approvals.assessing``'s business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from approvals.errors import NothingSeenError
from approvals.labels import JUDGEMENTS, METHODS
from workflow.errors import InvalidInputError
from workflow.events import Event, Type
from workflow.i18n import mark
from workflow.problems import Problem

#: Methods by which an assessor reads what is recorded, so that they can say which record it was.
OF_RECORDS = frozenset({"documents", "case-study"})


@dataclass(frozen=True, slots=True)
class Cited:
    """An event that was seen, with its digest, so that it says what was seen."""

    ref: str
    digest: str

    @property
    def stream(self) -> str:
        """The agreement it is of."""
        return self.ref.rpartition("#")[0]

    @property
    def seq(self) -> int:
        """Its number; 0 where it has none."""
        number = self.ref.rpartition("#")[2]
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an assessor finds. *evidence* are agreements with the number of an event."""

    candidate: str
    unit: str
    row: str
    judgement: str
    method: str
    evidence: tuple[tuple[str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judgement as it was recorded; ``reason`` is the digest of the assessor's words."""

    seq: int
    hash: str
    at: datetime
    assessor: str
    candidate: str
    unit: str
    row: str
    judgement: str
    method: str
    evidence: tuple[Cited, ...]
    reason: str

    @property
    def receipt(self) -> str:
        """The short form of its receipt."""
        return f"{self.hash[:4]}-{self.hash[4:8]}"


def read_assessment(event: Event) -> Assessment:
    """Return what an event records; raise `ValueError`, `KeyError` or `TypeError` where that is none."""
    if event.type is not Type.ASSESSED:
        raise ValueError(f"{event.ref} is no assessment")
    said = event.payload
    evidence = tuple(Cited(row["event"], row["digest"]) for row in said["evidence"])
    words = [said[name] for name in ("candidate", "unit", "row", "judgement", "method", "reason")]
    if not all(isinstance(word, str) for word in (*words, *(each for c in evidence for each in astuple(c)))):
        raise TypeError(f"{event.ref} holds something else than words")
    return Assessment(
        seq=event.seq,
        hash=event.hash,
        at=event.at,
        assessor=event.actor,
        candidate=said["candidate"],
        unit=said["unit"],
        row=said["row"],
        judgement=said["judgement"],
        method=said["method"],
        evidence=evidence,
        reason=said["reason"],
    )


def assessments_of(events: Iterable[Event], candidate: str, unit: str) -> tuple[Assessment, ...]:
    """Return what was judged of a person's work against a unit, oldest first."""
    read = map(read_assessment, events)
    return tuple(found for found in read if (found.candidate, found.unit) == (candidate, unit))


def latest(found: Iterable[Assessment]) -> Mapping[str, Assessment]:
    """Return the judgement that stands for each row: the last."""
    return {one.row: one for one in found}


def payload_of(said: Judgement, evidence: Iterable[Cited], reason: str) -> dict[str, Any]:
    """Return what the event says; *reason* is the digest of the words."""
    return {
        "candidate": said.candidate,
        "unit": said.unit,
        "row": said.row,
        "judgement": said.judgement,
        "method": said.method,
        "evidence": [{"event": cited.ref, "digest": cited.digest} for cited in evidence],
        "reason": reason,
    }


def fields_of(payload: Mapping[str, Any]) -> dict[str, str | int]:
    """Return what the signed statement says of an event's content."""
    names = ("candidate", "unit", "row", "judgement", "method", "reason")
    fields = {name: payload[name] for name in names}
    # No name of an event has a space or a comma in it, and no digest has.
    evidence = ", ".join(f"{row['event']} {row['digest']}" for row in payload["evidence"])
    return {**fields, "evidence": evidence}


def require_sound(said: Judgement) -> None:
    """Raise where a judgement is none of ours, or does not say what was seen."""
    problems = [
        Problem(name, mark("is not one of {known}"), "", value, {"known": ", ".join(known)})
        for name, value, known in (
            ("judgement", said.judgement, JUDGEMENTS),
            ("method", said.method, METHODS),
        )
        if value not in known
    ]
    if problems:
        raise InvalidInputError("assess", problems)
    lack = lacking(said.method, seen=bool(said.evidence), told=bool(said.reason))
    if lack:
        raise NothingSeenError(reason=lack)


def lacking(method: str, *, seen: bool, told: bool) -> str:
    """Say what a judgement by *method* lacks, where it cites no event or has no words; empty for nothing."""
    if method in OF_RECORDS and not seen:
        return mark("by this method, evidence has to be named")
    if not seen and not told:
        return mark("neither evidence is named nor are there words")
    return ""

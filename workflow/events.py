"""The facts that can be recorded, in the past tense, and how each is written down.

An event says who did what, when, with which result; the chain it hangs in is
``workflow.ledger``'s, what events add up to is ``workflow.replay``'s. Events carry a schema
version and are never rewritten: a new need is a new type or a new optional key.

Free text (reasons, questions, reasoning) is not in the line: the line carries the digest
of a salted note kept beside it, so that a person's words can be erased by request and the
chain still holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from workflow.ledger import Entry

SCHEMA = 1
#: The chains that are no agreement's: who there is and which rules hold; what assessors judged.
REGISTRY, ASSESSMENTS = "registry", "assessments"


class Type(StrEnum):
    """What can have happened to an agreement, to the registry of people and rules, or to be judged."""

    CREATED = "created"
    PLANNED = "planned"
    OPENED = "opened"
    ROUND_HELD = "round_held"
    TERMS_AGREED = "terms_agreed"
    CONFIRMATION_SENT = "confirmation_sent"
    CONFIRMATION_ACKNOWLEDGED = "confirmation_acknowledged"
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    DRAFT_RECEIVED = "draft_received"
    DOCUMENT_ISSUED = "document_issued"
    FLAG_RAISED = "flag_raised"
    FLAG_RESOLVED = "flag_resolved"
    FLAG_ASSIGNED = "flag_assigned"
    FLAG_DECLINED = "flag_declined"
    CONDITION_CLOSED = "condition_closed"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    RECUSED = "recused"
    EXCUSED = "excused"
    RETRACTED = "retracted"
    EXECUTED = "executed"
    ACTIVATED = "activated"
    RENEWED = "renewed"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ORGANISATION_NAMED = "organisation_named"
    PERSON_ADDED = "person_added"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    KEY_ADDED = "key_added"
    KEY_REVOKED = "key_revoked"
    POLICY_ADOPTED = "policy_adopted"
    DELEGATED = "delegated"
    DELEGATION_ENDED = "delegation_ended"
    ERASED = "erased"
    ASSESSED = "assessed"


#: The action of the state table that each type performs; types of other chains perform none.
ACTION_OF = {
    Type.CREATED: "new",
    Type.PLANNED: "plan",
    Type.OPENED: "open",
    Type.ROUND_HELD: "round",
    Type.TERMS_AGREED: "agree",
    Type.CONFIRMATION_SENT: "confirm",
    Type.CONFIRMATION_ACKNOWLEDGED: "acknowledge",
    Type.DRAFTED: "draft",
    Type.SUBMITTED: "submit",
    Type.DRAFT_RECEIVED: "import_draft",
    Type.DOCUMENT_ISSUED: "issue",
    Type.FLAG_RAISED: "raise_flag",
    Type.FLAG_RESOLVED: "resolve_flag",
    Type.FLAG_ASSIGNED: "assign_flag",
    Type.FLAG_DECLINED: "decline_flag",
    Type.CONDITION_CLOSED: "close_condition",
    Type.APPROVED: "approve",
    Type.RETURNED: "return",
    Type.REJECTED: "reject",
    Type.RECUSED: "recuse",
    Type.EXCUSED: "excuse",
    Type.RETRACTED: "retract",
    Type.EXECUTED: "execute",
    Type.ACTIVATED: "activate",
    Type.RENEWED: "renew",
    Type.TERMINATED: "terminate",
    Type.EXPIRED: "expire",
    Type.WITHDRAWN: "withdraw",
}

#: Types whose event is worth nothing without the actor's own signature over its statement.
SIGNED = frozenset(
    {
        Type.FLAG_RESOLVED,
        Type.FLAG_DECLINED,
        Type.CONDITION_CLOSED,
        Type.APPROVED,
        Type.RETURNED,
        Type.REJECTED,
        Type.RECUSED,
        Type.EXCUSED,
        Type.RETRACTED,
        Type.ASSESSED,
    }
)


def is_agreement(stream: str) -> bool:
    """Tell whether a chain is an agreement's, by its name."""
    return stream not in (REGISTRY, ASSESSMENTS)


@dataclass(frozen=True, slots=True)
class Signed:
    """The statement a person signed: its digest, the signature over it, the key's fingerprint."""

    statement: str
    signature: str
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """One fact as read back from its line. ``seq`` counts within the stream, from 1."""

    stream: str
    seq: int
    hash: str
    at: datetime
    type: Type
    actor: str
    to: str
    payload: Mapping[str, Any]
    signed: Signed | None = None

    @property
    def ref(self) -> str:
        """How people name this event, as in ``AGR-2026-0042#7``."""
        return f"{self.stream}#{self.seq}"

    @property
    def receipt(self) -> str:
        """The short form of the receipt: the first digits of the event's digest."""
        return f"{self.hash[:4]}-{self.hash[4:8]}"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is about to be recorded; the store adds number, time and link."""

    type: Type
    actor: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""
    signed: Signed | None = None


def body_of(fact: Fact, *, log: str, at: datetime, clock: datetime) -> dict[str, Any]:
    """Return the line's content for *fact*; *clock* is kept where the chain's time had to differ."""
    body: dict[str, Any] = {
        "v": SCHEMA,
        "log": log,
        "at": written_time(at),
        "type": fact.type.value,
        "actor": fact.actor,
        "to": fact.to,
        "payload": dict(fact.payload),
    }
    if at != clock:
        body["clock"] = written_time(clock)
    if fact.signed:
        body["signed"] = {
            "statement": fact.signed.statement,
            "signature": fact.signed.signature,
            "key": fact.signed.key,
        }
    return body


def read_event(entry: Entry) -> Event:
    """Return the event an entry holds; raise `ValueError`, `KeyError` or `TypeError` where it holds none."""
    try:
        body = json.loads(entry.line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return event_of(entry, body)


def event_of(entry: Entry, body: Mapping[str, Any]) -> Event:
    """Return the event that an entry holds, whose line has been read as *body* already."""
    if body["v"] != SCHEMA:
        raise ValueError(f"schema {body['v']} is not known")
    signed = body.get("signed")
    return Event(
        stream=entry.stream,
        seq=entry.seq,
        hash=entry.hash,
        at=read_time(body["at"]),
        type=Type(body["type"]),
        actor=body["actor"],
        to=body["to"],
        payload=body["payload"],
        signed=Signed(**signed) if signed else None,
    )


def written_time(at: datetime) -> str:
    """Write an aware time as UTC to the second, as in 2026-11-23T02:33:00Z."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone says nothing")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> datetime:
    """Read what `written_time` wrote."""
    # strptime would take five times as long, and every event has a time.
    if len(text) != 20 or text[4::3] != "--T::Z":
        raise ValueError(f"not a time as it is written here: {text[:30]!r}")
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)

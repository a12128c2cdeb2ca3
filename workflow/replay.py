"""What an agreement's events add up to. Pure: events in, a `Case` out.

The tables are a cache of this; the audit compares them. A `Case` tells facts and judges
nothing: who must sign and whether enough have is ``approvals.policy``'s business.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow.errors import TrailRefusedError
from workflow.events import ACTION_OF, Event, Type
from workflow.i18n import mark
from workflow.lifecycle import FIRST, State, targets

OPEN, CONDITIONS, OBJECTED, CLEAR, SUPERSEDED = "open", "conditions", "objected", "clear", "superseded"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """An issued document: what it is, and the digests by which it is known."""

    kind: str
    language: str
    revision: int
    audience: str
    name: str
    content: str
    file: str
    size: int
    template: str
    context: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A sign-off the submission asks for: how many people of a role, for which aspect, in which step."""

    step: int
    aspect: str
    role: str
    quorum: int
    due: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's signed yes, no or not-yet, about one text."""

    seq: int
    revision: int
    person: str
    aspect: str
    role: str
    decision: str
    document: str
    at: datetime
    reason: str
    receipt: str
    key: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What an expert made the opinion depend on; ``must`` ones block until closed."""

    id: str
    severity: str
    text: str
    closed_by: str = ""

    @property
    def open(self) -> bool:
        """True while it blocks."""
        return self.severity == "must" and not self.closed_by


@dataclass(frozen=True, slots=True)
class Flag:
    """A need for an expert's advice on one aspect; it blocks until the advice is clear."""

    id: str
    aspect: str
    role: str
    revision: int
    origin: str
    rules: tuple[str, ...]
    question: str
    due: str = ""
    status: str = OPEN
    expert: str = ""
    conditions: tuple[Condition, ...] = ()

    @property
    def blocking(self) -> bool:
        """True until the advice is clear and every must-condition closed."""
        return self.status in (OPEN, OBJECTED) or any(condition.open for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Submission:
    """What was put forward: the text, and what the policy in force asked for it."""

    seq: int
    revision: int
    document: str
    terms: str
    policy: str
    trace: str
    seats: tuple[Seat, ...]
    submitted_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An agreement as its trail tells it."""

    ref: str
    kind: str
    language: str
    title: str
    drafter: str
    state: State
    seq: int
    head: str
    created_at: datetime
    at: datetime
    plan: str = ""
    rounds: tuple[str, ...] = ()
    terms: str = ""
    revision: int = 0
    contract: DocumentRef | None = None
    documents: tuple[DocumentRef, ...] = ()
    submission: Submission | None = None
    flags: tuple[Flag, ...] = ()
    decisions: tuple[Decision, ...] = ()
    drafters: frozenset[str] = frozenset()
    formal_contract: tuple[bool, str] | None = None
    effective_on: str = ""
    outcome: str = ""

    @property
    def flag_count(self) -> int:
        """How many flags there have ever been; the next one is numbered after them."""
        return len(self.flags)

    @property
    def blocking_flags(self) -> tuple[Flag, ...]:
        """The flags that stop a sign-off now."""
        return tuple(flag for flag in self.flags if flag.status != SUPERSEDED and flag.blocking)

    @property
    def current_decisions(self) -> tuple[Decision, ...]:
        """The decisions about the revision that was last submitted."""
        number = self.submission.revision if self.submission else -1
        since = self.submission.seq if self.submission else 0
        return tuple(d for d in self.decisions if d.revision == number and d.seq > since)

    def flag(self, name: str) -> Flag | None:
        """Return the flag called *name*, as in F-3."""
        return next((flag for flag in self.flags if flag.id == name.upper()), None)


def replay(events: Iterable[Event]) -> Case:
    """Fold *events* into a case; raise `TrailRefusedError` where they cannot have happened so."""
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    if case is None:
        raise TrailRefusedError(stream="?", reason=mark("it has no events"))
    return case


def apply(case: Case | None, event: Event) -> Case:
    """Return the case after *event*; the state table decides whether it may follow."""
    if event.type not in ACTION_OF:
        raise _refuse(event, f"{event.type} does not belong to an agreement")
    try:
        if case is None:
            return _created(event)
        if State(event.to) not in targets(ACTION_OF[event.type], case.state):
            raise _refuse(event, f"{event.type} cannot lead from {case.state} to {event.to}")
        moved = replace(case, state=State(event.to), seq=event.seq, head=event.hash, at=event.at)
        changed = _CHANGES.get(event.type, _unchanged)(moved, event)
        issued = tuple(_document(row, event.seq) for row in event.payload.get("documents", ()))
        return replace(changed, documents=changed.documents + issued) if issued else changed
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _refuse(event, f"its content cannot be read ({type(error).__name__}: {error})") from None


def _created(event: Event) -> Case:
    if event.type is not Type.CREATED or event.to != FIRST:
        raise _refuse(event, "an agreement begins by being created")
    said = event.payload
    return Case(
        ref=event.stream,
        kind=said["kind"],
        language=said["language"],
        title=said["title"],
        drafter=event.actor,
        state=FIRST,
        seq=event.seq,
        head=event.hash,
        created_at=event.at,
        at=event.at,
        plan=said.get("plan", ""),
        terms=said.get("terms", ""),
    )


def _unchanged(case: Case, event: Event) -> Case:  # noqa: ARG001 - one shape for every change
    return case


def _planned(case: Case, event: Event) -> Case:
    return replace(case, plan=event.payload["plan"])


def _round_held(case: Case, event: Event) -> Case:
    return replace(case, rounds=(*case.rounds, event.payload["round"]))


def _agreed(case: Case, event: Event) -> Case:
    formal = event.payload.get("formal_contract")
    answer = (bool(formal["required"]), str(formal["rule"])) if formal else None
    return replace(case, terms=event.payload["terms"], title=event.payload["title"], formal_contract=answer)


def _drafted(case: Case, event: Event) -> Case:
    said = event.payload
    contracts = [_document(row, event.seq) for row in said["documents"] if row["kind"] == case.kind]
    if not contracts:
        raise ValueError(f"no {case.kind} among its documents")
    return replace(
        case,
        terms=said["terms"],
        title=said["title"],
        revision=int(said["revision"]),
        contract=contracts[0],
        drafters=case.drafters | {event.actor},
    )


def _submitted(case: Case, event: Event) -> Case:
    said = event.payload
    revision = int(said["revision"])
    reissued = [_document(row, event.seq) for row in said["documents"] if row["kind"] == case.kind]
    submission = Submission(
        seq=event.seq,
        revision=revision,
        document=said["document"],
        terms=said["terms"],
        policy=said["policy"],
        trace=said["trace"],
        seats=tuple(_seat(row) for row in said["seats"]),
        submitted_by=event.actor,
        at=event.at,
    )
    # The policy asks anew about each submission; what a person asked stays asked.
    kept = tuple(
        replace(flag, status=SUPERSEDED) if flag.origin == "policy" and flag.status != SUPERSEDED else flag
        for flag in case.flags
    )
    raised = tuple(
        Flag(row["flag"], row["aspect"], row["role"], revision, "policy", tuple(row["rules"]), "", row["due"])
        for row in said["flags"]
    )
    return replace(
        case,
        submission=submission,
        revision=revision,
        flags=kept + raised,
        contract=reissued[0] if reissued else case.contract,
        drafters=case.drafters | {event.actor},
    )


def _flag_raised(case: Case, event: Event) -> Case:
    said = event.payload
    flag = Flag(
        said["flag"],
        said["aspect"],
        said["role"],
        case.revision,
        event.actor,
        (),
        said["question"],
        said["due"],
    )
    return replace(case, flags=(*case.flags, flag))


def _flag_resolved(case: Case, event: Event) -> Case:
    said = event.payload
    status = {"clear": CLEAR, "conditions": CONDITIONS, "object": OBJECTED}[said["conclusion"]]
    conditions = tuple(Condition(row["id"], row["severity"], row["text"]) for row in said["conditions"])
    return _with_flag(case, said["flag"], status=status, expert=event.actor, conditions=conditions)


def _condition_closed(case: Case, event: Event) -> Case:
    said = event.payload
    flag = case.flag(said["flag"])
    if flag is None:
        raise ValueError(f"no flag {said['flag']}")
    if said["condition"] not in {condition.id for condition in flag.conditions}:
        raise ValueError(f"no condition {said['condition']}")
    conditions = tuple(
        replace(condition, closed_by=event.actor) if condition.id == said["condition"] else condition
        for condition in flag.conditions
    )
    return _with_flag(case, flag.id, conditions=conditions)


def _decided(case: Case, event: Event) -> Case:
    said = event.payload
    word = {Type.APPROVED: "approve", Type.RETURNED: "return", Type.REJECTED: "reject"}[event.type]
    decision = Decision(
        seq=event.seq,
        revision=int(said["revision"]),
        person=event.actor,
        aspect=said["aspect"],
        role=said["role"],
        decision=word,
        document=said["document"],
        at=event.at,
        reason=said["reason"],
        receipt=event.receipt,
        key=event.signed.key if event.signed else "",
    )
    outcome = "refused" if event.type is Type.REJECTED and case.state is State.DRAFTING else ""
    return replace(case, decisions=(*case.decisions, decision), outcome=outcome)


def _ended(case: Case, event: Event) -> Case:
    return replace(case, outcome=event.type.value)


def _executed(case: Case, event: Event) -> Case:
    return replace(case, effective_on=event.payload["effective_on"])


_CHANGES: Mapping[Type, Callable[[Case, Event], Case]] = {
    Type.PLANNED: _planned,
    Type.ROUND_HELD: _round_held,
    Type.TERMS_AGREED: _agreed,
    Type.DRAFTED: _drafted,
    Type.SUBMITTED: _submitted,
    Type.FLAG_RAISED: _flag_raised,
    Type.FLAG_RESOLVED: _flag_resolved,
    Type.CONDITION_CLOSED: _condition_closed,
    Type.APPROVED: _decided,
    Type.RETURNED: _decided,
    Type.REJECTED: _decided,
    Type.EXECUTED: _executed,
    Type.RENEWED: _ended,
    Type.TERMINATED: _ended,
    Type.EXPIRED: _ended,
    Type.WITHDRAWN: _ended,
}


def _with_flag(case: Case, name: str, **changes: Any) -> Case:
    if case.flag(name) is None:
        raise ValueError(f"no flag {name}")
    return replace(
        case, flags=tuple(replace(flag, **changes) if flag.id == name else flag for flag in case.flags)
    )


def _document(row: Mapping[str, Any], seq: int) -> DocumentRef:
    return DocumentRef(**row, seq=seq)


def _seat(row: Mapping[str, Any]) -> Seat:
    return Seat(**{**row, "rules": tuple(row["rules"])})


def _refuse(event: Event, reason: str) -> TrailRefusedError:
    return TrailRefusedError(stream=event.ref, reason=reason)

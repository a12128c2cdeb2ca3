"""What an agreement's events add up to. Pure: events in, a `Case` out.

The tables are a cache of this; the audit compares them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from workflow.case import (
    CLEAR,
    CONDITIONS,
    OBJECTED,
    SUPERSEDED,
    Case,
    Condition,
    Decision,
    DocumentRef,
    Flag,
    Seat,
    Submission,
)
from workflow.errors import TrailRefusedError
from workflow.events import ACTION_OF, Event, Type
from workflow.i18n import mark
from workflow.lifecycle import FIRST, State, targets


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
    return replace(
        case,
        terms=event.payload["terms"],
        title=event.payload["title"],
        formal_contract=answer,
        # Whoever wrote the terms wrote what is to be signed off.
        drafters=case.drafters | {event.actor},
    )


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

"""What an agreement's events add up to. Pure: events in, a `Case` out.

The tables are a cache of this; the audit compares them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from workflow.case import (
    CLEAR,
    CONDITIONS,
    DECLINED,
    OBJECTED,
    OPEN,
    SUPERSEDED,
    Case,
    Condition,
    Decision,
    DocumentRef,
    Flag,
    Seat,
    Submission,
    Voided,
)
from workflow.errors import TrailRefusedError
from workflow.events import ACTION_OF, Event, Type
from workflow.i18n import mark
from workflow.lifecycle import FIRST, State, targets

#: What each kind of decision is called, in statements and tables.
WORDS = {
    Type.APPROVED: "approve",
    Type.RETURNED: "return",
    Type.REJECTED: "reject",
    Type.RECUSED: "recuse",
    Type.EXCUSED: "excuse",
}


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
        moved = replace(
            case, state=State(event.to), before=case.state, seq=event.seq, head=event.hash, at=event.at
        )
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
        wordings=said.get("wordings", ""),
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
        parts=said.get("made_of", ""),
        changed=tuple(said.get("changed", ())),
        kept=tuple(said.get("kept", ())),
        voided=tuple(Voided(row["seq"], tuple(row["parts"])) for row in said.get("voided", ())),
    )
    flags_kept = said.get("flags_kept")
    raised = tuple(
        Flag(
            row["flag"],
            row["aspect"],
            row["role"],
            revision,
            "policy",
            tuple(row["rules"]),
            "",
            row["due"],
            covers=tuple(row.get("covers", ())),
        )
        for row in said["flags"]
    )
    return replace(
        case,
        submission=submission,
        revision=revision,
        flags=tuple(_flag_again(flag, flags_kept) for flag in case.flags) + raised,
        contract=reissued[0] if reissued else case.contract,
        drafters=case.drafters | {event.actor},
    )


def _flag_again(flag: Flag, kept: Collection[str] | None) -> Flag:
    """Return a flag as a new submission leaves it.

    The policy asks anew, unless what its expert answered still holds. What a person asked
    stays asked, and is open again unless the answer still holds; trails from before answers
    were judged so do not say, and there it stays answered.
    """
    if flag.id in (kept or ()) or flag.status == DECLINED:
        return flag
    if flag.origin == "policy":
        return replace(flag, status=SUPERSEDED)
    return flag if kept is None else replace(flag, status=OPEN, expert="", conditions=(), answered=0)


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
    return _with_flag(
        case,
        said["flag"],
        status=status,
        expert=event.actor,
        conditions=conditions,
        answered=event.seq,
    )


def _flag_assigned(case: Case, event: Event) -> Case:
    return _with_flag(case, event.payload["flag"], assigned=event.payload["person"])


def _flag_declined(case: Case, event: Event) -> Case:
    return _with_flag(case, event.payload["flag"], status=DECLINED, expert=event.actor, answered=event.seq)


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
    decision = Decision(
        seq=event.seq,
        revision=int(said["revision"]),
        person=event.actor,
        aspect=said["aspect"],
        role=said["role"],
        decision=WORDS[event.type],
        document=said["document"],
        at=event.at,
        reason=said["reason"],
        receipt=event.receipt,
        key=event.signed.key if event.signed else "",
        came_from=case.before,
        principal=said.get("for", ""),
        grant=said.get("grant", ""),
        member=said["member"] if event.type is Type.EXCUSED else "",
    )
    refused = event.type is Type.REJECTED and case.state is State.DRAFTING
    recused = {event.actor} if event.type is Type.RECUSED else set()
    return replace(
        case,
        decisions=(*case.decisions, decision),
        outcome="refused" if refused else "",
        recused=case.recused | recused,
    )


def _retracted(case: Case, event: Event) -> Case:
    """Take a decision or an opinion back; it stays in the trail and counts no more."""
    taken = event.payload["retracts"]
    answered = next((flag for flag in case.flags if flag.answered == taken), None)
    if answered is not None:
        return _with_flag(case, answered.id, status=OPEN, expert="", conditions=(), answered=0)
    decision = case.decision(taken)
    if decision is None or decision.retracted:
        raise ValueError(f"no decision {taken}")
    return replace(
        case,
        decisions=tuple(replace(d, retracted=True) if d is decision else d for d in case.decisions),
        recused=case.recused - ({decision.person} if decision.decision == "recuse" else set()),
        outcome="",
    )


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
    Type.FLAG_ASSIGNED: _flag_assigned,
    Type.FLAG_DECLINED: _flag_declined,
    Type.CONDITION_CLOSED: _condition_closed,
    Type.APPROVED: _decided,
    Type.RETURNED: _decided,
    Type.REJECTED: _decided,
    Type.RECUSED: _decided,
    Type.EXCUSED: _decided,
    Type.RETRACTED: _retracted,
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
    lists = {name: tuple(row.get(name, ())) for name in ("rules", "covers", "body")}
    return Seat(**{**row, **lists})


def _refuse(event: Event, reason: str) -> TrailRefusedError:
    return TrailRefusedError(stream=event.ref, reason=reason)

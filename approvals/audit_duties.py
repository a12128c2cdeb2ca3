"""Whether what happened was allowed to happen: policy, turn, separation of duties, effect.

Pure checks for ``approvals.audit``: each yields (check, what does not hold). The rules are
asked again with the facts as they stood then.
"""

import json
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any

from approvals.audit_decisions import Evidence, check_signed
from approvals.clearance import clearance_of, out_of_reach
from approvals.directory import Directory
from approvals.facts import facts_of
from approvals.policy import MAJORITY, Assessment, Requirement, assess, read_policy
from workflow.case import OBJECTED, OPEN, Case
from workflow.errors import WorkflowError
from workflow.events import SIGNED, Event, Type
from workflow.lifecycle import State
from workflow.terms import from_canonical

Faults = Iterator[tuple[str, str]]

_DECISIONS = frozenset({Type.APPROVED, Type.RETURNED, Type.REJECTED})
# Where these lead depends on the flags alone.
_BY_FLAGS = frozenset({Type.SUBMITTED, Type.FLAG_RESOLVED, Type.CONDITION_CLOSED})


def check_event(
    before: Case | None, after: Case, event: Event, directory: Directory, evidence: Evidence
) -> Faults:
    """Check one event of an agreement against the rules that were in force."""
    if event.actor not in directory.people:
        yield "duties", f"{event.actor} was not in the registry"
        return
    roles = directory.people[event.actor].roles
    if event.type in SIGNED:
        yield from check_signed(before, event, directory, evidence)
        if before is not None and before.submission is not None:
            yield from _check_maker(before, event, roles)
    elif "staff" not in roles and event.type is not Type.FLAG_RAISED:
        yield "duties", f"{event.actor} was not staff"
    if event.type is Type.SUBMITTED:
        yield from _check_text(before, after)
        yield from _check_policy(after, event, directory, evidence)
    if before is not None and event.type in _DECISIONS:
        yield from _check_turn(before, event)
    yield from _check_effect(after, event, directory)


def _check_maker(before: Case, event: Event, roles: Set[str]) -> Faults:
    """Check that the person did not draft, held the role, and speaks of the text submitted."""
    said = event.payload
    submission = before.submission
    if submission is None:
        return
    if event.actor in before.drafters | {before.drafter}:
        yield "duties", f"{event.actor} decided on their own draft"
    if said["document"] != submission.document:
        yield "duties", "the decision is about another text than the one submitted"
    if event.type in _DECISIONS:
        if said["revision"] != submission.revision:
            yield "duties", "the decision is about another revision than the one submitted"
        entitled = {said["role"]}
    else:
        flag = before.flag(said["flag"])
        if flag is None:
            return  # the replay has said so
        entitled = {flag.role}
        if event.type is Type.FLAG_RESOLVED and flag.status not in (OPEN, OBJECTED):
            yield "duties", f"{flag.id} had been settled already"
        if event.type is Type.CONDITION_CLOSED:
            entitled |= {seat.role for seat in submission.seats}
            if said["condition"] not in {c.id for c in flag.conditions if not c.closed_by}:
                yield "duties", f"{flag.id} had no open condition {said['condition']}"
    if not entitled & roles:
        yield "duties", f"{event.actor} was not {' or '.join(sorted(entitled))} at that time"


def _check_text(before: Case | None, after: Case) -> Faults:
    """Check that the text submitted is the draft that stood there, with its terms."""
    submission = after.submission
    if before is None or submission is None:
        return
    contract = after.contract
    if contract is None or (contract.file, contract.revision) != (submission.document, submission.revision):
        yield "duties", "the text submitted is not the draft of that revision"
    if submission.terms != before.terms:
        yield "duties", "the terms submitted are not the ones that were drafted"
    if before.submission and submission.revision <= before.submission.revision:
        yield "duties", "a text that comes back is a revision of its own"


def _check_policy(after: Case, event: Event, directory: Directory, evidence: Evidence) -> Faults:
    """Ask the policy again: the seats and flags recorded must be the ones it calls for."""
    try:
        policy = read_policy(evidence.get(event.payload["policy"]), source=event.ref)
        found = assess(policy, facts_of(from_canonical(evidence.get(event.payload["terms"]))))
        trace = json.loads(evidence.get(event.payload["trace"]))
    except (WorkflowError, ValueError) as error:
        yield "duties", f"the policy cannot be applied again: {error}"
        return
    seats = after.submission.seats if after.submission else ()
    asked = sorted((s.step, s.aspect, s.role, s.rules) for s in seats)
    if asked != sorted((r.step, r.aspect, r.role, r.rules) for r in found.sign_offs):
        yield "duties", "the sign-offs asked for are not the ones the policy demands"
    barred = after.drafters | {after.drafter}
    wanted = {(r.aspect, r.role): _quorum(r, directory.holders(r.role) - barred) for r in found.sign_offs}
    for seat in seats:
        least = wanted.get((seat.aspect, seat.role), seat.quorum)
        if seat.quorum < least:
            yield "duties", f"the quorum of {seat.role} was lowered from {least} to {seat.quorum}"
    flags = sorted((row["aspect"], row["role"], tuple(row["rules"])) for row in event.payload["flags"])
    if flags != sorted((r.aspect, r.role, r.rules) for r in found.reviews):
        yield "duties", "the reviews asked for are not the ones the policy demands"
    if trace != _trace(found):
        yield "duties", "the recorded answers of the rules are not the ones they give"


def _quorum(asked: Requirement, body: Set[str]) -> int:
    # Whoever submitted may have counted as one of the body then: this is the least it can be.
    return len(body) // 2 + 1 if asked.quorum == MAJORITY else int(asked.quorum)


def _trace(found: Assessment) -> list[Mapping[str, Any]]:
    return [
        {"rule": o.rule, "fired": o.fired, "inputs": {name: _plain(fact) for name, fact in o.inputs.items()}}
        for o in found.trace
    ]


def _plain(fact: object) -> object:
    if fact is None:
        return "unknown"
    return str(fact) if isinstance(fact, Decimal) else fact


def _check_turn(before: Case, event: Event) -> Faults:
    """Check that a decision takes an open seat whose step has come, or is an expert's return."""
    place = (event.payload["aspect"], event.payload["role"])
    if before.state is State.EXPERT_REVIEW:
        turn = {(flag.aspect, flag.role) for flag in before.blocking_flags}
    else:
        turn = {(status.seat.aspect, status.seat.role) for status in clearance_of(before).turn}
    if place not in turn:
        yield "duties", f"it was not the turn of {place[1]} ({place[0]})"
    if any(decision.person == event.actor for decision in before.current_decisions):
        yield "duties", f"{event.actor} decided twice on one text"


def _check_effect(after: Case, event: Event, directory: Directory) -> Faults:
    """Check that an event moves the agreement exactly where the rules say."""
    if event.type is Type.APPROVED:
        cleared = bool(clearance_of(after))
        if cleared and event.to != State.APPROVED:
            yield "duties", "it was cleared and not approved"
        if not cleared and event.to == State.APPROVED:
            yield "duties", "it counts as approved without clearance"
    elif event.type is Type.REJECTED:
        if out_of_reach(after, directory.by_role) != (event.to == State.DRAFTING):
            yield "duties", "the rejection does not lead where the rules say"
    elif event.type in _BY_FLAGS:
        if event.to == State.SIGN_OFF and after.blocking_flags:
            yield "duties", "it went to sign-off while a flag was blocking"
        if event.to == State.EXPERT_REVIEW and not after.blocking_flags:
            yield "duties", "it waits for experts and no flag is blocking"

"""Whether what happened was allowed to happen: policy, turn, separation of duties, effect.

Pure checks for ``approvals.audit``: each yields (check, what does not hold). The rules are
asked again with the facts as they stood then.
"""

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

from approvals.assessors import ASSESSOR
from approvals.audit_aggregation import earlier_of
from approvals.audit_contents import policy_of, terms_of
from approvals.audit_decisions import Evidence, check_signed
from approvals.audit_execution import check_execution
from approvals.audit_replies import check_reply
from approvals.clearance import clearance_of, out_of_reach
from approvals.directory import Directory
from approvals.policy import MAJORITY, Assessment, Requirement, assess, trace_rows
from approvals.standing import Standing, still_holding
from workflow.case import OBJECTED, OPEN, Case, Seat
from workflow.errors import WorkflowError
from workflow.events import SIGNED, Event, Type
from workflow.facts import facts_of
from workflow.lifecycle import State
from workflow.parts import parts_of
from workflow.price import value_for_policy
from workflow.values.dates import TAIPEI
from workflow.wordings import read_wordings

Faults = Iterator[tuple[str, str]]

# What takes an open seat, and what else is said about one.
_DECISIONS = frozenset({Type.APPROVED, Type.RETURNED, Type.REJECTED})
_VOTING = frozenset({Type.APPROVED, Type.REJECTED, Type.RECUSED, Type.EXCUSED})
_ABOUT_SEATS = _DECISIONS | _VOTING
# Where these lead depends on the flags alone.
_BY_FLAGS = frozenset({Type.SUBMITTED, Type.FLAG_RESOLVED, Type.FLAG_DECLINED, Type.CONDITION_CLOSED})
# What a submission says of the sign-offs and opinions before it.
_STANDING = ("changed", "kept", "voided", "flags_kept")
# What people do who need not be staff.
_BY_ANYONE = frozenset({Type.FLAG_RAISED, Type.FLAG_ASSIGNED})


def check_event(
    before: Case | None, after: Case, event: Event, directory: Directory, evidence: Evidence
) -> Faults:
    """Check one event of an agreement against the rules that were in force."""
    if event.actor not in directory.people:
        yield "duties", f"{event.actor} was not in the registry"
        return
    roles = directory.people[event.actor].roles
    if ASSESSOR in roles:
        yield "duties", f"{event.actor} was assessor, and an assessor takes no part"
    if event.type in SIGNED:
        yield from check_signed(before, event, directory, evidence)
        if before is not None:
            yield from _check_maker(before, event, directory, evidence)
    elif "staff" not in roles and event.type not in _BY_ANYONE:
        yield "duties", f"{event.actor} was not staff"
    if event.type is Type.SUBMITTED:
        yield from _check_text(before, after)
        yield from _check_policy(before, after, event, directory, evidence)
    if event.type is Type.FLAG_ASSIGNED and before is not None:
        yield from _check_assigned(before, event, directory)
    if before is not None and event.type in _DECISIONS:
        yield from _check_turn(before, event)
    if before is not None and event.type in (Type.RECUSED, Type.EXCUSED):
        yield from _check_out(before, event)
    yield from check_execution(before, event, directory, evidence)
    yield from check_reply(event, evidence)
    yield from _check_effect(before, after, event, directory)


def _check_maker(before: Case, event: Event, directory: Directory, evidence: Evidence) -> Faults:
    """Check that the person did not draft, held the role, and speaks of the text submitted."""
    said = event.payload
    if event.actor in before.drafters | {before.drafter}:
        yield "duties", f"{event.actor} decided on their own draft"
    if event.actor in before.recused and event.type is not Type.RETRACTED:
        yield "duties", f"{event.actor} had recused themselves"
    submission = before.submission
    text = submission.document if submission else before.contract.file if before.contract else ""
    if said["document"] != text:
        yield "duties", "the decision is about another text than the one submitted"
    if event.type is Type.RETRACTED:
        yield from _check_retraction(before, event)
    elif event.type in _ABOUT_SEATS:
        if submission is None or said["revision"] != submission.revision:
            yield "duties", "the decision is about another revision than the one submitted"
        yield from _check_capacity(before, event, directory, evidence)
    else:
        yield from _check_expert(before, event, directory.people[event.actor].roles)


def _check_capacity(before: Case, event: Event, directory: Directory, evidence: Evidence) -> Faults:
    """Check that the role was the actor's own, or lent to them by someone who could have decided."""
    said = event.payload
    holder = said.get("for") or event.actor
    if holder not in directory.holders(said["role"]):
        yield "duties", f"{holder} was not {said['role']} at that time"
    seats = before.submission.seats if before.submission else ()
    bodies = [s.body for s in seats if s.body and (s.aspect, s.role) == (said["aspect"], said["role"])]
    if any(holder not in body for body in bodies):
        yield "duties", f"{holder} was not of the body asked as {said['role']}"
    if not said.get("for"):
        return
    grant = directory.grant(said["grant"])
    value = value_for_policy(terms_of(evidence.get(before.terms)))
    day = event.at.astimezone(TAIPEI).date()
    if (
        grant is None
        or (grant.principal, grant.deputy) != (holder, event.actor)
        or not grant.allows(day=day, kind=before.kind, aspect=said["aspect"], value=value)
    ):
        yield "duties", f"{event.actor} was not {holder}'s deputy for this at that time"
    if holder in before.barred:
        yield "duties", f"{holder}, whose deputy decided, drafted it or is recused"
    if holder in before.spoken:
        yield "duties", f"{holder}, whose deputy decided, had decided already"


def _check_expert(before: Case, event: Event, roles: Set[str]) -> Faults:
    said = event.payload
    flag = before.flag(said["flag"])
    if flag is None:
        return  # the replay has said so
    entitled = {flag.role}
    if event.type is not Type.CONDITION_CLOSED and flag.status not in (OPEN, OBJECTED):
        yield "duties", f"{flag.id} had been settled already"
    if event.type is not Type.CONDITION_CLOSED and flag.assigned not in ("", event.actor):
        yield "duties", f"{flag.id} had been assigned to {flag.assigned}"
    if event.type is Type.FLAG_DECLINED and flag.origin == "policy":
        yield "duties", f"{flag.id} is asked for by the policy and cannot be declined"
    if event.type is Type.CONDITION_CLOSED:
        seats = before.submission.seats if before.submission else ()
        entitled |= {role for seat in seats for role in seat.role.split("/")}
        if said["condition"] not in {c.id for c in flag.conditions if not c.closed_by}:
            yield "duties", f"{flag.id} had no open condition {said['condition']}"
    if not entitled & roles:
        yield "duties", f"{event.actor} was not {' or '.join(sorted(entitled))} at that time"


def _check_retraction(before: Case, event: Event) -> Faults:
    """Check that what is taken back is the actor's own, and the last thing that happened."""
    taken = event.payload["retracts"]
    decision = before.decision(taken)
    answered = next((flag for flag in before.flags if flag.answered == taken), None)
    maker = decision.person if decision else answered.expert if answered else ""
    if maker != event.actor:
        yield "duties", f"{event.actor} took back what was not theirs"
    if taken != before.seq:
        yield "duties", f"number {taken} was taken back after others had acted"


def _check_assigned(before: Case, event: Event, directory: Directory) -> Faults:
    flag = before.flag(event.payload["flag"])
    expert = event.payload["person"]
    if flag is None:
        return  # the replay has said so
    if expert not in directory.holders(flag.role) - before.barred:
        yield "duties", f"{expert}, to whom {flag.id} was assigned, could not answer it"
    if not directory.people[event.actor].roles & {flag.role, "staff", "admin"}:
        yield "duties", f"{event.actor} could not assign {flag.id}"


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


def _check_policy(
    before: Case | None, after: Case, event: Event, directory: Directory, evidence: Evidence
) -> Faults:
    """Ask the policy again: the seats and flags recorded must be the ones it calls for."""
    said = event.payload
    if directory.policy and said["policy"] != directory.policy:
        yield "duties", "the policy applied is not the one that was in force"
    try:
        terms = terms_of(evidence.get(said["terms"]))
        policy = policy_of(evidence.get(said["policy"]))
        worded = read_wordings(evidence.get(after.wordings) if after.wordings else b"")
        found = assess(
            policy, facts_of(terms, beside=[one.value for one in earlier_of(said)], **worded.for_rules)
        )
        trace = json.loads(evidence.get(said["trace"]))
    except (WorkflowError, ValueError) as error:
        yield "duties", f"the policy cannot be applied again: {error}"
        return
    seats = after.submission.seats if after.submission else ()
    asked = sorted((s.step, s.aspect, s.role, s.rules, s.covers) for s in seats)
    if asked != sorted((r.step, r.aspect, r.role, r.rules, r.covers) for r in found.sign_offs):
        yield "duties", "the sign-offs asked for are not the ones the policy demands"
    wanted = {(r.aspect, r.role): r for r in found.sign_offs}
    for seat in seats:
        yield from _check_seat(seat, wanted.get((seat.aspect, seat.role)), directory, after.barred)
    if trace != trace_rows(found):
        yield "duties", "the recorded answers of the rules are not the ones they give"
    answered: Set[tuple[str, str]] = frozenset()
    # Only before a policy had to be adopted was it not worked out what a change leaves standing.
    judged = bool(directory.policy) or any(name in said for name in ("made_of", *_STANDING))
    if judged and before is not None and after.submission is not None:
        holds = _standing(before, after, found, event, directory, evidence)
        answered = holds.answered
        yield from _check_standing(holds, said)
        if _recorded_parts(said, evidence) != _parts(after, event.payload["document"], evidence):
            yield "duties", "the parts recorded are not those of the text submitted"
    flags = sorted((row["aspect"], row["role"], tuple(row["rules"])) for row in said["flags"])
    demanded = [r for r in found.reviews if (r.aspect, r.role) not in answered]
    if flags != sorted((r.aspect, r.role, r.rules) for r in demanded):
        yield "duties", "the reviews asked for are not the ones the policy demands"


def _check_seat(seat: Seat, asked: Requirement | None, directory: Directory, barred: Set[str]) -> Faults:
    if asked is None:
        return  # said already
    body = directory.holders(seat.role) - barred
    if asked.quorum == MAJORITY and seat.body != tuple(sorted(body)):
        yield "duties", f"the body asked as {seat.role} is not the one there was"
    if asked.quorum != MAJORITY and seat.body:
        yield "duties", f"{seat.role} was asked for a vote, which the policy does not provide for"
    least = len(body) // 2 + 1 if asked.quorum == MAJORITY else int(asked.quorum)
    if seat.quorum < least:
        yield "duties", f"the quorum of {seat.role} was lowered from {least} to {seat.quorum}"


def _standing(
    before: Case, after: Case, found: Assessment, event: Event, directory: Directory, evidence: Evidence
) -> Standing:
    """Work out again what of the submission before still holds, from the texts themselves."""
    earlier = _parts(before, before.submission.document, evidence) if before.submission else None
    return still_holding(
        before,
        found,
        after.submission.seats if after.submission else (),
        directory,
        earlier if before.submission and before.submission.parts else None,
        _parts(after, event.payload["document"], evidence),
        submitter=event.actor,
    )


def _parts(case: Case, text: str, evidence: Evidence) -> Mapping[str, str]:
    """Return the parts of a submitted text, made from what its document was made of."""
    document = next((ref for ref in reversed(case.documents) if ref.file == text), None)
    if document is None:
        return {}  # that the text is none of its documents is found by itself
    submission = case.submission
    terms = terms_of(evidence.get(submission.terms if submission else case.terms))
    return parts_of(json.loads(evidence.get(document.context)), template=document.template, terms=terms)


def _recorded_parts(said: Mapping[str, Any], evidence: Evidence) -> object:
    """Return the parts with which the next text will be compared; None where they cannot be read."""
    try:
        return json.loads(evidence.get(said.get("made_of", "")))
    except ValueError:
        return None


def _check_standing(holds: Standing, said: Mapping[str, Any]) -> Faults:
    expected = {
        "changed": list(holds.changed),
        "kept": list(holds.kept),
        "voided": [{"seq": fallen.seq, "parts": list(fallen.parts)} for fallen in holds.voided],
        "flags_kept": list(holds.flags),
    }
    for name, value in expected.items():
        if said.get(name) != value:
            yield "duties", f"what the change of the text leaves standing was judged wrongly ({name})"


def _check_turn(before: Case, event: Event) -> Faults:
    """Check that a decision takes an open seat whose step has come, or is an expert's return."""
    place = (event.payload["aspect"], event.payload["role"])
    if before.state is State.EXPERT_REVIEW:
        turn = {(flag.aspect, flag.role) for flag in before.blocking_flags}
    else:
        turn = {(status.seat.aspect, status.seat.role) for status in clearance_of(before).turn}
    if place not in turn:
        yield "duties", f"it was not the turn of {place[1]} ({place[0]})"
    if event.actor in before.spoken:
        yield "duties", f"{event.actor} decided twice on one text"


def _check_out(before: Case, event: Event) -> Faults:
    """Check that who is out of a vote, by their own word or another's, was still in it."""
    said = event.payload
    if event.type is Type.RECUSED:
        if event.actor in before.spoken:
            yield "duties", f"{event.actor} had decided already, and could not be recused"
        return
    here = [
        s for s in clearance_of(before).turn if (s.seat.aspect, s.seat.role) == (said["aspect"], said["role"])
    ]
    if not any(said["member"] in status.silent - {event.actor} for status in here):
        yield "duties", f"{said['member']} had no open vote that {event.actor} could note as absent"


def _check_effect(before: Case | None, after: Case, event: Event, directory: Directory) -> Faults:
    """Check that an event moves the agreement exactly where the rules say."""
    if event.type in _VOTING and after.before is State.SIGN_OFF:
        if event.to != _led(after, event, directory):
            yield "duties", f"it does not lead to {event.to} under the rules"
    elif event.type is Type.RETRACTED and before is not None and event.to != before.before:
        yield "duties", "the retraction does not lead back to where the decision was made"
    elif event.type in _BY_FLAGS:
        if event.to == State.SIGN_OFF and after.blocking_flags:
            yield "duties", "it went to sign-off while a flag was blocking"
        if event.to == State.EXPERT_REVIEW and not after.blocking_flags:
            yield "duties", "it waits for experts and no flag is blocking"


def _led(after: Case, event: Event, directory: Directory) -> State:
    """Return where a vote leads: approved, refused because too few are left, or on."""
    if clearance_of(after):
        return State.APPROVED
    refused = event.type is not Type.APPROVED and out_of_reach(after, directory.by_role)
    return State.DRAFTING if refused else State.SIGN_OFF

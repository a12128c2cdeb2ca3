"""Whether a recorded decision may have been made: its signature, its signer, its effect.

Pure checks for ``approvals.audit``: each yields (check, what does not hold).
"""

from collections.abc import Iterator
from typing import Protocol

from approvals.clearance import clearance_of, out_of_reach
from approvals.directory import Directory
from approvals.facts import facts_of
from approvals.policy import MAJORITY, assess, read_policy
from approvals.sshsig import PublicKey, verify
from approvals.statements import DECISION, REGISTRY, read_statement
from workflow.errors import WorkflowError
from workflow.events import SIGNED, Event, Type
from workflow.lifecycle import State
from workflow.replay import Case
from workflow.terms import from_canonical

Faults = Iterator[tuple[str, str]]


class Contents(Protocol):
    """What an event refers to by digest."""

    def statement(self) -> bytes:
        """Return the signed statement."""

    def get(self, digest: str) -> bytes:
        """Return content by digest; empty where it is missing."""


def check_registry_entry(event: Event, before: Directory, statement: bytes) -> Faults:
    """Check an entry of the registry: signed by someone it already knew as an administrator."""
    if event.signed is None:
        yield "signatures", "a change of the registry is not signed"
        return
    if before.holders("admin"):
        actor = before.people.get(event.actor)
        key = actor.key(event.signed.key, event.at) if actor else None
        if actor is None or "admin" not in actor.roles or key is None:
            yield "signatures", f"{event.actor} was no administrator with the key {event.signed.key}"
            return
        public = key.public
    else:
        # Founding: nobody is known yet, so the entries vouch for the key among them.
        known = before.people.get(event.actor)
        stored = (
            next((k.public for k in known.keys if k.fingerprint == event.signed.key), "") if known else ""
        )
        public = stored or str(event.payload.get("public", ""))
        if not public:
            return
    yield from _check_signature(event, statement, public, REGISTRY)
    yield from _check_said(
        event,
        statement,
        {"change": event.type.value, **event.payload, "by": event.actor, "number": event.seq},
    )


def check_decision(
    before: Case | None, after: Case, event: Event, directory: Directory, contents: Contents
) -> Faults:
    """Check one event of an agreement against the rules that were in force."""
    if event.actor not in directory.people:
        yield "duties", f"{event.actor} was not in the registry"
        return
    if event.type in SIGNED:
        yield from _check_signer(before, event, directory, contents.statement())
    elif "staff" not in directory.people[event.actor].roles and event.type is not Type.FLAG_RAISED:
        yield "duties", f"{event.actor} was not staff"
    if event.type is Type.SUBMITTED:
        yield from _check_submission(after, event, directory, contents)
    if before is not None and event.type in (Type.APPROVED, Type.REJECTED):
        yield from _check_effect(before, after, event, directory)
    if event.to == State.SIGN_OFF and after.blocking_flags:
        yield "duties", "it went to sign-off while a flag was blocking"


def _check_signer(before: Case | None, event: Event, directory: Directory, statement: bytes) -> Faults:
    if event.signed is None:
        yield "signatures", "a decision is not signed"
        return
    key = directory.people[event.actor].key(event.signed.key, event.at)
    if key is None:
        yield "signatures", f"the key {event.signed.key} was not {event.actor}'s at that time"
        return
    yield from _check_signature(event, statement, key.public, DECISION)
    said: dict[str, object] = {
        "agreement": event.stream,
        "person": event.actor,
        "document": event.payload["document"],
    }
    if event.type in (Type.APPROVED, Type.RETURNED, Type.REJECTED):
        word = {Type.APPROVED: "approve", Type.RETURNED: "return", Type.REJECTED: "reject"}[event.type]
        said |= {
            "decision": word,
            "aspect": event.payload["aspect"],
            "capacity": event.payload["role"],
            "revision": event.payload["revision"],
        }
        role = event.payload["role"]
    else:
        said |= {"flag": event.payload["flag"]}
        role = ""
        if event.type is Type.FLAG_RESOLVED:
            flag = before.flag(event.payload["flag"]) if before else None
            role = flag.role if flag else ""
            said |= {"decision": event.payload["conclusion"]}
        else:
            said |= {"condition": event.payload["condition"]}
    yield from _check_said(event, statement, said)
    if role and role not in directory.people[event.actor].roles:
        yield "duties", f"{event.actor} was not {role} at that time"
    if before is not None and event.actor in before.drafters | {before.drafter}:
        yield "duties", f"{event.actor} decided on their own draft"
    if before is not None and before.submission and event.payload["document"] != before.submission.document:
        yield "duties", "the decision is about another text than the one submitted"


def _check_signature(event: Event, statement: bytes, public: str, namespace: str) -> Faults:
    if event.signed is None:
        return
    try:
        verify(statement, event.signed.signature, key=PublicKey.parse(public), namespace=namespace)
    except WorkflowError as error:
        yield "signatures", str(error)


def _check_said(event: Event, statement: bytes, expected: dict[str, object]) -> Faults:
    try:
        _, said = read_statement(statement)
    except (ValueError, UnicodeDecodeError) as error:
        yield "signatures", f"its statement cannot be read: {error}"
        return
    for name, value in expected.items():
        if said.get(name) != value:
            yield "signatures", f"the signed statement says {name} {said.get(name)!r}, the event {value!r}"


def _check_submission(after: Case, event: Event, directory: Directory, contents: Contents) -> Faults:
    """Ask the policy again: the seats and flags recorded must be the ones it calls for."""
    try:
        policy = read_policy(contents.get(event.payload["policy"]), source=event.ref)
        found = assess(policy, facts_of(from_canonical(contents.get(event.payload["terms"]))))
    except (WorkflowError, ValueError) as error:
        yield "duties", f"the policy cannot be applied again: {error}"
        return
    seats = {(s.step, s.aspect, s.role) for s in (after.submission.seats if after.submission else ())}
    if seats != {(r.step, r.aspect, r.role) for r in found.sign_offs}:
        yield "duties", "the sign-offs asked for are not the ones the policy demands"
    barred = after.drafters | {after.drafter}
    for asked in found.sign_offs:
        wanted = (
            len(directory.holders(asked.role) - barred) // 2 + 1
            if asked.quorum == MAJORITY
            else int(asked.quorum)
        )
        recorded = [
            s.quorum
            for s in (after.submission.seats if after.submission else ())
            if s.role == asked.role and s.aspect == asked.aspect
        ]
        if recorded and recorded[0] < wanted:
            yield "duties", f"the quorum of {asked.role} was lowered from {wanted} to {recorded[0]}"
    flags = {(row["aspect"], row["role"]) for row in event.payload["flags"]}
    if flags != {(r.aspect, r.role) for r in found.reviews}:
        yield "duties", "the reviews asked for are not the ones the policy demands"


def _check_effect(before: Case, after: Case, event: Event, directory: Directory) -> Faults:
    """A decision moves the agreement exactly when the clearance says so."""
    if event.type is Type.APPROVED:
        cleared = bool(clearance_of(after))
        if cleared != (event.to == State.APPROVED):
            yield (
                "duties",
                "it counts as approved without clearance"
                if not cleared
                else "it was cleared and not approved",
            )
        place = (event.payload["aspect"], event.payload["role"])
        try:
            turn = {(s.seat.aspect, s.seat.role) for s in clearance_of(before).turn}
        except WorkflowError as error:
            yield "duties", str(error)
            return
        if place not in turn:
            yield "duties", f"it was not the turn of {place[1]} ({place[0]})"
        if any(d.person == event.actor for d in before.current_decisions):
            yield "duties", f"{event.actor} decided twice on one text"
    elif out_of_reach(after, directory.by_role) != (event.to == State.DRAFTING):
        yield "duties", "the rejection does not lead where the rules say"

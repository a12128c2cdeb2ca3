"""What approvers do: approve, return, reject. First proposed, then signed, then recorded.

`Desk.propose` checks everything and says what would be signed; `Desk.record` checks it all
again inside the transaction that keeps it, because time has passed. A proposal stays good
while others sign the same text, and is stale as soon as the text is another.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from approvals.clearance import Clearance, SeatStatus, clearance_of, out_of_reach
from approvals.directory import Directory, Person
from approvals.errors import (
    AlreadyDecidedError,
    ChooseCapacityError,
    KeyRequiredError,
    NotYetYourTurnError,
    SelfApprovalError,
    WrongKeyError,
    WrongRoleError,
)
from approvals.keys import Signer
from approvals.papers import Papers
from approvals.registry import read_directory
from approvals.sshsig import signed_by, verify
from approvals.statements import DECISION, write_statement
from approvals.submission import policy_of
from workflow.case import Case, Decision, Flag
from workflow.errors import ActionNotAllowedError, ReasonMissingError, StaleDocumentError
from workflow.events import Event, Fact, Signed, Type
from workflow.issuing import Issuer
from workflow.lifecycle import State, allowed, targets
from workflow.store import Store, Unit, attempt
from workflow.terms import from_canonical
from workflow.texts import tidy

_TYPES = {"approve": Type.APPROVED, "return": Type.RETURNED, "reject": Type.REJECTED}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision ready to be signed: the statement, and what it is about."""

    ref: str
    action: str
    person: str
    aspect: str
    role: str
    revision: int
    document: str
    reason: str
    statement: bytes
    nonce: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, and where the agreement stands after it."""

    event: Event
    case: Case
    clearance: Clearance | None


class Desk:
    """Where one person decides. *store* is opened and closed by whoever made the desk."""

    def __init__(self, store: Store, person: str) -> None:
        self._store, self.person = store, person

    def propose(
        self,
        ref: str,
        action: str,
        *,
        role: str = "",
        aspect: str = "",
        reason: str = "",
        parts: tuple[str, ...] = (),
        expect: str = "",
        once: str = "",
    ) -> Proposal:
        """Check a decision and return what is to be signed. *expect* is the digest that was shown."""
        reason = tidy(reason, of="reason")
        parts = tuple(tidy(part, of="part") for part in parts)
        if action != "approve" and not reason:
            raise ReasonMissingError(action=action)
        with self._store.begin() as unit:
            case = unit.case(ref)
            earlier = unit.earlier(ref, attempt(self.person, action, once))
            if earlier is not None:
                return _proposed(unit, case, action, earlier, once)
            directory = read_directory(unit)
            place = _capacity(case, directory, self.person, action, role, aspect, expect)
            contract = case.contract
            if case.submission is None or contract is None:
                raise ActionNotAllowedError(action, case.state, allowed(case.state))
            nonce = once or secrets.token_hex(16)
            details: dict[str, Any] = {"parts": list(parts)} if parts else {}
            fields: dict[str, str | int] = {
                "agreement": ref,
                "revision": case.submission.revision,
                "decision": action,
                "aspect": place[0],
                "capacity": place[1],
                "person": self.person,
                "name": directory.name_of(self.person),
                "document": case.submission.document,
                "content": contract.content,
                "terms": case.submission.terms,
                "policy": case.submission.policy,
                "seen": f"{case.seq} {case.head}",
                "reason": reason,
                **({"parts": ", ".join(parts)} if parts else {}),
                "nonce": nonce,
            }
            statement = write_statement(DECISION, log=unit.log, at=unit.now, fields=fields)
        return Proposal(
            ref,
            action,
            self.person,
            *place,
            case.submission.revision,
            case.submission.document,
            reason,
            statement,
            nonce,
            details,
        )

    def record(self, proposal: Proposal, signature: str) -> Recorded:
        """Keep a signed decision; recording the same proposal twice records it once."""
        with self._store.begin() as unit:
            earlier = unit.earlier(proposal.ref, attempt(self.person, proposal.action, proposal.nonce))
            if earlier is not None:
                return _recorded(unit, proposal.ref, unit.events(proposal.ref)[earlier - 1])
            case = unit.case(proposal.ref)
            directory = read_directory(unit)
            _capacity(
                case,
                directory,
                self.person,
                proposal.action,
                proposal.role,
                proposal.aspect,
                proposal.document,
            )
            signed = keep_signed(unit, directory.person(self.person), proposal.statement, signature)
            event = self._append(unit, case, directory, proposal, signed)
            unit.commit()
            return _recorded(unit, proposal.ref, event)

    def decide(self, ref: str, action: str, signer: Signer, **given: Any) -> Recorded:
        """Propose, sign and record in one go; the arguments are those of `propose`."""
        proposal = self.propose(ref, action, **given)
        return self.record(proposal, signer.sign(proposal.statement, namespace=DECISION))

    def _append(
        self, unit: Unit, case: Case, directory: Directory, proposal: Proposal, signed: Signed
    ) -> Event:
        payload: dict[str, Any] = {
            "revision": proposal.revision,
            "aspect": proposal.aspect,
            "role": proposal.role,
            "document": proposal.document,
            "reason": unit.note(proposal.reason),
            **proposal.details,
        }
        kind = _TYPES[proposal.action]
        to = _target(case, directory, proposal)
        terms = from_canonical(unit.get(case.terms))
        issuer = Issuer(
            unit,
            ref=case.ref,
            language=case.language,
            owner=directory.name_of(case.drafter),
            revision=case.revision,
        )
        documents = []
        if to is State.APPROVED:
            documents.append(issuer.contract(case.kind, terms, draft=False))
        if kind is Type.APPROVED:
            after = _decided(case, proposal, at=unit.now, reason=payload["reason"], key=signed.key)
            notes = notes_of(unit, after)
            policy = policy_of(unit, case)
            sheet = Papers(directory, policy, case.language).approval_sheet(
                after, notes, policy=policy.digest
            )
            documents.append(issuer.issue(sheet.kind, terms, sheet.context, suffix=str(case.seq + 1)))
        payload["documents"] = documents
        key = attempt(self.person, proposal.action, proposal.nonce)
        return unit.append(case.ref, Fact(kind, self.person, payload, to, signed), key=key)


def notes_of(unit: Unit, case: Case) -> Mapping[str, str]:
    """Return the words behind the digests that an approval sheet shows."""
    digests = [d.reason for d in case.decisions]
    digests += [condition.text for flag in case.flags for condition in flag.conditions]
    return {digest: unit.note_text(digest) for digest in digests if digest}


def keep_signed(
    unit: Unit, person: Person, statement: bytes, signature: str, namespace: str = DECISION
) -> Signed:
    """Verify a signature with a key the registry holds for *person* now, and keep its statement."""
    if not any(key.valid_at(unit.now) for key in person.keys):
        raise KeyRequiredError(person=person.id)
    public = signed_by(signature)
    if person.key(public.fingerprint, unit.now) is None:
        raise WrongKeyError(fingerprint=public.fingerprint, person=person.id)
    verify(statement, signature, key=public, namespace=namespace)
    return Signed(unit.put(statement), signature, public.fingerprint)


def _capacity(
    case: Case, directory: Directory, person: str, action: str, role: str, aspect: str, expect: str
) -> tuple[str, str]:
    """Return the (aspect, role) in which *person* decides, or raise the first refusal that applies."""
    known = directory.person(person)
    submission = case.submission
    if expect and submission:
        wanted = expect.removeprefix("sha256:").replace(" ", "").lower()
        if len(wanted) < 8 or not submission.document.startswith(wanted):
            raise StaleDocumentError(ref=case.ref, seen=wanted[:8] or "?", now=submission.document[:8])
    if not targets(action, case.state) or submission is None:
        raise ActionNotAllowedError(action, case.state, allowed(case.state))
    if person in case.drafters | {case.drafter}:
        raise SelfApprovalError(ref=case.ref, action=action)
    given = next((d for d in case.current_decisions if d.person == person), None)
    if given:
        raise AlreadyDecidedError(ref=case.ref, person=person, decision=given.decision, receipt=given.receipt)
    if not any(key.valid_until is None for key in known.keys):
        raise KeyRequiredError(person=person)
    if case.state is State.EXPERT_REVIEW:
        return _as_expert(case, known, action, role, aspect)
    return _as_approver(case, known, action, role, aspect)


def _as_approver(case: Case, person: Person, action: str, role: str, aspect: str) -> tuple[str, str]:
    clearance = clearance_of(case)
    held = [s for s in clearance.seats if s.seat.role in person.roles and _fits(s, role, aspect)]
    if not held:
        needed = ", ".join(dict.fromkeys(s.seat.role for s in clearance.seats))
        raise WrongRoleError(
            ref=case.ref, person=person.id, action=action, needed=needed, held=_held(person, role)
        )
    open_now = [s for s in held if s in clearance.turn]
    if not open_now:
        waiting = ", ".join(clearance.waiting_for)
        raise NotYetYourTurnError(ref=case.ref, waiting=waiting, rules=", ".join(held[0].seat.rules))
    places = [(s.seat.aspect, s.seat.role) for s in open_now]
    return _only(places, case, person, action)


def _as_expert(case: Case, person: Person, action: str, role: str, aspect: str) -> tuple[str, str]:
    flags = [f for f in case.blocking_flags if f.role in person.roles and _asks(f, role, aspect)]
    if not flags:
        needed = ", ".join(dict.fromkeys(f.role for f in case.blocking_flags))
        raise WrongRoleError(
            ref=case.ref, person=person.id, action=action, needed=needed, held=_held(person, role)
        )
    return _only([(f.aspect, f.role) for f in flags], case, person, action)


def _only(places: list[tuple[str, str]], case: Case, person: Person, action: str) -> tuple[str, str]:
    if len(set(places)) > 1:
        capacities = ", ".join(f"{role} ({aspect})" for aspect, role in places)
        raise ChooseCapacityError(ref=case.ref, person=person.id, action=action, capacities=capacities)
    return places[0]


def _fits(status: SeatStatus, role: str, aspect: str) -> bool:
    return role in ("", status.seat.role) and aspect in ("", status.seat.aspect)


def _asks(flag: Flag, role: str, aspect: str) -> bool:
    return role in ("", flag.role) and aspect in ("", flag.aspect)


def _held(person: Person, role: str) -> str:
    return role or ", ".join(sorted(person.roles)) or "-"


def _target(case: Case, directory: Directory, proposal: Proposal) -> State:
    """Return where the decision leads: the same rules the audit applies."""
    if proposal.action == "return":
        return State.DRAFTING
    after = _decided(case, proposal, at=case.at)
    if proposal.action == "reject":
        return State.DRAFTING if out_of_reach(after, directory.by_role) else State.SIGN_OFF
    return State.APPROVED if clearance_of(after) else State.SIGN_OFF


def _decided(case: Case, proposal: Proposal, *, at: datetime, reason: str = "", key: str = "") -> Case:
    """Return the case as the decision will leave it; its receipt does not exist yet."""
    decision = Decision(
        seq=case.seq + 1,
        revision=proposal.revision,
        person=proposal.person,
        aspect=proposal.aspect,
        role=proposal.role,
        decision=proposal.action,
        document=proposal.document,
        at=at,
        reason=reason,
        receipt=f"#{case.seq + 1}",
        key=key,
    )
    return replace(case, decisions=(*case.decisions, decision))


def _proposed(unit: Unit, case: Case, action: str, seq: int, nonce: str) -> Proposal:
    """Return the proposal that event *seq* recorded, for whoever asks again under its name."""
    event = unit.events(case.ref)[seq - 1]
    decided = next(decision for decision in case.decisions if decision.seq == seq)
    return Proposal(
        case.ref,
        action,
        decided.person,
        decided.aspect,
        decided.role,
        decided.revision,
        decided.document,
        unit.note_text(decided.reason),
        unit.get(event.signed.statement) if event.signed else b"",
        nonce,
    )


def _recorded(unit: Unit, ref: str, event: Event) -> Recorded:
    case = unit.case(ref)
    shown = case.state in (State.SIGN_OFF, State.APPROVED)
    return Recorded(event, case, clearance_of(case) if shown else None)

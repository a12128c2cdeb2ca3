"""What approvers do: approve, return, reject, recuse, note an absence, take back.

First proposed, then signed, then recorded. `Desk.propose` checks everything and says what
would be signed; `Desk.record` checks it all again inside the transaction that keeps it,
because time has passed. A proposal stays good while others sign the same text, and is stale
as soon as the text is another. In which capacity somebody may act is ``approvals.capacity``'s
business.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from approvals.assessors import require_no_assessor
from approvals.capacity import Ask, Capacity, find_capacity
from approvals.clearance import Clearance, clearance_of, out_of_reach
from approvals.directory import Directory, Person
from approvals.elsewhere import asked_of, read_words, require_delegation, require_same
from approvals.errors import (
    KeyRequiredError,
    StatementRefusedError,
    WrongKeyError,
)
from approvals.keys import Signer
from approvals.papers import Papers
from approvals.registry import read_directory
from approvals.retraction import place_of, retractable
from approvals.sshsig import signed_by, verify
from approvals.statements import DECISION, read_statement, write_statement
from approvals.submission import policy_of
from workflow.case import Case, Decision
from workflow.errors import ActionNotAllowedError, ReasonMissingError
from workflow.events import Event, Fact, Signed, Type
from workflow.i18n import mark, translate
from workflow.issuing import Issuer
from workflow.lifecycle import State, allowed
from workflow.notes import Note
from workflow.price import value_for_policy
from workflow.store import Store, Unit, attempt
from workflow.terms import from_canonical
from workflow.texts import tidy
from workflow.values.dates import TAIPEI

TYPES = {
    "approve": Type.APPROVED,
    "return": Type.RETURNED,
    "reject": Type.REJECTED,
    "recuse": Type.RECUSED,
    "excuse": Type.EXCUSED,
    "retract": Type.RETRACTED,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision ready to be signed: the statement, and what it is about.

    ``reason`` stands in the statement by its digest. ``principal`` is whom a deputy decides for.
    ``details`` go into the event as they are: the parts meant, the absent member, the number of the
    decision taken back.
    """

    ref: str
    action: str
    person: str
    aspect: str
    role: str
    revision: int
    document: str
    reason: Note
    statement: bytes
    nonce: str
    principal: str = ""
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
        principal: str = "",
        reason: str = "",
        parts: tuple[str, ...] = (),
        member: str = "",
        expect: str = "",
        once: str = "",
    ) -> Proposal:
        """Check a decision and return what is to be signed.

        *principal* is whose deputy decides, where the person has a choice; *member* the one
        whom an ``excuse`` is about; *expect* the digest that was shown.
        """
        reason = tidy(reason, of="reason")
        parts = tuple(tidy(part, of="part") for part in parts)
        if action != "approve" and not reason:
            raise ReasonMissingError(action=action)
        with self._store.begin() as unit:
            case = unit.case(ref)
            earlier = unit.earlier(ref, attempt(self.person, action, once))
            if earlier is not None:
                return _proposed(unit, case, action, earlier, once)
            asked = Ask(action, role, aspect, principal, member, expect)
            place = self._capacity(unit, case, asked)
            details: dict[str, Any] = {"parts": list(parts)} if parts else {}
            if member:
                details["member"] = member
            return self._proposal(unit, case, action, place, Note.of(reason), details, once)

    def propose_retraction(self, ref: str, receipt: str, *, reason: str, once: str = "") -> Proposal:
        """Check that a decision or an opinion can be taken back, and return what is to be signed.

        *receipt* names it, as short form or as number. Raises `TooLateToRetractError` once
        somebody else has acted.
        """
        reason = tidy(reason, of="reason")
        if not reason:
            raise ReasonMissingError(action="retract")
        with self._store.begin() as unit:
            case = unit.case(ref)
            earlier = unit.earlier(ref, attempt(self.person, "retract", once))
            if earlier is not None:
                return _proposed(unit, case, "retract", earlier, once)
            event = self._retractable(unit, case, receipt)
            details = {"retracts": event.seq}
            place, note = place_of(case, event), Note.of(reason)
            return self._proposal(unit, case, "retract", place, note, details, once)

    def read_proposal(self, statement: bytes, words: bytes = b"{}") -> Proposal:
        """Return the proposal that a statement signed elsewhere is of, having worked it out again.

        *words* is the file beside it, with what it names by digest. Raises `StatementRefusedError`
        where it says anything else than what would be signed here, apart from its time and what its
        signer had seen.
        """
        try:
            namespace, said = read_statement(statement)
        except ValueError as error:
            raise StatementRefusedError(reason=str(error)) from None
        ref, action, once = (str(said.get(name, "")) for name in ("agreement", "decision", "nonce"))
        if namespace != DECISION or action not in TYPES or not once:
            raise StatementRefusedError(reason=mark("it is not a statement of a decision"))
        with self._store.begin() as unit:
            case = unit.case(ref)
            earlier = unit.earlier(ref, attempt(self.person, action, once))
            if earlier is not None:
                done = _proposed(unit, case, action, earlier, once)
                if done.statement != statement:
                    text = mark("another statement was recorded under its name, {name}")
                    raise StatementRefusedError(reason=translate(text).format(name=once))
                return done
            note = read_words(words, str(said.get("reason", "")))
            if action != "approve" and not note.text:
                raise ReasonMissingError(action=action)
            details: dict[str, Any] = {}
            if action == "retract":
                taken = self._retractable(unit, case, str(said.get("retracts", "")))
                place, details["retracts"] = place_of(case, taken), taken.seq
            else:
                place = self._capacity(unit, case, asked_of(action, said, self.person))
                if "parts" in said:
                    details["parts"] = str(said["parts"]).split(", ")
                if "member" in said:
                    details["member"] = said["member"]
            found = self._proposal(unit, case, action, place, note, details, once)
            require_same(found.statement, statement, unit.events(ref), case)
        return replace(found, statement=statement)

    def record(self, proposal: Proposal, signature: str) -> Recorded:
        """Keep a signed decision; recording the same proposal twice records it once."""
        with self._store.begin() as unit:
            earlier = unit.earlier(proposal.ref, attempt(self.person, proposal.action, proposal.nonce))
            if earlier is not None:
                return _recorded(unit, proposal.ref, unit.events(proposal.ref)[earlier - 1])
            case = unit.case(proposal.ref)
            directory = read_directory(unit)
            if proposal.action == "retract":
                taken = self._retractable(unit, case, str(proposal.details["retracts"]))
                place = place_of(case, taken)
            else:
                asked = Ask(
                    proposal.action,
                    proposal.role,
                    proposal.aspect,
                    proposal.principal or self.person,
                    proposal.details.get("member", ""),
                    proposal.document,
                )
                place = self._capacity(unit, case, asked)
                require_delegation(proposal.statement, place)
            signed = keep_signed(unit, directory.person(self.person), proposal.statement, signature)
            event = self._append(unit, case, directory, proposal, place, signed)
            unit.commit()
            return _recorded(unit, proposal.ref, event)

    def decide(self, ref: str, action: str, signer: Signer, **given: Any) -> Recorded:
        """Propose, sign and record in one go; the arguments are those of `propose`."""
        proposal = self.propose(ref, action, **given)
        return self.record(proposal, signer.sign(proposal.statement, namespace=DECISION))

    def retract(self, ref: str, receipt: str, signer: Signer, **given: Any) -> Recorded:
        """Propose, sign and record a retraction; the arguments are those of `propose_retraction`."""
        proposal = self.propose_retraction(ref, receipt, **given)
        return self.record(proposal, signer.sign(proposal.statement, namespace=DECISION))

    def _retractable(self, unit: Unit, case: Case, receipt: str) -> Event:
        require_no_assessor(read_directory(unit).person(self.person), f"retract a decision of {case.ref}")
        return retractable(unit.events(case.ref), case, self.person, receipt)

    def _capacity(self, unit: Unit, case: Case, asked: Ask) -> Capacity:
        return find_capacity(
            case,
            read_directory(unit),
            self.person,
            asked,
            # The day the event will bear, and the audit will ask for: a chain's time never runs back.
            day=max(unit.now, case.at).astimezone(TAIPEI).date(),
            value=value_for_policy(from_canonical(unit.get(case.terms))) if case.terms else None,
        )

    def _proposal(
        self,
        unit: Unit,
        case: Case,
        action: str,
        place: Capacity,
        reason: Note,
        details: Mapping[str, Any],
        once: str,
    ) -> Proposal:
        submission, contract = case.submission, case.contract
        if submission is None or contract is None:
            raise ActionNotAllowedError(action, case.state, allowed(case.state))
        directory = read_directory(unit)
        nonce = once or secrets.token_hex(16)
        fields: dict[str, str | int] = {
            "agreement": case.ref,
            "revision": submission.revision,
            "decision": action,
            "aspect": place.aspect,
            "capacity": place.role,
            "person": self.person,
            "name": directory.name_of(self.person),
            **place.said(directory),
            "document": submission.document,
            "content": contract.content,
            "terms": submission.terms,
            "policy": submission.policy,
            "seen": f"{case.seq} {case.head}",
            "reason": reason.digest,
            **_said(details),
            "nonce": nonce,
        }
        return Proposal(
            case.ref,
            action,
            self.person,
            place.aspect,
            place.role,
            submission.revision,
            submission.document,
            reason,
            write_statement(DECISION, log=unit.log, at=unit.now, fields=fields),
            nonce,
            place.principal,
            details,
        )

    def _append(
        self,
        unit: Unit,
        case: Case,
        directory: Directory,
        proposal: Proposal,
        place: Capacity,
        signed: Signed,
    ) -> Event:
        payload: dict[str, Any] = {
            "revision": proposal.revision,
            "aspect": proposal.aspect,
            "role": proposal.role,
            "document": proposal.document,
            "reason": unit.note(proposal.reason),
            **place.recorded,
            **proposal.details,
        }
        kind = TYPES[proposal.action]
        after = case
        if kind is not Type.RETRACTED:
            after = _decided(case, proposal, place, at=unit.now, reason=payload["reason"], key=signed.key)
        to = _target(after, directory, proposal)
        terms = from_canonical(unit.get(case.terms))
        issuer = Issuer(
            unit,
            ref=case.ref,
            language=case.language,
            owner=directory.name_of(case.drafter),
            revision=case.revision,
        )
        documents = []
        if to is State.APPROVED and case.contract:
            documents.append(issuer.again(case.contract, draft=False))
        if kind is Type.APPROVED or to is State.APPROVED:
            notes = notes_of(unit, after)
            policy = policy_of(unit, case)
            sheet = Papers(directory, policy, unit.library, case.spoken_in).approval_sheet(
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


def _said(details: Mapping[str, Any]) -> dict[str, str | int]:
    """Return the details of a decision as its statement says them."""
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in details.items()}


def _target(after: Case, directory: Directory, proposal: Proposal) -> State:
    """Return where the decision leads, given the case as it leaves it: the same rules the audit applies."""
    if proposal.action == "retract":
        # Nothing has happened since, so everything is again as it was before.
        return after.before
    if proposal.action == "return":
        return State.DRAFTING
    if after.state is State.EXPERT_REVIEW:
        return State.EXPERT_REVIEW
    if clearance_of(after):
        return State.APPROVED
    refusing = proposal.action != "approve" and out_of_reach(after, directory.by_role)
    return State.DRAFTING if refusing else State.SIGN_OFF


def _decided(
    case: Case, proposal: Proposal, place: Capacity, *, at: datetime, reason: str = "", key: str = ""
) -> Case:
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
        came_from=case.state,
        principal=place.principal,
        grant=place.grant,
        member=proposal.details.get("member", ""),
    )
    recused = {proposal.person} if proposal.action == "recuse" else set()
    return replace(case, decisions=(*case.decisions, decision), recused=case.recused | recused)


def _proposed(unit: Unit, case: Case, action: str, seq: int, nonce: str) -> Proposal:
    """Return the proposal that event *seq* recorded, for whoever asks again under its name."""
    event = unit.events(case.ref)[seq - 1]
    said = event.payload
    return Proposal(
        case.ref,
        action,
        event.actor,
        said["aspect"],
        said["role"],
        said["revision"],
        said["document"],
        unit.note_of(said["reason"]),
        unit.get(event.signed.statement) if event.signed else b"",
        nonce,
        said.get("for", ""),
    )


def _recorded(unit: Unit, ref: str, event: Event) -> Recorded:
    case = unit.case(ref)
    shown = case.state in (State.SIGN_OFF, State.APPROVED)
    return Recorded(event, case, clearance_of(case) if shown else None)

"""What assessors do: judge a row of a competency unit by evidence in the trail, with their own key.

First proposed, then signed, then recorded, as decisions are. `AssessmentDesk.propose` checks
everything and says what would be signed; `AssessmentDesk.record` checks it again inside the
transaction that keeps it.
"""

import secrets
from dataclasses import dataclass, replace

from approvals.assessments import Cited, Judgement, fields_of, payload_of, require_sound
from approvals.assessors import ASSESSOR, require_apart, taking_part
from approvals.competency import find_unit
from approvals.directory import Directory
from approvals.errors import NotToAssessError
from approvals.keys import Signer
from approvals.registry import read_directory
from approvals.signoff import keep_signed
from approvals.statements import ASSESSMENT, write_statement
from workflow.errors import NotStaffError, UnknownReferenceError
from workflow.events import ASSESSMENTS, Event, Fact, Type, is_agreement
from workflow.i18n import mark
from workflow.ledger import GENESIS
from workflow.notes import Note
from workflow.store import Store, Unit, attempt
from workflow.texts import tidy


@dataclass(frozen=True, slots=True)
class Assessable:
    """A judgement ready to be signed: the statement, and what it names by digest, events and words."""

    said: Judgement
    evidence: tuple[Cited, ...]
    reason: Note
    statement: bytes
    nonce: str


class AssessmentDesk:
    """Where one assessor judges. *store* is opened and closed by whoever made the desk."""

    def __init__(self, store: Store, person: str) -> None:
        self._store, self.person = store, person

    def propose(self, said: Judgement, *, once: str = "") -> Assessable:
        """Check a judgement and return what is to be signed."""
        said = replace(
            said,
            row=find_unit(said.unit).row(said.row).id,
            evidence=tuple(dict.fromkeys(said.evidence)),
            reason=tidy(said.reason, of="reason"),
        )
        require_sound(said)
        with self._store.begin() as unit:
            unit.begin_stream(ASSESSMENTS)
            earlier = unit.earlier(ASSESSMENTS, self._key(said, once))
            if earlier is not None:
                return _assessable(unit, unit.events(ASSESSMENTS)[earlier - 1], once)
            evidence, directory = self._checked(unit, said)
            nonce, reason = once or secrets.token_hex(16), Note.of(said.reason)
            last = unit.events(ASSESSMENTS)[-1:]
            fields = {
                **fields_of(payload_of(said, evidence, reason.digest)),
                "person": self.person,
                "name": directory.name_of(self.person),
                "of": directory.name_of(said.candidate),
                "seen": f"{last[0].seq} {last[0].hash}" if last else f"0 {GENESIS}",
                "nonce": nonce,
            }
            statement = write_statement(ASSESSMENT, log=unit.log, at=unit.now, fields=fields)
        return Assessable(said, evidence, reason, statement, nonce)

    def record(self, proposal: Assessable, signature: str) -> Event:
        """Keep a signed judgement; recording the same proposal twice records it once."""
        said = proposal.said
        with self._store.begin() as unit:
            unit.begin_stream(ASSESSMENTS)
            key = self._key(said, proposal.nonce)
            earlier = unit.earlier(ASSESSMENTS, key)
            if earlier is not None:
                return unit.events(ASSESSMENTS)[earlier - 1]
            evidence, directory = self._checked(unit, said)
            signed = keep_signed(
                unit, directory.person(self.person), proposal.statement, signature, ASSESSMENT
            )
            payload = payload_of(said, evidence, unit.note(proposal.reason))
            event = unit.append(ASSESSMENTS, Fact(Type.ASSESSED, self.person, payload, "", signed), key=key)
            unit.commit()
            return event

    def assess(self, said: Judgement, signer: Signer, *, once: str = "") -> Event:
        """Propose, sign and record in one go."""
        proposal = self.propose(said, once=once)
        return self.record(proposal, signer.sign(proposal.statement, namespace=ASSESSMENT))

    def _key(self, said: Judgement, name: str) -> str:
        # An assessor may judge several rows under one name.
        return attempt(self.person, f"assess {said.candidate} {said.unit} {said.row}", name)

    def _checked(self, unit: Unit, said: Judgement) -> tuple[tuple[Cited, ...], Directory]:
        """Return the events cited as they stand, having refused what may not be judged."""
        refs = sorted({ref for ref, _ in said.evidence})
        agreements = {ref: self._agreement(unit, ref) for ref in refs}
        directory = read_directory(unit)
        assessor, candidate = directory.person(self.person), directory.person(said.candidate)
        if ASSESSOR not in assessor.roles:
            raise NotStaffError(person=self.person, action="assess", role=ASSESSOR)
        require_apart(assessor.id, assessor.roles)
        if assessor == candidate:
            raise self._refuse(said, said.row, mark("it is their own work"))
        for ref, events in agreements.items():
            people = taking_part(events)
            if self.person in people:
                raise self._refuse(said, ref, mark("the assessor took part in it"))
            if said.candidate not in people:
                raise self._refuse(said, ref, mark("the candidate took no part in it"))
        for ref, seq in said.evidence:
            if not 0 < seq <= len(agreements[ref]):
                raise UnknownReferenceError(ref=f"{ref}#{seq}")
        return tuple(
            Cited(f"{ref}#{seq}", agreements[ref][seq - 1].hash) for ref, seq in said.evidence
        ), directory

    def _agreement(self, unit: Unit, ref: str) -> list[Event]:
        if not is_agreement(ref):
            raise UnknownReferenceError(ref=ref)
        return unit.events(ref, shared=True)

    def _refuse(self, said: Judgement, what: str, reason: str) -> NotToAssessError:
        return NotToAssessError(person=self.person, candidate=said.candidate, what=what, reason=reason)


def _assessable(unit: Unit, event: Event, nonce: str) -> Assessable:
    """Return the proposal that an event recorded, for whoever asks again under its name."""
    payload = event.payload
    evidence = tuple(Cited(row["event"], row["digest"]) for row in payload["evidence"])
    reason = unit.note_of(payload["reason"])
    said = Judgement(
        **{name: payload[name] for name in ("candidate", "unit", "row", "judgement", "method")},
        evidence=tuple((cited.stream, cited.seq) for cited in evidence),
        reason=reason.text,
    )
    statement = unit.get(event.signed.statement) if event.signed else b""
    return Assessable(said, evidence, reason, statement, nonce)

"""What experts do: a flag is raised, assigned, answered with a signed opinion, its conditions closed.

A flag blocks the sign-off until the opinion is clear and every must-condition is closed by
someone other than the drafter. A need that a person raised can be declined by an expert,
with their name and reason; one that a rule asks for cannot.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from approvals.assessors import require_no_assessor
from approvals.directory import Directory
from approvals.errors import (
    FlagSettledError,
    SeatUnfillableError,
    UnknownFlagError,
)
from approvals.expertise import (
    closable,
    document_of,
    not_entitled,
    require_declinable,
    require_expert,
    text_of,
)
from approvals.labels import ASPECTS
from approvals.papers import Papers
from approvals.registry import read_directory, require_role
from approvals.signoff import Recorded, keep_signed, notes_of
from approvals.statements import DECISION, write_statement
from approvals.submission import policy_of
from workflow.case import CLEAR, CONDITIONS, OBJECTED, OPEN, Case, Condition, Flag
from workflow.errors import (
    ActionNotAllowedError,
    InvalidInputError,
    ReasonMissingError,
    StaleDocumentError,
    UnknownDocumentError,
)
from workflow.events import ACTION_OF, Fact, Type
from workflow.i18n import mark
from workflow.issuing import Issuer
from workflow.lifecycle import State, allowed, targets
from workflow.notes import Note
from workflow.problems import Problem
from workflow.store import Store, Unit, attempt
from workflow.terms import from_canonical
from workflow.texts import tidy
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import NO_OVERRIDES, due, office_calendar

#: Working days an expert has for a question that a person raised.
REVIEW_DAYS = 5


@dataclass(frozen=True, slots=True)
class Opinion:
    """An expert's advice: ``clear``, ``conditions`` or ``object``, and why."""

    conclusion: str
    reasoning: str
    basis: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An opinion, a declined need or a closed condition, ready to be signed.

    ``notes`` are the words that its statement names by their digests, by what they are.
    """

    ref: str
    kind: Type
    person: str
    flag: str
    statement: bytes
    nonce: str
    document: str
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)


class ReviewDesk:
    """Where one person raises flags, gives opinions and closes conditions."""

    def __init__(self, store: Store, person: str, *, overrides: Mapping[date, bool] = NO_OVERRIDES) -> None:
        self._store, self.person, self._overrides = store, person, overrides

    def raise_flag(self, ref: str, *, role: str, aspect: str, question: str, once: str = "") -> Recorded:
        """Ask an expert of *role* about *aspect*; nothing passes until the answer is clear."""
        question = tidy(question, of="question")
        if not question:
            raise ReasonMissingError(action="flag raise")
        with self._store.begin() as unit:
            case = unit.case(ref)
            key = attempt(self.person, "raise", once)
            earlier = unit.earlier(ref, key)
            if earlier is not None:
                return Recorded(unit.events(ref)[earlier - 1], case, None)
            directory = read_directory(unit)
            require_no_assessor(directory.person(self.person), f"raise a flag of {ref}")
            require_role(role)
            if aspect not in ASPECTS:
                raise UnknownDocumentError(what=f"aspect {aspect}", known=", ".join(ASPECTS))
            to = _one_target("raise_flag", case)
            if not directory.holders(role) - case.barred:
                raise SeatUnfillableError(
                    ref=ref, role=role, aspect=aspect, quorum=1, holders=0, rules="flag raise"
                )
            today, calendar = unit.now.astimezone(TAIPEI).date(), office_calendar(overrides=self._overrides)
            payload = {
                "flag": f"F-{case.flag_count + 1}",
                "aspect": aspect,
                "role": role,
                "question": unit.note(question),
                "due": due(today, REVIEW_DAYS, "working_day", calendar).isoformat(),
            }
            event = unit.append(ref, Fact(Type.FLAG_RAISED, self.person, payload, to), key=key)
            unit.commit()
            return Recorded(event, unit.case(ref), None)

    def assign(self, ref: str, name: str, expert: str, *, once: str = "") -> Recorded:
        """Have one holder of a flag's role answer it; until then anyone who holds the role may."""
        with self._store.begin() as unit:
            key = attempt(self.person, f"assign {name.upper()}", once)
            earlier = unit.earlier(ref, key)
            if earlier is not None:
                return Recorded(unit.events(ref)[earlier - 1], unit.case(ref), None)
            case, flag, directory = self._flag(unit, ref, name, "assign_flag")
            if flag.status not in (OPEN, OBJECTED):
                raise FlagSettledError(ref=ref, what=flag.id, status=flag.status)
            if not directory.person(self.person).roles & {flag.role, "staff", "admin"}:
                raise not_entitled(case, directory.person(self.person), flag, "assign")
            found = directory.person(expert)
            require_expert(case, replace(flag, assigned=""), found)
            payload = {"flag": flag.id, "person": found.id}
            event = unit.append(ref, Fact(Type.FLAG_ASSIGNED, self.person, payload, case.state), key=key)
            unit.commit()
            return Recorded(event, unit.case(ref), None)

    def propose_declining(self, ref: str, name: str, reason: str, *, once: str = "") -> Answer:
        """Check that a need somebody raised can be declined, and return what is to be signed."""
        reason = tidy(reason, of="reason")
        if not reason:
            raise ReasonMissingError(action="flag decline")
        with self._store.begin() as unit:
            done = self._answered(unit, ref, Type.FLAG_DECLINED, name, "", once)
            if done:
                return done
            case, flag, directory = self._flag(unit, ref, name, "decline_flag")
            require_declinable(case, flag, directory.person(self.person))
            document = text_of(case)
            nonce, note = once or secrets.token_hex(16), Note.of(reason)
            fields = {
                "flag": flag.id,
                "aspect": flag.aspect,
                "capacity": flag.role,
                "decision": "decline",
                "reason": note.digest,
            }
            statement = self._statement(unit, case, directory, document, fields, nonce)
        notes = {"reason": note}
        return Answer(ref, Type.FLAG_DECLINED, self.person, flag.id, statement, nonce, document, {}, notes)

    def propose_opinion(
        self, ref: str, name: str, opinion: Opinion, *, expect: str = "", once: str = ""
    ) -> Answer:
        """Check an opinion and return what is to be signed."""
        opinion = _tidied(opinion)
        if not opinion.reasoning:
            raise ReasonMissingError(action="flag resolve")
        with self._store.begin() as unit:
            done = self._answered(unit, ref, Type.FLAG_RESOLVED, name, "", once)
            if done:
                return done
            case, flag, directory = self._flag(unit, ref, name, "resolve_flag")
            require_expert(case, flag, directory.person(self.person))
            if flag.status not in (OPEN, OBJECTED):
                raise FlagSettledError(ref=ref, what=flag.id, status=flag.status)
            document = document_of(case, expect)
            nonce = once or secrets.token_hex(16)
            notes = {"reasoning": Note.of(opinion.reasoning), "basis": Note.of(opinion.basis)}
            notes |= {c.id: Note.of(c.text) for c in opinion.conditions}
            # As a list, so that no text can pass for another condition.
            conditions = json.dumps([[c.id, c.severity, notes[c.id].digest] for c in opinion.conditions])
            fields = {
                "flag": flag.id,
                "aspect": flag.aspect,
                "capacity": flag.role,
                "decision": opinion.conclusion,
                "reasoning": notes["reasoning"].digest,
                "basis": notes["basis"].digest,
                "conditions": conditions,
            }
            statement = self._statement(unit, case, directory, document, fields, nonce)
        details = {"opinion": opinion}
        return Answer(
            ref, Type.FLAG_RESOLVED, self.person, flag.id, statement, nonce, document, details, notes
        )

    def propose_closing(
        self, ref: str, name: str, condition: str, evidence: str, *, once: str = ""
    ) -> Answer:
        """Check the closing of a condition and return what is to be signed."""
        evidence = tidy(evidence, of="evidence")
        if not evidence:
            raise ReasonMissingError(action="flag close")
        with self._store.begin() as unit:
            done = self._answered(unit, ref, Type.CONDITION_CLOSED, name, condition, once)
            if done:
                return done
            case, flag, directory = self._flag(unit, ref, name, "close_condition")
            found = closable(case, flag, directory.person(self.person), condition)
            document = document_of(case, "")
            nonce, note = once or secrets.token_hex(16), Note.of(evidence)
            fields = {"flag": flag.id, "condition": found.id, "decision": "close", "evidence": note.digest}
            statement = self._statement(unit, case, directory, document, fields, nonce)
        details, notes = {"condition": found.id}, {"evidence": note}
        return Answer(
            ref, Type.CONDITION_CLOSED, self.person, flag.id, statement, nonce, document, details, notes
        )

    def record(self, answer: Answer, signature: str) -> Recorded:
        """Keep a signed opinion or closing; doing it twice records it once."""
        with self._store.begin() as unit:
            key = self._key(answer.kind, answer.flag, answer.details.get("condition", ""), answer.nonce)
            earlier = unit.earlier(answer.ref, key)
            if earlier is not None:
                return Recorded(unit.events(answer.ref)[earlier - 1], unit.case(answer.ref), None)
            case, flag, directory = self._flag(unit, answer.ref, answer.flag, ACTION_OF[answer.kind])
            if text_of(case) != answer.document:
                raise StaleDocumentError(ref=case.ref, seen=answer.document[:8], now=text_of(case)[:8])
            signed = keep_signed(unit, directory.person(self.person), answer.statement, signature)
            if answer.kind is Type.FLAG_RESOLVED:
                payload, settled = self._opinion(unit, case, flag, directory, answer)
            elif answer.kind is Type.FLAG_DECLINED:
                require_declinable(case, flag, directory.person(self.person))
                payload, settled = self._declining(unit, flag, answer), True
            else:
                closable(case, flag, directory.person(self.person), answer.details["condition"])
                payload, settled = self._closing(unit, flag, answer)
            others = any(other.id != flag.id for other in case.blocking_flags)
            to = State.SIGN_OFF if settled and not others else State.EXPERT_REVIEW
            if case.state is State.DRAFTING:
                to = State.DRAFTING
            if to is State.SIGN_OFF:
                payload["documents"].append(self._sheet(unit, case, directory))
            event = unit.append(answer.ref, Fact(answer.kind, self.person, payload, to, signed), key=key)
            unit.commit()
            return Recorded(event, unit.case(answer.ref), None)

    def _key(self, kind: Type, flag: str, condition: str, name: str) -> str:
        # An expert may answer several flags under one name.
        return attempt(self.person, f"{kind} {flag} {condition}".upper(), name)

    def _answered(
        self, unit: Unit, ref: str, kind: Type, flag: str, condition: str, name: str
    ) -> Answer | None:
        """Return what this attempt has recorded already, for whoever asks again under its name."""
        seq = unit.earlier(ref, self._key(kind, flag, condition, name))
        if seq is None:
            return None
        event = unit.events(ref)[seq - 1]
        statement = unit.get(event.signed.statement) if event.signed else b""
        document, details = event.payload["document"], {"condition": condition}
        return Answer(ref, kind, event.actor, event.payload["flag"], statement, name, document, details)

    def _opinion(
        self, unit: Unit, case: Case, flag: Flag, directory: Directory, answer: Answer
    ) -> tuple[dict[str, Any], bool]:
        require_expert(case, flag, directory.person(self.person))
        if flag.status not in (OPEN, OBJECTED):
            raise FlagSettledError(ref=case.ref, what=flag.id, status=flag.status)
        opinion: Opinion = answer.details["opinion"]
        rows = [{"id": c.id, "severity": c.severity, "text": c.text} for c in opinion.conditions]
        said = {
            "expert": self.person,
            "at": unit.now,
            "conclusion": opinion.conclusion,
            "reasoning": opinion.reasoning,
            "basis": opinion.basis,
            "conditions": rows,
        }
        asked = {
            "flag": flag.id,
            "aspect": flag.aspect,
            "role": flag.role,
            "rules": flag.rules,
            "due": flag.due,
            "question": unit.note_text(flag.question),
        }
        name = case.contract.name if case.contract else ""
        papers = Papers(directory, policy_of(unit, case), unit.library, case.spoken_in)
        paper = papers.opinion(asked, said, document=answer.document, terms=case.terms, name=name)
        payload = {
            "flag": flag.id,
            "conclusion": opinion.conclusion,
            "document": answer.document,
            "reasoning": unit.note(answer.notes["reasoning"]),
            "basis": unit.note(answer.notes["basis"]),
            "conditions": [row | {"text": unit.note(answer.notes[row["id"]])} for row in rows],
            "documents": [
                self._issuer(unit, case, directory).issue(
                    paper.kind, from_canonical(unit.get(case.terms)), paper.context, suffix=paper.suffix
                )
            ],
        }
        settled = opinion.conclusion != "object" and not any(c.severity == "must" for c in opinion.conditions)
        return payload, settled

    def _declining(self, unit: Unit, flag: Flag, answer: Answer) -> dict[str, Any]:
        return {
            "flag": flag.id,
            "document": answer.document,
            "reason": unit.note(answer.notes["reason"]),
            "documents": [],
        }

    def _closing(self, unit: Unit, flag: Flag, answer: Answer) -> tuple[dict[str, Any], bool]:
        condition = answer.details["condition"]
        payload = {
            "flag": flag.id,
            "condition": condition,
            "document": answer.document,
            "evidence": unit.note(answer.notes["evidence"]),
            "documents": [],
        }
        others = any(c.open and c.id != condition for c in flag.conditions)
        return payload, flag.status in (CLEAR, CONDITIONS) and not others

    def _sheet(self, unit: Unit, case: Case, directory: Directory) -> dict[str, Any]:
        policy = policy_of(unit, case)
        paper = Papers(directory, policy, unit.library, case.spoken_in).approval_sheet(
            case, notes_of(unit, case), policy=policy.digest
        )
        terms = from_canonical(unit.get(case.terms))
        return self._issuer(unit, case, directory).issue(
            paper.kind, terms, paper.context, suffix=str(case.seq + 1)
        )

    def _issuer(self, unit: Unit, case: Case, directory: Directory) -> Issuer:
        owner = directory.name_of(case.drafter)
        return Issuer(unit, ref=case.ref, language=case.language, owner=owner, revision=case.revision)

    def _flag(self, unit: Unit, ref: str, name: str, action: str) -> tuple[Case, Flag, Directory]:
        case, directory = unit.case(ref), read_directory(unit)
        require_no_assessor(directory.person(self.person), f"settle a flag of {ref}")
        flag = case.flag(name)
        if flag is None:
            raise UnknownFlagError(
                ref=ref, what=f"flag {name}", known=", ".join(f.id for f in case.flags) or "-"
            )
        if not targets(action, case.state):
            raise ActionNotAllowedError(action, case.state, allowed(case.state))
        return case, flag, directory

    def _statement(
        self,
        unit: Unit,
        case: Case,
        directory: Directory,
        document: str,
        fields: Mapping[str, str],
        nonce: str,
    ) -> bytes:
        about: dict[str, str | int] = {
            "agreement": case.ref,
            "revision": case.revision,
            **fields,
            "person": self.person,
            "name": directory.name_of(self.person),
            "document": document,
            "terms": case.terms,
            "seen": f"{case.seq} {case.head}",
            "nonce": nonce,
        }
        return write_statement(DECISION, log=unit.log, at=unit.now, fields=about)


def _tidied(opinion: Opinion) -> Opinion:
    conditions = tuple(replace(c, text=tidy(c.text, of="condition")) for c in opinion.conditions)
    if not all(condition.text for condition in conditions):
        what, fix = mark("is empty"), mark("write something")
        raise InvalidInputError("flag resolve", [Problem("condition", what, fix)])
    return Opinion(
        opinion.conclusion,
        tidy(opinion.reasoning, of="reasoning"),
        tidy(opinion.basis, of="basis"),
        conditions,
    )


def _one_target(action: str, case: Case) -> State:
    """Return where raising a flag leads: a sign-off goes back to the experts."""
    offered = targets(action, case.state)
    if not offered:
        raise ActionNotAllowedError(action, case.state, allowed(case.state))
    return offered[0]

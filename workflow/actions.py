"""What staff do, one function an action: check, issue the documents, append the event.

Each works inside a unit of work that somebody else opened and commits; who may act is
asked of the rules, whether the state allows it of the state table.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workflow.case import DECLINED, Case
from workflow.errors import (
    ActionNotAllowedError,
    EvidenceMissingError,
    ExecutionRefusedError,
    InvalidInputError,
    IssuesUnsettledError,
    NotDueError,
    NothingChangedError,
    ReasonMissingError,
    ReplyRefusedError,
    TermsMissingError,
    WorkflowError,
)
from workflow.events import Event, Fact, Type
from workflow.execution import Execution
from workflow.i18n import mark, translate
from workflow.issuing import Issuer
from workflow.lifecycle import FIRST, State, allowed, targets
from workflow.negotiation import Plan, Round, unsettled
from workflow.problems import Problem
from workflow.records.record import Record, Setting
from workflow.replies import UNREAD, Reply, is_message, needs_reason, objections_to
from workflow.rules import Rules
from workflow.signing import Compared, Likeness, approved_on, differences, objections, texts_of
from workflow.store import Unit
from workflow.talks import classified, plan_context, round_context
from workflow.terms import Terms, from_canonical
from workflow.texts import tidy
from workflow.values.dates import TAIPEI, long_date
from workflow.values.deadlines import HOME, reply_by

#: The kind of document that confirms in writing what was agreed.
LETTER = "confirmation-letter"
#: Working days the other side is given to answer a confirmation letter.
REPLY_DAYS = 10
#: A reply, a scan or a signed copy; anything larger is not a letter.
LARGEST_EVIDENCE = 50_000_000


@dataclass(frozen=True, slots=True)
class Action:
    """Who acts, in which unit, under which rules; ``key`` makes a retry harmless."""

    unit: Unit
    person: str
    rules: Rules
    key: str = ""

    def create(self, kind: str, language: str, title: str, terms: Terms | None, plan: Plan | None) -> Event:
        """Begin an agreement in planning."""
        self.rules.require_staff(self.unit, self.person, "new")
        ref = self.unit.new_stream(self.unit.now.astimezone(TAIPEI).year)
        payload: dict[str, Any] = {"kind": kind, "language": language, "title": tidy(title, of="title")}
        if terms:
            payload["terms"] = self.unit.put(terms.canonical())
        if plan:
            payload["plan"] = self.unit.put(plan.canonical())
        return self.unit.append(ref, Fact(Type.CREATED, self.person, payload, FIRST), key=self.key)

    def plan(self, case: Case, plan: Plan) -> Event:
        """Set or replace the negotiation plan; opening freezes it."""
        self._staff(case, "plan")
        return self._append(case, Type.PLANNED, State.PLANNING, {"plan": self.unit.put(plan.canonical())})

    def open(self, case: Case) -> Event:
        """Freeze the plan and open the talks; issues the plan as a document where there is one."""
        owner = self._staff(case, "open")
        documents = []
        if case.plan:
            plan = Plan.model_validate_json(self.unit.get(case.plan))
            context = self._named(case) | plan_context(plan, case.spoken_in)
            documents.append(
                self._issuer(case, owner).issue(
                    "negotiation-plan",
                    self._terms(case),
                    context,
                    classification=classified(plan.classification, case.spoken_in),
                )
            )
        return self._append(case, Type.OPENED, State.NEGOTIATING, {"documents": documents})

    def round(self, case: Case, held: Round) -> Event:
        """Record a round of the negotiation, with its minutes; reopens terms that were agreed."""
        owner = self._staff(case, "round")
        number = len(case.rounds) + 1
        context = self._named(case) | round_context(held, number, case.spoken_in)
        minutes = self._issuer(case, owner).issue(
            "minutes",
            self._terms(case),
            context,
            suffix=str(number),
            classification=classified(held.classification, case.spoken_in),
        )
        payload = {"round": self.unit.put(held.canonical()), "documents": [minutes]}
        return self._append(case, Type.ROUND_HELD, State.NEGOTIATING, payload)

    def agree(self, case: Case, terms: Terms | None) -> Event:
        """Record that every issue has a value or is dropped; issues the term sheet."""
        owner = self._staff(case, "agree")
        terms = terms or self._terms(case)
        if terms is None:
            raise TermsMissingError(ref=case.ref)
        plan = Plan.model_validate_json(self.unit.get(case.plan)) if case.plan else None
        rounds = [Round.model_validate_json(self.unit.get(digest)) for digest in case.rounds]
        still_open = unsettled(plan, rounds)
        if still_open:
            raise IssuesUnsettledError(ref=case.ref, topics=", ".join(still_open))
        required, rule = self.rules.formal_contract(self.unit, terms)
        payload = {
            "terms": self.unit.put(terms.canonical()),
            "title": terms.title,
            "formal_contract": {"required": required, "rule": rule},
            "documents": [self._issuer(case, owner).issue("term-sheet", terms, {})],
        }
        return self._append(case, Type.TERMS_AGREED, State.TERMS_AGREED, payload)

    def confirm(self, case: Case) -> Event:
        """Issue the confirmation letter for the other side."""
        owner = self._staff(case, "confirm")
        terms = self._terms(case)
        country = terms.theirs.country if terms else HOME
        day, minded = reply_by(self._today, REPLY_DAYS, country, self.rules.overrides)
        required, rule = case.formal_contract or (True, "")
        letter = self._issuer(case, owner).issue(
            LETTER,
            terms,
            {
                "reply_by": long_date(day, case.spoken_in),
                "formal_contract": {"required": "yes" if required else "no", "rule": rule},
            },
        )
        payload = {"reply_by": day.isoformat(), "calendars": list(minded), "documents": [letter]}
        return self._append(case, Type.CONFIRMATION_SENT, State.CONFIRMING, payload)

    def reply(self, case: Case, path: Path) -> "Received":
        """Read what the other side replied and which letters it may be about, before anything is recorded."""
        self._staff(case, "acknowledge")
        name, body = _read_evidence(path)
        letters = tuple(ref.file for ref in case.documents if ref.kind == LETTER)
        return Received(name, body, letters)

    def acknowledge(
        self,
        case: Case,
        received: "Received",
        said: Reply | None,
        *,
        received_on: date | None,
        note: str,
        despite: str,
    ) -> Event:
        """Attach the other side's reply by its digest; silence is not assent, so there must be one.

        What it *said* is recorded with it where it is a message that could be read. *despite* says
        why one is taken for agreement that is not a plain yes to the letter.
        """
        self._staff(case, "acknowledge")
        if received_on and received_on > self._today:
            what, fix = mark("lies in the future"), mark("give the day it was received")
            raise InvalidInputError("acknowledge", [Problem("received_on", what, fix, received_on)])
        payload = {
            "evidence": self._kept(received.name, received.body),
            "received_on": (received_on or self._today).isoformat(),
            "note": self._note(note),
        }
        against = said is not None and needs_reason(said.answer, said.quotes)
        if said is not None:
            report = json.dumps(said.as_data(), ensure_ascii=False, sort_keys=True).encode()
            payload |= {
                "report": self.unit.put(report),
                "answer": said.answer,
                "electronic": said.electronic,
                "quotes": said.quotes,
            }
            if against and not despite.strip():
                listing = translate(mark("; ")).join(map(translate, objections_to(said)))
                raise ReplyRefusedError(name=received.name, ref=case.ref, listing=listing)
        elif is_message(received.name):
            payload["answer"] = UNREAD
        if despite.strip():
            if not against:
                what, fix = mark("is given, and nothing stands against the reply"), mark("leave it out")
                raise InvalidInputError("acknowledge", [Problem("despite_answer", what, fix)])
            payload["reason"] = self._note(despite)
        return self._append(case, Type.CONFIRMATION_ACKNOWLEDGED, State.CONFIRMED, payload)

    def draft(self, case: Case, terms: Terms | None) -> Event:
        """Put the terms on the contract of the agreement's kind; another text is a new revision."""
        owner = self._staff(case, "draft")
        terms = terms or self._terms(case)
        if terms is None:
            raise TermsMissingError(ref=case.ref)
        if case.state is State.DRAFTING and terms.digest == case.terms:
            raise NothingChangedError(ref=case.ref, revision=case.revision)
        revision = case.revision + 1
        payload = {
            "terms": self.unit.put(terms.canonical()),
            "title": terms.title,
            "revision": revision,
            **self._issuer(case, owner, revision).draft(case.kind, terms),
        }
        return self._append(case, Type.DRAFTED, State.DRAFTING, payload)

    def returned(self, case: Case, path: Path) -> "Returned":
        """Read what the other side sent back and what it is compared with, before anything is recorded."""
        self._staff(case, "import_draft")
        if not case.terms or case.contract is None:
            raise TermsMissingError(ref=case.ref)
        name, body = _read_evidence(path)
        return Returned(name, body, self.unit.get(case.contract.file), self.unit.get(case.terms))

    def import_draft(self, case: Case, returned: "Returned", found: Mapping[str, Any], note: str) -> Event:
        """Keep what the other side sent back, byte for byte, and what comparing it found."""
        self._staff(case, "import_draft")
        if case.contract is None:
            raise TermsMissingError(ref=case.ref)
        report = json.dumps(found, ensure_ascii=False, sort_keys=True).encode()
        payload = {
            "evidence": self._kept(returned.name, returned.body),
            "sent": case.contract.file,
            "report": self.unit.put(report),
            "hidden": len(found["hidden"]),
            "marked": len(found["marked"]),
            "findings": sum(len(found[kind]) for kind in ("findings", "unseen", "fetched")),
            "note": self._note(note),
        }
        return self._append(case, Type.DRAFT_RECEIVED, case.state, payload)

    def submit(self, case: Case, note: str) -> Event:
        """Put the draft forward; the rules say who is asked, and the agreement waits for them."""
        owner = self._staff(case, "submit")
        terms = self._terms(case)
        if terms is None or case.contract is None:
            raise TermsMissingError(ref=case.ref)
        documents = []
        revision, contract = case.revision, case.contract.file
        if case.submission and case.submission.revision == revision:
            # A text that comes back unchanged is a new submission all the same.
            revision += 1
            documents.append(self._issuer(case, owner, revision).again(case.contract, draft=True))
            contract = documents[0]["file"]
        asked = self.rules.asked_of(self.unit, case, terms, self.person, revision, contract)
        issuer = self._issuer(case, owner, revision)
        documents += [issuer.issue(p.kind, terms, p.context, suffix=p.suffix) for p in asked.papers]
        blocked = bool(asked.flags) or _still_blocked(case, asked.standing["flags_kept"])
        payload = {
            "revision": revision,
            "document": contract,
            "terms": case.terms,
            "policy": self.unit.put(asked.policy),
            "trace": self.unit.put(asked.trace),
            "made_of": self.unit.put(asked.parts),
            **asked.standing,
            "earlier": list(asked.earlier),
            "seats": list(asked.seats),
            "flags": list(asked.flags),
            "note": self._note(note),
            "documents": documents,
        }
        return self._append(case, Type.SUBMITTED, State.EXPERT_REVIEW if blocked else State.SIGN_OFF, payload)

    def withdraw(self, case: Case, reason: str) -> Event:
        """Give the agreement up before it is executed."""
        self._staff(case, "withdraw")
        return self._append(
            case, Type.WITHDRAWN, State.WITHDRAWN, {"reason": self._reason("withdraw", reason)}
        )

    def signed_copy(self, case: Case, path: Path, execution: Execution) -> "SignedCopy":
        """Read a signed copy and the text it is held against, before anything is recorded.

        That is the version to execute; for a side that signed before there was one, the draft it was made of.
        """
        self._staff(case, "execute")
        name, body = _read_evidence(path)
        final, draft = texts_of(case)
        first = min(s.on for s in execution.signatories if s.side == "theirs") < approved_on(case)
        sent = draft if first else final
        return SignedCopy(name, body, sent.file, self.unit.get(sent.file), self.unit.get(case.terms))

    def execute(
        self, case: Case, execution: Execution, copy: "SignedCopy | None", compared: Compared, despite: str
    ) -> Event:
        """Record who signed or sealed for each side; issues contract card and certificate.

        *despite* says why a signed copy is taken whose text differs without a mark.
        """
        owner = self._staff(case, "execute")
        terms = self._terms(case)
        if terms is None:
            raise TermsMissingError(ref=case.ref)
        payload = execution.model_dump(mode="json", exclude_none=True)
        against: list[WorkflowError] = [
            # A clock that went back does not bring a chain back.
            *objections(case, terms, execution, now=max(self.unit.now, case.at), agrees=compared.agrees),
            *self.rules.unauthorised(self.unit, terms, execution),
            *self._powers(execution, payload),
        ]
        if copy:
            against += differences(copy.name, compared, accepted=bool(despite.strip()))
            payload |= self._compared(copy, compared)
        if against:
            raise against[0] if len(against) == 1 else ExecutionRefusedError(case.ref, against)
        if despite.strip():
            if compared.likeness is not Likeness.DIFFERS:
                what, fix = mark("is given, and nothing differs"), mark("leave it out")
                raise InvalidInputError("execute", [Problem("despite_differences", what, fix)])
            payload["reason"] = self._note(despite)
        papers = self.rules.papers_of(self.unit, case, terms, payload)
        issuer = self._issuer(case, owner, case.revision)
        payload["documents"] = [issuer.issue(p.kind, terms, p.context, suffix=p.suffix) for p in papers]
        return self._append(case, Type.EXECUTED, State.EXECUTED, payload)

    def _powers(self, execution: Execution, payload: Mapping[str, Any]) -> Iterator[WorkflowError]:
        """Keep the powers of attorney by their digests; yield which cannot be used."""
        for number, path in execution.files.items():
            try:
                payload["signatories"][number]["power"]["file"] = self._evidence(Path(path))
            except EvidenceMissingError as error:
                yield error

    def _compared(self, copy: "SignedCopy", compared: Compared) -> dict[str, Any]:
        found: dict[str, Any] = {"likeness": compared.likeness.value, "sent": compared.sent}
        if compared.report is not None:
            body = json.dumps(compared.report, ensure_ascii=False, sort_keys=True).encode()
            found["report"] = self.unit.put(body)
        return {"signed_copy": self._kept(copy.name, copy.body), "compared": found}

    def issue(self, case: Case, record: Record) -> Event:
        """Issue a letter, a notice or another document that a person filled in; the state stays."""
        owner = self._staff(case, "issue")
        terms = self._terms(case)
        if terms is None:
            raise TermsMissingError(ref=case.ref)
        setting = Setting(terms, case.spoken_in, self._today, self.rules.overrides)
        issuer, suffix = self._issuer(case, owner, case.revision), str(case.seq + 1)
        made = issuer.issue(record.kind_of_document, terms, record.context(setting), suffix=suffix)
        payload = {"record": self.unit.put(record.canonical()), "documents": [made]}
        return self._append(case, Type.DOCUMENT_ISSUED, case.state, payload)

    def activate(self, case: Case, on: date | None) -> Event:
        """Bring the agreement into force on its effective date."""
        self._staff(case, "activate")
        effective = date.fromisoformat(case.effective_on)
        day = on or effective
        if day > self._today:
            raise NotDueError(ref=case.ref, date=day.isoformat())
        return self._append(case, Type.ACTIVATED, State.IN_FORCE, {"effective_on": day.isoformat()})

    def end(self, case: Case, how: Type, reason: str) -> Event:
        """End an agreement in force: `Type.RENEWED`, `Type.TERMINATED` or `Type.EXPIRED`."""
        action = {Type.RENEWED: "renew", Type.TERMINATED: "terminate", Type.EXPIRED: "expire"}[how]
        self._staff(case, action)
        return self._append(case, how, State.ENDED, {"reason": self._reason(action, reason)})

    @property
    def _today(self) -> date:
        return self.unit.now.astimezone(TAIPEI).date()

    def _staff(self, case: Case, action: str) -> str:
        owner = self.rules.require_staff(self.unit, self.person, action)
        if not targets(action, case.state):
            raise ActionNotAllowedError(action, case.state, allowed(case.state))
        return owner

    def _append(self, case: Case, kind: Type, to: State, payload: Mapping[str, Any]) -> Event:
        return self.unit.append(case.ref, Fact(kind, self.person, payload, to), key=self.key)

    def _terms(self, case: Case) -> Terms | None:
        return from_canonical(self.unit.get(case.terms)) if case.terms else None

    def _named(self, case: Case) -> dict[str, Any]:
        """Return the title, for documents from before there were terms to tell it."""
        return {} if case.terms else {"title": case.title}

    def _issuer(self, case: Case, owner: str, revision: int = 0) -> Issuer:
        return Issuer(self.unit, ref=case.ref, language=case.language, owner=owner, revision=revision)

    def _reason(self, action: str, text: str) -> str:
        if not text.strip():
            raise ReasonMissingError(action=action)
        return self._note(text)

    def _note(self, text: str) -> str:
        return self.unit.note(tidy(text, of="note"))

    def _evidence(self, path: Path) -> dict[str, Any]:
        return self._kept(*_read_evidence(path))

    def _kept(self, name: str, body: bytes) -> dict[str, Any]:
        return {"name": name, "sha256": self.unit.put(body), "size": len(body)}


def _still_blocked(case: Case, kept: Collection[str]) -> bool:
    """Tell whether a flag from before stops the sign-off, as the new submission leaves it."""
    return any(
        flag.blocking if flag.id in kept or flag.status == DECLINED else flag.origin != "policy"
        for flag in case.flags
    )


@dataclass(frozen=True, slots=True)
class Received:
    """A reply, and the digests of the letters sent before it, oldest first."""

    name: str
    body: bytes
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """A draft the other side returned, the bytes that were sent, and the terms agreed on."""

    name: str
    body: bytes
    sent: bytes
    terms: bytes


@dataclass(frozen=True, slots=True)
class SignedCopy:
    """A copy that was signed, the approved text it is held against by its digest, and the terms."""

    name: str
    body: bytes
    digest: str
    sent: bytes
    terms: bytes

    @property
    def is_word(self) -> bool:
        """True for a Word document, whatever it is called: only that can be compared."""
        inside = self.body[:2] == b"PK" and b"word/document.xml" in self.body
        return inside or self.name.lower().endswith(".docx")


def _read_evidence(path: Path) -> tuple[str, bytes]:
    try:
        name = tidy(path.name, of="file name")
    except InvalidInputError:
        raise EvidenceMissingError(path=ascii(path.name), reason=mark("its name cannot be written")) from None
    try:
        if not path.is_file() and path.exists():
            raise EvidenceMissingError(path=path, reason=mark("it is not a file"))
        if path.stat().st_size > LARGEST_EVIDENCE:
            raise EvidenceMissingError(path=path, reason=mark("it is larger than 50 MB"))
        body = path.read_bytes()
    except OSError as error:
        raise EvidenceMissingError(path=path, reason=error.strerror) from None
    if not body.strip():
        raise EvidenceMissingError(path=path, reason=mark("it is empty"))
    return name, body

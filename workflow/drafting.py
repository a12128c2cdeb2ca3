"""The staff API: a `Workspace` is a store opened for one person, an `Agreement` a handle on one.

Every method is one action in one transaction, or a refusal that changes nothing. A handle
remembers the event it last read: acting on a stale one raises `StaleError`.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

from workflow.actions import LETTER, Action, Received, SignedCopy
from workflow.case import Case, DocumentRef
from workflow.documents.catalogue import Library
from workflow.documents.checks import check_contract
from workflow.documents.contract import make_contract
from workflow.errors import UnknownDocumentError, UnreadableFileError, WorkflowError
from workflow.events import Event, Type
from workflow.execution import Execution
from workflow.files import file_names, save_files
from workflow.i18n import mark
from workflow.lifecycle import State
from workflow.negotiation import Deal, Plan, Round
from workflow.places import find_place
from workflow.problems import Problem
from workflow.reading import Reader
from workflow.records.record import Record
from workflow.replay import replay
from workflow.replies import Reply, is_message
from workflow.rules import Rules, default_rules
from workflow.signing import Compared, Likeness, same_in_text
from workflow.store import Clock, Store, Unit, attempt, system_clock
from workflow.terms import Terms, from_canonical, gaps

if TYPE_CHECKING:
    from workflow.confirmation import Kit
    from workflow.documents.house import House

StrPath = str | PathLike[str]


class Workspace:
    """A store, a person and the rules in force. Use it in a ``with``, or close it."""

    def __init__(self, store: Store, person: str, rules: Rules) -> None:
        self._store, self.person, self.rules = store, person, rules

    @classmethod
    def open(
        cls,
        store: StrPath = "assent.db",
        *,
        person: str,
        rules: Rules | None = None,
        clock: Clock = system_clock,
        library: StrPath | None = None,
        house: "House | None" = None,
    ) -> Self:
        """Open the store at a path or a ``postgresql://`` URL, to act as *person*.

        *library* is a folder of the organisation's own layouts and clauses, *house* how its
        documents look.
        """
        folders = (Path(library),) if library else ()
        own = Library(*folders, house=house) if folders or house else None
        opened = Store.open(find_place(str(store)), clock=clock, library=own)
        return cls(opened, person, rules or default_rules())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    def new(
        self,
        kind: str,
        terms: Terms | Deal | None = None,
        *,
        language: str = "zh-TW",
        title: str = "",
        plan: Plan | None = None,
        once: str = "",
    ) -> "Agreement":
        """Begin an agreement of *kind* in planning.

        *once* names the attempt: a retry with the same name does nothing new. A deal with
        rounds already held is opened too and its rounds recorded, all or nothing. The contract is
        in *language*: zh-TW, en, or zh-TW+en for both in one.
        """
        library = self.library
        if kind not in library.contract_kinds:
            raise UnknownDocumentError(
                what=f"kind of contract {kind}", known=", ".join(library.contract_kinds)
            )
        library.layout(kind, language)
        deal = terms if isinstance(terms, Deal) else Deal(terms=terms, plan=plan) if terms else None
        name = title or (deal.terms.title if deal else kind)
        key = attempt(self.person, "new", once)
        with self._store.begin() as unit:
            made = unit.earlier_stream(key)
            if made is None:
                action = Action(unit, self.person, self.rules, key)
                made = action.create(
                    kind, language, name, deal.terms if deal else None, deal.plan if deal else plan
                ).stream
                self._hold(unit, made, deal.rounds if deal else ())
                unit.commit()
            return Agreement(self, unit.case(made))

    def get(self, ref: str) -> "Agreement":
        """Return the agreement with this reference, or its short form."""
        with Reader(self._store.place) as reader:
            full = reader.resolve(ref)
        with self._store.begin() as unit:
            return Agreement(self, unit.case(full))

    def agreements(self) -> list["Agreement"]:
        """Return every agreement, oldest first."""
        with self._store.begin() as unit:
            return [Agreement(self, unit.case(ref)) for ref in unit.refs()]

    @property
    def library(self) -> Library:
        """The layouts and clauses that documents are made from."""
        return self._store.library

    def begin(self) -> Unit:
        """Start a unit of work on the store."""
        return self._store.begin()

    def _hold(self, unit: Unit, ref: str, rounds: Sequence[Round]) -> None:
        """Record rounds that were held before the agreement was entered here."""
        action = Action(unit, self.person, self.rules)
        if rounds:
            action.open(unit.case(ref))
        for held in rounds:
            action.round(unit.case(ref), held)


class Agreement:
    """One agreement as last read. Methods act on it; each returns the agreement as it then is."""

    def __init__(self, workspace: Workspace, case: Case) -> None:
        self._workspace, self.case = workspace, case

    @property
    def ref(self) -> str:
        """The reference, as in AGR-2026-0042."""
        return self.case.ref

    @property
    def state(self) -> State:
        """Where it is in its life."""
        return self.case.state

    @property
    def title(self) -> str:
        """What it is about."""
        return self.case.title

    @property
    def documents(self) -> tuple[DocumentRef, ...]:
        """Every document issued so far, oldest first."""
        return self.case.documents

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The roles whose move it is; empty where it is staff's."""
        return self._workspace.rules.waiting_for(self.case)

    @property
    def terms(self) -> Terms | None:
        """The terms as last recorded."""
        if not self.case.terms:
            return None
        with self._workspace.begin() as unit:
            return from_canonical(unit.get(self.case.terms))

    def check(self) -> tuple[Problem, ...]:
        """Return what is still unknown or doubtful in the terms and the contract they make.

        Nothing here stops a draft; what does is told by the refusal.
        """
        terms = self.terms
        if terms is None:
            return ()
        try:
            contract = make_contract(self._workspace.library, self.case.kind, self.case.language, terms)
        except WorkflowError as error:
            what = mark("cannot be made into a contract: {reason}")
            return (Problem("terms", what, facts={"reason": error}), *gaps(terms))
        return (*check_contract(contract, terms).doubts, *gaps(terms))

    def plan(self, plan: Plan, *, once: str = "") -> Self:
        """Set the negotiation plan."""
        return self._do("plan", once, lambda act, case: act.plan(case, plan))

    def open(self, *, once: str = "") -> Self:
        """Freeze the plan and open the talks."""
        return self._do("open", once, lambda act, case: act.open(case))

    def round(self, held: Round, *, once: str = "") -> Self:
        """Record a round of the negotiation."""
        return self._do("round", once, lambda act, case: act.round(case, held))

    def agree(self, terms: Terms | None = None, *, once: str = "") -> Self:
        """Record that the terms are agreed; issues the term sheet."""
        return self._do("agree", once, lambda act, case: act.agree(case, terms))

    def confirm(self, *, once: str = "") -> Self:
        """Issue the confirmation letter."""
        return self._do("confirm", once, lambda act, case: act.confirm(case))

    def confirmation_kit(self, *, sender: str = "") -> bytes:
        """Return the message that carries the last confirmation letter (.eml), to be sent to the other side.

        It is the same each time. *sender* is the address it is sent from; without one the mail
        program that opens it fills in its user's.
        """
        from workflow.confirmation import write_kit

        with self._workspace.begin() as unit:
            kit = _kit_of(unit, self.ref)
        return write_kit(kit, sender=sender)

    def acknowledge(
        self,
        evidence: StrPath,
        *,
        received_on: date | None = None,
        note: str = "",
        despite_answer: str = "",
        once: str = "",
    ) -> Self:
        """Attach the other side's written reply: received evidence, and no signature.

        What an e-mail (.eml) says is read and recorded with it. One that does not agree, agrees with
        changes or is about another letter is refused; *despite_answer* says why a person takes it for
        agreement all the same.
        """
        space, key = self._workspace, attempt(self._workspace.person, "acknowledge", once)
        with space.begin() as unit:
            if unit.earlier(self.ref, key) is not None:
                self.case = unit.case(self.ref)
                return self
            case = unit.case(self.ref, seen=self.case.seq)
            received = Action(unit, space.person, space.rules, key).reply(case, Path(evidence))
        said = _said(received)
        return self._do(
            "acknowledge",
            once,
            lambda act, case: act.acknowledge(
                case, received, said, received_on=received_on, note=note, despite=despite_answer
            ),
        )

    def draft(self, terms: Terms | None = None, *, once: str = "") -> Self:
        """Draft the contract, or a new revision of it from changed terms."""
        return self._do("draft", once, lambda act, case: act.draft(case, terms))

    def import_draft(self, path: StrPath, *, note: str = "", once: str = "") -> Self:
        """Keep a draft the other side returned, and compare it with what was sent.

        It is examined by a process of its own, and between two transactions: nobody waits for it.
        """
        from workflow.documents.worker import examine_apart

        space, key = self._workspace, attempt(self._workspace.person, "import_draft", once)
        with space.begin() as unit:
            if unit.earlier(self.ref, key) is not None:
                self.case = unit.case(self.ref)
                return self
            case = unit.case(self.ref, seen=self.case.seq)
            given = Action(unit, space.person, space.rules, key).returned(case, Path(path))
        found = examine_apart(given.sent, given.body, name=given.name, terms=given.terms)
        return self._do("import_draft", once, lambda act, case: act.import_draft(case, given, found, note))

    def submit(self, *, note: str = "", once: str = "") -> Self:
        """Put the draft forward for review and sign-off."""
        return self._do("submit", once, lambda act, case: act.submit(case, note))

    def withdraw(self, *, reason: str, once: str = "") -> Self:
        """Give the agreement up."""
        return self._do("withdraw", once, lambda act, case: act.withdraw(case, reason))

    def execute(
        self,
        execution: Execution,
        *,
        signed_copy: StrPath | None = None,
        despite_differences: str = "",
        once: str = "",
    ) -> Self:
        """Record the signing.

        A signed copy that is a Word document is compared with the approved text, and another text
        is refused; *despite_differences* says why one is taken that only fills in blanks. Of any
        other file its digest is kept, and that it was not compared.
        """
        copy, compared = None, Compared(Likeness.NOT_COMPARED)
        if signed_copy:
            space, key = self._workspace, attempt(self._workspace.person, "execute", once)
            with space.begin() as unit:
                if unit.earlier(self.ref, key) is not None:
                    self.case = unit.case(self.ref)
                    return self
                case = unit.case(self.ref, seen=self.case.seq)
                action = Action(unit, space.person, space.rules, key)
                copy = action.signed_copy(case, Path(signed_copy), execution)
            compared = _compared(copy)
        return self._do(
            "execute",
            once,
            lambda act, case: act.execute(case, execution, copy, compared, despite_differences),
        )

    def issue(self, record: Record, *, once: str = "") -> Self:
        """Issue a letter, a notice, a review or another document from what a person filled in."""
        return self._do("issue", once, lambda act, case: act.issue(case, record))

    def activate(self, *, on: date | None = None, once: str = "") -> Self:
        """Bring it into force."""
        return self._do("activate", once, lambda act, case: act.activate(case, on))

    def renew(self, *, reason: str, once: str = "") -> Self:
        """End it by renewal; the renewed agreement is one of its own."""
        return self._do("renew", once, lambda act, case: act.end(case, Type.RENEWED, reason))

    def terminate(self, *, reason: str, once: str = "") -> Self:
        """End it by termination."""
        return self._do("terminate", once, lambda act, case: act.end(case, Type.TERMINATED, reason))

    def expire(self, *, reason: str, once: str = "") -> Self:
        """End it because its time is over."""
        return self._do("expire", once, lambda act, case: act.end(case, Type.EXPIRED, reason))

    def refresh(self) -> Self:
        """Read it again."""
        with self._workspace.begin() as unit:
            self.case = unit.case(self.ref)
        return self

    def save_documents(self, folder: StrPath) -> list[Path]:
        """Write every document that was not erased into *folder*, each file whole or not at all."""
        with self._workspace.begin() as unit:
            kept = [ref for ref in self.case.documents if not unit.is_erased(ref.file)]
            names = file_names((ref.name, ref.seq) for ref in kept)
            bodies = {name: unit.get(ref.file) for name, ref in zip(names, kept, strict=True)}
        return save_files(bodies, Path(folder))

    def _do(self, action: str, once: str, act: Callable[[Action, Case], Event]) -> Self:
        key = attempt(self._workspace.person, action, once)
        with self._workspace.begin() as unit:
            if action == "submit":
                # What counts beside it is read from others, none of which may be submitted meanwhile.
                unit.one_at_a_time("submissions")
            if unit.earlier(self.ref, key) is None:
                case = unit.case(self.ref, seen=self.case.seq)
                act(Action(unit, self._workspace.person, self._workspace.rules, key), case)
                unit.commit()
            self.case = unit.case(self.ref)
        return self


def _kit_of(unit: Unit, ref: str) -> "Kit":
    """Return what the message with the last letter of an agreement is made of."""
    from workflow.confirmation import Kit

    events = unit.events(ref)
    at = max((n for n, e in enumerate(events) if e.type is Type.CONFIRMATION_SENT), default=-1)
    if at < 0:
        known = ", ".join(document.name for document in unit.case(ref).documents) or "-"
        raise UnknownDocumentError(what=f"{LETTER} of {ref}", known=known)
    sent, then = events[at], replay(events[: at + 1])
    letter = next(document for document in then.documents if document.seq == sent.seq)
    return Kit(
        ref=ref,
        language=then.language,
        letter=letter,
        body=unit.get(letter.file),
        terms=from_canonical(unit.get(then.terms)),
        reply_by=date.fromisoformat(sent.payload["reply_by"]),
        event=sent.hash,
        at=sent.at,
    )


def _said(received: Received) -> Reply | None:
    """Return what a reply says, where it is a message that can be read."""
    from workflow.documents.worker import read_reply_apart

    if not is_message(received.name) or not received.letters:
        return None
    *earlier, letter = received.letters
    try:
        return read_reply_apart(received.body, name=received.name, letter=letter, earlier=earlier)
    except UnreadableFileError:
        return None  # a file like any other, which people have to read


def _compared(copy: SignedCopy) -> Compared:
    """Hold a signed copy against the approved text, in a process of its own."""
    from workflow.documents.worker import examine_apart

    if hashlib.sha256(copy.body).hexdigest() == copy.digest:
        return Compared(Likeness.IDENTICAL, copy.digest)
    if not copy.is_word:
        return Compared(Likeness.NOT_COMPARED)
    report = examine_apart(copy.sent, copy.body, name=copy.name, terms=copy.terms)
    likeness = Likeness.SAME_TEXT if same_in_text(report) else Likeness.DIFFERS
    return Compared(likeness, copy.digest, report)

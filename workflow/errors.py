"""Errors raised on purpose: what was refused, why, and what to do next.

A class here is an entry of the catalogue: a stable ``code``, an ``exit_code`` for the
shell, a ``message``, the ``rule`` that refused where there is one, and a ``hint``. The
command line prints them, in the reader's language, and decides nothing else about how a
failure looks. Anything else that escapes to a user is a bug. The entries for people,
keys and sign-offs are in ``approvals.errors``.
"""

from collections.abc import Iterable
from typing import ClassVar

from workflow.i18n import mark, translate

#: Every entry of both catalogues by its code.
CATALOGUE: dict[str, type["WorkflowError"]] = {}

# Facts that are read as texts; the others are names, references and words to type.
_TEXTS = ("kind", "reason", "remedy", "state", "text")


class WorkflowError(Exception):
    """Base of every deliberate error; catch it at the edge.

    Facts given by keyword fill the places in ``message``, ``rule`` and ``hint`` and stay
    readable as `facts`. Codes are never reused for something else.
    """

    code: ClassVar[str] = "W000"
    exit_code: ClassVar[int] = 1
    message: ClassVar[str] = ""
    rule: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Enter the class in the catalogue, where a code stands for one thing only."""
        if cls.code in CATALOGUE:
            raise TypeError(f"{cls.code} already names {CATALOGUE[cls.code].__name__}")
        CATALOGUE[cls.code] = cls

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    def explain(self) -> tuple[str, str, str]:
        """Return what, why and what to do, in the interface's language; parts may be empty."""
        facts = {
            # A fixed text is in the catalogue; any other comes back as it is.
            name: translate(fact) if name in _TEXTS and isinstance(fact, str) else fact
            for name, fact in self.facts.items()
        }
        what, why, remedy = (translate(text).format(**facts) for text in (self.message, self.rule, self.hint))
        return what, why, remedy


class InvalidInputError(WorkflowError):
    """Input with problems, all of them found at once; each says where, what and how to mend it."""

    code = "W001"
    exit_code = 2
    message = mark("{count} problem(s) in {source}:\n{listing}")
    hint = mark("mend them all, then try again; nothing was recorded")

    def __init__(self, source: str, problems: Iterable[object]) -> None:
        self.problems = tuple(problems)
        listing = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(source=source, count=len(self.problems), listing=listing)


#: What people type for the actions whose names are not commands.
TYPED = {
    "raise_flag": "flag raise",
    "assign_flag": "flag assign",
    "decline_flag": "flag decline",
    "resolve_flag": "flag resolve",
    "close_condition": "flag close",
    "import_draft": "import-draft",
    "issue": "documents issue",
}


class ActionNotAllowedError(WorkflowError):
    """The agreement is in a state that does not permit this action."""

    code = "W020"
    message = mark("cannot {action} an agreement that is {state}")
    hint = mark("possible now: {allowed}")

    def __init__(self, action: str, state: str, allowed: Iterable[str]) -> None:
        self.action, self.state, self.allowed = action, state, tuple(allowed)
        names = (TYPED.get(name, name) for name in self.allowed)
        super().__init__(action=action, state=state, allowed=", ".join(names) or "-")


class IssuesUnsettledError(WorkflowError):
    """Issues of the plan have neither an agreed value nor a decision to drop them."""

    code = "W021"
    message = mark("{ref} still has open issues: {topics}")
    rule = mark("terms are agreed when every issue has a value or is dropped")
    hint = mark("record a round that settles them: assent round {ref} --file round.toml")


class TermsMissingError(WorkflowError):
    """An action needs terms and none were given."""

    code = "W022"
    message = mark("{ref} has no terms yet")
    hint = mark("give them: assent agree {ref} --terms terms.toml")


class NothingChangedError(WorkflowError):
    """A new draft would say exactly what the present one says."""

    code = "W023"
    message = mark("{ref}: these terms and clauses give the text of revision {revision} again")
    hint = mark("submit it as it is, or change the terms first")


class NotDueError(WorkflowError):
    """The action belongs to a later date."""

    code = "W024"
    message = mark("{ref} takes effect on {date}, not before")
    hint = mark("activate it on that day, or give --on with the date it really took effect")


class ReasonMissingError(WorkflowError):
    """The action needs a reason, and none or a blank one was given."""

    code = "W025"
    exit_code = 2
    message = mark("{action} needs a reason")
    hint = mark('give one: --reason "..." (or --reason-file FILE, - for standard input)')


class EvidenceMissingError(WorkflowError):
    """A file that should prove something cannot be read or is empty."""

    code = "W026"
    exit_code = 2
    message = mark("cannot use {path} as evidence: {reason}")
    hint = mark("give the file as it was received: a letter, a message or a scan")


class ReplyRefusedError(WorkflowError):
    """The other side's reply is not a plain yes to the letter that was sent."""

    code = "W029"
    message = mark("{name} is not agreement to the letter of {ref}: {listing}")
    rule = mark(
        "who extends, limits or otherwise changes what they accept refuses it, and makes a new offer "
        "(民法 §160)"
    )
    hint = mark(
        "where they want something else, negotiate on and confirm again: "
        "assent round {ref} --file round.toml. "
        'Where you have read it and it is agreement all the same, say why: --despite-answer "..."'
    )


class NotStaffError(WorkflowError):
    """The person who acts may not do staff's work."""

    code = "W030"
    exit_code = 4
    message = mark("{person} may not {action}: the role {role} is needed")
    hint = mark("ask an administrator: assent people role {person} {role}")


class UnknownReferenceError(WorkflowError):
    """No agreement answers to this reference."""

    code = "W040"
    exit_code = 3
    message = mark("there is no agreement {ref}")
    hint = mark("see them all: assent list")


class AmbiguousReferenceError(WorkflowError):
    """Several agreements answer to a short reference."""

    code = "W041"
    exit_code = 3
    message = mark("{ref} could be {candidates}")
    hint = mark("write the reference in full")


class ErasedError(WorkflowError):
    """Content is gone because somebody asked for their words to be erased."""

    code = "W098"
    exit_code = 3
    message = mark("{name} was erased by request")
    hint = mark("the registry says when and why: assent audit log registry")


class UnknownDocumentError(WorkflowError):
    """The agreement has no such document, or a layout or clause does not exist."""

    code = "W042"
    exit_code = 3
    message = mark("there is no {what}")
    hint = mark("known: {known}")


class StaleError(WorkflowError):
    """The agreement moved on since the caller read it."""

    code = "W043"
    exit_code = 6
    message = mark("{ref} changed since you read it (event {seen}, now {now})")
    hint = mark("read it again, then decide: assent show {ref}")


class StaleDocumentError(WorkflowError):
    """The text is not the one that was shown."""

    code = "W044"
    exit_code = 6
    message = mark("the document of {ref} changed since you looked ({seen} -> {now})")
    hint = mark("read what changed, then decide: assent show {ref}")


class TemplateError(WorkflowError):
    """A template cannot be used: what is wrong, and where."""

    code = "W050"
    message = mark("the template {template} cannot be used: {reason}")
    hint = mark("mend the template in Word and try again")


class MissingFieldError(WorkflowError):
    """A template asks for a field that the data does not have."""

    code = "W051"
    message = mark("the template {template} asks for {field}, which does not exist")
    rule = mark("in {part}: {text}")
    hint = mark("known here: {known}")


class UnprintableValueError(WorkflowError):
    """A value cannot stand in a document."""

    code = "W052"
    exit_code = 2
    message = mark("{template}: the value of {field} cannot stand in a document: {reason}")
    rule = mark("in {part}: {text}")
    hint = mark("type the value again as plain text")


class ClauseError(WorkflowError):
    """A clause of the library cannot be used."""

    code = "W053"
    message = mark("the clause {clause} cannot be used: {reason}")
    hint = mark("mend the clause file and try again")


class UnknownClauseError(WorkflowError):
    """A clause or a wording was chosen that the library does not have for this kind of contract."""

    code = "W100"
    exit_code = 3
    message = mark("there is no clause or wording {clause!r} to choose here")
    hint = mark("there are: {known}; wording of your own needs own and title")


class ContractFaultyError(WorkflowError):
    """A contract contradicts itself, its terms or the law; it is not drafted."""

    code = "W101"
    message = mark("{count} thing(s) to mend in the contract of {ref}:\n{listing}")
    hint = mark("mend the terms or your wording, then: assent check {ref} --terms FILE")

    def __init__(self, ref: str, problems: Iterable[object]) -> None:
        self.problems = tuple(problems)
        listing = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(ref=ref, count=len(self.problems), listing=listing)


class NotComparableError(WorkflowError):
    """A document cannot be compared: it is damaged, hostile, or has changes that are not resolved."""

    code = "W054"
    message = mark("{document} cannot be compared: {reason}")
    hint = mark(
        "open it in Word and save it as an ordinary .docx; "
        "where changes are still tracked in it, --accept takes them as accepted"
    )


class PdfUnavailableError(WorkflowError):
    """A PDF was asked for on a machine without the program that makes it."""

    code = "W055"
    message = mark("LibreOffice is not installed, so no PDF can be made")
    hint = mark(
        "Debian or Ubuntu: apt install libreoffice-writer-nogui fonts-noto-cjk fonts-liberation2; "
        "macOS: brew install --cask libreoffice; Windows: winget install TheDocumentFoundation.LibreOffice, "
        "and put its program folder on PATH"
    )


class PdfFailedError(WorkflowError):
    """A document could not be made into a PDF."""

    code = "W056"
    message = mark("no PDF was made of {names}: {reason}")
    hint = mark("open the Word document in Word or LibreOffice and print it to PDF there")


class UnreadableFileError(WorkflowError):
    """A file from elsewhere could not be looked at to its end; the process that tried was given up."""

    code = "W057"
    message = mark("{name} could not be read to its end: {reason}")
    hint = mark(
        "it may be damaged, or made to do harm: open it in Word, save it under another name and try again, "
        "or ask for it once more; nothing was recorded"
    )


class StoreMissingError(WorkflowError):
    """There is no store at this place."""

    code = "W070"
    exit_code = 7
    message = mark("there is no store at {place}")
    hint = mark("make one: assent init   (or point to yours with --db)")


class StoreExistsError(WorkflowError):
    """There is a store already where one was to be made."""

    code = "W071"
    message = mark("there is already a store at {place}; it was not touched")
    hint = mark("use it as it is, or make the new one elsewhere with --db")


class NotOurStoreError(WorkflowError):
    """The file or database is not one of ours, or it is damaged."""

    code = "W072"
    exit_code = 7
    message = mark("{place} is not a usable Assent store: {reason}")
    hint = mark("check the path; if it was a store, keep a copy and restore a backup")


class StoreOutdatedError(WorkflowError):
    """The store's tables are older than this program."""

    code = "W073"
    exit_code = 7
    message = mark("the store at {place} has version {found}; this program needs {needed}")
    hint = mark("back it up, then: assent db upgrade")


class StoreNewerError(WorkflowError):
    """The store's tables are newer than this program."""

    code = "W074"
    exit_code = 7
    message = mark("the store at {place} was written by a newer Assent (version {found})")
    hint = mark("update this program: pip install --upgrade assent")


class StoreUnavailableError(WorkflowError):
    """The store is there and cannot be used now: locked, read-only, full or out of reach."""

    code = "W075"
    exit_code = 7
    message = mark("the store at {place} cannot be used now: {reason}")
    hint = mark("nothing was recorded that was not acknowledged; mend the cause and try again")


class TrailRefusedError(WorkflowError):
    """The store's own guards refused an entry, or its rows do not add up."""

    code = "W076"
    exit_code = 5
    message = mark("the trail of {stream} does not add up: {reason}")
    hint = mark("do not repair it; keep a copy, then: assent audit verify")


class SystemFileError(WorkflowError):
    """A file that was to be read or written cannot be."""

    code = "W077"
    message = mark("cannot write {path}: {reason}")
    hint = mark("check the folder, its space and its permissions")


class NobodyActsError(WorkflowError):
    """A command needs to know who acts and was not told."""

    code = "W003"
    exit_code = 2
    message = mark("who are you? this command acts for a person")
    hint = mark("say it with --as PERSON, or set ASSENT_PERSON")


class DemoFailedError(WorkflowError):
    """A step of the demonstration did not hold."""

    code = "W090"
    message = mark("the demonstration failed after step {step}: {reason}")
    hint = mark("this is a fault of Assent; please report it with what is printed here")


class UnexpectedError(WorkflowError):
    """A fault of ours that nothing else caught; the last resort of the edge."""

    code = "W099"
    message = mark("Assent failed in a way it should not: {kind}: {text}")
    hint = mark("nothing unfinished was kept; please report it, with what ASSENT_DEBUG=1 makes it print")


class FileKeptError(WorkflowError):
    """A file is there already and says something else; it may be somebody's work."""

    code = "W078"
    message = mark("{path} is there already and is not what would be written; nothing was written")
    hint = mark("move it away, or choose another folder")


class DemoFolderError(WorkflowError):
    """The demonstration needs a folder of its own."""

    code = "W091"
    message = mark("the folder {path} is not empty; the demonstration would mix with what is there")
    hint = mark("name a new folder: assent demo --dir try-it")


class KitUnwrittenError(WorkflowError):
    """A letter is issued, and the message that carries it could not be written."""

    code = "W079"
    message = mark("the letter of {ref} is issued, but its message was not written to {path}: {reason}")
    hint = mark("write it elsewhere; nothing is issued again: assent confirm {ref} --again --out FILE")


class NotConfirmedError(WorkflowError):
    """What was typed is not the reference that was to be confirmed."""

    code = "W027"
    message = mark("that is not {ref}; nothing was signed")
    hint = mark("try again and type the reference as it is shown")


class ExecutionRefusedError(WorkflowError):
    """Several things stand against recording an execution; each is an entry of its own, and told."""

    code = "W083"
    message = mark("{ref} was not executed as it has to be; {count} things stand against it:\n{listing}")
    hint = mark("mend them all, then try again; nothing was recorded")

    def __init__(self, ref: str, reasons: Iterable[WorkflowError]) -> None:
        self.reasons = tuple(reasons)
        listing = "\n".join(_told(reason) for reason in self.reasons)
        super().__init__(ref=ref, count=len(self.reasons), listing=listing)


def _told(error: WorkflowError) -> str:
    what, why, remedy = error.explain()
    return "\n      ".join(filter(None, (f"  {error.code} {what}", why, remedy)))


class FutureDateError(WorkflowError):
    """Something is said to have happened on a day that has not come."""

    code = "W084"
    exit_code = 2
    message = mark("{place}: {date} lies in the future")
    hint = mark("record what has happened, with the day on which it did")


class SignedTooEarlyError(WorkflowError):
    """A contract bears a date before the day it was approved."""

    code = "W085"
    message = mark("{place}: {name} signed on {date}, and the approval is of {approved}")
    rule = mark(
        "a contract is not dated before its approval; the other side may sign first where the text they "
        "signed is the approved one"
    )
    hint = mark(
        "check the day; where the other side signed first, attach what they signed as Word document: "
        "--signed-copy FILE. Where it is right and ours, have the contract signed again"
    )


class OriginalsDifferError(WorkflowError):
    """Other originals were made than the contract provides for."""

    code = "W086"
    message = mark("{place}: {found} originals, and the contract says {agreed}")
    rule = mark(
        "the number of originals is a term: who holds one can prove it, and each is taxed (印花稅法 §12)"
    )
    hint = mark("make as many as the contract says, or approve other terms; further papers are copies")


class ConsentLackingError(WorkflowError):
    """The other side has not consented to the electronic form, or not yet."""

    code = "W087"
    message = mark("{place}: {reason}")
    rule = mark(
        "the electronic form needs consent, or a notice with reasonable time to object which says that "
        "silence is consent (電子簽章法 §5)"
    )
    hint = mark("sign on paper, or have their consent first: it cannot be had afterwards")


class SignedTextDiffersError(WorkflowError):
    """The signed copy does not say what was approved."""

    code = "W088"
    exit_code = 5
    message = mark("{name} is not the approved text: {listing}")
    rule = mark("who changes what they accept makes a new offer (民法 §160), which nobody here has approved")
    hint = mark(
        "send it back, or submit the changed text for approval. Where it only fills in blanks, such as a "
        'date beside a signature, say so: --despite-differences "..."'
    )

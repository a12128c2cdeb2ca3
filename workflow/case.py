"""An agreement as its trail tells it: frozen values, nothing that judges.

How events add up to a `Case` is ``workflow.replay``'s business; who must sign and whether
enough have is ``approvals.policy``'s and ``approvals.clearance``'s.
"""

from dataclasses import dataclass
from datetime import datetime

from workflow.lifecycle import State

OPEN, CONDITIONS, OBJECTED, CLEAR, SUPERSEDED = "open", "conditions", "objected", "clear", "superseded"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """An issued document: what it is, and the digests by which it is known."""

    kind: str
    language: str
    revision: int
    audience: str
    name: str
    content: str
    file: str
    size: int
    template: str
    context: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A sign-off the submission asks for: how many people of a role, for which aspect, in which step."""

    step: int
    aspect: str
    role: str
    quorum: int
    due: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's signed yes, no or not-yet, about one text."""

    seq: int
    revision: int
    person: str
    aspect: str
    role: str
    decision: str
    document: str
    at: datetime
    reason: str
    receipt: str
    key: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What an expert made the opinion depend on; ``must`` ones block until closed."""

    id: str
    severity: str
    text: str
    closed_by: str = ""

    @property
    def open(self) -> bool:
        """True while it blocks."""
        return self.severity == "must" and not self.closed_by


@dataclass(frozen=True, slots=True)
class Flag:
    """A need for an expert's advice on one aspect; it blocks until the advice is clear."""

    id: str
    aspect: str
    role: str
    revision: int
    origin: str
    rules: tuple[str, ...]
    question: str
    due: str = ""
    status: str = OPEN
    expert: str = ""
    conditions: tuple[Condition, ...] = ()

    @property
    def blocking(self) -> bool:
        """True until the advice is clear and every must-condition closed."""
        return self.status in (OPEN, OBJECTED) or any(condition.open for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Submission:
    """What was put forward: the text, and what the policy in force asked for it."""

    seq: int
    revision: int
    document: str
    terms: str
    policy: str
    trace: str
    seats: tuple[Seat, ...]
    submitted_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An agreement as its trail tells it."""

    ref: str
    kind: str
    language: str
    title: str
    drafter: str
    state: State
    seq: int
    head: str
    created_at: datetime
    at: datetime
    plan: str = ""
    rounds: tuple[str, ...] = ()
    terms: str = ""
    revision: int = 0
    contract: DocumentRef | None = None
    documents: tuple[DocumentRef, ...] = ()
    submission: Submission | None = None
    flags: tuple[Flag, ...] = ()
    decisions: tuple[Decision, ...] = ()
    drafters: frozenset[str] = frozenset()
    formal_contract: tuple[bool, str] | None = None
    effective_on: str = ""
    outcome: str = ""

    @property
    def flag_count(self) -> int:
        """How many flags there have ever been; the next one is numbered after them."""
        return len(self.flags)

    @property
    def blocking_flags(self) -> tuple[Flag, ...]:
        """The flags that stop a sign-off now."""
        return tuple(flag for flag in self.flags if flag.status != SUPERSEDED and flag.blocking)

    @property
    def current_decisions(self) -> tuple[Decision, ...]:
        """The decisions about the revision that was last submitted."""
        number = self.submission.revision if self.submission else -1
        since = self.submission.seq if self.submission else 0
        return tuple(d for d in self.decisions if d.revision == number and d.seq > since)

    def flag(self, name: str) -> Flag | None:
        """Return the flag called *name*, as in F-3."""
        return next((flag for flag in self.flags if flag.id == name.upper()), None)

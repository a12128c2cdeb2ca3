"""An agreement as its trail tells it: frozen values, nothing that judges.

How events add up to a `Case` is ``workflow.replay``'s business; who must sign and whether
enough have is ``approvals.policy``'s and ``approvals.clearance``'s.
"""

from dataclasses import dataclass
from datetime import datetime

from workflow.lifecycle import FIRST, State

OPEN, CONDITIONS, OBJECTED, CLEAR, SUPERSEDED = "open", "conditions", "objected", "clear", "superseded"
#: Status of a need that somebody raised and an expert found not to be one.
DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """An issued document: what it is, and the digests by which it is known.

    ``content`` is over its parts and the same on any machine; ``file`` is over the issued
    bytes, which depend on the ``compressor`` too.
    """

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
    compressor: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A sign-off the submission asks for: how many people of a role, for which aspect, in which step.

    ``covers`` are the topics the aspect answers for, all of them where it is empty. A seat
    with a ``body`` is filled by the vote of those people (公司法 §206), not by a number.
    """

    step: int
    aspect: str
    role: str
    quorum: int
    due: str
    rules: tuple[str, ...]
    covers: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's signed yes, no or not-yet, about one text.

    ``principal`` is whom a deputy decided for, under the delegation ``grant``; ``member`` whom
    an ``excuse`` is about. ``came_from`` is the state it was made in.
    """

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
    came_from: State = State.SIGN_OFF
    principal: str = ""
    grant: str = ""
    member: str = ""
    retracted: bool = False

    @property
    def people(self) -> frozenset[str]:
        """Everyone this decision speaks for: none of them may decide again on the same text."""
        return frozenset({self.person, self.principal} - {""}) if self.decision != "excuse" else frozenset()


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
    covers: tuple[str, ...] = ()
    assigned: str = ""
    answered: int = 0

    @property
    def blocking(self) -> bool:
        """True until the advice is clear and every must-condition closed."""
        if self.status in (SUPERSEDED, DECLINED):
            return False
        return self.status in (OPEN, OBJECTED) or any(condition.open for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Voided:
    """A sign-off or an opinion of an earlier revision that fell, and the parts whose change felled it."""

    seq: int
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """What was put forward: the text, what the policy in force asked for it, and what still holds.

    ``changed`` are the parts that differ from the submission before; ``kept`` the numbers of
    the sign-offs that none of them concerns, ``voided`` those that fell.
    """

    seq: int
    revision: int
    document: str
    terms: str
    policy: str
    trace: str
    seats: tuple[Seat, ...]
    submitted_by: str
    at: datetime
    parts: str = ""
    changed: tuple[str, ...] = ()
    kept: tuple[int, ...] = ()
    voided: tuple[Voided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An agreement as its trail tells it; ``before`` is the state its last event found it in."""

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
    before: State = FIRST
    plan: str = ""
    rounds: tuple[str, ...] = ()
    terms: str = ""
    revision: int = 0
    contract: DocumentRef | None = None
    wordings: str = ""
    documents: tuple[DocumentRef, ...] = ()
    submission: Submission | None = None
    flags: tuple[Flag, ...] = ()
    decisions: tuple[Decision, ...] = ()
    drafters: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    formal_contract: tuple[bool, str] | None = None
    effective_on: str = ""
    outcome: str = ""

    @property
    def spoken_in(self) -> str:
        """The language of whoever it is about; where its contract has two, the first."""
        return self.language.partition("+")[0]

    @property
    def flag_count(self) -> int:
        """How many flags there have ever been; the next one is numbered after them."""
        return len(self.flags)

    @property
    def blocking_flags(self) -> tuple[Flag, ...]:
        """The flags that stop a sign-off now."""
        return tuple(flag for flag in self.flags if flag.blocking)

    @property
    def current_decisions(self) -> tuple[Decision, ...]:
        """The decisions that count for the text last submitted: made about it, or kept from before."""
        last = self.submission
        if last is None:
            return ()
        return tuple(
            d
            for d in self.decisions
            if not d.retracted and (d.seq in last.kept or (d.revision == last.revision and d.seq > last.seq))
        )

    @property
    def barred(self) -> frozenset[str]:
        """Who may not decide on the text at all: whoever drafted it, and whoever recused themselves."""
        return self.drafters | {self.drafter} | self.recused

    @property
    def spoken(self) -> frozenset[str]:
        """Who has decided on the text last submitted, themselves or through a deputy."""
        return frozenset().union(*(decision.people for decision in self.current_decisions))

    def decision(self, seq: int) -> Decision | None:
        """Return the decision that was recorded as number *seq*."""
        return next((decision for decision in self.decisions if decision.seq == seq), None)

    def flag(self, name: str) -> Flag | None:
        """Return the flag called *name*, as in F-3."""
        return next((flag for flag in self.flags if flag.id == name.upper()), None)

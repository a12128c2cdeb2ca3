"""What a verification says: what was checked, how much of it, and what does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflow.errors import WorkflowError
from workflow.i18n import mark

CHECKS = {
    "chain": mark("hash chain"),
    "content": mark("stored content"),
    "documents": mark("documents"),
    "signatures": mark("signatures"),
    "replay": mark("states replayed"),
    "duties": mark("policy and duties"),
    "tables": mark("tables equal the replay"),
}

#: What a value of another kind than ours can raise where it is used.
ODD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, WorkflowError)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which check, where, and what it means."""

    check: str
    stream: str
    seq: int
    text: str

    @property
    def event(self) -> str:
        """How people name the event, or the stream where it is no single event."""
        return f"{self.stream}#{self.seq}" if self.seq else self.stream


@dataclass(slots=True)
class Report:
    """What was checked, how much of it, and what was found."""

    events: int = 0
    documents: int = 0
    signatures: int = 0
    streams: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.findings

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What this verification cannot know from the store alone."""
        return (
            mark(
                "whether events after the last signature were cut off or rewritten: "
                "compare the heads with receipts kept elsewhere"
            ),
            mark("whether the first administrator's key is theirs: compare its fingerprint with them"),
        )

    def find(self, check: str, stream: str, seq: int, text: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(check, stream, seq, text))

    def add(self, stream: str, seq: int, found: Iterator[tuple[str, str]]) -> None:
        """Add what is found of an event, each with the check that finds it."""
        for check, text in guarded(found):
            self.find(check, stream, seq, text)

    def compare(self, stream: str, found: Iterator[tuple[str, str]], *, check: str = "tables") -> None:
        """Add what is found in tables, each with its place; *stream* stands for what cannot be compared."""
        try:
            for place, text in found:
                self.find(check, place, 0, text)
        except ODD as error:
            self.find(check, stream, 0, f"it cannot be compared ({type(error).__name__}: {error})")

    def take(self, other: "Report") -> None:
        """Add what another part of the same verification says."""
        self.events += other.events
        self.documents += other.documents
        self.signatures += other.signatures
        self.streams |= other.streams
        self.findings += other.findings


def guarded(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield what is found; values of another kind than ours are found too, not stumbled over."""
    try:
        yield from found
    except ODD as error:
        yield "content", f"its content cannot be read ({type(error).__name__}: {error})"

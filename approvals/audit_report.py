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
    "checkpoints": mark("order of all events, and its checkpoints"),
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


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest checkpoint: how many events it is of, who signed it when, and how many are newer."""

    size: int
    person: str
    at: str
    newer: int


_LEFT = {
    "end": mark(
        "whether events after the last signature were cut off or rewritten: "
        "compare the heads with receipts or a checkpoint kept elsewhere"
    ),
    "newer": mark("whether events newer than the checkpoint kept elsewhere were cut off: make a new one"),
    "some": mark("the order of all events and its checkpoints: leave the references out"),
    "older": mark(
        "whether what is older than that checkpoint was rewritten since, and the agreements to which "
        "nothing was added: leave out --since"
    ),
    "stamps": mark("who stamped the checkpoints with a time: give the authority's certificate, --tsa-root"),
    "again": mark(
        "whether every document comes out the same when it is made again: assent audit reproduce REF"
    ),
    "founder": mark("whether the first administrator's key is theirs: compare its fingerprint with them"),
}


@dataclass(slots=True)
class Report:
    """What was checked, how much of it, and what was found.

    *anchor* is the newest checkpoint; *kept* how many events the newest one given from outside is
    of; *passed* how many agreements were left alone because nothing was added to them since the one
    that was named.
    """

    events: int = 0
    documents: int = 0
    signatures: int = 0
    streams: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    skipped: frozenset[str] = frozenset()
    anchor: Anchor | None = None
    kept: int | None = None
    passed: int | None = None
    stamps_unread: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.findings

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What this verification cannot know from the store alone."""
        left = ["end" if self.kept is None else "newer"]
        left += ["some"] if "checkpoints" in self.skipped else []
        left += ["older"] if self.passed is not None else []
        left += ["stamps"] if self.stamps_unread else []
        return tuple(_LEFT[name] for name in (*left, "again", "founder"))

    def find(self, check: str, stream: str, seq: int, text: str) -> None:
        """Add a finding."""
        # A table without its types may name a chain by anything.
        self.findings.append(Finding(check, str(stream), seq, text))

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

    def place(self, check: str, what: str, found: Iterator[tuple[str, int, str]]) -> None:
        """Add what is found, each with its place; *what* stands for what cannot be read at all."""
        try:
            for stream, seq, text in found:
                self.find(check, stream, seq, text)
        except ODD as error:
            self.find(check, what, 0, f"it cannot be read ({type(error).__name__}: {error})")

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

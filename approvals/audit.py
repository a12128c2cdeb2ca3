"""The trail worked out again from its rows, and everything in it that does not fit.

Nothing stored is believed: chains, documents, signatures, states, clearances and tables are
recomputed with the pure rules and compared. Nothing that writes the trail is imported. A
finding names the agreement, the event and what it means; no finding means that what was
checked holds, and `Report.unchecked` says what could not be checked.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from approvals.audit_aggregation import Ledger
from approvals.audit_contents import (
    check_bodies,
    check_documents,
    check_final,
    check_notes,
    check_references,
    content,
    digests_in,
    note,
)
from approvals.audit_decisions import check_entry, founding_key, nonce_of
from approvals.audit_duties import check_event
from approvals.audit_tables import (
    attempt_of,
    check_attempts,
    check_cache,
    check_ends,
    check_numbering,
    check_registry,
    check_views,
)
from approvals.directory import Directory, directory_of
from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.events import REGISTRY, SIGNED, Event, read_event, read_time
from workflow.i18n import mark
from workflow.ledger import Entry, entry_of, faults
from workflow.reading import Reader
from workflow.replay import apply
from workflow.terms import Terms, from_canonical

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
_ODD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, WorkflowError)


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


def audit(reader: Reader, refs: Iterable[str] = ()) -> Report:
    """Verify the agreements *refs*, or everything when there are none, against the stored rows."""
    wanted = tuple(refs)
    with reader.snapshot():
        trail = _Trail(reader)
        trail.read_registry()
        for stream in wanted or trail.agreements():
            trail.read_agreement(stream)
        trail.read_tables(whole=not wanted)
    return trail.report


@dataclass(frozen=True, slots=True)
class _Chained:
    """An event as it stands in its chain; *clock* is what the clock said, where time had to differ."""

    event: Event
    clock: datetime


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What an event refers to, read when it is asked for."""

    reader: Reader
    event: Event
    log: str
    chain: Mapping[int, str]

    def statement(self) -> bytes:
        """Return the statement the event's signature is over."""
        return content(self.reader, self.event.signed.statement) if self.event.signed else b""

    def get(self, digest: str) -> bytes:
        """Return content by digest; empty where it is missing."""
        return content(self.reader, digest)

    def note(self, digest: str) -> str:
        """Return the words behind a digest; empty where they are missing."""
        return note(self.reader, digest)

    def head(self, seq: int) -> str:
        """Return the digest of an event before it; empty where there is no such one."""
        return self.chain.get(seq, "") if seq < self.event.seq else ""


class _Directories:
    """The registry as it stood at any moment."""

    def __init__(self) -> None:
        self._times: list[datetime] = []
        self._stages = [Directory()]

    @property
    def now(self) -> Directory:
        return self._stages[-1]

    def follow(self, event: Event) -> None:
        """Take an entry of the registry in."""
        self._stages.append(directory_of([event], self.now))
        self._times.append(max(event.at, self._times[-1]) if self._times else event.at)

    def at(self, event: Event) -> Iterator[Directory]:
        """Yield who held what when *event* was recorded, the latest first.

        Times are to the second, so that what the registry learned in the same second may have
        come before the event or after it.
        """
        first, last = bisect_left(self._times, event.at), bisect_right(self._times, event.at)
        yield from reversed(self._stages[first : last + 1])


class _Trail:
    """One verification: what has been read so far, and what was found."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self.report = reader, Report()
        rows = reader.rows("SELECT value FROM meta WHERE name = :name", name="log")
        self._log = str(rows[0]["value"]) if rows else ""
        self._directories = _Directories()
        self._hashes: dict[str, dict[int, str]] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self._named: dict[str, list[tuple[str, int]]] = {}
        self._attempts: dict[tuple[str, int], tuple[str, str]] = {}
        self._statements: dict[str, Event] = {}
        self._read_terms: dict[str, Terms] = {}
        self._ledger = Ledger(self._terms)

    def agreements(self) -> list[str]:
        """Return the name of every chain but the registry's."""
        rows = self._reader.rows("SELECT stream FROM event UNION SELECT id FROM stream ORDER BY 1")
        return [row["stream"] for row in rows if row["stream"] != REGISTRY]

    def read_registry(self) -> None:
        """Verify the registry; everything else is judged by it."""
        events = [chained.event for chained in self._chain(REGISTRY)]
        try:
            founder = founding_key(events)
        except _ODD:
            founder = None
        for event in events:
            self.report.signatures += 1
            if self._directories.now.holders("admin"):
                founder = None
            directory, evidence = self._directories.now, self._evidence(event)
            self._add(REGISTRY, event.seq, check_entry(event, directory, evidence, founder=founder))
            try:
                self._directories.follow(event)
            except _ODD as error:
                self._find("replay", REGISTRY, event.seq, str(error))

    def read_agreement(self, ref: str) -> None:
        """Verify an agreement's chain and every event in it."""
        case: Case | None = None
        for chained in self._chain(ref):
            event = chained.event
            try:
                after = apply(case, event)
            except WorkflowError as error:
                self._find("replay", ref, event.seq, str(error))
                return
            if event.type in SIGNED:
                self.report.signatures += 1
                self._require_first_use(event)
            self._judge(case, after, event)
            self._add(ref, event.seq, check_documents(self._reader, after, event))
            self._add(ref, event.seq, check_notes(self._reader, event))
            self._add(ref, event.seq, check_references(self._reader, after, event))
            now = self._directories.now
            self._add(ref, event.seq, check_final(self._reader, after, event, now, clock=chained.clock))
            self.report.documents += sum(document.seq == event.seq for document in after.documents)
            with suppress(*_ODD):  # what cannot be read is found above
                self._ledger.follow(after, event)
            case = after
        if case is None:
            self._find("chain", ref, 0, "it has no events")
        else:
            self._compare(ref, self._cached(case))

    def read_tables(self, *, whole: bool) -> None:
        """Compare everything that is kept beside the chains with them."""
        try:
            for stream, seq, text in check_bodies(self._reader, self._named, whole=whole):
                self._find("content", stream, seq, text)
        except _ODD as error:
            self._find("content", "content", 0, f"it cannot be read ({type(error).__name__}: {error})")
        self._compare("stream", check_ends(self._reader, self._heads, whole=whole), check="chain")
        self._compare("idempotency", check_attempts(self._reader, self._attempts, whole=whole))
        self._compare(REGISTRY, check_registry(self._reader, self._directories.now))
        if whole:
            self._count()
            self._compare("counter", check_numbering(self._reader, self._heads.keys()), check="chain")
            self._compare("views", check_views(self._reader))

    def _count(self) -> None:
        """Check what each submission counted; it takes every agreement to know that."""
        try:
            for ref, seq, text in self._ledger.check():
                self._find("duties", ref, seq, text)
        except _ODD as error:
            self._find(
                "duties", "agreements", 0, f"they cannot be added up ({type(error).__name__}: {error})"
            )

    def _terms(self, digest: str) -> Terms:
        if digest not in self._read_terms:
            self._read_terms[digest] = from_canonical(content(self._reader, digest))
        return self._read_terms[digest]

    def _chain(self, stream: str) -> Iterator[_Chained]:
        """Yield the events of a chain as far as they can be read, having checked how they hang together."""
        rows = self._reader.rows("SELECT * FROM event WHERE stream = :stream ORDER BY seq", stream=stream)
        entries = list[Entry]()
        for row in rows:
            try:
                entries.append(entry_of(row))
            except ValueError as error:
                seq = row["seq"] if isinstance(row["seq"], int) else 0
                self._find("chain", stream, seq, f"it cannot be read: {error}")
                break
        self.report.events += len(entries)
        for seq, text in faults(entries, stream=stream):
            self._find("chain", stream, seq, text)
        self._hashes[stream] = {entry.seq: entry.hash for entry in entries}
        if entries:
            self.report.streams[stream] = entries[-1].hash
            self._heads[stream] = (entries[-1].seq, entries[-1].hash)
        last = None
        for entry in entries:
            for digest in digests_in(entry.line):
                self._named.setdefault(digest, []).append((stream, entry.seq))
            try:
                body, event = json.loads(entry.line), read_event(entry)
                clock = read_time(body.get("clock", body["at"]))
                statement = self._evidence(event).statement() if event.type in SIGNED else b""
                self._attempts[stream, event.seq] = attempt_of(event, nonce_of(statement))
            except _ODD as error:
                self._find("chain", stream, entry.seq, f"it cannot be read as an event: {error}")
                return
            if body.get("log") != self._log:
                self._find("chain", stream, entry.seq, "it was written for another store")
            if last is not None and event.at < last:
                self._find("chain", stream, entry.seq, "its time lies before the event before it")
            last = event.at
            yield _Chained(event, clock)

    def _judge(self, before: Case | None, after: Case, event: Event) -> None:
        """Add what does not hold, unless all does under a registry that may have stood at the time."""
        latest: list[tuple[str, str]] | None = None
        for directory in self._directories.at(event):
            found = list(_guarded(check_event(before, after, event, directory, self._evidence(event))))
            if not found:
                return
            latest = latest or found
        self._add(event.stream, event.seq, iter(latest or ()))

    def _require_first_use(self, event: Event) -> None:
        """Find a statement that counts a second time, such as one whose decision was taken back."""
        statement = event.signed.statement if event.signed else ""
        first = self._statements.setdefault(statement, event)
        if first is not event and statement:
            text = f"its signed statement is that of {first.ref}; nobody signed it twice"
            self._find("signatures", event.stream, event.seq, text)

    def _evidence(self, event: Event) -> _Evidence:
        return _Evidence(self._reader, event, self._log, self._hashes[event.stream])

    def _cached(self, case: Case) -> Iterator[tuple[str, str]]:
        terms = from_canonical(content(self._reader, case.terms)) if case.terms else None
        yield from check_cache(self._reader, case, terms)

    def _compare(self, stream: str, found: Iterator[tuple[str, str]], *, check: str = "tables") -> None:
        """Add what is found in tables; *stream* stands for what cannot be compared at all."""
        try:
            for place, text in found:
                self._find(check, place, 0, text)
        except _ODD as error:
            self._find(check, stream, 0, f"it cannot be compared ({type(error).__name__}: {error})")

    def _add(self, stream: str, seq: int, found: Iterator[tuple[str, str]]) -> None:
        for check, text in _guarded(found):
            self._find(check, stream, seq, text)

    def _find(self, check: str, stream: str, seq: int, text: str) -> None:
        # A table without its types may name a chain by anything.
        self.report.findings.append(Finding(check, str(stream), seq, text))


def _guarded(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield what is found; values of another kind than ours are found too, not stumbled over."""
    try:
        yield from found
    except _ODD as error:
        yield "content", f"its content cannot be read ({type(error).__name__}: {error})"

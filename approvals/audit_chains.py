"""Reading a chain: every entry is checked where it hangs, and read as an event as far as it can be.

Entries come one after the other from the database and are let go again, so that the length of
a trail is nothing to worry about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from approvals.audit_contents import content, digests_in
from approvals.audit_decisions import nonce_of
from approvals.audit_digests import Digests
from approvals.audit_report import ODD, Report
from approvals.audit_tables import Attempt, attempt_of
from workflow.events import SIGNED, Event, event_of, read_time
from workflow.ledger import Entry, entry_of, links
from workflow.reading import Reader


@dataclass(frozen=True, slots=True)
class Chained:
    """An event as it stands in its chain; *clock* is what the clock said, where time had to differ."""

    event: Event
    clock: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
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

    def head(self, seq: int) -> str:
        """Return the digest of an event before it; empty where there is no such one."""
        return self.chain.get(seq, "") if seq < self.event.seq else ""


@dataclass(slots=True)
class Chain:
    """One chain, the digests its lines name, and where it ends; what is wrong with it goes into *report*."""

    reader: Reader
    stream: str
    log: str
    report: Report
    named: Digests
    end: tuple[int, str] | None = None
    attempts: dict[int, Attempt] = field(default_factory=dict)
    _hashes: dict[int, str] = field(default_factory=dict)
    _readable: bool = True

    def events(self) -> Iterator[Chained]:
        """Yield the events as far as they can be read; how entries hang together is checked to the end."""
        last = None
        for link in links(self._entries(), stream=self.stream):
            entry = link.entry
            self.report.events += 1
            self._hashes[entry.seq] = entry.hash
            self.end = (entry.seq, entry.hash)
            for fault in link.faults:
                self._find(entry.seq, fault)
            self.named.add(digests_in(entry.line) - {entry.prev, self.log})
            if not self._readable:
                continue
            try:
                if link.body is None:
                    raise ValueError("it is no object")
                body, event = link.body, event_of(entry, link.body)
                clock = read_time(body["clock"]) if "clock" in body else event.at
                statement = self.evidence(event).statement() if event.type in SIGNED else b""
                self.attempts[event.seq] = attempt_of(event, nonce_of(statement))
            except ODD as error:
                self._find(entry.seq, f"it cannot be read as an event: {error}")
                self.stop()
                continue
            if body.get("log") != self.log:
                self._find(entry.seq, "it was written for another store")
            if last is not None and event.at < last:
                self._find(entry.seq, "its time lies before the event before it")
            last = event.at
            yield Chained(event, clock)
        if self.end:
            self.report.streams[self.stream] = self.end[1]

    def stop(self) -> None:
        """Read no more events: what comes after one that cannot have happened says nothing."""
        self._readable = False

    def evidence(self, event: Event) -> Evidence:
        """Return what an event of this chain refers to."""
        return Evidence(self.reader, event, self.log, self._hashes)

    def _entries(self) -> Iterator[Entry]:
        query = "SELECT * FROM event WHERE stream = :stream ORDER BY seq"
        for row in self.reader.each(query, stream=self.stream):
            try:
                yield entry_of(row)
            except ValueError as error:
                seq = row["seq"] if isinstance(row["seq"], int) else 0
                self._find(seq, f"it cannot be read: {error}")
                return

    def _find(self, seq: int, text: str) -> None:
        self.report.find("chain", self.stream, seq, text)

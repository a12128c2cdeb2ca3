"""The trail worked out again from its rows, and everything in it that does not fit.

Nothing stored is believed: chains, documents, signatures, states, clearances and tables are
recomputed with the pure rules and compared. Nothing that writes the trail is imported. A
finding names the agreement, the event and what it means; no finding means that what was
checked holds, and `Report.unchecked` says what could not be checked.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.audit_decisions import check_decision, check_registry_entry
from approvals.directory import Directory, directory_of
from approvals.errors import UnknownPersonError
from workflow.documents.package import content_digest, read_package
from workflow.errors import WorkflowError
from workflow.events import REGISTRY, SIGNED, Event, note_digest, read_event, written_time
from workflow.i18n import mark
from workflow.ledger import Entry, faults
from workflow.reading import Reader, Row
from workflow.replay import Case, apply

CHECKS = {
    "chain": mark("hash chain"),
    "content": mark("stored content"),
    "documents": mark("documents"),
    "signatures": mark("signatures"),
    "replay": mark("states replayed"),
    "duties": mark("policy and duties"),
    "tables": mark("tables equal the replay"),
}


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
            mark("whether events were cut off the end: compare the heads with receipts kept elsewhere"),
            mark("whether the first administrator's key is theirs: compare its fingerprint with them"),
        )


def audit(reader: Reader, refs: Iterable[str] = ()) -> Report:
    """Verify the agreements *refs*, or everything when there are none, against the stored rows."""
    report = Report()
    wanted = tuple(refs)
    log = _origin(reader)
    directories = _registry(reader, report, log)
    _check_content(reader, report)
    known = reader.streams()
    for stream in wanted or [name for name in known if name != REGISTRY]:
        _agreement(reader, report, stream, directories, log)
    if not wanted:
        _check_ends(reader, report)
        _check_registry_tables(reader, report, directories)
    return report


class Directories:
    """The registry as it stood at any moment."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self.now = directory_of(events)

    def at(self, event: Event) -> Directory:
        """Return who held what when *event* was recorded."""
        # Recorded to the second: what the registry learned in the same second counts.
        return directory_of(e for e in self._events if e.at <= event.at)


def _registry(reader: Reader, report: Report, log: str) -> Directories:
    events = list(_chain(reader, report, REGISTRY, log))
    sound: list[Event] = []
    for event in events:
        report.signatures += 1
        for check, text in check_registry_entry(event, directory_of(sound), _statement(reader, event)):
            report.findings.append(Finding(check, REGISTRY, event.seq, text))
        try:
            directory_of([*sound, event])
            sound.append(event)
        except (ValueError, KeyError, UnknownPersonError) as error:
            report.findings.append(Finding("replay", REGISTRY, event.seq, str(error)))
    return Directories(sound)


def _agreement(reader: Reader, report: Report, ref: str, directories: Directories, log: str) -> None:
    case: Case | None = None
    for event in _chain(reader, report, ref, log):
        try:
            after = apply(case, event)
        except WorkflowError as error:
            report.findings.append(Finding("replay", ref, event.seq, str(error)))
            return
        if event.type in SIGNED:
            report.signatures += 1
        for check, text in check_decision(
            case, after, event, directories.at(event), _Contents(reader, event)
        ):
            report.findings.append(Finding(check, ref, event.seq, text))
        _check_documents(reader, report, after, event)
        _check_notes(reader, report, event)
        _check_references(reader, report, event)
        case = after
    if case is None:
        report.findings.append(Finding("chain", ref, 0, "it has no events"))
        return
    _check_tables(reader, report, case)


def _chain(reader: Reader, report: Report, stream: str, log: str) -> Iterator[Event]:
    rows = reader.rows("SELECT * FROM v_event WHERE stream = :stream ORDER BY seq", stream=stream)
    entries = [
        Entry(row["stream"], row["seq"], row["prev"], row["hash"], row["line"].encode()) for row in rows
    ]
    report.events += len(entries)
    broken = set()
    for seq, text in faults(entries, stream=stream):
        broken.add(seq)
        report.findings.append(Finding("chain", stream, seq, text))
    if entries:
        report.streams[stream] = entries[-1].hash
    last = None
    for entry in entries:
        try:
            event = read_event(entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            report.findings.append(
                Finding("chain", stream, entry.seq, f"it cannot be read as an event: {error}")
            )
            return
        if f'"log":"{log}"'.encode() not in entry.line:
            report.findings.append(Finding("chain", stream, entry.seq, "it was written for another store"))
        if last is not None and event.at < last:
            report.findings.append(
                Finding("chain", stream, entry.seq, "its time lies before the event before it")
            )
        last = event.at
        yield event


@dataclass(frozen=True, slots=True)
class _Contents:
    """What an event refers to, read when it is asked for."""

    reader: Reader
    event: Event

    def statement(self) -> bytes:
        """Return the statement the event's signature is over."""
        return _statement(self.reader, self.event)

    def get(self, digest: str) -> bytes:
        """Return content by digest; empty where it is missing."""
        return _content(self.reader, digest)


def _statement(reader: Reader, event: Event) -> bytes:
    return _content(reader, event.signed.statement) if event.signed else b""


def _content(reader: Reader, digest: str) -> bytes:
    rows = reader.rows("SELECT body FROM v_content WHERE sha256 = :digest", digest=digest)
    return bytes(rows[0]["body"]) if rows else b""


def _check_content(reader: Reader, report: Report) -> None:
    for row in reader.rows("SELECT sha256 FROM v_content ORDER BY sha256"):
        body = _content(reader, row["sha256"])
        if hashlib.sha256(body).hexdigest() != row["sha256"]:
            where = _where_used(reader, row["sha256"])
            for stream, seq in where or [(row["sha256"][:12], 0)]:
                text = f"the stored bytes of {row['sha256'][:12]} are not the ones the event names"
                report.findings.append(Finding("content", stream, seq, text))


def _where_used(reader: Reader, digest: str) -> list[tuple[str, int]]:
    rows = reader.rows(
        "SELECT stream, seq FROM v_event WHERE line LIKE :part ORDER BY stream, seq", part=f"%{digest}%"
    )
    return [(row["stream"], row["seq"]) for row in rows]


def _check_documents(reader: Reader, report: Report, case: Case, event: Event) -> None:
    for document in (d for d in case.documents if d.seq == event.seq):
        report.documents += 1
        body = _content(reader, document.file)
        if len(body) != document.size:
            text = f"{document.name} is missing or not of the size recorded"
            report.findings.append(Finding("documents", event.stream, event.seq, text))
            continue
        try:
            parts = read_package(body, name=document.name)
        except WorkflowError as error:
            report.findings.append(Finding("documents", event.stream, event.seq, str(error)))
            continue
        if content_digest(parts) != document.content:
            text = f"{document.name} does not have the content digest recorded"
            report.findings.append(Finding("documents", event.stream, event.seq, text))


def _check_notes(reader: Reader, report: Report, event: Event) -> None:
    for name in ("reason", "note", "question", "reasoning", "basis", "evidence"):
        digest = event.payload.get(name)
        if not isinstance(digest, str) or not digest:
            continue
        rows = reader.rows("SELECT salt, text FROM v_note WHERE digest = :digest", digest=digest)
        if not rows:
            report.findings.append(
                Finding("content", event.stream, event.seq, f"the words of its {name} are missing")
            )
        elif note_digest(rows[0]["salt"], rows[0]["text"]) != digest:
            report.findings.append(
                Finding("content", event.stream, event.seq, f"the words of its {name} were altered")
            )


def _check_references(reader: Reader, report: Report, event: Event) -> None:
    """Every file, term and policy an event names by digest has to be there."""
    said = event.payload
    named = {name: said[name] for name in ("terms", "plan", "round", "policy", "trace") if said.get(name)}
    named |= {
        name: said[name]["sha256"] for name in ("evidence", "signed_copy") if isinstance(said.get(name), dict)
    }
    for name, digest in named.items():
        if not reader.rows("SELECT size FROM v_content WHERE sha256 = :digest", digest=digest):
            text = f"the {name} it names by {digest[:12]} is missing"
            report.findings.append(Finding("content", event.stream, event.seq, text))


def _check_tables(reader: Reader, report: Report, case: Case) -> None:
    row = reader.rows("SELECT * FROM v_agreement WHERE ref = :ref", ref=case.ref)
    submission = case.submission
    expected = {
        "seq": case.seq, "head": case.head, "state": case.state.value, "outcome": case.outcome,
        "kind": case.kind, "language": case.language, "title": case.title, "drafter": case.drafter,
        "revision": case.revision, "terms": case.terms,
        "document": case.contract.file if case.contract else "",
        "policy": submission.policy if submission else "",
        "created_at": written_time(case.created_at), "updated_at": written_time(case.at),
    }  # fmt: skip
    _compare(report, case.ref, "agreement", row[0] if row else {}, expected)
    _compare_sets(
        report, case.ref, "decision",
        {(r["seq"], r["person"], r["aspect"], r["role"], r["decision"], r["revision"]) for r in reader.of("v_decision", case.ref)},
        {(d.seq, d.person, d.aspect, d.role, d.decision, d.revision) for d in case.decisions},
    )  # fmt: skip
    _compare_sets(
        report, case.ref, "flag",
        {(r["flag"], r["aspect"], r["role"], r["status"], r["expert"]) for r in reader.of("v_flag", case.ref)},
        {(f.id, f.aspect, f.role, f.status, f.expert) for f in case.flags},
    )  # fmt: skip
    _compare_sets(
        report, case.ref, "document",
        {(r["seq"], r["name"], r["kind"], r["file"], r["content"]) for r in reader.of("v_document", case.ref)},
        {(d.seq, d.name, d.kind, d.file, d.content) for d in case.documents},
    )  # fmt: skip
    _compare_sets(
        report, case.ref, "seat",
        {(r["step"], r["aspect"], r["role"], r["quorum"]) for r in reader.of("v_seat", case.ref)},
        {(s.step, s.aspect, s.role, s.quorum) for s in (submission.seats if submission else ())},
    )  # fmt: skip


def _compare(report: Report, ref: str, table: str, found: Row, expected: Mapping[str, Any]) -> None:
    for column, value in expected.items():
        if found.get(column) != value:
            text = f"{table}.{column} says {found.get(column)!r}; the events say {value!r}"
            report.findings.append(Finding("tables", ref, 0, text))


def _compare_sets(report: Report, ref: str, table: str, found: set[Any], expected: set[Any]) -> None:
    for row in sorted(found ^ expected, key=str):
        what = "has a row the events do not know" if row in found else "lacks a row of the events"
        report.findings.append(Finding("tables", ref, 0, f"{table} {what}: {row}"))


def _check_ends(reader: Reader, report: Report) -> None:
    """Compare the remembered end of every chain with its last event."""
    ends = {row["id"]: row["head"] for row in reader.rows("SELECT id, head, seq FROM v_stream WHERE seq > 0")}
    for stream in sorted(ends.keys() | report.streams.keys()):
        if ends.get(stream) != report.streams.get(stream):
            text = "its last event is not the one the store remembers; events were cut off or added"
            report.findings.append(Finding("chain", stream, 0, text))


def _check_registry_tables(reader: Reader, report: Report, directories: Directories) -> None:
    people = directories.now.people.values()
    _compare_sets(
        report, REGISTRY, "person",
        {(r["id"], r["name"], r["title"], r["email"]) for r in reader.rows("SELECT * FROM v_person")},
        {(p.id, p.name, p.title, p.email) for p in people},
    )  # fmt: skip
    _compare_sets(
        report, REGISTRY, "role",
        {(r["person"], r["role"]) for r in reader.rows("SELECT * FROM v_role")},
        {(p.id, role) for p in people for role in p.roles},
    )  # fmt: skip
    _compare_sets(
        report, REGISTRY, "key",
        {(r["person"], r["fingerprint"], r["public"], r["valid_from"], r["valid_until"]) for r in reader.rows("SELECT * FROM v_key")},
        {
            (p.id, k.fingerprint, k.public, written_time(k.valid_from), written_time(k.valid_until) if k.valid_until else "")
            for p in people
            for k in p.keys
        },
    )  # fmt: skip


def _origin(reader: Reader) -> str:
    rows = reader.rows("SELECT value FROM v_meta WHERE name = :name", name="log")
    return str(rows[0]["value"]) if rows else ""

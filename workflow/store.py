"""The only code that opens a session: one action is one transaction.

A `Unit` reads, appends and commits; leaving it without a commit undoes everything. State,
documents, ledger entries and signatures are written together or not at all. Writers of one
agreement queue at its stream row (PostgreSQL) or at the file (SQLite, BEGIN IMMEDIATE).
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, func, insert, or_
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, delete, select

from workflow.case import Case
from workflow.documents.catalogue import Library, shipped
from workflow.engines import is_blank, make_engine, migrate, stored_version
from workflow.errors import (
    ErasedError,
    NotOurStoreError,
    StaleError,
    StoreExistsError,
    TrailRefusedError,
    UnknownReferenceError,
)
from workflow.events import (
    REGISTRY,
    Event,
    Fact,
    body_of,
    is_agreement,
    read_event,
    written_time,
)
from workflow.i18n import mark
from workflow.ledger import GENESIS, Entry, link
from workflow.notes import Note
from workflow.order import Checkpointed, Sealed, count_unsealed, last_checkpoint, seal_new
from workflow.places import SCHEMA_VERSION, Place
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.replay import apply, replay
from workflow.tables import (
    AgreementRow,
    CheckpointRow,
    Content,
    Counter,
    ErasureRow,
    EventRow,
    Idempotency,
    Meta,
    NoteRow,
    StampRow,
    Stream,
)
from workflow.terms import from_canonical

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time now, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class Store:
    """A store that is open; give it a clock and it will not ask another.

    What is to follow once events are recorded may be set as ``follow``: it is called after each
    unit that recorded some, with these, and can no longer undo them.
    """

    def __init__(self, place: Place, engine: Engine, clock: Clock, library: Library | None = None) -> None:
        self.place, self._engine, self.clock = place, engine, clock
        self.library = library or shipped()
        self.follow: Callable[[Store, Sequence[Event]], None] | None = None

    @classmethod
    def create(
        cls, place: Place, *, clock: Clock = system_clock, first: Callable[["Unit"], None] | None = None
    ) -> "Store":
        """Make the tables at *place*, which must hold none yet, and do what comes *first* with them."""
        if place.path is not None and place.path.exists() and not _cut_short(place.path):
            raise StoreExistsError(place=place.shown)
        engine = make_engine(place)
        with _explained(place):
            if not is_blank(engine):
                raise StoreExistsError(place=place.shown)
            with engine.begin() as connection:
                migrate(connection)
                session = Session(connection)
                session.add(Meta(name="log", value=f"assent:{secrets.token_hex(16)}"))
                session.add(Stream(id=REGISTRY, seq=0, head=GENESIS))
                session.flush()
                if first:
                    with Unit(place, session, clock) as unit:
                        first(unit)
        return cls(place, engine, clock)

    @classmethod
    def open(cls, place: Place, *, clock: Clock = system_clock, library: Library | None = None) -> "Store":
        """Open the store at *place*; raise where there is none, or one of another version.

        Documents are made from the *library*, which is the shipped one unless another is given.
        """
        place.require_file()
        engine = make_engine(place)
        with _explained(place):
            place.require_version(stored_version(engine))
        return cls(place, engine, clock, library)

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    def begin(self) -> "Unit":
        """Start a unit of work: ``with store.begin() as unit: …; unit.commit()``."""
        return Unit(self.place, Session(self._engine), self.clock, self._recorded, library=self.library)

    def _recorded(self, events: Sequence[Event]) -> None:
        if self.follow and events:
            self.follow(self, events)


def attempt(person: str, action: str, name: str) -> str:
    """Return the key under which one person's *name* for one action is remembered; none without a name."""
    return f"{person} {action} {name}" if name else ""


def upgrade(place: Place) -> tuple[str, str]:
    """Bring the tables of a store up to date; return the versions before and after."""
    place.require_file()
    engine = make_engine(place)
    with _explained(place):
        before = stored_version(engine)
        if before is None or not before.isdigit() or before > SCHEMA_VERSION:
            place.require_version(before)
        if before == "0000":
            raise NotOurStoreError(place=place.shown, reason=mark("nothing of ours ever had this version"))
        if before != SCHEMA_VERSION:
            with engine.begin() as connection:
                migrate(connection)
                session = Session(connection)
                with Unit(place, session, system_clock) as unit:
                    unit.refresh()
                session.flush()
    return str(before), SCHEMA_VERSION


class Unit:
    """One action's transaction."""

    def __init__(
        self,
        place: Place,
        session: Session,
        clock: Clock,
        recorded: Callable[[Sequence[Event]], None] | None = None,
        *,
        library: Library | None = None,
    ) -> None:
        self._place, self._session = place, session
        self.library = library or shipped()
        self._recorded, self._appended = recorded, list[Event]()
        self._events: dict[str, list[Event]] = {}
        self._cases: dict[str, Case] = {}
        self._kept: set[str] = set()
        self.now = clock()

    def __enter__(self) -> "Unit":
        with _explained(self._place):
            self.log = self._session.exec(select(Meta.value).where(col(Meta.name) == "log")).one()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _explained(self._place):
            self._session.close()

    def commit(self) -> None:
        """Make everything done in this unit last."""
        with _explained(self._place):
            self._session.commit()
        appended, self._appended = self._appended, []
        if self._recorded:
            self._recorded(appended)

    def refs(self) -> list[str]:
        """Return every agreement's reference, oldest first."""
        with _explained(self._place):
            return list(
                self._session.exec(
                    select(AgreementRow.ref).order_by(AgreementRow.created_at, AgreementRow.ref)
                )
            )

    def one_at_a_time(self, what: str) -> None:
        """Let no other unit that asked for *what* go on until this one ends.

        SQLite has one writer anyway. On PostgreSQL it has to be asked for before any chain is,
        so that no two units wait for each other.
        """
        with _explained(self._place):
            if self._session.get_bind().dialect.name == "postgresql":
                self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))

    def cases_with(self, keys: Collection[str], states: Collection[str], *, since: datetime) -> list[Case]:
        """Return the agreements in *states*, acted on *since*, whose other side goes by any of *keys*.

        They are read without queueing, so they may move on before this unit ends.
        """
        known = or_(*(col(AgreementRow.theirs).contains(f" {key} ", autoescape=True) for key in keys))
        with _explained(self._place):
            refs = self._session.exec(
                select(AgreementRow.ref)
                .where(
                    col(AgreementRow.state).in_(states), col(AgreementRow.updated_at) >= written_time(since)
                )
                .where(known)
                .order_by(AgreementRow.ref)
            ).all()
            rows = self._session.exec(
                select(EventRow)
                .where(col(EventRow.stream).in_(refs))
                .order_by(EventRow.stream, col(EventRow.seq))
            ).all()
        return [
            replay(read_event(_entry(row)) for row in chain)
            for _, chain in groupby(rows, lambda row: row.stream)
        ]

    def new_stream(self, year: int) -> str:
        """Give out the next reference of *year* and begin its chain."""
        with _explained(self._place):
            name = f"AGR-{year}"
            counted = _insert_into(self._session, Counter).values(name=name, value=1)
            following = {"value": Counter.value + 1}
            self._session.execute(counted.on_conflict_do_update(index_elements=["name"], set_=following))
            number = self._session.exec(select(Counter.value).where(col(Counter.name) == name)).one()
            ref = f"{name}-{number:04d}"
            self._session.add(Stream(id=ref, seq=0, head=GENESIS))
            self._session.flush()
        return ref

    def begin_stream(self, stream: str) -> None:
        """Begin a chain that has a name of its own, unless there is one; it lasts once something is in it."""
        with _explained(self._place):
            begun = _insert_into(self._session, Stream).on_conflict_do_nothing()
            self._session.execute(begun, {"id": stream, "seq": 0, "head": GENESIS})

    def events(self, stream: str, *, shared: bool = False) -> list[Event]:
        """Return a stream's events, and keep others from appending until this unit ends.

        Units that only read a stream may share it; whoever will append may not.
        """
        if stream in self._events:
            return self._events[stream]
        with _explained(self._place):
            end = self._session.exec(
                select(Stream).where(col(Stream.id) == stream).with_for_update(read=shared)
            ).one_or_none()
            if end is None:
                raise UnknownReferenceError(ref=stream)
            rows = self._session.exec(
                select(EventRow).where(col(EventRow.stream) == stream).order_by(col(EventRow.seq))
            ).all()
        try:
            events = [read_event(_entry(row)) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise TrailRefusedError(stream=stream, reason=f"an event cannot be read ({error})") from None
        last = (events[-1].seq, events[-1].hash) if events else (0, GENESIS)
        if last != (end.seq, end.head):
            raise TrailRefusedError(
                stream=stream, reason=mark("its last event is not the one the store remembers")
            )
        self._events[stream] = events
        return events

    def case(self, ref: str, *, seen: int | None = None) -> Case:
        """Return the agreement as its events tell it; *seen* is the event the caller last read.

        Raises `StaleError` when others have acted since.
        """
        if ref not in self._cases:
            self._cases[ref] = replay(self.events(ref))
        case = self._cases[ref]
        if seen is not None and seen != case.seq:
            raise StaleError(ref=ref, seen=seen, now=case.seq)
        return case

    def earlier(self, stream: str, key: str) -> int | None:
        """Return the number of the event that *key* already produced in *stream*."""
        if not key:
            return None
        self.events(stream)  # queue first: the same attempt may be under way
        with _explained(self._place):
            row = self._session.get(Idempotency, (stream, key))
        return row.seq if row else None

    def earlier_stream(self, key: str) -> str | None:
        """Return the stream that *key* already began."""
        if not key:
            return None
        with _explained(self._place):
            # There is no stream to queue at yet, and the same attempt may be under way.
            self.one_at_a_time(key)
            query = select(Idempotency.stream).where(col(Idempotency.key) == key, col(Idempotency.seq) == 1)
            return self._session.exec(query).first()

    def append(self, stream: str, fact: Fact, *, key: str = "") -> Event:
        """Add *fact* to its chain and bring the cache up to date; *key* makes a retry harmless."""
        events = self.events(stream)
        last = events[-1] if events else None
        at = max(self.now, last.at) if last else self.now
        body = body_of(fact, log=self.log, at=at, clock=self.now)
        entry = link(body, stream=stream, seq=len(events) + 1, prev=last.hash if last else GENESIS)
        event = read_event(entry)
        case = None
        if is_agreement(stream):
            case = apply(self.case(stream) if events else None, event)
        with _explained(self._place, stream):
            self._session.add(
                EventRow(
                    stream=stream, seq=entry.seq, prev=entry.prev, hash=entry.hash, line=entry.line.decode()
                )
            )
            end = self._session.get_one(Stream, stream)
            end.seq, end.head = entry.seq, entry.hash
            self._session.flush()
            if key:
                self._session.add(Idempotency(stream=stream, key=key, seq=entry.seq))
            if case is not None:
                self._write_cache(case)
            self._session.flush()
        events.append(event)
        self._appended.append(event)
        if case is not None:
            self._cases[stream] = case
        return event

    def put(self, body: bytes) -> str:
        """Keep *body* under its SHA-256 and return that."""
        name = hashlib.sha256(body).hexdigest()
        if name in self._kept:
            return name
        with _explained(self._place):
            known = self._session.exec(select(Content.size).where(col(Content.sha256) == name)).one_or_none()
            if known is None:
                # On PostgreSQL another action may be keeping the same bytes at this moment.
                kept = _insert_into(self._session, Content).on_conflict_do_nothing()
                self._session.execute(kept, {"sha256": name, "size": len(body), "body": body})
        self._kept.add(name)
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes kept under a digest."""
        with _explained(self._place):
            row = self._session.get(Content, name)
        if row is None and self.is_erased(name):
            raise ErasedError(name=name[:12])
        if row is None:
            raise TrailRefusedError(stream=name[:12], reason=mark("the store lacks this content"))
        return row.body

    def note(self, words: str | Note) -> str:
        """Keep a person's words beside the trail; return the digest the line may carry."""
        note = Note.of(words) if isinstance(words, str) else words
        if note.text:
            with _explained(self._place):
                self._session.add(NoteRow(digest=note.digest, salt=note.salt, text=note.text))
                self._session.flush()
        return note.digest

    def note_of(self, digest: str) -> Note:
        """Return the words behind a digest; none where they were erased."""
        with _explained(self._place):
            row = self._session.get(NoteRow, digest) if digest else None
        return Note(row.salt, row.text) if row else Note("", "")

    def note_text(self, digest: str) -> str:
        """Return the text behind a digest; the empty one where it was erased."""
        return self.note_of(digest).text

    def unsealed(self) -> int:
        """Return how many events are newer than the newest checkpoint."""
        with _explained(self._place):
            return count_unsealed(self._session)

    def seal(self) -> Sealed:
        """Give every event its place in the order over all chains; no other unit does so until this ends."""
        with _explained(self._place):
            self.one_at_a_time("seal")
            return seal_new(self._session)

    def last_checkpoint(self) -> Checkpointed | None:
        """Return the newest checkpoint."""
        with _explained(self._place):
            row = last_checkpoint(self._session)
        return Checkpointed(**row.model_dump()) if row else None

    def keep_checkpoint(self, made: Checkpointed) -> None:
        """Keep a signed checkpoint of what `seal` returned."""
        with _explained(self._place):
            self._session.add(CheckpointRow(**asdict(made)))
            self._session.flush()

    def is_erased(self, digest: str) -> bool:
        """Tell whether words or content were erased by request."""
        with _explained(self._place):
            return self._session.get(ErasureRow, digest) is not None

    def has_stamp(self, size: int) -> bool:
        """Tell whether the checkpoint of *size* events has a time stamp."""
        with _explained(self._place):
            return self._session.get(StampRow, size) is not None

    def keep_stamp(self, size: int, token: bytes) -> None:
        """Keep what a time stamping authority said of the checkpoint of *size* events."""
        with _explained(self._place):
            self._session.add(StampRow(size=size, token=token))
            self._session.flush()

    def erase(self, by: Event, digests: Collection[str]) -> None:
        """Remove the words and the content that an event names as erased."""
        with _explained(self._place):
            for digest in digests:
                self._session.add(ErasureRow(digest=digest, stream=by.stream, seq=by.seq))
            self._session.flush()
            for table, column in ((NoteRow, NoteRow.digest), (Content, Content.sha256)):
                self._session.execute(delete(table).where(col(column).in_(digests)))

    def replace(self, rows: Sequence[SQLModel], *, emptying: Sequence[type[SQLModel]]) -> None:
        """Rewrite small cache tables whole, as the registry's are."""
        with _explained(self._place):
            for table in emptying:
                self._session.execute(delete(table))
            self._insert(rows)

    def refresh(self) -> None:
        """Write the cache of every agreement anew, as a newer version of the tables keeps it."""
        for ref in self.refs():
            self._write_cache(self.case(ref))
        with _explained(self._place):
            self._session.flush()

    def _write_cache(self, case: Case) -> None:
        terms = from_canonical(self.get(case.terms)) if case.terms else None
        self._session.merge(agreement_row(case, terms))
        for table in CACHED:
            self._session.execute(
                delete(table).where(table.agreement == case.ref),  # type: ignore[attr-defined]
                execution_options={"synchronize_session": False},
            )
        self._insert(detail_rows(case))

    def _insert(self, rows: Sequence[SQLModel]) -> None:
        """Insert rows a table at a time, in the order the tables come."""
        for table, same in groupby(rows, type):
            self._session.execute(insert(table), [row.model_dump() for row in same])


def _cut_short(path: Path) -> bool:
    """Tell whether a file may be what is left where the making of a store was interrupted."""
    return path.is_file() and (path.stat().st_size == 0 or Path(f"{path}-journal").exists())


@contextmanager
def _explained(place: Place, stream: str = "") -> Iterator[None]:
    """Turn a driver's error into one of ours."""
    try:
        yield
    except DBAPIError as error:
        if "assent: " in str(error.orig):
            raise TrailRefusedError(
                stream=stream or place.shown, reason=str(error.orig).split("assent: ")[-1].splitlines()[0]
            ) from None
        raise place.explain(error) from None


def _entry(row: EventRow) -> Entry:
    return Entry(row.stream, row.seq, row.prev, row.hash, row.line.encode())


def _insert_into(session: Session, table: type[SQLModel]) -> Any:
    """Return the insert of the session's database, which can say what to do on a conflict."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(table)

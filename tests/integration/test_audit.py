"""The audit against whoever owns the file: whatever is altered is found, and nothing else is.

One store holds agreements at every turn of their life. Each test takes a copy, removes the
database's own guards from it as its owner could, and changes something.
"""

import json
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from approvals.audit import Finding, audit
from approvals.cli import main
from approvals.directory import directory_of
from approvals.errors import WrongKeyError
from approvals.facts import facts_of
from approvals.keys import generate_key, load_signer
from approvals.policy import DEFAULT_POLICY, assess, load_policy
from approvals.registry import Registry, directory_rows
from approvals.reviews import Opinion
from approvals.signoff import Desk
from approvals.statements import DECISION, REGISTRY, write_statement
from approvals.submission import trace_rows
from workflow.documents.package import content_digest, read_package, write_package
from workflow.errors import WorkflowError
from workflow.events import note_digest, read_event, read_time
from workflow.execution import Execution
from workflow.ledger import GENESIS, Entry, link
from workflow.lifecycle import State
from workflow.negotiation import Plan, Round
from workflow.places import find_place
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.reading import Reader
from workflow.replay import Condition, replay
from workflow.store import Store
from workflow.terms import from_canonical

EXECUTION = Execution.read(
    {
        "signatories": [
            {"side": "ours", "name": "林志遠", "title": "董事長", "method": "sealed", "on": "2026-01-05"},
            {"side": "theirs", "name": "許和風", "title": "負責人", "method": "signed", "on": "2026-01-05"},
        ],
        "effective_on": "2026-01-05",
        "originals": 2,
        "holders": ["甲方", "乙方"],
        "consent_mode": "agreed",
    }
)
PLAN = Plan.model_validate({"purpose": "客服外包", "issues": [{"topic": "單價", "limit": "10000"}]})
ROUND = Round.model_validate(
    {
        "held_on": "2026-11-20",
        "attendees": ["何愛莉", "許和風"],
        "summary": "雙方同意單價。",
        "points": [{"topic": "單價", "status": "agreed", "value": "9000"}],
    }
)
MUST = Condition("C-1", "must", "附件二須列明刪除個資之期限; 並附證明")
SHOULD = Condition("C-2", "should", "宜約定稽核權")
CASES = (
    "planning", "confirming", "waiting", "review", "answered", "signing", "approved", "in_force",
    "withdrawn", "returned", "again", "refused",
)  # fmt: skip


@pytest.fixture(scope="module")
def history(found, sqlite, tmp_path_factory):
    """A store with an agreement at every turn of its life, and the names of those."""
    with found(sqlite, tmp_path_factory.mktemp("history")) as world:
        world.refs = _live(world)
        yield world


@pytest.fixture
def copy(history, tmp_path):
    """A copy of the store in the hands of someone who owns the file but nobody's key."""
    with _copy(history, tmp_path / "copy.db") as copy:
        yield copy


def _live(world):
    """Take one agreement to every state of interest."""
    refs = {}

    def note(name, ref):
        refs[name] = ref
        world.clock.advance(hours=1)

    staff = world.workspace()
    note("planning", staff.new("services", plan=PLAN, title="未定", once="try").ref)
    deal = staff.new("services", world.terms, plan=PLAN).open(once="try").round(ROUND).agree()
    note("confirming", deal.confirm().ref)
    note("waiting", world.negotiated().draft().submit(note="請速審").ref)
    note("review", _answered(world, world.submitted().ref, "dan", "conditions", MUST, SHOULD))
    note("answered", _answered(world, world.submitted().ref, "lena", "object"))
    ref = _answered(world, world.submitted().ref, "dan", "conditions", MUST)
    world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="是否扣繳？", once="ask")
    _close(world, ref, "F-1", "C-1", "grace", "附件二已補。")
    world.resolve_all(ref)
    world.decide(ref, "bob", reason="同意。\n但請追蹤「個資」期限。", once="yes")
    note("signing", ref)
    note("approved", world.approved())
    note("in_force", staff.get(world.approved()).execute(EXECUTION).activate().ref)
    ref = world.submitted().ref
    staff.get(ref).withdraw(reason="對方改變心意。")
    note("withdrawn", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob", "return", reason="責任上限過高。", parts=("第九條", "第十條"))
    note("returned", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    world.clock.advance(hours=1)
    staff.get(ref).submit()
    note("again", world.resolve_all(ref))
    ref = world.in_sign_off()
    world.decide(ref, "bob", "reject")
    note("refused", ref)
    return refs


def _answered(world, ref, person, conclusion, *conditions):
    """Let an expert answer the flag that is theirs."""
    desk = world.reviews(person)
    role = "dpo" if person == "dan" else "legal"
    flag = next(flag.id for flag in world.case(ref).blocking_flags if flag.role == role)
    opinion = Opinion(conclusion, "依個資法第八條。", "個資法 §8", conditions)
    answer = desk.propose_opinion(ref, flag, opinion)
    desk.record(answer, world.signer(person).sign(answer.statement, namespace=DECISION))
    return ref


def _close(world, ref, flag, condition, person, evidence):
    answer = world.reviews(person).propose_closing(ref, flag, condition, evidence)
    signature = world.signer(person).sign(answer.statement, namespace=DECISION)
    return world.reviews(person).record(answer, signature)


class Copy:
    """A store without its guards, and what a clever owner of the file does with it."""

    def __init__(self, world: Any, path: Path) -> None:
        self.world, self.path, self.place = world, path, find_place(str(path))
        self.refs = world.refs
        self.db = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.db.execute(f"DROP TRIGGER {name}")

    def findings(self, *refs: str) -> list[Finding]:
        """Return what the audit finds."""
        with Reader(self.place) as reader:
            return audit(reader, refs).findings

    def checks(self) -> set[str]:
        """Return which checks found something."""
        return {finding.check for finding in self.findings()}

    def events(self) -> set[str]:
        """Return the events and chains in which something was found."""
        return {finding.event for finding in self.findings()}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the copy for writing, as the program does."""
        with closing(Store.open(self.place, clock=self.world.clock)) as store:
            yield store

    def get(self, digest: str) -> bytes:
        """Return content."""
        return bytes(self.db.execute("SELECT body FROM content WHERE sha256 = ?", (digest,)).fetchone()[0])

    def put(self, body: bytes) -> str:
        """Add content, under its own digest."""
        import hashlib

        digest = hashlib.sha256(body).hexdigest()
        self.db.execute("INSERT OR IGNORE INTO content VALUES (?, ?, ?)", (digest, len(body), body))
        return digest

    def note(self, text: str) -> str:
        """Add somebody's words, as if they had been written then."""
        digest = note_digest("5a" * 16, text)
        self.db.execute("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", (digest, "5a" * 16, text))
        return digest

    def bodies(self, stream: str) -> list[dict[str, Any]]:
        """Return a chain's lines as they can be edited, each with the name of its attempt."""
        names = dict(self.db.execute("SELECT seq, key FROM idempotency WHERE stream = ?", (stream,)))
        rows = self.db.execute("SELECT seq, line FROM event WHERE stream = ? ORDER BY seq", (stream,))
        return [{**json.loads(line), "attempt": names.get(seq)} for seq, line in rows]

    def find(self, stream: str, kind: str, number: int = -1) -> int:
        """Return the number of one of the events of a kind, the last unless told."""
        found = [body["seq"] for body in self.bodies(stream) if body["type"] == kind]
        return int(found[number])

    def rewrite(self, stream: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change a chain and make everything fit again that can be made to fit without a key."""
        bodies = self.bodies(stream)
        change(bodies)
        self.db.execute("DELETE FROM idempotency WHERE stream = ?", (stream,))
        self.db.execute("DELETE FROM event WHERE stream = ?", (stream,))
        prev, entries = GENESIS, []
        for seq, body in enumerate(bodies, start=1):
            name = body.pop("attempt", None)
            entry = link(body, stream=stream, seq=seq, prev=prev)
            entries.append(entry)
            prev = entry.hash
            row = (stream, seq, entry.prev, entry.hash, entry.line.decode())
            self.db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
            if name:
                self.db.execute("INSERT INTO idempotency VALUES (?, ?, ?)", (stream, name, seq))
        self.db.execute("UPDATE stream SET seq = ?, head = ? WHERE id = ?", (len(entries), prev, stream))
        self._cache(stream, entries)
        self.tidy()

    def tidy(self) -> None:
        """Remove what no event names any more."""
        lines = "".join(line for (line,) in self.db.execute("SELECT line FROM event"))
        for table, key in (("content", "sha256"), ("note", "digest")):
            for (digest,) in self.db.execute(f"SELECT {key} FROM {table}").fetchall():
                if digest not in lines:
                    self.db.execute(f"DELETE FROM {table} WHERE {key} = ?", (digest,))

    def change(self, stream: str, seq: int, change: Callable[[dict[str, Any]], object]) -> None:
        """Change one event of a chain; everything else is made to fit."""
        self.rewrite(stream, lambda bodies: change(bodies[seq - 1]))

    def _cache(self, stream: str, entries: list[Entry]) -> None:
        events = [read_event(entry) for entry in entries]
        if stream == "registry":
            for table in ("key", "role", "person"):
                self.db.execute(f"DELETE FROM {table}")
            self._insert(directory_rows(directory_of(events)))
            return
        for table in CACHED:
            self.db.execute(f"DELETE FROM {table.__tablename__} WHERE agreement = ?", (stream,))
        self.db.execute("DELETE FROM agreement WHERE ref = ?", (stream,))
        if events:
            case = replay(events)
            terms = from_canonical(self.get(case.terms)) if case.terms else None
            self._insert([agreement_row(case, terms), *detail_rows(case)])

    def _insert(self, rows: Any) -> None:
        for row in rows:
            values = row.model_dump()
            places = ", ".join("?" * len(values))
            columns = ", ".join(values)
            self.db.execute(
                f"INSERT INTO {row.__tablename__} ({columns}) VALUES ({places})", tuple(values.values())
            )


@contextmanager
def _copy(history, path):
    shutil.copyfile(history.place.path, path)
    copy = Copy(history, path)
    with closing(copy.db):
        yield copy


# What is honest is not suspected.


def test_finds_nothing_in_an_honest_store(history):
    report = history.audit()

    assert report.findings == []
    assert set(report.streams) == {"registry", *history.refs.values()}
    assert (report.signatures, report.documents) > (40, 100)


@pytest.mark.parametrize("name", CASES)
def test_finds_nothing_in_an_honest_agreement_alone(history, name):
    assert history.audit(history.refs[name]).findings == []


def test_finds_nothing_on_either_database(world):
    ref = world.approved()
    world.workspace().get(ref).execute(EXECUTION)
    world.submitted()

    assert world.audit().findings == []
    assert world.audit(ref).findings == []


def test_finds_nothing_when_someone_left_in_the_second_they_decided(sqlite_world):
    world = sqlite_world
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    with world.store.begin() as unit:
        registry = Registry(unit, "alice", world.signer("alice"))
        registry.revoke("bob", "dept_manager")
        registry.revoke_key("bob", world.signer("bob").public_key.fingerprint)
        unit.commit()

    assert world.audit().findings == []


def test_sees_one_moment_while_others_write(found, sqlite, tmp_path):
    with found(sqlite, tmp_path) as world:
        refs = [world.in_sign_off() for _ in range(3)]
        writer = threading.Thread(target=lambda: [world.approve_all(ref) for ref in refs])

        writer.start()
        found_meanwhile = []
        while writer.is_alive():
            found_meanwhile += world.audit().findings
        writer.join()

        assert found_meanwhile == []
        assert all(world.case(ref).state is State.APPROVED for ref in refs)


@pytest.mark.parametrize("seed", range(8))
def test_finds_nothing_after_twenty_five_random_walks(history, tmp_path, seed):
    shutil.copyfile(history.place.path, tmp_path / "walk.db")
    clock = type(history.clock)(history.clock.now)
    place = find_place(str(tmp_path / "walk.db"))
    world = type(history)(place, history.signers, history.terms, clock, tmp_path, history.keys)
    with closing(world):
        done = Walker(world, list(history.refs.values()), random.Random(seed)).walk(25)

        assert world.audit().findings == [], f"seed {seed}"
        assert sum(done.values()) > 25


class Walker:
    """Does what staff, experts, approvers and the administrator could do, in any order."""

    def __init__(self, world, refs, chance):
        self.world, self.refs, self.chance = world, refs, chance
        self.done = dict.fromkeys(("staff", "expert", "approver", "registry"), 0)

    def walk(self, times):
        """Walk so many times, a few steps each; return how much was done, and by whom."""
        for _ in range(times):
            ref = self.chance.choice(self.refs)
            for _ in range(3):
                self.world.clock.advance(seconds=self.chance.choice((0, 0, 1, 3600)))
                try:
                    self.step(ref)
                except WorkflowError:
                    continue  # refused, as it should be
        return self.done

    def step(self, ref):
        """Do one thing that the state of the agreement suggests."""
        world, state = self.world, self.world.case(ref).state
        if self.chance.random() < 0.15:
            self._registry()
            self.done["registry"] += 1
        elif state is State.EXPERT_REVIEW:
            self._expert(ref, world.case(ref))
            self.done["expert"] += 1
        elif state is State.SIGN_OFF:
            seat = self.chance.choice(world.case(ref).submission.seats)
            action = self.chance.choice(("approve", "approve", "approve", "reject", "return"))
            world.decide(ref, world.holder(seat.role), action)
            self.done["approver"] += 1
        else:
            self._staff(world.workspace().get(ref))
            self.done["staff"] += 1

    def _staff(self, deal):
        after = {
            State.PLANNING: lambda: deal.open(),
            State.NEGOTIATING: lambda: deal.agree(self.world.terms),
            State.TERMS_AGREED: lambda: deal.confirm(),
            State.CONFIRMING: lambda: deal.acknowledge(self.world.reply, note="來函。"),
            State.CONFIRMED: lambda: deal.draft(),
            State.DRAFTING: lambda: self.chance.choice((deal.submit, self._redraft(deal)))(),
            State.APPROVED: lambda: deal.execute(EXECUTION, signed_copy=self.world.reply),
            State.EXECUTED: lambda: deal.activate(),
            State.IN_FORCE: lambda: deal.terminate(reason="雙方合意終止。"),
        }
        if deal.state in after:
            after[deal.state]()

    def _redraft(self, deal):
        months = Decimal(self.chance.randint(1, 99))
        item = deal.terms.items[0].model_copy(update={"quantity": months})
        return lambda: deal.draft(deal.terms.model_copy(update={"items": (item,)})).submit()

    def _expert(self, ref, case):
        flag = self.chance.choice(case.blocking_flags)
        expert = self.world.holder(flag.role)
        still_open = [condition.id for condition in flag.conditions if condition.open]
        what = self.chance.choice(("clear", "clear", "conditions", "object", "raise", "return"))
        if still_open:
            _close(self.world, ref, flag.id, still_open[0], expert, "已補。")
        elif what == "raise":
            self.world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="扣繳？")
        elif what == "return":
            self.world.decide(ref, expert, "return")
        else:
            given = (MUST, SHOULD) if what == "conditions" else ()
            answer = self.world.reviews(expert).propose_opinion(ref, flag.id, Opinion(what, "理由。", "", given))
            signature = self.world.signer(expert).sign(answer.statement, namespace=DECISION)
            self.world.reviews(expert).record(answer, signature)

    def _registry(self):
        person = self.chance.choice(("hana", "ivan", "dora"))
        role = self.chance.choice(("dept_manager", "gm", "legal", "tax"))
        with self.world.store.begin() as unit:
            registry = Registry(unit, "alice", self.world.signer("alice"))
            self.chance.choice((registry.grant, registry.revoke))(person, role)
            unit.commit()


# Cells.

def _places(db, table, column, row):
    """Return where a change to *row* has to be found."""
    if table == "event":
        # One that was moved is missing in its chain.
        return {row["stream"]} if column in ("stream", "seq") else {f"{row['stream']}#{row['seq']}"}
    if table in ("content", "note"):
        digest = row["sha256" if table == "content" else "digest"]
        named = db.execute("SELECT stream, seq FROM event WHERE line LIKE ?", (f"%{digest}%",))
        return {f"{stream}#{seq}" for stream, seq in named.fetchall()}
    if table == "meta":
        return {stream for (stream,) in db.execute("SELECT id FROM stream").fetchall()}
    if table == "counter":
        return {"counter"}
    if table in ("person", "role", "key"):
        return {"registry"}
    return {next(row[column] for column in ("ref", "agreement", "stream", "id") if column in row)}


def _other(value, chance, *, key):
    """Return another value of the same kind; as a *key*, one that no row has."""
    if value is None:
        return 1
    if key:
        return value + 1000 if isinstance(value, int) else f"x{value}"
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    if not value:
        return "x"
    at = chance.randrange(len(value))
    return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]


def _found_in(findings, place):
    """Tell whether a finding names the event or chain; a chain is named by its events too."""
    if place == "counter":
        return any(finding.check == "chain" and finding.seq == 0 for finding in findings)
    return any(place in (finding.event, finding.stream) for finding in findings)


def _columns():
    from workflow.tables import SQLModel

    return [
        (name, column.name)
        for name, table in sorted(SQLModel.metadata.tables.items())
        for column in table.columns
    ]


@pytest.fixture(scope="module")
def cells(history, tmp_path_factory):
    """One copy for all the cells; each is put back."""
    with _copy(history, tmp_path_factory.mktemp("cells") / "cells.db") as copy:
        yield copy
        assert copy.findings() == []


@pytest.mark.parametrize(("table", "column"), _columns())
def test_finds_changed_cells_where_they_are(cells, table, column):
    chance, db = random.Random(f"{table}.{column}"), cells.db
    info = db.execute(f"PRAGMA table_info({table})").fetchall()
    names, keys = [row[1] for row in info], [row[1] for row in info if row[5]]
    rows = [dict(zip(names, row, strict=True)) for row in db.execute(f"SELECT * FROM {table}").fetchall()]
    chance.shuffle(rows)
    changed = {frozenset(_places(db, table, column, row)): row for row in rows}
    # One in each agreement at once; but one that moves could land on another.
    chosen = list(changed.items())[: 1 if column in keys else 12]
    assert chosen, f"the history has no row of {table}"

    for _, row in chosen:
        row["new"] = _other(row[column], chance, key=column in keys)
        _put(db, table, column, row["new"], {key: row[key] for key in keys})
    found = cells.findings()
    for _, row in chosen:
        _put(db, table, column, row[column], {key: row[key] for key in keys} | _moved(column, keys, row["new"]))

    for places, row in chosen:
        change = f"{table}.{column}: {row[column]!r} -> {row['new']!r}"
        assert any(_found_in(found, place) for place in places), f"{change} at {places}: {found}"


def _put(db, table, column, value, key):
    where = " AND ".join(f"{name} = ?" for name in key)
    assert db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *key.values())).rowcount == 1


def _moved(column, keys, value):
    return {column: value} if column in keys else {}

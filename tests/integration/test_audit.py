"""The audit against whoever owns the file: what is honest is not suspected, what is altered is found.

One store holds an agreement at every turn of its life. Each test takes a copy, without the
database's own guards, and changes something; `forging.py` beside this file does both.
"""

import importlib.util
import json
import random
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from approvals.cli import main
from approvals.directory import Grant
from approvals.erasure import erase, propose_erasure
from approvals.keys import generate_key, load_signer
from approvals.policy import DEFAULT_POLICY, assess, read_policy, trace_rows
from approvals.registry import NewPerson, Registry
from approvals.sealing import make_checkpoint
from approvals.signoff import Desk
from approvals.statements import DECISION, REGISTRY, write_statement
from approvals.submission import PolicyRules
from workflow.documents.engine import compile_template
from workflow.documents.package import content_digest, read_package, write_package
from workflow.errors import WorkflowError
from workflow.events import read_time
from workflow.facts import facts_of
from workflow.lifecycle import State
from workflow.migrations.views import VIEWS
from workflow.places import find_place
from workflow.price import value_for_policy
from workflow.store import Store
from workflow.terms import from_canonical
from workflow.values.dates import TAIPEI


def _forging():
    path = Path(__file__).with_name("forging.py")
    spec = importlib.util.spec_from_file_location("assent_tests_forging", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forging = _forging()


@pytest.fixture(scope="module")
def history(found, sqlite, tmp_path_factory):
    """A store with an agreement at every turn of its life."""
    with found(sqlite, tmp_path_factory.mktemp("history")) as world:
        world.refs = forging.live(world)
        yield world


@pytest.fixture
def copy(history, tmp_path):
    """A copy of it in the hands of someone who owns the file."""
    with forging.copied(history, history.refs, tmp_path / "copy.db") as copy:
        yield copy


@pytest.fixture
def mallory(tmp_path):
    """A key that nobody has registered."""
    generate_key(tmp_path / "mallory")
    return load_signer(tmp_path / "mallory", passphrase=None)


# What is honest is not suspected.


def test_finds_nothing_in_an_honest_store(history):
    report = history.audit()

    assert report.findings == []
    assert set(report.streams) == {"registry", *history.refs.values()}
    assert report.signatures > 40
    assert report.documents > 100


def test_finds_nothing_in_one_honest_agreement(history):
    for name, ref in history.refs.items():
        assert history.audit(ref).findings == [], name


def test_finds_nothing_on_either_database(world):
    ref = world.approved()
    world.workspace().get(ref).execute(forging.EXECUTION)
    world.submitted()

    assert world.audit().findings == []
    assert world.audit(ref).findings == []


def test_does_not_suspect_someone_who_left_in_the_second_they_decided(sqlite_world):
    ref = sqlite_world.in_sign_off()
    sqlite_world.decide(ref, "bob")
    with sqlite_world.store.begin() as unit:
        registry = Registry(unit, "alice", sqlite_world.signer("alice"))
        registry.revoke("bob", "dept_manager")
        registry.revoke_key("bob", sqlite_world.signer("bob").public_key.fingerprint)
        unit.commit()

    assert sqlite_world.audit().findings == []


def test_sees_one_moment_while_others_write(sqlite_world):
    refs = [sqlite_world.in_sign_off() for _ in range(3)]
    writer = threading.Thread(target=lambda: [sqlite_world.approve_all(ref) for ref in refs])

    writer.start()
    meanwhile = []
    while writer.is_alive():
        meanwhile += sqlite_world.audit().findings
    writer.join()

    assert meanwhile == []
    assert all(sqlite_world.case(ref).state is State.APPROVED for ref in refs)


@pytest.mark.parametrize("seed", range(8))
def test_finds_nothing_after_twenty_five_random_walks(history, tmp_path, seed):
    place = find_place(str(tmp_path / "walk.db"))
    shutil.copyfile(history.place.path, place.path)
    clock = type(history.clock)(history.clock.now)

    with closing(
        type(history)(place, history.signers, history.terms, clock, tmp_path, history.keys)
    ) as world:
        done = Walker(world, list(history.refs.values()), random.Random(seed)).walk(25)

        assert world.audit().findings == []
        assert done > 20


class Walker:
    """Does what staff, experts, approvers and the administrator may do, in any order."""

    def __init__(self, world, refs, chance):
        self.world, self.refs, self.chance, self.done = world, refs, chance, 0

    def walk(self, times):
        """Walk so many times, two steps each; return how many were not refused."""
        for _ in range(times):
            ref = self.chance.choice(self.refs)
            for _ in range(2):
                self.world.clock.advance(seconds=self.chance.choice((0, 0, 1, 3600)))
                try:
                    self.step(ref)
                    self.done += 1
                except WorkflowError:
                    continue
        return self.done

    def step(self, ref):
        """Do one thing that the state of the agreement suggests."""
        case = self.world.case(ref)
        if self.chance.random() < 0.15:
            self.registry()
        elif case.state is State.EXPERT_REVIEW:
            self.expert(ref, case)
        elif case.state is State.SIGN_OFF:
            seat = self.chance.choice(case.submission.seats)
            action = self.chance.choice(("approve", "approve", "approve", "reject", "return"))
            self.world.decide(ref, self.world.holder(seat.role), action)
        else:
            self.staff(self.world.workspace().get(ref))

    def staff(self, deal):
        months = Decimal(self.chance.randint(1, 99))
        terms = deal.terms or self.world.terms
        other = terms.model_copy(update={"items": (terms.items[0].model_copy(update={"quantity": months}),)})
        {
            State.PLANNING: deal.open,
            State.NEGOTIATING: lambda: deal.agree(terms),
            State.TERMS_AGREED: deal.confirm,
            State.CONFIRMING: lambda: deal.acknowledge(self.world.reply, note="來函。"),
            State.CONFIRMED: deal.draft,
            State.DRAFTING: self.chance.choice((deal.submit, lambda: deal.draft(other).submit())),
            State.APPROVED: lambda: deal.execute(
                forging.execution(max(self.world.clock(), deal.case.at).astimezone(TAIPEI).date()),
                signed_copy=self.world.reply,
            ),
            State.EXECUTED: deal.activate,
            State.IN_FORCE: lambda: deal.terminate(reason="雙方合意終止。"),
        }.get(deal.state, deal.check)()

    def expert(self, ref, case):
        flag = self.chance.choice(case.blocking_flags)
        expert = self.world.holder(flag.role)
        unmet = [condition.id for condition in flag.conditions if condition.open]
        what = self.chance.choice(("clear", "clear", "conditions", "object", "raise", "return"))
        if unmet:
            forging.close(self.world, ref, flag.id, unmet[0], expert, "已補。")
        elif what == "raise":
            self.world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="扣繳？")
        elif what == "return":
            self.world.decide(ref, expert, "return")
        else:
            conditions = (forging.MUST, forging.SHOULD) if what == "conditions" else ()
            forging.answer(self.world, ref, expert, what, *conditions)

    def registry(self):
        person = self.chance.choice(("hana", "ivan", "dora"))
        role = self.chance.choice(("dept_manager", "gm", "legal", "tax"))
        with self.world.store.begin() as unit:
            registry = Registry(unit, "alice", self.world.signer("alice"))
            self.chance.choice((registry.grant, registry.revoke))(person, role)
            unit.commit()


# Single cells and rows, by hand.


@pytest.fixture(scope="module")
def cells(history, tmp_path_factory):
    """One copy for all of these; each puts back what it changed."""
    path = tmp_path_factory.mktemp("cells") / "cells.db"
    with forging.copied(history, history.refs, path) as copy:
        _seal(copy, history)
        yield copy
        assert copy.findings() == []


def _seal(copy, history):
    """Erase somebody's words in a copy, and sign a checkpoint of it."""
    ref = history.refs["withdrawn"]
    with closing(Store.open(copy.place, clock=history.clock)) as store:
        with store.begin() as unit:
            erasure = propose_erasure(unit, ref, history.case(ref).seq)
            erase(unit, "alice", history.signer("alice"), erasure, "來函請求")
            unit.commit()
        with store.begin() as unit:
            make_checkpoint(unit, "alice", history.signer("alice"))
            unit.commit()


# Time stamps need an authority, and have tests of their own.
TABLES = sorted(SQLModel.metadata.tables.keys() - {"stamp"})
COLUMNS = [(name, column.name) for name in TABLES for column in SQLModel.metadata.tables[name].columns]


def _rows(db, table, chance):
    """Return a table's rows in any order, and its key."""
    info = db.execute(f"PRAGMA table_info({table})").fetchall()
    names = [row[1] for row in info]
    rows = [dict(zip(names, row, strict=True)) for row in db.execute(f"SELECT * FROM {table}").fetchall()]
    chance.shuffle(rows)
    assert rows, f"the history has no row of {table}"
    return rows, [row[1] for row in info if row[5]]


def _places(db, table, row):
    """Return where a change to *row* has to be found, as the audit names events and chains."""
    if table == "event":
        return frozenset({f"{row['stream']}#{row['seq']}"})
    if table in ("content", "note"):
        digest = row["sha256" if table == "content" else "digest"]
        named = db.execute("SELECT stream, seq FROM event WHERE line LIKE ?", (f"%{digest}%",)).fetchall()
        return frozenset(f"{stream}#{seq}" for stream, seq in named)
    if table in ("person", "role", "key", "delegation", "erasure"):
        return frozenset({"registry"})
    if table == "seal":
        return frozenset({"seal", row["stream"], f"{row['stream']}#{row['seq']}"})
    if table == "checkpoint":
        return frozenset({"seal", f"checkpoint {row['size']}"})
    if table in ("meta", "counter"):
        return frozenset(ref for (ref,) in db.execute("SELECT ref FROM agreement").fetchall())
    return frozenset({next(row[name] for name in ("ref", "agreement", "stream", "id") if name in row)})


def _named(findings, places):
    """Tell whether a finding names one of the places; a chain is named by its events too."""
    return any(places & {finding.event, finding.stream} for finding in findings)


def _other(value, chance, *, key):
    """Return another value of the same kind; in a *key*, one that no row has."""
    if value is None:
        return 1
    if key:
        return value + 1000 if isinstance(value, int) else f"x{value}"
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    at = chance.randrange(len(value)) if value else 0
    if isinstance(value, bytes):
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    return value[:at] + ("0" if value[at : at + 1] != "0" else "1") + value[at + 1 :]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=".".join)
def test_finds_changed_cells_where_they_are(cells, table, column):
    chance = random.Random(f"{table}.{column}")
    rows, keys = _rows(cells.db, table, chance)
    if (table, column) in (("counter", "name"), ("counter", "value")):
        chance.seed(1)  # one more would be an agreement that was taken away
    changed = {_places(cells.db, table, row): row for row in rows}
    # Of three agreements at once; but a row that moves could land on another.
    chosen = list(changed.items())[: 1 if column in keys else 3]
    refs = {row[name] for _, row in chosen for name in ("ref", "agreement") if name in row}

    for _, row in chosen:
        row["new"] = _other(row[column], chance, key=column in keys)
        _put(cells.db, table, column, row["new"], {key: row[key] for key in keys})
    found = cells.findings(*refs)
    for _, row in chosen:
        place = {key: row["new"] if key == column else row[key] for key in keys}
        _put(cells.db, table, column, row[column], place)

    for places, row in chosen:
        if table == "event" and column in keys:
            places = {row["stream"]}  # the event that was there is missing
        assert _named(found, places), f"{row[column]!r} -> {row['new']!r} at {sorted(places)}: {found}"


def _put(db, table, column, value, key):
    where = " AND ".join(f"{name} = ?" for name in key)
    assert db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *key.values())).rowcount == 1


@pytest.mark.parametrize("value", [None, "x", b"x", 2**63 - 1], ids=repr)
@pytest.mark.parametrize("cell", ["event.prev", "event.line", "content.body", "note.text"])
def test_finds_a_cell_of_a_type_that_its_column_never_had(copy, cell, value):
    table, column = cell.split(".")
    _loosen(copy.db)
    with closing(sqlite3.connect(copy.path, isolation_level=None)) as loose:
        rows, keys = _rows(loose, table, random.Random(7))
        _put(loose, table, column, value, {key: rows[0][key] for key in keys})

    assert copy.findings()


def _loosen(db):
    """Let every column hold anything, as the owner of the file can."""
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_master SET sql = replace(replace(replace(sql, 'ROWID,', 'ROWID'), 'STRICT', ''), "
        "'NOT NULL', '') WHERE type = 'table'"
    )
    db.execute("PRAGMA writable_schema = OFF")


@pytest.mark.parametrize("table", TABLES)
def test_finds_missing_rows_where_they_were(cells, table):
    rows, keys = _rows(cells.db, table, random.Random(table))
    if table == "idempotency":
        # What nobody signed gave its attempt a free name, and no event remembers that.
        rows = [row for row in rows if row["key"].split()[1] not in ("new", "open", "raise")]
    removed = {_places(cells.db, table, row): row for row in rows}

    for row in removed.values():
        where = " AND ".join(f"{key} = ?" for key in keys)
        cells.db.execute(f"DELETE FROM {table} WHERE {where}", [row[key] for key in keys])
    found = cells.findings()
    for row in removed.values():
        _insert(cells.db, table, row)

    for places, row in removed.items():
        places = {row["stream"]} if table == "event" else places
        assert _named(found, places), f"{row} at {sorted(places)}: {found}"


@pytest.mark.parametrize("table", [table for table in TABLES if table != "meta"])
def test_finds_rows_that_were_added(cells, table):
    rows, keys = _rows(cells.db, table, random.Random(table))
    row, key = rows[0], keys[-1]
    added = {**row, key: _other(row[key], random.Random(), key=True)}

    _insert(cells.db, table, added)
    found = cells.findings()
    cells.db.execute(
        f"DELETE FROM {table} WHERE " + " AND ".join(f"{k} = ?" for k in keys), [added[k] for k in keys]
    )

    places = {
        "content": {str(added[key])[:12]},
        "note": {str(added[key])[:12]},
        "counter": {f"{added[key]}-0001"},
        "stream": {added[key]},
        "agreement": {added[key]},
        "checkpoint": {f"checkpoint {added[key]}"},
        "sealed": {added[key]},
    }.get(table, {row.get("agreement", row.get("stream", "registry"))})
    assert _named(found, places), f"{added}: {found}"


def _insert(db, table, row):
    row = {name: value for name, value in row.items() if name != "new"}
    places = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))


@pytest.mark.parametrize(("column", "seq"), [("prev", 3), ("hash", 1), ("line", 4)])
def test_names_the_event_of_which_a_column_is_of_another_type(copy, column, seq):
    ref = copy.refs["approved"]
    _loosen(copy.db)
    with closing(sqlite3.connect(copy.path, isolation_level=None)) as loose:
        query = f"UPDATE event SET {column} = CAST({column} AS BLOB) WHERE stream = ? AND seq = ?"
        loose.execute(query, (ref, seq))

    assert ("chain", f"{ref}#{seq}") in copy.found(ref)


def test_names_the_agreement_whose_end_is_remembered_as_another_type(copy):
    _loosen(copy.db)
    with closing(sqlite3.connect(copy.path, isolation_level=None)) as loose:
        loose.execute("UPDATE stream SET id = CAST(id AS BLOB) WHERE id = ?", (copy.refs["signing"],))

    assert ("chain", copy.refs["signing"]) in copy.found()


@pytest.mark.parametrize("table", TABLES)
def test_finds_a_row_that_stands_twice(history, copy, table):
    _seal(copy, history)
    rows, _ = _rows(copy.db, table, random.Random(table))
    row = next((row for row in rows if _places(copy.db, table, row)), rows[0])
    copy.db.execute("PRAGMA legacy_alter_table = ON")
    copy.db.execute(f"CREATE TABLE without_key AS SELECT * FROM {table}")
    copy.db.execute(f"DROP TABLE {table}")
    copy.db.execute(f"ALTER TABLE without_key RENAME TO {table}")
    _insert(copy.db, table, row)

    found = copy.findings()

    if table in ("meta", "counter"):
        assert _named(found, {f"v_{table}", table})
    else:
        assert _named(found, _places(copy.db, table, row)), found


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ("review", "dan FLAG_RESOLVED F-2  {}"),
        ("review", "dan flag_resolved F-1  {}"),
        ("signing", "bob approve not {}"),
        ("changed minds", "hana reject {}"),
    ],
)
def test_finds_an_attempt_that_says_it_did_something_else(copy, state, key):
    ref = copy.refs[state]
    (old, seq) = copy.db.execute(
        "SELECT key, seq FROM idempotency WHERE stream = ? AND key LIKE ?", (ref, f"{key.split()[0]}%")
    ).fetchall()[-1]
    nonce = old.rpartition(" ")[2]
    copy.db.execute(
        "UPDATE idempotency SET key = ? WHERE stream = ? AND seq = ?", (key.format(nonce), ref, seq)
    )

    assert ("tables", ref) in copy.found(ref)


def test_names_the_agreement_of_an_attempt_of_another_type(copy):
    ref = copy.refs["signing"]
    _loosen(copy.db)
    with closing(sqlite3.connect(copy.path, isolation_level=None)) as loose:
        loose.execute("UPDATE idempotency SET key = CAST(key AS BLOB) WHERE stream = ?", (ref,))

    assert ("tables", ref) in copy.found(ref)


def test_finds_a_byte_that_is_no_longer_text(copy):
    ref = copy.refs["confirming"]
    (line,) = copy.db.execute("SELECT line FROM event WHERE stream = ? AND seq = 1", (ref,)).fetchone()
    body = bytearray(line.encode())
    body[body.index("客".encode()) + 1] ^= 0x40

    copy.db.execute(
        "UPDATE event SET line = CAST(? AS TEXT) WHERE stream = ? AND seq = 1", (bytes(body), ref)
    )

    assert ("chain", f"{ref}#1") in copy.found()


def test_stumbles_over_nothing_whatever_a_line_holds(cells):
    chance = random.Random(7)
    for _ in range(40):
        ref = chance.choice(["registry", *cells.refs.values()])
        query = "SELECT stream, seq, prev, hash, line FROM event WHERE stream = ?"
        rows = cells.db.execute(query, (ref,)).fetchall()
        bodies = cells.bodies(ref)
        for body in bodies:
            del body["attempt"], body["stream"], body["seq"], body["prev"]

        place = chance.randrange(len(bodies))
        _spoil(bodies[place], chance)
        _relink(cells.db, ref, bodies)
        found = cells.findings(*({ref} - {"registry"}))
        cells.db.execute("DELETE FROM event WHERE stream = ?", (ref,))
        cells.db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)

        assert _named(found, {ref}), bodies[place]


def _relink(db, stream, bodies):
    """Write a chain anew, whatever its lines hold."""
    from workflow.ledger import GENESIS, link

    db.execute("DELETE FROM event WHERE stream = ?", (stream,))
    prev = GENESIS
    for seq, body in enumerate(bodies, start=1):
        entry = link(body, stream=stream, seq=seq, prev=prev)
        prev = entry.hash
        row = (stream, seq, entry.prev, entry.hash, entry.line.decode())
        db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)


def _spoil(value, chance):
    """Put something of another kind at any place inside *value*."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        place = chance.choice(places)
        if isinstance(value[place], dict | list) and value[place] and chance.random() < 0.7:
            value = value[place]
            continue
        odd = (None, -1, 2**53 - 1, True, "", "x", "\0", "0" * 64, [], [[]], {}, {"a": []}, ["registry"])
        value[place] = chance.choice([one for one in odd if one != value[place]])
        return


# Whole events and chains.


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_finds_a_deleted_event(copy, which):
    ref = copy.refs["approved"]
    last = len(copy.bodies(ref))
    seq = {"first": 1, "middle": last // 2, "last": last}[which]

    copy.db.execute("DELETE FROM event WHERE stream = ? AND seq = ?", (ref, seq))

    assert "chain" in {finding.check for finding in copy.findings() if finding.stream == ref}


@pytest.mark.parametrize("columns", ["line", "prev, hash, line"])
def test_finds_two_events_that_changed_places(copy, columns):
    ref = copy.refs["approved"]
    query = f"SELECT {columns} FROM event WHERE stream = ? AND seq = ?"
    rows = [copy.db.execute(query, (ref, seq)).fetchone() for seq in (5, 6)]
    into = ", ".join(f"{name} = ?" for name in columns.split(", "))

    for seq, row in zip((6, 5), rows, strict=True):
        copy.db.execute(f"UPDATE event SET {into} WHERE stream = ? AND seq = ?", (*row, ref, seq))

    assert {("chain", f"{ref}#5"), ("chain", f"{ref}#6")} <= copy.found()


def test_finds_an_event_repeated_at_the_end(copy):
    ref = copy.refs["signing"]

    copy.rewrite(ref, lambda bodies: bodies.append({**bodies[-1], "attempt": None}))

    seq = len(copy.bodies(ref))
    assert ("duties", f"{ref}#{seq}") in copy.found()
    assert ("tables", ref) in copy.found()


def test_finds_an_event_moved_to_another_agreement(copy):
    from_ref, to_ref = copy.refs["approved"], copy.refs["signing"]
    signed = copy.bodies(from_ref)[-1]

    copy.rewrite(to_ref, lambda bodies: bodies.append({**signed, "attempt": "grace approve x"}))

    assert ("signatures", f"{to_ref}#{len(copy.bodies(to_ref))}") in copy.found()


def test_finds_a_tail_that_was_cut_off_by_hand(copy):
    ref = copy.refs["approved"]

    copy.db.execute("DELETE FROM idempotency WHERE stream = ? AND seq > 10", (ref,))
    copy.db.execute("DELETE FROM event WHERE stream = ? AND seq > 10", (ref,))

    assert ("chain", ref) in copy.found()


def test_finds_what_a_cut_leaves_behind(copy):
    ref = copy.refs["approved"]
    left = copy.bodies(ref)[-1]["signed"]["statement"]
    kept = copy.get(left)

    copy.cut(ref, 8)
    copy.put(kept)

    assert ("content", left[:12]) in copy.found()


def test_does_not_know_of_a_tail_that_was_cut_off_without_a_trace_and_says_so(copy):
    with forging.Reader(copy.place) as reader:
        before = forging.audit(reader)
    copy.cut(copy.refs["approved"], 8)
    with forging.Reader(copy.place) as reader:
        after = forging.audit(reader)

    assert after.findings == []
    assert before.streams != after.streams, "whoever kept the head sees it"
    assert any("receipts" in text for text in after.unchecked)


def test_finds_that_a_whole_agreement_was_taken_away(copy):
    ref = copy.refs["signing"]

    _take_away(copy, ref)

    assert ("chain", ref) in copy.found()


def test_does_not_know_of_the_last_agreement_taken_away_with_its_number(copy):
    ref = max(copy.refs.values())

    _take_away(copy, ref)
    copy.db.execute("UPDATE counter SET value = value - 1")

    assert copy.findings() == []


def _take_away(copy, ref):
    copy.rewrite(ref, lambda bodies: bodies.clear())
    copy.db.execute("DELETE FROM stream WHERE id = ?", (ref,))


def test_finds_an_agreement_whose_rows_outlived_its_events(copy):
    ref = copy.refs["signing"]

    for table, column in (("idempotency", "stream"), ("event", "stream"), ("stream", "id")):
        copy.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (ref,))

    assert ("chain", ref) in copy.found()


@pytest.mark.parametrize("view", sorted(VIEWS.keys() - {"v_inbox"}))
def test_finds_a_view_that_hides_a_row(copy, view):
    copy.db.execute(f"DROP VIEW {view}")
    copy.db.execute(f"CREATE VIEW {view} AS SELECT * FROM ({VIEWS[view]}) LIMIT -1 OFFSET 1")

    assert copy.found() == {("tables", view)}


@pytest.mark.parametrize(
    ("column", "other"), [("state", "'approved'"), ("title", "'別的'"), ("total_minor", "total_minor + 1")]
)
def test_finds_a_view_that_shows_something_else(copy, column, other):
    names = [row[1] for row in copy.db.execute("PRAGMA table_info(v_agreement)")]
    shown = ", ".join(f"{other} AS {name}" if name == column else name for name in names)
    copy.db.execute("DROP VIEW v_agreement")
    copy.db.execute(f"CREATE VIEW v_agreement AS SELECT {shown} FROM ({VIEWS['v_agreement']})")

    assert copy.found() == {("tables", "v_agreement")}


@pytest.mark.parametrize(
    ("view", "said", "instead"),
    [
        ("v_agreement", "COALESCE(p.name, a.drafter)", "'王小明'"),
        ("v_decision", "COALESCE(p.name, d.person)", "'王小明'"),
        ("v_decision", "COALESCE(n.text, '')", "'同意。'"),
        ("v_seat", "THEN 1 ELSE 0 END", "THEN 1 ELSE 1 END"),
        ("v_inbox", "WHERE a.state = 'sign_off'", "WHERE a.state = 'sign_off' AND c.person <> 'grace'"),
        ("v_inbox", "s.quorum, s.due", "s.quorum, '2030-01-01' AS due"),
    ],
)
def test_finds_a_view_that_says_of_a_row_what_no_table_does(copy, view, said, instead):
    copy.db.execute(f"DROP VIEW {view}")
    copy.db.execute(f"CREATE VIEW {view} AS {VIEWS[view].replace(said, instead, 1)}")

    assert copy.found() == {("tables", view)}


# A chain made anew by someone without keys. What follows the changed event is cut away, so
# that no later signature helps.


def _say(name, text):
    return lambda copy, body: body["payload"].update({name: copy.note(text)})


def _set(name, value):
    return lambda copy, body: body["payload"].update({name: value})


def _condition(**changes):
    def change(copy, body):
        given = {name: copy.note(value) if name == "text" else value for name, value in changes.items()}
        body["payload"]["conditions"][0].update(given)

    return change


def _one_condition(copy, body):
    first, second = body["payload"]["conditions"]
    words = dict(copy.db.execute("SELECT digest, text FROM note").fetchall())
    text = f"{words[first['text']]}; {second['id']} [{second['severity']}] {words[second['text']]}"
    body["payload"]["conditions"] = [{**first, "text": copy.note(text)}]


def _decided_otherwise(copy, body):
    body["type"] = "rejected" if body["type"] == "approved" else "approved"
    body["to"] = "sign_off"


REWRITTEN = {
    "reason": ("signing", "approved", _say("reason", "我反對。")),
    "reason removed": ("signing", "approved", _set("reason", "")),
    "role": ("signing", "approved", _set("role", "gm")),
    "aspect": ("signing", "approved", _set("aspect", "authority")),
    "actor": ("signing", "approved", lambda copy, body: body.update(actor="grace")),
    "revision": ("signing", "approved", _set("revision", 2)),
    "document": ("signing", "approved", _set("document", "0" * 64)),
    "yes to no": ("signing", "approved", _decided_otherwise),
    "no to yes": ("refused", "rejected", _decided_otherwise),
    "not yet to yes": ("returned", "returned", _decided_otherwise),
    "parts": ("returned", "returned", _set("parts", ["第一條"])),
    "parts removed": ("returned", "returned", lambda copy, body: body["payload"].pop("parts")),
    "key": ("signing", "approved", lambda copy, body: body["signed"].update(key="SHA256:x")),
    "objection to clear": ("answered", "flag_resolved", _set("conclusion", "clear")),
    "reasoning": ("review", "flag_resolved", _say("reasoning", "無意見。")),
    "legal basis": ("review", "flag_resolved", _say("basis", "民法 §1")),
    "flag": ("answered", "flag_resolved", _set("flag", "F-1")),
    "must to note": ("review", "flag_resolved", _condition(severity="note")),
    "words of a condition": ("review", "flag_resolved", _condition(text="無")),
    "condition removed": ("review", "flag_resolved", lambda c, b: b["payload"]["conditions"].pop(0)),
    "two conditions to one": ("review", "flag_resolved", _one_condition),
    "evidence": ("signing", "condition_closed", _say("evidence", "未補。")),
    "who closed it": ("signing", "condition_closed", lambda copy, body: body.update(actor="lena")),
}  # fmt: skip


@pytest.mark.parametrize("what", REWRITTEN)
def test_finds_a_signed_event_that_was_rewritten(copy, what):
    name, kind, change = REWRITTEN[what]
    ref = copy.refs[name]
    seq = copy.last(ref, kind)
    copy.cut(ref, seq)
    assert copy.findings(ref) == []

    copy.edit(ref, seq, lambda body: change(copy, body))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


STATEMENTS = [
    *(("signing", "approved", f) for f in ("log", "agreement", "revision", "decision", "aspect", "capacity")),
    *(("signing", "approved", f) for f in ("person", "document", "content", "terms", "policy", "reason")),
    *(("signing", "approved", f) for f in ("seen", "parts")),
    ("returned", "returned", "parts"),
    *(
        ("review", "flag_resolved", f)
        for f in ("log", "agreement", "revision", "person", "document", "terms")
    ),
    *(
        ("review", "flag_resolved", f)
        for f in ("flag", "aspect", "capacity", "decision", "reasoning", "basis")
    ),
    *(("review", "flag_resolved", f) for f in ("conditions", "seen")),
    *(("signing", "condition_closed", f) for f in ("agreement", "flag", "condition", "decision", "evidence")),
    *(("registry", "key_added", f) for f in ("log", "change", "person", "fingerprint", "public", "by")),
    *(("registry", "key_added", f) for f in ("number", "after")),
]


@pytest.mark.parametrize(("name", "kind", "field"), STATEMENTS, ids="-".join)
def test_finds_a_statement_that_says_something_else(copy, name, kind, field):
    ref = copy.refs.get(name, name)
    seq = copy.last(ref, kind)
    if ref != "registry":
        copy.cut(ref, seq)
    value = 9 if field in ("revision", "number") else "x"

    def forge(body):
        copy.sign(body, copy.world.signer(body["actor"]), **{field: value})

    copy.edit(ref, seq, forge)

    found = [f for f in copy.findings(*({ref} - {"registry"})) if f.event == f"{ref}#{seq}"]
    assert {finding.check for finding in found} == {"signatures"}
    assert any(field in finding.text or field == "seen" for finding in found)


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        (lambda body: body.replace(DECISION.encode(), REGISTRY.encode()), "for another purpose"),
        (lambda body: b"I approve of everything.", "cannot be read"),
    ],
)
def test_finds_a_signature_over_another_kind_of_text(copy, change, meaning):
    ref = copy.refs["signing"]
    seq = copy.last(ref, "approved")

    def forge(body):
        text = change(copy.get(body["signed"]["statement"]))
        signature = copy.world.signer("bob").sign(text, namespace=DECISION)
        body["signed"].update(statement=copy.put(text), signature=signature)

    copy.edit(ref, seq, forge)

    assert any(meaning in finding.text for finding in copy.findings(ref))


def test_finds_a_decision_signed_before_its_text_was_submitted(copy):
    ref = copy.refs["again"]
    seq = _approve(copy, ref, "bob")
    early = copy.bodies(ref)[1]

    copy.edit(ref, seq, lambda body: copy.sign(body, copy.world.signer("bob"), seen=f"1 {early['prev']}"))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


BEFORE = {
    "who drafted": ("created", lambda copy, body: body.update(actor="carol")),
    "title": ("created", _set("title", "別的")),
    "evidence of the reply": (
        "confirmation_acknowledged",
        lambda copy, body: body["payload"]["evidence"].update(sha256=copy.put(b"no"), size=2),
    ),
    "question of a flag": ("flag_raised", _say("question", "無問題吧？")),
    "note of the submission": ("submitted", _say("note", "總經理已口頭同意")),
    "time": ("opened", lambda copy, body: body.update(at="2026-01-05T08:00:01Z")),
}


@pytest.mark.parametrize("what", BEFORE)
def test_finds_what_was_rewritten_before_somebody_signed(copy, what):
    kind, change = BEFORE[what]
    ref = copy.refs["signing"]
    seq = copy.last(ref, kind)
    signed = [body["seq"] for body in copy.bodies(ref) if "signed" in body]

    copy.edit(ref, seq, lambda body: change(copy, body))

    assert ("signatures", f"{ref}#{min(n for n in signed if n > seq)}") in copy.found(ref)


# Decisions that nobody made.


def _approve(copy, ref, person, signer=None):
    """Let *person* really approve on the copy; return the number of that event."""
    with copy.store() as store:
        return Desk(store, person).decide(ref, "approve", signer or copy.world.signer(person)).event.seq


def _signed_by(copy, ref, person, kind="approved", number=0):
    """Return the signature *person* gave in an agreement."""
    found = [b["signed"] for b in copy.bodies(ref) if (b["type"], b["actor"]) == (kind, person)]
    return found[number]


def test_finds_an_approval_without_a_signature(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")
    assert copy.findings(ref) == []

    copy.edit(ref, seq, lambda body: body.pop("signed"))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_the_signature_of_another_agreement(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")

    other = _signed_by(copy, copy.refs["approved"], "grace")
    copy.edit(ref, seq, lambda body: body.update(signed=other))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_the_signature_of_another_revision(copy):
    ref = copy.refs["again"]
    seq = _approve(copy, ref, "bob")
    first = _signed_by(copy, ref, "bob")

    copy.edit(ref, seq, lambda body: body.update(signed=first))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_the_signature_of_an_opinion_under_an_approval(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")

    closing = _signed_by(copy, ref, "grace", "condition_closed")
    copy.edit(ref, seq, lambda body: body.update(signed=closing))

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


@pytest.mark.parametrize("claimed", ["her own", "the approver's"])
def test_finds_a_signature_by_a_key_that_is_not_registered(copy, mallory, claimed):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")

    def forge(body):
        copy.sign(body, mallory)
        if claimed == "the approver's":
            body["signed"]["key"] = copy.world.signer("grace").public_key.fingerprint

    copy.edit(ref, seq, forge)

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_a_key_that_was_swapped_in_the_table(copy, mallory):
    key = mallory.public_key
    copy.db.execute(
        "UPDATE key SET public = ?, fingerprint = ? WHERE person = 'grace'", (key.line, key.fingerprint)
    )

    assert copy.found() == {("tables", "registry")}
    with pytest.raises(WorkflowError, match="is not grace's"):
        _approve(copy, copy.refs["signing"], "grace", mallory)


def _unsigned(copy, body, mallory):
    del body["signed"]


def _by_herself(copy, body, mallory):
    _sign_entry(copy, body, mallory)


def _in_the_administrators_name(copy, body, mallory):
    _sign_entry(copy, body, mallory)
    body["signed"]["key"] = copy.world.signer("alice").public_key.fingerprint


def _by_someone_else(copy, body, mallory):
    body["actor"] = "bob"
    _sign_entry(copy, body, copy.world.signer("bob"))


def _with_another_entrys_signature(copy, body, mallory):
    body["signed"] = copy.bodies("registry")[-1]["signed"]


def _with_a_decision(copy, body, mallory):
    body["signed"] = _signed_by(copy, copy.refs["signing"], "bob")
    body["actor"] = "bob"


def _sign_entry(copy, body, signer, namespace=REGISTRY):
    """Sign an entry of the registry as the program would."""
    after = copy.db.execute("SELECT head, seq FROM stream WHERE id = 'registry'").fetchone()
    fields = {
        "change": body["type"],
        **body["payload"],
        "by": body["actor"],
        "number": after[1] + 1,
        "after": after[0],
    }
    statement = write_statement(namespace, log=body["log"], at=read_time(body["at"]), fields=fields)
    body["signed"] = {
        "statement": copy.put(statement),
        "signature": signer.sign(statement, namespace=namespace),
        "key": signer.public_key.fingerprint,
    }


@pytest.mark.parametrize(
    "vouch",
    [
        _unsigned,
        _by_herself,
        _in_the_administrators_name,
        _by_someone_else,
        _with_another_entrys_signature,
        _with_a_decision,
    ],
)
def test_finds_a_key_that_no_administrator_entered(copy, mallory, vouch):
    key, ref = mallory.public_key, copy.refs["signing"]
    payload = {"person": "grace", "fingerprint": key.fingerprint, "public": key.line}

    def forge(bodies):
        body = {**bodies[-1], "type": "key_added", "payload": payload, "actor": "alice"}
        vouch(copy, body, mallory)
        bodies.append(body)

    copy.rewrite("registry", forge)
    seq = len(copy.bodies("registry"))
    _approve(copy, ref, "grace", mallory)

    assert copy.found(ref) == {("signatures", f"registry#{seq}")}


MISRULED = {
    "person_added": lambda copy, key: {"person": "bob", "name": "別人", "title": "", "email": ""},
    "role_granted": lambda copy, key: {"person": "bob", "role": "wizard"},
    "role_revoked": lambda copy, key: {"person": "alice", "role": "admin"},
    "key_added": lambda copy, key: {
        "person": "bob",
        "fingerprint": copy.world.signer("grace").public_key.fingerprint,
        "public": copy.world.signer("grace").public_key.line,
    },
    "key_added ": lambda copy, key: {"person": "bob", "fingerprint": "SHA256:x", "public": key.line},
}


@pytest.mark.parametrize("kind", MISRULED)
def test_finds_an_entry_that_not_even_an_administrator_may_make(copy, mallory, kind):
    payload = MISRULED[kind](copy, mallory.public_key)

    def forge(bodies):
        body = {**bodies[-1], "type": kind.strip(), "payload": payload, "actor": "alice"}
        _sign_entry(copy, body, copy.world.signer("alice"))
        bodies.append(body)

    bodies = copy.bodies("registry")
    forge(bodies)
    _relink(copy.db, "registry", [{k: v for k, v in body.items() if k != "attempt"} for body in bodies])

    assert ("duties", f"registry#{len(bodies)}") in copy.found()


def test_finds_a_founding_signed_with_a_key_it_does_not_name(copy):
    copy.edit("registry", 1, lambda body: body["signed"].update(key="SHA256:x"))

    assert ("signatures", "registry#1") in copy.found()


@pytest.mark.parametrize("seq", range(1, 6))
def test_finds_a_founding_that_was_rewritten(copy, seq):
    def rename(body):
        name = {"organisation_named": "name", "role_granted": "role", "key_added": "public"}
        field = name.get(body["type"], "name")
        body["payload"][field] = "gm" if field == "role" else copy.world.signer("bob").public_key.line

    copy.edit("registry", seq, rename)

    assert ("signatures", f"registry#{seq}") in copy.found()


def test_finds_an_entry_taken_out_of_the_registry(copy):
    with copy.store() as store, store.begin() as unit:
        registry = Registry(unit, "alice", copy.world.signer("alice"))
        registry.revoke("bob", "dept_manager")
        registry.add(NewPerson("otto", "王大同", roles=("dept_manager",)))
        unit.commit()
    assert copy.findings() == []
    seq = copy.last("registry", "role_revoked")

    copy.rewrite("registry", lambda bodies: bodies.pop(seq - 1))

    assert ("signatures", f"registry#{seq}") in copy.found()


def test_finds_an_approval_in_a_role_its_signer_does_not_hold(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")

    def forge(body):
        body.update(actor="hana", attempt=body["attempt"].replace("grace", "hana"))
        copy.sign(body, copy.world.signer("hana"), person="hana", name="張花")

    copy.edit(ref, seq, forge)

    assert copy.found(ref) == {("duties", f"{ref}#{seq}")}


def test_finds_a_drafter_who_approved(copy):
    ref = copy.refs["signing"]
    with copy.store() as store, store.begin() as unit:
        Registry(unit, "alice", copy.world.signer("alice")).grant("alice", "gm")
        unit.commit()
    seq = _approve(copy, ref, "grace")

    def forge(body):
        body.update(actor="alice", attempt=body["attempt"].replace("grace", "alice"))
        copy.sign(body, copy.world.signer("alice"), person="alice", name="何愛莉")

    copy.edit(ref, seq, forge)

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)
    assert "signatures" not in {check for check, _ in copy.found(ref)}


@pytest.mark.parametrize("person", ["bob", "nobody"])
def test_finds_staff_work_by_someone_who_was_not_staff(copy, person):
    ref = copy.refs["planning"]

    copy.edit(ref, 1, lambda body: body.update(actor=person, attempt=None))

    assert copy.found(ref) == {("duties", f"{ref}#1")}


def test_finds_an_approval_that_came_too_early(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")

    def forge(bodies):
        bob, grace = bodies[-2:]
        grace["to"], bob["to"] = "sign_off", "approved"
        final = grace["payload"]["documents"].pop(0)
        bob["payload"]["documents"].insert(0, final)
        bodies[-2:] = [grace, bob]
        copy.sign(grace, copy.world.signer("grace"), seen=f"{seq - 2} {bob['prev']}")

    copy.rewrite(ref, forge)

    assert ("duties", f"{ref}#{seq - 1}") in copy.found(ref)


def test_finds_that_an_approval_counts_before_all_have_signed(copy):
    ref = copy.refs["signing"]
    seq = copy.last(ref, "approved")

    copy.edit(ref, seq, lambda body: body.update(to="approved"))

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)


# Delegations, retractions, recusals: each only by whoever may.


def _entered(copy, kind, payload, vouch, mallory):
    """Append an entry to the registry, vouched for in a way of the forger's; return its number."""

    def forge(bodies):
        body = {**bodies[-1], "type": kind, "payload": payload, "actor": "alice", "attempt": None}
        vouch(copy, body, mallory)
        bodies.append(body)

    copy.rewrite("registry", forge)
    return len(copy.bodies("registry"))


def _delegation(deputy="hana", principal="bob", **limits):
    dates = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
    return {
        "grant": "D-9", "person": principal, "deputy": deputy, **dates, "kinds": "", "aspects": "",
        "max_value": "", **limits,
    }  # fmt: skip


def _by_the_deputy(copy, body, mallory):
    body["actor"] = "hana"
    _sign_entry(copy, body, copy.world.signer("hana"))


def _by_the_deputy_in_the_principals_name(copy, body, mallory):
    body["actor"] = "bob"
    _sign_entry(copy, body, copy.world.signer("hana"))
    body["signed"]["key"] = copy.world.signer("bob").public_key.fingerprint


def _by_an_administrator(copy, body, mallory):
    _sign_entry(copy, body, copy.world.signer("alice"))


def _by_a_stranger_in_the_principals_name(copy, body, mallory):
    body["actor"] = "bob"
    _sign_entry(copy, body, mallory)


DELEGATORS = [
    _unsigned,
    _by_the_deputy,
    _by_the_deputy_in_the_principals_name,
    _by_an_administrator,
    _by_a_stranger_in_the_principals_name,
    _with_another_entrys_signature,
]


@pytest.mark.parametrize("vouch", DELEGATORS)
def test_finds_a_delegation_that_its_principal_did_not_give(copy, mallory, vouch):
    seq = _entered(copy, "delegated", _delegation(), vouch, mallory)

    assert ("signatures", f"registry#{seq}") in copy.found()


@pytest.mark.parametrize("vouch", DELEGATORS)
def test_finds_a_delegation_ended_by_someone_who_did_not_give_it(copy, mallory, vouch):
    grant = next(b["payload"] for b in copy.bodies("registry")[::-1] if b["type"] == "delegated")
    ended = {"grant": grant["grant"], "person": grant["person"]}

    seq = _entered(copy, "delegation_ended", ended, vouch, mallory)

    assert ("signatures", f"registry#{seq}") in copy.found()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deputy", "ivan"),
        ("person", "grace"),
        ("first_day", "2025-01-01"),
        ("last_day", "2099-12-31"),
        ("kinds", ""),
        ("aspects", "legal"),
        ("max_value", ""),
        ("max_value", "99999999999"),
    ],
)
def test_finds_a_delegation_whose_limits_were_edited(copy, field, value):
    seq = next(b["seq"] for b in copy.bodies("registry") if b["type"] == "delegated")

    copy.edit("registry", seq, lambda body: body["payload"].update({field: value}))

    assert ("signatures", f"registry#{seq}") in copy.found()


def test_finds_that_the_end_of_a_delegation_was_taken_out(copy):
    seq = copy.last("registry", "delegation_ended")

    copy.rewrite("registry", lambda bodies: bodies.pop(seq - 1))

    assert ("signatures", f"registry#{seq}") in copy.found()


def _by_the_principal(copy, body, mallory):
    body["actor"] = body["payload"]["person"]
    _sign_entry(copy, body, copy.world.signer(body["actor"]))


@pytest.mark.parametrize(
    "payload", [_delegation(deputy="bob"), _delegation(deputy="nobody"), _delegation(grant="D-1")]
)
def test_finds_a_delegation_that_not_even_its_principal_can_give(copy, mallory, payload):
    seq = _entered(copy, "delegated", payload, _by_the_principal, mallory)

    assert copy.found() == {("duties", f"registry#{seq}")}


def test_finds_a_delegation_that_an_assistant_recorded_in_their_own_favour(copy, mallory):
    with copy.store() as store, store.begin() as unit:
        Registry(unit, "alice", copy.world.signer("alice")).grant("hana", "assistant")
        unit.commit()

    seq = _entered(copy, "delegated", _delegation(), _by_the_deputy, mallory)

    assert copy.found() == {("duties", f"registry#{seq}")}


def _as_deputy(copy, ref, grant, deputy="hana", principal="bob"):
    """Let a deputy's decision stand where their principal really approved; return its number."""
    seq = _approve(copy, ref, principal)

    def forge(body):
        body.update(actor=deputy, attempt=body["attempt"].replace(principal, deputy, 1))
        body["payload"].update({"for": principal, "grant": grant})
        names = {"bob": "陳伯寧", "hana": "張花"}
        said = {"person": deputy, "name": names[deputy], "for": principal, "principal": names[principal]}
        copy.sign(body, copy.world.signer(deputy), **said, delegation=grant)

    copy.edit(ref, seq, forge)
    return seq


def _really_delegated(copy, principal, deputy, **limits):
    copy.world.clock.advance(seconds=1)
    given = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31), **limits}
    with copy.store() as store, store.begin() as unit:
        registry = Registry(unit, principal, copy.world.signer(principal))
        name = registry.delegate(Grant("", principal, deputy, **given))
        unit.commit()
    copy.world.clock.advance(seconds=1)
    return name


@pytest.mark.parametrize(
    ("limits", "honest"),
    [
        ({}, True),
        ({"max_value": 0}, True),
        ({"max_value": -1}, False),
        ({"kinds": ("services",)}, True),
        ({"kinds": ("nda",)}, False),
        ({"aspects": ("commercial",)}, True),
        ({"aspects": ("legal",)}, False),
        ({"first_day": date(2026, 12, 31)}, False),
    ],
)
def test_finds_a_deputy_who_went_beyond_the_delegation(copy, limits, honest):
    if "max_value" in limits:  # from the agreement's own value
        limits = {"max_value": limits["max_value"] + value_for_policy(copy.world.terms)}
    grant = _really_delegated(copy, "bob", "hana", **limits)

    seq = _as_deputy(copy, copy.refs["again"], grant)

    assert copy.found() == (set() if honest else {("duties", f"{copy.refs['again']}#{seq}")})


def test_finds_a_delegation_used_after_its_end(copy):
    grant = _really_delegated(copy, "bob", "hana")
    with copy.store() as store, store.begin() as unit:
        Registry(unit, "bob", copy.world.signer("bob")).end_delegation(grant)
        unit.commit()
    copy.world.clock.advance(seconds=1)

    seq = _as_deputy(copy, copy.refs["again"], grant)

    assert copy.found() == {("duties", f"{copy.refs['again']}#{seq}")}


@pytest.mark.parametrize("grant", ["D-1", "D-99"])
def test_finds_a_deputy_under_a_delegation_that_is_not_theirs(copy, grant):
    with copy.store() as store, store.begin() as unit:
        Registry(unit, "alice", copy.world.signer("alice")).grant("judy", "dept_manager")
        unit.commit()

    seq = _as_deputy(copy, copy.refs["again"], grant)

    assert copy.found() == {("duties", f"{copy.refs['again']}#{seq}")}


def test_finds_a_deputy_whose_name_was_written_over_by_the_principals(copy):
    ref = copy.refs["again"]
    seq = _as_deputy(copy, ref, _really_delegated(copy, "bob", "hana"))

    def forge(body):
        del body["payload"]["for"], body["payload"]["grant"]

    copy.edit(ref, seq, forge)

    assert ("signatures", f"{ref}#{seq}") in copy.found()


def _retracted(copy):
    """Let bob really take his approval back; return where, and the number of that event."""
    ref = copy.refs["signing"]
    with copy.store() as store:
        done = Desk(store, "bob").retract(
            ref, str(copy.last(ref, "approved")), copy.world.signer("bob"), reason="看錯了。"
        )
    assert copy.findings(ref) == []
    return ref, done.event.seq


RETRACTIONS = {
    "unsigned": lambda copy, body, mallory: body.pop("signed"),
    "by a stranger": lambda copy, body, mallory: copy.sign(body, mallory),
    "of another decision": lambda copy, body, mallory: body["payload"].update(retracts=4),
    "for another reason": lambda copy, body, mallory: body["payload"].update(reason=copy.note("無")),
    "with the signature of the decision": lambda copy, body, mallory: body.update(
        signed=copy.bodies(copy.refs["signing"])[body["seq"] - 2]["signed"]
    ),
}


@pytest.mark.parametrize("how", RETRACTIONS)
def test_finds_a_retraction_that_was_forged(copy, mallory, how):
    ref, seq = _retracted(copy)

    def forge(bodies):
        RETRACTIONS[how](copy, bodies[seq - 1], mallory)

    bodies = copy.bodies(ref)
    forge(bodies)
    _relink(copy.db, ref, [{k: v for k, v in body.items() if k != "attempt"} for body in bodies])

    found = copy.found(ref)
    assert {("signatures", f"{ref}#{seq}"), ("replay", f"{ref}#{seq}")} & found


def test_finds_a_decision_taken_back_by_someone_else(copy):
    ref, seq = _retracted(copy)

    def forge(body):
        body.update(actor="grace", attempt=body["attempt"].replace("bob", "grace", 1))
        copy.sign(body, copy.world.signer("grace"), person="grace", name="王怡君")

    copy.edit(ref, seq, forge)

    assert copy.found(ref) == {("duties", f"{ref}#{seq}")}


def test_finds_a_decision_taken_back_after_somebody_else_had_acted(copy):
    ref, seq = _retracted(copy)
    retraction = copy.bodies(ref)[seq - 1]
    copy.cut(ref, seq - 1)
    with copy.store() as store:
        Desk(store, "grace").decide(ref, "return", copy.world.signer("grace"), reason="費用過高。")

    copy.rewrite(ref, lambda bodies: bodies.append(retraction))

    assert ("duties", f"{ref}#{seq + 1}") in copy.found(ref)


def test_finds_an_approval_that_was_taken_back_put_in_again(copy):
    ref, seq = _retracted(copy)
    taken = copy.bodies(ref)[seq - 2]
    name, _, nonce = taken["attempt"].rpartition(" ")

    copy.rewrite(ref, lambda bodies: bodies.append({**taken, "attempt": f"{name} again{nonce}"}))

    assert ("signatures", f"{ref}#{seq + 1}") in copy.found(ref)


def _recused(copy, person="grace"):
    """Let somebody really recuse themselves; return where."""
    ref = copy.refs["again"]
    with copy.store() as store, store.begin() as unit:
        Registry(unit, "alice", copy.world.signer("alice")).grant("judy", "gm")
        unit.commit()
    with copy.store() as store:
        done = Desk(store, person).decide(ref, "recuse", copy.world.signer(person), reason="有利害關係。")
    assert copy.findings(ref) == []
    return ref, done.event.seq


@pytest.mark.parametrize("by", ["mallory", "bob"])
@pytest.mark.parametrize("claimed", ["their own", "hers"])
def test_finds_a_recusal_signed_by_someone_else(copy, mallory, by, claimed):
    ref, seq = _recused(copy)

    def forge(body):
        copy.sign(body, mallory if by == "mallory" else copy.world.signer(by))
        if claimed == "hers":
            body["signed"]["key"] = copy.world.signer("grace").public_key.fingerprint

    copy.edit(ref, seq, forge)

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_a_recusal_made_of_an_approval(copy):
    ref = copy.refs["again"]
    seq = _approve(copy, ref, "bob")

    def forge(body):
        body.update(type="recused", to="drafting", attempt=body["attempt"].replace("approve", "recuse"))
        body["payload"]["documents"] = []

    copy.edit(ref, seq, forge)

    assert ("signatures", f"{ref}#{seq}") in copy.found(ref)


def test_finds_a_recusal_of_someone_who_had_decided(copy):
    ref = copy.refs["signing"]
    seq = _approve(copy, ref, "grace")
    bob = next(b for b in copy.bodies(ref)[::-1] if (b["type"], b["actor"]) == ("approved", "bob"))

    def forge(bodies):
        late = {**bob, "type": "recused", "to": "drafting", "attempt": "bob recuse x"}
        late["payload"] = {**bob["payload"], "documents": []}
        bodies[seq - 1 :] = [late]
        copy.sign(late, copy.world.signer("bob"), decision="recuse", nonce="x")

    copy.rewrite(ref, forge)

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)


# A board's vote.

BOARD = ("amy", "ben", "cal", "deb", "eve")


@pytest.fixture
def board(sqlite_world, tmp_path):
    """A copy of a store in which amy has approved for a board of five, and zed joined it later."""
    head, first, *_ = DEFAULT_POLICY.read_text("utf-8-sig").splitlines(keepends=True)
    row = dict(zip(head.strip().split(","), first.strip().split(","), strict=True))
    asked = row | {"adds": "board", "aspect": "authority", "quorum": "majority"}
    policy = read_policy((head + ",".join(asked.values()) + "\n").encode())
    sqlite_world.enter(BOARD, "board")
    ref = sqlite_world.submitted(rules=PolicyRules(policy)).ref
    sqlite_world.clock.advance(seconds=1)
    sqlite_world.enter(["zed"], "board")
    sqlite_world.decide(ref, "amy")
    with forging.copied(sqlite_world, {"board": ref}, tmp_path / "copy.db") as copy:
        yield copy


def test_does_not_suspect_an_honest_vote(board):
    ref = board.refs["board"]
    with board.store() as store:
        for person, action, more in (
            ("ben", "excuse", {"member": "cal"}),
            ("deb", "recuse", {}),
            ("ben", "reject", {}),
            ("eve", "approve", {}),
        ):
            desk = Desk(store, person)
            desk.decide(ref, action, board.world.signer(person), reason="會議紀錄", **more)

    assert board.findings() == []
    assert board.bodies(ref)[-1]["to"] == "approved"


def test_finds_a_vote_of_someone_who_was_not_of_the_board_when_it_was_asked(board):
    ref = board.refs["board"]
    seq = board.last(ref, "approved")

    def forge(body):
        body.update(actor="zed", attempt=body["attempt"].replace("amy", "zed", 1))
        board.sign(body, board.world.signer("zed"), person="zed", name="zed")

    board.edit(ref, seq, forge)

    assert board.found(ref) == {("duties", f"{ref}#{seq}")}


@pytest.mark.parametrize("member", ["amy", "zed", "ben", "nobody"])
def test_finds_an_absence_of_someone_who_had_no_open_vote(board, member):
    ref = board.refs["board"]
    with board.store() as store:
        desk = Desk(store, "ben")
        done = desk.decide(ref, "excuse", board.world.signer("ben"), member="cal", reason="會議紀錄")
    assert board.findings(ref) == []

    def forge(body):
        body["payload"]["member"] = member
        board.sign(body, board.world.signer("ben"), member=member)

    board.edit(ref, done.event.seq, forge)

    assert ("duties", f"{ref}#{done.event.seq}") in board.found(ref)


def test_finds_a_board_that_was_made_smaller(board):
    ref = board.refs["board"]
    seq = board.last(ref, "submitted")
    board.cut(ref, seq)

    board.edit(ref, seq, lambda body: body["payload"]["seats"][0].update(body=["amy"], quorum=1))

    assert ("duties", f"{ref}#{seq}") in board.found(ref)


# What a change of the text leaves standing.


def _approval_of(copy, body):
    """Return the number of the approval that the submission says has fallen."""
    events = {event["seq"]: event for event in copy.bodies(body["stream"])}
    return next(v["seq"] for v in body["payload"]["voided"] if events[v["seq"]]["type"] == "approved")


def _keep(copy, body):
    seq = _approval_of(copy, body)
    said = body["payload"]
    said.update(kept=[*said["kept"], seq], voided=[v for v in said["voided"] if v["seq"] != seq])


def _legal_again(copy, body):
    said = body["payload"]
    earlier = next(b for b in copy.bodies(body["stream"]) if b["type"] == "submitted")
    legal = next(f["flag"] for f in earlier["payload"]["flags"] if f["role"] == "legal")
    said.update(flags=[], flags_kept=[*said["flags_kept"], legal])
    body["to"] = "sign_off"


def _unjudged(copy, body):
    for name in ("made_of", "changed", "kept", "voided", "flags_kept"):
        body["payload"].pop(name)


def _kept_without_parts(copy, body):
    _keep(copy, body)
    body["payload"].pop("made_of")


STANDINGS = {
    "a sign-off kept that fell": _keep,
    "a sign-off kept, and the parts left out": _kept_without_parts,
    "an opinion kept that fell": _legal_again,
    "nothing said to have fallen": lambda copy, body: body["payload"].update(voided=[]),
    "another part said to have felled it": lambda copy, body: body["payload"]["voided"][0].update(
        parts=["term"]
    ),
    "nothing said to have changed": lambda copy, body: body["payload"].update(changed=[]),
    "less said to have changed": lambda copy, body: body["payload"]["changed"].pop(),
    "an opinion said to have fallen": lambda copy, body: body["payload"].update(flags_kept=[]),
    "nothing judged at all": _unjudged,
    "other parts recorded": lambda copy, body: body["payload"].update(made_of=copy.put(b"{}")),
    "no parts recorded": lambda copy, body: body["payload"].update(made_of=""),
}


@pytest.mark.parametrize("what", STANDINGS)
def test_finds_that_what_still_stands_was_forged(copy, what):
    ref = copy.refs["partly"]
    seq = copy.last(ref, "submitted")
    copy.cut(ref, seq)
    assert copy.findings(ref) == []

    copy.edit(ref, seq, lambda body: STANDINGS[what](copy, body))

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)


# Another policy, another store.


@pytest.mark.parametrize("vouch", [_unsigned, _by_herself, _in_the_administrators_name, _by_someone_else])
def test_finds_a_policy_that_no_administrator_put_in_force(copy, mallory, vouch):
    head, first, *_ = DEFAULT_POLICY.read_bytes().splitlines(keepends=True)
    seq = _entered(copy, "policy_adopted", {"policy": copy.put(head + first)}, vouch, mallory)

    assert ("signatures", f"registry#{seq}") in copy.found()


def test_finds_the_signature_of_the_same_decision_in_another_store(copy, tmp_path):
    ref = copy.refs["again"]
    seq = _approve(copy, ref, "bob")
    other = find_place(str(tmp_path / "other.db"))
    with closing(Store.create(other, clock=copy.world.clock)) as store, store.begin() as unit:
        log = unit.log

    def forge(body):
        # All of it is as it would be signed here, but for the store that it is signed for.
        copy.sign(body, copy.world.signer("bob"), log=log)

    copy.edit(ref, seq, forge)

    (finding,) = copy.findings(ref)
    assert (finding.check, finding.event) == ("signatures", f"{ref}#{seq}")
    assert "says log" in finding.text


# Documents.


def _redrawn(copy, document, old="客戶", new="顧客"):
    """Return the row of a document in which words were changed, with digests to match."""
    parts = read_package(copy.get(document["file"]), name="x")
    assert old.encode() in parts["word/document.xml"]
    parts["word/document.xml"] = parts["word/document.xml"].replace(old.encode(), new.encode())
    body = write_package(parts)
    return {**document, "file": copy.put(body), "size": len(body), "content": content_digest(parts)}


def _replace(copy, ref, kind, seq, **words):
    """Replace a document of an event, and whatever names it; return the digests before and after."""
    (old,) = [d for d in copy.bodies(ref)[seq - 1]["payload"]["documents"] if d["kind"] == kind]
    new = _redrawn(copy, old, **words)

    def forge(bodies):
        text = json.dumps(bodies)
        for name in ("file", "content"):
            text = text.replace(old[name], new[name])
        bodies[:] = json.loads(text)
        for document in bodies[seq - 1]["payload"]["documents"]:
            if document["file"] == new["file"]:
                document["size"] = new["size"]

    copy.rewrite(ref, forge)


def test_finds_one_bit_of_a_document_flipped(copy):
    ref = copy.refs["approved"]
    seq = copy.last(ref, "drafted")
    digest = copy.bodies(ref)[seq - 1]["payload"]["documents"][0]["file"]
    body = bytearray(copy.get(digest))
    body[len(body) // 2] ^= 1

    copy.db.execute("UPDATE content SET body = ? WHERE sha256 = ?", (bytes(body), digest))

    assert ("content", f"{ref}#{seq}") in copy.found(ref)


def test_finds_another_text_under_signed_approvals(copy):
    ref = copy.refs["approved"]

    _replace(copy, ref, "services", copy.last(ref, "drafted"))

    signed = [body["seq"] for body in copy.bodies(ref) if "signed" in body]
    assert {("signatures", f"{ref}#{seq}") for seq in signed} <= copy.found(ref)


def test_finds_another_text_to_execute(copy):
    ref = copy.refs["approved"]
    seq = copy.last(ref, "approved")

    _replace(copy, ref, "services", seq)

    assert copy.found(ref) == {("documents", f"{ref}#{seq}")}


def test_finds_a_text_to_execute_made_from_other_data(copy):
    ref = copy.refs["approved"]
    seq = copy.last(ref, "approved")

    def forge(body):
        (final,) = [d for d in body["payload"]["documents"] if d["kind"] == "services"]
        data = json.loads(copy.get(final["context"]))
        data["price"]["total"] = "NT$1"
        made = compile_template(copy.get(final["template"])).issue(data)
        written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        final.update(
            context=copy.put(written), file=copy.put(made.body), content=made.content, size=len(made.body)
        )

    copy.edit(ref, seq, forge)

    assert copy.found(ref) == {("documents", f"{ref}#{seq}")}


def test_does_not_know_of_a_sheet_replaced_after_the_last_signature_and_says_so(copy):
    ref = copy.refs["approved"]

    _replace(copy, ref, "approval-sheet", copy.last(ref, "approved"), old="簽", new="纖")

    assert copy.findings(ref) == []
    with forging.Reader(copy.place) as reader:
        assert any("rewritten" in text for text in forging.audit(reader).unchecked)


# Policy.


def _seat_with_fewer(copy, body):
    body["payload"]["seats"][0]["quorum"] = 0


def _cheaper(copy):
    item = copy.world.terms.items[0].model_copy(update={"quantity": Decimal(1)})
    return copy.world.terms.model_copy(update={"items": (item,)}).canonical()


SUBMISSIONS = {
    "a seat removed": lambda copy, body: body["payload"]["seats"].pop(),
    "all seats removed": lambda copy, body: body["payload"]["seats"].clear(),
    "a seat given to another role": lambda copy, body: body["payload"]["seats"][1].update(role="cfo"),
    "a step brought forward": lambda copy, body: body["payload"]["seats"][1].update(step=1),
    "a quorum lowered": _seat_with_fewer,
    "a rule not named": lambda copy, body: body["payload"]["seats"][1].update(rules=[]),
    "a flag dropped": lambda copy, body: body["payload"]["flags"].pop(),
    "a flag for another expert": lambda copy, body: body["payload"]["flags"][0].update(role="tax"),
    "other answers of the rules": lambda copy, body: body["payload"].update(trace=copy.put(b"[]")),
    "other terms": lambda copy, body: body["payload"].update(terms=copy.put(_cheaper(copy))),
    "another text": lambda copy, body: body["payload"].update(document="0" * 64),
    "straight to sign-off": lambda copy, body: body.update(to="sign_off"),
}  # fmt: skip


@pytest.mark.parametrize("what", SUBMISSIONS)
def test_finds_a_submission_that_asks_for_less(copy, what):
    ref = copy.refs["waiting"]
    seq = copy.last(ref, "submitted")

    copy.edit(ref, seq, lambda body: SUBMISSIONS[what](copy, body))

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)


def _lax(copy, body):
    """Submit under a policy that asks one manager and nobody else, worked out in every detail."""
    head, first, *_ = DEFAULT_POLICY.read_bytes().splitlines(keepends=True)
    policy = read_policy(head + first)
    found = assess(policy, facts_of(from_canonical(copy.get(body["payload"]["terms"]))))
    trace = json.dumps(trace_rows(found), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    seats = [seat for seat in body["payload"]["seats"] if seat["role"] == "dept_manager"]
    body["payload"].update(
        policy=copy.put(policy.body), trace=copy.put(trace.encode()), seats=seats, flags=[]
    )
    body["to"] = "sign_off"


def test_finds_a_laxer_policy_under_signed_approvals(copy):
    ref = copy.refs["signing"]
    seq = copy.last(ref, "submitted")

    def forge(bodies):
        _lax(copy, bodies[seq - 1])
        del bodies[seq:-1]  # the experts were never asked
        bodies[-1]["to"] = "approved"

    copy.rewrite(ref, forge)

    assert ("signatures", f"{ref}#{seq + 1}") in copy.found(ref)


def test_finds_a_laxer_policy_that_nobody_put_in_force(copy):
    ref = copy.refs["waiting"]
    seq = copy.last(ref, "submitted")

    def forge(body):
        _lax(copy, body)
        body["payload"]["documents"].clear()

    copy.edit(ref, seq, forge)

    assert ("duties", f"{ref}#{seq}") in copy.found(ref)


# What the command says.


def test_the_command_ends_with_five_and_names_the_event(copy, capsys):
    ref = copy.refs["signing"]
    seq = copy.last(ref, "approved")
    copy.db.execute(
        "UPDATE event SET line = replace(line, ?, ?) WHERE stream = ? AND seq = ?",
        ('"actor":"bob"', '"actor":"bab"', ref, seq),
    )

    code = main(["audit", "verify", "--db", str(copy.path), "--json"])
    said = json.loads(capsys.readouterr().out)

    assert code == 5
    assert said["ok"] is False
    assert f"{ref}#{seq}" in {finding["event"] for finding in said["findings"]}
    assert main(["audit", "verify", "--db", str(copy.path), "--lang", "en"]) == 5
    assert f"{ref}#{seq}: stored digest" in capsys.readouterr().out


def test_the_command_ends_with_zero_and_names_what_it_did_not_check(history, capsys):
    code = main(["audit", "verify", "--db", str(history.place.path), "--json"])
    said = json.loads(capsys.readouterr().out)

    assert code == 0
    assert said["ok"] is True
    assert said["findings"] == []
    assert len(said["unchecked"]) == 3

"""The databases themselves refuse to change what was recorded, whoever asks.

The attacks come through the drivers, past all code of ours, by whoever owns the file or the
database. An owner can still remove a guard first; against that stand signatures and the audit.
"""

import hashlib
import re
import sqlite3
from contextlib import closing

import pytest

from workflow.ledger import GENESIS

#: The frozen tables: the columns of the key, and one more column.
FROZEN = {
    "event": (("stream", "seq"), "line"),
    "content": (("sha256",), "size"),
    "note": (("digest",), "text"),
    "idempotency": (("stream", "key"), "seq"),
    "seal": (("idx",), "seq"),
    "checkpoint": (("size",), "at"),
    "stamp": (("size",), "token"),
    "erasure": (("digest",), "seq"),
}
#: What a refusal may say; a mistake in an attack's own SQL is none.
REFUSALS = re.compile(
    r"append-only|does not extend its chain|does not extend the order|UNIQUE constraint|duplicate key"
    r"|foreign key|permission denied|cannot store TEXT"
)

# {t} is the table, {key} its key, {first} the first column of that, {other} another column.
ANYWHERE = {
    "update": "UPDATE {t} SET {other} = {other}",
    "update of the key": "UPDATE {t} SET {first} = {first}",
    "update from another": "UPDATE {t} SET {other} = b.{other} FROM {t} AS b",
    "delete": "DELETE FROM {t} WHERE {first} = (SELECT min({first}) FROM {t})",
    "delete of everything": "DELETE FROM {t}",
    "delete that returns": "DELETE FROM {t} RETURNING {first}",
    "insert again": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "upsert": "INSERT INTO {t} SELECT * FROM {t} WHERE true LIMIT 1 "
    "ON CONFLICT ({key}) DO UPDATE SET {other} = excluded.{other}",
}
ON_SQLITE = {
    "insert or replace": "INSERT OR REPLACE INTO {t} SELECT * FROM {t} LIMIT 1",
    "replace": "REPLACE INTO {t} SELECT * FROM {t}",
    "replace of another text": "REPLACE INTO {t} ({key}, {other}) SELECT {key}, '7' FROM {t}",
    "update or replace": "UPDATE OR REPLACE {t} SET {first} = (SELECT max({first}) FROM {t})",
    "update or ignore": "UPDATE OR IGNORE {t} SET {other} = {other}",
    "update or rollback": "UPDATE OR ROLLBACK {t} SET {other} = {other}",
    "replace without nested triggers": "PRAGMA recursive_triggers = OFF; REPLACE INTO {t} SELECT * FROM {t}",
    "delete without foreign keys": "PRAGMA foreign_keys = OFF; DELETE FROM {t}",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE {t} CASCADE",
    "truncate of what it hangs on": "TRUNCATE stream CASCADE",
    "merge": "MERGE INTO {t} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    "delete using another": "DELETE FROM {t} USING {t} AS b",
    "delete in a common table": "WITH gone AS (DELETE FROM {t} RETURNING *) SELECT * FROM gone",
    "update as a replica": "SET session_replication_role = replica; UPDATE {t} SET {other} = {other}",
    "delete as a replica": "SET session_replication_role = replica; DELETE FROM {t}",
    "truncate as a replica": "SET session_replication_role = replica; TRUNCATE {t} CASCADE",
}


@pytest.fixture(scope="module")
def in_a_file(found, sqlite, tmp_path_factory):
    """A store on SQLite in which every frozen table holds rows."""
    yield from _kept(found, sqlite, tmp_path_factory)


@pytest.fixture(scope="module")
def on_a_server(found, postgresql, tmp_path_factory):
    """A store on PostgreSQL in which every frozen table holds rows."""
    yield from _kept(found, postgresql, tmp_path_factory)


@pytest.fixture(params=["in_a_file", "on_a_server"])
def kept(request):
    """Such a store on each database in turn."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("attack", ANYWHERE)
@pytest.mark.parametrize("table", FROZEN)
def test_what_was_recorded_cannot_be_changed(kept, table, attack):
    _assert_unchanged(kept, table, ANYWHERE[attack])


@pytest.mark.parametrize("attack", ON_SQLITE)
@pytest.mark.parametrize("table", FROZEN)
def test_what_was_recorded_cannot_be_changed_in_the_ways_of_sqlite(in_a_file, table, attack):
    _assert_unchanged(in_a_file, table, ON_SQLITE[attack])


@pytest.mark.parametrize("attack", ON_POSTGRESQL)
@pytest.mark.parametrize("table", FROZEN)
def test_what_was_recorded_cannot_be_changed_in_the_ways_of_postgresql(on_a_server, table, attack):
    _assert_unchanged(on_a_server, table, ON_POSTGRESQL[attack])


def test_an_event_that_follows_the_last_one_is_let_in(kept):
    last, _ = _ends(kept)

    assert _insert(kept, ("AGR-2026-0001", last[0] + 1, last[1]), undo=True) == ""


CHAIN = {
    "a number is skipped": lambda last, before: ("AGR-2026-0001", last[0] + 2, last[1]),
    "a number is taken twice": lambda last, before: ("AGR-2026-0001", last[0], before[1]),
    "the number is zero": lambda last, before: ("AGR-2026-0001", 0, GENESIS),
    "the number is below zero": lambda last, before: ("AGR-2026-0001", -1, last[1]),
    "the chain forks": lambda last, before: ("AGR-2026-0001", last[0] + 1, before[1]),
    "the chain begins again": lambda last, before: ("AGR-2026-0001", last[0] + 1, GENESIS),
    "it follows another chain": lambda last, before: ("registry", last[0] + 1, last[1]),
    "a chain begins with its second event": lambda last, before: ("AGR-2026-0009", 2, GENESIS),
    "a chain begins after another's event": lambda last, before: ("AGR-2026-0009", 1, last[1]),
}


@pytest.mark.parametrize("case", CHAIN)
def test_an_event_is_refused_where(kept, case):
    before = _rows(kept, "event")

    refusal = _insert(kept, CHAIN[case](*_ends(kept)))

    assert "does not extend its chain" in refusal or "append-only" in refusal
    assert _rows(kept, "event") == before


ORDER = {
    "a place is skipped": lambda last: (last + 2, "AGR-2026-0001", 1),
    "a place is taken twice": lambda last: (last, "AGR-2026-0001", 1),
    "a place is below zero": lambda last: (-1, "AGR-2026-0001", 1),
}


@pytest.mark.parametrize("case", ORDER)
def test_a_place_in_the_order_is_refused_where(kept, case):
    before = _rows(kept, "seal")

    refusal = _run(kept, "INSERT INTO seal (idx, stream, seq) VALUES (?, ?, ?)", ORDER[case](before[-1][0]))

    assert REFUSALS.search(refusal)
    assert _rows(kept, "seal") == before


def test_a_good_event_does_not_carry_a_bad_one_in(kept):
    last, before = _ends(kept)
    good, bad = ("AGR-2026-0001", last[0] + 1, last[1]), ("AGR-2026-0001", last[0] + 2, before[1])
    rows = _rows(kept, "event")

    refusal = _insert(kept, good, bad)

    assert "does not extend its chain" in refusal
    assert _rows(kept, "event") == rows


def test_an_event_without_a_whole_digest_is_refused(kept):
    last, _ = _ends(kept)
    values = ("AGR-2026-0001", last[0] + 1, last[1], "abc", "{}")

    refusal = _run(kept, "INSERT INTO event (stream, seq, prev, hash, line) VALUES (?, ?, ?, ?, ?)", values)

    assert "does not extend its chain" in refusal


def test_a_key_cannot_be_used_again_for_another_event(kept):
    (stream, key, seq), *_ = _rows(kept, "idempotency")

    refusal = _run(
        kept, "INSERT INTO idempotency (stream, key, seq) VALUES (?, ?, ?)", (stream, key, seq + 1)
    )

    assert REFUSALS.search(refusal)


def test_postgresql_recomputes_the_digest_of_a_line(on_a_server):
    last, _ = _ends(on_a_server)
    values = ("AGR-2026-0001", last[0] + 1, last[1], "0" * 64, "{}")

    refusal = _run(
        on_a_server, "INSERT INTO event (stream, seq, prev, hash, line) VALUES (?, ?, ?, ?, ?)", values
    )

    assert "event_hash" in refusal


def test_postgresql_recomputes_the_digest_of_content(on_a_server):
    refusal = _run(on_a_server, "INSERT INTO content VALUES (?, ?, ?)", ("0" * 64, 1, b"a"))

    assert "content_hash" in refusal


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("event ALTER line TYPE text USING replace(line, 'alice', 'mallory')", "event_hash"),
        ("content ALTER body TYPE bytea USING ''::bytea", "content_hash"),
    ],
)
def test_postgresql_refuses_to_rewrite_a_table_through_a_change_of_type(on_a_server, statement, guard):
    assert guard in _run(on_a_server, f"DROP VIEW v_event, v_content; ALTER TABLE {statement}")


def test_the_tables_of_sqlite_have_no_second_way_to_a_row(in_a_file):
    # With a rowid, INSERT OR REPLACE could name a row past its key and no guard would fire.
    with closing(sqlite3.connect(in_a_file.place.path)) as connection:
        listed = connection.execute("PRAGMA table_list").fetchall()
        tables = {
            name: (without_rowid, strict)
            for _, name, kind, _, without_rowid, strict in listed
            if kind == "table"
        }

    assert all(tables[name] == (1, 1) for name in FROZEN)


def _kept(found, database, tmp_path_factory):
    with found(database, tmp_path_factory.mktemp("kept")) as world:
        world.workspace().new("services", world.terms, once="a").withdraw(reason="不談了", once="b")
        size = world.checkpoint().checkpoint.size
        with world.store.begin() as unit:
            unit.keep_stamp(size, b"a token")
            unit.erase(unit.events("registry")[-1], ["0" * 64])
            unit.commit()
        yield world


def _assert_unchanged(kept, table, attack):
    (first, *_), other = FROZEN[table]
    before = _rows(kept, table)
    assert before

    refusal = _run(kept, attack.format(t=table, key=", ".join(FROZEN[table][0]), first=first, other=other))

    assert REFUSALS.search(refusal), refusal
    assert _rows(kept, table) == before


def _rows(kept, table):
    with kept.reader() as reader:
        rows = reader.rows(f"SELECT * FROM {table} ORDER BY {', '.join(FROZEN[table][0])}")
    return [tuple(row.values()) for row in rows]


def _ends(kept):
    """Return (number, digest) of the agreement's last event, and of the one before it."""
    last, before = kept.events("AGR-2026-0001")[:-3:-1]
    return (last.seq, last.hash), (before.seq, before.hash)


def _insert(kept, *events, undo=False):
    """Insert events given as (stream, number, digest before); their own digests are right."""
    places = ", ".join(["(?, ?, ?, ?, ?)"] * len(events))
    line = "{}"
    values = [part for event in events for part in (*event, hashlib.sha256(line.encode()).hexdigest(), line)]
    return _run(kept, f"INSERT INTO event (stream, seq, prev, hash, line) VALUES {places}", values, undo=undo)


def _run(kept, statement, values=(), *, undo=False):
    """Run a statement past all code of ours; return what it was refused with, or the empty text."""
    run = _run_on_sqlite if kept.place.sqlite else _run_on_postgresql
    return run(kept.place, statement, values, "ROLLBACK" if undo else "COMMIT")


def _run_on_sqlite(place, statement, values, end):
    with closing(sqlite3.connect(place.path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        try:
            *first, last = statement.split("; ")
            for part in first:
                connection.execute(part)
            connection.execute(last, values).fetchall()
        except sqlite3.Error as error:
            return str(error)
        connection.execute(end)
    return ""


def _run_on_postgresql(place, statement, values, end):
    import psycopg

    with closing(psycopg.connect(place.url, autocommit=True)) as connection:
        connection.execute("BEGIN")
        try:
            connection.execute(statement.replace("?", "%s"), values or None)
        except psycopg.Error as error:
            return str(error)
        connection.execute(end)
    return ""

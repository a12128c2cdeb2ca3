"""The databases themselves refuse to change what was recorded, whoever asks.

The attacks come through the drivers, past all code of ours, by whoever owns the file or the
database. An owner can still remove a guard first; against that stand the signatures and the audit.
"""

import hashlib
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from workflow.engines import make_engine
from workflow.ledger import GENESIS
from workflow.store import Store

#: Each frozen table with its key and one more column.
FROZEN = {
    "event": (("stream", "seq"), "line"),
    "content": (("sha256",), "size"),
    "note": (("digest",), "text"),
    "idempotency": (("stream", "key"), "seq"),
}

# {t} is the table, {k} its key, {first} the first column of that, {c} another column.
ANYWHERE = {
    "update": "UPDATE {t} SET {c} = {c}",
    "update of the key": "UPDATE {t} SET {first} = {first}",
    "delete": "DELETE FROM {t} WHERE {first} = (SELECT min({first}) FROM {t})",
    "delete of everything": "DELETE FROM {t}",
    "delete by what is returned": "DELETE FROM {t} RETURNING {first}",
    "update from another": "UPDATE {t} SET {c} = other.{c} FROM {t} AS other",
    "insert of a row that is there": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "upsert": "INSERT INTO {t} SELECT * FROM {t} WHERE true LIMIT 1 ON CONFLICT ({k}) DO UPDATE SET {c} = excluded.{c}",
}
ON_SQLITE = {
    "insert or replace": "INSERT OR REPLACE INTO {t} SELECT * FROM {t} LIMIT 1",
    "insert or ignore": "INSERT OR IGNORE INTO {t} SELECT * FROM {t} LIMIT 1",
    "replace": "REPLACE INTO {t} SELECT * FROM {t}",
    "update or replace": "UPDATE OR REPLACE {t} SET {first} = (SELECT max({first}) FROM {t})",
    "update or ignore": "UPDATE OR IGNORE {t} SET {c} = {c}",
    "update or rollback": "UPDATE OR ROLLBACK {t} SET {c} = {c}",
    "replace after recursive_triggers=off": "PRAGMA recursive_triggers = OFF; REPLACE INTO {t} SELECT * FROM {t}",
    "replace after foreign_keys=off": "PRAGMA foreign_keys = OFF; REPLACE INTO {t} SELECT * FROM {t}",
    "vacuum": "VACUUM; DELETE FROM {t}",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE {t} CASCADE",
    "merge": "MERGE INTO {t} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    "delete using another": "DELETE FROM {t} USING {t} AS other",
    "delete by a common table": "WITH gone AS (DELETE FROM {t} RETURNING *) SELECT * FROM gone",
    "update as a replica": "SET session_replication_role = replica; UPDATE {t} SET {c} = {c}",
    "delete as a replica": "SET session_replication_role = replica; DELETE FROM {t}",
    "truncate as a replica": "SET session_replication_role = replica; TRUNCATE {t} CASCADE",
    "cascade from the stream": "TRUNCATE stream CASCADE",
}


@pytest.fixture(scope="module")
def kept(found, database, tmp_path_factory):
    """A store in which every frozen table holds rows, on each database in turn."""
    with found(database, tmp_path_factory.mktemp("kept")) as world:
        world.workspace().new("services", world.terms, once="a").withdraw(reason="不談了", once="b")
        yield world


@pytest.fixture
def attacked(kept):
    """A function that runs statements past all code of ours, and what they were refused with."""
    return lambda statement, *values: _attack(kept.place, statement, values)


@pytest.mark.parametrize("attack", ANYWHERE)
@pytest.mark.parametrize("table", FROZEN)
def test_what_was_recorded_cannot_be_changed(kept, table, attack):
    before = _rows(kept, table)

    refusal = _attack(kept.place, _filled(ANYWHERE[attack], table))

    assert "append-only" in refusal or "does not extend its chain" in refusal
    assert _rows(kept, table) == before

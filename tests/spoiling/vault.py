"""A store in the hands of someone who owns its file, and what a change to it is.

A `Vault` is a copy without the database's own guards, with what somebody needs who makes
changes by hand; `approvals.forgery` makes everything fit again that fits without a key.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from approvals.forgery import Forgery
from workflow.events import REGISTRY
from workflow.ledger import GENESIS

_TYPES = re.compile(r"\b(TEXT|INTEGER|BIGINT|BLOB|NOT NULL)\b")
#: The tables of the registry: all of them together say what its chain says.
OF_THE_REGISTRY = frozenset({"person", "role", "key", "delegation"})


class NotHere(Exception):
    """The store has nothing that this would change, or it would not change it."""


@dataclass(frozen=True)
class Change:
    """One change that was made.

    *needs* are groups of places: of each one has to be named by a finding, as an event
    (``AGR-2026-0007#3``) or a chain. *silent* says why nothing may be found; empty means never.
    """

    kind: str
    told: str
    needs: tuple[frozenset[str], ...]
    silent: str = ""


class Vault(Forgery):
    """A copy of a store, open to everything, with its tables as the file has them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path
        names = [row[0] for row in self.do("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        self.columns, self.keys = {}, {}
        for name in names:
            info = self.do(f"PRAGMA table_info({name})")
            self.columns[name] = [row[1] for row in info]
            self.keys[name] = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]

    @property
    def tables(self):
        """Every table that has rows."""
        return [name for name in self.columns if self.count(name)]

    def count(self, table):
        """Return how many rows a table has."""
        return self.do(f"SELECT count(*) FROM {table}")[0][0]

    def row(self, table, chance):
        """Return any row of a table."""
        number = self.count(table)
        if not number:
            raise NotHere
        return self.rows(table, f"LIMIT 1 OFFSET {chance.randrange(number)}")[0]

    def rows(self, table, rest="", *values):
        """Return rows by column."""
        names = self.columns[table]
        query = f"SELECT {', '.join(names)} FROM {table} {rest}"
        return [dict(zip(names, row, strict=True)) for row in self.do(query, *values)]

    def key(self, table, row):
        """Return the values that tell a row from the others: its key, or all of it."""
        return {name: row[name] for name in self.keys[table] or self.columns[table]}

    def put(self, table, row, **values):
        """Change columns of a row."""
        try:
            said = ", ".join(f"{name} = ?" for name in values)
            key = self.key(table, row).values()
            self.do(f"UPDATE {table} SET {said} WHERE {self._where(table)}", *values.values(), *key)
        except (sqlite3.Error, OverflowError):
            raise NotHere from None  # another row has that key, or the column takes no such value

    def drop(self, table, row):
        """Delete a row."""
        self.do(f"DELETE FROM {table} WHERE {self._where(table)}", *self.key(table, row).values())

    def add(self, table, row):
        """Insert a row."""
        try:
            places = ", ".join("?" * len(row))
            self.do(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
        except (sqlite3.Error, OverflowError):
            raise NotHere from None

    def _where(self, table):
        return " AND ".join(f"{name} IS ?" for name in self.keys[table] or self.columns[table])

    def agreements(self):
        """Return the reference of every agreement."""
        return [row[0] for row in self.do("SELECT id FROM stream WHERE id <> ? ORDER BY id", REGISTRY)]

    def naming(self, digest):
        """Return the events that name content or a note, as the audit names them."""
        # The first event of every chain holds the genesis digest, which names nothing.
        if len(str(digest)) != 64 or digest == GENESIS:
            return frozenset()
        found = self.do("SELECT stream, seq FROM event WHERE instr(line, ?) ORDER BY 1, 2", digest)
        return frozenset(f"{stream}#{seq}" for stream, seq in found)

    def places(self, table, row):
        """Return where a change to *row* has to be found: any of these."""
        if table == "event":
            return frozenset({f"{row['stream']}#{row['seq']}"})
        if table in ("content", "note"):
            return self.naming(row["sha256" if table == "content" else "digest"])
        if table in OF_THE_REGISTRY:
            return frozenset({REGISTRY})
        stream = next((row[name] for name in ("ref", "agreement", "stream") if name in row), None)
        if stream is None and table == "stream":
            stream = row["id"]
        return frozenset({stream}) if stream else frozenset()

    def stream_column(self, table):
        """Return the column that says which chain a row is of; empty where it is of none."""
        names = ("id",) if table == "stream" else ("ref", "agreement", "stream")
        return next((name for name in names if name in self.columns[table]), "")


def unguarded(store: Path, to: Path) -> None:
    """Copy a store, and take its guards away."""
    shutil.copyfile(store, to)
    Forgery(to).close()


def loosened(store: Path, to: Path) -> None:
    """Copy a store, and let every column hold anything, as the owner of the file can."""
    unguarded(store, to)
    with closing(sqlite3.connect(to, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        for name, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            plain = _TYPES.sub("", sql).replace("STRICT", "").replace("ROWID,", "ROWID").replace("NULL", "")
            db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ? AND type = 'table'", (plain, name))

"""What the owner of a store's file can do to a copy of it, having all of our code and nobody's key.

A `Forgery` has lost the database's own guards. `rewrite` changes a chain and then makes
everything fit again that fits without a key: links, digests, the ends of chains, the tables,
the attempts, and what nothing names any more. The demonstration of tampering uses it, and
nothing else does.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from approvals.directory import directory_of
from approvals.keys import Signer
from approvals.registry import directory_rows
from approvals.statements import read_statement, write_statement
from workflow.errors import TrailRefusedError
from workflow.events import REGISTRY, is_agreement, read_event, read_time
from workflow.ledger import GENESIS, Entry, link
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.replay import replay
from workflow.terms import from_canonical

#: A line as it can be edited; under ``attempt`` the name of the attempt that recorded it.
Body = dict[str, Any]

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Forgery:
    """A copy of a store, open to everything; close it."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous = OFF")
        for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self._db.execute(f'DROP TRIGGER "{name}"')

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def do(self, query: str, *values: object) -> list[Any]:
        """Run a statement and return its rows."""
        return self._db.execute(query, values).fetchall()

    def streams(self) -> list[str]:
        """Return the agreements, in the order in which they were begun."""
        return [row[0] for row in self.do("SELECT ref FROM agreement ORDER BY created_at, ref")]

    def bodies(self, stream: str) -> list[Body]:
        """Return a chain's lines as they can be edited."""
        names = dict(self.do("SELECT seq, key FROM idempotency WHERE stream = ?", stream))
        rows = self.do("SELECT seq, line FROM event WHERE stream = ? ORDER BY seq", stream)
        return [{**json.loads(line), "attempt": names.get(seq)} for seq, line in rows]

    def digest(self, event: str) -> str:
        """Return the digest of an event by its name, as in ``AGR-2026-0042#7``."""
        stream, _, seq = event.rpartition("#")
        return str(self.do("SELECT hash FROM event WHERE stream = ? AND seq = ?", stream, seq)[0][0])

    def content(self, digest: str) -> bytes:
        """Return content."""
        return bytes(self.do("SELECT body FROM content WHERE sha256 = ?", digest)[0][0])

    def keep(self, body: bytes) -> str:
        """Add content under its own digest, and return that."""
        digest = hashlib.sha256(body).hexdigest()
        self.do("INSERT OR IGNORE INTO content VALUES (?, ?, ?)", digest, len(body), body)
        return digest

    def sign(self, body: Body, signer: Signer, **fields: str | int) -> None:
        """Sign an event's statement anew, with other *fields* where they are given."""
        namespace, said = read_statement(self.content(body["signed"]["statement"]))
        given = {**said, **fields}
        log, at = str(given.pop("log")), read_time(str(given.pop("time")))
        statement = write_statement(namespace, log=log, at=at, fields=given)
        body["signed"] = {
            "statement": self.keep(statement),
            "signature": signer.sign(statement, namespace=namespace),
            "key": signer.public_key.fingerprint,
        }

    def rewrite(self, stream: str, change: Callable[[list[Body]], object]) -> None:
        """Change a chain, and make everything else fit."""
        bodies = self.bodies(stream)
        change(bodies)
        self.write(stream, bodies)
        self.tidy()

    def edit(self, stream: str, seq: int, change: Callable[[Body], object]) -> None:
        """Change one event, and make everything else fit."""
        self.rewrite(stream, lambda bodies: change(bodies[seq - 1]))

    def remove(self, stream: str) -> None:
        """Take a whole chain away; with an agreement's, the number that was given to it last."""
        self.write(stream, [])
        self.do("DELETE FROM stream WHERE id = ?", stream)
        if is_agreement(stream):
            name, _, number = stream.rpartition("-")
            self.do(
                "UPDATE counter SET value = ? WHERE name = ? AND value = ?",
                int(number) - 1,
                name,
                int(number),
            )
            self.do("DELETE FROM counter WHERE value = 0")
        self.tidy()

    def write(
        self,
        stream: str,
        bodies: Iterable[Body],
        *,
        each: Callable[[Body, Mapping[int, str]], object] | None = None,
    ) -> None:
        """Write a chain anew with its tables; *each* may finish a line, knowing the digests before it."""
        for table in ("idempotency", "event"):
            self.do(f"DELETE FROM {table} WHERE stream = ?", stream)  # noqa: S608
        prev, entries, heads = GENESIS, list[Entry](), dict[int, str]()
        for seq, body in enumerate(bodies, start=1):
            attempt = body.pop("attempt", None)
            if each:
                each(body, heads)
            entry = link(body, stream=stream, seq=seq, prev=prev)
            entries.append(entry)
            prev = heads[seq] = entry.hash
            self.do(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
                stream,
                seq,
                entry.prev,
                entry.hash,
                entry.line.decode(),
            )
            if attempt:
                self.do("INSERT INTO idempotency VALUES (?, ?, ?)", stream, attempt, seq)
        self.do("UPDATE stream SET seq = ?, head = ? WHERE id = ?", len(entries), prev, stream)
        self._cache(stream, entries)

    def tidy(self) -> None:
        """Remove what no event names any more."""
        lines = self.do("SELECT line FROM event")
        named = {digest for (line,) in lines for digest in _DIGEST.findall(line)}
        for table, key in (("content", "sha256"), ("note", "digest")):
            for (digest,) in self.do(f"SELECT {key} FROM {table}"):  # noqa: S608
                if digest not in named:
                    self.do(f"DELETE FROM {table} WHERE {key} = ?", digest)  # noqa: S608

    def _cache(self, stream: str, entries: Sequence[Entry]) -> None:
        events = [read_event(entry) for entry in entries]
        if stream == REGISTRY:
            for table in ("delegation", "key", "role", "person"):
                self.do(f"DELETE FROM {table}")  # noqa: S608
            self._insert(directory_rows(directory_of(events)))
            return
        if not is_agreement(stream):
            return
        try:
            case = replay(events) if events else None
        except TrailRefusedError:
            return  # events that cannot have happened so add up to no tables
        for row in CACHED:
            self.do(f"DELETE FROM {row.__tablename__} WHERE agreement = ?", stream)  # noqa: S608
        self.do("DELETE FROM agreement WHERE ref = ?", stream)
        if case:
            terms = from_canonical(self.content(case.terms)) if case.terms else None
            self._insert([agreement_row(case, terms), *detail_rows(case)])

    def _insert(self, rows: Iterable[Any]) -> None:
        for row in rows:
            values = row.model_dump()
            columns, places = ", ".join(values), ", ".join("?" * len(values))
            self.do(f"INSERT INTO {row.__tablename__} ({columns}) VALUES ({places})", *values.values())  # noqa: S608

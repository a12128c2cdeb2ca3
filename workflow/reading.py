"""Reading without the weight of writing: the views, through the database's own driver.

Commands that only look use this, so that they start in a fraction of the time an ORM takes
to import; the Python API reads the same way. Rows come back as plain dictionaries.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from workflow.errors import AmbiguousReferenceError, ErasedError, TrailRefusedError, UnknownReferenceError
from workflow.i18n import mark
from workflow.places import Place
from workflow.rows import Row, RowReader

__all__ = ["Reader", "Row", "open_reader"]

# A command that only looks at the cache needs none of what events are read with.
if TYPE_CHECKING:
    from workflow.case import Case
    from workflow.events import Event

# Two delegations, or a seat of two roles, may bring the same task to a person twice.
_WAITING = """
    SELECT DISTINCT person, ref, title, counterparty, currency, total_minor, state, revision,
           aspect, role, task, flag, given, quorum, due, principal
    FROM v_inbox
    WHERE (principal = '' OR (first_day <= :today AND last_day >= :today))
"""
_URGENT = "ORDER BY due, ref, aspect, role, flag, principal"


class Reader(RowReader):
    """A store opened for reading; close it, or use it in a ``with``."""

    @property
    def log(self) -> str:
        """The origin of the log, which every line names; empty where the store does not say it."""
        rows = self.rows("SELECT value FROM v_meta WHERE name = :name", name="log")
        return str(rows[0]["value"]) if rows else ""

    def agreements(self) -> list[Row]:
        """Return every agreement, newest first."""
        return self.rows("SELECT * FROM v_agreement ORDER BY created_at DESC, ref DESC")

    def agreement(self, given: str) -> Row:
        """Return the one agreement that *given* names; see `resolve`."""
        return self.rows("SELECT * FROM v_agreement WHERE ref = :ref", ref=self.resolve(given))[0]

    def resolve(self, given: str) -> str:
        """Return the full reference for ``AGR-2026-0042``, ``2026-42``, ``42`` or a receipt."""
        wanted = given.strip().upper()
        refs = [row["ref"] for row in self.rows("SELECT ref FROM v_agreement ORDER BY ref")]
        if wanted in refs:
            return wanted
        found = [ref for ref in refs if _answers(ref, wanted)]
        if not found and re.fullmatch(r"[0-9A-F]{4}-?[0-9A-F]{4}", wanted):
            found = self._by_receipt(wanted.replace("-", "").lower())
        if not found:
            raise UnknownReferenceError(ref=given)
        if len(found) > 1:
            raise AmbiguousReferenceError(ref=given, candidates=", ".join(found))
        return str(found[0])

    def case(self, given: str) -> "Case":
        """Return the agreement that *given* names, replayed from its events."""
        from workflow.replay import replay

        return replay(self.events(self.resolve(given)))

    def events(self, stream: str) -> "list[Event]":
        """Return a stream's events."""
        from workflow.events import read_event
        from workflow.ledger import entry_of

        rows = self.rows("SELECT * FROM v_event WHERE stream = :stream ORDER BY seq", stream=stream)
        try:
            return [read_event(entry_of(row)) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise TrailRefusedError(stream=stream, reason=f"an event cannot be read ({error})") from None

    def inbox(self, person: str, today: date) -> list[Row]:
        """Return what waits for *person*, the most urgent first; *today* decides whose deputy they are."""
        return self.rows(f"{_WAITING} AND person = :person {_URGENT}", person=person, today=today.isoformat())

    def waiting(self, today: date) -> list[Row]:
        """Return what waits for anybody on *today*, the most urgent first."""
        return self.rows(f"{_WAITING} {_URGENT}", today=today.isoformat())

    def of(self, view: str, ref: str) -> list[Row]:
        """Return an agreement's rows of ``v_document``, ``v_seat``, ``v_flag`` or ``v_decision``."""
        order = {
            "v_document": "seq, name",
            "v_seat": "step, aspect, role",
            "v_flag": "flag",
            "v_decision": "seq",
        }
        return self.rows(f"SELECT * FROM {view} WHERE agreement = :ref ORDER BY {order[view]}", ref=ref)  # noqa: S608

    def lines(self, stream: str, *, after: int = 0, to: int = 2**31 - 1) -> Iterator[Mapping[str, Any]]:
        """Yield a stream's events *after* a number as they are written, each with its digest."""
        query = (
            "SELECT seq, hash, line FROM v_event "
            "WHERE stream = :stream AND seq > :after AND seq <= :to ORDER BY seq"
        )
        for row in self.rows(query, stream=stream, after=after, to=to):
            try:
                yield {**json.loads(row["line"]), "hash": row["hash"]}
            except (ValueError, TypeError) as error:
                raise TrailRefusedError(stream=stream, reason=f"an event cannot be read ({error})") from None

    def streams(self) -> list[str]:
        """Return the name of every chain."""
        return [row["stream"] for row in self.rows("SELECT DISTINCT stream FROM v_event ORDER BY stream")]

    def people(self) -> list[Row]:
        """Return everyone with their roles and whether they have a key."""
        roles = self.rows("SELECT * FROM v_role ORDER BY person, role")
        keys = self.rows("SELECT * FROM v_key ORDER BY person, valid_from")
        return [
            {
                **person,
                "roles": [row["role"] for row in roles if row["person"] == person["id"]],
                "keys": [
                    row["fingerprint"]
                    for row in keys
                    if row["person"] == person["id"] and not row["valid_until"]
                ],
            }
            for person in self.rows("SELECT * FROM v_person ORDER BY id")
        ]

    def public_keys(self, person: str) -> list[str]:
        """Return a person's public keys that are valid now."""
        query = "SELECT public FROM v_key WHERE person = :person AND valid_until = :never"
        return [row["public"] for row in self.rows(query, person=person, never="")]

    def is_erased(self, digest: str) -> bool:
        """Tell whether words or content were erased by request."""
        return bool(self.rows("SELECT digest FROM erasure WHERE digest = :digest", digest=digest))

    def content(self, digest: str) -> bytes:
        """Return the bytes kept under a digest."""
        found = self.rows("SELECT body FROM v_content WHERE sha256 = :digest", digest=digest)
        if not found and self.is_erased(digest):
            raise ErasedError(name=digest[:12])
        if not found:
            raise TrailRefusedError(stream=digest[:12], reason=mark("the store lacks this content"))
        return bytes(found[0]["body"])

    def note(self, digest: str) -> str:
        """Return the words behind a note's digest, or the empty text."""
        found = self.rows("SELECT text FROM v_note WHERE digest = :digest", digest=digest) if digest else []
        return str(found[0]["text"]) if found else ""

    def _by_receipt(self, start: str) -> list[str]:
        query = (
            "SELECT DISTINCT stream FROM v_event "
            "WHERE hash LIKE :start AND stream IN (SELECT ref FROM v_agreement)"
        )
        rows = self.rows(query, start=f"{start}%")
        return [row["stream"] for row in rows]


def _answers(ref: str, wanted: str) -> bool:
    _, year, number = ref.split("-")
    *before, last = wanted.removeprefix("AGR-").split("-")
    # No reference has more than a few digits, and int() refuses to read thousands of them.
    if not last.isdecimal() or len(last) > 9 or int(last) != int(number):
        return False
    return before in ([], [year])


@contextmanager
def open_reader(place: Place) -> Iterator[Reader]:
    """Open *place* for reading for the length of a ``with``."""
    with closing(Reader(place)) as reader:
        yield reader

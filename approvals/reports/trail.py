"""The stored rows of some agreements and of the registry, as they stand, for a bundle to be made of.

Nothing is judged: a line that cannot be read stays a line. Digests are looked up wherever they
stand in an event, so that a later type of event needs no word here.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from approvals.reports.anchor import Anchor, read_anchor
from workflow.events import REGISTRY, Event, read_event
from workflow.ledger import Entry
from workflow.reading import Reader
from workflow.values.deadlines import Calendar, office_calendar

_DIGEST = re.compile("[0-9a-f]{64}")
#: How many digests are asked for at once.
_MANY = 200


@dataclass(frozen=True, slots=True)
class Reference:
    """A digest in an event: the word it stands under, and the name of the file beside it."""

    digest: str
    word: str
    name: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A chain: the stored digest and the exact line of every event."""

    name: str
    entries: tuple[tuple[str, bytes], ...]

    def bodies(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield number and content of each line that is an object."""
        for seq, (_, line) in enumerate(self.entries, start=1):
            with suppress(ValueError, RecursionError):
                body = json.loads(line)
                if isinstance(body, dict):
                    yield seq, body


@dataclass(frozen=True, slots=True)
class Trail:
    """Some agreements with the registry, and everything their events name."""

    log: str
    streams: tuple[Stream, ...]
    contents: Mapping[str, bytes]
    notes: Mapping[str, tuple[str, str]]
    calendar: Calendar
    anchor: Anchor | None = None

    @property
    def agreements(self) -> tuple[Stream, ...]:
        """The chains but the registry's."""
        return tuple(stream for stream in self.streams if stream.name != REGISTRY)

    def stream(self, name: str) -> Stream:
        """Return a chain by its name."""
        return next(stream for stream in self.streams if stream.name == name)

    def events(self, name: str) -> list[Event]:
        """Return a chain's events; raise `ValueError`, `KeyError` or `TypeError` where one cannot be read."""
        entries = self.stream(name).entries
        return [
            read_event(Entry(name, seq, "", own, line)) for seq, (own, line) in enumerate(entries, start=1)
        ]


def read_trail(reader: Reader, refs: Iterable[str]) -> Trail:
    """Read the agreements *refs*, the registry, and what they name."""
    meta = reader.rows("SELECT value FROM meta WHERE name = :name", name="log")
    names = [REGISTRY, *sorted(set(refs) - {REGISTRY})]
    streams = tuple(Stream(name, tuple(_entries(reader, name))) for name in names)
    digests = {
        reference.digest
        for stream in streams
        for _, body in stream.bodies()
        for reference in references(body)
    }
    contents = {
        row["sha256"]: bytes(row["body"])
        for row in _looked_up(reader, "SELECT sha256, body FROM content WHERE sha256 IN ({places})", digests)
    }
    notes = {
        row["digest"]: (str(row["salt"]), str(row["text"]))
        for row in _looked_up(
            reader, "SELECT digest, salt, text FROM note WHERE digest IN ({places})", digests
        )
    }
    log = str(meta[0]["value"]) if meta else ""
    return Trail(log, streams, contents, notes, office_calendar(), read_anchor(reader, names))


def references(value: object, word: str = "", name: str = "") -> Iterator[Reference]:
    """Yield every digest in an event but those of its own chain."""
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            yield Reference(value, word, name)
    elif isinstance(value, dict):
        beside = value.get("name")
        for key, inner in value.items():
            if key != "prev":
                # Of what stands beside a name, only the file itself is called by it.
                called = beside if isinstance(beside, str) and key in ("file", "sha256") else ""
                yield from references(inner, key, called)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner, word)


def _entries(reader: Reader, stream: str) -> Iterator[tuple[str, bytes]]:
    query = "SELECT hash, line FROM event WHERE stream = :stream ORDER BY seq"
    for row in reader.rows(query, stream=stream):
        yield str(row["hash"]), str(row["line"]).encode()


def _looked_up(reader: Reader, query: str, digests: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    wanted = sorted(digests)
    for start in range(0, len(wanted), _MANY):
        given = {f"d{number}": digest for number, digest in enumerate(wanted[start : start + _MANY])}
        yield from reader.rows(query.format(places=", ".join(f":{name}" for name in given)), **given)

"""Whether what is stored is what the trail names: every byte hashed, and nothing left over.

Each check yields (agreement, event, what does not hold).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from approvals.audit_contents import digests_in, is_digest
from approvals.audit_digests import Digests
from workflow.reading import Reader, Row

Faults = Iterator[tuple[str, int, str]]

_ALL = "SELECT sha256, size, body FROM content ORDER BY sha256"
_ONE = "SELECT sha256, size, body FROM content WHERE sha256 = :digest"


def check_stored(reader: Reader, named: Digests, streams: Collection[str] = ()) -> Faults:
    """Hash the stored bytes that *streams* name, whose digests are *named*.

    Without *streams* it is the whole store, and content and notes that nothing names are found
    too: what was cut away leaves them behind.
    """
    wrong: dict[str, str] = {}
    before = None
    for row in _rows(reader, named, streams):
        name, again = row["sha256"], row["sha256"] == before
        before = name
        if not is_digest(name) or name not in named:
            yield name[:12], 0, "it is stored and nothing in the trail names it"
        elif again:
            # Whoever owns the file can take a table's key away.
            wrong[name] = f"something else is stored as {name[:12]} too"
        elif text := _fault(row):
            wrong[name] = text
    if wrong:
        yield from _where_named(reader, wrong, streams)
    if not streams:
        for row in reader.each("SELECT digest FROM note ORDER BY digest"):
            if not is_digest(row["digest"]) or row["digest"] not in named:
                yield row["digest"][:12], 0, "these words are stored and nothing in the trail names them"


def _rows(reader: Reader, named: Digests, streams: Collection[str]) -> Iterator[Row]:
    if not streams:
        yield from reader.each(_ALL, at_once=20)
        return
    for digest in named:
        yield from reader.rows(_ONE, digest=digest)


def _fault(row: Row) -> str:
    """Return what is wrong with stored bytes; empty where nothing is."""
    name, body = row["sha256"], row["body"]
    body = bytes(body) if isinstance(body, bytes | memoryview) else b""
    if hashlib.sha256(body).hexdigest() != name:
        return f"the stored bytes of {name[:12]} are not the ones the event names"
    return f"the stored size of {name[:12]} is not that of its bytes" if len(body) != row["size"] else ""


def _where_named(reader: Reader, wrong: Mapping[str, str], streams: Collection[str]) -> Faults:
    """Say of every event which of the digests it names are *wrong*; it takes reading the lines again."""
    for row in _lines(reader, streams):
        for digest in sorted(digests_in(row["line"].encode()) & wrong.keys()):
            yield row["stream"], row["seq"], wrong[digest]


def _lines(reader: Reader, streams: Iterable[str]) -> Iterator[Row]:
    if not streams:
        yield from reader.each("SELECT stream, seq, line FROM event ORDER BY stream, seq")
    for stream in streams:
        query = "SELECT stream, seq, line FROM event WHERE stream = :stream ORDER BY seq"
        yield from reader.each(query, stream=stream)

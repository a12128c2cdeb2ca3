"""The hash chain over what happened. Bytes in, bytes out; no database, no clock.

An entry is one line of canonical JSON that names its stream, its number and the digest of
the line before it; its own digest is SHA-256 over exactly those bytes. The form is the part
of RFC 8785 that `json.dumps` writes byte for byte: strings, whole numbers within ±(2^53−1),
booleans, null, lists, and objects whose keys are ASCII. No floats.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a stream's chain, as it is stored."""

    stream: str
    seq: int
    prev: str
    hash: str
    line: bytes


def entry_of(row: Mapping[str, Any]) -> Entry:
    """Return the entry that a stored *row* holds; raise `ValueError` where a column is of another type."""
    stream, seq, prev, own, line = (row[name] for name in ("stream", "seq", "prev", "hash", "line"))
    if not (isinstance(seq, int) and all(isinstance(text, str) for text in (stream, prev, own, line))):
        raise ValueError("a column of its row is not of the type written")
    return Entry(stream, seq, prev, own, line.encode())


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one way to write *value*; raise `ValueError` for what the form does not allow."""
    _require_plain(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(line: bytes) -> str:
    """Return the name of a line: SHA-256 over its bytes, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def link(body: Mapping[str, Any], *, stream: str, seq: int, prev: str) -> Entry:
    """Make the entry that follows *prev* in *stream*."""
    line = canonical({**body, "stream": stream, "seq": seq, "prev": prev})
    return Entry(stream, seq, prev, digest(line), line)


def faults(entries: Iterable[Entry], *, stream: str) -> Iterable[tuple[int, str]]:
    """Yield (number, what is wrong) for every entry that breaks the chain of *stream*.

    Hashes the stored bytes; then checks that they are canonical, that the line says what
    its columns say, and that it follows the entry before it.
    """
    seq, prev = 0, GENESIS
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            yield entry.seq, f"number {entry.seq} stands where {seq} should"
            seq = entry.seq
        if digest(entry.line) != entry.hash:
            yield entry.seq, f"stored digest {entry.hash[:12]}, recomputed {digest(entry.line)[:12]}"
        if entry.prev != prev:
            yield entry.seq, f"follows {entry.prev[:12]}, but the entry before it is {prev[:12]}"
        yield from ((entry.seq, fault) for fault in _line_faults(entry, stream))
        prev = entry.hash


def _line_faults(entry: Entry, stream: str) -> Iterable[str]:
    try:
        body = json.loads(entry.line)
        said = (body.get("stream"), body.get("seq"), body.get("prev"))
        if canonical(body) != entry.line:
            yield "the line is not in canonical form"
    except (ValueError, RecursionError, AttributeError):
        yield "the line is not canonical JSON"
        return
    if said != (entry.stream, entry.seq, entry.prev) or entry.stream != stream:
        yield "the line names another place in the trail than the one it stands in"


def _require_plain(value: object) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError(f"not a plain key: {key!r}")
            _require_plain(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _require_plain(inner)
    elif isinstance(value, str):
        value.encode()  # a lone surrogate has no bytes
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError(f"beyond the range every reader agrees on: {value}")
    elif value is not None:
        raise ValueError(f"not a plain value: {value!r}")

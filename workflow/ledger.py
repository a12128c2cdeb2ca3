"""The hash chain over what happened. Bytes in, bytes out; no database, no clock.

An entry is one line of canonical JSON that names its stream, its number and the digest of
the line before it; its own digest is SHA-256 over exactly those bytes. The form is the part
of RFC 8785 that `json.dumps` writes byte for byte: strings, whole numbers within ±(2^53−1),
booleans, null, lists, and objects whose keys are ASCII. No floats.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

GENESIS = "0" * 64
_LARGEST = 2**53 - 1
_NO_JSON = "the line is not canonical JSON"


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
    return _written(value).encode()


def digest(line: bytes) -> str:
    """Return the name of a line: SHA-256 over its bytes, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def link(body: Mapping[str, Any], *, stream: str, seq: int, prev: str) -> Entry:
    """Make the entry that follows *prev* in *stream*."""
    line = canonical({**body, "stream": stream, "seq": seq, "prev": prev})
    return Entry(stream, seq, prev, digest(line), line)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it hangs in its chain: what its line says, and what is wrong with it.

    ``body`` is None where the line is no JSON object.
    """

    entry: Entry
    body: Mapping[str, Any] | None
    faults: tuple[str, ...]


def links(entries: Iterable[Entry], *, stream: str) -> Iterator[Link]:
    """Read the chain of *stream*, entry by entry, and say of each what breaks the chain there.

    Hashes the stored bytes; then checks that they are canonical, that the line says what
    its columns say, and that it follows the entry before it.
    """
    seq, prev = 0, GENESIS
    for entry in entries:
        seq += 1
        found = []
        if entry.seq != seq:
            found.append(f"number {entry.seq} stands where {seq} should")
            seq = entry.seq
        own = digest(entry.line)
        if own != entry.hash:
            found.append(f"stored digest {entry.hash[:12]}, recomputed {own[:12]}")
        if entry.prev != prev:
            found.append(f"follows {entry.prev[:12]}, but the entry before it is {prev[:12]}")
        body, fault = _read(entry.line) or _read_otherwise(entry.line)
        if fault:
            found.append(fault)
        if fault != _NO_JSON and body is not None and not _stands(body, entry, stream):
            found.append("the line names another place in the trail than the one it stands in")
        yield Link(entry, body, tuple(found))
        prev = entry.hash


def faults(entries: Iterable[Entry], *, stream: str) -> Iterator[tuple[int, str]]:
    """Yield (number, what is wrong) for every entry that breaks the chain of *stream*."""
    for link in links(entries, stream=stream):
        for fault in link.faults:
            yield link.entry.seq, fault


def _stands(body: Mapping[str, Any], entry: Entry, stream: str) -> bool:
    """Tell whether a line names the place that its columns say it has in *stream*."""
    said = (body.get("stream"), body.get("seq"), body.get("prev"))
    return entry.stream == stream and said == (entry.stream, entry.seq, entry.prev)


def _read(line: bytes) -> tuple[Mapping[str, Any], str] | None:
    """Return what a line says, and no fault; None where it is not the one way to write it.

    What `canonical` refuses is refused while reading, or does not come out as it went in.
    """
    try:
        text = line.decode()
        body, end = _READER.raw_decode(text)
        plain = isinstance(body, dict) and end == len(text) and _written(body) == text
        return (body, "") if plain and (text.isascii() or _has_plain_keys(body)) else None
    except (ValueError, RecursionError):
        return None


def _read_otherwise(line: bytes) -> tuple[Mapping[str, Any] | None, str]:
    """Return what a line says that is not written in the one way, and what is wrong with it."""
    body = None
    try:
        said = json.loads(line)
        body = said if isinstance(said, dict) else None
        return body, _NO_JSON if body is None or canonical(
            body
        ) == line else "the line is not in canonical form"
    except (ValueError, RecursionError):
        return body, _NO_JSON


def _has_plain_keys(value: object) -> bool:
    if isinstance(value, dict):
        return "".join(value).isascii() and all(map(_has_plain_keys, value.values()))
    return all(map(_has_plain_keys, value)) if isinstance(value, list) else True


def _whole(digits: str) -> int:
    value = int(digits) if len(digits) < 18 else _LARGEST + 1
    if not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"beyond the range every reader agrees on: {digits[:20]}")
    return value


def _refuse(written: str) -> NoReturn:
    raise ValueError(f"not a plain value: {written}")


def _require_plain(value: object) -> None:
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no bytes
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError(f"beyond the range every reader agrees on: {value}")
    elif isinstance(value, dict | list | tuple | Mapping):
        if isinstance(value, dict | Mapping):
            for key in value:
                if not isinstance(key, str) or not key.isascii():
                    raise ValueError(f"not a plain key: {key!r}")
            value = value.values()
        for inner in value:
            _require_plain(inner)
    elif value is not None:
        raise ValueError(f"not a plain value: {value!r}")


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_READER = json.JSONDecoder(parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)

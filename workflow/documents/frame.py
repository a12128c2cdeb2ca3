"""Writing a DOCX quickly: what a template never changes is compressed once, for ever.

A `Frame` holds the unchanging parts as they will stand in the file, already deflated, with
their directory; a document is that prefix, the changed parts, and the end of the directory.
No clock, no attributes, no extra fields: the bytes depend on the parts and the compressor.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Body = bytes | bytearray
#: What turns a part into raw deflate data.
Deflate = Callable[[Body], bytes]

#: How `zlib_deflate` is known: the same name gives the same bytes for the same parts.
ZLIB = f"zlib {zlib.ZLIB_RUNTIME_VERSION}"

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
# 1 January 1980 is day one of the format: year 0, month 1, day 1.
_DAY_ONE = (0 << 9) | (1 << 5) | 1
_UTF8_NAME = 0x0800
_DEFLATED = 8
_VERSION = 20
# The most that one block of deflate data holds uncompressed.
_BLOCK = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Entry:
    """A part as it stands in the file: local header, data, and its line for the directory."""

    local: bytes
    central: bytes


class Frame:
    """The unchanging part of a package."""

    def __init__(self, parts: Mapping[str, bytes], deflate: Deflate) -> None:
        pieces: list[bytes] = []
        directory: list[bytes] = []
        at = 0
        for name, body in parts.items():
            entry = _entry(name, body, deflate)
            pieces.append(entry.local)
            directory.append(_placed(entry, at))
            at += len(entry.local)
        self._prefix, self._directory, self._count = b"".join(pieces), b"".join(directory), len(pieces)

    def write(self, changed: Iterable[tuple[str, Body]], deflate: Deflate) -> bytes:
        """Return the package with *changed* parts after the unchanging ones."""
        pieces, directory = [self._prefix], [self._directory]
        at, count = len(self._prefix), self._count
        for name, body in changed:
            entry = _entry(name, body, deflate)
            pieces.append(entry.local)
            directory.append(_placed(entry, at))
            at += len(entry.local)
            count += 1
        size = sum(map(len, directory))
        return b"".join((*pieces, *directory, _END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0)))


def zlib_deflate(level: int) -> Deflate:
    """Return zlib's compressor at *level*."""

    def deflate(body: Body) -> bytes:
        squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)
        return squeeze.compress(body) + squeeze.flush()

    return deflate


def stored(body: Body) -> bytes:
    """Return *body* as deflate data without compression, which no version of a compressor changes."""
    starts = range(0, len(body) or 1, _BLOCK)
    return b"".join(
        struct.pack("<BHH", start + _BLOCK >= len(body), size, size ^ 0xFFFF) + body[start : start + size]
        for start in starts
        for size in (min(_BLOCK, len(body) - start),)
    )


def isal_deflate() -> Deflate:
    """Return Intel's faster compressor, from the extra ``fast``; raise `ImportError` without it."""
    from isal import isal_zlib

    def deflate(body: Body) -> bytes:
        squeeze = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
        packed: bytes = squeeze.compress(body) + squeeze.flush()
        return packed

    return deflate


def _entry(name: str, body: Body, deflate: Deflate) -> _Entry:
    data = deflate(body)
    written = name.encode()
    flags = 0 if name.isascii() else _UTF8_NAME
    facts = (flags, _DEFLATED, 0, _DAY_ONE, zlib.crc32(body), len(data), len(body), len(written))
    local = _LOCAL.pack(b"PK\3\4", _VERSION, *facts, 0) + written + data
    central = _CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, *facts, 0, 0, 0, 0, 0, 0) + written
    return _Entry(local, central)


def _placed(entry: _Entry, at: int) -> bytes:
    """Return the directory's line with where the entry begins; it is the header's last field."""
    return entry.central[: _CENTRAL.size - 4] + at.to_bytes(4, "little") + entry.central[_CENTRAL.size :]

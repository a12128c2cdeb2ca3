"""A PNG or JPEG that an organisation gives for its documents: checked by what is in it, and made plain.

What a camera or a drawing program writes beside the picture, such as who made it and where, is
left out, because documents go to others.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.i18n import mark
from workflow.problems import Refused

#: A logo for paper has a few hundred kilobytes, and at most so many points on a side.
LARGEST, LONGEST_SIDE = 1_000_000, 5000
# A banner twenty times as long as it is high could not be read at the height of a line.
_THINNEST = 20

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_KEPT = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"IDAT", b"IEND"))
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Segments that say how large the picture is: all that begin a frame, and no table.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# What is written beside the picture; kept are the density, the colours and how they are coded.
_BESIDE = (frozenset(range(0xE0, 0xF0)) - {0xE0, 0xE2, 0xEE}) | {0xFE}
_SCAN, _END = 0xDA, 0xD9
# In the picture's own data only these follow this byte: nothing, a restart, or filling.
_SEGMENT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as it goes into documents: its bytes, ``png`` or ``jpeg``, and its size in points."""

    body: bytes
    kind: str
    width: int
    height: int


def read_image(body: bytes) -> Image:
    """Return the picture that *body* holds, or raise `Refused`."""
    if len(body) > LARGEST:
        raise Refused(mark("is larger than a megabyte"), mark("save the picture smaller"))
    try:
        if body.startswith(_PNG):
            image = _png(body)
        elif body.startswith(_JPEG):
            image = _jpeg(body)
        else:
            raise Refused(mark("is no picture"), mark("give a PNG or a JPEG"))
    except (struct.error, IndexError, ValueError, zlib.error) as error:
        if isinstance(error, Refused):
            raise
        raise _damaged() from None
    if not (0 < image.width <= LONGEST_SIDE and 0 < image.height <= LONGEST_SIDE):
        fix = mark("save it with at most {most} points on a side")
        raise Refused(mark("is no picture of a size for paper"), fix, most=LONGEST_SIDE)
    if max(image.width, image.height) > _THINNEST * min(image.width, image.height):
        raise Refused(mark("is too long for its other side"), mark("give a logo that can be read at 10 mm"))
    return image


def _damaged() -> Refused:
    return Refused(mark("is a damaged picture"), mark("save it again as PNG"))


def _png(body: bytes) -> Image:
    chunks = list(_chunks(body))
    if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or len(chunks[0][1]) != 13:
        raise _damaged()
    width, height, depth, colour, compressed, filtered, laced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth not in _DEPTHS.get(colour, ()) or compressed or filtered or laced > 1:
        raise _damaged()
    if width > LONGEST_SIDE or height > LONGEST_SIDE:
        return Image(b"", "png", width, height)
    _require_pixels(chunks, width, height, depth * _CHANNELS[colour], laced=bool(laced))
    kept = b"".join(_chunk(kind, data) for kind, data in chunks if kind in _KEPT)
    return Image(_PNG + kept, "png", width, height)


def _require_pixels(
    chunks: list[tuple[bytes, bytes]], width: int, height: int, bits: int, *, laced: bool
) -> None:
    """Refuse data that unpacks to less than the picture, or to much more."""
    least = height * (1 + (width * bits + 7) // 8)
    # Each of the seven passes of an interlaced one rounds its lines up.
    most = least + 1 if not laced else 2 * least + 7 * (height + 1) * 2
    unpack = zlib.decompressobj()
    found = len(unpack.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"), most))
    if found < (height * width * bits // 8 if laced else least):
        raise _damaged()


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", body, at)
        data = body[at + 8 : at + 8 + size]
        (said,) = struct.unpack_from(">I", body, at + 8 + size)
        if zlib.crc32(kind + data) != said:
            raise _damaged()
        yield kind, data
        at += 12 + size


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def _jpeg(body: bytes) -> Image:
    kept, size, at, scanned = [body[:2]], (0, 0), 2, False
    while body[at + 1] != _END:
        name = body[at + 1]
        (length,) = struct.unpack_from(">H", body, at + 2)
        if body[at] != 0xFF or length < 2:
            raise _damaged()
        end = at + 2 + length
        if name in _FRAMES:
            height, width = struct.unpack_from(">HH", body, at + 5)
            size = (width, height)
        if name == _SCAN:
            scanned = True
            end = _next_segment(body, end)
        if name not in _BESIDE:
            kept.append(body[at:end])
        at = _next_segment(body, end) if body[end : end + 2] == b"\xff\xff" else end
    if body[at] != 0xFF or not scanned or size == (0, 0):
        raise _damaged()
    return Image(b"".join((*kept, body[at : at + 2])), "jpeg", *size)


def _next_segment(body: bytes, at: int) -> int:
    found = _SEGMENT.search(body, at)
    if not found:
        raise _damaged()
    return found.start()

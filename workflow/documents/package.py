"""A DOCX as a package of parts: read with limits, written the same way every time.

The written bytes depend on the parts and the compressor alone: fixed dates, no extra
fields, the template's order. So there are two digests: ``content_digest`` over the parts,
the same on any machine, and the SHA-256 of the issued file.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from workflow.documents.frame import Frame, stored, zlib_deflate
from workflow.errors import TemplateError
from workflow.i18n import mark

# A contract of a hundred pages unpacks to a few megabytes.
_LARGEST_PACKAGE = 50_000_000
_MOST_PARTS = 500

# Everything the standard library raises for an archive that lies about itself.
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    MemoryError,
)


def read_package(body: bytes, *, name: str) -> dict[str, bytes]:
    """Return the parts of a DOCX in their order; raise `TemplateError` for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            entries = package.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST_PACKAGE:
                raise TemplateError(template=name, reason=mark("it unpacks to more than a document holds"))
            # Word takes names that differ in capitals for one.
            if len({entry.filename.lower() for entry in entries}) != len(entries):
                raise TemplateError(template=name, reason=mark("a part stands in it twice"))
            parts = {entry.filename: package.read(entry) for entry in entries if not entry.is_dir()}
    except _DAMAGED as error:
        raise TemplateError(template=name, reason=f"it is not a DOCX file ({error})") from None
    if "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        raise TemplateError(template=name, reason=mark("it is not a DOCX file (no word/document.xml)"))
    return parts


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """Return the DOCX made of *parts*, byte for byte the same for the same parts."""
    return Frame(parts, zlib_deflate(6)).write((), zlib_deflate(6))


def write_stored(parts: Mapping[str, bytes]) -> bytes:
    """Return the DOCX made of *parts*, not compressed: the same bytes on any machine, for digests."""
    return Frame(parts, stored).write((), stored)


def content_digest(parts: Mapping[str, bytes]) -> str:
    """Return SHA-256 over the sorted names and digests of the parts."""
    return digest_of_digests({part: hashlib.sha256(body).hexdigest() for part, body in parts.items()})


def digest_of_digests(digests: Mapping[str, str]) -> str:
    """Return the content digest from the parts' own, by name."""
    lines = (f"{digest}  {part}\n" for part, digest in sorted(digests.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()

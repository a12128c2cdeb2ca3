"""Checkpoints: three lines that commit to every event of a store, in order, and who signed them. Pure.

The lines are those of C2SP tlog-checkpoint: the origin of the log, how many events it had, and
their root in base64. Whoever signs them puts two lines before that say when (C2SP tlog-cosignature),
and signs all five; the file that people keep is these, an empty line, and an SSH signature. Kept
elsewhere it shows what no store can show of itself: that it was cut short, put back from a backup,
or written anew.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from approvals.errors import CheckpointFileError
from workflow.i18n import mark

#: Who may sign a checkpoint; a sealer's key serves for nothing else.
SIGNERS = frozenset({"admin", "sealer"})
_BODY = re.compile(r"([!-~]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")
_HEADING = re.compile(r"cosignature/v1\ntime (0|[1-9][0-9]{0,11})\n")
_ARMOR = re.compile(r"-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END SSH SIGNATURE-----\n")
_LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the first *size* events of the log *origin* add up to."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> bytes:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()

    @classmethod
    def read(cls, body: bytes) -> "Checkpoint":
        """Read the three lines; raise `ValueError` where they are not exactly these."""
        found = _BODY.fullmatch(body.decode())
        if not found:
            raise ValueError("it is not the three lines of a checkpoint")
        origin, size, root = found.groups()
        try:
            made = cls(origin, int(size), base64.b64decode(root, validate=True))
        except binascii.Error:
            raise ValueError("its root is not base64") from None
        if made.body != body:
            raise ValueError("its root can be written in another way")
        return made


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint, when somebody signed it, and their signature."""

    checkpoint: Checkpoint
    at: datetime
    signature: str

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over."""
        return cosigned(self.checkpoint, self.at)

    @property
    def body(self) -> bytes:
        """The file that people keep."""
        return self.signed + b"\n" + self.signature.encode()

    @classmethod
    def read(cls, data: bytes, *, name: object) -> "SignedCheckpoint":
        """Read the file *name*; raise `CheckpointFileError` where it is none."""
        try:
            return cls._read(data.decode().replace("\r\n", "\n"))
        except ValueError as error:
            reason = mark("it is not text") if isinstance(error, UnicodeDecodeError) else str(error)
            raise CheckpointFileError(path=name, reason=reason) from None

    @classmethod
    def _read(cls, text: str) -> "SignedCheckpoint":
        if len(text) > _LARGEST:
            raise ValueError("it is too long for a checkpoint")
        signed, gap, signature = text.partition("\n\n")
        lines = signed + gap[:1]
        heading = _HEADING.match(lines)
        if not heading:
            raise ValueError("it does not say when it was signed")
        checkpoint = Checkpoint.read(lines[heading.end() :].encode())
        if not _ARMOR.fullmatch(signature):
            raise ValueError("its signature is missing or damaged")
        return cls(checkpoint, datetime.fromtimestamp(int(heading[1]), UTC), signature)


def cosigned(checkpoint: Checkpoint, at: datetime) -> bytes:
    """Return the five lines that whoever signs *checkpoint* at this time signs."""
    return f"cosignature/v1\ntime {int(at.timestamp())}\n".encode() + checkpoint.body

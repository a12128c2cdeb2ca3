"""Checkpoints: three lines that commit to every event of a store, in order, and who signed them. Pure.

The lines are those of C2SP tlog-checkpoint: the origin of the log, how many events it had, and
their root in base64. A note is these lines, an empty one, and an SSH signature over them; a witness
signs two lines more before them (C2SP tlog-cosignature), which say when. A note kept elsewhere shows
what no store can show of itself: that it was cut short, put back from a backup, or written anew.
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
_WITNESSED = re.compile(r"cosignature/v1\ntime (0|[1-9][0-9]{0,11})\n")
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
        """The three lines, which are what is signed."""
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
    """A checkpoint with one signature over it; *seen_at* says when a witness signed."""

    checkpoint: Checkpoint
    signature: str
    seen_at: datetime | None = None

    @property
    def signed(self) -> bytes:
        """The bytes that the signature is over."""
        return _heading(self.seen_at) + self.checkpoint.body

    @property
    def body(self) -> bytes:
        """The note as the file that people keep."""
        return self.signed + b"\n" + self.signature.encode()

    @classmethod
    def read(cls, data: bytes, *, name: object) -> "SignedCheckpoint":
        """Read a note from the file *name*; raise `CheckpointFileError` where it is none."""
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
        witnessed = _WITNESSED.match(lines)
        checkpoint = Checkpoint.read(lines[witnessed.end() if witnessed else 0 :].encode())
        if not _ARMOR.fullmatch(signature):
            raise ValueError("its signature is missing or damaged")
        seen_at = datetime.fromtimestamp(int(witnessed[1]), UTC) if witnessed else None
        return cls(checkpoint, signature, seen_at)


def cosigned(checkpoint: Checkpoint, at: datetime) -> bytes:
    """Return what a witness signs who saw *checkpoint* at this time."""
    return _heading(at) + checkpoint.body


def _heading(at: datetime | None) -> bytes:
    return b"" if at is None else f"cosignature/v1\ntime {int(at.timestamp())}\n".encode()

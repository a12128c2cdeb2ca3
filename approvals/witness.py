"""A witness: somebody who keeps the last checkpoint they saw, and signs only what goes on from it.

The witness trusts nobody: the tree is grown again from the stored events, and has to begin with what
was kept. Their note says when they saw which checkpoint; it is theirs, in a folder of their own.
"""

from datetime import datetime
from pathlib import Path

from approvals.audit_checkpoints import checkpoint_rows, read_order
from approvals.audit_report import ODD
from approvals.checkpoints import Checkpoint, SignedCheckpoint, cosigned
from approvals.errors import WitnessRefusedError
from approvals.keys import Signer
from approvals.statements import WITNESS
from workflow.errors import SystemFileError
from workflow.i18n import mark
from workflow.reading import Reader


def kept_note(path: Path) -> SignedCheckpoint | None:
    """Return what a witness kept in the file *path*; None where there is nothing yet."""
    try:
        return SignedCheckpoint.read(path.read_bytes(), name=path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SystemFileError(path=path, reason=error.strerror) from None


def witness(reader: Reader, kept: SignedCheckpoint | None, signer: Signer, at: datetime) -> SignedCheckpoint:
    """Return the store's newest checkpoint, signed by a witness who saw it at this time.

    Raises `WitnessRefusedError` where the store has none, where its events do not add up to it, or
    where it does not go on from what was *kept*.
    """
    with reader.snapshot():
        rows = checkpoint_rows(reader)
        if not rows:
            raise WitnessRefusedError(reason=mark("the store has no checkpoint; have one made first"))
        try:
            seen = Checkpoint.read(rows[-1]["body"].encode())
            before = kept.checkpoint if kept else seen
            order = read_order(reader, {before.size, seen.size})
        except ODD as error:
            raise WitnessRefusedError(reason=str(error)) from None
    if before.origin != seen.origin:
        raise WitnessRefusedError(reason=mark("it is another store"))
    if before.size > order.size:
        raise WitnessRefusedError(reason=mark("events that were there are gone"))
    if order.marks[before.size][0] != before.root:
        raise WitnessRefusedError(reason=mark("events that were there were rewritten"))
    if order.faults or order.size != seen.size or order.marks[seen.size][0] != seen.root:
        raise WitnessRefusedError(reason=mark("its newest checkpoint is not of the events it holds"))
    return SignedCheckpoint(seen, at, signer.sign(cosigned(seen, at), namespace=WITNESS))

"""Making checkpoints: when somebody asks, and when it is time.

Whoever keeps one elsewhere can show later that nothing before it was removed or changed, so one is
made whenever an agreement reaches a state with legal effect, and after so many events otherwise, by
whatever command has the sealer's key at hand.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from approvals.checkpoints import SIGNERS, Checkpoint, SignedCheckpoint, cosigned
from approvals.directory import Directory
from approvals.errors import WrongKeyError
from approvals.keys import Signer
from approvals.registry import read_directory
from approvals.statements import CHECKPOINT
from workflow.errors import NotStaffError, TrailRefusedError
from workflow.events import Event, read_time, written_time
from workflow.i18n import mark
from workflow.lifecycle import State
from workflow.order import Checkpointed, written_parts
from workflow.store import Store, Unit

#: After how many events a checkpoint is due, whatever they are.
EVERY = 100
_WITH_EFFECT = frozenset({State.APPROVED, State.EXECUTED, State.IN_FORCE, State.ENDED, State.WITHDRAWN})


def make_checkpoint(unit: Unit, person: str, signer: Signer) -> Checkpointed:
    """Return a checkpoint of every event there is, made unless the newest is one already.

    It is signed while no other can be made. Raises `NotStaffError` or `WrongKeyError` where
    *person* may not sign one, or not with this key.
    """
    sealed = unit.seal()
    last = unit.last_checkpoint()
    at = max(unit.now, _signed_at(last)) if last else unit.now
    require_sealer(read_directory(unit), person, signer, at)
    if last and last.size == sealed.size:
        return last
    checkpoint = Checkpoint(unit.log, sealed.size, sealed.root)
    made = Checkpointed(
        size=sealed.size,
        body=checkpoint.body.decode(),
        frontier=written_parts(sealed.parts),
        person=person,
        at=written_time(at),
        key=signer.public_key.fingerprint,
        signature=signer.sign(cosigned(checkpoint, at), namespace=CHECKPOINT),
    )
    unit.keep_checkpoint(made)
    return made


def _signed_at(last: Checkpointed) -> datetime:
    try:
        return read_time(last.at)
    except ValueError:
        raise TrailRefusedError(
            stream="checkpoint", reason=mark("the newest checkpoint was altered")
        ) from None


def note_of(kept: Checkpointed) -> SignedCheckpoint:
    """Return a kept checkpoint as people keep it elsewhere."""
    return SignedCheckpoint(Checkpoint.read(kept.body.encode()), read_time(kept.at), kept.signature)


def require_sealer(directory: Directory, person: str, signer: Signer, at: datetime) -> None:
    """Raise unless *person* may sign checkpoints with this key."""
    known = directory.person(person)
    if not known.roles & SIGNERS:
        raise NotStaffError(person=person, action="sign a checkpoint", role="sealer")
    fingerprint = signer.public_key.fingerprint
    if known.key(fingerprint, at) is None:
        raise WrongKeyError(fingerprint=fingerprint, person=person)


def checkpoint_if_due(
    store: Store, person: str, load: Callable[[], Signer], events: Sequence[Event]
) -> Checkpointed | None:
    """Return a new checkpoint if these *events*, just recorded, make one due; *load* reads the key."""
    with store.begin() as unit:
        if not any(event.to in _WITH_EFFECT for event in events) and unit.unsealed() < EVERY:
            return None
        before = unit.last_checkpoint()
        made = make_checkpoint(unit, person, load())
        unit.commit()
    return made if made != before else None

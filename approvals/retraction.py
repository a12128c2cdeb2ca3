"""Taking a decision back: what can be, by whom, and until when. Pure."""

from collections.abc import Sequence

from approvals.capacity import Capacity
from approvals.errors import TooLateToRetractError, UnknownFlagError
from workflow.case import Case
from workflow.errors import ActionNotAllowedError
from workflow.events import Event, Type
from workflow.lifecycle import allowed, targets

#: What can be taken back.
TAKEN_BACK = frozenset(
    {Type.APPROVED, Type.RETURNED, Type.REJECTED, Type.RECUSED, Type.EXCUSED, Type.FLAG_RESOLVED}
)


def retractable(events: Sequence[Event], case: Case, person: str, receipt: str) -> Event:
    """Return the event that *person* can take back now, or raise the refusal that applies."""
    wanted = receipt.strip().lower().replace("-", "")
    named = [e for e in events if wanted in (e.receipt.replace("-", ""), str(e.seq))]
    taken = next((e for e in reversed(named) if e.type in TAKEN_BACK), None)
    retracted = {e.payload["retracts"] for e in events if e.type is Type.RETRACTED}
    if taken is None or taken.actor != person or taken.seq in retracted:
        mine = [
            e.receipt for e in events if e.actor == person and e.type in TAKEN_BACK and e.seq not in retracted
        ]
        raise UnknownFlagError(
            ref=case.ref, what=f"decision {receipt} of {person}", known=", ".join(mine) or "-"
        )
    later = next((e for e in events[taken.seq :] if e.actor != person), None)
    if later is not None:
        raise TooLateToRetractError(
            ref=case.ref, what=taken.receipt, person=later.actor, event=f"#{later.seq} {later.type}"
        )
    if len(events) > taken.seq:
        # What the same person did since stands on it.
        later = events[taken.seq]
        raise TooLateToRetractError(
            ref=case.ref, what=taken.receipt, person=person, event=f"#{later.seq} {later.type}"
        )
    if not targets("retract", case.state):
        raise ActionNotAllowedError("retract", case.state, allowed(case.state))
    return taken


def place_of(case: Case, event: Event) -> Capacity:
    """Return the capacity in which a decision was made, or an opinion given."""
    said = event.payload
    flag = case.flag(said["flag"]) if event.type is Type.FLAG_RESOLVED else None
    if flag is not None:
        return Capacity(flag.aspect, flag.role)
    return Capacity(said["aspect"], said["role"], said.get("for", ""), said.get("grant", ""))

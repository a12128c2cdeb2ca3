"""Receipts: what somebody kept of an event, and whether a trail still holds it. Pure.

A receipt is an agreement, a number and the event's digest, ``AGR-2026-0042#7:51aa0be4…``; the
first digits stand for the digest wherever people copy it by hand. Kept outside, it shows what
no check of the trail alone can: that its end was cut off, or that all of it was rewritten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.errors import InvalidInputError
from workflow.i18n import mark, translate
from workflow.ledger import Entry, digest

_PLACE = re.compile(r"([^#:\s]{1,40})#(\d{1,9})(?::(.*))?")
_HEAD = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was kept: the agreement as it was written, the number, the first digits of the digest.

    A short receipt has digits only, the place of an event has none.
    """

    ref: str
    seq: int
    head: str

    @classmethod
    def read(cls, text: str) -> "Receipt":
        """Read ``AGR-2026-0042#7:51aa0be4…``, ``42#7`` or ``7be1-c09d``."""
        place = _PLACE.fullmatch(text.strip())
        ref, seq, digits = place.groups() if place else ("", "0", text)
        head = re.sub(r"[\s-]", "", (digits or "").lower()).rstrip(".…")
        if (head or not place) and not _HEAD.fullmatch(head):
            problem = translate(mark("{text!r} is not one; write AGR-2026-0042#7:HEAD, 42#7 or 7be1-c09d"))
            raise InvalidInputError(translate(mark("the receipt")), [problem.format(text=text)])
        return cls(ref, int(seq), head)

    @property
    def shown(self) -> str:
        """The receipt as people write it."""
        place = f"{self.ref}#{self.seq}" if self.ref else ""
        return ":".join(filter(None, (place, self.head)))


def faults(receipt: Receipt, found: Entry | None, *, last: int) -> Iterator[str]:
    """Yield what a trail lacks of a *receipt*.

    *found* is what stands at its place, *last* the number its chain ends at.
    """
    if found is None:
        if last < receipt.seq:
            yield (
                f"the receipt names event {receipt.seq}, and the trail ends at {last}: "
                "what came after was cut off, or the receipt is of another store"
            )
        else:
            yield f"the trail holds no event with the digest {receipt.head[:12]} of the receipt"
    elif not digest(found.line).startswith(receipt.head):
        yield (
            f"the receipt says {receipt.head[:12]}, the event that stands there has the digest "
            f"{digest(found.line)[:12]}: the trail was rewritten, or the receipt is of another store"
        )

"""The seal request (用印申請), and the contract card (契約管理卡) it becomes: one document for both.

The card of an executed agreement is made by ``approvals``, which knows who approved what. Here is
what the terms tell of it; a field that nobody has given is empty, and the card has a line for it.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, get_args

from pydantic import Field, field_validator

from workflow.execution import Seal
from workflow.i18n import mark
from workflow.problems import Refused
from workflow.records.record import Record, Setting
from workflow.texts import Day, Line, Text
from workflow.values.deadlines import last_notice
from workflow.values.problems import ValueRefusedError

_TEXTS = (
    "purpose", "requested_by", "department", "requested_on", "needed_on", "pages", "copies",
    "approved_on", "dated", "effective_on", "document_name", "document_digest", "form_name",
    "custodian", "place", "keep_until", "scan", "stamp_paid", "stamp_paid_on", "stamp_means",
)  # fmt: skip


def card_of_terms(setting: Setting, *, starts: date | None = None) -> dict[str, Any]:
    """Return a card with what the terms tell and all else left to be filled in.

    *starts* is the day it comes into force, where that is settled.
    """
    notice = _last_notice(setting)
    watched = (
        (mark("the agreement comes into force"), starts or setting.terms.period.start),
        (mark("last day to give notice that it is not to go on"), notice),
        (mark("the agreement ends"), setting.terms.period.end),
    )
    return {
        **dict.fromkeys(_TEXTS, ""),
        **seals_wanted(()),
        "originals": str(setting.terms.originals),
        "log": [],
        "holders": [],
        "approvals": [],
        "stamps": [],
        "stamp_notes": [],
        "watch": [{"what": setting.say(what), "on": setting.day(day)} for what, day in watched if day],
    }


def seals_wanted(seals: tuple[str, ...]) -> dict[str, str]:
    """Return each kind of seal as ticked or not."""
    return {f"seal_{seal}": "yes" if seal in seals else "" for seal in get_args(Seal)}


def _last_notice(setting: Setting) -> date | None:
    period = setting.terms.period
    if not period.end or not period.notice_days:
        return None
    try:
        return last_notice(period.end, period.notice_days, setting.calendar)
    except ValueRefusedError:
        return None  # the holidays of that year are not known, so that nobody can say


class SealRequest(Record):
    """A request to put our seals to an agreement that was approved."""

    kind_of_document: ClassVar[str] = "contract-card"

    purpose: Text
    requested_by: Line
    seals: Annotated[tuple[Seal, ...], Field(min_length=1, max_length=4)]
    department: Line | None = None
    needed_on: Day | None = None
    pages: Line | None = None
    copies: Annotated[int, Field(ge=0, le=50)] = 0

    @field_validator("seals")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise Refused(mark("name a seal twice"), mark("name each kind of seal once"))
        return value

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the card's data: the request filled in, what follows left blank."""
        return {
            "card": card_of_terms(setting)
            | seals_wanted(self.seals)
            | {
                "purpose": self.purpose,
                "requested_by": self.requested_by,
                "department": self.department or "",
                "requested_on": setting.day(setting.on),
                "needed_on": setting.day(self.needed_on),
                "pages": self.pages or "",
                "copies": str(self.copies),
            }
        }

"""The contact log (聯繫紀錄): whom we met, by which channel, what was promised and kept, and when next."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from workflow.i18n import mark
from workflow.problems import Refused
from workflow.records.record import CHANNELS, Channel, Record, Setting, after, blocks, standing
from workflow.texts import Day, Line, Text
from workflow.topics import Section

#: How a promise or a planned contact stands.
STANDINGS = {
    "kept": mark("kept"),
    "late": mark("kept late"),
    "due": mark("not due yet"),
    "overdue": mark("overdue"),
}


class Promise(Section):
    """What somebody promised, until when, and when they kept it."""

    what: Line
    by: Literal["ours", "theirs"]
    due: Day
    kept_on: Day | None = None


class Contact(Section):
    """One contact; whoever writes it down says when the next one will be."""

    on: Day
    who: Line
    our_side: Line
    channel: Channel
    content: Text
    next_on: Day
    next_how: Line | None = None
    promises: Annotated[tuple[Promise, ...], Field(max_length=20)] = ()

    @field_validator("next_on")
    @classmethod
    def _next_comes_later(cls, value: date, info: ValidationInfo) -> date:
        if "on" in info.data and value <= info.data["on"]:
            raise Refused(mark("is not after this contact"), mark("give the day of the next one"))
        return value


class Planned(Section):
    """A contact that was planned, and when it took place."""

    on: Day
    who: Line
    channel: Channel
    purpose: Line
    held_on: Day | None = None


class ContactLog(Record):
    """Contacts with one party over a time, plan and fact."""

    kind_of_document: ClassVar[str] = "contact-log"

    first_day: Day
    last_day: Day
    entries: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=500)]
    planned: Annotated[tuple[Planned, ...], Field(max_length=200)] = ()
    remarks: Text | None = None

    @field_validator("last_day")
    @classmethod
    def _in_order(cls, value: date, info: ValidationInfo) -> date:
        after(value, info.data.get("first_day"), mark("lies before the first day"))
        return value

    @field_validator("entries")
    @classmethod
    def _within_its_time(cls, value: tuple[Contact, ...], info: ValidationInfo) -> tuple[Contact, ...]:
        first, last = info.data.get("first_day"), info.data.get("last_day")
        outside = [entry.on for entry in value if first and last and not first <= entry.on <= last]
        if outside:
            raise Refused(
                mark("have a contact of {day}, outside of the log's time"),
                mark("check the days"),
                day=min(outside),
            )
        return value

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the log's data, in the order of time."""
        entries = sorted(self.entries, key=lambda entry: entry.on)
        promises = [promise for entry in entries for promise in entry.promises]
        stands = [standing(p.due, p.kept_on, setting.on) for p in promises]
        decided = [stand for stand in stands if stand != "due"]
        kept = decided.count("kept")
        return {
            "log": {
                "first_day": setting.day(self.first_day),
                "last_day": setting.day(self.last_day),
                "entries": [self._entry(setting, no, entry) for no, entry in enumerate(entries, start=1)],
                "promises": [
                    {
                        "what": promise.what,
                        "by": promise.by,
                        "due": setting.day(promise.due),
                        "kept_on": setting.day(promise.kept_on),
                        "status": stand,
                        "status_name": setting.say(STANDINGS[stand]),
                    }
                    for promise, stand in zip(promises, stands, strict=True)
                ],
                "kept": str(kept),
                "decided": str(len(decided)),
                "kept_percent": str((kept * 200 + len(decided)) // (2 * len(decided))) if decided else "",
                "planned": [self._planned(setting, planned) for planned in self.planned],
                "next_on": setting.day(max(entry.next_on for entry in entries)),
                "remarks": blocks(self.remarks),
            }
        }

    def _entry(self, setting: Setting, number: int, entry: Contact) -> dict[str, Any]:
        return {
            "no": str(number),
            "on": setting.day(entry.on),
            "who": entry.who,
            "our_side": entry.our_side,
            "channel": entry.channel,
            "channel_name": setting.say(CHANNELS[entry.channel]),
            "content": blocks(entry.content),
            "next_on": setting.day(entry.next_on),
            "next_how": entry.next_how or "",
        }

    def _planned(self, setting: Setting, planned: Planned) -> dict[str, str]:
        status = standing(planned.on, planned.held_on, setting.on)
        return {
            "on": setting.day(planned.on),
            "who": planned.who,
            "channel_name": setting.say(CHANNELS[planned.channel]),
            "purpose": planned.purpose,
            "held_on": setting.day(planned.held_on),
            "status": status,
        }

"""What every record is: a frozen value read from a file, and the data of a document made of it.

Owns what several of them say: who is to be asked, how a letter is delivered, by which channel
people met. What a document looks like is said by its layout.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from workflow.i18n import in_language, mark
from workflow.problems import Refused, checked, read_toml
from workflow.terms import Terms
from workflow.texts import Day, Line
from workflow.topics import Section
from workflow.values.dates import long_date
from workflow.values.deadlines import NO_OVERRIDES, Calendar, office_calendar
from workflow.values.money import Money, figures

#: The opportunities for contact that the competency unit names (註1), and any other.
Channel = Literal["social", "industry_event", "association", "joint_promotion", "phone", "other"]
CHANNELS = {
    "social": mark("informal social occasion"),
    "industry_event": mark("industry event"),
    "association": mark("association membership"),
    "joint_promotion": mark("joint promotion"),
    "phone": mark("scheduled telephone call"),
    "other": mark("other contact"),
}
#: How a letter reaches its reader (掛號, 電郵, 專人).
DELIVERIES = {
    "registered": mark("registered mail"),
    "email": mark("e-mail"),
    "hand": mark("delivery by hand"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a document is told beside its record: the terms, its language, its day, our own holidays."""

    terms: Terms
    language: str
    on: date
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)

    @property
    def calendar(self) -> Calendar:
        """The days on which our office works."""
        return office_calendar(overrides=self.overrides)

    def say(self, text: str, **facts: object) -> str:
        """Return a text of the catalogue in the document's language."""
        return in_language(text, self.language).format(**facts)

    def day(self, day: date | None) -> str:
        """Return a day in full; nothing where there is none."""
        return long_date(day, self.language) if day else ""

    def amount(self, value: Decimal | None) -> str:
        """Return an amount in the agreement's currency, rounded to what is really paid."""
        return "" if value is None else figures(self.money(value), self.language)

    def money(self, value: Decimal) -> Money:
        """Return *value* whole units of the agreement's currency."""
        return Money.of(1, self.terms.currency).times(value)


class Record(Section):
    """A record that a person writes; ``kind`` is the document made of it."""

    kind_of_document: ClassVar[str]

    @abstractmethod
    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the data of the document, in its language; raise where it does not fit the terms."""

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a TOML file, or raise `InvalidInputError` with every problem in it."""
        return cls.read(read_toml(path), source=str(path))

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "") -> Self:
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source or cls.kind_of_document)


class Contact(Section):
    """Whom to ask."""

    name: Line
    phone: Line | None = None
    email: Line | None = None


class Delivery(Section):
    """How a letter is delivered, and the proof that it arrived: then it takes effect (民法 §95)."""

    by: Literal["registered", "email", "hand"]
    reference: Line | None = None
    sent_on: Day | None = None
    received_on: Day | None = None
    received_by: Line | None = None

    @field_validator("received_on")
    @classmethod
    def _after_it_was_sent(cls, value: date | None, info: ValidationInfo) -> date | None:
        return after(value, info.data.get("sent_on"), mark("lies before the day it was sent"))

    def context(self, setting: Setting) -> dict[str, str]:
        """Return it as a letter says it."""
        return {
            "by": self.by,
            "by_name": setting.say(DELIVERIES[self.by]),
            "reference": self.reference or "",
            "sent_on": setting.day(self.sent_on),
            "received_on": setting.day(self.received_on),
            "received_by": self.received_by or "",
        }


#: A number of days that is not for ever.
Days = Annotated[int, Field(ge=1, le=3650)]


def after(value: date | None, earlier: date | None, what: str) -> date | None:
    """Return *value*, or raise that it lies before *earlier*."""
    if value and earlier and value < earlier:
        raise Refused(what, mark("check both dates"))
    return value


def standing(due: date, done_on: date | None, on: date) -> str:
    """Return how something due stands on the day *on*: kept, late, due or overdue."""
    if done_on and done_on <= on:
        return "kept" if done_on <= due else "late"
    return "due" if on <= due else "overdue"


def contact_context(contact: Contact | None) -> dict[str, str]:
    """Return whom to ask, each field empty where it is not said."""
    said = contact.model_dump(exclude_none=True) if contact else {}
    return {name: str(said.get(name, "")) for name in Contact.model_fields}


def numbered(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """Return texts as the numbered rows of a document."""
    return [{"no": str(number), "text": text} for number, text in enumerate(texts, start=1)]


def blocks(text: str | None) -> list[str]:
    """Return the paragraphs of a text."""
    return [block for block in (text or "").split("\n") if block.strip()]

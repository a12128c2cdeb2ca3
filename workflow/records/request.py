"""The request letter (要求信件): what we ask of the other side, on which ground, and by when."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from workflow.errors import InvalidInputError
from workflow.i18n import mark
from workflow.problems import Problem, Refused
from workflow.records.record import Contact, Delivery, Record, Setting, blocks, contact_context
from workflow.texts import Day, Line, Text
from workflow.topics import Section
from workflow.values.deadlines import Unit, due, reply_by

#: Working days in which an answer is asked for where the letter says nothing else.
_USUAL = 10


class Within(Section):
    """A time to answer, counted from the day of the letter."""

    count: Annotated[int, Field(ge=1, le=365)]
    unit: Unit = Unit.WORKING_DAY


class RequestLetter(Record):
    """A letter that asks for something: numbered requests, what is enclosed, and an answer in time."""

    kind_of_document: ClassVar[str] = "request-letter"

    subject: Line
    basis: Text
    requests: Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]
    delivery: Delivery
    enclosures: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    within: Within | None = None
    reply_by: Day | None = None
    consequence: Text | None = None
    contact: Contact | None = None
    copies_to: Annotated[tuple[Line, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _one_deadline(self) -> "RequestLetter":
        if self.within and self.reply_by:
            raise Refused(mark("has a day and a time to answer by"), mark("keep one of the two"))
        return self

    def due_on(self, setting: Setting) -> date:
        """Return the last day to answer: a working day, of both sides where it is counted in such."""
        if self.reply_by:
            if self.reply_by <= setting.on:
                what, fix = mark("is over on the day of the letter"), mark("give a later day")
                raise InvalidInputError(
                    self.kind_of_document, [Problem("reply_by", what, fix, self.reply_by)]
                )
            return self.reply_by
        within = self.within or Within(count=_USUAL)
        if within.unit is Unit.WORKING_DAY:
            return reply_by(setting.on, within.count, setting.terms.theirs.country, setting.overrides)[0]
        return due(setting.on, within.count, within.unit, setting.calendar)

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the letter's data."""
        return {
            "request": {
                "subject": self.subject,
                "basis": blocks(self.basis),
                "requests": [{"text": text} for text in self.requests],
                "enclosures": [{"text": text} for text in self.enclosures],
                "reply_by": setting.day(self.due_on(setting)),
                "consequence": blocks(self.consequence),
                "contact": contact_context(self.contact),
                "delivery": self.delivery.context(setting),
                "copies_to": [{"text": text} for text in self.copies_to],
            }
        }

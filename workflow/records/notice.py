"""The notice (通知): that an agreement is renewed, terminated or rescinded, from when, and what follows.

A termination ends an agreement for the time to come (民法 §263); a rescission undoes it (民法 §259).
Rescission for default takes a demand with a reasonable period that ran out (催告, 民法 §254).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from workflow.errors import InvalidInputError
from workflow.i18n import mark
from workflow.problems import Problem, Refused
from workflow.records.record import (
    Contact,
    Days,
    Delivery,
    Record,
    Setting,
    blocks,
    contact_context,
    numbered,
)
from workflow.texts import Day, Line, Text
from workflow.topics import Number, Section
from workflow.values.deadlines import Unit, due, last_day, last_notice

_ONE_DAY = timedelta(days=1)


class Demand(Section):
    """A demand to perform within a time; ``sent_on`` where it was made before, else it is made here."""

    what: Text
    days: Annotated[int, Field(ge=1, le=365)]
    sent_on: Day | None = None


class Renewal(Section):
    """For how long the agreement is renewed, and what changes with it."""

    months: Annotated[int, Field(ge=1, le=600)]
    changes: Text | None = None


class Settlement(Section):
    """A line of the account between the parties: who is to pay what to whom."""

    what: Line
    payable_by: Literal["ours", "theirs"]
    amount: Number


@dataclass(frozen=True, slots=True)
class NoticeDates:
    """The days of a notice; None where there is no such day."""

    demand_until: date | None
    effective_on: date
    last_notice_on: date | None


class Notice(Record):
    """A notice of renewal, termination or rescission; the days it brings about are computed."""

    kind_of_document: ClassVar[str] = "notice"

    kind: Literal["renewal", "termination", "rescission"]
    clause: Line
    grounds: Text
    delivery: Delivery
    demand: Demand | None = None
    renewal: Annotated[Renewal | None, Field(validate_default=True)] = None
    notice_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    effective_on: Day | None = None
    duties: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    settlement: Annotated[tuple[Settlement, ...], Field(max_length=50)] = ()
    pay_within: Days | None = None
    returns: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    return_within: Days | None = None
    contact: Contact | None = None

    @field_validator("demand")
    @classmethod
    def _nobody_is_urged_to_renew(cls, value: Demand | None, info: ValidationInfo) -> Demand | None:
        if value and info.data.get("kind") == "renewal":
            raise Refused(mark("stands in a renewal"), mark("remove it"))
        return value

    @field_validator("renewal")
    @classmethod
    def _of_a_renewal(cls, value: Renewal | None, info: ValidationInfo) -> Renewal | None:
        if "kind" in info.data and (info.data["kind"] == "renewal") != (value is not None):
            raise Refused(mark("stands in a renewal, and only there"), mark("add it or remove it"))
        return value

    def dates(self, setting: Setting) -> NoticeDates:
        """Return its days; raise where one given is too early for the time the other side has.

        Until it is known when the letter arrived, it is counted from its own day.
        """
        arrives = self.delivery.received_on or setting.on
        until = self._demand_until(setting, arrives)
        earliest = self._earliest(setting, arrives, until)
        if self.effective_on and earliest and self.effective_on < earliest:
            what, fix = mark("is too early: the time ends on {day}"), mark("give that day or a later one")
            facts = {"day": earliest.isoformat()}
            raise self._refused(Problem("effective_on", what, fix, self.effective_on, facts))
        effective = self.effective_on or earliest
        if effective is None:
            what = mark("is missing, and the terms have no end to go by")
            raise self._refused(Problem("effective_on", what, mark("add it")))
        return NoticeDates(until, effective, self._last_notice(setting))

    def _demand_until(self, setting: Setting, arrives: date) -> date | None:
        if self.demand is None:
            return None
        until = due(self.demand.sent_on or arrives, self.demand.days, Unit.DAY, setting.calendar)
        if self.demand.sent_on and until >= setting.on:
            what, fix = mark("runs until {day}, so it is not over"), mark("wait until the day after")
            facts = {"day": until.isoformat()}
            raise self._refused(Problem("demand.days", what, fix, self.demand.days, facts))
        return until

    def _earliest(self, setting: Setting, arrives: date, until: date | None) -> date | None:
        if self.kind == "renewal":
            end = setting.terms.period.end
            return end + _ONE_DAY if end else None
        if until and self.demand and not self.demand.sent_on:
            return until + _ONE_DAY  # takes effect only where nothing was done by then
        days = self._days(setting) if self.kind == "termination" and until is None else 0
        return last_day(arrives, days, Unit.DAY, setting.calendar) if days else arrives

    def _days(self, setting: Setting) -> int:
        return setting.terms.period.notice_days or 0 if self.notice_days is None else self.notice_days

    def _last_notice(self, setting: Setting) -> date | None:
        end, days = setting.terms.period.end, self._days(setting)
        return (
            last_notice(end, days, setting.calendar) if end and days and self.kind != "rescission" else None
        )

    def _refused(self, problem: Problem) -> InvalidInputError:
        return InvalidInputError(self.kind_of_document, [problem])

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the letter's data."""
        dates = self.dates(setting)
        arrives = self.delivery.received_on or setting.on
        return {
            "notice": {
                "kind": self.kind,
                "clause": self.clause,
                "grounds": blocks(self.grounds),
                "demand": self._demand(setting, dates),
                "notice_days": str(self._days(setting) or ""),
                "last_notice_on": setting.day(dates.last_notice_on),
                "effective_on": setting.day(dates.effective_on),
                "renewal": self._renewal(setting, dates),
                "duties": [{"text": text} for text in self.duties],
                **self._account(setting),
                "pay_by": self._by(setting, arrives, self.pay_within),
                "returns": numbered(self.returns),
                "return_by": self._by(setting, arrives, self.return_within),
                "contact": contact_context(self.contact),
                "delivery": self.delivery.context(setting),
            }
        }

    def _demand(self, setting: Setting, dates: NoticeDates) -> dict[str, str]:
        demand = self.demand
        return {
            "what": demand.what if demand else "",
            "days": str(demand.days) if demand else "",
            "sent_on": setting.day(demand.sent_on) if demand else "",
            "until": setting.day(dates.demand_until),
        }

    def _renewal(self, setting: Setting, dates: NoticeDates) -> dict[str, str]:
        if self.renewal is None:
            return {"months": "", "until": "", "changes": ""}
        until = last_day(dates.effective_on - _ONE_DAY, self.renewal.months, Unit.MONTH, setting.calendar)
        return {
            "months": str(self.renewal.months),
            "until": setting.day(until),
            "changes": self.renewal.changes or "",
        }

    def _account(self, setting: Setting) -> dict[str, Any]:
        rows = [
            {
                "no": str(number),
                "what": row.what,
                "payable_by": row.payable_by,
                "amount": setting.amount(row.amount),
            }
            for number, row in enumerate(self.settlement, start=1)
        ]
        ours = sum((r.amount for r in self.settlement if r.payable_by == "ours"), Decimal(0))
        theirs = sum((r.amount for r in self.settlement if r.payable_by == "theirs"), Decimal(0))
        payable_by = "ours" if ours > theirs else "theirs" if theirs > ours else ""
        balance = setting.amount(abs(ours - theirs)) if rows else ""
        return {"settlement": rows, "balance": balance, "balance_by": payable_by}

    def _by(self, setting: Setting, arrives: date, days: int | None) -> str:
        return setting.day(due(arrives, days, Unit.DAY, setting.calendar)) if days else ""

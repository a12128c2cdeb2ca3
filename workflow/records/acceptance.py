"""The acceptance record (驗收紀錄): what was delivered, how it was inspected, and what starts with it.

Acceptance starts the warranty and the time to pay; a defect that is found is told at once (民法 §356).
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from workflow.i18n import mark
from workflow.problems import Refused
from workflow.records.record import Record, Setting, after
from workflow.texts import Day, Line, Text
from workflow.topics import Number, Section
from workflow.values.deadlines import Unit, due, last_day


class Inspected(Section):
    """One thing inspected: as it was agreed, and as it was found."""

    description: Line
    specification: Line
    unit: Line
    agreed: Number
    accepted: Number
    conforms: bool
    remark: Line | None = None


class Defect(Section):
    """What is wrong, what is to be done about it, and until when."""

    what: Line
    remedy: Line
    due: Day


class AcceptanceRecord(Record):
    """An inspection and its result, to be signed by both sides."""

    kind_of_document: ClassVar[str] = "acceptance-record"

    delivered_on: Day
    inspected_on: Day
    place: Line
    method: Line
    items: Annotated[tuple[Inspected, ...], Field(min_length=1, max_length=500)]
    present: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    stage: Line | None = None
    defects: Annotated[tuple[Defect, ...], Field(max_length=200)] = ()
    result: Literal["accepted", "conditional", "rejected"]
    inspect_again_on: Day | None = None
    payment: Text | None = None
    invoice_on: Day | None = None
    warranty_months: Annotated[int, Field(ge=1, le=600)] | None = None
    remarks: Text | None = None

    @field_validator("inspected_on")
    @classmethod
    def _after_delivery(cls, value: date, info: ValidationInfo) -> date:
        after(value, info.data.get("delivered_on"), mark("lies before the day of delivery"))
        return value

    @field_validator("result")
    @classmethod
    def _result_fits(cls, value: str, info: ValidationInfo) -> str:
        items, defects = info.data.get("items", ()), info.data.get("defects", ())
        if value == "accepted" and (defects or any(not item.conforms for item in items)):
            fix = mark('write "conditional" or "rejected", or remove what is wrong')
            raise Refused(mark("is accepted, and something does not conform"), fix)
        if value == "conditional" and "defects" in info.data and not defects:
            raise Refused(mark("is conditional, and no defect is told"), mark("add [[defects]]"))
        return value

    @field_validator("inspect_again_on")
    @classmethod
    def _later(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value and "inspected_on" in info.data and value <= info.data["inspected_on"]:
            raise Refused(mark("is not after this inspection"), mark("check both dates"))
        return value

    def warranty(self, setting: Setting) -> tuple[int, date, date] | None:
        """Return the months of the warranty, its first day and its last; None where nothing starts one.

        The terms say how long it is and what starts it, unless the record says how long.
        """
        agreed = setting.terms.warranty
        months = self.warranty_months or (agreed.months if agreed else None)
        if self.result == "rejected" or not months:
            return None
        start = self.delivered_on if agreed and agreed.starts == "delivery" else self.inspected_on
        return months, start, last_day(start, months, Unit.MONTH, setting.calendar)

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the record's data; the time to pay runs from the invoice."""
        warranty = self.warranty(setting)
        payment = setting.terms.payment
        pay_by = ""
        if self.result != "rejected" and payment and payment.days and self.invoice_on:
            pay_by = setting.day(due(self.invoice_on, payment.days, Unit.DAY, setting.calendar))
        return {
            "acceptance": {
                "stage": self.stage or "",
                "delivered_on": setting.day(self.delivered_on),
                "inspected_on": setting.day(self.inspected_on),
                "place": self.place,
                "method": self.method,
                "present": [{"text": text} for text in self.present],
                "items": [_item(number, item) for number, item in enumerate(self.items, start=1)],
                "result": self.result,
                "defects": [
                    {"no": str(number), "what": d.what, "remedy": d.remedy, "due": setting.day(d.due)}
                    for number, d in enumerate(self.defects, start=1)
                ],
                "inspect_again_on": setting.day(self.inspect_again_on),
                "payment": self.payment or "",
                "invoice_on": setting.day(self.invoice_on),
                "pay_by": pay_by,
                "warranty_months": str(warranty[0]) if warranty else "",
                "warranty_from": setting.day(warranty[1]) if warranty else "",
                "warranty_until": setting.day(warranty[2]) if warranty else "",
                "remarks": self.remarks or "",
            }
        }


def _item(number: int, item: Inspected) -> dict[str, str]:
    return {
        "no": str(number),
        "description": item.description,
        "specification": item.specification,
        "unit": item.unit,
        "agreed": f"{item.agreed:f}",
        "accepted": f"{item.accepted:f}",
        "conforms": "yes" if item.conforms else "no",
        "remark": item.remark or "",
    }

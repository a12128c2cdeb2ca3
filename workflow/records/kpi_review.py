"""The performance review (績效檢討): what was promised, what was measured, and what follows of it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from workflow.i18n import mark
from workflow.records.record import Record, Setting, after, blocks, standing
from workflow.texts import Day, Line, Text
from workflow.topics import Number, Section

#: How an obligation stood on the day of the review.
OBLIGATIONS = {
    "kept": mark("performed"),
    "late": mark("performed late"),
    "due": mark("not due yet"),
    "overdue": mark("overdue"),
}
_MEASURED = re.compile(
    r"(?P<sense>>=|<=|≥|≦|≧|≤|>|<)?\s*(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<unit>[^\d]*)"
)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its unit, and whether it is a least (1) or a most (-1); 0 where that is not said."""

    number: Decimal
    unit: str
    sense: int


def measured(text: str | None) -> Measured | None:
    """Return the number that a target or a result states, as in ``≥ 99.5%``; None where it is none."""
    found = _MEASURED.fullmatch(unicodedata.normalize("NFKC", text or "").replace("−", "-").strip())
    if found is None:
        return None
    sense = {">": 1, "≥": 1, "≧": 1, "<": -1, "≤": -1, "≦": -1}.get((found["sense"] or " ")[0], 0)
    return Measured(Decimal(found["number"].replace(",", "")), found["unit"].strip(), sense)


class Credit(Section):
    """What is credited for every full *step* that a result falls short, at most *cap*."""

    amount: Number
    step: Annotated[Number, Field(gt=0)] = Decimal(1)
    cap: Number | None = None


class Kpi(Section):
    """One key figure: how it is computed, from which source, the target, and what was measured."""

    name: Line
    formula: Line
    source: Line
    target: Line
    actual: Line | None = None
    better: Literal["higher", "lower"] = "higher"
    credit: Credit | None = None
    remark: Line | None = None

    @property
    def shortfall(self) -> Decimal | None:
        """How far the result falls short of the target, below nothing where it is better; None if unknown."""
        target, actual = measured(self.target), measured(self.actual)
        if target is None or actual is None or target.unit != actual.unit:
            return None
        upwards = (target.sense or (1 if self.better == "higher" else -1)) > 0
        return target.number - actual.number if upwards else actual.number - target.number

    @property
    def variance(self) -> str:
        """The result less the target, with its sign and unit; in percent of the target where it has one."""
        target, actual = measured(self.target), measured(self.actual)
        if target is None or actual is None or target.unit != actual.unit:
            return ""
        difference = actual.number - target.number
        unit = "" if not target.unit else target.unit if target.unit == "%" else f" {target.unit}"
        written = f"{difference:+f}{unit}" if difference else f"0{unit}"
        if not target.number or target.unit == "%":
            return written
        share = (difference * 100 / abs(target.number)).quantize(_TENTH, ROUND_HALF_UP)
        return f"{written} ({share:+f}%)" if difference else written

    @property
    def result(self) -> Literal["met", "missed", "unknown"]:
        """Whether the target was met."""
        if self.shortfall is None:
            return "unknown"
        return "missed" if self.shortfall > 0 else "met"

    @property
    def credited(self) -> Decimal | None:
        """What is due for falling short; None where nothing was agreed or measured."""
        if self.credit is None or self.shortfall is None:
            return None
        steps = max(Decimal(0), self.shortfall) // self.credit.step
        due = steps * self.credit.amount
        return due if self.credit.cap is None else min(due, self.credit.cap)


class Obligation(Section):
    """Something a side had to do: until when, and when it did it."""

    what: Line
    by: Literal["ours", "theirs"]
    due: Day
    done_on: Day | None = None
    proof: Line | None = None


class Complaint(Section):
    """A complaint or a dispute of the period, and what became of it."""

    on: Day
    by: Literal["ours", "theirs"]
    what: Line
    outcome: Line | None = None


class Improvement(Section):
    """What is to be done better, by whom, until when."""

    what: Line
    who: Line
    due: Day


class KpiReview(Record):
    """A review of one period, to be signed by both sides."""

    kind_of_document: ClassVar[str] = "kpi-review"

    first_day: Day
    last_day: Day
    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1, max_length=100)]
    recommendation: Literal["continue", "adjust", "end"]
    reasons: Text
    relationship: Text
    obligations: Annotated[tuple[Obligation, ...], Field(max_length=200)] = ()
    complaints: Annotated[tuple[Complaint, ...], Field(max_length=200)] = ()
    improvements: Annotated[tuple[Improvement, ...], Field(max_length=100)] = ()

    @field_validator("last_day")
    @classmethod
    def _in_order(cls, value: date, info: ValidationInfo) -> date:
        after(value, info.data.get("first_day"), mark("lies before the first day"))
        return value

    def context(self, setting: Setting) -> dict[str, Any]:
        """Return the review's data."""
        credited = [kpi.credited for kpi in self.kpis]
        total = sum((credit for credit in credited if credit), Decimal(0))
        return {
            "performance": {
                "first_day": setting.day(self.first_day),
                "last_day": setting.day(self.last_day),
                "kpis": [self._kpi(setting, no, kpi) for no, kpi in enumerate(self.kpis, start=1)],
                "met": str(sum(kpi.result == "met" for kpi in self.kpis)),
                "missed": str(sum(kpi.result == "missed" for kpi in self.kpis)),
                "unknown": str(sum(kpi.result == "unknown" for kpi in self.kpis)),
                "credits": setting.amount(total) if any(c is not None for c in credited) else "",
                "obligations": [_obligation(setting, obligation) for obligation in self.obligations],
                "complaints": [
                    {"on": setting.day(c.on), "by": c.by, "what": c.what, "outcome": c.outcome or ""}
                    for c in self.complaints
                ],
                "improvements": [
                    {"no": str(no), "what": i.what, "who": i.who, "due": setting.day(i.due)}
                    for no, i in enumerate(self.improvements, start=1)
                ],
                "relationship": blocks(self.relationship),
                "recommendation": self.recommendation,
                "reasons": blocks(self.reasons),
            }
        }

    def _kpi(self, setting: Setting, number: int, kpi: Kpi) -> dict[str, str]:
        return {
            "no": str(number),
            "name": kpi.name,
            "formula": kpi.formula,
            "source": kpi.source,
            "target": kpi.target,
            "actual": kpi.actual or "",
            "variance": kpi.variance,
            "result": kpi.result,
            "credit": setting.amount(kpi.credited),
            "remark": kpi.remark or "",
        }


def _obligation(setting: Setting, said: Obligation) -> dict[str, str]:
    status = standing(said.due, said.done_on, setting.on)
    return {
        "what": said.what,
        "by": said.by,
        "due": setting.day(said.due),
        "done_on": setting.day(said.done_on),
        "status": status,
        "status_name": setting.say(OBLIGATIONS[status]),
        "proof": said.proof or "",
    }

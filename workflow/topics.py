"""What terms say of one topic each: price and time, delivery and warranty, law, risk.

Every section is validated whole when it enters, and frozen. What nobody has answered is
unknown or missing, and the policy counts it as risky.
"""

import hashlib
import json
import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from workflow.i18n import mark
from workflow.problems import Refused
from workflow.texts import Day, Line, Text

Unknown = Literal["unknown"]
ContractType = Literal[
    "services",
    "purchase",
    "works",
    "distribution",
    "agency",
    "nda",
    "mou",
    "saas",
    "it_outsourcing",
    "licence",
    "development",
    "franchise",
    "marketing",
    "alliance",
    "maintenance",
    "real_estate",
    "other",
]


_CLAUSE = re.compile(r"[a-z][a-z0-9_]{0,38}\.[a-z][a-z0-9_]{0,38}")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


def _exact(value: object) -> object:
    # A float has already lost what was written; TOML and Python both offer text instead.
    if isinstance(value, float):
        raise Refused(mark("is not exact"), mark('write it as text, as in "12.5"'))
    if isinstance(value, str) and not value.isascii():
        raise Refused(mark("is not a number"), mark("use the digits 0 to 9"))
    if isinstance(value, str) and _THOUSANDS.fullmatch(value):
        return value.replace(",", "")
    return value


def _plain(value: Decimal) -> Decimal:
    # 5, 5.0 and 5E+0 are one number, so they are written one way and give one digest.
    return value.quantize(Decimal(1)) + 0 if value == value.to_integral_value() else value.normalize()


# Ten decimals are more than any price or rate has, and few enough to reckon with exactly.
Number = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=10**15, decimal_places=10, allow_inf_nan=False),
    AfterValidator(_plain),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=1000, decimal_places=10, allow_inf_nan=False),
    AfterValidator(_plain),
]


class Section(BaseModel):
    """What a person fills in: no other names than its own, and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def canonical(self) -> bytes:
        """Return the bytes that stand for it: sorted JSON, one way to write each value."""
        said = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `canonical`, the name by which it is referred to."""
        return hashlib.sha256(self.canonical()).hexdigest()


class Item(Section):
    """A line of the price table; ``unit_price`` is in the terms' currency, in whole units."""

    description: Line
    quantity: Annotated[Number, Field(gt=0)]
    unit: Line
    unit_price: Number


class Tax(Section):
    """Business tax: its rate in percent, and whether the prices include it (營業稅法 §10, §32)."""

    rate: Percent = Decimal(5)
    included: bool


class Period(Section):
    """How long the agreement runs. A missing date is unknown; ``perpetual`` has no end."""

    start: Day | None = None
    end: Day | None = None
    perpetual: bool = False
    auto_renew: bool | Unknown = "unknown"
    renewal_months: Annotated[int, Field(ge=1, le=600)] | None = None
    notice_days: Annotated[int, Field(ge=1, le=3650)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.perpetual and self.end:
            raise Refused(mark("has an end and is perpetual"), mark("keep one of the two"))
        if self.start and self.end and self.end <= self.start:
            raise Refused(mark("ends on or before its start"), mark("check both dates"))
        return self

    @property
    def months(self) -> int | None:
        """Length in months, a part of a month counting as one; None when unknown or endless."""
        if not self.start or not self.end:
            return None
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return months + (1 if self.end.day >= self.start.day else 0)


class Payment(Section):
    """When payment is due: days after the invoice, and what is paid before performance."""

    days: Annotated[int, Field(ge=0, le=365)]
    prepayment_percent: Percent = Decimal(0)


class Liability(Section):
    """How far each side answers for loss: a cap in percent of the price, or none."""

    kind: Literal["capped", "unlimited", "unknown"]
    cap_percent: Percent | None = None
    penalty_percent: Percent | Unknown = "unknown"

    @model_validator(mode="after")
    def _cap_stated(self) -> "Liability":
        if (self.kind == "capped") != (self.cap_percent is not None):
            fix = mark('give cap_percent with kind = "capped", and only then')
            raise Refused(mark("does not say one thing about its cap"), fix)
        return self


class Law(Section):
    """Governing law by country code, and exactly one of a court or an arbitration seat."""

    governing: Line | Unknown = "unknown"
    court: Line | None = None
    arbitration: Line | None = None

    @model_validator(mode="after")
    def _one_forum(self) -> "Law":
        if self.court and self.arbitration:
            raise Refused(mark("names a court and an arbitration"), mark("keep one of the two"))
        return self


class Delivery(Section):
    """Where and by when goods or works are handed over, and how long they are inspected.

    ``inspection_days`` are working days; ``incoterm`` is the trade term as written, with its edition.
    """

    place: Line | None = None
    by: Day | None = None
    incoterm: Line | None = None
    inspection_days: Annotated[int, Field(ge=1, le=365)] | None = None


class Warranty(Section):
    """How many months defects are answered for, and from when."""

    months: Annotated[int, Field(ge=1, le=600)]
    starts: Literal["acceptance", "delivery"] = "acceptance"


class Delay(Section):
    """Contractual penalty for lateness: per mille of the price of what is late, a day (民法 §250)."""

    per_mille: Annotated[Percent, Field(gt=0)]


class Deposit(Section):
    """A performance bond: percent of the price, and what it is given in."""

    percent: Annotated[Percent, Field(gt=0, le=100)]
    form: Literal["cash", "guarantee", "note", "unknown"] = "unknown"


class Secrecy(Section):
    """Who discloses, and how many years it stays secret after the end; no number is as long as it is one."""

    discloser: Literal["both", "ours", "theirs"] = "both"
    years: Annotated[int, Field(ge=1, le=100)] | None = None


class Works(Section):
    """How the time of a contract for work is counted (限期、日曆天、工作天), and how many days it has.

    A public-works regulation wants the method said (營繕工程承攬契約應記載事項實施辦法 §4).
    """

    counting: Literal["deadline", "calendar", "working"]
    days: Annotated[int, Field(ge=1, le=36500)] | None = None

    @model_validator(mode="after")
    def _days_counted(self) -> "Works":
        if (self.counting == "deadline") == (self.days is not None):
            fix = mark('give days with counting = "calendar" or "working", and delivery.by with "deadline"')
            raise Refused(mark("does not say one thing about its time"), fix)
        return self


class Distribution(Section):
    """What is distributed where; ``minimum`` is an amount a year, in whole units of the currency."""

    territory: Line | None = None
    products: Line | None = None
    minimum: Number | None = None
    commission_percent: Percent | None = None


class Kpi(Section):
    """A measure of performance: what is measured, how, how often, and what follows when it is missed."""

    name: Line
    target: Line
    formula: Line | None = None
    source: Line | None = None
    period: Literal["month", "quarter", "half_year", "year"] = "quarter"
    remedy: Line | None = None


class Cooperation(Section):
    """What a memorandum is about, and what each side does."""

    matters: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    ours: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    theirs: Annotated[tuple[Line, ...], Field(max_length=100)] = ()


class Change(Section):
    """One change an amendment makes: which article, and its wording before and after."""

    clause: Line
    before: Text
    after: Text


class Amends(Section):
    """The agreement that an amendment changes; values before tax, in whole units of the currency.

    ``value_before`` is the value with the amendments that came before this one.
    """

    title: Line
    number: Line | None = None
    signed_on: Day | None = None
    reason: Text | None = None
    value_before: Number | None = None
    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=200)]


class ClauseChoice(Section):
    """What staff chose instead of a standard clause, and why.

    ``use`` names a fallback of the library, ``omit`` leaves the clause out, ``own`` is wording of
    one's own in the contract's language (``own_en`` beside it where the contract has two). An
    ``id`` that the library does not have adds a clause; it needs a title.
    """

    id: Line
    why: Text
    use: Line | None = None
    omit: bool = False
    own: Text | None = None
    own_en: Text | None = None
    title: Line | None = None
    title_en: Line | None = None

    @field_validator("id")
    @classmethod
    def _names_a_clause(cls, value: str) -> str:
        if not _CLAUSE.fullmatch(value):
            raise Refused(mark("is no name of a clause"), mark("write it as in liability.cap"))
        return value

    @model_validator(mode="after")
    def _one_choice(self) -> "ClauseChoice":
        if sum((self.use is not None, self.omit, self.own is not None)) != 1:
            fix = mark("give one of use, omit and own")
            raise Refused(mark("does not say one thing about its wording"), fix)
        if self.own is None and (self.own_en or self.title or self.title_en):
            raise Refused(mark("has a title or a translation, and no wording of its own"), mark("add own"))
        return self


class Exchange(Section):
    """The rate at which the policy compares a foreign price with its bands in TWD."""

    rate: Annotated[Number, Field(gt=0)]
    on: Day
    source: Line


class Facts(Section):
    """The risk questionnaire: what the policy asks and the other terms do not tell."""

    budgeted: bool | Unknown = "unknown"
    related_party: bool | Unknown = "unknown"
    guarantee_given: bool | Unknown = "unknown"
    paper: Literal["own_standard", "own_modified", "theirs", "unknown"] = "unknown"
    no_exit: bool | Unknown = "unknown"
    notarise: bool | Unknown = "unknown"
    foreign_service_provider: bool | Unknown = "unknown"
    stamp_class: Literal["none", "works", "movables", "real_estate", "unknown"] = "unknown"
    security_instrument: bool | Unknown = "unknown"
    system_access: bool | Unknown = "unknown"
    personal_data: bool | Unknown = "unknown"
    cross_border_data: bool | Unknown = "unknown"
    ip_terms: Literal["none", "licence", "exclusive_licence", "assignment", "joint", "unknown"] = "unknown"
    exclusivity: bool | Unknown = "unknown"
    resale_price: bool | Unknown = "unknown"
    non_compete: bool | Unknown = "unknown"
    export_controlled: bool | Unknown = "unknown"
    sanctioned_country: bool | Unknown = "unknown"
    government: bool | Unknown = "unknown"
    on_site_work: bool | Unknown = "unknown"
    conflict_declared: bool | Unknown = "unknown"

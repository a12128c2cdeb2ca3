"""What was agreed, as data: parties, price, time, risk. Every document is made from it.

Terms are validated whole when they enter, and frozen. Nothing internal (limits, walk-away
points, colleagues' input) belongs here; that is ``workflow.negotiation``. What nobody has
answered is unknown, and the policy counts the unknown as risky.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from os import PathLike
from typing import Annotated, Any, Literal

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
from workflow.parties import Party
from workflow.problems import Problem, Refused, checked, read_toml
from workflow.texts import Day, Line, Text
from workflow.values.money import CURRENCIES, Money
from workflow.values.problems import ValueRefusedError

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


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Frozen):
    """A line of the price table; ``unit_price`` is in the terms' currency, in whole units."""

    description: Line
    quantity: Annotated[Number, Field(gt=0)]
    unit: Line
    unit_price: Number


class Tax(_Frozen):
    """Business tax: its rate in percent, and whether the prices include it (營業稅法 §10, §32)."""

    rate: Percent = Decimal(5)
    included: bool


class Period(_Frozen):
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


class Payment(_Frozen):
    """When payment is due: days after the invoice, and what is paid before performance."""

    days: Annotated[int, Field(ge=0, le=365)]
    prepayment_percent: Percent = Decimal(0)


class Liability(_Frozen):
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


class Law(_Frozen):
    """Governing law by country code, and exactly one of a court or an arbitration seat."""

    governing: Line | Unknown = "unknown"
    court: Line | None = None
    arbitration: Line | None = None

    @model_validator(mode="after")
    def _one_forum(self) -> "Law":
        if self.court and self.arbitration:
            raise Refused(mark("names a court and an arbitration"), mark("keep one of the two"))
        return self


class Exchange(_Frozen):
    """The rate at which the policy compares a foreign price with its bands in TWD."""

    rate: Annotated[Number, Field(gt=0)]
    on: Day
    source: Line


class Facts(_Frozen):
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


class Terms(_Frozen):
    """Everything two sides agreed. Read it from a file with `load`, or build it in Python.

    ``estimated_value`` (before tax, in whole units of the currency) stands in where there
    is no price table, as in a framework; ``"0"`` says that no money is involved.
    """

    title: Line
    title_en: Line | None = None
    contract_type: ContractType | Unknown = "unknown"
    parties: Annotated[tuple[Party, ...], Field(min_length=2, max_length=20)]
    purpose: Text | None = None
    currency: Line = "TWD"
    items: Annotated[tuple[Item, ...], Field(max_length=5000)] = ()
    estimated_value: Number | None = None
    tax: Tax | None = None
    period: Period = Period()
    payment: Payment | None = None
    liability: Liability = Liability(kind="unknown")
    law: Law = Law()
    exchange: Exchange | None = None
    facts: Facts = Facts()
    originals: Annotated[int, Field(ge=1, le=50)] = 2
    consent_mode: Literal["agreed", "notified", "paper", "unknown"] = "unknown"

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise Refused(mark("is not a currency"), mark("write its ISO 4217 code, as in TWD"))
        return value

    @field_validator("parties")
    @classmethod
    def _both_sides(cls, value: tuple[Party, ...]) -> tuple[Party, ...]:
        missing = {"ours", "theirs"} - {party.side for party in value}
        if missing:
            fix = mark('add a party with side = "{side}"')
            raise Refused(mark("lack one side"), fix, side=min(missing))
        return value

    @model_validator(mode="after")
    def _price_is_exact(self) -> "Terms":
        if self.items and self.tax is None:
            fix = mark("add [tax] with included = true or false")
            raise Refused(mark("have prices and do not say whether they include tax"), fix)
        for place, amount in self._amounts():
            try:
                Money.of(amount, self.currency)
            except ValueRefusedError:
                what = mark("{place} is no amount in {currency}: too many decimals, or too large")
                raise Refused(what, mark("check it"), place=place, currency=self.currency) from None
        return self

    def _amounts(self) -> Iterator[tuple[str, Decimal]]:
        for number, item in enumerate(self.items):
            yield f"items[{number}].unit_price", item.unit_price
        # Twice the sum leaves room for any tax; the lines themselves are rounded later.
        whole = sum((item.quantity * item.unit_price for item in self.items), Decimal(0))
        yield "items", (whole * 2).to_integral_value()
        if self.estimated_value is not None:
            yield "estimated_value", self.estimated_value

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Terms":
        """Read terms from a TOML file, or raise `InvalidInputError` with every problem in it.

        A deal file may also hold ``[plan]`` and ``[[rounds]]``; see ``workflow.negotiation``.
        """
        data = read_toml(path)
        return cls.read({key: data[key] for key in data if key not in ("plan", "rounds")}, source=str(path))

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "terms") -> "Terms":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)

    def canonical(self) -> bytes:
        """Return the bytes that stand for these terms: sorted JSON, one way to write each value."""
        return json.dumps(
            self.model_dump(mode="json", exclude_none=True),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `canonical`, the name by which a sign-off refers to these terms."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @property
    def ours(self) -> Party:
        """Return the party this organisation is."""
        return next(party for party in self.parties if party.side == "ours")

    @property
    def theirs(self) -> Party:
        """Return the first party of the other side."""
        return next(party for party in self.parties if party.side == "theirs")


def their_keys(terms: Terms) -> tuple[str, ...]:
    """Return the words by which the other side may be known again: numbers and names, in order."""
    theirs = [party for party in terms.parties if party.side == "theirs"]
    return tuple(sorted(frozenset().union(*(party.numbers | party.names for party in theirs))))


def from_canonical(body: bytes) -> Terms:
    """Return the terms that `Terms.canonical` wrote."""
    return Terms.model_validate_json(body)


def gaps(terms: Terms) -> tuple[Problem, ...]:
    """Say what is still unknown: nothing a draft must have, all of it counted as risky."""
    found = [
        Problem(f"facts.{name}", mark("is unknown, so the policy counts it as risky"), mark("answer it"))
        for name, value in terms.facts
        if value == "unknown"
    ]
    if not terms.items and terms.estimated_value is None:
        found.append(
            Problem("items", mark("are missing, so the value is unknown"), mark("or give estimated_value"))
        )
    if terms.period.start is None:
        found.append(Problem("period.start", mark("is unknown"), mark("add it")))
    for number, party in enumerate(terms.parties):
        for name in ("address", "representative"):
            if getattr(party, name) is None:
                found.append(Problem(f"parties[{number}].{name}", mark("is missing"), mark("add it")))
        if party.registration_note:
            what = mark("fails its check digit; accepted because: {reason}")
            found.append(
                Problem(
                    f"parties[{number}].registration",
                    what,
                    value=party.registration,
                    facts={"reason": party.registration_note},
                )
            )
    return tuple(found)

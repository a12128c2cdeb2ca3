"""What was agreed, as data: parties, price, time, risk. Every document is made from it.

Terms are validated whole when they enter, and frozen. Nothing internal (limits, walk-away
points, colleagues' input) belongs here; that is ``workflow.negotiation``.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from os import PathLike
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from workflow.i18n import mark
from workflow.parties import Party
from workflow.problems import Problem, Refused, checked, read_toml
from workflow.texts import Line, Text
from workflow.topics import (
    Amends,
    ClauseChoice,
    ContractType,
    Cooperation,
    Delay,
    Delivery,
    Deposit,
    Distribution,
    Exchange,
    Facts,
    Item,
    Kpi,
    Law,
    Liability,
    Number,
    Payment,
    Period,
    Secrecy,
    Section,
    Tax,
    Unknown,
    Warranty,
    Works,
)
from workflow.values.money import CURRENCIES, Money
from workflow.values.problems import ValueRefusedError

# Sections that terms did not always have: those that say nothing are no part of what was said.
_LATER: Mapping[str, object] = {"kpis": [], "clauses": [], "our_role": "customer", "prevailing": "zh-TW"}


class Terms(Section):
    """Everything two sides agreed. Read it from a file with `load`, or build it in Python.

    ``our_role`` says whether we pay or are paid, and ``prevailing`` which text of a contract in
    two languages decides. ``estimated_value`` (before tax, in whole units of the currency) stands
    in where there is no price table, as in a framework; ``"0"`` says that no money is involved.
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
    delivery: Delivery | None = None
    warranty: Warranty | None = None
    delay: Delay | None = None
    deposit: Deposit | None = None
    secrecy: Secrecy | None = None
    works: Works | None = None
    distribution: Distribution | None = None
    kpis: Annotated[tuple[Kpi, ...], Field(max_length=100)] = ()
    cooperation: Cooperation | None = None
    amends: Amends | None = None
    clauses: Annotated[tuple[ClauseChoice, ...], Field(max_length=200)] = ()
    our_role: Literal["customer", "supplier"] = "customer"
    prevailing: Literal["zh-TW", "en"] = "zh-TW"
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

    @field_validator("clauses")
    @classmethod
    def _chosen_once(cls, value: tuple[ClauseChoice, ...]) -> tuple[ClauseChoice, ...]:
        names = [choice.id for choice in value]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise Refused(mark("choose {clause} twice"), mark("keep one of the two"), clause=twice)
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
        if self.distribution and self.distribution.minimum is not None:
            yield "distribution.minimum", self.distribution.minimum
        if self.amends and self.amends.value_before is not None:
            yield "amends.value_before", self.amends.value_before

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
        """Return the bytes that stand for these terms: sorted JSON, one way to write each value.

        What was not always there is left out where it says nothing, so that terms keep their digest.
        """
        said = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(
            {name: value for name, value in said.items() if name not in _LATER or value != _LATER[name]},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

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

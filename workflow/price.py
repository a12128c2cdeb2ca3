"""What an agreement costs: the price table added up, once, for documents and policy alike."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from workflow.terms import Terms
from workflow.values.money import Money


@dataclass(frozen=True, slots=True)
class Price:
    """The sums of a price table, in minor units of one currency."""

    lines: tuple[Money, ...]
    untaxed: Money
    tax: Money
    total: Money


@lru_cache(maxsize=64)  # asked for several times while one contract is made
def price_of(terms: Terms) -> Price | None:
    """Add the items up; None where there is no price table.

    Each line is rounded to what the currency is settled in, then summed, then taxed, so
    that the printed lines always add up to the printed total (統一發票使用辦法 rounds the
    tax of the whole invoice, not of its lines).
    """
    if not terms.items or terms.tax is None:
        return None
    lines = tuple(Money.of(item.unit_price, terms.currency).times(item.quantity) for item in terms.items)
    gross = sum(lines[1:], lines[0])
    if terms.tax.included:
        untaxed = gross.times(Fraction(100) / (100 + Fraction(terms.tax.rate)))
        return Price(lines, untaxed, gross - untaxed, gross)
    tax = gross.percent(terms.tax.rate)
    return Price(lines, gross, tax, gross + tax)


def value_for_policy(terms: Terms) -> int | None:
    """Return the whole value before tax in TWD, in whole dollars rounded up; None when unknown."""
    if terms.estimated_value is not None:
        value = Decimal(terms.estimated_value)
    else:
        price = price_of(terms)
        if price is None:
            return None
        value = price.untaxed.amount
    if terms.currency != "TWD":
        if value and terms.exchange is None:
            return None
        value *= terms.exchange.rate if terms.exchange else 1
    return int(value.to_integral_value(rounding="ROUND_CEILING"))

"""Prices: the lines add up to the total, tax is exact, and the policy sees one value in TWD."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow.price import price_of, value_for_policy
from workflow.terms import Terms
from workflow.values.money import Money

FEW = settings(max_examples=150, deadline=None, database=None)
PARTIES = [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}]
CENTS = st.decimals(0, 10**7, places=2)
RATES = st.decimals(0, 100, places=2)


def terms(*lines, currency="TWD", included=False, rate="5", **changes):
    items = [
        {"description": "d", "quantity": quantity, "unit": "u", "unit_price": price}
        for quantity, price in lines
    ]
    tax = {"included": included, "rate": rate} if items else None
    said = {"title": "T", "parties": PARTIES, "currency": currency, "items": items, "tax": tax}
    return Terms.read({**said, **changes})


def amounts(price):
    return [money.amount for money in (*price.lines, price.untaxed, price.tax, price.total)]


def test_has_no_price_without_a_price_table():
    assert price_of(terms()) is None
    assert price_of(terms(estimated_value="100")) is None


def test_adds_tax_to_prices_that_do_not_include_it():
    assert amounts(price_of(terms((12, 1000), (1, 230)))) == [12000, 230, 12230, 612, 12842]


def test_takes_tax_out_of_prices_that_include_it():
    assert amounts(price_of(terms((1, 105), included=True))) == [105, 100, 5, 105]


def test_rounds_each_line_before_it_sums_them():
    price = price_of(terms(("0.5", 1), ("0.5", 1)))

    assert amounts(price) == [1, 1, 2, 0, 2]


def test_rounds_the_tax_of_the_whole_and_not_of_its_lines():
    price = price_of(terms((1, 9), (1, 9)))

    assert price.tax == Money.of(1, "TWD")


def test_settles_new_taiwan_dollars_in_whole_dollars_and_others_in_cents():
    assert price_of(terms((1, "10.49"))).total == Money.of(11, "TWD")
    assert price_of(terms((1, "10.49"), currency="USD")).total == Money.of("11.01", "USD")


def test_rounds_half_a_cent_up_where_the_rate_gives_no_finite_quotient():
    price = price_of(terms((1, "0.03"), currency="USD", included=True, rate=20))

    assert (price.untaxed, price.tax) == (Money(3, "USD"), Money(0, "USD"))


def test_a_rate_of_nothing_is_no_tax():
    for included in (True, False):
        assert price_of(terms((1, 100), included=included, rate=0)).tax == Money(0, "TWD")


@FEW
@given(
    lines=st.lists(st.tuples(st.decimals(Decimal("0.01"), 1000, places=2), CENTS), min_size=1, max_size=6),
    currency=st.sampled_from(["TWD", "USD"]),
    included=st.booleans(),
    rate=RATES,
)
@example([(Decimal(1), Decimal("0.03"))], "USD", True, Decimal(20))
def test_what_is_printed_always_adds_up_exactly(lines, currency, included, rate):
    unit = 100 if currency == "TWD" else 1

    price = price_of(terms(*lines, currency=currency, included=included, rate=rate))

    def settled(minor):
        return floor(minor / unit + Fraction(1, 2)) * unit

    expected = [settled(Fraction(quantity) * Fraction(cost) * 100) for quantity, cost in lines]
    gross, share = sum(expected), Fraction(rate) / 100
    untaxed = settled(gross / (1 + share)) if included else gross
    tax = gross - untaxed if included else settled(gross * share)
    assert [money.minor for money in price.lines] == expected
    assert (price.untaxed.minor, price.tax.minor) == (untaxed, tax)
    assert price.total.minor == untaxed + tax


# --- the value the policy sees -----------------------------------------------------------

EXCHANGE = {"rate": "31.5", "on": "2026-11-01", "source": "Bank of Taiwan"}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (terms(), None),
        (terms((1, 150000)), 150000),
        (terms((1, 157500), included=True), 150000),
        (terms(estimated_value="0"), 0),
        (terms(estimated_value="150000"), 150000),
        (terms(estimated_value="150000.01"), 150001),
        (terms((1, 5), estimated_value="9"), 9),
        (terms((1, 100), currency="USD"), None),
        (terms((1, 100), currency="USD", exchange=EXCHANGE), 3150),
        (terms((1, "0.01"), currency="USD", exchange=EXCHANGE), 1),
        (terms(estimated_value="100", currency="USD"), None),
        (terms(estimated_value="100", currency="USD", exchange=EXCHANGE), 3150),
        (terms(estimated_value="0", currency="USD"), 0),
        (terms((1, 100), exchange=EXCHANGE), 100),
    ],
    ids=str,
)
def test_tells_the_policy_the_value_before_tax_in_whole_dollars_rounded_up(said, value):
    assert value_for_policy(said) == value

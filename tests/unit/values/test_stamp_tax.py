"""Stamp tax: the vectors, then 印花稅法 one sentence at a time."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.values import stamp_tax as module
from workflow.values.money import LARGEST, Money
from workflow.values.problems import ValueRefusedError
from workflow.values.stamp_tax import Kind, Rate, stamp_tax

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/stamp_tax.json").read_text(encoding="utf-8"))
FEW = settings(max_examples=100, deadline=None, database=None)


def twd(amount: int | str) -> Money:
    return Money.of(amount, "TWD")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['kind']}-{vector['amount']}")
def test_comes_to_what_the_vectors_say(vector):
    tax = stamp_tax(vector["kind"], twd(vector["amount"]), vector["originals"])

    assert tax == twd(vector["stamp_tax_twd"])


def test_is_rated_whatever_the_document_is():
    assert {rate.kind for rate in module.RATES} == set(Kind)


def test_taxes_a_bid_bond_less_than_another_receipt():
    assert stamp_tax(Kind.BID_BOND, twd(1_000_000), 1) == twd(1000)
    assert stamp_tax(Kind.RECEIPT, twd(1_000_000), 1) == twd(4000)


def test_drops_the_part_of_a_dollar_on_each_original_and_not_on_their_sum():
    assert stamp_tax(Kind.WORKS, twd(1999), 3) == twd(3)
    assert stamp_tax(Kind.WORKS, twd("1999.99"), 1) == twd(1)


def test_wants_foreign_money_converted_first():
    with pytest.raises(ValueRefusedError, match=r"'USD 1,000.00' is not an amount in New Taiwan dollars"):
        stamp_tax(Kind.WORKS, Money.of(1000, "USD"), 2)


@pytest.mark.parametrize("kind", [Kind.MOVABLES, Kind.SERVICE])
def test_does_not_care_for_the_currency_where_the_amount_does_not_matter(kind):
    assert stamp_tax(kind, Money.of(1000, "USD"), 2) == stamp_tax(kind, twd(1000), 2)


def test_takes_the_rate_of_the_day_and_the_latest_without_one(monkeypatch):
    lower = Rate(Kind.WORKS, date(2030, 1, 1), per_mille=0)
    monkeypatch.setattr(module, "RATES", (lower, *module.RATES))

    assert stamp_tax(Kind.WORKS, twd(1000), 1, on=date(2029, 12, 31)) == twd(1)
    assert stamp_tax(Kind.WORKS, twd(1000), 1, on=date(2030, 1, 1)) == twd(0)
    assert stamp_tax(Kind.WORKS, twd(1000), 1) == twd(0)


def test_refuses_a_day_before_the_rates_it_knows():
    with pytest.raises(ValueRefusedError, match="'1999-01-01' is not a day whose rates"):
        stamp_tax(Kind.WORKS, twd(1000), 1, on=date(1999, 1, 1))


@pytest.mark.parametrize("kind", ["", "nda", "WORKS", 1, Decimal("sNaN"), None])
def test_refuses_a_kind_it_does_not_know(kind):
    with pytest.raises(ValueRefusedError, match="a kind of document: works, movables"):
        stamp_tax(kind, twd(1000), 1)


@pytest.mark.parametrize(
    "originals", [0, -1, True, 1.0, "2", Decimal(2), pytest.param(10**5000, id="too long to print"), None]
)
def test_refuses_a_number_of_originals_that_cannot_be(originals):
    with pytest.raises(ValueRefusedError, match="a number of originals"):
        stamp_tax(Kind.WORKS, twd(1000), originals)


def test_refuses_a_negative_amount():
    with pytest.raises(ValueRefusedError, match="stamp tax is due on"):
        stamp_tax(Kind.SERVICE, twd(-1), 1)


@FEW
@given(st.integers(0, LARGEST), st.integers(1, 50), st.sampled_from(list(Kind)))
def test_each_original_costs_the_same_and_never_more_than_its_rate(amount, originals, kind):
    tax = stamp_tax(kind, twd(amount), originals)

    assert tax.minor == stamp_tax(kind, twd(amount), 1).minor * originals
    assert tax.minor % 100 == 0
    if kind is not Kind.MOVABLES:
        assert 0 <= tax.minor * 1000 <= 4 * amount * 100 * originals


@FEW
@given(*[st.one_of(st.sampled_from(list(Kind)), st.text(), st.integers(), st.decimals())] * 2)
def test_nothing_but_a_refusal_escapes(kind, originals):
    with suppress(ValueRefusedError):
        stamp_tax(kind, twd(LARGEST), originals)

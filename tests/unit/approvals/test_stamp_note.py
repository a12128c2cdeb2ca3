"""The stamp tax as the tax reviewer is asked about it: what it would be, and what nobody knows yet."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from approvals.stamp_note import stamp_note
from workflow.terms import Terms

TERMS = Terms.load(Path(__file__).parents[2] / "data" / "terms.toml")
DAY = date(2026, 1, 5)


def terms(stamp_class="works", **changes):
    facts = TERMS.facts.model_copy(update={"stamp_class": stamp_class})
    return TERMS.model_copy(update={"facts": facts, **changes})


def noted(given, language="en"):
    note = stamp_note(given, language, on=DAY)
    return note["rows"], "\n".join(note["notes"])


def priced(amount, *, included=False):
    items = (TERMS.items[0].model_copy(update={"quantity": Decimal(1), "unit_price": Decimal(amount)}),)
    return {"items": items, "tax": TERMS.tax.model_copy(update={"included": included})}


def test_a_contract_for_work_costs_one_per_mille_of_its_price_for_each_original():
    (row,), notes = noted(terms(**priced(1_234_567)))

    assert (row["base"], row["rate"], row["originals"]) == ("TWD 1,234,567", "1 per mille", "2")
    assert (row["each"], row["total"]) == ("TWD 1,234", "TWD 2,468")
    assert "印花稅法 §5 (4)" in row["kind_name"]
    assert "is a proposal for the tax reviewer and no ruling" in notes
    assert "§8, §10" in notes


def test_the_base_is_the_price_without_business_tax_and_both_are_told():
    (row,), notes = noted(terms(**priced(1_050_000, included=True)))

    assert row["base"] == "TWD 1,000,000"
    assert "with it the price is TWD 1,050,000" in notes


def test_a_sale_of_movables_costs_four_dollars_whatever_it_is_worth():
    (row,), notes = noted(terms("movables", originals=3, items=(), estimated_value=None))

    assert (row["base"], row["each"], row["originals"], row["total"]) == ("–", "TWD 4", "3", "TWD 12")
    assert "not known" not in notes


def test_of_real_estate_only_the_deed_is_taxed():
    assert "only the deed for its registration" in noted(terms("real_estate"))[1]
    assert "only the deed" not in noted(terms("works"))[1]


def test_what_the_law_does_not_list_costs_nothing():
    (row,), _ = noted(terms("none"))

    assert (row["rate"], row["total"]) == ("none", "TWD 0")


def test_where_nobody_said_what_it_is_every_kind_is_reckoned_and_that_is_told():
    rows, notes = noted(terms("unknown", **priced(1_000_000)))

    assert [row["total"] for row in rows] == ["TWD 2,000", "TWD 8", "TWD 2,000", "TWD 0"]
    assert notes.count("Nobody has said what kind of document this is") == 1


def test_a_value_nobody_knows_gives_no_figure():
    (row,), notes = noted(terms(items=(), estimated_value=None))

    assert (row["base"], row["each"], row["total"]) == ("not known", "not known", "not known")
    assert "The value is not known" in notes


def test_foreign_money_is_converted_at_the_rate_that_is_recorded():
    rate = {"rate": "31.255", "on": "2026-01-02", "source": "臺灣銀行"}
    given = Terms.read(
        terms(currency="USD", **priced(1000)).model_dump(exclude_none=True) | {"exchange": rate}
    )

    (row,), notes = noted(given)

    assert (row["base"], row["each"]) == ("TWD 31,255", "TWD 31")
    assert "Converted at 31.255 TWD to the USD (臺灣銀行, 2026-01-02)" in notes


def test_foreign_money_without_a_rate_is_not_guessed():
    (row,), notes = noted(terms(currency="USD"))

    assert row["total"] == "not known"
    assert "no rate is recorded" in notes


@pytest.mark.parametrize(
    ("mode", "flagged"), [("agreed", True), ("notified", True), ("unknown", True), ("paper", False)]
)
def test_electronic_originals_are_flagged_as_not_verified(mode, flagged):
    assert ("this was not verified" in noted(terms(consent_mode=mode))[1]) is flagged


def test_it_speaks_the_language_of_the_agreement():
    (row,), notes = noted(terms(**priced(1_000_000)), "zh-TW")

    assert row["kind_name"].startswith("承攬契據")
    assert (row["rate"], row["total"]) == ("千分之 1", "NT$2,000")
    assert "中華民國115年1月5日" in notes

"""Money: what is an amount, what is refused, and how it is rounded and shown."""

from contextlib import suppress
from dataclasses import FrozenInstanceError
from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow.values.money import CURRENCIES, LARGEST, Money, exponent, figures
from workflow.values.problems import ValueRefusedError

ANYTHING = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789,.-+eE_ ", max_size=12),
    st.integers(),
    st.decimals(),
    st.booleans(),
    st.floats(),
)
AMOUNTS = st.integers(-LARGEST * 100, LARGEST * 100)
FEW = settings(max_examples=80, deadline=None, database=None)


def twd(amount: int | str | Decimal) -> Money:
    return Money.of(amount, "TWD")


@pytest.mark.parametrize(
    ("code", "places"), [("TWD", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("CLF", 4), ("ISK", 0)]
)
def test_knows_how_many_decimals_a_currency_has(code, places):
    assert exponent(code) == places


def test_knows_the_active_currencies_and_nothing_that_is_no_money():
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert {"TWD", "XCG", "SLE", "ZWG", "VED", "XOF"} <= CURRENCIES
    assert not {"HRK", "BGN", "ANG", "SLL", "ZWL", "XAU", "XXX", "XTS", "NTD", "RMB"} & CURRENCIES


@pytest.mark.parametrize("code", ["", "twd", "NTD", "XXX", "TWD ", "ＴＷＤ", 901, Decimal("sNaN"), None])
def test_refuses_an_unknown_currency(code):
    with pytest.raises(ValueRefusedError, match="is not a currency"):
        Money(1, code)


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        (1230000, 123000000),
        ("1230000", 123000000),
        ("1,230,000", 123000000),
        ("1,230,000.50", 123000050),
        ("0.5", 50),
        ("0", 0),
        ("-12", -1200),
        (Decimal("12.34"), 1234),
        (Decimal("12.3400"), 1234),
        (Decimal("1.2E+3"), 120000),
        (Decimal("0E+999999"), 0),
    ],
)
def test_reads_an_amount_exactly(written, minor):
    assert twd(written) == Money(minor, "TWD")


@pytest.mark.parametrize(
    "written",
    [
        1.5,
        True,
        None,
        b"1",
        "",
        " 1",
        "1 ",
        "+1",
        "1.",
        ".5",
        "007",
        "1e3",
        "1_000",
        "1.234",
        "1.500",
        "１２３",
        "1，000",
        "1,00",
        "1000,000",
        "1,0000",
        ",100",
        "1,000.00,0",
        "0x1F",
        "NaN",
        "壹佰",
        "1\n",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("0.001"),
        Decimal("1E-999999"),
        Decimal("1E+999999"),
        Decimal("1." + "0" * 5000),
        pytest.param(10**5000, id="too long to print"),
        "9" * 5000,
    ],
)
def test_refuses_what_is_no_exact_amount(written):
    with pytest.raises(ValueRefusedError):
        twd(written)


def test_refuses_decimals_a_currency_does_not_have():
    with pytest.raises(ValueRefusedError, match=r"'1000.5' is not an amount in JPY with at most 0"):
        Money.of("1000.5", "JPY")


@pytest.mark.parametrize("minor", [True, 1.0, "1", Decimal(1), None, LARGEST * 100 + 1, -LARGEST * 100 - 1])
def test_is_built_from_a_whole_number_of_minor_units_only(minor):
    with pytest.raises(ValueRefusedError):
        Money(minor, "TWD")


def test_cannot_be_changed_or_ordered():
    with pytest.raises(FrozenInstanceError):
        twd(1).minor = 2
    with pytest.raises(TypeError):
        assert twd(1) < twd(2)


def test_adds_and_subtracts_within_one_currency():
    assert twd(3) + twd("1.5") == twd("4.5")
    assert twd(3) - twd(5) == twd(-2)


def test_refuses_to_mix_currencies():
    usd = Money.of(1, "USD")

    with pytest.raises(ValueRefusedError, match=r"'USD 1.00' is not an amount in TWD"):
        twd(1) + usd
    with pytest.raises(ValueRefusedError):
        twd(1) - usd


def test_does_not_add_anything_else():
    with pytest.raises(TypeError):
        twd(1) + 1
    with pytest.raises(TypeError):
        twd(1) - 1


@pytest.mark.parametrize(
    ("unit_price", "quantity", "total"),
    [("3.5", 3, "11"), ("2.5", 1, "3"), ("2.4", 1, "2"), ("-2.5", 1, "-3"), (1000, Decimal("0.3335"), 334)],
)
def test_rounds_new_taiwan_dollars_half_up_to_whole_dollars(unit_price, quantity, total):
    assert twd(unit_price).times(quantity) == twd(total)


def test_rounds_other_currencies_half_up_to_their_minor_unit():
    assert Money.of("0.05", "USD").times(Decimal("0.5")) == Money.of("0.03", "USD")
    assert Money.of(3, "JPY").times(Decimal("0.5")) == Money.of(2, "JPY")
    assert Money.of("0.003", "KWD").times(Decimal("0.5")) == Money.of("0.002", "KWD")


def test_takes_a_percentage_as_the_tax_on_an_invoice():
    assert twd(1230000).percent(Decimal(5)) == twd(61500)
    assert twd(10).percent(Decimal(5)) == twd(1)
    assert twd(9).percent(Decimal(5)) == twd(0)
    assert Money.of("10.10", "USD").percent(Decimal("2.5")) == Money.of("0.25", "USD")


@pytest.mark.parametrize(
    "number", [0.5, True, "2", None, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+41")]
)
def test_multiplies_by_exact_numbers_only(number):
    with pytest.raises(ValueRefusedError):
        twd(1).times(number)
    with pytest.raises(ValueRefusedError):
        twd(1).percent(number)


def test_does_not_depend_on_the_decimal_context():
    with localcontext() as context:
        context.prec = 3
        assert twd(1234567).amount == Decimal("1234567.00")
        assert twd(1234567).times(Decimal("1.000001")) == twd(1234568)


@pytest.mark.parametrize(
    ("amount", "currency", "zh", "en"),
    [
        (1230000, "TWD", "NT$1,230,000", "TWD 1,230,000"),
        ("1230000.5", "TWD", "NT$1,230,000.50", "TWD 1,230,000.50"),
        (480000, "USD", "US$480,000.00", "USD 480,000.00"),
        (1000, "EUR", "EUR 1,000.00", "EUR 1,000.00"),
        (1000, "JPY", "JPY 1,000", "JPY 1,000"),
        ("1000.005", "KWD", "KWD 1,000.005", "KWD 1,000.005"),
        (0, "TWD", "NT$0", "TWD 0"),
        (-1200, "TWD", "-NT$1,200", "TWD -1,200"),
        ("-0.05", "USD", "-US$0.05", "USD -0.05"),
    ],
)
def test_shows_figures_in_the_readers_language(amount, currency, zh, en):
    money = Money.of(amount, currency)

    assert (figures(money, "zh-TW"), figures(money, "en")) == (zh, en)


@pytest.mark.parametrize("lang", ["", "zh", "fr", "EN", Decimal("sNaN"), None])
def test_refuses_a_language_it_does_not_speak(lang):
    with pytest.raises(ValueRefusedError, match="a language of the interface: en, zh-TW"):
        figures(twd(1), lang)


def test_explains_a_refusal_in_one_line_whatever_was_given():
    with pytest.raises(ValueRefusedError) as refusal:
        twd("{0}" + "9" * 5000)
    what, why, remedy = refusal.value.explain()

    assert what == str(refusal.value)
    assert what.startswith("'{0}999")
    assert len(what) < 140
    assert (refusal.value.code, refusal.value.exit_code, why) == ("W002", 2, "")
    assert remedy.startswith("write digits")


@FEW
@given(AMOUNTS, st.sampled_from(["TWD", "USD"]))
def test_figures_and_amounts_read_back_as_the_same_money(minor, currency):
    money = Money(minor, currency)

    assert Money.of(money.amount, currency) == money
    assert Money.of(figures(money, "en").removeprefix(f"{currency} "), currency) == money


@FEW
@given(st.integers(-(10**12), 10**12), st.integers(-1000, 1000))
def test_multiplying_whole_dollars_is_repeated_addition(dollars, count):
    assert twd(dollars).times(count) == twd(dollars * count)


@FEW
@given(st.integers(-(10**12), 10**12), st.decimals(-100, 100, places=4))
def test_rounding_never_moves_an_amount_by_more_than_half_a_dollar(minor, rate):
    exact = Decimal(minor) * rate

    assert abs(Money(minor, "TWD").times(rate).minor - exact) <= 50


@settings(FEW, max_examples=300)
@given(ANYTHING, st.one_of(st.sampled_from(sorted(CURRENCIES)), ANYTHING), ANYTHING)
@example(Decimal("sNaN"), Decimal("sNaN"), Decimal("sNaN"))
@example(10**9000, "TWD", 10**9000)
@example("\ud800", "TWD", "\ud800")
def test_nothing_but_a_refusal_escapes(amount, currency, number):
    for call in (
        lambda: Money.of(amount, currency),
        lambda: Money(amount, currency),
        lambda: Money.of(1, "TWD").times(number),
        lambda: Money.of(1, "USD").percent(number),
        lambda: figures(Money.of(1, "USD"), amount),
    ):
        with suppress(ValueRefusedError):
            call()

"""Reading amounts and dates as people word them: what means the same is read alike, what differs is told."""

from datetime import date
from decimal import Decimal

import pytest

from workflow.documents.wording import amounts_in_words, dates_in, folded


def read(text):
    (found,) = amounts_in_words(text)
    return found


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("總價為NT$113,400（新臺幣壹拾壹萬參仟肆佰元整）。", 113_400),
        ("新台幣壹佰貳拾叁萬圓正（NT$1,230,000）", 1_230_000),
        ("新臺幣一百二十三萬元整（１，２３０，０００元）", 1_230_000),
        ("新臺幣貳拾萬元整，即200,000元", 200_000),
        ("總價\x1fNT$5\x1f新臺幣伍元整\x1e", 5),
        ("NT$113,400 (New Taiwan Dollars one hundred thirteen thousand four hundred only)", 113_400),
        ("One Million Two Hundred Thousand US Dollars (US$1,200,000)", 1_200_000),
        ("two hundred and five dollars ($205.00)", 205),
        ("Fifty Thousand and 50/100 Dollars ($50,000.50)", Decimal("50000.5")),
        ("within thirty (30) days", 30),
        ("fifty percent (50%)", 50),
    ],
)
def test_words_and_figures_that_say_the_same_agree(text, amount):
    found = read(text)

    assert found.amount == found.figure == amount
    assert not found.differs


@pytest.mark.parametrize(
    "text",
    [
        "新臺幣壹佰萬元整（NT$1,000,001元）",
        "NT$1,230,000（新臺幣壹佰貳拾萬元整）",
        "美金伍萬元整（NT$50,000）",
        "Fifty Thousand Dollars ($5,000)",
        "One Thousand US Dollars (NT$1,000)",
        "within thirty (60) days",
        "40 (thirty) days",
        "sixty percent (50%)",
    ],
)
def test_words_and_figures_that_differ_are_told(text):
    assert read(text).differs


@pytest.mark.parametrize(
    "text",
    [
        "壹佰萬元整（5%營業稅另計）",
        "one million dollars (2 instalments)",
        "Section 3 (one hundred dollars)",
        "新臺幣壹拾元整，民國115年12月1日給付",
    ],
)
def test_figures_that_repeat_nothing_are_left_alone(text):
    assert not read(text).figures


def test_words_that_could_be_two_amounts_are_not_guessed():
    assert read("新臺幣壹佰伍元整").amount is None


@pytest.mark.parametrize("text", ["單位：新臺幣千元", "a one-year term", "twenty one thousand", "第三元素"])
def test_what_is_no_amount_is_none(text):
    assert not list(amounts_in_words(text))


@pytest.mark.parametrize(
    "text",
    [
        "民國115年12月1日",
        "中華民國一一五年十二月一日",
        "中華民國 115 年 12 月 1 日",
        "115年12月1日",
        "一百一十五年十二月一日",
        "民國115/12/01",
        "２０２６年１２月１日",
        "二〇二六年十二月一日",
        "2026-12-01",
        "2026/12/1",
        "1 December 2026",
        "December 1, 2026",
        "1st day of December, 2026",
        "Dec. 1st, 2026",
    ],
)
def test_a_day_is_read_however_it_is_written(text):
    assert dates_in(f"自{text}起") == {date(2026, 12, 1)}


@pytest.mark.parametrize("text", ["2026-13-01", "民國115年2月30日", "115/12/1", "第115年度"])
def test_what_is_no_day_is_none(text):
    assert not dates_in(text)


def test_the_first_year_of_the_republic_is_a_year():
    assert dates_in("民國元年一月一日") == {date(1912, 1, 1)}


def test_names_that_are_the_same_are_folded_alike():
    assert folded("臺北 Ａcme Co.") == folded("台北acme  co.")

"""Dates: the 民國 vectors, the forms that are read, and the ones that are refused."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.values.dates import long_date, read_date, roc_date
from workflow.values.problems import ValueRefusedError

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/roc_dates.json").read_text(encoding="utf-8"))
THE_DAY = date(2026, 11, 23)
FEW = settings(max_examples=150, deadline=None, database=None)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["date"])
@pytest.mark.parametrize("style", ["arabic", "chinese"])
def test_writes_and_reads_the_vectors(vector, style):
    day = date.fromisoformat(vector["date"])

    assert roc_date(day, style) == vector[style]
    assert read_date(vector[style]) == day


def test_refuses_a_year_before_the_republic():
    with pytest.raises(ValueRefusedError, match="'1911-12-31' is not a date of the Republic"):
        roc_date(date(1911, 12, 31))


@pytest.mark.parametrize("style", ["", "roman", Decimal("sNaN"), None])
def test_refuses_a_style_it_does_not_know(style):
    with pytest.raises(ValueRefusedError, match="arabic or chinese"):
        roc_date(THE_DAY, style)


def test_writes_a_long_date_in_both_languages():
    assert long_date(THE_DAY, "zh-TW") == "中華民國115年11月23日"
    assert long_date(THE_DAY, "en") == "23 November 2026"
    assert long_date(date(2026, 1, 2), "en") == "2 January 2026"
    with pytest.raises(ValueRefusedError):
        long_date(THE_DAY, "fr")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "2026/11/23",
        "2026年11月23日",
        "西元2026年11月23日",
        "2026 年 11 月 23 日",
        "民國115年11月23日",
        "中華民國115年11月23日",
        "中華民國 115 年 11 月 23 日",
        "民國115/11/23",
        "中華民國115/11/23",
        "中華民國一一五年十一月二十三日",
        "民國一一五年十一月二十三日",
    ],
)
def test_reads_every_form_that_means_one_day(text):
    assert read_date(text) == THE_DAY


def test_reads_the_first_year_of_the_republic_by_its_own_name():
    assert read_date("民國元年1月1日") == read_date("中華民國元年一月一日") == date(1912, 1, 1)


@pytest.mark.parametrize(
    "text", ["115/11/23", "115年11月23日", "115-11-23", "11/23/2026", "23/11/2026", "26/11/23"]
)
def test_refuses_a_date_whose_era_or_order_is_a_guess(text):
    with pytest.raises(ValueRefusedError) as refusal:
        read_date(text)

    assert "a 民國 year needs its mark" in refusal.value.explain()[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2026-11-23",
        "2026-11-23\n",
        "2026-11-23T00:00",
        "2026-1-3",
        "20261123",
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "２０２６-11-23",
        "2026年11月31日",
        "民國0年1月1日",
        "民國〇年一月一日",
        "民國2026年11月23日",
        "民國115年2月29日",
        "民國一一五年一二月二日",
        "民國一一五年十一月二三日",
        "民國一一五年十十月二日",
        "民國一一五年四月三十一日",
        "民國一一五年11月23日",
        "昭和1年1月1日",
        20261123,
        Decimal("sNaN"),
        None,
    ],
)
def test_refuses_what_is_no_date(text):
    with pytest.raises(ValueRefusedError, match="is not a date"):
        read_date(text)


@FEW
@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2910, 12, 31)))
def test_reads_back_every_date_as_written(day):
    for text in (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        roc_date(day),
        roc_date(day, "chinese"),
        long_date(day, "zh-TW"),
    ):
        assert read_date(text) == day


@FEW
@given(
    st.one_of(st.text(), st.text(alphabet="0123456789-/年月日民國中華元一十〇 ", max_size=14), st.integers())
)
def test_nothing_but_a_refusal_escapes(text):
    with suppress(ValueRefusedError):
        assert isinstance(read_date(text), date)

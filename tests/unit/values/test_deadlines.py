"""Periods: the vectors, 民法 §120 to §122 one sentence at a time, and the calendar."""

import json
from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.values.deadlines import (
    Unit,
    due,
    last_day,
    office_calendar,
    reply_by,
    working_days_between,
)
from workflow.values.problems import ValueRefusedError

DATA = Path(__file__).parents[2] / "data/vectors"
VECTORS = json.loads((DATA / "deadlines.json").read_text(encoding="utf-8"))
HOLIDAYS = json.loads((DATA / "tw_holidays_2026_2027.json").read_text(encoding="utf-8"))
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
FEW = settings(max_examples=100, deadline=None, database=None)


class Weekdays:
    """A calendar without holidays, for rules that need none."""

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5


class Never:
    """A calendar on which nobody ever works."""

    def is_working_day(self, day: date) -> bool:
        return False


@pytest.fixture(scope="session")
def taiwan():
    return office_calendar()


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['start']}+{vector['n']}{vector['unit']}"
)
def test_ends_where_the_vectors_say(vector, taiwan):
    period = (date.fromisoformat(vector["start"]), vector["n"], vector["unit"], taiwan)

    assert last_day(*period).isoformat() == vector["last_day"]
    assert due(*period).isoformat() == vector["due_after_s122"]


@pytest.mark.parametrize("year", [2026, 2027])
def test_works_on_exactly_the_days_the_office_calendar_does(year, taiwan):
    days = [date(year, 1, 1) + timedelta(number) for number in range(365)]

    working = {day for day in days if taiwan.is_working_day(day)}

    assert working == {
        day for day in days if day.weekday() < 5 and day.isoformat() not in HOLIDAYS[str(year)]
    }


def test_works_on_a_make_up_saturday(taiwan):
    assert taiwan.is_working_day(date(2020, 2, 15))


def test_lets_an_override_close_a_day_and_open_another():
    typhoon, holiday = date(2026, 7, 8), date(2026, 9, 28)
    calendar = office_calendar(overrides={typhoon: False, holiday: True})

    assert not calendar.is_working_day(typhoon)
    assert calendar.is_working_day(holiday)
    assert due(date(2026, 7, 7), 1, "day", calendar) == date(2026, 7, 9)


def test_keeps_the_overrides_it_was_given():
    overrides = {date(2026, 7, 8): False}
    calendar = office_calendar(overrides=overrides)
    overrides.clear()

    assert not calendar.is_working_day(date(2026, 7, 8))


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(2101, 1, 3)])
def test_refuses_years_whose_holidays_nobody_knows(day, taiwan):
    with pytest.raises(ValueRefusedError, match="whose holidays are known"):
        taiwan.is_working_day(day)


def test_knows_the_offices_of_other_countries():
    thanksgiving = date(2026, 11, 26)

    assert not office_calendar("US").is_working_day(thanksgiving)
    assert office_calendar("GB").is_working_day(thanksgiving)


@pytest.mark.parametrize("country", ["XX", "", "tw", "Taiwan", "HolidayBase", "../TW"])
def test_refuses_a_country_whose_holidays_nobody_knows(country):
    with pytest.raises(ValueRefusedError, match="a country whose holidays are known"):
        office_calendar(country)


def test_refuses_a_year_whose_holidays_are_known_of_other_countries_only():
    with pytest.raises(ValueRefusedError, match="whose holidays are known"):
        office_calendar("LK").is_working_day(date(2027, 3, 1))


def test_the_other_side_answers_on_days_both_sides_work():
    # Thursday 26 November is Thanksgiving; Friday 25 December is a holiday in both countries.
    assert reply_by(date(2026, 11, 24), 2, "US") == (date(2026, 11, 27), ("TW", "US"))
    assert reply_by(date(2026, 11, 24), 2, "TW") == (date(2026, 11, 26), ("TW",))
    assert reply_by(date(2026, 12, 24), 1, "US") == (date(2026, 12, 28), ("TW", "US"))


def test_our_own_holiday_gives_the_other_side_a_day_more():
    assert reply_by(date(2026, 10, 8), 1, "US") == (date(2026, 10, 13), ("TW", "US"))


def test_an_exception_of_ours_counts_for_the_other_side_too():
    typhoon = {date(2026, 7, 8): False}

    assert reply_by(date(2026, 7, 7), 1, "GB", typhoon) == (date(2026, 7, 9), ("TW", "GB"))


def test_a_make_up_saturday_of_ours_is_none_of_theirs():
    assert reply_by(date(2020, 2, 14), 1, "TW")[0] == date(2020, 2, 15)
    assert reply_by(date(2020, 2, 14), 1, "GB")[0] == date(2020, 2, 17)


@pytest.mark.parametrize("country", ["", "XX", "LK"])
def test_says_that_only_our_holidays_were_minded_where_theirs_are_not_known(country):
    assert reply_by(date(2027, 2, 26), 3, country) == (date(2027, 3, 4), ("TW",))


def test_refuses_a_reply_in_a_year_of_ours_that_nobody_knows():
    with pytest.raises(ValueRefusedError, match="whose holidays are known"):
        reply_by(date(2101, 1, 3), 1, "US")


def test_does_not_count_the_first_day():
    assert last_day(date(2026, 11, 23), 1, Unit.DAY, Weekdays()) == date(2026, 11, 24)
    assert last_day(date(2026, 11, 23), 1, Unit.WEEK, Weekdays()) == date(2026, 11, 30)


def test_a_period_that_begins_with_a_month_ends_with_one():
    # The first day counted is 1 March, so the month is the whole of March (民法 §121 I).
    assert last_day(date(2026, 2, 28), 1, "month", Weekdays()) == date(2026, 3, 31)
    assert last_day(date(2025, 12, 31), 1, "year", Weekdays()) == date(2026, 12, 31)


def test_a_month_without_the_matching_day_ends_on_its_last():
    assert last_day(date(2026, 1, 29), 1, "month", Weekdays()) == date(2026, 2, 28)
    assert last_day(date(2028, 1, 30), 1, "month", Weekdays()) == date(2028, 2, 29)
    assert last_day(date(2028, 2, 28), 1, "year", Weekdays()) == date(2029, 2, 28)


def test_a_last_day_of_rest_moves_to_the_next_working_day_and_holidays_before_it_count():
    assert due(date(2026, 11, 18), 3, "day", Weekdays()) == date(2026, 11, 23)
    assert due(date(2026, 11, 18), 5, "day", Weekdays()) == date(2026, 11, 23)


def test_a_period_of_working_days_leaves_holidays_out(taiwan):
    assert due(date(2026, 2, 13), 1, "working_day", taiwan) == date(2026, 2, 23)
    assert due(date(2026, 11, 20), 5, "working_day", Weekdays()) == date(2026, 11, 27)


def test_counts_working_days_after_the_first_up_to_and_with_the_last():
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)

    assert working_days_between(friday, monday, Weekdays()) == 1
    assert working_days_between(friday, friday, Weekdays()) == 0
    assert working_days_between(monday, friday, Weekdays()) == -1


@pytest.mark.parametrize("count", [0, -1, 36_526, 10**30, True, 1.0, "3", Decimal(1), Decimal("sNaN"), None])
def test_refuses_a_length_that_is_no_period(count):
    with pytest.raises(ValueRefusedError, match="a length of period"):
        due(date(2026, 1, 1), count, "day", Weekdays())


@pytest.mark.parametrize(
    "unit",
    ["", "days", "DAY", "hour", 1, Decimal("sNaN"), pytest.param(10**5000, id="too long to print"), None],
)
def test_refuses_a_unit_it_does_not_know(unit):
    with pytest.raises(ValueRefusedError, match="a unit of time: day, week, month, year, working_day"):
        due(date(2026, 1, 1), 1, unit, Weekdays())


@pytest.mark.parametrize("unit", list(Unit))
def test_refuses_to_run_off_the_end_of_the_calendar(unit):
    with pytest.raises(ValueRefusedError, match="before the year 10000"):
        due(date(9999, 12, 30), 10, unit, Weekdays())


@pytest.mark.parametrize("unit", ["day", "working_day"])
def test_refuses_a_calendar_without_working_days(unit):
    with pytest.raises(ValueRefusedError, match="before the year 10000"):
        due(date(9990, 1, 1), 1, unit, Never())


@FEW
@given(DAYS, st.integers(1, 60))
def test_working_days_counted_and_working_days_between_agree(start, count):
    end = due(start, count, "working_day", Weekdays())

    assert Weekdays().is_working_day(end)
    assert working_days_between(start, end, Weekdays()) == count


@FEW
@given(DAYS, st.integers(1, 200))
def test_months_end_the_day_before_the_matching_one_or_with_the_month(start, months):
    end = last_day(start, months, "month", Weekdays())

    first = start + timedelta(1)
    index = first.year * 12 + first.month - 1 + months
    matching_month = (index // 12, index % 12 + 1)
    if first.day <= monthrange(*matching_month)[1]:
        assert end + timedelta(1) == date(*matching_month, first.day)
    else:
        assert end == date(*matching_month, monthrange(*matching_month)[1])


@FEW
@given(DAYS, st.integers(1, 400), st.sampled_from(list(Unit)))
def test_a_longer_period_never_ends_sooner(start, count, unit):
    earlier, later = (due(start, number, unit, Weekdays()) for number in (count, count + 1))

    assert start < earlier <= later


@FEW
@given(
    st.dates(),
    st.one_of(st.integers(), st.integers(1, 40), st.decimals(), st.text()),
    st.one_of(st.sampled_from(list(Unit)), st.text(), st.integers()),
)
def test_nothing_but_a_refusal_escapes(start, count, unit):
    with suppress(ValueRefusedError):
        due(start, count, unit, Weekdays())

"""The working time between two moments, and how it is said."""

from datetime import datetime, timedelta

import pytest

from approvals.worktime import duration, in_days, working_time
from workflow import i18n
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import office_calendar

CALENDAR = office_calendar()


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TAIPEI)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-24 09:00", "2026-11-24 15:00", 0.25),
        ("2026-11-24 12:00", "2026-11-26 12:00", 2.0),
        ("2026-11-20 12:00", "2026-11-23 12:00", 1.0),  # a weekend between
        ("2026-11-21 09:00", "2026-11-22 18:00", 0.0),  # within a weekend
        ("2026-02-13 12:00", "2026-02-23 12:00", 1.0),  # the New Year's holidays
        ("2026-11-24 15:00", "2026-11-24 09:00", 0.0),
    ],
)
def test_counts_what_passes_on_working_days(start, end, days):
    assert in_days(working_time(at(start), at(end), CALENDAR)) == days


def test_does_not_guess_at_years_whose_holidays_nobody_knows():
    assert working_time(at("1911-01-01 00:00"), at("1911-01-02 00:00"), CALENDAR) is None


@pytest.mark.parametrize(
    ("passed", "english", "chinese"),
    [
        (timedelta(minutes=12, seconds=59), "12 min", "12 分"),
        (timedelta(hours=1, minutes=24), "1.4 h", "1.4 小時"),
        (timedelta(days=3, hours=5), "3.2 d", "3.2 天"),
        (None, "-", "-"),
    ],
)
def test_says_it_in_the_unit_that_fits(passed, english, chinese):
    assert duration(passed) == english

    i18n.use_language("zh-TW")
    try:
        assert duration(passed) == chinese
    finally:
        i18n.use_language("en")

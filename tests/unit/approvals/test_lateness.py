"""When something is due, and how late it is, as people read it."""

from datetime import date

import pytest

from approvals.lateness import due_words, is_late, working_days_late
from workflow import i18n
from workflow.values.deadlines import office_calendar

MONDAY = date(2026, 11, 23)
TAIWAN = office_calendar()


@pytest.fixture
def chinese():
    i18n.use_language("zh-TW")
    yield
    i18n.use_language("en")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("", "-"),
        ("2026-11-19", "2 working days late"),
        ("2026-11-20", "1 working day late"),
        ("2026-11-23", "today"),
        ("2026-11-24", "Tue 24 Nov"),
        ("2027-01-08", "Fri 8 Jan 2027"),
        # Of the 42 weekdays since then, four were holidays.
        ("2026-09-24", "38 working days late"),
    ],
)
def test_says_when_it_is_due(due, words):
    assert due_words(due, MONDAY, TAIWAN) == words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-11-19", "逾期 2 個工作天"),
        ("2026-11-20", "逾期 1 個工作天"),
        ("2026-11-23", "今天"),
        ("2026-11-27", "11/27（五）"),
        ("2027-01-08", "2027/1/8（五）"),
    ],
)
def test_says_it_in_chinese(chinese, due, words):
    assert due_words(due, MONDAY, TAIWAN) == words


def test_is_late_on_the_weekend_though_no_working_day_has_passed():
    saturday = date(2026, 11, 21)

    assert is_late("2026-11-20", saturday)
    assert working_days_late("2026-11-20", saturday, TAIWAN) == 0
    assert due_words("2026-11-20", saturday, TAIWAN) == "late since Fri 20 Nov"


def test_is_not_late_on_the_day_itself_nor_without_one():
    assert not is_late("2026-11-23", MONDAY)
    assert not is_late("", MONDAY)


def test_counts_nothing_in_years_whose_holidays_nobody_knows():
    long_ago = "1905-01-02"

    assert working_days_late(long_ago, MONDAY, TAIWAN) is None
    assert due_words(long_ago, MONDAY, TAIWAN) == "late since Mon 2 Jan 1905"

"""The organisation's exceptions from the calendar, and the calendar that is kept for quick reading."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from workflow.errors import InvalidInputError
from workflow.office import QuickCalendar, read_overrides
from workflow.values.deadlines import office_calendar
from workflow.values.problems import ValueRefusedError

GOOD = "date,day,name\n2025-07-07,holiday,Typhoon Danas\n2025/2/8,上班,補行上班\n民國115年7月8日,放假,颱風\n"


@pytest.fixture
def file(tmp_path):
    """A function that writes the file of exceptions."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "holidays.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def problems(path):
    with pytest.raises(InvalidInputError) as refused:
        read_overrides(path)
    return list(refused.value.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("text", [GOOD, GOOD.replace("\n", "\r\n"), f"{GOOD}\n,,\n"])
def test_reads_days_of_rest_and_days_of_work(file, text, encoding):
    assert read_overrides(file(text, encoding)) == {
        date(2025, 7, 7): False,
        date(2025, 2, 8): True,
        date(2026, 7, 8): False,
    }


def test_a_file_without_exceptions_changes_nothing(file):
    assert read_overrides(file("date,day,name\n")) == {}


def test_says_everything_that_is_wrong_at_once(file):
    text = "2026-02-30,holiday,Typhoon\n115/7/8,closed,\n2026-07-08,holiday,A,B\n2026/7/8,working,C\n"

    found = problems(file(f"date,day,name\n{text}"))

    assert [line.partition(":")[0] for line in found] == [
        "row 2, date",
        "row 3, day",
        "row 3, name",
        "row 3, date",
        "row 4, name",
        "row 5, date",
    ]
    assert "'2026-02-30' is not a date" in found[0]
    assert "'closed' is not one of working" in found[1]
    assert "stands in row 4 already" in found[5]


@pytest.mark.parametrize("text", ["", "\n", "date,name\n", "2026-07-08,holiday,Typhoon\n", "date;day;name\n"])
def test_refuses_other_columns(file, text):
    assert problems(file(text)) == ["row 1: the columns are not date,day,name"]


def test_refuses_a_file_that_is_not_utf_8_or_not_csv_or_too_large_or_not_there(file, tmp_path):
    assert "UTF-8" in problems(file(GOOD, "cp950"))[0]
    assert "UTF-8" in problems(file('date,day,name\n"2026'))[0]
    assert "megabyte" in problems(file(GOOD + "\n" * 1_000_001))[0]
    assert "No such file" in problems(tmp_path / "none.csv")[0]
    assert "directory" in problems(tmp_path)[0]


def test_a_kept_year_says_of_every_day_what_the_calendar_says(tmp_path):
    taiwan, days = office_calendar(), [date(2026, 1, 1) + timedelta(number) for number in range(730)]
    quick = QuickCalendar(tmp_path)

    assert all(quick.is_working_day(day) == taiwan.is_working_day(day) for day in days)

    again = QuickCalendar(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert all(again.is_working_day(day) == taiwan.is_working_day(day) for day in days)


def test_needs_no_library_for_a_year_that_is_kept(tmp_path):
    QuickCalendar(tmp_path).is_working_day(date(2026, 2, 13))
    code = """
import sys
from datetime import date
from pathlib import Path
from workflow.office import QuickCalendar
print(QuickCalendar(Path(sys.argv[1])).is_working_day(date(2026, 2, 16)), "holidays" in sys.modules)
"""

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("damage", [b"", b"1" * 364, b"1" * 366, b"x" * 365, b"\xff" * 365])
def test_works_a_damaged_year_out_again(tmp_path, damage):
    QuickCalendar(tmp_path).is_working_day(date(2026, 1, 1))
    (kept,) = tmp_path.iterdir()
    days = kept.read_bytes()
    kept.write_bytes(damage)

    assert not QuickCalendar(tmp_path).is_working_day(date(2026, 1, 1))
    assert kept.read_bytes() == days


def test_is_right_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").touch()

    assert not QuickCalendar(tmp_path / "file").is_working_day(date(2026, 2, 16))


def test_lets_an_exception_of_the_organisation_decide(tmp_path):
    calendar = QuickCalendar(tmp_path, {date(2026, 7, 8): False})

    assert not calendar.is_working_day(date(2026, 7, 8))
    assert calendar.is_working_day(date(2026, 7, 9))


def test_refuses_a_year_nobody_knows_and_keeps_nothing_of_it(tmp_path):
    with pytest.raises(ValueRefusedError, match="whose holidays are known"):
        QuickCalendar(tmp_path).is_working_day(date(2101, 1, 3))

    assert not list(tmp_path.iterdir())

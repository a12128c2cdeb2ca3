"""The organisation's own working days: its exceptions, and a quick way to count with all of them.

Owns the file in which an organisation says of single days that it works or rests, as after a
typhoon, and the copy of a year's calendar that spares commands that only look the library
behind it. How periods are counted is in ``workflow.values.deadlines``.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from workflow.errors import InvalidInputError
from workflow.i18n import mark, translate
from workflow.values.dates import read_date
from workflow.values.deadlines import HOME, NO_OVERRIDES, Calendar, office_calendar
from workflow.values.problems import ValueRefusedError

#: The columns of the file, in this order.
COLUMNS: Final = ("date", "day", "name")
#: What a day can be, and whether people work then.
DAYS: Final[Mapping[str, bool]] = {"working": True, "上班": True, "holiday": False, "放假": False}
_LARGEST_FILE = 1_000_000


def read_overrides(path: Path) -> dict[date, bool]:
    """Return what a file of exceptions says of single days, or raise `InvalidInputError` with every problem.

    It is a CSV file in UTF-8, as a spreadsheet saves it: ``2025-07-07,holiday,Typhoon Danas``.
    """
    rows = _rows(path)
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if header != COLUMNS:
        text = mark("row 1: the columns are not {columns}")
        raise InvalidInputError(str(path), [_say(text, columns=",".join(COLUMNS))])
    problems: list[str] = []
    found: dict[date, bool] = {}
    stands_in: dict[date, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            _read_row(number, cells, found, stands_in, problems)
    if problems:
        raise InvalidInputError(str(path), problems)
    return found


@dataclass(frozen=True)
class QuickCalendar:
    """Our office calendar, each year of which is worked out once and then kept in *folder*.

    What is kept belongs to one release of the library, so that a newer one is asked again. A
    folder that cannot be written to costs time only.
    """

    folder: Path
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)
    _years: dict[int, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on *day*."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year not in self._years:
            self._years[day.year] = self._kept(day.year) or self._worked_out(day.year)
        return self._years[day.year][day.timetuple().tm_yday - 1] == "1"

    def _kept(self, year: int) -> str:
        with suppress(OSError, ValueError):  # of a file that is not there, or not of this text
            days = self._file(year).read_text(encoding="ascii")
            if len(days) == _length(year) and set(days) <= {"0", "1"}:
                return days
        return ""

    def _worked_out(self, year: int) -> str:
        days = _days(year, office_calendar(HOME))
        file = self._file(year)
        with suppress(OSError):  # kept or not, the days are right
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_suffix(".partial")
            partial.write_text(days, encoding="ascii")
            partial.replace(file)
        return days

    def _file(self, year: int) -> Path:
        return self.folder / f"{HOME}-{year}-{_release()}.txt"


def _days(year: int, calendar: Calendar) -> str:
    first = date(year, 1, 1)
    return "".join(
        "01"[calendar.is_working_day(first + timedelta(number))] for number in range(_length(year))
    )


def _length(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


@cache
def _release() -> str:
    """Return what tells one release of the library from another, without importing it."""
    spec = find_spec("holidays")
    beside = Path(spec.origin).parents[1] if spec and spec.origin else Path()
    return "".join(sorted(path.stem for path in beside.glob("holidays-*.dist-info")))


def _read_row(
    number: int,
    cells: Sequence[str],
    found: dict[date, bool],
    stands_in: dict[date, int],
    problems: list[str],
) -> None:
    def problem(column: str, text: str, **facts: object) -> None:
        place = _say(mark("row {row}, {column}"), row=number, column=column)
        problems.append(f"{place}: {_say(text, **facts)}")

    day, kind, name = (cell.strip() for cell in (*cells, "", "", "")[:3])
    if any(cell.strip() for cell in cells[3:]):
        problem("name", mark("there are {count} cells under {columns} columns"), count=len(cells), columns=3)
    if kind not in DAYS:
        problem("day", mark("{value!r} is not one of {known}"), value=kind, known=", ".join(DAYS))
    if not name:
        problem("name", mark("is empty; say why, as in 'Typhoon Danas'"))
    try:
        on = read_date(day)
    except ValueRefusedError:
        problem("date", mark("{value!r} is not a date; write it as in 2025-07-07"), value=day)
        return
    if on in found:
        problem("date", mark("{day} stands in row {row} already"), day=on, row=stands_in[on])
        return
    found[on], stands_in[on] = DAYS.get(kind, False), number


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidInputError(str(path), [_say(mark("is larger than a megabyte"))])
        text = path.read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(text), strict=True))
    except OSError as error:
        reason = translate(error.strerror or "")
        raise InvalidInputError(str(path), [_say(mark("cannot be read: {reason}"), reason=reason)]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        text = mark("is not a CSV file in UTF-8: {reason}")
        raise InvalidInputError(str(path), [_say(text, reason=error)]) from None


def _say(text: str, **facts: object) -> str:
    return translate(text).format(**facts)

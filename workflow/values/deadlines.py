"""Periods: the day one ends, and the next day something can be done on.

Owns the arithmetic of 民法 §120 to §122 and of working days, and the Taiwanese calendar
it needs. What a period is for, and who is late, is decided by others.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol

from workflow.i18n import mark
from workflow.values.problems import ValueRefusedError

#: The longest period counted, in any unit: a century of days.
LONGEST: Final = 36_525
_ONE_DAY: Final = timedelta(days=1)
_NO_OVERRIDES: Final[Mapping[date, bool]] = MappingProxyType({})


class Unit(StrEnum):
    """What a period is counted in; only working days leave holidays out."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    WORKING_DAY = "working_day"


class Calendar(Protocol):
    """Knows on which days people work."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether *day* is neither a holiday nor a day of rest."""


def due(start: date, count: int, unit: Unit | str, calendar: Calendar) -> date:
    """Return the last day to act within *count* *unit*s that *start* sets running.

    The law moves a last day that is a holiday or day of rest to the next working day
    (民法 §122); `last_day` is where it was before.
    """
    end = last_day(start, count, unit, calendar)
    try:
        while not calendar.is_working_day(end):
            end += _ONE_DAY
    except OverflowError:
        raise _no_such_day(count, unit) from None
    return end


def last_day(start: date, count: int, unit: Unit | str, calendar: Calendar) -> date:
    """Return the day the period itself ends, holiday or not."""
    unit = _unit(unit)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= LONGEST:
        raise ValueRefusedError(count, mark("a length of period: 1 to {longest}"), longest=LONGEST)
    try:
        # The day something happens on is not counted (民法 §120 II): one day from today ends tomorrow.
        match unit:
            case Unit.DAY:
                return start + count * _ONE_DAY
            case Unit.WEEK:
                return start + 7 * count * _ONE_DAY
            case Unit.MONTH:
                return _months_after(start, count)
            case Unit.YEAR:
                return _months_after(start, 12 * count)
            case Unit.WORKING_DAY:
                return _working_days_after(start, count, calendar)
    except OverflowError:
        raise _no_such_day(count, unit) from None


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days come after *start*, up to and with *end*; negative if *end* is before."""
    if end < start:
        return -working_days_between(end, start, calendar)
    days = (start + number * _ONE_DAY for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def taiwan_calendar(overrides: Mapping[date, bool] = _NO_OVERRIDES) -> Calendar:
    """Return Taiwan's office calendar; *overrides* say of single days, as after a typhoon, if people work."""
    import holidays  # takes half a second, which most commands can do without

    return _TaiwanCalendar(holidays.country_holidays("TW"), dict(overrides))


@dataclass(frozen=True, slots=True)
class _TaiwanCalendar:
    office: Any  # the class is chosen at run time; `holidays` promises no type
    overrides: Mapping[date, bool]

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        # Beyond the years it knows the library finds no holidays and says nothing.
        if not self.office.start_year <= day.year <= self.office.end_year:
            wanted = mark("a day of the years {first} to {last}, whose holidays are known")
            first, last = self.office.start_year, self.office.end_year
            raise ValueRefusedError(day, wanted, first=first, last=last)
        # Make-up Saturdays are working days, which is more than "not a holiday".
        return bool(self.office.is_working_day(day))


def _months_after(start: date, months: int) -> date:
    """Return the day before the one that matches the first day counted, or the month's end (民法 §121 II)."""
    first = start + _ONE_DAY
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    if year > date.max.year:
        raise OverflowError
    if first.day > monthrange(year, month + 1)[1]:
        return date(year, month + 1, monthrange(year, month + 1)[1])
    return date(year, month + 1, first.day) - _ONE_DAY


def _working_days_after(start: date, count: int, calendar: Calendar) -> date:
    day = start
    while count:
        day += _ONE_DAY
        count -= calendar.is_working_day(day)
    return day


def _unit(unit: Unit | str) -> Unit:
    try:
        return Unit(unit)
    except ValueError:
        wanted = mark("a unit of time: {units}")
        raise ValueRefusedError(unit, wanted, units=", ".join(Unit)) from None


def _no_such_day(count: int, unit: str) -> ValueRefusedError:
    wanted = mark("a length of period that ends before the year 10000")
    return ValueRefusedError(f"{count} {unit}", wanted)

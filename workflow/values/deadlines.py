"""Periods: the day one ends, and the next day something can be done on.

Owns the arithmetic of 民法 §120 to §122 and of working days, and the calendars it needs:
that of our own office, and where the other side has to answer, theirs too. What a period
is for, and who is late, is decided by others; the organisation's own exceptions are read
by ``workflow.office``.
"""

import re
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
#: The country whose calendar our own people work by.
HOME: Final = "TW"
NO_OVERRIDES: Final[Mapping[date, bool]] = MappingProxyType({})
_CODE: Final = re.compile("[A-Z]{2}")
_ONE_DAY: Final = timedelta(days=1)


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


def last_notice(end: date, days: int, calendar: Calendar) -> date:
    """Return the last working day on which a notice can arrive *days* before *end*.

    The day it arrives on is not counted (民法 §120 II), and nobody is given the next working
    day: what is late by a holiday is late. So it is the working day before.
    """
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST:
        raise ValueRefusedError(days, mark("a length of period: 1 to {longest}"), longest=LONGEST)
    try:
        day = end - days * _ONE_DAY
        while not calendar.is_working_day(day):
            day -= _ONE_DAY
    except OverflowError:
        raise ValueRefusedError(end, mark("a day later than the period is long")) from None
    return day


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days come after *start*, up to and with *end*; negative if *end* is before."""
    if end < start:
        return -working_days_between(end, start, calendar)
    days = (start + number * _ONE_DAY for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def office_calendar(country: str = HOME, overrides: Mapping[date, bool] = NO_OVERRIDES) -> Calendar:
    """Return the days on which offices in *country* work; *overrides* say so of single days.

    Deadlines for our own people are counted by this one alone: they work, and rest, by our
    calendar wherever the other side is. Only holidays of the whole country are known, not
    those of a state or a city. A year nobody knows the holidays of is refused when it is
    asked about, and so is a country.
    """
    import holidays  # takes as long as all else a command that only looks does

    try:
        # The library would take the name of any of its classes for a country.
        office = holidays.country_holidays(country if _CODE.fullmatch(country) else "")
    except NotImplementedError:
        wanted = mark("a country whose holidays are known")
        raise ValueRefusedError(country, wanted) from None
    return _OfficeCalendar(office, dict(overrides))


def reply_by(
    start: date, count: int, theirs: str = HOME, overrides: Mapping[date, bool] = NO_OVERRIDES
) -> tuple[date, tuple[str, ...]]:
    """Return the last of *count* working days for the other side to answer, and whose calendars it minds.

    A day counts where both sides work. The law gives whoever has to act the next working day
    in place of a holiday (民法 §122), and a holiday where they are keeps them from answering
    as ours keeps us from hearing them; so neither side's holidays are taken from the time
    they were given. Where *theirs* is a country or its year one that nobody knows the
    holidays of, only ours are minded, and the countries returned say so.
    """
    ours = office_calendar(HOME, overrides)
    if theirs not in ("", HOME):
        try:
            both = _SharedCalendar((ours, office_calendar(theirs)))
            return due(start, count, Unit.WORKING_DAY, both), (HOME, theirs)
        except ValueRefusedError:
            pass  # and where it is our own calendar that refuses, it does so again
    return due(start, count, Unit.WORKING_DAY, ours), (HOME,)


@dataclass(frozen=True, slots=True)
class _OfficeCalendar:
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


@dataclass(frozen=True, slots=True)
class _SharedCalendar:
    calendars: tuple[Calendar, ...]

    def is_working_day(self, day: date) -> bool:
        return all(calendar.is_working_day(day) for calendar in self.calendars)


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

"""How much working time lies between two moments, and the words for it. Pure and light.

Working time is the time that passes on working days, each of which counts whole: from Friday
at noon to Monday at noon it is one day. What of a day people are at their desks, nobody here knows.
"""

from datetime import datetime, time, timedelta

from workflow.i18n import mark, translate
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import Calendar
from workflow.values.problems import ValueRefusedError

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta | None:
    """Return the working time from *start* to *end*; None where nobody knows the holidays.

    A moment before *start* is no time after it, which is none at all.
    """
    start, end = start.astimezone(TAIPEI), end.astimezone(TAIPEI)
    passed, day = timedelta(), start.date()
    try:
        while day <= end.date():
            midnight = datetime.combine(day, time(), TAIPEI)
            if calendar.is_working_day(day):
                passed += max(timedelta(), min(end, midnight + _DAY) - max(start, midnight))
            day += _DAY
    except ValueRefusedError:
        return None
    return passed


def in_days(passed: timedelta | None) -> float | None:
    """Return working time in days, to a hundredth, as programs are told it."""
    return None if passed is None else round(passed / _DAY, 2)


def duration(passed: timedelta | None) -> str:
    """Return the words for working time: minutes, hours, or days to a tenth."""
    if passed is None:
        return "-"
    if passed >= _DAY:
        return translate(mark("{days} d")).format(days=f"{passed / _DAY:.1f}")
    if passed >= _HOUR:
        return translate(mark("{hours} h")).format(hours=f"{passed / _HOUR:.1f}")
    return translate(mark("{minutes} min")).format(minutes=passed // _MINUTE)

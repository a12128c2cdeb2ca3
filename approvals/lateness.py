"""How late something is, in working days, and the words for when it is due. Pure and light."""

from datetime import date

from workflow.i18n import language, mark, translate
from workflow.values.deadlines import Calendar, working_days_between
from workflow.values.problems import ValueRefusedError

_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_late(due: str, today: date) -> bool:
    """Tell whether the day something was due is past; what has no due date is never late."""
    return bool(due) and due < today.isoformat()


def working_days_late(due: str, today: date, calendar: Calendar) -> int | None:
    """Return how many working days have passed since *due*, or None where nobody knows the holidays.

    On the Saturday after a Friday it is late and no working day has passed, which is 0.
    """
    try:
        return working_days_between(date.fromisoformat(due), today, calendar)
    except ValueRefusedError:
        return None


def due_words(due: str, today: date, calendar: Calendar) -> str:
    """Say how late something is, or that it is due today, or when it will be."""
    if not due:
        return "-"
    day = date.fromisoformat(due)
    if day == today:
        return translate(mark("today"))
    if day > today:
        return short_date(day, today)
    days = working_days_late(due, today, calendar)
    if not days:
        return translate(mark("late since {day}")).format(day=short_date(day, today))
    text = mark("1 working day late") if days == 1 else mark("{days} working days late")
    return translate(text).format(days=days)


def short_date(day: date, today: date) -> str:
    """Return *day* with its day of the week, and with the year where it is not the current one."""
    other_year = day.year != today.year
    if language() == "zh-TW":
        year = f"{day.year}/" if other_year else ""
        return f"{year}{day.month}/{day.day}（{_WEEKDAYS_ZH[day.weekday()]}）"
    year = f" {day.year}" if other_year else ""
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}{year}"

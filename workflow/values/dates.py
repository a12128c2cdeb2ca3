"""Dates as contracts write them: 民國 years, ISO, and English in full.

Owns writing and reading one day. A text that could mean two days is refused, never
guessed. Counting days is in ``workflow.values.deadlines``.
"""

import re
from datetime import date, timedelta, timezone

from workflow.i18n import LANGUAGES, mark
from workflow.values.problems import ValueRefusedError

#: Documents are dated where their users are; Taiwan has kept UTC+8 without summer time since 1980.
TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")

_YEAR_BEFORE_ROC = 1911  # 民國元年 is 1912
_DIGITS = "〇一二三四五六七八九"
_ARABIC = str.maketrans(f"{_DIGITS}零", "01234567890")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_GREGORIAN = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})"),
    re.compile(r"(?:西元 ?)?(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日"),
)
# A year of the Republic needs its mark: 115/11/23 alone may be a slip for another century.
_ROC = (
    re.compile(r"(?:中華)?民國 ?(?P<year>[0-9]{1,3})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})"),
    re.compile(
        r"(?:中華)?民國 ?(?P<year>[0-9]{1,3}|元) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日"
    ),
    re.compile(
        r"(?:中華)?民國(?P<year>[〇零一二三四五六七八九]{1,3}|元)年"
        r"(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
    ),
)


def roc_date(day: date, style: str = "arabic") -> str:
    """Return *day* with its 民國 year, in figures ("arabic") or in characters ("chinese")."""
    year = day.year - _YEAR_BEFORE_ROC
    if year < 1:
        raise ValueRefusedError(day, mark("a date of the Republic, which began in 1912"))
    if style == "arabic":
        return f"中華民國{year}年{day.month}月{day.day}日"
    if style == "chinese":
        # The year is read digit by digit (一一五), month and day as numbers (二十三).
        digits = "".join(_DIGITS[int(digit)] for digit in str(year))
        return f"中華民國{digits}年{_small_number(day.month)}月{_small_number(day.day)}日"
    raise ValueRefusedError(style, mark("a style of date: arabic or chinese"))


def long_date(day: date, lang: str) -> str:
    """Return *day* in full, as a contract in *lang* states it."""
    if lang == "zh-TW":
        return roc_date(day)
    if lang == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04}"
    wanted = mark("a language of the interface: {languages}")
    raise ValueRefusedError(lang, wanted, languages=", ".join(LANGUAGES))


def read_date(text: str) -> date:
    """Return the day *text* states in one of the forms that can mean one day only."""
    hint = mark(
        "write 2026-11-23, 2026/11/23, 2026年11月23日 or 民國115年11月23日; a 民國 year needs its mark"
    )
    refused = ValueRefusedError(text, mark("a date"), hint=hint)
    if not isinstance(text, str):
        raise refused
    for forms, year_before in ((_GREGORIAN, 0), (_ROC, _YEAR_BEFORE_ROC)):
        for form in forms:
            if match := form.fullmatch(text):
                year = _year(match["year"])
                month, day = (_number(match[part]) for part in ("month", "day"))
                # 民國零年 does not exist, although date() would take its Gregorian year.
                if not year:
                    raise refused
                try:
                    return date(year + year_before, month, day)
                except ValueError:
                    raise refused from None
    raise refused


def _small_number(number: int) -> str:
    """Return *number*, up to 99, as it is spoken: 三, 十, 十一, 二十, 二十三."""
    tens, ones = divmod(number, 10)
    head = "" if tens < 2 else _DIGITS[tens]
    return f"{head}{'十' if tens else ''}{_DIGITS[ones] if ones else ''}"


_SPOKEN = {_small_number(number): number for number in range(1, 32)}


def _year(text: str) -> int:
    """Return the year *text* states digit by digit, as in 115, 一一五 or 元."""
    if text == "元":
        return 1
    return int(text.translate(_ARABIC))


def _number(text: str) -> int:
    """Return the month or day *text* states, or 0, which is none; 二三 is no number one speaks."""
    return int(text) if text.isascii() else _SPOKEN.get(text, 0)

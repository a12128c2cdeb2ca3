"""Amounts, dates and names as contracts word them, read back leniently to be held against the terms.

Where words and figures differ the words win (民法 §4), so both are read. Written forms that
mean the same are read alike: 叁 and 參, 圓 and 元, 臺 and 台, full-width figures, 民國 years.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.values.amounts import read_formal_zh
from workflow.values.problems import ValueRefusedError

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x2011: "-"}
_SPOKEN = "一二兩两三四五六七八九十百千〇万亿陆貮弍叄"
_EVERYDAY = str.maketrans(_SPOKEN, "壹貳貳貳參肆伍陸柒捌玖拾佰仟零萬億陸貳貳參")

# The currencies people name, as they write them beside figures and words.
_CURRENCIES = {
    "TWD": ("NT$", "NTD", "TWD", "新臺幣", "新台幣", "臺幣", "台幣", "New Taiwan Dollars?"),
    "USD": ("US$", "USD", "美元", "美金", "(?:United States|U\\.?S\\.?) Dollars?"),
    "EUR": ("EUR", "€", "歐元", "Euros?"),
    "JPY": ("JPY", "日圓", "日元", "日幣", "(?:Japanese )?Yen"),
    "CNY": ("CNY", "RMB", "人民幣", "(?:Chinese Yuan )?Renminbi"),
    "HKD": ("HK$", "HKD", "港幣", "港元", "Hong Kong Dollars?"),
    "GBP": ("GBP", "£", "英鎊", "Pounds?(?: Sterling)?"),
    "": ("$", "Dollars?"),
}
_NAMES = [
    (name if any(c in name for c in "(?") else re.escape(name), code)
    for code, names in _CURRENCIES.items()
    for name in names
]
_CURRENCY = "(?:" + "|".join(name for name, _ in sorted(_NAMES, key=lambda n: -len(n[0]))) + ")"
_NUMBER = r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]*\d)|(?<![\d.,])\d+(?:\.\d+)?"
_FIGURES = re.compile(rf"(?P<code>{_CURRENCY})? ?(?P<number>{_NUMBER}) ?(?P<unit>[元圓%％])?", re.IGNORECASE)

_FORMAL = "壹貳參叁叄叄肆伍陸柒捌玖零拾佰仟萬億兆京"
_WRITTEN = f"[{_FORMAL}{_SPOKEN}]+"
_ZH = re.compile(rf"(?P<code>{_CURRENCY})? ?(?P<words>{_WRITTEN}[元圓](?:{_WRITTEN}[角分厘])*[整正]?)")
_FORMAL_DIGIT = re.compile(f"[{_FORMAL[:11]}]")

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: number for number, word in enumerate(_ONES)}
_VALUES |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORD = "(?:" + "|".join((*_VALUES, "hundred", *_SCALES)) + ")"
_EN = re.compile(
    rf"(?:(?P<before>{_CURRENCY}) )?\b(?P<words>{_WORD}(?:(?:[ -]|, | and |-and-)+{_WORD})*)\b"
    rf"(?: and (?P<cents>\d{{1,2}})/100)?(?: (?P<after>{_CURRENCY}))?(?: only)?",
    re.IGNORECASE,
)
# Between words and the figures that repeat them: a bracket or the edge of a cell, and little else.
_GAP = re.compile(
    r"\s*(?P<percent>percent|per cent)?\s*(?:only|,?\s*[即計為]|:|=)?"
    r"(?P<bracket>[(\[【\x1f]?)\s*(?:即|計)?\s*"
)
_OPENED = re.compile(r"\s*[(\[【\x1f]\s*(?:大寫|即|計)?:?\s*$")
_FAR = 100
_CLOSED = re.compile(r"\s*[)\]】\x1e\x1f]")

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = r"(?P<name>" + "|".join(f"{m[:3]}(?:{m[3:]})?" for m in _MONTHS) + r"|Sept)\.?"
_ZH_NUMBER = "〇零一二三四五六七八九十百元"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        rf"(?:(?P<roc>(?:中華)?民國)|西元|公元)? ?(?P<year>\d{{2,4}}|[{_ZH_NUMBER}]{{1,5}}) ?年 ?"
        rf"(?P<month>\d{{1,2}}|[{_ZH_NUMBER}]{{1,3}}) ?月 ?(?P<day>\d{{1,2}}|[{_ZH_NUMBER}]{{1,3}}) ?日",
        r"(?P<roc>(?:中華)?民國) ?(?P<year>\d{2,3})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:day of )?{_MONTH},? (?P<year>\d{{4}})",
        rf"(?<![A-Za-z]){_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
)
_DIGIT_OF = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}


@dataclass(frozen=True, slots=True)
class Worded:
    """An amount in words, and the figures beside it where there are any; "" is an unknown currency."""

    words: str
    amount: Decimal | None
    currency: str
    figures: str = ""
    figure: Decimal | None = None
    figure_currency: str = ""

    @property
    def differs(self) -> bool:
        """True where the figures say another amount, or another currency."""
        if self.amount is None or self.figure is None:
            return False
        known = {self.currency, self.figure_currency} - {""}
        return self.amount != self.figure or len(known) > 1


def even(text: str) -> str:
    """Return *text* with full-width figures, letters and brackets made ordinary."""
    return text.translate(_FULL_WIDTH)


def folded(text: str) -> str:
    """Return what two names that are the same have in common: no blanks, one form of each character."""
    return "".join(even(text).casefold().replace("臺", "台").split())


def amounts_in_words(text: str) -> Iterator[Worded]:
    """Yield every amount that *text* states in words, line by line."""
    for line in even(text).splitlines():
        yield from _in_chinese(line)
        yield from _in_english(line)


def dates_in(text: str) -> set[date]:
    """Return the days that *text* names; a year of two or three figures before 年 is of the Republic."""
    found = set()
    for pattern in _DATES:
        for match in pattern.finditer(even(text)):
            said = match.groupdict()
            year, day = number_of(said["year"]), number_of(said["day"])
            month = _month(said["name"]) if said.get("name") else number_of(said["month"])
            if year and (said.get("roc") or year < 1000):
                year += 1911
            try:
                found.add(date(year, month, day))
            except ValueError:
                continue
    return found


def _in_chinese(line: str) -> Iterator[Worded]:
    for match in _ZH.finditer(line):
        words = match["words"]
        # 一元 alone, and words without a currency or 整, are as often no amount at all.
        if not match["code"] and not words.endswith(("整", "正")):
            continue
        try:
            amount = read_formal_zh(words.translate(_EVERYDAY)).amount
        except ValueRefusedError:
            # 新臺幣千元 is a unit.
            if _FORMAL_DIGIT.search(words):
                yield Worded(match[0].strip(), None, _code(match["code"]))
            continue
        yield _beside(line, match, amount, match["code"] or words[-1])


def _in_english(line: str) -> Iterator[Worded]:
    for match in _EN.finditer(line):
        words = re.split(r"[ ,-]+(?:and[ ,-]+)?", match["words"].lower())
        number = spelled(words)
        if number is None:
            continue
        amount = Decimal(number) + Decimal(match["cents"] or 0) / 100
        currency = match["before"] or match["after"]
        found = _beside(line, match, amount, currency)
        # Without a currency a number is an amount only where figures repeat it.
        if found.figures or currency:
            yield found


def _beside(line: str, match: re.Match[str], amount: Decimal, currency: str | None) -> Worded:
    """Return an amount with the figures that repeat it, which stand right after it or right before."""
    words, code = match[0].strip(), _code(currency)
    found = _after(line, match.end()) or _before(line, match, named=bool(currency))
    if found is None:
        return Worded(words, amount, code)
    figure = Decimal(found["number"].replace(",", ""))
    return Worded(words, amount, code, found[0].strip(), figure, _code(found["code"]))


def _after(line: str, end: int) -> re.Match[str] | None:
    gap = _GAP.match(line, end)
    found = _FIGURES.match(line, gap.end()) if gap else None
    if gap is None or found is None:
        return None
    if found["unit"] in ("%", "％"):
        return found if gap["percent"] else None
    # (2 instalments) repeats nothing.
    closed = gap["bracket"] and _CLOSED.match(line, found.end())
    return found if found["code"] or found["unit"] or closed else None


def _before(line: str, match: re.Match[str], *, named: bool) -> re.Match[str] | None:
    head = line[max(0, match.start() - _FAR) : match.start()]
    opened = _OPENED.search(head)
    figures = list(_FIGURES.finditer(head, 0, opened.start())) if opened else []
    found = figures[-1] if figures else None
    if opened is None or found is None or found.end() != opened.start() or found["unit"] in ("%", "％"):
        return None
    closed = not named and _CLOSED.match(line, match.end())
    return found if found["code"] or found["unit"] or closed else None


def spelled_number(text: str) -> int | None:
    """Return the number that English words spell, or nothing where they spell none."""
    return spelled([word for word in re.split(r"[ ,-]+(?:and[ ,-]+)?", text.lower()) if word])


def spelled(words: list[str]) -> int | None:
    """Return the number that English words spell, or nothing where they spell none."""
    total = part = 0
    last = 0
    for word in words:
        if word in _VALUES:
            value = _VALUES[word]
            if last and (last < 20 or value >= 10):
                return None
            part, last = part + value, value or 1
        elif word == "hundred":
            part, last = (part or 1) * 100, 0
        else:
            total, part, last = total + (part or 1) * _SCALES[word], 0, 0
    return total + part


def _code(name: str | None) -> str:
    for pattern, code in _NAMES:
        if name and re.fullmatch(pattern, name, re.IGNORECASE):
            return code
    return ""


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def number_of(text: str) -> int:
    """Return a number in figures, or in Chinese digit by digit or with 十."""
    if text.isascii():
        return int(text)
    if text == "元":
        return 1
    if "十" in text or "百" in text:
        hundreds, _, rest = text.rpartition("百")
        tens, ten, ones = rest.rpartition("十")
        return (
            100 * _DIGIT_OF.get(hundreds, 0)
            + 10 * (_DIGIT_OF.get(tens.lstrip("零"), 1) if ten else 0)
            + _DIGIT_OF.get(ones.lstrip("零"), 0)
        )
    return int("".join(str(_DIGIT_OF.get(digit, 0)) for digit in text) or 0)

"""Amounts in words: 國字大寫 as Taiwanese contracts write them, and English.

Owns writing both and reading the Chinese back. Where words and figures differ the words
win (民法 §4), so a reading is strict: words that could mean two amounts are refused, not
guessed. Digits and rounding belong to ``workflow.values.money``.
"""

import re

from workflow.i18n import mark
from workflow.values.money import CURRENCIES, Money, exponent
from workflow.values.problems import ValueRefusedError

_DIGITS = "零壹貳參肆伍陸柒捌玖"
_PLACES = ((3, "仟"), (2, "佰"), (1, "拾"), (0, ""))
_SECTIONS = ((16, "京"), (12, "兆"), (8, "億"), (4, "萬"), (0, ""))
_DECIMALS = "角分厘毫"

#: Names of the common currencies; the first is written, all are read.
_NAMES_ZH = {
    "TWD": ("新臺幣", "新台幣", "臺幣", "台幣"),
    "USD": ("美元", "美金"),
    "EUR": ("歐元",),
    "JPY": ("日圓", "日元", "日幣"),
    "CNY": ("人民幣",),
    "HKD": ("港幣", "港元"),
    "GBP": ("英鎊",),
    "SGD": ("新加坡幣", "新加坡元"),
    "AUD": ("澳幣", "澳元"),
    "CAD": ("加幣", "加元"),
    "CHF": ("瑞士法郎",),
    "KRW": ("韓元", "韓圓", "韓圜"),
}
_CODE_OF_NAME = {name: code for code, names in _NAMES_ZH.items() for name in names}
_NAMES_EN = {
    "TWD": "New Taiwan Dollars",
    "USD": "United States Dollars",
    "EUR": "Euros",
    "JPY": "Japanese Yen",
    "CNY": "Chinese Yuan Renminbi",
    "HKD": "Hong Kong Dollars",
    "GBP": "Pounds Sterling",
    "SGD": "Singapore Dollars",
    "AUD": "Australian Dollars",
    "CAD": "Canadian Dollars",
    "CHF": "Swiss Francs",
    "KRW": "South Korean Won",
}
_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ONES = _BELOW_TWENTY.split()
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", " thousand", " million", " billion", " trillion", " quadrillion")

# Written forms that banks and courts accept for the same character.
_VARIANTS = str.maketrans("叁叄参圓正", "參參參元整")
_DIGIT = f"[{_DIGITS[1:]}]"
_SECTION = re.compile("".join(f"(?:(零?)({_DIGIT}){unit})?" for _, unit in _PLACES))
_FRACTION = re.compile("".join(f"(?:(零?)({_DIGIT}){unit})?" for unit in _DECIMALS) + "整?")

# One digit read: its power of ten, whether 零 stands before it, and its value.
_Reading = tuple[int, bool, int]


def formal_zh(money: Money) -> str:
    """Return *money* in 國字大寫, as in 新臺幣壹佰貳拾參萬元整."""
    places = exponent(money.currency)
    whole, part = divmod(_not_negative(money).minor, 10**places)
    text = f"{_whole_zh(whole)}元" if whole or not part else ""

    last = -1
    for index, digit in enumerate(f"{part:0{places}}" if part else ""):
        if digit != "0":
            # 零 marks a skipped place, but nothing precedes the first digit of all.
            skipped = "零" if index - last > 1 and text else ""
            text += f"{skipped}{_DIGITS[int(digit)]}{_DECIMALS[index]}"
            last = index
    # 整 closes an amount that could be continued; one ending in the smallest unit cannot be.
    closing = "" if part and last == places - 1 else "整"
    return f"{_NAMES_ZH.get(money.currency, (money.currency,))[0]}{text}{closing}"


def read_formal_zh(text: str, *, unmarked: str = "TWD") -> Money:
    """Return the amount *text* states, in currency *unmarked* where it names none.

    叁叄参 are read as 參, 圓 as 元 and 正 as 整, which may also be missing. 零 may be missing
    before a digit that carries its own unit (陸億柒仟 is clear), never before one that does
    not: 壹佰伍元 is 105 to some and 150 to others.
    """
    hint = mark("write it as in 新臺幣壹佰貳拾參萬元整")
    refused = ValueRefusedError(text, mark("an amount in formal Chinese"), hint=hint)
    if not isinstance(text, str):
        raise refused
    code, words = _currency_of(text, unmarked)
    places = exponent(code)

    before, yuan, after = words.translate(_VARIANTS).rpartition("元")
    fraction = _FRACTION.fullmatch(after)
    readings = [] if before == "零" else _whole_readings(before)
    if fraction is None or readings is None or (yuan and not before):
        raise refused
    readings += _readings(fraction, range(-1, -1 - len(_DECIMALS), -1))
    if not (readings or before) or any(power < -places for power, _, _ in readings):
        raise refused

    previous = 0 if before == "零" else None
    for power, zero, _ in readings:
        skipped = previous is not None and previous - power > 1
        bears_no_unit = power >= 0 and power % 4 == 0
        if zero != skipped and (zero or bears_no_unit):
            raise refused
        previous = power
    return Money(sum(digit * 10 ** (power + places) for power, _, digit in readings), code)


def formal_en(money: Money) -> str:
    """Return *money* in English words, as in New Taiwan Dollars one thousand only."""
    scale = 10 ** exponent(money.currency)
    whole, part = divmod(_not_negative(money).minor, scale)
    words = [_below_thousand(whole // 1000**group % 1000, group) for group in range(len(_GROUPS))]
    number = " ".join(word for word in reversed(words) if word) or _ONES[0]
    # A fraction says its own scale, so it is right for cents, pence and fils alike.
    rest = f" and {part:0{len(str(scale)) - 1}}/{scale}" if part else ""
    return f"{_NAMES_EN.get(money.currency, money.currency)} {number}{rest} only"


def _not_negative(money: Money) -> Money:
    if money.minor < 0:
        hint = mark("state who pays whom, and the amount without its sign")
        raise ValueRefusedError(money.amount, mark("an amount that can be written in words"), hint=hint)
    return money


def _whole_zh(number: int) -> str:
    """Return *number* without currency; 零 stands for places skipped before a digit."""
    text = ""
    skipped = False
    for base, mark_of_section in _SECTIONS:
        section = number // 10**base % 10_000
        for place, unit in _PLACES:
            digit = section // 10**place % 10
            if digit:
                text += f"{'零' if skipped else ''}{_DIGITS[digit]}{unit}"
            skipped = not digit and bool(text)
        # Zeros that end a section are not spoken: 貳佰萬伍仟. Those of an empty one are.
        skipped = not section and bool(text)
        text += mark_of_section if section else ""
    return text or _DIGITS[0]


def _currency_of(text: str, unmarked: str) -> tuple[str, str]:
    """Return the code of the currency named first in *text*, and the rest."""
    for name in sorted(_CODE_OF_NAME, key=len, reverse=True):
        if text.startswith(name):
            return _CODE_OF_NAME[name], text.removeprefix(name).lstrip()
    if text[:3] in CURRENCIES:
        return text[:3], text[3:].lstrip()
    return unmarked, text


def _whole_readings(text: str) -> list[_Reading] | None:
    """Return the digits of a whole number from the highest down, or None if it is no number."""
    # A leading ten needs no 壹: 拾萬元.
    rest = f"壹{text}" if text.startswith("拾") else text
    readings: list[_Reading] = []
    for base, unit in _SECTIONS:
        section, found, after = rest.partition(unit) if unit else (rest, "", "")
        if unit and not found:
            continue
        match = _SECTION.fullmatch(section)
        if match is None or (unit and not section):
            return None
        readings += _readings(match, range(base + 3, base - 1, -1))
        rest = after
    return readings


def _readings(match: re.Match[str], powers: range) -> list[_Reading]:
    """Return the digits *match* found, each as a zero and a digit at the next of *powers*."""
    groups = match.groups()
    found = zip(powers, groups[::2], groups[1::2], strict=True)
    return [(power, bool(zero), _DIGITS.index(digit)) for power, zero, digit in found if digit]


def _below_thousand(number: int, group: int) -> str:
    """Return *number* in words with the name of its *group*, or nothing for zero."""
    if not number:
        return ""
    hundreds, rest = divmod(number, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        words.append(_TENS[tens] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest:
        words.append(_ONES[rest])
    return " ".join(words) + _GROUPS[group]

"""Numbers as Word's lists write them."""

from collections.abc import Callable

_HAN = "零一二三四五六七八九"
_FORMAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def numeral(number: int, form: str) -> str:
    """Return *number* in one of Word's formats; an unknown format is written in figures."""
    if number < 0 or number > 32767:
        return str(number)
    return _FORMS.get(form, str)(number)


def _counted(number: int, digits: str, tens: tuple[str, ...]) -> str:
    """Write as one counts aloud: 十, 十一, 一百零五."""
    if number == 0:
        return digits[0]
    if number >= 10_000:
        rest = number % 10_000
        gap = digits[0] if 0 < rest < 1000 else ""
        return (
            _counted(number // 10_000, digits, tens)
            + "萬"
            + gap
            + (_counted(rest, digits, tens) if rest else "")
        )
    text, waiting = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += (digits[0] if waiting and text else "") + digits[digit] + tens[power]
            waiting = False
        else:
            waiting = True
    return text[1:] if text.startswith(digits[1] + "十") else text


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _row(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if 0 < number <= len(characters) else str(number)


def _digits(number: int) -> str:
    return str(number).translate({ord(str(d)): c for d, c in enumerate("〇" + _HAN[1:])})


def _han(number: int) -> str:
    return _counted(number, _HAN, ("", "十", "百", "千"))


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "bullet": lambda _: "",
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": _ordinal,
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + d: 0xFF10 + d for d in range(10)}),
    "decimalEnclosedCircle": _row("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": _row("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "ideographTraditional": _row(_STEMS),
    "ideographZodiac": _row(_BRANCHES),
    "ideographDigital": _digits,
    "taiwaneseDigital": _digits,
    "taiwaneseCounting": _han,
    "taiwaneseCountingThousand": _han,
    "chineseCounting": _han,
    "chineseCountingThousand": _han,
    "japaneseCounting": _han,
    "ideographLegalTraditional": lambda number: _counted(number, _FORMAL, ("", "拾", "佰", "仟")),
    "chineseLegalSimplified": lambda number: _counted(number, _FORMAL, ("", "拾", "佰", "仟")),
}

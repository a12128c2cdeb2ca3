"""Whether the two languages of a contract say the same, as far as a program can tell: counts and numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from workflow.documents.wording import dates_in, even, number_of, spelled_number
from workflow.i18n import mark
from workflow.problems import Problem

_FIGURE = re.compile(r"(?<![\d.,A-Za-z-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d-])")
_NUMERAL = "[一二三四五六七八九十百]+"
_CHINESE = re.compile(
    rf"(?P<n>{_NUMERAL})(?=個?(?:工作日|計算期間|曆年|日|月|年|小時|週)|[份期])|百分之(?P<p>{_NUMERAL})|千分之(?P<q>{_NUMERAL})"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|hundred"
_ORDINALS = {"fifth": 5, "tenth": 10, "fifteenth": 15, "twentieth": 20, "twenty-fifth": 25, "thirtieth": 30}
_COUNTED = (
    "Working Days?|calendar|days?|months?|years?|hours?|weeks?|periods?|per ?cent|per mille|originals?"
    "|consecutive"
)
_SPELLED = rf"(?:(?:{_ONES}) hundred(?: and)? )?(?:(?:{_TENS})-(?:{_ONES})|{_TENS}|{_TEENS}|{_ONES})"
_ENGLISH = re.compile(rf"\b(?P<n>{_SPELLED})(?= (?:{_COUNTED})\b)|\b(?P<th>{'|'.join(_ORDINALS)}) day\b")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"(?:中華民國|民國)?\d{{2,4}} ?年 ?\d{{1,2}} ?月 ?\d{{1,2}} ?日|\d{{1,2}} (?:{_MONTH}) \d{{4}}"
)
MISSING = mark("is not there in the other language")
_PARAGRAPHS = mark("has {first} paragraphs in one language and {second} in the other")
_NUMBERS = mark("says other numbers in the other language, in paragraph {place}: {first} and {second}")
ALIKE = mark("word both languages alike")


def differences(clauses: list[Mapping[str, Any]]) -> Iterator[tuple[bool, Problem]]:
    """Yield what differs between a contract's languages, and whether it must be mended."""
    for clause in clauses:
        second, where = clause["en"], f"clauses.{clause['id']}"
        first_lines, second_lines = clause["paragraphs"], second["paragraphs"]
        if not second_lines:
            yield True, Problem(where, MISSING, ALIKE)
            continue
        if len(first_lines) != len(second_lines):
            counts = {"first": len(first_lines), "second": len(second_lines)}
            yield True, Problem(where, _PARAGRAPHS, ALIKE, facts=counts)
            continue
        for place, (first, other) in enumerate(zip(_texts(clause), _texts(second), strict=True), start=1):
            said, also = Counter(numbers_in(first)), Counter(numbers_in(other))
            if said != also:
                facts = {"place": place, "first": _shown(said - also), "second": _shown(also - said)}
                yield False, Problem(where, _NUMBERS, ALIKE, facts=facts)


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers a text says, in figures or in words, its dates apart; one is not counted."""
    found = Counter(day.isoformat() for day in dates_in(text))
    rest = _DATE.sub(" ", even(text.replace("，", " ").replace("兩", "二")))
    found.update(match[0].replace(",", "") for match in _FIGURE.finditer(rest))
    for match in _CHINESE.finditer(rest):
        found[str(number_of(match["n"] or match["p"] or match["q"]))] += 1
    for match in _ENGLISH.finditer(rest):
        found[str(spelled_number(match["n"]) if match["n"] else _ORDINALS[match["th"]])] += 1
    del found["1"]
    return tuple(found.elements())


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield a clause's paragraphs without the numbers of the articles they refer to."""
    for line in row["lines"]:
        yield "".join(piece["text"] for piece in line["pieces"] if not piece["bookmark"])


def _shown(numbers: Counter[str]) -> str:
    return ", ".join(sorted(numbers.elements())) or "-"

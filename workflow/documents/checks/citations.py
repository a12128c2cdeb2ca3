"""Citations of statutes: found in a text, and whether the article is one that is known to exist.

``contract_templates/citations.toml`` lists the acts, by their Chinese and English names, and of
each the articles that our clauses, rules and documents cite. What is not on the list may exist
all the same; a person has to look.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from workflow.documents.wording import number_of
from workflow.problems import read_toml

_NUMERAL = "[一二三四五六七八九十百〇零0-9]+"
_CHINESE = re.compile(
    r"(?P<act>[\u4e00-\u9fff]{1,24}?(?:法|條例|規則|細則|辦法|準則))"
    rf"第(?P<number>{_NUMERAL})條(?:之(?P<sub>{_NUMERAL}))?"
)
_SHORT = re.compile(r"(?P<act>[\u4e00-\u9fff]{2,30}) §(?P<number>\d+)(?:-(?P<sub>\d+))?")
_ENGLISH = re.compile(
    r"(?:[Aa]rticles?|[Aa]rt\.) (?P<number>\d+)(?:-(?P<sub>\d+))?(?:, paragraph \d+,?)? "
    r"of the (?P<act>[A-Z][\w ’-]*?(?:Code|Act|Rules|Regulations))\b"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """An article of an act, as a text cites it; the act by its Chinese name, where it is known."""

    act: str
    article: str

    @property
    def known(self) -> bool:
        """True where the list has the article."""
        return self.article in listed().get(self.act, ())

    def __str__(self) -> str:
        return f"{self.act} §{self.article}"


def citations_in(text: str) -> Iterator[Citation]:
    """Yield what *text* cites, in Chinese, in English, or as in 民法 §252."""
    if "條" in text or "§" in text or "rt" in text:
        for pattern in (_CHINESE, _SHORT, _ENGLISH):
            for match in pattern.finditer(text):
                sub = match["sub"]
                article = str(number_of(match["number"])) + (f"-{number_of(sub)}" if sub else "")
                yield Citation(_named(match["act"]), article)


def _named(act: str) -> str:
    """Return an act's Chinese name; words that stand before it in a sentence are no part of it."""
    by_english = _english()
    if act in by_english:
        return by_english[act]
    known = [name for name in listed() if act.endswith(name)]
    return max(known, key=len, default=act)


@cache
def _list() -> dict[str, dict[str, object]]:
    return read_toml(Path(str(files("contract_templates"))) / "citations.toml")


@cache
def listed() -> dict[str, frozenset[str]]:
    """Return the articles that are listed, by act."""
    return {name: frozenset(map(str, row["articles"])) for name, row in _list().items()}  # type: ignore[call-overload]


@cache
def english_names() -> tuple[str, ...]:
    """Return the English names of the acts, longest first."""
    return tuple(sorted(_english(), key=len, reverse=True))


@cache
def _english() -> dict[str, str]:
    return {str(row["english"]): name for name, row in _list().items()}

"""The text of an article: fields filled in, cut into paragraphs, with references to other articles.

Articles are counted here as Word will count them, so that a text can say a number that Word
then keeps right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2

from workflow.documents.clauses import Wording
from workflow.documents.sandbox import ExhaustedError, Sandbox, UnprintableError, unescaped, wrap_values
from workflow.errors import ClauseError
from workflow.i18n import mark, translate

# Stands for a line end of a value while a clause is cut into paragraphs; no value can hold it.
_LINE_END = "\x01"
# Around the family that a text refers to; no value can hold them either.
_FROM, _TO = "\x02", "\x03"
_NO_ARTICLE = mark(
    "it refers to the article on {family}, which this contract does not have;"
    " keep that clause, or word this one anew"
)
_REFERENCE = re.compile(f"{_FROM}([a-z0-9_]+){_TO}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; one with a bookmark is the number of the article it names."""

    text: str
    bookmark: str = ""


class Absent:
    """An article that this contract does not have: asked for it is not there, printed it is refused."""

    def __init__(self, family: str) -> None:
        self.family = family

    def __bool__(self) -> bool:
        return False


class Article(str):
    """The place where the number of an article goes; printed as a mark that becomes a reference."""

    __slots__ = ()


def bookmark_of(family: str) -> str:
    """Return what Word calls the place of an article (a letter first, at most 40 characters)."""
    return f"clause_{family}"[:40]


def numbered(number: int, language: str) -> str:
    """Return the number of an article as it is said: 第十二條, Article 12."""
    return f"第{_counted(number)}條" if language == "zh-TW" else f"Article {number}"


def _counted(number: int) -> str:
    """Write a number as Word counts in Chinese (taiwaneseCountingThousand): 十二, 二十, 一百零一."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{digits[hundreds]}百" if hundreds else ""
    if hundreds and not tens and ones:
        said += "零"
    if tens:
        said += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    return said + (digits[ones] if ones else "")


def lines_of(
    wording: Wording, language: str, told: Mapping[str, Any], numbers: Mapping[str, str]
) -> tuple[tuple[Piece, ...], ...]:
    """Return the paragraphs of a wording; raise `ClauseError` where it cannot be used.

    *numbers* are those of the articles by family; in *told* stands an `Article` for each.
    """
    try:
        text = _compiled(wording.text, wording.id).render(told)
    except (jinja2.UndefinedError, UnprintableError, ExhaustedError, TypeError) as error:
        raise ClauseError(clause=wording.id, reason=str(error)) from None
    lines = tuple(tuple(_pieces(block, numbers)) for block in _blocks(text, language))
    if not lines:
        raise ClauseError(clause=wording.id, reason="it says nothing")
    return lines


def _blocks(text: str, language: str) -> Iterator[str]:
    """Yield the paragraphs of a text: an empty line parts them, a line end within is none."""
    for block in re.split(r"\n\s*\n", text):
        one = re.sub(r"\s*\n\s*", "" if language == "zh-TW" else " ", block.strip())
        if one:
            yield one.replace(_LINE_END, "\n")


def _pieces(block: str, numbers: Mapping[str, str]) -> Iterator[Piece]:
    parts = _REFERENCE.split(block)
    for place, part in enumerate(parts):
        if place % 2:
            yield Piece(numbers[part], bookmark_of(part))
        elif part:
            yield Piece(part)


def plain_lines(text: str, language: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the paragraphs of a text that has no fields."""
    return tuple((Piece(block),) for block in _blocks(text, language))


@lru_cache(maxsize=2048)
def _compiled(text: str, name: str) -> jinja2.Template:
    sandbox = Sandbox()
    try:
        tree = sandbox.parse(text)
        forbidden = sandbox.forbidden(tree)
        if forbidden:
            raise ClauseError(clause=name, reason=f"{forbidden[0]}; {forbidden[2]}")
        # The text goes on into a DOCX template, which does the escaping.
        wrap_values(tree, lambda _: "unescaped")
        sandbox.filters["unescaped"] = _printed
        return jinja2.Template.from_code(sandbox, sandbox.compile(tree, name=name), {})
    except jinja2.TemplateSyntaxError as error:
        raise ClauseError(clause=name, reason=f"{error.message} (line {error.lineno})") from None


def _printed(value: object) -> str:
    if isinstance(value, Article):
        return f"{_FROM}{value}{_TO}"
    if isinstance(value, Absent):
        raise UnprintableError(translate(_NO_ARTICLE).format(family=value.family))
    return unescaped(value).replace("\n", _LINE_END)

"""Text that people typed: what may stand in a name, a line, a paragraph or for a day.

A contract must say what its author sees. Characters that are invisible, reorder what is
read, or cannot be written in XML are refused where text enters, so that no later layer
has to ask.
"""

import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from workflow.errors import InvalidInputError
from workflow.i18n import mark
from workflow.problems import Problem, Refused
from workflow.values.problems import ValueRefusedError

# Controls, halves of characters, what is no character, separators of lines, and the formats,
# which hide or reorder what is read (Unicode UAX #9; the "Trojan Source" class of attacks).
_HIDDEN = frozenset(("Cc", "Cs", "Cn", "Zl", "Zp", "Cf"))
# Letters and marks that show nothing, so that a name could look empty or like another.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean_line(text: str) -> str:
    """Return *text* stripped, or raise `Refused`: one line, visible characters only."""
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise Refused(mark("is empty"), mark("write something"))
    if "\n" in text or "\r" in text:
        raise Refused(mark("has more than one line"), mark("write it on one line"))
    return _refuse_hidden(text)


def clean_text(text: str) -> str:
    """Return *text* with plain line ends, or raise `Refused`: visible characters only."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if not text:
        raise Refused(mark("is empty"), mark("write something"))
    return _refuse_hidden(text)


def _written_day(value: object) -> object:
    from workflow.values.dates import read_date  # only where a date is text

    try:
        if isinstance(value, str):
            return read_date(value)
    except ValueRefusedError:
        pass
    # pydantic would count a number as seconds since 1970.
    if isinstance(value, str | int | float):
        raise Refused(mark("is not a date"), mark("write it as in 2026-12-01, without quotes"))
    return value


def _refuse_hidden(text: str) -> str:
    for character in text:
        hidden = unicodedata.category(character) in _HIDDEN and character != "\n"
        if hidden or character in _BLANK:
            what = mark("holds the hidden character U+{code}")
            raise Refused(what, mark("type the text again without it"), code=f"{ord(character):04X}")
    return text


#: One visible line, such as a name: at most 200 characters.
Line = Annotated[str, StringConstraints(strict=True, max_length=200), AfterValidator(clean_line)]
#: Paragraphs, such as a reason: at most 10,000 characters.
Text = Annotated[str, StringConstraints(strict=True, max_length=10_000), AfterValidator(clean_text)]
#: One day: a date, or text in one of the forms that can mean one day only.
Day = Annotated[date, BeforeValidator(_written_day)]


def tidy(text: str, *, of: str) -> str:
    """Return a person's words as they may be kept, empty for blank ones.

    Raises `InvalidInputError` for hidden characters; *of* says what the words are.
    """
    try:
        return clean_text(text) if text.strip() else ""
    except Refused as refused:
        raise InvalidInputError(of, [Problem(of, refused.what, refused.fix, facts=refused.facts)]) from None

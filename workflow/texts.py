"""Text that people typed: what may stand in a name, a line or a paragraph.

A contract must say what its author sees. Characters that are invisible, reorder what is
read, or cannot be written in XML are refused where text enters, so that no later layer
has to ask.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from workflow.i18n import mark
from workflow.problems import Refused

# Bidirectional controls and line separators change how a name or an amount is read
# (Unicode UAX #9; the "Trojan Source" class of attacks).
_REORDERING = frozenset(
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u2060\ufeff\ufffe\uffff")


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


def _refuse_hidden(text: str) -> str:
    for character in text:
        category = unicodedata.category(character)
        if character in _REORDERING or character in _INVISIBLE or category in ("Cs", "Cn"):
            hidden = True
        else:
            hidden = category == "Cc" and character != "\n"
        if hidden:
            what = mark("holds the hidden character U+{code}")
            raise Refused(what, mark("type the text again without it"), code=f"{ord(character):04X}")
    return text


#: One visible line, such as a name: at most 200 characters.
Line = Annotated[str, StringConstraints(strict=True, max_length=200), AfterValidator(clean_line)]
#: Paragraphs, such as a reason: at most 10,000 characters.
Text = Annotated[str, StringConstraints(strict=True, max_length=10_000), AfterValidator(clean_text)]

"""Texts as they may stand in a document: what hides or turns other text around is made visible. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from approvals.reports.words import Both
from workflow.documents.rich import Run

#: Control characters, what turns the order of reading around, and what cannot be seen.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
#: Longer than anything that was ever accepted; the bundle has it whole.
_LONGEST = 50_000


def legible(value: Any) -> Any:
    """Return *value*, also a list or a mapping of texts, with every text fit to be read."""
    if isinstance(value, str):
        return _fit(value)
    if isinstance(value, Run):
        return replace(value, text=_fit(value.text))
    if isinstance(value, Both):
        return one_line(value)
    if isinstance(value, Mapping):
        return {name: legible(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [legible(inner) for inner in value]
    return value


def one_line(text: Both) -> str:
    """Return both languages side by side, once where they are the same."""
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def two_lines(text: Both) -> str:
    """Return both languages one under the other, once where they are the same."""
    return text.zh if text.zh == text.en else f"{text.zh}\n{text.en}"


def grouped(digest: str) -> str:
    """Return a digest in groups of four, for people to compare."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _fit(text: str) -> str:
    text = _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text.replace("\r\n", "\n"))
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} … [+{len(text) - _LONGEST}]"

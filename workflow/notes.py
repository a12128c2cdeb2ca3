"""People's own words, which stand beside the trail and not in it.

A line, and a statement that is signed, carry the salted digest of a note; the note itself is kept
beside them. So a person's words can be erased by request, and every chain and signature still holds.
The salt keeps short words from being guessed once they are gone.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

#: What an event calls the digests of notes in it; the conditions of an opinion have theirs beside these.
NAMES = ("reason", "note", "question", "reasoning", "basis", "evidence")


_SALT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Note:
    """Words and their salt; no words need none."""

    salt: str
    text: str

    @classmethod
    def of(cls, text: str) -> "Note":
        """Return *text* with a salt of its own."""
        return cls(secrets.token_hex(16) if text else "", text)

    @property
    def digest(self) -> str:
        """What stands for the words; empty where there are none."""
        return note_digest(self.salt, self.text) if self.text else ""


def is_salt(salt: object) -> bool:
    """Tell whether this is a salt as `Note.of` makes it: in any other, words could be hidden."""
    return isinstance(salt, str) and _SALT.fullmatch(salt) is not None


def note_digest(salt: str, text: str) -> str:
    """Return what the line carries for a note."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def notes_in(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the digest of every note that an event names, with what it is called there."""
    named = [(name, payload.get(name)) for name in NAMES]
    rows = payload.get("conditions")
    for row in rows if isinstance(rows, list) else ():
        named.append((f"condition {row['id']}", row["text"]))
    # A file that is evidence is no note.
    yield from ((name, digest) for name, digest in named if isinstance(digest, str) and digest)


def lines_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the lines of people's words, as papers break them up."""
    return frozenset(line.strip() for text in texts for line in text.split("\n") if line.strip())


def repeats(data: bytes, lines: Set[str]) -> bool:
    """Tell whether the data a paper was made of has any of *lines* in it, whatever stands around them."""
    try:
        texts = list(_texts(json.loads(data)))
    except (ValueError, RecursionError):
        return False
    return any(line in text for text in texts for line in lines)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)

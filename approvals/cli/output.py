"""What a terminal is shown: aligned tables, one JSON document, a line of advice.

Widths count East Asian characters as two columns. References, amounts and dates are never
cut: where a table does not fit, its rows become cards. Data goes to stdout, remarks to
stderr. Marks are ASCII, so that every console can show them.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from shutil import get_terminal_size
from typing import Any
from unicodedata import east_asian_width

from workflow.i18n import translate

# A flexible column narrower than this is no longer readable.
_NARROWEST = 10
# No line begins with one of these.
_CLOSING = "，。、；：！？）」』】》"


def say(text: str, **facts: object) -> str:
    """Return *text* in the interface's language with its places filled."""
    return translate(text).format(**facts)


def show(text: str = "") -> None:
    """Print to stdout; what the terminal cannot encode is replaced, never a crash."""
    _write(sys.stdout, text)


def remark(text: str) -> None:
    """Print to stderr: advice, progress, what comes next."""
    _write(sys.stderr, text)


def rewrite(text: str, *, over: int) -> None:
    """Write *text* over a line of *over* columns on a terminal, by nothing but a carriage return."""
    blank = "\r" + " " * over + "\r"
    _write(sys.stderr, (blank if over > width(text) else "\r") + text, end="")


def on_terminal() -> bool:
    """Say whether a person reads this, so that lines have to fit."""
    return sys.stdout.isatty() or bool(os.environ.get("COLUMNS"))


def show_wrapped(sign: str, text: str) -> None:
    """Print a remark after its *sign*; on a terminal its lines stand under each other."""
    shown = visible(text)
    room = max(20, get_terminal_size((80, 24)).columns - width(sign))
    for number, piece in enumerate(wrap(shown, room) if on_terminal() else [shown]):
        show((" " * width(sign) if number else sign) + piece)


def show_json(command: str, **content: Any) -> None:
    """Print one JSON document that names its schema."""
    document = {"schema": f"assent.{command}/1", **content}
    show(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def show_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Iterable[int] = (),
    flexible: Iterable[int] = (),
    rather_not: Iterable[int] = (),
    plain: bool = False,
) -> None:
    """Print aligned columns that fit the terminal.

    Columns named *flexible* are wrapped onto further lines where the table is too wide, and then
    those named *rather_not*; where that is not enough each row becomes a card. No other column
    is ever cut or wrapped. Piped output, and *plain*, is tab-separated without headings, for other
    programs.
    """
    names = [translate(heading) for heading in headings]
    cells = [[visible(str(cell)) for cell in row] for row in rows]
    if plain or not on_terminal():
        for row in cells:
            show("\t".join(row))
        return
    widths = [max(map(width, column)) for column in zip(names, *cells, strict=True)]
    least = {i: max(_NARROWEST, width(names[i])) for i in flexible}
    widths = _fitted(widths, least) or _fitted(widths, least | dict.fromkeys(rather_not, _NARROWEST))
    if not widths:
        _show_cards(names, cells)
        return
    rights = set(right)
    for row in (names, *cells):
        pieces = [wrap(cell, to) for cell, to in zip(row, widths, strict=True)]
        for line in zip_longest(*pieces, fillvalue=""):
            parts = (pad(part, widths[i], right=i in rights) for i, part in enumerate(line))
            show("  ".join(parts).rstrip())


def _fitted(widths: list[int], least: Mapping[int, int]) -> list[int]:
    """Take what is too much from the widest column that is above its *least*; none where it cannot fit."""
    room = get_terminal_size((80, 24)).columns
    fitted = list(widths)
    while sum(fitted) + 2 * (len(fitted) - 1) > room:
        widest = max((i for i in least if fitted[i] > least[i]), key=lambda i: fitted[i], default=None)
        if widest is None:
            return []
        fitted[widest] -= 1
    return fitted


def show_pairs(pairs: Iterable[tuple[str, str]], *, indent: int = 0) -> None:
    """Print labels and values, values aligned, long values wrapped under themselves."""
    shown = [(translate(label), visible(value, lines=True)) for label, value in pairs if value]
    start = max((width(label) for label, _ in shown), default=0) + 2
    room = max(20, get_terminal_size((80, 24)).columns - indent - start)
    for label, value in shown:
        lines = [piece for line in value.split("\n") for piece in wrap(line, room)]
        show(" " * indent + pad(label, start) + lines[0])
        for line in lines[1:]:
            show(" " * (indent + start) + line)


def width(text: str) -> int:
    """Return how many columns *text* takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, to: int, *, right: bool = False) -> str:
    """Fill *text* with spaces to a width in columns."""
    gap = " " * max(0, to - width(text))
    return gap + text if right else text + gap


def wrap(text: str, room: int) -> list[str]:
    """Break *text* into lines of at most *room* columns: at spaces, or between wide characters."""
    lines, line, used = [], "", 0
    for word in _words(text, room):
        taken = width(word)
        if line and used + width(word.rstrip()) > room:
            lines.append(line.rstrip())
            line, used = "", 0
            word = word.lstrip()
            taken = width(word)
        line, used = line + word, used + taken
    return [*lines, line.rstrip()] if line or not lines else lines


def visible(text: str, *, lines: bool = False) -> str:
    """Return *text* with control characters made visible, so that no name can move the cursor."""
    return "".join(
        c if c.isprintable() or c == "\u3000" or (lines and c == "\n") else f"\\x{ord(c):02x}"
        for c in text.replace("\u00a0", " ")
    )


def group_digits(digest: str, groups: int = 4) -> str:
    """Show the beginning of a digest in groups of four, for people to compare."""
    return " ".join(digest[i : i + 4] for i in range(0, 4 * groups, 4))


def plain(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the named columns of a row."""
    return {name: row[name] for name in names}


def _show_cards(names: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    for row in cells:
        show_pairs((name, cell) for name, cell in zip(names, row, strict=True) if cell)
        show()


def _words(text: str, room: int) -> Iterable[str]:
    """Cut *text* where a line may end; a longer word than a line is cut where the line ends.

    What closes or separates in Chinese stays with what it follows: it does not begin a line.
    """
    word, wide = "", False
    for character in text:
        is_wide = east_asian_width(character) in "WF"
        may_end = (is_wide or wide) and not (wide and character in _CLOSING)
        if word and (may_end or width(word + character) > room):
            yield word
            word = ""
        wide = is_wide
        word += character
        if character == " ":
            yield word
            word = ""
    if word:
        yield word


def _write(stream: Any, text: str, *, end: str = "\n") -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + end)
    stream.flush()

"""What a choice or repetition could leave damaged in a rendered part, and how it is made whole.

The proof tells which of it could happen to a part at all; most need none of this. What did
happen is found by looking for a few bytes, so that nothing is read again where nothing did.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import count

from workflow.documents.grid import with_grids
from workflow.documents.proof import Proof

#: Changes a rendered part where it has to be.
Mending = Callable[[bytearray], bytearray]

_HOLDERS = b"tc|hdr|ftr|txbxContent|footnote|endnote|comment"
_LACKS = re.compile(
    rb"(<w:(?:%b)(?: [^<>]*)?>|<w:tcPr/>|</w:tcPr>|</w:tbl>)(?=</w:(?:%b)>)|<w:tc(?: [^<>]*)?/>"
    % (_HOLDERS, _HOLDERS)
)
_ROWLESS = re.compile(rb"<w:tbl>(?:(?!<w:tr[ />]|<w:tbl>|</w:tbl>).)*</w:tbl>", re.DOTALL)
_DRAWN = re.compile(rb'(<wp:docPr [^<>]*?\bid=")\d+(")')
_MARKED = re.compile(rb"<w:bookmark(Start|End)\b([^<>]*)/>")
_ID, _NAME = re.compile(rb'(\bw:id=")([^"]*)(")'), re.compile(rb'\bw:name="([^"]*)"')


def mending_of(proof: Proof, first: int) -> tuple[Mending, ...]:
    """Return what has to be looked after in a part; drawings are numbered from *first*."""
    mending: list[Mending] = []
    if proof.rowless:
        mending.append(_without_rowless_tables)
    if proof.fragile:
        mending.append(partial(_with_paragraphs, holders=sorted(name.encode() for name in proof.fragile)))
    if proof.columns or "w:tc" in proof.crossed:
        mending.append(with_grids)
    if "wp:docPr" in proof.repeated:
        mending.append(partial(_renumbered, first=first))
    if "w:bookmarkStart" in proof.repeated:
        mending.append(partial(_marked_once, first=first))
    return tuple(mending)


def _without_rowless_tables(body: bytearray) -> bytearray:
    # Counting is so much faster than any pattern that it is worth doing first.
    if body.count(b"</w:tbl>") == body.count(b"</w:tr></w:tbl>"):
        return body
    return _with_paragraphs(bytearray(_ROWLESS.sub(b"", body)), holders=[b"w:tc"])


def _with_paragraphs(body: bytearray, *, holders: list[bytes]) -> bytearray:
    """Put an empty paragraph where the last one is lost; Word calls the document damaged otherwise."""
    whole = all(body.count(b"</%b>" % name) == body.count(b"</w:p></%b>" % name) for name in holders)
    return body if whole else bytearray(_LACKS.sub(_paragraph, body))


def _paragraph(found: re.Match[bytes]) -> bytes:
    return found[1] + b"<w:p/>" if found[1] else found[0][:-2] + b"><w:p/></w:tc>"


def _renumbered(body: bytearray, *, first: int) -> bytearray:
    """Give every drawing a number of its own, because a repetition has repeated them."""
    numbers = count(first + 1)
    return bytearray(_DRAWN.sub(lambda found: b"%b%d%b" % (found[1], next(numbers), found[2]), body))


def _marked_once(body: bytearray, *, first: int) -> bytearray:
    """Give every bookmark a number of its own, and keep the first of each name, as Word does."""
    numbers = count(first + 1)
    open_as: dict[bytes, list[bytes]] = {}
    names: set[bytes] = set()

    def numbered(found: re.Match[bytes]) -> bytes:
        kind, attributes = found[1], found[2]
        number = _ID.search(attributes)
        if number is None:
            return b""
        if kind == b"Start":
            name = _NAME.search(attributes)
            # Word takes names that differ in capitals for one.
            known = name is None or name[1].lower() in names
            given = b"" if known else b"%d" % next(numbers)
            open_as.setdefault(number[2], []).append(given)
            if name and not known:
                names.add(name[1].lower())
        else:
            given = open_as[number[2]].pop() if open_as.get(number[2]) else b""
        return b"<w:bookmark%b%b/>" % (kind, _ID.sub(rb"\g<1>%b\g<3>" % given, attributes)) if given else b""

    body = bytearray(_MARKED.sub(numbered, body))
    for number in (number for left in open_as.values() for number in left if number):
        body = bytearray(re.sub(rb'<w:bookmarkStart\b[^<>]*\bw:id="%b"[^<>]*/>' % number, b"", body))
    return body

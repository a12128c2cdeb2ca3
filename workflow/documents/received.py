"""The other side's paper: what came back, compared with the bytes that were sent.

An edit that is marked as a revision is a proposal; one that is not marked is hidden, and is
told apart: rejecting every revision must give back what was sent. What no text shows is told
too: where links lead, fields, text that is not shown, comments, and what the file fetches when
it is opened, which a template may not and this may, since nothing is made of it. Then the
text is held against the terms: names, dates, and amounts whose words and figures differ (民法
§4). Text that is equal need not look equal; the parts nobody compared are listed.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from workflow.documents.redline.comparison import Clause, compare
from workflow.documents.redline.resolve import accept_all, reject_all
from workflow.documents.redline.source import read_parts
from workflow.documents.redline.text import text_of
from workflow.documents.redline.unseen import Unseen
from workflow.documents.vetting import fetched
from workflow.documents.wording import amounts_in_words, dates_in, even, folded
from workflow.errors import NotComparableError
from workflow.i18n import mark, translate
from workflow.price import price_of
from workflow.terms import Terms
from workflow.values.amounts import formal_zh

_FURNITURE = re.compile(r"/(header|footer)\d*\.xml$")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that contradicts the terms: a text of the catalogue, and what fills its places."""

    what: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What was found in a returned draft."""

    hidden: tuple[Clause, ...]
    marked: tuple[Clause, ...]
    unseen: tuple[Unseen, ...]
    fetched: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_compared: tuple[str, ...]
    text: str

    @property
    def clean(self) -> bool:
        """True when nothing was changed without being marked and nothing contradicts the terms."""
        return not (self.hidden or self.unseen or self.fetched or self.findings)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, as it is recorded; no language of a reader is in it."""
        return {
            "hidden": [clause.as_data() for clause in self.hidden],
            "marked": [clause.as_data() for clause in self.marked],
            "unseen": [asdict(each) for each in self.unseen],
            "fetched": list(self.fetched),
            "findings": [asdict(finding) for finding in self.findings],
            "not_compared": list(self.not_compared),
        }


def examine(sent: bytes, received: bytes, *, name: str, terms: Terms) -> Received:
    """Compare a returned DOCX, or plain text, with what was sent and agreed.

    Raises `NotComparableError` for a file that could do more than be read, and for one that is neither.
    """
    plain = received[:2] != b"PK"
    document = _as_document(received, name) if plain else received
    parts = read_parts(document, name)
    base, final = reject_all(document, name=name), accept_all(document, name=name)
    hidden, marked = compare(sent, base, names=("", name)), compare(base, final, names=(name, name))
    text = "\n".join(text_of(final, name=name).values())
    silent, not_compared = hidden.clauses, (*hidden.not_compared, *marked.not_compared)
    if plain:
        # Text has no headers or footers to have changed.
        silent = tuple(clause for clause in silent if clause.part not in ("header", "footer"))
        not_compared = tuple(part for part in read_parts(sent, name) if _FURNITURE.search(part))
    return Received(
        silent,
        marked.clauses,
        tuple(dict.fromkeys((*hidden.unseen, *marked.unseen))),
        () if plain else tuple(dict.fromkeys(found.target for found in fetched(parts, name=name))),
        (*_amounts(text, terms), *_missing(text, terms)),
        tuple(dict.fromkeys(not_compared)),
        text,
    )


def _as_document(text: bytes, name: str) -> bytes:
    """Put plain text into paragraphs, so that it can be compared like any other draft."""
    from docx import Document

    try:
        lines = text.decode("utf-8-sig").splitlines()
        document = Document()
        for line in lines:
            if line.strip():
                document.add_paragraph(line.strip())
    except (UnicodeDecodeError, ValueError):
        raise NotComparableError(
            document=name, reason=translate(mark("it is neither a DOCX file nor UTF-8 text"))
        ) from None
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _amounts(text: str, terms: Terms) -> Iterator[Finding]:
    """Find amounts whose words and figures differ, and a total that is not the agreed one."""
    said = set()
    for found in amounts_in_words(text):
        if found.amount is None:
            yield Finding(mark("the amount {words} cannot be read"), {"words": found.words})
            continue
        said.add(found.amount)
        if found.differs:
            yield Finding(
                mark("{words} is {amount}, but the figures beside it say {figures} (民法 §4)"),
                {"words": found.words, "amount": f"{found.amount.normalize():,f}", "figures": found.figures},
            )
    price = price_of(terms)
    if price and price.total.amount not in said:
        yield Finding(
            mark("the agreed total, {total}, does not stand in it in words"),
            {"total": formal_zh(price.total)},
        )


def _missing(text: str, terms: Terms) -> Iterator[Finding]:
    """Find parties and dates of the terms that the text does not name."""
    named, written = folded(text), even(text)
    for party in terms.parties:
        if not any(folded(name) in named for name in (party.name, party.name_en) if name):
            yield Finding(mark("it does not name {party}"), {"party": party.name})
        if party.registration and party.registration not in written:
            yield Finding(
                mark("it does not give {party}'s registration number, {number}"),
                {"party": party.name, "number": party.registration},
            )
    days = dates_in(text)
    for day in (terms.period.start, terms.period.end):
        if day and day not in days:
            yield Finding(mark("it does not name the agreed date {day}"), {"day": day.isoformat()})

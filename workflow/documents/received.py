"""The other side's paper: what came back, compared with the bytes that were sent.

An edit that is marked as a revision is a proposal; one that is not marked is hidden, and is
told apart: rejecting every revision must give back what was sent. Then the text is held
against the terms: names, dates, and amounts whose words and figures differ (民法 §4). Text
that is equal need not look equal; the parts nobody compared are listed.
"""

import io
import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.documents.package import read_package
from workflow.documents.redline.comparison import Clause, compare
from workflow.documents.redline.resolve import accept_all, reject_all
from workflow.documents.redline.text import text_of
from workflow.documents.vetting import vet
from workflow.errors import NotComparableError
from workflow.i18n import mark, translate
from workflow.price import price_of
from workflow.terms import Terms
from workflow.values.amounts import formal_en, formal_zh, read_formal_zh
from workflow.values.dates import read_date
from workflow.values.problems import ValueRefusedError

_FORMAL = re.compile(r"新[臺台]幣[零壹貳參叁叄肆伍陸柒捌玖拾佰仟萬億兆京元圓角分]+[整正]?")
_FIGURES = re.compile(r"(?:NT\$|TWD|US\$|USD|新[臺台]幣)\s?([0-9][0-9,]*(?:\.[0-9]+)?)")
_DATES = re.compile(
    r"(?:中華)?民國\s?\d{1,3}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
    r"|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2} (?:" + "|".join(month_name[1:]) + r") \d{4}"
)
_MONTHS = list(month_name)
_FIELD = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class Received:
    """What was found in a returned draft; each finding is a sentence for a person."""

    hidden: tuple[Clause, ...]
    marked: tuple[Clause, ...]
    findings: tuple[str, ...]
    not_compared: tuple[str, ...]
    text: str

    @property
    def clean(self) -> bool:
        """True when nothing was changed without being marked and nothing contradicts the terms."""
        return not self.hidden and not self.findings

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, as it is recorded."""
        return {
            "hidden": [_clause(clause) for clause in self.hidden],
            "marked": [_clause(clause) for clause in self.marked],
            "findings": list(self.findings),
            "not_compared": list(self.not_compared),
        }


def examine(sent: bytes, received: bytes, *, name: str, terms: Terms) -> Received:
    """Compare a returned DOCX, or plain text, with what was sent and agreed.

    Raises `TemplateError` for a file that could do more than be read, and
    `NotComparableError` for one that is neither.
    """
    document = received if received[:2] == b"PK" else _as_document(received, name)
    vet(read_package(document, name=name), name=name)
    base, final = reject_all(document), accept_all(document)
    hidden = compare(sent, base)
    marked = compare(base, final)
    text = "\n".join(text_of(final).values())
    findings = [*_new_fields(sent, document, name), *_amounts(text, terms), *_missing(text, terms)]
    not_compared = tuple(dict.fromkeys((*hidden.not_compared, *marked.not_compared)))
    return Received(hidden.clauses, marked.clauses, tuple(findings), not_compared, text)


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


def _new_fields(sent: bytes, received: bytes, name: str) -> list[str]:
    """Find fields that were not in what was sent: they can show one thing and print another."""
    known, found = (
        {
            (first or second).strip()
            for part, body in read_package(package, name=name).items()
            if part.startswith("word/")
            for first, second in _FIELD.findall(body)
        }
        for package in (sent, received)
    )
    what = translate(mark("a field was put in: {field}"))
    return [what.format(field=field.decode("utf-8", "replace")[:80]) for field in sorted(found - known)]


def _amounts(text: str, terms: Terms) -> list[str]:
    """Find amounts whose words and figures differ, and a total that is not the agreed one."""
    found = []
    for line in text.splitlines():
        figures = {_number(figure) for figure in _FIGURES.findall(line)}
        for words in _FORMAL.findall(line):
            try:
                amount = read_formal_zh(words).amount
            except ValueRefusedError:
                found.append(translate(mark("the amount {words} cannot be read")).format(words=words))
                continue
            if figures and not any(figure == amount for figure in figures):
                what = translate(
                    mark("{words} is {amount}, but the figures beside it say {figures} (民法 §4)")
                )
                shown = ", ".join(f"{figure:,}" for figure in sorted(figures))
                found.append(what.format(words=words, amount=f"{amount:,}", figures=shown))
    price = price_of(terms)
    if price and formal_zh(price.total) not in text and formal_en(price.total) not in text:
        what = translate(mark("the agreed total, {total}, does not stand in it in words"))
        found.append(what.format(total=formal_zh(price.total)))
    return found


def _missing(text: str, terms: Terms) -> list[str]:
    """Find parties and dates of the terms that the text does not name."""
    found = []
    for party in terms.parties:
        names = [name for name in (party.name, party.name_en) if name]
        if not any(name in text for name in names):
            found.append(translate(mark("it does not name {party}")).format(party=party.name))
        if party.registration and party.registration not in text:
            what = translate(mark("it does not give {party}'s registration number, {number}"))
            found.append(what.format(party=party.name, number=party.registration))
    written = {day for day in map(_day, _DATES.findall(text)) if day}
    for day in (terms.period.start, terms.period.end):
        if day and day not in written:
            found.append(
                translate(mark("it does not name the agreed date {day}")).format(day=day.isoformat())
            )
    return found


def _day(text: str) -> date | None:
    words = text.split(" ")
    if len(words) == 3 and words[1] in _MONTHS:
        text = f"{words[2]}-{_MONTHS.index(words[1]):02d}-{int(words[0]):02d}"
    try:
        return read_date(text.replace(" ", ""))
    except ValueRefusedError:
        return None


def _number(figure: str) -> Any:
    from decimal import Decimal

    return Decimal(figure.replace(",", ""))


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "part": clause.part,
        "number": clause.number,
        "title": clause.title,
        "kind": clause.kind.value,
        "passages": [
            {"kind": p.kind.value, "number": p.number, "runs": [[run.op.value, run.text] for run in p.runs]}
            for p in clause.passages
        ],
    }

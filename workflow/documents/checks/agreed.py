"""What the terms of a contract say against themselves."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflow.i18n import mark
from workflow.problems import Problem
from workflow.terms import Terms
from workflow.values.deadlines import office_calendar

_CORRECT = mark("correct the text or the terms")
_PRICED = frozenset({"services", "purchase", "works", "distribution"})

_NOT_DIGITS = re.compile(r"[^\d.-]")

#: Whether it must be mended, and what it is.
Found = Iterator[tuple[bool, Problem]]


def against_itself(terms: Terms, kind: str, families: Collection[str], printed: Mapping[str, Any]) -> Found:
    """Yield what does not fit in the terms of a contract that has clauses of these *families*.

    *printed* is the price table as the contract prints it.
    """
    yield from _of_price(terms, kind, families, printed)
    yield from _of_days(terms)
    if not terms.law.court and not terms.law.arbitration and "disputes" in families:
        what = mark("names neither a court nor an arbitration")
        yield False, Problem("law", what, mark("agree one of the two"))
    if terms.originals < len(terms.parties):
        what = mark("are fewer than the parties, so that one of them has none")
        yield False, Problem("originals", what, _CORRECT, terms.originals)


def _of_price(terms: Terms, kind: str, families: Collection[str], printed: Mapping[str, Any]) -> Found:
    if printed["known"]:
        lines = sum(_amount(item["amount"]) for item in printed["items"])
        untaxed, tax, total = (_amount(printed[name]) for name in ("untaxed", "tax", "total"))
        if untaxed + tax != total or lines != (total if printed["tax_included"] else untaxed):
            yield True, Problem("items", mark("do not add up to the total"), _CORRECT)
    if (printed["known"] or terms.estimated_value) and kind in _PRICED and "price" not in families:
        what = mark("is not there, and nothing says whether tax is included")
        yield True, Problem("clauses.price", what, _CORRECT)
    if terms.delay and terms.liability.penalty_percent == "unknown":
        what = mark("sets no ceiling for the penalty a day")
        yield False, Problem("liability.penalty_percent", what, mark("give it"))
    if terms.delay and terms.liability.penalty_percent == 0:
        what = mark("agrees no penalties, and there is one a day for delay")
        yield True, Problem("liability.penalty_percent", what, _CORRECT)


def _of_days(terms: Terms) -> Found:
    period, by = terms.period, terms.delivery.by if terms.delivery else None
    if by and period.start and by < period.start:
        yield True, Problem("delivery.by", mark("lies before the start"), _CORRECT, by)
    if by and period.end and by > period.end:
        yield True, Problem("delivery.by", mark("lies after the end"), _CORRECT, by)
    if by and not office_calendar().is_working_day(by):
        what = mark("is no working day, so the next one counts (民法 §122)")
        yield False, Problem("delivery.by", what, _CORRECT, by)
    signed = terms.amends.signed_on if terms.amends else None
    if signed and period.start and signed > period.start:
        what = mark("lies after the day the change takes effect")
        yield False, Problem("amends.signed_on", what, _CORRECT, signed)


def _amount(figures: str) -> Decimal:
    """Return the number in an amount as it is printed, as in NT$1,386,000."""
    return Decimal(_NOT_DIGITS.sub("", figures))

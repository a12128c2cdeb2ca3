"""What the terms of a contract say against themselves."""

from collections.abc import Collection, Iterator

from workflow.i18n import mark
from workflow.price import price_of
from workflow.problems import Problem
from workflow.terms import Terms
from workflow.values.deadlines import office_calendar

_CORRECT = mark("correct the text or the terms")
_PRICED = frozenset({"services", "purchase", "works", "distribution"})

#: Whether it must be mended, and what it is.
Found = Iterator[tuple[bool, Problem]]


def against_itself(terms: Terms, kind: str, families: Collection[str]) -> Found:
    """Yield what does not fit in the terms of a contract that has clauses of these *families*."""
    yield from _of_price(terms, kind, families)
    yield from _of_days(terms)
    if not terms.law.court and not terms.law.arbitration and "disputes" in families:
        what = mark("names neither a court nor an arbitration")
        yield False, Problem("law", what, mark("agree one of the two"))
    if terms.originals < len(terms.parties):
        what = mark("are fewer than the parties, so that one of them has none")
        yield False, Problem("originals", what, _CORRECT, terms.originals)


def _of_price(terms: Terms, kind: str, families: Collection[str]) -> Found:
    price = price_of(terms)
    if price is not None:
        gross = sum(price.lines[1:], price.lines[0])
        included = terms.tax is not None and terms.tax.included
        if price.untaxed + price.tax != price.total or gross != (price.total if included else price.untaxed):
            yield True, Problem("items", mark("do not add up to the total"), _CORRECT)
    if (price is not None or terms.estimated_value) and kind in _PRICED and "price" not in families:
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

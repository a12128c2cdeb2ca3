"""The stamp tax on a contract as the tax reviewer is asked about it: a proposal, in a document's words.

The arithmetic and the rates are ``workflow.values.stamp_tax``'s. Whatever is not certain (the
nature of the contract, its value, electronic originals) is said beside the figures.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from workflow.i18n import in_language, mark
from workflow.price import price_of
from workflow.terms import Terms
from workflow.values.dates import long_date
from workflow.values.money import Money, figures
from workflow.values.problems import ValueRefusedError
from workflow.values.stamp_tax import Kind, Proposal, propose

KINDS = {
    Kind.WORKS: mark("contract for work (承攬契據, 印花稅法 §5 (4))"),
    Kind.MOVABLES: mark("sale of movables (買賣動產契據, 印花稅法 §5 (3))"),
    Kind.REAL_ESTATE: mark("transfer of real estate (典賣、讓受及分割不動產契據, 印花稅法 §5 (5))"),
    Kind.SERVICE: mark("not listed in 印花稅法 §5, such as a mandate (委任)"),
}
#: What the questionnaire calls them.
_CLASSES = {
    "works": (Kind.WORKS,),
    "movables": (Kind.MOVABLES,),
    "real_estate": (Kind.REAL_ESTATE,),
    "none": (Kind.SERVICE,),
    "unknown": (Kind.WORKS, Kind.MOVABLES, Kind.REAL_ESTATE, Kind.SERVICE),
}
#: What a review request says where no proposal is called for.
NO_PROPOSAL: dict[str, Any] = {"proposed": False, "rows": [], "notes": []}

_PROPOSAL = mark(
    "This is a proposal for the tax reviewer and no ruling; the rates are those in force on {day}."
)
_UNCLASSED = mark(
    "Nobody has said what kind of document this is: the rows show what it would cost as each, and "
    "the reviewer says which it is. Where it is of two kinds, the higher rate applies (印花稅法 §13)."
)
_TWO_KINDS = mark("Where the contract is of two kinds at once, the higher rate applies (印花稅法 §13).")
_DUE = mark(
    "Stamps are put to each original when it is delivered or used, and cancelled (印花稅法 §8, §10); "
    "each party's original is taxed, and so is a copy that is used as one (§12). What is less than a"
    " dollar is not taxed (§9)."
)
_BASE = mark(
    "The base is the price without business tax, which the contract states separately; with it the "
    "price is {total}. Whether the tax counts is for the reviewer to say."
)
_NO_VALUE = mark("The value is not known, so that a tax by rate cannot be computed.")
_CONVERTED = mark(
    "Converted at {rate} TWD to the {currency} ({source}, {day}); what counts is the rate on the day"
    " the document is delivered or used (印花稅法 §17)."
)
_UNCONVERTED = mark(
    "The value is in {currency} and no rate is recorded, so that the tax cannot be computed (印花稅法 §17)."
)
_ELECTRONIC = mark(
    "The contract may be signed electronically. Two local tax offices hold electronic government "
    "procurement contracts to be taxable; for contracts between private parties this was not "
    "verified: please say whether it is taxed."
)
_DEEDS = mark("Of contracts about real estate only the deed for its registration is taxed (印花稅法 §5 (5)).")


def stamp_note(terms: Terms, language: str, *, on: date) -> dict[str, Any]:
    """Return the proposal's rows and what has to be said beside them, in a document's language."""
    say = _speaker(language)
    amount, about = _base(terms)
    rows = [propose(kind, amount, terms.originals, on=on) for kind in _CLASSES[terms.facts.stamp_class]]
    by_rate = any(row.rate.per_mille for row in rows)
    notes = [say(_PROPOSAL, day=long_date(on, language))]
    notes += [say(text, **facts) for text, facts in about] if by_rate else []
    notes += [say(text) for text in _remarks(terms, rows)]
    if by_rate and (price := price_of(terms)):
        notes.append(say(_BASE, total=figures(price.total, language)))
    return {"proposed": True, "rows": [_row(row, language, say) for row in rows], "notes": notes}


def _remarks(terms: Terms, rows: list[Proposal]) -> Iterator[str]:
    yield _UNCLASSED if len(rows) > 1 else _TWO_KINDS
    if any(row.rate.kind is Kind.REAL_ESTATE for row in rows):
        yield _DEEDS
    yield _DUE
    if terms.consent_mode != "paper":
        yield _ELECTRONIC


def _row(row: Proposal, language: str, say: Callable[..., str]) -> dict[str, str]:
    unknown = say(mark("not known"))
    rate = say(mark("none"))
    if row.rate.per_mille:
        rate = say(mark("{per_mille} per mille"), per_mille=row.rate.per_mille)
    elif row.rate.dollars:
        rate = say(mark("NT${dollars} each"), dollars=row.rate.dollars)
    base = figures(row.base, language) if row.base else unknown if row.rate.per_mille else "–"
    return {
        "kind_name": say(KINDS[row.rate.kind]),
        "base": base,
        "rate": rate,
        "each": figures(row.each, language) if row.each else unknown,
        "originals": str(row.originals),
        "total": figures(row.total, language) if row.total else unknown,
    }


def _base(terms: Terms) -> tuple[Money | None, list[tuple[str, dict[str, object]]]]:
    """Return the amount a rate is of, in dollars, and what has to be said about how it came to be."""
    price = price_of(terms)
    value = terms.estimated_value if price is None else price.untaxed.amount
    if value is None:
        return None, [(_NO_VALUE, {})]
    if terms.currency == "TWD" or not value:
        return _dollars(Decimal(value)), []
    if terms.exchange is None:
        return None, [(_UNCONVERTED, {"currency": terms.currency})]
    said: dict[str, object] = {
        "rate": f"{terms.exchange.rate.normalize():f}",
        "currency": terms.currency,
        "source": terms.exchange.source,
        "day": terms.exchange.on.isoformat(),
    }
    return _dollars(Decimal(value) * terms.exchange.rate), [(_CONVERTED, said)]


def _dollars(value: Decimal) -> Money | None:
    try:
        return Money.of(value.quantize(Decimal(1), rounding=ROUND_DOWN), "TWD")
    except (ValueRefusedError, ArithmeticError):
        return None  # more than there is, which nobody is taxed on


def _speaker(language: str) -> Callable[..., str]:
    def say(text: str, **facts: object) -> str:
        return in_language(text, language).format(**facts)

    return say

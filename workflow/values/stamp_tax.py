"""Stamp tax on a contract, by 印花稅法: a proposal for the tax reviewer, not a ruling.

Owns the rates and the arithmetic. Only what §5 lists is taxed: money receipts, sales of
movables, contracts for work, and transfers of real estate; a 委任, an NDA or an MOU is
not. §7 has the rates, §9 drops what is less than a dollar on each document, §12 taxes
each original and each copy used as one, and §13 takes the higher rate where a document
has two natures: compute both and keep the greater. Whether an electronic original is
taxed, and whether the price includes business tax, is for the reviewer to say.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflow.i18n import mark
from workflow.values.money import LARGEST, Money, figures
from workflow.values.problems import ValueRefusedError


class Kind(StrEnum):
    """The nature of a document, as far as stamp tax cares."""

    WORKS = "works"  # 承攬
    MOVABLES = "movables"  # 買賣動產
    REAL_ESTATE = "real_estate"  # 典賣、讓售及分割不動產
    RECEIPT = "receipt"  # 銀錢收據
    BID_BOND = "bid_bond"  # 招標人收受押標金收據
    SERVICE = "service"  # 委任 and everything else §5 does not list


@dataclass(frozen=True, slots=True)
class Rate:
    """What one original of *kind* costs from *since* on: *per_mille* of the amount, or *dollars* flat."""

    kind: Kind
    since: date
    per_mille: int = 0
    dollars: int = 0


# The act was last amended on this day, so these rates hold from then at least. A new rate is a new
# row, and the old one stays.
_AMENDED = date(2002, 5, 15)
RATES = (
    Rate(Kind.WORKS, _AMENDED, per_mille=1),
    Rate(Kind.MOVABLES, _AMENDED, dollars=4),
    Rate(Kind.REAL_ESTATE, _AMENDED, per_mille=1),
    Rate(Kind.RECEIPT, _AMENDED, per_mille=4),
    Rate(Kind.BID_BOND, _AMENDED, per_mille=1),
    Rate(Kind.SERVICE, _AMENDED),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The tax on a document as it is proposed: what it is, its rate, and what each original costs.

    ``base`` is what the rate is of; it and ``each`` are None where the amount is not known and matters.
    """

    rate: Rate
    originals: int
    base: Money | None
    each: Money | None

    @property
    def total(self) -> Money | None:
        """The tax on all originals."""
        return Money.of(self.each.amount * self.originals, "TWD") if self.each else None


def stamp_tax(kind: Kind | str, amount: Money, originals: int, *, on: date | None = None) -> Money:
    """Return the tax on all *originals* of a document signed *on* a day, by default at the latest rate."""
    rate = _checked(kind, originals, on)
    return Money.of(_each(rate, amount) * originals, "TWD")


def propose(kind: Kind | str, amount: Money | None, originals: int, *, on: date | None = None) -> Proposal:
    """Return the proposal for a document, as far as it can be made without an *amount*."""
    rate = _checked(kind, originals, on)
    base = amount if rate.per_mille else None
    known = amount if amount is not None or rate.per_mille else Money.of(0, "TWD")
    return Proposal(rate, originals, base, None if known is None else Money.of(_each(rate, known), "TWD"))


def _checked(kind: Kind | str, originals: int, on: date | None) -> Rate:
    if isinstance(originals, bool) or not isinstance(originals, int) or not 1 <= originals <= LARGEST:
        raise ValueRefusedError(originals, mark("a number of originals, of which there is at least one"))
    return _rate(_kind(kind), on)


def _each(rate: Rate, amount: Money) -> int:
    if amount.minor < 0:
        raise ValueRefusedError(amount.amount, mark("an amount stamp tax is due on"))
    return int(_in_dollars(amount) * rate.per_mille / 1000) if rate.per_mille else rate.dollars


def _kind(kind: Kind | str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        wanted = mark("a kind of document: {kinds}")
        raise ValueRefusedError(kind, wanted, kinds=", ".join(Kind)) from None


def _rate(kind: Kind, on: date | None) -> Rate:
    rows = [rate for rate in RATES if rate.kind is kind and (on is None or rate.since <= on)]
    if not rows:
        raise ValueRefusedError(on, mark("a day whose rates of stamp tax are known"))
    return max(rows, key=lambda rate: rate.since)


def _in_dollars(amount: Money) -> Decimal:
    # 印花稅法 §17: foreign money is converted at a rate the government sets or accepts.
    if amount.currency != "TWD":
        hint = mark("convert it at the rate of the day the document is handed over (印花稅法 §17)")
        raise ValueRefusedError(figures(amount, "en"), mark("an amount in New Taiwan dollars"), hint=hint)
    return amount.amount

"""What documents are told of delivery, warranty, performance and the other topics of the terms."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from workflow.i18n import in_language, mark
from workflow.price import price_of
from workflow.terms import Terms
from workflow.topics import Amends, Kpi
from workflow.values.dates import long_date
from workflow.values.money import Money, figures

_PERIODS = {
    "month": mark("monthly"),
    "quarter": mark("quarterly"),
    "half_year": mark("half-yearly"),
    "year": mark("yearly"),
}


def topics_context(terms: Terms, language: str) -> dict[str, Any]:
    """Return a section for each topic, every value text; what nobody said is the empty text."""
    delivery, works, sells = terms.delivery, terms.works, terms.distribution
    return {
        "delivery": {
            "place": text(delivery and delivery.place),
            "by": day(delivery.by if delivery else None, language),
            "incoterm": text(delivery and delivery.incoterm),
            "inspection_days": text(delivery and delivery.inspection_days),
        },
        "warranty": {
            "months": text(terms.warranty and terms.warranty.months),
            "starts": text(terms.warranty and terms.warranty.starts),
        },
        "delay": {"per_mille": text(terms.delay and terms.delay.per_mille)},
        "deposit": {
            "percent": text(terms.deposit and terms.deposit.percent),
            "form": text(terms.deposit and terms.deposit.form),
        },
        "secrecy": {
            "years": text(terms.secrecy and terms.secrecy.years),
            "discloser": terms.secrecy.discloser if terms.secrecy else "both",
        },
        "works": {"counting": text(works and works.counting), "days": text(works and works.days)},
        "distribution": {
            "territory": text(sells and sells.territory),
            "products": text(sells and sells.products),
            "minimum": money(sells.minimum if sells else None, terms.currency, language),
            "commission_percent": text(sells and sells.commission_percent),
        },
        "kpis": list(_kpis(terms.kpis, language)),
        "cooperation": {
            name: list(getattr(terms.cooperation, name)) if terms.cooperation else []
            for name in ("matters", "ours", "theirs")
        },
        "amends": _amends(terms.amends, terms, language),
    }


def text(value: object) -> str:
    """Return a value as a document writes it; nothing, and what is unknown, is the empty text."""
    if value is None or value == "unknown":
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def day(value: date | None, language: str) -> str:
    """Return a day in full, or the empty text."""
    return long_date(value, language) if value else ""


def money(value: Decimal | None, currency: str, language: str) -> str:
    """Return an amount with its currency, or the empty text."""
    return "" if value is None else figures(Money.of(value, currency), language)


def _kpis(kpis: Iterable[Kpi], language: str) -> Iterable[dict[str, str]]:
    for number, kpi in enumerate(kpis, start=1):
        yield {
            "no": str(number),
            "name": kpi.name,
            "target": kpi.target,
            "formula": text(kpi.formula),
            "source": text(kpi.source),
            "period_name": in_language(_PERIODS[kpi.period], language),
            "remedy": text(kpi.remedy),
        }


def _amends(amends: Amends | None, terms: Terms, language: str) -> dict[str, Any]:
    """Return what an amendment changes; its own price table or estimate is the change of value."""
    if amends is None:
        names = ("title", "number", "signed_on", "reason")
        return dict.fromkeys((*names, "value_before", "value_change", "value_after", "percent"), "") | {
            "changes": []
        }
    price = price_of(terms)
    change = price.untaxed.amount if price else terms.estimated_value
    before = amends.value_before
    after = before + change if before is not None and change is not None else None
    percent = f"{(change / before * 100).quantize(Decimal('0.1'))}%" if before and change is not None else ""
    return {
        "title": amends.title,
        "number": text(amends.number),
        "signed_on": day(amends.signed_on, language),
        "reason": text(amends.reason),
        "value_before": money(before, terms.currency, language),
        "value_change": money(change, terms.currency, language),
        "value_after": money(after, terms.currency, language),
        "percent": percent,
        "changes": [
            {"no": str(number), "clause": row.clause, "before": row.before, "after": row.after}
            for number, row in enumerate(amends.changes, start=1)
        ],
    }

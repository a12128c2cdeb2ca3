"""What a document's template can say: the terms as plain text in the document's language.

Every value is text, a list or a dictionary, formatted here once, so that a template holds
words and places and no arithmetic. What is unknown or not stated is the empty text;
questionnaire answers are "yes", "no" or "unknown". Only what both sides may see is here.
"""

from collections.abc import Mapping
from typing import Any

from workflow.documents.topics import day, text, topics_context
from workflow.parties import Party
from workflow.price import price_of
from workflow.terms import Terms
from workflow.values.amounts import formal_en, formal_zh
from workflow.values.money import Money, figures

# Parts a text that is given in both languages.
_BOTH = " | "
# The ten stems, then the branches: as many as an agreement may have parties.
_LABELS_ZH = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def terms_context(terms: Terms, language: str) -> dict[str, Any]:
    """Return everything the terms tell, for a document in *language*.

    A text may be given in both languages, Chinese first, as in ``支 | piece``.
    """
    parties = [party_context(party, number, language) for number, party in enumerate(terms.parties)]
    sides = [party.side for party in terms.parties]
    ours, theirs = parties[sides.index("ours")], parties[sides.index("theirs")]
    paying = terms.our_role == "customer"
    told = {
        "title": _in(language, terms.title, terms.title_en),
        "purpose": terms.purpose or "",
        "contract_type": terms.contract_type,
        "parties": parties,
        "ours": ours,
        "theirs": theirs,
        "our_role": terms.our_role,
        "customer": ours if paying else theirs,
        "supplier": theirs if paying else ours,
        "price": _price(terms, language),
        "period": {
            "start": day(terms.period.start, language),
            "end": day(terms.period.end, language),
            "perpetual": terms.period.perpetual,
            "months": text(terms.period.months),
            "auto_renew": _answer(terms.period.auto_renew),
            "renewal_months": text(terms.period.renewal_months),
            "notice_days": text(terms.period.notice_days),
        },
        "payment": {
            "known": terms.payment is not None,
            "days": text(terms.payment.days if terms.payment else None),
            "prepayment_percent": text(terms.payment.prepayment_percent if terms.payment else None),
        },
        "liability": {
            "kind": terms.liability.kind,
            "cap_percent": text(terms.liability.cap_percent),
            "penalty_percent": text(terms.liability.penalty_percent),
        },
        "law": {
            "governing": terms.law.governing,
            "governing_name": _country(terms.law.governing, language),
            "court": terms.law.court or "",
            "arbitration": terms.law.arbitration or "",
        },
        **topics_context(terms, language),
        "prevailing": terms.prevailing,
        "originals": str(terms.originals),
        "consent_mode": terms.consent_mode,
        "facts": {name: _answer(value) for name, value in terms.facts},
    }
    spoken: dict[str, Any] = _spoken(told, language)
    return spoken


def party_context(party: Party, number: int, language: str) -> dict[str, str]:
    """Return one party as a document names it; the order of the parties gives the label."""
    label = f"{_LABELS_ZH[number]}方" if language == "zh-TW" else f"Party {chr(ord('A') + number)}"
    name = _in(language, party.name, party.name_en)
    return {
        "label": label,
        "side": party.side,
        "name": name,
        "name_other": next((n for n in (party.name, party.name_en) if n and n != name), ""),
        "country": _country(party.country, language),
        **{
            field: getattr(party, field) or ""
            for field in (
                "registration",
                "address",
                "representative",
                "representative_title",
                "contact",
                "email",
                "phone",
            )
        },
    }


def _price(terms: Terms, language: str) -> dict[str, Any]:
    price = price_of(terms)
    estimate = terms.estimated_value
    shown: dict[str, Any] = {
        "known": price is not None,
        "currency": terms.currency,
        "estimated": figures(Money.of(estimate, terms.currency), language) if estimate is not None else "",
        "items": [],
        "untaxed": "",
        "tax_rate": "",
        "tax": "",
        "total": "",
        "words": "",
        "tax_included": bool(terms.tax and terms.tax.included),
    }
    if price is None or terms.tax is None:
        return shown
    formal = formal_zh if language == "zh-TW" else formal_en
    shown["items"] = [
        {
            "no": str(number),
            "description": item.description,
            "quantity": text(item.quantity),
            "unit": item.unit,
            "unit_price": figures(Money.of(item.unit_price, terms.currency), language),
            "amount": figures(amount, language),
        }
        for number, (item, amount) in enumerate(zip(terms.items, price.lines, strict=True), start=1)
    ]
    # Words and figures come from one integer, so they cannot differ (民法 §4).
    return shown | {
        "untaxed": figures(price.untaxed, language),
        "tax_rate": f"{text(terms.tax.rate)}%",
        "tax": figures(price.tax, language),
        "total": figures(price.total, language),
        "words": formal(price.total),
    }


def _spoken(value: Any, language: str) -> Any:
    """Return *value* with every text that is given in both languages in one of them."""
    if isinstance(value, str):
        if _BOTH not in value:
            return value
        chinese, _, english = value.partition(_BOTH)
        return chinese if language == "zh-TW" else english
    if isinstance(value, dict):
        return {name: _spoken(inner, language) for name, inner in value.items()}
    return [_spoken(inner, language) for inner in value] if isinstance(value, list) else value


def _in(language: str, chinese: str, english: str | None) -> str:
    return chinese if language == "zh-TW" or not english else english


def _answer(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _country(code: str, language: str) -> str:
    """Return a country's name for a document; Babel has both languages."""
    if code == "unknown":
        return ""
    if code == "TW":
        return "中華民國（臺灣）" if language == "zh-TW" else "Taiwan (R.O.C.)"
    names: Mapping[str, str] = _territories("zh_TW" if language == "zh-TW" else "en")
    return names.get(code.upper(), code)


def _territories(locale: str) -> Mapping[str, str]:
    from babel import Locale  # a third of a second to import the first time

    return Locale.parse(locale).territories

"""From terms to the facts that rules ask: the policy's, and the clause library's.

What the terms do not tell stays unknown, and counts as risky.
"""

from collections.abc import Iterable, Mapping

from workflow.conditions import UNKNOWN, Fact
from workflow.price import value_for_policy
from workflow.terms import Terms
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

# An agreement without an end is longer than any band a policy could set.
_ENDLESS_MONTHS = 1200


def facts_of(
    terms: Terms,
    *,
    beside: Iterable[int | None] = (),
    wordings: Iterable[Mapping[str, Fact]] = (),
    deviations: int = 0,
) -> Mapping[str, Fact]:
    """Return every field of the vocabulary; amounts before tax, in whole TWD.

    With the values of agreements that stand *beside* it, of the same party and nature, the bands
    see what all of them amount to, so that it does not matter how a deal is split. *wordings* are
    the facts that the contract's clauses themselves make true, and *deviations* how many of the
    clauses are not the standard ones: our own paper that was changed is modified paper.
    """
    values = [value_for_policy(terms), *beside]
    known = [value for value in values if value is not None]
    value = sum(known) if len(known) == len(values) else UNKNOWN
    liability, period, law = terms.liability, terms.period, terms.law
    facts: dict[str, Fact] = {
        "contract_value": value,
        "cumulative_value_12m": value,
        "cap_pct": _known(liability.cap_percent),
        "penalty_pct": _known(liability.penalty_percent),
        "prepay_pct": terms.payment.prepayment_percent if terms.payment else UNKNOWN,
        "deposit_pct": terms.deposit.percent if terms.deposit else 0,
        "delay_per_mille": terms.delay.per_mille if terms.delay else 0,
        "term_months": _ENDLESS_MONTHS if period.perpetual else period.months,
        "kpi_count": len(terms.kpis),
        "deviations": deviations,
        "auto_renew": _known(period.auto_renew),
        "foreign_law": UNKNOWN if law.governing == "unknown" else law.governing != "TW",
        "contract_type": _known(terms.contract_type),
        "currency": terms.currency,
        "liability": _known(liability.kind),
        **{name: _known(answer) for name, answer in terms.facts},
    }
    if deviations and facts["paper"] == "own_standard":
        facts["paper"] = "own_modified"
    for said in wordings:
        for name, fact in said.items():
            facts[name] = _riskier(name, facts[name], fact)
    return facts


def _riskier(field: str, told: Fact, worded: Fact) -> Fact:
    """Return which of two answers a rule has to reckon with: the terms' or the wording's."""
    if told is UNKNOWN or told == worded:
        return told
    if FIELDS[field] == TRUTH:
        return True
    if FIELDS[field] == NUMBER:
        return max(told, worded)  # type: ignore[type-var] # numbers, by the vocabulary
    return UNKNOWN


def _known(answer: Fact) -> Fact:
    return UNKNOWN if answer == "unknown" else answer

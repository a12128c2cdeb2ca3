"""From terms to the facts a policy asks. What the terms do not tell stays unknown."""

from collections.abc import Iterable, Mapping

from approvals.aggregation import Earlier, cumulative
from approvals.conditions import UNKNOWN, Fact
from workflow.terms import Terms

# An agreement without an end is longer than any band a policy could set.
_ENDLESS_MONTHS = 1200


def facts_of(terms: Terms, *, earlier: Iterable[Earlier] = ()) -> Mapping[str, Fact]:
    """Return every field of the policy's vocabulary; amounts before tax, in whole TWD.

    With *earlier* agreements of the same party and nature the bands see what all of them
    amount to, so that it does not matter how a deal is split. A total is never less than the
    agreement's own value, so it takes its place.
    """
    value = cumulative(terms, earlier)
    liability, period, law = terms.liability, terms.period, terms.law
    return {
        "contract_value": value,
        "cumulative_value_12m": value,
        "cap_pct": _known(liability.cap_percent),
        "penalty_pct": _known(liability.penalty_percent),
        "prepay_pct": terms.payment.prepayment_percent if terms.payment else UNKNOWN,
        "term_months": _ENDLESS_MONTHS if period.perpetual else period.months,
        "auto_renew": _known(period.auto_renew),
        "foreign_law": UNKNOWN if law.governing == "unknown" else law.governing != "TW",
        "contract_type": _known(terms.contract_type),
        "currency": terms.currency,
        "liability": _known(liability.kind),
        **{name: _known(answer) for name, answer in terms.facts},
    }


def _known(answer: Fact) -> Fact:
    return UNKNOWN if answer == "unknown" else answer

"""The closed vocabulary of rules: what may be asked, of which type, with which answers.

The policy asks in these words who must agree, the clause library which clauses a contract has. A
word that is not here cannot stand in a rule, so a slip is found when the rule is read and never
becomes one that silently does not fire.
"""

from collections.abc import Mapping
from typing import get_args

from workflow.topics import ContractType, Facts
from workflow.values.money import CURRENCIES

NUMBER, TRUTH = "number", "truth"

#: What a field may hold: `NUMBER`, `TRUTH`, or the words it may be.
Kind = str | frozenset[str]


def _words(name: str) -> Kind:
    answers = get_args(Facts.model_fields[name].annotation)
    return TRUTH if bool in answers else frozenset(str(a) for a in answers if a != "unknown")


#: Numbers that are always whole: dollars, months and counts.
WHOLE = frozenset({"contract_value", "cumulative_value_12m", "term_months", "kpi_count", "deviations"})

FIELDS: Mapping[str, Kind] = {
    "contract_value": NUMBER,
    "cumulative_value_12m": NUMBER,
    "cap_pct": NUMBER,
    "penalty_pct": NUMBER,
    "prepay_pct": NUMBER,
    "deposit_pct": NUMBER,
    "delay_per_mille": NUMBER,
    "term_months": NUMBER,
    "kpi_count": NUMBER,
    "deviations": NUMBER,
    "auto_renew": TRUTH,
    "foreign_law": TRUTH,
    "contract_type": frozenset(get_args(ContractType)),
    "currency": frozenset(CURRENCIES),
    "liability": frozenset({"capped", "unlimited"}),
    **{name: _words(name) for name in Facts.model_fields},
}

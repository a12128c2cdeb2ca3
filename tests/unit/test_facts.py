"""Facts: what the terms tell the policy, and what stays unknown until someone answers."""

from datetime import date
from decimal import Decimal

import pytest

from workflow.conditions import UNKNOWN
from workflow.facts import facts_of
from workflow.terms import Terms
from workflow.topics import Facts
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

BASE = {"title": "T", "parties": [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}]}


def facts(**said):
    return facts_of(Terms.read({**BASE, **said}))


def test_answers_every_field_a_policy_may_ask_and_no_other():
    assert set(facts()) == set(FIELDS)


def test_everything_is_unknown_until_it_is_told():
    told = {name: fact for name, fact in facts().items() if fact is not UNKNOWN}

    nothing = {"deposit_pct": 0, "delay_per_mille": 0, "kpi_count": 0, "deviations": 0}
    assert told == {"currency": "TWD"} | nothing


@pytest.mark.parametrize(
    ("said", "field", "fact"),
    [
        ({"estimated_value": "150000"}, "contract_value", 150000),
        ({"estimated_value": "150000.01"}, "contract_value", 150001),
        ({"estimated_value": "0"}, "cumulative_value_12m", 0),
        ({"estimated_value": "5", "currency": "USD"}, "contract_value", UNKNOWN),
        ({"currency": "USD"}, "currency", "USD"),
        ({"liability": {"kind": "capped", "cap_percent": "150"}}, "cap_pct", Decimal(150)),
        ({"liability": {"kind": "capped", "cap_percent": "150"}}, "liability", "capped"),
        ({"liability": {"kind": "unlimited"}}, "liability", "unlimited"),
        ({"liability": {"kind": "unlimited"}}, "cap_pct", UNKNOWN),
        ({"liability": {"kind": "unknown", "penalty_percent": "2.5"}}, "penalty_pct", Decimal("2.5")),
        ({"payment": {"days": 30}}, "prepay_pct", Decimal(0)),
        ({"payment": {"days": 30, "prepayment_percent": 40}}, "prepay_pct", Decimal(40)),
        ({"period": {"start": date(2026, 1, 1), "end": date(2028, 12, 31)}}, "term_months", 36),
        ({"period": {"start": date(2026, 1, 1)}}, "term_months", UNKNOWN),
        ({"period": {"perpetual": True}}, "term_months", 1200),
        ({"period": {"auto_renew": False}}, "auto_renew", False),
        ({"law": {"governing": "TW"}}, "foreign_law", False),
        ({"law": {"governing": "US"}}, "foreign_law", True),
        ({"contract_type": "saas"}, "contract_type", "saas"),
        ({"facts": {"paper": "theirs"}}, "paper", "theirs"),
        ({"facts": {"paper": "unknown"}}, "paper", UNKNOWN),
    ],
)
def test_tells_the_policy_what_the_terms_say(said, field, fact):
    assert facts(**said)[field] == fact
    assert type(facts(**said)[field]) is type(fact)


@pytest.mark.parametrize("name", [name for name in Facts.model_fields if FIELDS[name] == TRUTH])
@pytest.mark.parametrize("answer", [True, False])
def test_an_answer_is_passed_on_as_it_is(name, answer):
    assert facts(facts={name: answer})[name] is answer


@pytest.mark.parametrize("name", [name for name in Facts.model_fields if FIELDS[name] != TRUTH])
def test_every_word_an_answer_may_be_can_be_asked_by_a_policy(name):
    assert FIELDS[name] == {word for word in FIELDS[name] if facts(facts={name: word})[name] == word}
    assert "unknown" not in FIELDS[name]


def test_every_field_has_a_type():
    assert all(kind in (NUMBER, TRUTH) or (isinstance(kind, frozenset) and kind) for kind in FIELDS.values())

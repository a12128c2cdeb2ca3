"""What a policy nearly asked, and what another policy would ask instead."""

from dataclasses import replace
from decimal import Decimal

import pytest

from approvals.policy import assess, load_policy, read_policy
from approvals.rehearsal import compare, missed, read_inputs, rule_changes, unknown_facts
from workflow.conditions import UNKNOWN, read_condition

DEFAULT = load_policy()
RULE = DEFAULT.rules[0]
NOTHING = {name: UNKNOWN for rule in DEFAULT.rules for name in rule.condition.fields}


def asking(condition):
    return replace(RULE, condition=read_condition(condition))


def edited(*changes):
    """The shipped policy with texts replaced."""
    text = DEFAULT.body.decode("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_policy(text.encode())


# --- nearly ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "facts", "part", "by", "near"),
    [
        ("contract_value > 1500000", {"contract_value": 1_450_000}, "contract_value > 1500000", 50000, True),
        ("contract_value > 1500000", {"contract_value": 1_500_000}, "contract_value > 1500000", 0, True),
        ("contract_value > 1500000", {"contract_value": 1_350_000}, "contract_value > 1500000", 150000, True),
        ("contract_value > 100", {"contract_value": 89}, "contract_value > 100", 11, False),
        ("cap_pct < 20", {"cap_pct": Decimal("21.5")}, "cap_pct < 20", Decimal("1.5"), True),
        ("cap_pct == 20", {"cap_pct": Decimal(50)}, "cap_pct == 20", 30, False),
        ("notarise is true", {"notarise": False}, "notarise is true", None, False),
        ("liability == unlimited", {"liability": "capped"}, "liability == unlimited", None, False),
        (
            "personal_data is true & cross_border_data is true",
            {"personal_data": True, "cross_border_data": False},
            "cross_border_data is true", None, True,
        ),
        (
            "personal_data is true & contract_value > 100",
            {"personal_data": True, "contract_value": 5},
            "contract_value > 100", 95, True,
        ),
        (
            "contract_value > 100 | cap_pct > 100",
            {"contract_value": 50, "cap_pct": 95},
            "cap_pct > 100", 5, True,
        ),
        (
            "cap_pct > 100 | contract_value > 1000000 | penalty_pct > 20",
            {"contract_value": 999_000, "cap_pct": 95, "penalty_pct": 19},
            "contract_value > 1000000", 1000, True,
        ),
        (
            "personal_data is true & notarise is true | cap_pct > 100",
            {"personal_data": False, "notarise": False, "cap_pct": 95},
            "cap_pct > 100", 5, True,
        ),
        ("contract_value > 100 | notarise is true", {"contract_value": 95, "notarise": False},
         "contract_value > 100", 5, True),
    ],
)  # fmt: skip
def test_tells_how_far_a_rule_was_from_applying(condition, facts, part, by, near):
    miss = missed(asking(condition), facts)

    assert (str(miss.part), miss.by, miss.near) == (part, by, near)
    assert miss.fact == facts[miss.part.field]


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("contract_value > 100", {"contract_value": 101}),
        ("contract_value > 100", {"contract_value": UNKNOWN}),
        ("contract_value > 100 | notarise is true", {"contract_value": 99, "notarise": True}),
        ("personal_data is true & notarise is true", {"personal_data": False, "notarise": False}),
    ],
)
def test_tells_nothing_of_a_rule_that_applied_or_lacked_more(condition, facts):
    assert missed(asking(condition), facts) is None


def test_an_unknown_fact_was_in_nobodys_way():
    miss = missed(
        asking("personal_data is true & notarise is true"), {"personal_data": UNKNOWN, "notarise": False}
    )

    assert str(miss.part) == "notarise is true"
    assert miss.near


def test_reads_the_facts_of_a_trace_as_they_are_kept():
    kept = {
        "contract_value": 5,
        "cap_pct": "100.5",
        "notarise": True,
        "liability": "capped",
        "currency": "unknown",
    }

    assert read_inputs(kept) == {
        "contract_value": 5,
        "cap_pct": Decimal("100.5"),
        "notarise": True,
        "liability": "capped",
        "currency": UNKNOWN,
    }


# --- two policies ------------------------------------------------------------------------


def test_a_policy_differs_in_nothing_from_itself():
    assert rule_changes(DEFAULT, DEFAULT) == ()
    assert not compare(assess(DEFAULT, NOTHING), assess(DEFAULT, NOTHING))


def test_names_the_rules_that_came_went_and_changed():
    other = edited(("\nD01,", "\nD02,"), ("contract_value > 1500000,", "contract_value > 1000000,"))

    found = {change.rule: (change.kind, change.columns) for change in rule_changes(DEFAULT, other)}

    assert found == {"D01": ("removed", ()), "D02": ("added", ()), "A03": ("changed", ("condition",))}


def test_names_the_columns_as_the_file_does():
    old, new = (
        edited(),
        edited(
            (
                ",gm,commercial,signoff,,50,sequential,1,3,chair,company",
                ",cfo,commercial,signoff,,51,sequential,2,4,board,a company",
            )
        ),
    )

    (change,) = rule_changes(old, new)

    assert change.columns == ("adds", "seq", "quorum", "sla_bd", "why", "escalate_to")


def test_where_a_rule_stands_and_how_it_is_spaced_means_nothing():
    assert rule_changes(DEFAULT, edited(("contract_value > 1500000,", "contract_value  >1500000,"))) == ()
    head, first, second, *rest = DEFAULT.body.splitlines(keepends=True)
    assert rule_changes(DEFAULT, read_policy(b"".join([head, second, first, *rest]))) == ()


def test_tells_who_is_asked_more_less_and_otherwise():
    other = edited((",cfo,financial,", ",gm,financial,"), ("30,sequential,1,2,gm", "31,sequential,1,2,gm"))
    other = replace(other, rules=tuple(r for r in other.rules if r.id not in ("L03b",)))

    found = compare(assess(DEFAULT, NOTHING), assess(other, NOTHING))

    assert [(each.role, each.aspect) for each in found.more] == [("gm", "financial")]
    assert [(each.role, each.aspect) for each in found.less] == [("cfo", "financial")]
    assert [(a.role, a.step, b.step) for a, b in found.other] == [("division_head", 30, 31)]
    assert found


def test_which_rules_ask_is_no_difference():
    assert not compare(assess(DEFAULT, NOTHING), assess(edited(("\nD01,", "\nD02,")), NOTHING))


def test_a_policy_that_asks_nobody_asks_less():
    found = compare(assess(DEFAULT, NOTHING), None)

    assert (found.more, len(found.less)) == ((), len(assess(DEFAULT, NOTHING).requirements))


def test_names_what_nobody_answered_with_the_rules_it_lets_apply():
    quiet = dict.fromkeys(NOTHING, False) | {
        "contract_value": 0, "cumulative_value_12m": 0, "cap_pct": 0, "penalty_pct": 0, "prepay_pct": 0,
        "term_months": 1, "contract_type": "services", "currency": "TWD", "liability": "capped",
        "paper": "own_standard", "stamp_class": "none", "ip_terms": "none", "budgeted": True,
    }  # fmt: skip
    facts = quiet | {"personal_data": UNKNOWN, "contract_type": UNKNOWN}

    assert unknown_facts(DEFAULT, assess(DEFAULT, facts)) == {
        "contract_type": ("L05", "S01", "I01", "C01"),
        "personal_data": ("P01",),
    }

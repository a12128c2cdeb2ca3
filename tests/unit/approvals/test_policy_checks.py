"""What rules say against one another: asked twice, never, of nobody, or not of the larger agreement."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.policy import DEFAULT_POLICY, examine
from approvals.policy_checks import check_holders, check_rules
from approvals.policy_table import ERROR, REVIEW, SIGN_OFF, WARNING, Rule
from workflow.conditions import read_condition

FEW = settings(max_examples=150, deadline=None, database=None)


def rule(name, condition, *, row=2, **changes):
    said = {
        "role": "dept_manager", "aspect": "commercial", "kind": SIGN_OFF, "step": 20, "quorum": 1,
        "working_days": 2, "covers": (), "escalate_to": "",
    } | changes  # fmt: skip
    mode = said.pop("mode", "sequential" if said["kind"] == SIGN_OFF else "parallel")
    return Rule(
        id=name, when_zh="甲", when_en="a", condition=read_condition(condition), mode=mode, why_en="because",
        why_zh="", basis="", row=row, **said,
    )  # fmt: skip


ALWAYS = rule("ALL", "contract_value >= 0", role="division_head", step=90)


def found(*rules, **given):
    problems = check_rules((ALWAYS, *rules), **given)
    assert all(str(problem) and problem.as_data() for problem in problems)  # they can be said
    return [(p.severity, p.code, p.row, p.column) for p in problems]


def text(*rules):
    (problem,) = check_rules((ALWAYS, *rules))
    return str(problem)


def review(name, condition, **changes):
    return rule(name, condition, **({"kind": REVIEW, "role": "legal", "aspect": "legal"} | changes))


def test_finds_nothing_wrong_with_the_shipped_policy():
    policy, problems = examine(DEFAULT_POLICY.read_bytes())

    assert policy
    assert problems == ()


# --- one row -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "wrong"),
    [
        (REVIEW, "parallel", False),
        (REVIEW, "sequential", True),
        (REVIEW, "", True),
        (SIGN_OFF, "sequential", False),
        (SIGN_OFF, "parallel", True),
        (SIGN_OFF, "Sequential", True),
    ],
)
def test_reviews_are_parallel_and_sign_offs_follow_their_steps(kind, mode, wrong):
    expected = [(ERROR, "mode", 2, "mode")] if wrong else []

    assert found(rule("R", "notarise is true", kind=kind, mode=mode)) == expected


@pytest.mark.parametrize(("quorum", "wrong"), [(1, False), (2, True), ("majority", True)])
def test_a_review_is_the_opinion_of_one_expert(quorum, wrong):
    expected = [(ERROR, "review_quorum", 2, "quorum")] if wrong else []

    assert found(review("R", "notarise is true", quorum=quorum)) == expected
    assert found(rule("R", "notarise is true", quorum=quorum)) == []


@pytest.mark.parametrize(
    ("name", "wrong"), [("A-01.b", False), ("規則一", False), ("A 1", True), ("A,1", True)]
)
def test_a_name_is_one_word(name, wrong):
    expected = [(ERROR, "bad_name", 2, "rule")] if wrong else []

    assert found(rule(name, "notarise is true")) == expected


def test_nobody_is_told_of_their_own_lateness():
    late = rule("R", "notarise is true", role="cfo/finance", escalate_to="finance")

    assert found(late) == [(WARNING, "escalates_to_itself", 2, "escalate_to")]


# --- what can be met ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        "cap_pct > 5 & cap_pct < 3",
        "cap_pct > 5 & cap_pct < 5",
        "cap_pct >= 5 & cap_pct < 5",
        "contract_value > 5 & contract_value < 6",
        "term_months > 36.5 & term_months < 37",
        "contract_value < 0",
        "prepay_pct <= -1",
        "notarise is true & notarise is false",
        "contract_type == saas & contract_type == nda",
        "contract_type in saas,nda & contract_type in mou,works",
        "liability != capped & liability != unlimited",
        "government is true & cap_pct == 5 & cap_pct != 5",
    ],
)
def test_finds_a_condition_that_can_never_hold(condition):
    assert found(rule("R", condition)) == [(ERROR, "unreachable", 2, "condition")]


def test_finds_an_alternative_that_can_never_hold_and_names_it():
    assert text(rule("R", "government is true | cap_pct > 5 & cap_pct < 3")) == (
        "row 2, condition: cap_pct > 5 & cap_pct < 3 can never hold, so it asks nobody"
    )


@pytest.mark.parametrize(
    "condition",
    [
        "cap_pct > 5 & cap_pct < 6",
        "cap_pct > 0 & cap_pct < 0.5",
        "cap_pct >= 5 & cap_pct <= 5",
        "contract_value > 5 & contract_value < 7 & notarise is true",
        "contract_type in saas,nda & contract_type != saas",
        "liability != capped",
        "cap_pct > 999",
    ],
)
def test_leaves_alone_what_can_hold(condition):
    assert "unreachable" not in [code for _, code, *_ in found(review("R", condition))]


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        ("cap_pct > 5 | cap_pct > 10", "cap_pct > 10"),
        ("government is true & notarise is true | notarise is true", "government is true & notarise is true"),
        ("contract_type == saas | contract_type in saas,nda", "contract_type == saas"),
    ],
)
def test_finds_an_alternative_that_adds_nothing(condition, part):
    assert found(rule("R", condition)) == [(WARNING, "superfluous", 2, "condition")]
    assert text(rule("R", condition)).startswith(f"row 2, condition: {part} adds nothing")


def test_says_of_equal_alternatives_that_each_adds_nothing():
    assert found(rule("R", "cap_pct > 5 | cap_pct > 5")) == [(WARNING, "superfluous", 2, "condition")] * 2


# --- asked twice -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    ["cap_pct > 5 | notarise is true", "notarise is true|cap_pct>5", "notarise is true | cap_pct > 5.0"],
)
def test_finds_two_rules_that_say_the_same(condition):
    one = rule("R1", "notarise is true | cap_pct > 5", row=2)
    other = rule("R2", condition, row=3)

    assert found(one, other) == [(ERROR, "overlap", 3, "condition")]
    assert text(one, other) == "row 3, condition: it says what R1 in row 2 says"


@pytest.mark.parametrize(
    "difference",
    [
        {"role": "gm"}, {"aspect": "legal"}, {"kind": REVIEW}, {"quorum": 2}, {"step": 10},
        {"working_days": 1}, {"escalate_to": "gm"},
    ],
    ids=str,
)  # fmt: skip
def test_two_rules_of_one_condition_may_ask_different_things(difference):
    one, other = rule("R1", "notarise is true", row=2), rule("R2", "notarise is true", row=3, **difference)

    assert [place for severity, code, *place in found(one, other) if code == "overlap"] == []
    assert (WARNING, "contained", 3, "condition") not in found(one, other)


@pytest.mark.parametrize(
    ("inner", "outer", "contained"),
    [
        ({}, {}, True),
        ({"step": 30}, {}, True),
        ({"step": 10}, {}, False),
        ({"working_days": 3}, {}, True),
        ({"working_days": 1}, {}, False),
        ({"quorum": 1}, {"quorum": 2}, True),
        ({"quorum": 2}, {"quorum": 1}, False),
        ({"quorum": 2}, {"quorum": 3}, True),
        ({"quorum": 3}, {"quorum": 2}, False),
        ({"quorum": 2}, {"quorum": "majority"}, False),
        ({"quorum": 1}, {"quorum": "majority"}, True),
        ({"quorum": "majority"}, {"quorum": 1}, False),
        ({"covers": ("price",)}, {}, True),
        ({}, {"covers": ("price",)}, False),
        ({"covers": ("price",)}, {"covers": ("payment", "price")}, True),
        ({"covers": ("payment", "price")}, {"covers": ("price",)}, False),
        ({"covers": ("price",)}, {"covers": ("price",)}, True),
        ({"escalate_to": "gm"}, {}, False),
        ({}, {"escalate_to": "gm"}, True),
        ({"escalate_to": "gm"}, {"escalate_to": "gm"}, True),
    ],
)
def test_finds_a_rule_that_another_always_goes_with(inner, outer, contained):
    rules = (
        rule("R1", "cap_pct > 10", row=2, **inner),
        rule("R2", "cap_pct > 5 | notarise is true", row=3, **outer),
    )
    expected = [(WARNING, "contained", 2, "condition")] if contained else []

    assert found(*rules) == expected
    assert found(*reversed(rules)) == expected


def test_thresholds_of_one_ladder_are_no_overlap():
    ladder = [rule(f"R{n}", f"contract_value > {n}00", row=n, role=r) for n, r in ((2, "gm"), (3, "chair"))]

    assert found(*ladder) == []


# --- the larger agreement ----------------------------------------------------------------


@pytest.mark.parametrize("field", ["contract_value", "cumulative_value_12m"])
def test_finds_a_gap_between_bands(field):
    bands = (
        rule("R1", f"{field} > 100 & {field} <= 200", row=2),
        rule("R2", f"{field} > 300", row=3, role="gm"),
    )

    assert found(*bands) == [(ERROR, "gap", 2, "condition")]
    assert text(*bands) == (
        f"row 2, condition: a gap follows this band: no band applies where {field} is 201"
    )


@pytest.mark.parametrize(
    "following", ["contract_value > 200", "contract_value >= 201", "contract_value > 150"]
)
def test_bands_that_meet_or_overlap_have_no_gap(following):
    bands = (
        rule("R1", "contract_value > 100 & contract_value <= 200", row=2),
        rule("R2", following, row=3, role="gm"),
    )

    assert found(*bands) == []


@pytest.mark.parametrize("following", ["contract_value > 201", "contract_value >= 202"])
def test_a_gap_of_one_dollar_is_a_gap(following):
    bands = (
        rule("R1", "contract_value > 100 & contract_value <= 200", row=2),
        rule("R2", following, row=3, role="gm"),
    )

    assert found(*bands) == [(ERROR, "gap", 2, "condition")]


@pytest.mark.parametrize("other", ["contract_value > 100", "contract_value > 50", "notarise is true"])
def test_finds_a_band_after_which_less_is_asked(other):
    bands = (
        rule("R1", "contract_value > 100 & contract_value <= 200", row=2),
        rule("R2", other, row=3, role="gm"),
    )

    assert found(*bands) == [(ERROR, "gap", 2, "condition")]
    assert text(*bands).startswith("row 2, condition: no band follows this one")


def test_bands_of_one_kind_of_contract_are_a_ladder_with_those_of_all():
    saas = rule(
        "R1", "contract_value > 100 & contract_value <= 200 & contract_type == saas", row=2, role="gm"
    )
    everyone, works = (
        rule("R2", condition, row=3, role="chair")
        for condition in ("contract_value > 200", "contract_value > 200 & contract_type == works")
    )

    assert found(saas, everyone) == []
    assert found(saas, works) == [(ERROR, "gap", 2, "condition")]


def test_what_is_asked_of_one_kind_only_fills_no_gap_for_all():
    band = rule("R1", "contract_value > 100 & contract_value <= 200", row=2, role="gm")
    works = rule("R2", "contract_value > 200 & contract_type == works", row=3, role="chair")

    assert found(band, works) == [(ERROR, "gap", 2, "condition")]


def test_reviews_are_a_ladder_by_aspect_and_apart_from_sign_offs():
    band = review("R1", "contract_value > 100 & contract_value <= 200", row=2)

    assert found(band, review("R2", "contract_value > 200", row=3, role="ip")) == []
    assert found(band, review("R2", "contract_value > 200", row=3, aspect="data")) == [
        (ERROR, "gap", 2, "condition")
    ]
    assert found(band, rule("R2", "contract_value > 200", row=3)) == [(ERROR, "gap", 2, "condition")]


def test_all_sign_offs_are_one_ladder_whatever_their_aspect():
    band = rule("R1", "contract_value > 100 & contract_value <= 200", row=2)

    assert found(band, rule("R2", "contract_value > 200", row=3, aspect="authority")) == []


def test_thresholds_without_an_end_leave_nothing_out():
    ladder = [
        rule(f"R{n}", f"contract_value > {n}000", row=n, role=role)
        for n, role in ((2, "dept_manager"), (3, "gm"), (4, "chair"))
    ]

    assert found(*ladder) == []


# --- nobody ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "example"),
    [
        (["contract_value > 0"], "contract_value = 0"),
        (["contract_value > 100"], "contract_value = 0"),
        (["notarise is true"], "notarise = false"),
        (["contract_value <= 100", "contract_value > 101"], "contract_value = 101"),
        (["notarise is true", "notarise is false & cap_pct > 5"], "cap_pct = 0, notarise = false"),
    ],
)
def test_finds_an_agreement_that_nobody_would_sign(conditions, example):
    rules = [rule(f"R{n}", condition, row=n, role=f"{role}") for n, (condition, role) in
             enumerate(zip(conditions, ("gm", "chair"), strict=False), start=2)]  # fmt: skip
    unsigned = [p for p in check_rules(rules) if p.code == "unsigned"]

    assert [(p.severity, p.row, p.facts["example"]) for p in unsigned] == [(ERROR, 0, example)]


@pytest.mark.parametrize(
    "conditions",
    [
        ["contract_value >= 0"],
        ["contract_value > -1"],
        ["contract_value > 100 | contract_value <= 100"],
        ["contract_value <= 100", "contract_value > 100"],
        ["notarise is true", "notarise is false"],
        ["liability == capped", "liability == unlimited"],
        ["notarise is true", "notarise is false & cap_pct > 5", "cap_pct <= 5"],
    ],
)
def test_several_rules_may_together_apply_to_everything(conditions):
    roles = ("gm", "chair", "cfo")
    rules = [rule(f"R{n}", c, row=n, role=roles[n]) for n, c in enumerate(conditions)]

    assert "unsigned" not in {problem.code for problem in check_rules(rules)}


def test_reviews_sign_nothing():
    (problem,) = check_rules([review("R", "contract_value >= 0")])

    assert str(problem) == (
        "some agreements would need no sign-off; add a rule for every agreement, as: contract_value >= 0"
    )


def test_says_nothing_of_what_a_part_of_the_table_lacks():
    assert check_rules([rule("R", "notarise is true")], whole=False) == ()


def test_gives_a_table_up_that_nobody_could_be_sure_about():
    # Six answers and five pigeon-holes: two always share one, which takes long to see.
    names = ["contract_value", "cumulative_value_12m", "term_months", "cap_pct", "penalty_pct", "prepay_pct"]
    within = {name: [f"{name} >= {hole} & {name} < {hole + 1}" for hole in range(5)] for name in names}
    ways = [
        f"{first} & {second}"
        for one, other in itertools.combinations(names, 2)
        for first, second in zip(within[one], within[other], strict=True)
    ] + [f"{name} >= 5" for name in names]
    rules = [rule(f"R{n}", way, row=n, role="gm", step=n + 1) for n, way in enumerate(ways)]

    assert "unsigned" in {problem.code for problem in check_rules(rules)}
    assert "unsigned" not in {problem.code for problem in check_rules([*rules, ALWAYS])}


# --- who there is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_of", "holders", "codes"),
    [
        ({"role": "gm"}, {"gm": ["ann"]}, []),
        ({"role": "gm"}, {"cfo": ["ann"]}, ["nobody_holds"]),
        ({"role": "gm"}, {"gm": []}, ["nobody_holds"]),
        ({"role": "gm", "quorum": 2}, {"gm": ["ann"]}, ["too_few_hold"]),
        ({"role": "gm", "quorum": 2}, {"gm": ["ann", "bob"]}, []),
        ({"role": "cfo/finance", "quorum": 2}, {"cfo": ["ann"], "finance": ["bob"]}, []),
        ({"role": "cfo/finance", "quorum": 2}, {"cfo": ["ann"], "finance": ["ann"]}, ["too_few_hold"]),
        ({"role": "cfo/finance"}, {"finance": ["bob"]}, []),
        ({"role": "board", "quorum": "majority"}, {"board": ["ann"]}, []),
        ({"role": "board", "quorum": "majority"}, {}, ["nobody_holds"]),
    ],
)
def test_warns_of_rules_that_too_few_could_answer(rule_of, holders, codes):
    problems = check_holders([rule("R", "notarise is true", **rule_of)], holders)

    assert [problem.code for problem in problems] == codes
    assert {problem.severity for problem in problems} <= {WARNING}
    assert all("gm" in str(p) or "cfo/finance" in str(p) or "board" in str(p) for p in problems)
    assert [p.column for p in problems] == [{"nobody_holds": "adds"}.get(code, "quorum") for code in codes]


# --- against trying everything -----------------------------------------------------------

NUMBERS = st.builds("contract_value {} {}".format, st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
                    st.integers(-1, 4))  # fmt: skip
PERCENTS = st.builds("cap_pct {} {}".format, st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
                     st.sampled_from(["0", "0.5", "1", "2"]))  # fmt: skip
TRUTHS = st.builds("notarise is {}".format, st.sampled_from(["true", "false"]))
WORDS = st.builds(
    "liability {} {}".format, st.sampled_from(["==", "!=", "in"]), st.sampled_from(["capped", "unlimited"])
)
WAYS = st.lists(NUMBERS | PERCENTS | TRUTHS | WORDS, min_size=1, max_size=3).map(" & ".join)
CONDITIONS = st.lists(WAYS, min_size=1, max_size=3).map(" | ".join)
EVERYTHING = [
    {"contract_value": value, "cap_pct": cap, "notarise": answer, "liability": word}
    for value, cap, answer, word in itertools.product(
        range(7),
        [Decimal(n) / 4 for n in range(13)],
        (True, False),
        ("capped", "unlimited"),
    )
]


@FEW
@given(CONDITIONS)
def test_calls_unreachable_exactly_what_no_answers_fulfil(condition):
    ways = read_condition(condition).alternatives
    never = [way for way in ways if not any(all(p.holds(facts) for p in way) for facts in EVERYTHING)]

    assert [code for _, code, *_ in found(review("R", condition)) if code == "unreachable"] == [
        "unreachable" for _ in never
    ]


@FEW
@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_calls_a_policy_unsigned_exactly_where_some_answers_ask_nobody(conditions):
    rules = [rule(f"R{n}", text, row=n, step=n + 1) for n, text in enumerate(conditions)]
    unsigned = any(not any(r.condition.holds(facts) for r in rules) for facts in EVERYTHING)

    assert ("unsigned" in {problem.code for problem in check_rules(rules)}) is unsigned


@FEW
@given(CONDITIONS, CONDITIONS)
def test_calls_two_rules_equal_exactly_where_all_answers_agree(one, other):
    rules = rule("R1", one, row=2), rule("R2", other, row=3)
    equal = all(rules[0].condition.holds(facts) == rules[1].condition.holds(facts) for facts in EVERYTHING)

    assert ("overlap" in {code for _, code, *_ in found(*rules)}) is equal

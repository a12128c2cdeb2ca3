"""The policy: a table read whole or not at all, what it asks of an agreement, and the shipped one."""

import csv
import hashlib
import io
import json
import pickle
import re
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.errors import NothingRequiredError, PolicyError
from approvals.labels import ASPECTS, ROLES
from approvals.policy import DEFAULT_POLICY, MAJORITY, assess, examine, load_policy, read_policy
from approvals.policy_table import ERROR, MOST_RULES
from workflow.conditions import UNKNOWN
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

FEW = settings(max_examples=80, deadline=None, database=None)
COLUMNS = next(csv.reader([DEFAULT_POLICY.read_text(encoding="utf-8-sig").splitlines()[0]]))
OPTIONAL = ("why_zh", "covers", "escalate_to")
ROW = dict.fromkeys(COLUMNS, "") | {
    "rule": "R1", "when_zh": "所有協議", "when_en": "every agreement", "condition": "contract_value >= 0",
    "adds": "dept_manager", "aspect": "commercial", "kind": "signoff", "seq": "20", "mode": "sequential",
    "quorum": "1", "sla_bd": "2", "why": "someone must own it",
}  # fmt: skip
NOBODY_ANSWERED = dict.fromkeys(FIELDS, UNKNOWN)


def table(*rows, columns=COLUMNS, mark="\ufeff"):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(
        [row if isinstance(row, list) else [row.get(name, "") for name in columns] for row in rows]
    )
    return (mark + text.getvalue()).encode()


def row(name="R1", **changes):
    return {**ROW, "rule": name, **changes}


def policy(*rows):
    return read_policy(table(*rows))


def problems(body):
    with pytest.raises(PolicyError) as refusal:
        read_policy(body)
    return tuple(map(str, refusal.value.problems))


# --- reading -----------------------------------------------------------------------------


def test_reads_a_rule():
    (rule,) = policy(row("R9", quorum="2", basis="公司法 §16", why_zh="須有人負責")).rules

    assert (rule.id, rule.role, rule.aspect, rule.kind) == ("R9", "dept_manager", "commercial", "signoff")
    assert (rule.step, rule.quorum, rule.working_days, rule.row) == (20, 2, 2, 2)
    assert (rule.basis, rule.condition.text) == ("公司法 §16", "contract_value >= 0")
    assert (rule.when("zh-TW"), rule.when("en")) == ("所有協議", "every agreement")
    assert (rule.why("zh-TW"), rule.why("en")) == ("須有人負責", "someone must own it")


def test_reads_numbers_up_to_a_thousand():
    (rule,) = policy(row(seq="1000", quorum="1000", sla_bd="1000")).rules

    assert (rule.step, rule.quorum, rule.working_days) == (1000, 1000, 1000)
    assert policy(row(seq="1", sla_bd="0")).rules[0].working_days == 0


def test_finds_a_rule_by_name():
    assert policy(row("R1"), row("R2")).rule("R2").row == 3
    assert policy(row("R1")).rule("R2") is None


def test_is_known_by_the_digest_of_its_bytes():
    body = table(row())

    assert (read_policy(body).body, read_policy(body).digest) == (body, hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize(
    "body",
    [
        table(row(), mark=""),
        table(row(), columns=list(reversed(COLUMNS))),
        table(row(), columns=[name for name in COLUMNS if name not in OPTIONAL]),
        table(row()).replace(b"\r\n", b"\n"),
        table(row()).rstrip(),
        table(row(), []),
    ],
    ids=[
        "no mark",
        "another order",
        "none of the columns one may leave out",
        "Unix lines",
        "no last line end",
        "a blank line",
    ],
)
def test_takes_the_table_as_spreadsheets_write_it(body):
    assert [(rule.id, rule.why("en")) for rule in read_policy(body).rules] == [("R1", "someone must own it")]


def test_a_majority_is_a_quorum():
    assert policy(row(quorum="majority")).rules[0].quorum == MAJORITY


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("condition", "contract_vaule > 1", "unknown field 'contract_vaule'"),
        (
            "condition",
            "contract_value => 1",
            "'contract_value => 1' is not of the form: field operator value",
        ),
        ("condition", "contract_value is 1", "contract_value takes: > >= < <= == !="),
        ("condition", "contract_value > 1,000", "'1,000' is not a number"),
        ("condition", "government is yes", "government takes: is true, is false"),
        ("condition", "contract_type == sass", "contract_type cannot be 'sass'"),
        ("condition", "", "'' is not of the form: field operator value"),
        ("adds", "manager", "'manager' is not one of admin, staff, "),
        ("adds", "", "'' is not one of admin, staff, "),
        ("adds", "Legal", "'Legal' is not one of admin, staff, "),
        ("aspect", "finance", "'finance' is not one of commercial, financial, "),
        ("kind", "sign-off", "'sign-off' is not one of review, signoff"),
        ("seq", "0", "'0' is not a whole number from 1 to 1000"),
        ("seq", "1001", "'1001' is not a whole number from 1 to 1000"),
        ("seq", "-1", "'-1' is not a whole number from 1 to 1000"),
        ("seq", "1.5", "'1.5' is not a whole number from 1 to 1000"),
        ("seq", "１", "'１' is not a whole number from 1 to 1000"),
        ("seq", "²", "'²' is not a whole number from 1 to 1000"),
        ("seq", "", "'' is not a whole number from 1 to 1000"),
        ("seq", "9" * 5000, "is not a whole number from 1 to 1000"),
        ("quorum", "0", "'0' is not a whole number from 1 to 1000"),
        ("quorum", "Majority", "'Majority' is not a whole number from 1 to 1000"),
        ("quorum", "all", "'all' is not a whole number from 1 to 1000"),
        ("sla_bd", "-1", "'-1' is not a whole number from 0 to 1000"),
        ("sla_bd", "soon", "'soon' is not a whole number from 0 to 1000"),
        ("rule", " ", "is empty"),
        ("when_zh", "", "is empty"),
        ("when_en", " ", "is empty"),
        ("why", "", "is empty"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_finds_a_slip_by_row_and_column(column, value, text):
    (problem,) = problems(table(row("R0"), row(**{column: value} if column != "rule" else {"name": value})))

    assert problem.startswith(f"row 3, {column}: ")
    assert text in problem


def test_finds_all_slips_at_once():
    found = problems(
        table(
            row("R1", condition="x > 1", adds="nobody", seq="first"),
            row("R2", aspect="taste", kind="vote", quorum="none", sla_bd="x"),
            row("R1", why="", when_zh="", when_en=""),
            row("") | {"rule": ""},
        )
    )

    assert [problem.split(": ")[0] for problem in found] == [
        "row 2, condition", "row 2, adds", "row 2, seq",
        "row 3, aspect", "row 3, kind", "row 3, quorum", "row 3, sla_bd",
        "row 4, when_zh", "row 4, when_en", "row 4, why", "row 4, rule",
        "row 5, rule",
    ]  # fmt: skip


def test_a_rule_stands_once():
    assert problems(table(row("R1"), row("R2"), row("R1 "), row("R1"))) == (
        "row 4, rule: 'R1' stands in row 2 already",
        "row 5, rule: 'R1' stands in row 2 already",
    )


def test_counts_rows_as_a_spreadsheet_does():
    found = problems(table(row("R1", why="two\nlines"), [], row("R2", kind="vote")))

    assert [problem.split(": ")[0] for problem in found] == ["row 4, kind"]


def test_finds_a_comma_too_many():
    cells = [ROW[name] for name in COLUMNS]

    assert problems(table([*cells, "left over"])) == (
        f"row 2: it has {len(COLUMNS) + 1} cells under {len(COLUMNS)} columns",
    )


def test_finds_a_row_that_ends_too_soon():
    (*found,) = problems(table(["R1", "所有協議"]))

    assert "row 2, when_en: is empty" in found


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in OPTIONAL])
def test_finds_a_missing_column(column):
    (problem,) = problems(table(row(), columns=[name for name in COLUMNS if name != column]))

    assert problem == f"row 1: the column '{column}' is missing"


@pytest.mark.parametrize("column", ["notes", "Why", ""])
def test_finds_a_column_that_is_none_of_ours(column):
    (problem,) = problems(table(row(), columns=[*COLUMNS, column]))

    assert problem.startswith(f"row 1: '{column}' is not a column of ours; they are: rule, when_zh, ")


def test_finds_a_column_that_stands_twice():
    assert problems(table(row(), columns=[*COLUMNS, "why"])) == (
        "row 1: the column 'why' stands there twice",
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "row 1: the column 'rule' is missing"),
        (b"\xef\xbb\xbf", "row 1: the column 'rule' is missing"),
        (b"\n\n", "row 1: the column 'rule' is missing"),
        (table(), "it has no rule, so nothing would be checked"),
        (table([], []), "it has no rule, so nothing would be checked"),
        (table(row()).decode("utf-8-sig").encode("big5"), "is not a CSV file in UTF-8"),
        (table(row()).decode("utf-8-sig").encode("utf-16"), "is not a CSV file in UTF-8"),
        (b"PK\x03\x04\xff\xff", "is not a CSV file in UTF-8"),
        (table(row()) + b'R2,"never closed', "is not a CSV file in UTF-8"),
        (table(row()) + b"x" * 200_000, "is not a CSV file in UTF-8"),
        (table(row()).replace(b"\r\n", b"\r"), "is not a CSV file in UTF-8"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_refuses_what_is_no_table(body, text):
    assert problems(body)[0].startswith(text)


def test_reads_a_file_and_names_it_where_it_cannot(tmp_path):
    (tmp_path / "policy.csv").write_bytes(table(row()))

    assert load_policy(tmp_path / "policy.csv") == policy(row())
    for name in ("missing.csv", "."):
        with pytest.raises(PolicyError, match="cannot be read") as refusal:
            load_policy(tmp_path / name)
        assert str(tmp_path / name) in str(refusal.value)


def test_refuses_for_use_what_makes_no_sense_and_still_reads_what_was_used(tmp_path):
    path = tmp_path / "policy.csv"
    path.write_bytes(table(row("R1"), row("R2", condition="cap_pct > 5 & cap_pct < 3")))

    with pytest.raises(PolicyError, match="row 3, condition: cap_pct > 5 & cap_pct < 3 can never hold"):
        load_policy(path)
    assert len(read_policy(path.read_bytes()).rules) == 2


def test_uses_a_policy_that_only_asks_more_than_it_needs_to(tmp_path):
    path = tmp_path / "policy.csv"
    path.write_bytes(table(row("R1"), row("R2", condition="cap_pct > 5", sla_bd="9")))

    assert load_policy(path)
    assert [problem.code for problem in examine(path.read_bytes())[1]] == ["contained"]


def test_tells_slips_and_nonsense_at_once():
    found = examine(
        table(
            row("R1", condition="cap_pct > 5 & cap_pct < 3"),
            row("R2", kind="vote"),
            row("R3", kind="review", adds="legal"),
        )
    )

    assert found[0] is None
    assert [(p.row, p.column) for p in found[1]] == [(2, "condition"), (3, "kind"), (4, "mode")]
    assert {problem.severity for problem in found[1]} == {ERROR}


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("adds", "legal/", "'' is not one of admin, "),
        ("adds", "legal/gmm", "'gmm' is not one of admin, "),
        ("adds", "legal,gm", "'legal,gm' is not one of admin, "),
        ("adds", "legal/gm/legal", "'legal' stands there twice"),
        ("covers", "prices", "'prices' is not one of acceptance, "),
        ("covers", "price,", "'' is not one of acceptance, "),
        ("covers", "price;payment", "'price;payment' is not one of acceptance, "),
        ("covers", "price, price", "'price' stands there twice"),
        ("escalate_to", "boss", "'boss' is not one of admin, "),
        ("escalate_to", "gm/chair", "'gm/chair' is not one of admin, "),
    ],
)
def test_finds_a_slip_in_a_list(column, value, text):
    (problem,) = problems(table(row("R0"), row("R1", **{column: value})))

    assert problem.startswith(f"row 3, {column}: {text}")


def test_a_problem_is_told_to_programs_in_one_language():
    (problem,) = examine(table(row(kind="vote")))[1]

    assert problem.as_data() == {
        "code": "unknown_word",
        "severity": "error",
        "row": 2,
        "column": "kind",
        "message": "'vote' is not one of review, signoff",
    }


def test_reads_as_many_rules_as_can_be_compared_and_no_more(tmp_path):
    rows = [row(f"R{number}", seq=str(number + 1)) for number in range(MOST_RULES)]

    assert len(policy(*rows).rules) == MOST_RULES
    assert problems(table(*rows, row("R"))) == (f"it has more than {MOST_RULES} rows",)
    (tmp_path / "large.csv").write_bytes(table(row()) + b" " * 1_000_000)
    with pytest.raises(PolicyError, match="is larger than a megabyte"):
        load_policy(tmp_path / "large.csv")


@FEW
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: table(row()) + text.encode("utf-8", "replace"))
)
def test_nothing_but_a_refusal_escapes(body):
    try:
        read = read_policy(body)
    except PolicyError:
        return

    assert read.rules


# --- asking ------------------------------------------------------------------------------


def test_asks_what_the_rules_that_fired_demand():
    asked = assess(
        policy(
            row("R1"), row("R2", condition="cap_pct > 5", adds="legal", kind="review"), row("R3", adds="gm")
        ),
        NOBODY_ANSWERED | {"cap_pct": Decimal(5)},
    )

    assert [(each.role, each.rules) for each in asked.sign_offs] == [
        ("dept_manager", ("R1",)),
        ("gm", ("R3",)),
    ]
    assert asked.reviews == ()
    assert [(outcome.rule, outcome.fired) for outcome in asked.trace] == [
        ("R1", True),
        ("R2", False),
        ("R3", True),
    ]


def test_keeps_the_facts_each_rule_asked():
    asked = assess(
        policy(row(condition="contract_value >= 0 | cap_pct > 5")), NOBODY_ANSWERED | {"cap_pct": 7}
    )

    assert asked.trace[0].inputs == {"contract_value": UNKNOWN, "cap_pct": 7}


def test_a_policy_that_asks_nobody_to_sign_is_an_error():
    review = row("R1", kind="review")
    never = row("R2", condition="contract_value < 0")

    with pytest.raises(NothingRequiredError):
        assess(policy(review, never), NOBODY_ANSWERED | {"contract_value": 5})


def test_reviews_and_sign_offs_of_one_role_stay_apart():
    asked = assess(policy(row("R1"), row("R2", kind="review")), NOBODY_ANSWERED)

    assert [each.rules for each in (*asked.sign_offs, *asked.reviews)] == [("R1",), ("R2",)]


@pytest.mark.parametrize("quorums", [("1", "majority"), ("majority", "1"), ("majority", "majority")])
def test_a_majority_is_stricter_than_one_person(quorums):
    first, second = quorums

    (asked,) = assess(policy(row("R1", quorum=first), row("R2", quorum=second)), NOBODY_ANSWERED).requirements

    assert asked.quorum == MAJORITY


@pytest.mark.parametrize("quorums", [("2", "majority"), ("majority", "2"), ("majority", "5")])
def test_a_majority_stands_beside_no_other_number(quorums):
    # Of a board of three, 5 is more than a majority; of a board of fifteen it is less.
    first, second = quorums

    (problem,) = problems(table(row("R1", quorum=first), row("R2", quorum=second)))

    assert problem.startswith(
        f"row 3, quorum: {second} beside {first} in row 2, for the same role and aspect"
    )


@pytest.mark.parametrize("difference", [{"adds": "gm"}, {"aspect": "legal"}, {"kind": "review"}], ids=str)
def test_a_majority_and_a_number_may_ask_for_different_places(difference):
    assert policy(row("R1", quorum="2"), row("R2", quorum="majority", **difference))


@pytest.mark.parametrize(
    ("covers", "together"),
    [
        (("price", "payment"), ("payment", "price")),
        (("price", "price, payment"), ("payment", "price")),
        (("price", ""), ()),
        (("", "price"), ()),
        (("", ""), ()),
    ],
)
def test_what_one_answers_for_adds_up_and_everything_is_most(covers, together):
    first, second = covers

    (asked,) = assess(policy(row("R1", covers=first), row("R2", covers=second)), NOBODY_ANSWERED).requirements

    assert asked.covers == together


def test_everyone_higher_is_told_of_what_is_late():
    rows = (row("R1", escalate_to="gm"), row("R2"), row("R3", escalate_to="cfo"), row("R4", escalate_to="gm"))

    (asked,) = assess(policy(*rows), NOBODY_ANSWERED).requirements

    assert asked.escalate_to == ("gm", "cfo")


def test_a_group_of_roles_is_one_place_in_whatever_order_it_is_written():
    rows = (row("R1", adds="finance/cfo", quorum="2"), row("R2", adds="cfo / finance"), row("R3", adds="cfo"))

    asked = assess(policy(*rows), NOBODY_ANSWERED).requirements

    assert [(each.role, each.quorum, each.rules) for each in asked] == [
        ("cfo", 1, ("R3",)),
        ("cfo/finance", 2, ("R1", "R2")),
    ]
    assert policy(*rows).rules[0].roles == ("cfo", "finance")


def test_the_trace_can_be_read_in_any_way():
    trace = assess(DEFAULT, NOBODY_ANSWERED).trace

    assert list(trace) == [trace[place] for place in range(len(trace))] == list(trace[:])
    assert len(trace) == len(DEFAULT.rules)


def test_a_policy_of_one_rule_is_asked_like_any_other():
    asked = assess(policy(row()), NOBODY_ANSWERED | {"contract_value": 5})

    assert [tuple(outcome) for outcome in asked.trace] == [("R1", True, {"contract_value": 5})]


def test_a_copy_answers_as_the_policy_does():
    copy = pickle.loads(pickle.dumps(DEFAULT))

    assert copy == DEFAULT
    assert assess(copy, NOBODY_ANSWERED) == assess(DEFAULT, NOBODY_ANSWERED)
    assert [rule.id for rule in DEFAULT.fired(QUIET)] == ["A01"]


RULES = st.tuples(
    st.sampled_from(["legal", "gm"]),
    st.sampled_from(["legal", "commercial"]),
    st.sampled_from(["review", "signoff"]),
    st.integers(1, 99),
    st.integers(1, 9),
    st.integers(0, 20),
    st.booleans(),
)


@FEW
@given(st.lists(RULES, max_size=8))
def test_rules_for_one_role_and_aspect_become_one_strict_requirement(rules):
    always = ("dept_manager", "authority", "signoff", 50, 1, 5, True)
    names = [f"R{number}" for number in range(len(rules) + 1)]
    rows = [
        row(name, adds=role, aspect=aspect, kind=kind, seq=str(step), quorum=str(quorum), sla_bd=str(days),
            condition="contract_value > 5" if fires else "contract_value < 5")
        for name, (role, aspect, kind, step, quorum, days, fires) in zip(names, [*rules, always], strict=True)
    ]  # fmt: skip

    asked = assess(policy(*rows), NOBODY_ANSWERED | {"contract_value": 9})

    fired = [(name, *rule) for name, rule in zip(names, [*rules, always], strict=True) if rule[-1]]
    by_place = sorted(fired, key=lambda rule: (rule[3], rule[1], rule[2]))
    expected = {
        place: (min(r[4] for r in group), max(r[5] for r in group), min(r[6] for r in group))
        for place, rows in groupby(by_place, key=lambda rule: (rule[3], rule[1], rule[2]))
        for group in [list(rows)]
    }
    assert {
        (r.kind, r.role, r.aspect): (r.step, r.quorum, r.working_days) for r in asked.requirements
    } == expected
    assert sorted(name for each in asked.requirements for name in each.rules) == sorted(
        rule[0] for rule in fired
    )
    assert [each.step for each in asked.requirements] == sorted(each.step for each in asked.requirements)


# --- the shipped policy ------------------------------------------------------------------

DEFAULT = load_policy()
# An agreement that raises no question: every fact is known and none is risky.
QUIET = {
    "deposit_pct": 0,
    "delay_per_mille": 0,
    "kpi_count": 0,
    "deviations": 0,
    "contract_value": 0,
    "cumulative_value_12m": 0,
    "cap_pct": Decimal(100),
    "penalty_pct": Decimal(20),
    "prepay_pct": Decimal(30),
    "term_months": 36,
    "auto_renew": False,
    "foreign_law": False,
    "contract_type": "services",
    "currency": "TWD",
    "liability": "capped",
    "budgeted": True,
    "related_party": False,
    "guarantee_given": False,
    "paper": "own_standard",
    "no_exit": False,
    "notarise": False,
    "foreign_service_provider": False,
    "stamp_class": "none",
    "security_instrument": False,
    "system_access": False,
    "personal_data": False,
    "cross_border_data": False,
    "ip_terms": "none",
    "exclusivity": False,
    "resale_price": False,
    "non_compete": False,
    "export_controlled": False,
    "sanctioned_country": False,
    "government": False,
    "on_site_work": False,
    "conflict_declared": False,
}
#: What the clause library asks, and the shipped policy leaves to an organisation's own.
OF_CLAUSES = {"deposit_pct", "delay_per_mille", "kpi_count", "deviations"}
ALONE = [
    ({"contract_value": 0}, "A01"),
    ({"contract_value": 150_000}, "A01"),
    ({"contract_value": 150_001}, "A01 A02"),
    ({"budgeted": False}, "A01 A02"),
    ({"contract_value": 1_500_000}, "A01 A02"),
    ({"contract_value": 1_500_001}, "A01 A02 A03"),
    ({"contract_value": 5_000_000}, "A01 A02 A03"),
    ({"contract_value": 5_000_001}, "A01 A02 A03 A04"),
    ({"contract_value": 30_000_000}, "A01 A02 A03 A04"),
    ({"contract_value": 30_000_001}, "A01 A02 A03 A04 A05"),
    ({"cumulative_value_12m": 100_000_000}, "A01"),
    ({"cumulative_value_12m": 100_000_001}, "A01 A06"),
    ({"related_party": True}, "A01 A06"),
    ({"guarantee_given": True}, "A01 A06"),
    ({"paper": "own_modified"}, "A01 L01"),
    ({"paper": "theirs"}, "A01 L01"),
    ({"liability": "unlimited"}, "A01 L02a L02b"),
    ({"cap_pct": Decimal("100.01")}, "A01 L02a L02b"),
    ({"penalty_pct": Decimal("20.01")}, "A01 L02a L02b"),
    ({"term_months": 37}, "A01 L03a L03b"),
    ({"auto_renew": True}, "A01 L03a L03b"),
    ({"no_exit": True}, "A01 L03a L03b"),
    ({"foreign_law": True}, "A01 L04"),
    ({"contract_type": "real_estate"}, "A01 L05"),
    ({"notarise": True}, "A01 L05"),
    ({"currency": "USD"}, "A01 T01"),
    ({"foreign_service_provider": True}, "A01 T01"),
    ({"stamp_class": "works"}, "A01 T02"),
    ({"stamp_class": "movables"}, "A01 T02"),
    ({"stamp_class": "real_estate"}, "A01 T02"),
    ({"prepay_pct": Decimal("30.01")}, "A01 T03"),
    ({"security_instrument": True}, "A01 T03"),
    ({"system_access": True}, "A01 S01"),
    ({"contract_type": "saas"}, "A01 S01"),
    ({"contract_type": "it_outsourcing"}, "A01 S01"),
    ({"personal_data": True}, "A01 P01"),
    ({"cross_border_data": True}, "A01"),
    ({"personal_data": True, "cross_border_data": True}, "A01 P01 P02a P02b"),
    ({"ip_terms": "licence"}, "A01"),
    ({"ip_terms": "assignment"}, "A01 I01"),
    ({"ip_terms": "exclusive_licence"}, "A01 I01"),
    ({"ip_terms": "joint"}, "A01 I01"),
    ({"contract_type": "development"}, "A01 I01"),
    ({"exclusivity": True}, "A01 C01"),
    ({"resale_price": True}, "A01 C01"),
    ({"non_compete": True}, "A01 C01"),
    ({"contract_type": "distribution"}, "A01 C01"),
    ({"contract_type": "agency"}, "A01 C01"),
    ({"export_controlled": True}, "A01 X01"),
    ({"sanctioned_country": True}, "A01 X01"),
    ({"government": True}, "A01 G01a G01b"),
    ({"on_site_work": True}, "A01 G02"),
    ({"conflict_declared": True}, "A01 D01"),
    ({"contract_value": UNKNOWN}, "A01 A02 A03 A04 A05"),
    ({"contract_type": UNKNOWN}, "A01 L05 S01 I01 C01"),
    ({"personal_data": UNKNOWN}, "A01 P01"),
    ({"personal_data": UNKNOWN, "cross_border_data": UNKNOWN}, "A01 P01 P02a P02b"),
]


def fired(facts):
    return [outcome.rule for outcome in assess(DEFAULT, facts).trace if outcome.fired]


@pytest.mark.parametrize(("facts", "rules"), ALONE, ids=lambda value: str(value)[:60])
def test_the_shipped_rules_fire_for_their_own_fact_alone(facts, rules):
    assert fired(QUIET | facts) == rules.split()


def test_every_shipped_rule_is_among_those_tested():
    assert {rule for _, rules in ALONE for rule in rules.split()} == {rule.id for rule in DEFAULT.rules}
    assert set(QUIET) == set(FIELDS)


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - OF_CLAUSES - {"cross_border_data"}))
def test_an_unanswered_question_counts_as_the_riskiest_answer(field):
    risky = {rule for facts, rules in ALONE if list(facts) == [field] for rule in rules.split()}

    assert set(fired(QUIET | {field: UNKNOWN})) == risky


def test_an_agreement_of_which_nothing_is_known_goes_to_everyone():
    asked = assess(DEFAULT, NOBODY_ANSWERED)

    assert {outcome.rule for outcome in asked.trace if outcome.fired} == {rule.id for rule in DEFAULT.rules}
    assert [(each.role, each.aspect, each.step, each.quorum) for each in asked.sign_offs] == [
        ("dept_manager", "commercial", 20, 1),
        ("division_head", "commercial", 30, 1),
        ("cfo", "financial", 40, 1),
        ("gm", "commercial", 50, 1),
        ("chair", "authority", 60, 1),
        ("board", "authority", 70, MAJORITY),
    ]
    assert {(each.role, each.aspect) for each in asked.reviews} == {
        ("finance", "financial"),
        ("legal", "legal"),
        ("tax", "financial"),
        ("infosec", "technical"),
        ("dpo", "data"),
        ("ip", "legal"),
        ("competition", "legal"),
        ("export_control", "legal"),
        ("ehs", "operational"),
        ("compliance", "authority"),
    }


def test_the_shipped_rules_take_the_shortest_time_and_name_all_their_rules():
    asked = {
        (each.kind, each.role, each.aspect): each for each in assess(DEFAULT, NOBODY_ANSWERED).requirements
    }

    assert asked["signoff", "gm", "commercial"].working_days == 3
    assert asked["signoff", "gm", "commercial"].rules == ("A04", "L02b")
    assert asked["review", "legal", "legal"].rules == ("L01", "L02a", "L03a", "L04", "L05", "P02b", "G01a")


def test_the_shipped_policy_asks_roles_and_aspects_people_know():
    assert {rule.role for rule in DEFAULT.rules} <= set(ROLES) - {"staff", "admin", "assessor"}
    assert {rule.aspect for rule in DEFAULT.rules} == set(ASPECTS)
    assert all(rule.why(language) and rule.basis for rule in DEFAULT.rules for language in ("en", "zh-TW"))


def test_the_shipped_policy_asks_every_question_there_is():
    assert {field for rule in DEFAULT.rules for field in rule.condition.fields} == set(FIELDS) - OF_CLAUSES


# Every threshold of the shipped policy: the field, the last number it lets pass, and a step above it.
EDGES = [
    ("contract_value", 150_000, 1, "A02"),
    ("contract_value", 1_500_000, 1, "A03"),
    ("contract_value", 5_000_000, 1, "A04"),
    ("contract_value", 30_000_000, 1, "A05"),
    ("cumulative_value_12m", 100_000_000, 1, "A06"),
    ("cap_pct", Decimal(100), Decimal("0.01"), "L02a L02b"),
    ("penalty_pct", Decimal(20), Decimal("0.01"), "L02a L02b"),
    ("term_months", 36, 1, "L03a L03b"),
    ("prepay_pct", Decimal(30), Decimal("0.01"), "T03"),
]


@pytest.mark.parametrize(("field", "last", "step", "rules"), EDGES, ids=lambda value: str(value))
def test_a_shipped_threshold_is_passed_by_the_smallest_step_above_it(field, last, step, rules):
    below, at, above, unknown = (
        set(fired(QUIET | {field: value})) for value in (last - step, last, last + step, UNKNOWN)
    )

    assert not below & set(rules.split())
    assert below == at
    assert above - at == set(rules.split())
    assert above <= unknown


def test_every_shipped_threshold_is_among_those_tested():
    thresholds = {
        (part.field, part.value)
        for rule in DEFAULT.rules
        for way in rule.condition.alternatives
        for part in way
        if FIELDS[part.field] == NUMBER and rule.id != "A01"
    }

    assert thresholds == {(field, last) for field, last, *_ in EDGES}


@pytest.mark.parametrize("field", [name for name, kind in FIELDS.items() if kind != NUMBER])
def test_every_answer_to_a_shipped_question_asks_what_its_rules_say(field):
    answers = (True, False) if FIELDS[field] == TRUTH else sorted(FIELDS[field])
    # Data crosses a border only where there is data.
    quiet = QUIET | {"personal_data": True, "cross_border_data": True} | {field: QUIET[field]}
    if not field.endswith("_data"):
        quiet = QUIET
    mentioned = {
        rule.id
        for rule in DEFAULT.rules
        if any(part.field == field for way in rule.condition.alternatives for part in way)
    }

    moved = set()
    for answer in answers:
        rules = set(fired(quiet | {field: answer}))
        assert rules <= set(fired(quiet | {field: UNKNOWN}))
        moved |= rules
    assert mentioned <= moved  # each of them fires for one answer or another ...
    for name in mentioned:  # ... and for some answer does not
        assert any(name not in fired(quiet | {field: answer}) for answer in answers)


def test_the_shipped_policy_says_what_each_expert_answers_for():
    covers = {rule.id: rule.covers for rule in DEFAULT.rules if rule.covers}

    assert set(covers) == {"A02", "T01", "T02", "T03", "S01", "P01", "P02a", "G01b", "G02"}
    assert "payment" in covers["A02"]
    assert "payment" in covers["T03"]
    assert "payment" not in covers["P01"] + covers["P02a"] + covers["S01"]
    assert {"personal_data", "security", "confidentiality"} <= {*covers["P01"]}


def test_the_shipped_policy_tells_someone_higher_of_what_is_late():
    told = {rule.role: rule.escalate_to for rule in DEFAULT.rules}

    assert [role for role, higher in told.items() if not higher] == ["board"]
    for role in told:  # nobody's lateness comes back to them
        chain = [role]
        while told.get(chain[-1]):
            chain.append(told[chain[-1]])
            assert chain.count(chain[-1]) == 1, chain


def test_the_shipped_policy_gives_its_basis_in_both_languages():
    for rule in DEFAULT.rules:
        assert re.search(r"[\u4e00-\u9fff]", rule.basis), rule.id
        assert re.search(r"[A-Za-z]{3}", rule.basis), rule.id


def test_every_act_the_shipped_policy_cites_has_the_article_it_cites():
    path = Path(__file__).parents[4] / "shared" / "data" / "articles.json"
    if not path.is_file():
        pytest.skip("the acts are not beside the project")
    acts = json.loads(path.read_text(encoding="utf-8"))

    cited = [
        (act, article)
        for rule in DEFAULT.rules
        for act, articles in re.findall(r"([\u4e00-\u9fff]+) \([^)]*\)((?: §[\d-]+)+)", rule.basis)
        for article in re.findall(r"[\d-]+", articles)
    ]
    assert len(cited) > 40
    assert [(act, n) for act, n in cited if n not in acts[act]["articles"]] == []

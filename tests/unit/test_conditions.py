"""Conditions: every operator and type, which binds tighter, and the slips that are no condition."""

import operator
import pickle
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.conditions import LONGEST, UNKNOWN, BadConditionError, read_condition
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

FEW = settings(max_examples=200, deadline=None, database=None)
NOBODY_ANSWERED = dict.fromkeys(FIELDS, UNKNOWN)
SIGNS = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
NUMBERS = sorted(field for field, kind in FIELDS.items() if kind == NUMBER)
TRUTHS = sorted(field for field, kind in FIELDS.items() if kind == TRUTH)
CHOICES = {field: sorted(kind) for field, kind in sorted(FIELDS.items()) if kind not in (NUMBER, TRUTH)}


def holds(text, **facts):
    return read_condition(text).holds({**NOBODY_ANSWERED, **facts})


# --- one part ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [99, 100, 101, Decimal("100.00"), Decimal("99.99")])
@pytest.mark.parametrize("sign", SIGNS)
def test_compares_numbers(sign, value):
    assert holds(f"contract_value {sign} 100", contract_value=value) is SIGNS[sign](value, 100)


@pytest.mark.parametrize("number", ["0", "-1", "0.5", "150000", "2.50"])
def test_reads_a_number_as_it_is_written(number):
    assert holds(f"cap_pct == {number}", cap_pct=Decimal(number))
    assert not holds(f"cap_pct == {number}", cap_pct=Decimal(number) + Decimal("0.0001"))


@pytest.mark.parametrize("answer", [True, False])
def test_asks_whether_something_is_so(answer):
    assert holds("government is true", government=answer) is answer
    assert holds("government is false", government=answer) is not answer


def test_asks_for_one_of_several_words():
    assert holds("contract_type == saas", contract_type="saas")
    assert not holds("contract_type == saas", contract_type="nda")
    assert holds("contract_type != saas", contract_type="nda")
    assert not holds("contract_type != saas", contract_type="saas")
    assert holds("contract_type in saas,nda", contract_type="nda")
    assert holds("contract_type in saas , nda", contract_type="saas")
    assert not holds("contract_type in saas,nda", contract_type="mou")


@pytest.mark.parametrize(
    "text",
    [
        *(f"{field} {sign} 5" for field in NUMBERS for sign in SIGNS),
        *(f"{field} is {answer}" for field in TRUTHS for answer in ("true", "false")),
        *(f"{field} {sign} {words[0]}" for field, words in CHOICES.items() for sign in ("==", "!=", "in")),
    ],
)
def test_an_unknown_fact_fits_every_question(text):
    assert holds(text)


@pytest.mark.parametrize("spacing", ["cap_pct>5", " cap_pct  >  5 ", "cap_pct >5", "cap_pct\t>\n5"])
def test_spaces_do_not_matter(spacing):
    assert holds(spacing, cap_pct=6)
    assert not holds(spacing, cap_pct=5)


# --- several parts -----------------------------------------------------------------------


@pytest.mark.parametrize("a", [True, False])
@pytest.mark.parametrize("b", [True, False])
@pytest.mark.parametrize("c", [True, False])
def test_and_binds_tighter_than_or(a, b, c):
    facts = {"budgeted": a, "government": b, "notarise": c}

    assert holds("budgeted is true | government is true & notarise is true", **facts) is (a or (b and c))
    assert holds("budgeted is true & government is true | notarise is true", **facts) is ((a and b) or c)


def test_one_known_no_stops_what_must_hold_together():
    assert not holds("personal_data is true & cross_border_data is true", personal_data=False)
    assert holds("personal_data is true & cross_border_data is true", personal_data=True)


@pytest.mark.parametrize("count", range(1, 9))
def test_any_alternative_is_enough_and_every_part_is_needed(count):
    names = TRUTHS[:count]
    no, yes = dict.fromkeys(names, False), dict.fromkeys(names, True)
    alternatives, together = (join.join(f"{name} is true" for name in names) for join in (" | ", " & "))

    assert not holds(alternatives, **no)
    assert holds(together, **yes)
    for name in names:
        assert holds(alternatives, **no | {name: True})
        assert not holds(together, **yes | {name: False})


def test_lists_the_fields_it_asks_once_each_in_order():
    condition = read_condition("cap_pct > 5 & government is true | contract_value > 1 | cap_pct < 2")

    assert condition.fields == ("cap_pct", "government", "contract_value")
    assert condition.text == "cap_pct > 5 & government is true | contract_value > 1 | cap_pct < 2"


def naive(text, facts):
    """Answer by splitting words, as a careful reader would."""

    def part(words):
        field, sign, *rest = words
        fact, value = facts[field], "".join(rest)
        if fact is None:
            return True
        if FIELDS[field] == NUMBER:
            return SIGNS[sign](Decimal(fact), Decimal(value))
        if FIELDS[field] == TRUTH:
            return fact == {"true": True, "false": False}[value]
        among = fact in value.split(",")
        return not among if sign == "!=" else among

    return any(all(part(piece.split()) for piece in way.split("&")) for way in text.split("|"))


AMOUNTS = st.one_of(st.integers(-10, 10), st.decimals(-10, 10, places=1))
PARTS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(NUMBERS), st.sampled_from(sorted(SIGNS)), AMOUNTS),
    st.builds("{} is {}".format, st.sampled_from(TRUTHS), st.sampled_from(["true", "false"])),
    st.sampled_from(sorted(CHOICES)).flatmap(
        lambda field: st.one_of(
            st.builds(
                f"{field} {{}} {{}}".format, st.sampled_from(["==", "!="]), st.sampled_from(CHOICES[field])
            ),
            st.lists(st.sampled_from(CHOICES[field]), min_size=1, max_size=3).map(
                lambda words: f"{field} in {' , '.join(words)}"
            ),
        )
    ),
)
CONDITIONS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map(" & ".join), min_size=1, max_size=6).map(
    "|".join
)
ANSWERS = st.fixed_dictionaries(
    {
        **{field: st.none() | AMOUNTS for field in NUMBERS},
        **{field: st.none() | st.booleans() for field in TRUTHS},
        **{field: st.none() | st.sampled_from(words) for field, words in CHOICES.items()},
    }
)


@FEW
@given(CONDITIONS, ANSWERS)
def test_a_part_and_a_copy_answer_as_the_whole_does(text, facts):
    condition = read_condition(text)

    by_parts = any(all(part.holds(facts) for part in way) for way in condition.alternatives)
    copy = pickle.loads(pickle.dumps(condition))
    assert condition.holds(facts) is by_parts is copy.holds(facts)
    assert copy == condition


@FEW
@given(CONDITIONS)
def test_says_each_part_so_that_it_can_be_read_again(text):
    condition = read_condition(text)

    again = read_condition(" | ".join(" & ".join(map(str, way)) for way in condition.alternatives))
    assert again.alternatives == condition.alternatives


@FEW
@given(CONDITIONS, ANSWERS)
def test_answers_as_a_naive_reader_would(text, facts):
    assert read_condition(text).holds(facts) is naive(text, facts)


# --- slips -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not of the form: field operator value"),
        ("   ", "is not of the form"),
        ("always", "is not of the form"),
        ("contract_value >", "is not of the form"),
        ("contract_value > ", "' ' is not a number"),
        ("> 5", "is not of the form"),
        ("contract_value => 5", "is not of the form"),
        ("contract_value = 5", "is not of the form"),
        ("contract_value <> 5", "is not of the form"),
        ("contract_value > 5 |", "'' is not of the form"),
        ("| contract_value > 5", "'' is not of the form"),
        ("contract_value > 5 & & cap_pct > 5", "'' is not of the form"),
        ("contract_value > 5 && cap_pct > 5", "'' is not of the form"),
        ("contract_value > 5 and cap_pct > 5", "is not of the form"),
        ("(contract_value > 5)", "is not of the form"),
        ("not government is true", "is not of the form"),
        ("contract_value > '5'", "is not of the form"),
        ("contract_value ＞ 5", "is not of the form"),
        ("contract_valuе > 5", "is not of the form"),
        ("contract_value > 5\0", "is not of the form"),
        ("contract_vaule > 5", "unknown field 'contract_vaule'"),
        ("Contract_value > 5", "unknown field 'Contract_value'"),
        ("contract_value is 5", "contract_value takes: > >= < <= == !="),
        ("contract_value in 5,6", "contract_value takes: > >= < <= == !="),
        ("contract_value > many", "'many' is not a number"),
        ("contract_value > 150,000", "'150,000' is not a number"),
        ("contract_value > 150 000", "'150 000' is not a number"),
        ("contract_value > nan", "'nan' is not a number"),
        ("contract_value > snan", "'snan' is not a number"),
        ("contract_value > Infinity", "'Infinity' is not a number"),
        ("contract_value > -", "'-' is not a number"),
        ("contract_value > 1e5", "'1e5' is not a number"),
        ("contract_value > 1_000", "'1_000' is not a number"),
        ("contract_value > 1.", "'1.' is not a number"),
        ("contract_value > --1", "'--1' is not a number"),
        ("contract_value > " + "9" * 19, "is not a number"),
        ("government == true", "government takes: is true, is false"),
        ("government is yes", "government takes: is true, is false"),
        ("government is True", "government takes: is true, is false"),
        ("government is not true", "government takes: is true, is false"),
        ("government != false", "government takes: is true, is false"),
        ("government is unknown", "government takes: is true, is false"),
        ("contract_type is saas", "contract_type takes: ==, !=, in"),
        ("contract_type > saas", "contract_type takes: ==, !=, in"),
        ("contract_type == sass", "contract_type cannot be 'sass'"),
        ("contract_type == saas,nda", "contract_type cannot be 'saas,nda'"),
        ("contract_type in saas,", "contract_type cannot be ''"),
        ("contract_type in saas,,nda", "contract_type cannot be ''"),
        ("contract_type in saas nda", "contract_type cannot be 'saas nda'"),
        ("contract_type == unknown", "contract_type cannot be 'unknown'"),
        ("currency != NTD", "currency cannot be 'NTD'"),
        ("liability == unknown", "liability cannot be 'unknown'"),
    ],
)
def test_refuses_a_slip_and_says_what_it_is(text, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_condition(text)


def test_finds_every_slip_of_a_condition():
    with pytest.raises(BadConditionError) as refusal:
        read_condition("goverment is true | contract_value > many & cap_pct > 5 | liability is true")

    assert [str(slip) for slip in refusal.value.slips] == [
        "unknown field 'goverment'",
        "'many' is not a number",
        "liability takes: ==, !=, in",
    ]


def test_reads_a_thousand_characters_and_no_more():
    text = "cap_pct > 5" + " " * (LONGEST - 11)

    assert read_condition(text).holds(NOBODY_ANSWERED)
    with pytest.raises(ValueError, match="it is longer than 1000 characters"):
        read_condition(text + " ")


@pytest.mark.parametrize(
    "place", ["{} | government is true", "government is true | {}", "{} & government is true"]
)
def test_finds_a_slip_in_any_part(place):
    with pytest.raises(ValueError, match="unknown field 'goverment'"):
        read_condition(place.format("goverment is true"))


@FEW
@given(st.text("contract_value>=<!&|is in truefalse0123456789.,- \0\n字", max_size=40))
def test_nothing_but_a_reason_escapes(text):
    try:
        condition = read_condition(text)
    except ValueError:
        return

    assert condition.holds(NOBODY_ANSWERED)

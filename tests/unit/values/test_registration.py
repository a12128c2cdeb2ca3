"""Registration numbers: the vectors, what stops, what only warns."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.values.registration import (
    Problem,
    Severity,
    national_id_valid,
    registration_problem,
    ubn_checksum_holds,
)

DATA = Path(__file__).parents[2] / "data/vectors"
NUMBERS = json.loads((DATA / "ubn.json").read_text(encoding="utf-8"))
PEOPLE = json.loads((DATA / "natid_synthetic.json").read_text(encoding="utf-8"))
FEW = settings(max_examples=150, deadline=None, database=None)


@pytest.mark.parametrize("vector", NUMBERS, ids=lambda vector: vector["ubn"])
def test_checks_a_company_number_by_the_rule_of_2023(vector):
    assert ubn_checksum_holds(vector["ubn"]) is vector["valid_checksum"]


@pytest.mark.parametrize("vector", PEOPLE, ids=lambda vector: vector["id"])
def test_checks_a_persons_number_old_and_new(vector):
    assert national_id_valid(vector["id"]) is bool(vector["class"])


@pytest.mark.parametrize("number", ["04595257", "62140097", "00501508", "12345675"])
def test_has_nothing_to_say_about_a_good_number(number):
    assert registration_problem(number, "TW") is None


@pytest.mark.parametrize(
    "number", ["", "1234567", "123456789", "A0342336", " 4595257", "0459525７", "04595257\n", "00000000"]
)
def test_calls_a_malformed_number_an_error(number):
    assert registration_problem(number, "TW").severity == "error"


@pytest.mark.parametrize("number", ["90316313", "12345678", "00501502"])
def test_only_warns_of_a_failed_checksum(number):
    problem = registration_problem(number, "TW")

    assert problem.severity is Severity.WARNING
    assert "record why" in problem.fix


def test_takes_either_digit_of_a_ten_in_seventh_place():
    assert all(ubn_checksum_holds(number) for number in ("10458570", "10458574", "10458575"))
    assert not any(ubn_checksum_holds(number) for number in ("10458571", "10458572", "10458573"))


def test_checks_other_countries_only_for_having_a_number():
    assert registration_problem("HRB 12345", "DE") is None
    assert registration_problem("12345678", "US") is None
    assert registration_problem("  ", "DE").what == "is empty"


@pytest.mark.parametrize("country", ["", "tw", "TWN", "T1", "ＴＷ", " TW", "TW\n", 1, None])
def test_does_not_let_a_mistyped_country_switch_the_check_off(country):
    assert registration_problem("04595257", country).what == "cannot be checked without its country"


def test_wants_text_since_a_number_has_lost_its_zeros():
    assert registration_problem(4595257, "TW").severity is Severity.ERROR


def test_says_nothing_that_needs_filling_in():
    cases = [("", "TW"), ("12345678", "TW"), ("", "DE"), ("1", ""), (1, "TW")]

    assert not any("{" in (problem := registration_problem(*case)).what + problem.fix for case in cases)


@FEW
@given(st.integers(0, 99_999_999).map("{:08}".format))
def test_the_new_rule_accepts_all_the_old_one_did(number):
    weights = (1, 2, 1, 2, 1, 2, 4, 1)
    total = sum(sum(divmod(int(d) * w, 10)) for d, w in zip(number, weights, strict=True))

    if total % 10 == 0 or (number[6] == "7" and (total + 1) % 10 == 0):
        assert ubn_checksum_holds(number)


@FEW
@given(st.sampled_from([v["id"] for v in PEOPLE if v["class"]]), st.integers(2, 9), st.integers(1, 9))
def test_notices_a_wrong_digit_in_a_persons_number_where_its_weight_allows(number, place, change):
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    weight = (1, 8, 7, 6, 5, 4, 3, 2, 1, 1)[place]

    assert national_id_valid(wrong) is (change * weight % 10 == 0)


@FEW
@given(*[st.one_of(st.text(), st.text(alphabet="0123456789ATW"), st.integers(), st.decimals())] * 2)
def test_nothing_escapes_whatever_is_given(number, country):
    for value in (number, Decimal("sNaN")):
        assert isinstance(registration_problem(value, "TW"), Problem | None)
        assert isinstance(registration_problem("04595257", country), Problem | None)
        assert national_id_valid(value) in (True, False)
        assert ubn_checksum_holds(value) in (True, False)

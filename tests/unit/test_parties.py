"""Parties: how a legal person is named, and what makes a registration number acceptable."""

import pytest

from workflow.errors import InvalidInputError
from workflow.parties import Party
from workflow.problems import checked

FAILS_ITS_CHECK_DIGIT = "90316313"
OURS = {"side": "ours", "name": "福爾摩沙股份有限公司"}


def party(**said):
    return checked(Party, {**OURS, **said}, source="party")


def problems(**said):
    with pytest.raises(InvalidInputError) as refusal:
        party(**said)
    return {problem.path: str(problem) for problem in refusal.value.problems}


def test_needs_a_side_and_a_name_only():
    assert party().country == "TW"


def test_tells_everything_that_is_wrong_with_a_party():
    found = problems(
        side="both", name="\u202eLtd", country="Taiwan", email="ann", phone="", naem_en="Formosa"
    )

    assert set(found) == {"side", "name", "country", "email", "phone", "naem_en"}
    assert found["naem_en"].endswith("did you mean name_en?")


@pytest.mark.parametrize("country", ["TW", "US", "JP"])
def test_takes_a_country_code(country):
    assert party(country=country).country == country


@pytest.mark.parametrize("country", ["tw", "TWN", "T", "台灣", "ＴＷ", "T1", "unknown"])
def test_refuses_what_is_no_country_code(country):
    assert "two capital letters" in problems(country=country)["country"]


@pytest.mark.parametrize("email", ["ann@example.com", "林@例子.公司"])
def test_takes_a_mail_address(email):
    assert party(email=email).email == email


@pytest.mark.parametrize("email", ["ann", "ann@@example.com", "a@b.c, d@e.f", "ann @example.com", "a@b@c"])
def test_refuses_what_is_not_one_mail_address(email):
    assert "one address" in problems(email=email)["email"]


def test_takes_a_registration_number_that_passes_its_check_digit():
    assert party(registration="04595257").registration == "04595257"


def test_a_number_that_fails_its_check_digit_needs_a_note():
    found = problems(registration=FAILS_ITS_CHECK_DIGIT)

    assert "fails the check digit" in found["registration"]
    assert "record why it is accepted" in found["registration"]


def test_a_note_makes_a_number_that_fails_its_check_digit_acceptable():
    said = {
        "registration_note": "on the ministry's list, seen 2026-11-02",
        "registration": FAILS_ITS_CHECK_DIGIT,
    }

    for order in (said, dict(reversed(said.items()))):
        assert party(**order).registration == FAILS_ITS_CHECK_DIGIT


@pytest.mark.parametrize("note", ["", "  ", "\u200b"])
def test_an_empty_note_explains_nothing(note):
    found = problems(registration=FAILS_ITS_CHECK_DIGIT, registration_note=note)

    assert set(found) == {"registration", "registration_note"}


@pytest.mark.parametrize("number", ["1234567", "123456789", "A0342336", "0459525７", "00000000"])
def test_no_note_makes_a_malformed_number_acceptable(number):
    found = problems(registration=number, registration_note="they insist")

    assert "is not a 統一編號" in found["registration"]


def test_a_number_without_quotes_has_lost_its_zeros():
    assert "put it in quotes" in problems(registration=4595257)["registration"]


def test_another_countrys_number_is_not_checked():
    assert party(country="US", registration="DE-1").registration == "DE-1"


def test_a_mistyped_country_does_not_switch_the_check_off():
    assert set(problems(country="Taiwan", registration=FAILS_ITS_CHECK_DIGIT)) == {"country", "registration"}


def test_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        party().name = "Other"

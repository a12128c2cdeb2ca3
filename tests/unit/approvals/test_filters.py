"""What a list can be narrowed down by, as people type it."""

from datetime import date

import pytest

from approvals.filters import Age, has_party, has_text, read_values
from workflow.errors import InvalidInputError
from workflow.values.deadlines import office_calendar

TERMS = {
    "purpose": "維運客戶服務中心",
    "parties": [
        {"name": "台北光電股份有限公司", "registration": "24536806", "country": "TW"},
        {"name": "Northwind Cloud GmbH", "registration": "", "country": "DE"},
    ],
    "items": [{"description": "Ｃｌｏｕｄ hosting"}],
}


@pytest.mark.parametrize(
    ("text", "comparisons"),
    [
        (">1000000", [(">", 1_000_000)]),
        ("<= 5,000", [("<=", 5_000)]),
        ("900", [("=", 900)]),
        ("1_000..2_000", [(">=", 1_000), ("<=", 2_000)]),
        ("＞１０", [(">", 10)]),
    ],
)
def test_reads_comparisons_of_value(text, comparisons):
    assert list(read_values(text)) == comparisons


@pytest.mark.parametrize("text", ["", "> 1 million", "=>5", ">1; DROP TABLE event", "9" * 16, "-5", "5.5"])
def test_refuses_what_is_no_comparison(text):
    with pytest.raises(InvalidInputError, match="is not a comparison"):
        read_values(text)


@pytest.mark.parametrize("text", ["", "5", "wd", "5 weeks", "-5d", "5.5d", "99999d"])
def test_refuses_what_is_no_time(text):
    with pytest.raises(InvalidInputError, match="is not a time"):
        Age.read(text)


@pytest.mark.parametrize(
    ("age", "passed"),
    [("2wd", True), ("3wd", False), ("4d", True), ("5d", False), ("0w", True), ("1w", False)],
)
def test_is_older_than_when_more_than_that_has_passed(age, passed):
    thursday, tuesday = date(2026, 11, 19), date(2026, 11, 24)

    assert Age.read(age).passed(thursday, tuesday, office_calendar()) is passed


@pytest.mark.parametrize(
    "wanted", ["光電", "24536806", "TW:24536806", "tw:２４５３６８０６", "northwind cloud"]
)
def test_finds_a_party_by_part_of_its_name_or_its_whole_registration(wanted):
    assert has_party(TERMS, wanted)


@pytest.mark.parametrize("wanted", ["2453680", "4536806", "JP:24536806", "Acme", "維運"])
def test_finds_no_party_by_part_of_a_registration_or_another_text(wanted):
    assert not has_party(TERMS, wanted)


def test_finds_words_in_the_terms_however_wide_or_large_they_are_written():
    assert has_text(TERMS, "客戶服務")
    assert has_text(TERMS, "CLOUD Hosting")
    assert not has_text(TERMS, "parties")

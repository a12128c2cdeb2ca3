"""Execution: both sides sign, and nobody signs electronically where paper was agreed."""

from datetime import date

import pytest

from workflow.errors import InvalidInputError
from workflow.execution import Execution

FILE = """
effective_on = 2026-12-01
originals = 2
holders = ["Ours", "Theirs"]
consent_mode = "paper"

[[signatories]]
side = "ours"
name = "王小明"
title = "董事長"
method = "signed_and_sealed"
on = 2026-11-23

[[signatories]]
side = "theirs"
name = "Ann"
title = "CEO"
method = "signed"
on = "2026年11月24日"
"""
OURS = {"side": "ours", "name": "王小明", "title": "董事長", "method": "sealed", "on": date(2026, 11, 23)}
THEIRS = {"side": "theirs", "name": "Ann", "title": "CEO", "method": "signed", "on": date(2026, 11, 24)}
GOOD = {
    "signatories": [OURS, THEIRS],
    "effective_on": date(2026, 12, 1),
    "originals": 2,
    "holders": ["Ours", "Theirs"],
    "consent_mode": "paper",
}


def problems(**changes):
    with pytest.raises(InvalidInputError) as refusal:
        Execution.read({**GOOD, **changes})
    return {problem.path: str(problem) for problem in refusal.value.problems}


def test_reads_a_file(tmp_path):
    (tmp_path / "execution.toml").write_text(FILE, encoding="utf-8")

    read = Execution.load(tmp_path / "execution.toml")

    assert [signatory.on for signatory in read.signatories] == [date(2026, 11, 23), date(2026, 11, 24)]
    assert (read.originals, read.consent_mode) == (2, "paper")


def test_tells_everything_that_is_missing():
    with pytest.raises(InvalidInputError) as refusal:
        Execution.read({})

    assert [problem.path for problem in refusal.value.problems] == list(GOOD)
    assert all(problem.what == "is missing" and problem.fix for problem in refusal.value.problems)


def test_tells_everything_that_is_wrong():
    found = problems(
        signatories=[OURS | {"method": "stamped", "on": 0}, THEIRS | {"name": "", "titel": "x"}],
        effective_on="soon",
        originals=0,
        holders=[],
        consent_mode="fax",
    )

    assert set(found) == {
        "signatories[0].method", "signatories[0].on", "signatories[1].name", "signatories[1].titel",
        "effective_on", "originals", "holders", "consent_mode",
    }  # fmt: skip
    assert found["signatories[1].titel"].endswith("did you mean title?")


@pytest.mark.parametrize(
    ("signatories", "missing"),
    [([OURS, OURS], "theirs"), ([THEIRS, THEIRS], "ours"), ([OURS, OURS, OURS], "theirs")],
)
def test_both_sides_have_to_sign(signatories, missing):
    assert f'side = "{missing}"' in problems(signatories=signatories)["."]


@pytest.mark.parametrize("signatories", [[], [OURS]])
def test_one_signature_is_not_enough(signatories):
    assert set(problems(signatories=signatories)) == {"signatories"}


@pytest.mark.parametrize("mode", ["agreed", "notified"])
def test_an_electronic_signature_is_good_where_its_form_was_consented_to(mode):
    read = Execution.read(
        {**GOOD, "signatories": [OURS, THEIRS | {"method": "electronic"}], "consent_mode": mode}
    )

    assert read.signatories[1].method == "electronic"


def test_an_electronic_signature_needs_consent_to_its_form():
    found = problems(signatories=[OURS | {"method": "electronic"}, THEIRS])

    assert "without consent to the electronic form" in found["."]


@pytest.mark.parametrize("originals", [0, 51, 1.5, "two", -1, 10**30])
def test_originals_are_counted_in_whole_numbers_a_table_can_hold(originals):
    assert set(problems(originals=originals)) == {"originals"}

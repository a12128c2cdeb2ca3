"""Execution: both sides sign by some right, every paper is held, every seal is logged."""

from datetime import date, datetime

import pytest

from workflow.errors import InvalidInputError
from workflow.execution import Execution
from workflow.values.dates import TAIPEI

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
authority = "representative"

[[signatories]]
side = "theirs"
name = "Ann"
title = "CEO"
method = "signed"
on = "2026年11月24日"
authority = "attorney"

[signatories.power]
dated = 2026-11-01
file = "power.pdf"

[[seals]]
seal = "company"
at = 2026-11-23T15:30:00
pages = "12"
custodian = "游淑芬"
witness = "許庭瑋"
"""
OURS = {
    "side": "ours", "name": "王小明", "title": "董事長", "method": "sealed", "on": date(2026, 11, 23),
    "authority": "representative",
}  # fmt: skip
THEIRS = {
    "side": "theirs", "name": "Ann", "title": "CEO", "method": "signed", "on": date(2026, 11, 24),
    "authority": "representative",
}  # fmt: skip
SEALING = {
    "seal": "company", "at": "2026-11-23T15:30:00", "pages": "12", "custodian": "游淑芬",
    "witness": "許庭瑋",
}  # fmt: skip
NOTICE = {
    "sent_on": date(2026, 11, 2), "object_by": date(2026, 11, 16), "means": "e-mail",
    "silence_explained": True,
}  # fmt: skip
NEEDED = {
    "signatories": [OURS, THEIRS],
    "effective_on": date(2026, 12, 1),
    "originals": 2,
    "holders": ["Ours", "Theirs"],
    "consent_mode": "paper",
}
GOOD = {**NEEDED, "seals": [SEALING]}


def problems(**changes):
    with pytest.raises(InvalidInputError) as refusal:
        Execution.read({**GOOD, **changes})
    return {problem.path: str(problem) for problem in refusal.value.problems}


def attorney(power, **changes):
    return THEIRS | {"authority": "attorney", "power": power} | changes


def test_reads_a_file_and_looks_for_its_papers_beside_it(tmp_path):
    (tmp_path / "execution.toml").write_text(FILE, encoding="utf-8")

    read = Execution.load(tmp_path / "execution.toml")

    assert [signatory.on for signatory in read.signatories] == [date(2026, 11, 23), date(2026, 11, 24)]
    assert (read.originals, read.consent_mode) == (2, "paper")
    assert read.files == {1: str(tmp_path / "power.pdf")}


def test_tells_everything_that_is_missing():
    with pytest.raises(InvalidInputError) as refusal:
        Execution.read({})

    assert [problem.path for problem in refusal.value.problems] == list(NEEDED)
    assert all(problem.what == "is missing" and problem.fix for problem in refusal.value.problems)


def test_tells_everything_that_is_wrong_at_once_and_where():
    found = problems(
        signatories=[
            OURS | {"method": "stamped", "on": 0, "authority": "friend"},
            THEIRS | {"name": "", "titel": "x"},
        ],
        effective_on="soon",
        originals=0,
        holders=[],
        consent_mode="fax",
        copies=1,
        notice={},
        seals=[{"seal": "potato"}],
    )

    assert set(found) == {
        "signatories[0].method", "signatories[0].on", "signatories[0].authority", "signatories[1].name",
        "signatories[1].titel", "effective_on", "originals", "holders", "consent_mode", "copy_holders",
        "notice.sent_on", "notice.object_by", "notice.means", "notice.silence_explained", "seals[0].seal",
        "seals[0].at", "seals[0].pages", "seals[0].custodian", "seals[0].witness",
    }  # fmt: skip
    assert found["signatories[1].titel"].endswith("did you mean title?")


@pytest.mark.parametrize(
    ("signatories", "missing"),
    [([OURS, OURS], "theirs"), ([THEIRS, THEIRS], "ours"), ([OURS, OURS, OURS], "theirs")],
)
def test_both_sides_have_to_sign(signatories, missing):
    assert f'side = "{missing}"' in problems(signatories=signatories)["signatories"]


@pytest.mark.parametrize("signatories", [[], [OURS]])
def test_one_signature_is_not_enough(signatories):
    assert set(problems(signatories=signatories)) == {"signatories"}


def test_everyone_says_by_what_right_they_signed():
    unsaid = {name: value for name, value in THEIRS.items() if name != "authority"}

    assert set(problems(signatories=[OURS, unsaid])) == {"signatories[1].authority"}


# Powers of attorney.


def test_an_attorney_signs_under_a_power():
    found = problems(signatories=[OURS, THEIRS | {"authority": "attorney"}])

    assert "an attorney signs under one" in found["signatories[1].power"]


def test_a_power_belongs_to_an_attorney_only():
    found = problems(signatories=[OURS, THEIRS | {"power": {"dated": date(2026, 11, 1)}}])

    assert 'write authority = "attorney"' in found["signatories[1].power"]


@pytest.mark.parametrize(
    ("dated", "until", "holds"),
    [
        (date(2026, 11, 24), None, True),
        (date(2026, 11, 25), None, False),
        (date(2026, 11, 1), date(2026, 11, 24), True),
        (date(2026, 11, 1), date(2026, 11, 23), False),
    ],
)
def test_a_power_holds_from_its_day_to_its_end(dated, until, holds):
    signatories = [OURS, attorney({"dated": dated, "until": until})]

    if holds:
        assert Execution.read({**GOOD, "signatories": signatories})
    else:
        assert "did not hold on 2026-11-24" in problems(signatories=signatories)["signatories[1].power"]


def test_a_power_does_not_end_before_it_begins():
    power = {"dated": date(2026, 11, 20), "until": date(2026, 11, 19)}

    assert set(problems(signatories=[OURS, attorney(power)])) == {"signatories[1].power.until"}


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_a_power_kept_elsewhere_is_named_by_a_digest(digest):
    power = {"dated": date(2026, 11, 20), "sha256": digest}

    assert set(problems(signatories=[OURS, attorney(power)])) == {"signatories[1].power.sha256"}


def test_a_power_is_one_paper():
    power = {"dated": date(2026, 11, 20), "file": "power.pdf", "sha256": "ab" * 32}

    assert set(problems(signatories=[OURS, attorney(power)])) == {"signatories[1].power.sha256"}


# The form.


def notified(**changes):
    electronic = THEIRS | {"method": "electronic"}
    return {"signatories": [OURS, electronic], "consent_mode": "notified", "notice": NOTICE | changes}


def test_an_electronic_signature_is_good_where_its_form_was_consented_to():
    signatories = [OURS, THEIRS | {"method": "electronic"}]

    read = Execution.read({**GOOD, "signatories": signatories, "consent_mode": "agreed"})

    assert read.signatories[1].method == "electronic"
    assert Execution.read({**GOOD, **notified()}).notice


def test_an_electronic_signature_needs_consent_to_its_form():
    found = problems(signatories=[OURS, THEIRS | {"method": "electronic"}])

    assert "without consent to the electronic form" in found["consent_mode"]


def test_whoever_was_notified_was_sent_a_notice():
    assert "nobody was notified" in problems(**notified() | {"notice": None})["notice"]


def test_a_notice_stands_beside_no_other_consent():
    assert set(problems(notice=NOTICE)) == {"notice"}


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2026, 11, 2)])
def test_a_notice_leaves_time_to_object(day):
    assert "leaves no time" in problems(**notified(object_by=day))["notice.object_by"]


def test_silence_is_consent_only_for_whoever_was_told_so():
    found = problems(**notified(silence_explained=False))

    assert "silence is not consent" in found["notice.silence_explained"]


# Originals, copies, seals.


@pytest.mark.parametrize("originals", [0, 51, 1.5, "two", -1, 10**30])
def test_originals_are_counted_in_whole_numbers_a_table_can_hold(originals):
    assert "originals" in problems(originals=originals)


@pytest.mark.parametrize("holders", [["both"], ["Ours", "Theirs", "A bank"]])
def test_each_original_has_a_holder_who_is_named(holders):
    assert f"names {len(holders)} of 2 holders" in problems(holders=holders)["holders"]


def test_somebody_can_hold_two_originals():
    assert Execution.read({**GOOD, "holders": ["Ours", "Ours"]}).holders == ("Ours", "Ours")


def test_copies_are_counted_apart_and_held_too():
    read = Execution.read({**GOOD, "copies": 1, "copy_holders": ["採購部"]})

    assert (read.originals, read.copies, read.copy_holders) == (2, 1, ("採購部",))
    assert set(problems(copies=2, copy_holders=["採購部"])) == {"copy_holders"}


def test_what_our_side_sealed_is_logged():
    assert "do not log the seal of 2026-11-23" in problems(seals=[])["seals"]


def test_their_seal_is_theirs_to_log():
    signatories = [OURS | {"method": "signed"}, THEIRS | {"method": "sealed"}]

    assert Execution.read({**GOOD, "signatories": signatories, "seals": []})


def test_a_seal_is_not_logged_on_a_day_our_side_did_not_seal():
    late = SEALING | {"at": "2026-11-24T00:01:00"}

    assert "when our side did not seal" in problems(seals=[SEALING, late])["seals"]


def test_a_void_sealing_stays_in_the_log_and_another_takes_its_place():
    void = SEALING | {"void": "誤蓋於乙方欄位"}

    assert [s.void for s in Execution.read({**GOOD, "seals": [void, SEALING]}).seals] == [
        "誤蓋於乙方欄位",
        None,
    ]
    assert "do not log the seal" in problems(seals=[void])["seals"]


def test_the_witness_of_a_seal_is_not_its_custodian():
    assert "is the custodian" in problems(seals=[SEALING | {"witness": "游淑芬"}])["seals[0].witness"]


def test_a_time_is_one_in_taiwan_unless_it_says_otherwise():
    seals = [SEALING | {"at": at} for at in ("2026-11-23T15:30:00", "2026-11-23T07:30:00+00:00")]

    first, second = Execution.read({**GOOD, "seals": seals}).seals

    assert first.at == second.at == datetime(2026, 11, 23, 15, 30, tzinfo=TAIPEI)


@pytest.mark.parametrize("at", [0, 1.5, True, "noon", date(2026, 11, 23), None])
def test_a_time_is_not_guessed(at):
    assert "is not a time" in problems(seals=[SEALING | {"at": at}])["seals[0].at"]


def test_reads_back_what_an_event_says():
    kept = {"name": "power.pdf", "sha256": "ab" * 32, "size": 9}
    read = Execution.read(
        {**GOOD, "signatories": [OURS, attorney({"dated": "2026-11-01", "file": "power.pdf"})]}
    )
    payload = read.model_dump(mode="json", exclude_none=True) | {"documents": [], "signed_copy": kept}
    payload["signatories"][1]["power"]["file"] = kept

    back = Execution.recorded(payload)

    assert back.signatories[1].power.sha256 == kept["sha256"]
    assert back.seals == read.seals


def test_says_who_keeps_our_original_and_what_was_paid_of_stamp_tax():
    keeping, stamps = {"custodian": "法務室"}, {"amount": 0, "means": "none"}

    read = Execution.read(GOOD | {"keeping": keeping, "stamp_tax": stamps})

    assert (read.keeping.custodian, read.keeping.place, read.stamp_tax.amount) == ("法務室", None, 0)


@pytest.mark.parametrize(
    "stamps",
    [{"amount": 0, "means": "stamps"}, {"amount": 4, "means": "none"}, {"amount": -1, "means": "stamps"}],
)
def test_stamp_tax_is_paid_by_some_means_or_not_due(stamps):
    (path,) = problems(stamp_tax=stamps)

    assert path.startswith("stamp_tax.")

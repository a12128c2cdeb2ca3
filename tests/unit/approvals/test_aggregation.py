"""Twelve months with one party: what counts beside an agreement, and what all of it amounts to."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from approvals.aggregation import (
    STANDING,
    Earlier,
    counted,
    counting_of,
    overlooked,
    same_party,
)
from approvals.policy import assess, load_policy
from workflow.case import Case, Submission
from workflow.facts import facts_of
from workflow.lifecycle import State
from workflow.terms import Terms

TODAY = date(2026, 3, 2)


def terms(value="40000", *, kind="services", **theirs):
    party = {"name": "Acme Ltd.", "registration": "53312848"} | theirs
    said = {"estimated_value": value} if value else {}
    return Terms.read(
        {
            "title": "T",
            "contract_type": kind,
            "parties": [
                {"side": "ours", "name": "Ours"},
                {"side": "theirs"} | {name: text for name, text in party.items() if text},
            ],
            **said,
        }
    )


def case(ref="AGR-2026-0001", *, at=datetime(2026, 1, 5, tzinfo=UTC), state=State.IN_FORCE, seq=7):
    submission = Submission(
        seq=seq, revision=1, document="", terms="", policy="", trace="", seats=(), submitted_by="alice", at=at
    )
    return Case(
        ref=ref, kind="services", language="en", title="T", drafter="alice", state=state, seq=9, head="",
        created_at=at, at=at, submission=submission,
    )  # fmt: skip


def refs(*others, mine=None, day=TODAY, **given):
    return [each.ref for each in counted(mine or terms(), day, others, **given)]


# --- what counts -------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_counts_what_is_submitted_or_later(state):
    standing = {"expert_review", "sign_off", "approved", "executed", "in_force", "ended"}

    assert refs((case(state=state), terms())) == (["AGR-2026-0001"] if state in standing else [])
    assert {each.value for each in STANDING} == standing


def test_counts_nothing_that_was_never_submitted():
    assert refs((replace(case(), submission=None), terms())) == []


def test_counts_no_agreement_beside_itself():
    assert refs((case(), terms()), but="AGR-2026-0001") == []


@pytest.mark.parametrize(
    ("day", "at", "counts"),
    [
        (date(2026, 3, 2), datetime(2025, 3, 1, 16, tzinfo=UTC), True),  # 2 March in Taipei
        (date(2026, 3, 2), datetime(2025, 3, 1, 15, 59, 59, tzinfo=UTC), False),  # 1 March in Taipei
        (date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), True),
        (date(2024, 2, 29), datetime(2023, 2, 28, tzinfo=UTC), True),
        (date(2024, 2, 29), datetime(2023, 2, 27, tzinfo=UTC), False),
        (date(2025, 2, 28), datetime(2024, 2, 28, tzinfo=UTC), True),
    ],
)
def test_counts_twelve_months_by_the_days_of_taipei(day, at, counts):
    assert refs((case(at=at), terms()), day=day) == (["AGR-2026-0001"] if counts else [])


@pytest.mark.parametrize(
    ("mine", "other", "counts"),
    [
        ("services", "services", True),
        ("services", "purchase", False),
        ("services", "unknown", True),
        ("unknown", "services", True),
        ("unknown", "unknown", True),
    ],
)
def test_counts_what_is_of_the_same_nature_or_may_be(mine, other, counts):
    found = refs((case(), terms(kind=other)), mine=terms(kind=mine))

    assert bool(found) is counts


def test_counts_nothing_agreed_with_another_party():
    assert refs((case(), terms(registration="12345675"))) == []


def test_lists_what_counts_in_order_with_what_it_was_submitted_for():
    others = [
        (case("AGR-2026-0002", seq=4), terms("50000")),
        (case("AGR-2026-0001", seq=7), terms("20000")),
        (case("AGR-2025-0009"), terms(None)),
    ]

    assert counted(terms(), TODAY, others) == (
        Earlier("AGR-2025-0009", 7, None),
        Earlier("AGR-2026-0001", 7, 20000),
        Earlier("AGR-2026-0002", 4, 50000),
    )


# --- who is the same ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "other", "same"),
    [
        ({}, {}, True),
        ({}, {"name": "Quite another name"}, True),
        ({}, {"registration": "12345675"}, False),
        ({}, {"registration": None}, True),
        ({"registration": None}, {}, True),
        ({"registration": None}, {"registration": None, "name": "Acme"}, False),
        ({"registration": None}, {"registration": None, "name": "ACME  limited"}, True),
        ({"registration": None}, {"registration": None, "name": "Ａｃｍｅ Ｌｔｄ"}, True),
        ({"registration": None}, {"registration": None, "name": "Acme, Ltd"}, True),
        ({"registration": None}, {"registration": None, "name": "Acme Limitedness"}, False),
        ({"registration": None, "name": "Unlimited"}, {"registration": None, "name": "Unltd"}, False),
        ({"registration": None, "name": "A Company"}, {"registration": None, "name": "A Co."}, True),
        ({"registration": None, "name": "A Corporation"}, {"registration": None, "name": "A Corp."}, True),
        ({"registration": None, "name": "A Incorporated"}, {"registration": None, "name": "A, Inc."}, True),
        ({"registration": None, "name": "台北(股)"}, {"registration": None, "name": "臺北（股）"}, True),
        ({"registration": None, "name": "甲公司"}, {"registration": None, "name": "乙公司"}, False),
        ({"registration": None, "name": "甲", "name_en": "Acme Ltd"}, {"registration": None}, True),
        ({"registration": None, "name": "..."}, {"registration": None, "name": "---"}, False),
        (
            {"registration": "A1", "country": "US"},
            {"registration": "A1", "country": "GB"},
            False,
        ),
        ({"registration": "DE 12-3", "country": "DE"}, {"registration": "de123", "country": "DE"}, True),
    ],
    ids=str,
)  # fmt: skip
def test_knows_a_party_by_its_number_or_else_by_its_name(mine, other, same):
    one, another = counting_of(terms(**mine)), counting_of(terms(**other))

    assert same_party(one, another) is same
    assert same_party(another, one) is same


def test_finds_a_party_among_several():
    several = Terms.read(
        {
            "title": "T",
            "parties": [
                {"side": "ours", "name": "Acme Ltd"},
                {"side": "theirs", "name": "First"},
                {"side": "theirs", "name": "Acme Limited"},
            ],
        }
    )
    ours_only = Terms.read(
        {"title": "T", "parties": [{"side": "ours", "name": "Acme Ltd"}, {"side": "theirs", "name": "First"}]}
    )

    one = counting_of(terms(registration=None))

    assert same_party(one, counting_of(several))
    assert not same_party(one, counting_of(ours_only))


# --- what it amounts to ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "earlier", "total"),
    [
        ("40000", [], 40000),
        ("40000", [20000, 50000], 110000),
        ("0", [0], 0),
        ("40000", [20000, None], None),
        (None, [20000], None),
    ],
)
def test_adds_up_what_is_known_and_knows_nothing_where_one_is_unknown(value, earlier, total):
    others = [Earlier(f"AGR-2026-000{n}", 7, each) for n, each in enumerate(earlier)]

    facts = facts_of(terms(value), beside=[one.value for one in others])
    assert facts["contract_value"] == facts["cumulative_value_12m"] == total


def test_a_split_agreement_goes_where_the_whole_would():
    policy = load_policy()
    third = [Earlier("AGR-2026-0001", 7, 600_000), Earlier("AGR-2026-0002", 7, 600_000)]

    def signing(value, earlier=()):
        return [
            each.role
            for each in assess(
                policy, facts_of(terms(value), beside=[one.value for one in earlier])
            ).sign_offs
        ]

    assert "division_head" in signing("300001", third)
    assert signing("300001", third) == signing("1500001")
    assert signing("300000", third) == signing("1500000")


@pytest.mark.parametrize("first", [0, 1, 2])
def test_whichever_of_several_is_submitted_last_sees_the_others(first):
    names = ["AGR-2026-0001", "AGR-2026-0002", "AGR-2026-0003"]
    others = [(case(ref), terms("50000")) for ref in names if ref != names[first]]

    beside = [one.value for one in counted(terms(), TODAY, others, but=names[first])]
    assert facts_of(terms("50000"), beside=beside)["contract_value"] == 150000


# --- what was recorded -------------------------------------------------------------------

FIRST, SECOND = Earlier("AGR-2026-0001", 7, 600_000), Earlier("AGR-2026-0002", 7, 600_000)


@pytest.mark.parametrize(
    ("recorded", "missing"),
    [
        ([FIRST, SECOND], ()),
        ([FIRST], (SECOND,)),
        ([], (FIRST, SECOND)),
        ([FIRST, replace(SECOND, value=1)], (SECOND,)),
        ([FIRST, replace(SECOND, value=None)], (SECOND,)),
        ([FIRST, replace(SECOND, seq=4)], (SECOND,)),
        ([FIRST, SECOND, Earlier("AGR-2026-0003", 7, 1)], ()),
    ],
)
def test_finds_what_a_submission_should_have_counted(recorded, missing):
    assert overlooked([FIRST, SECOND], recorded) == missing


def test_of_two_submitted_at_once_it_is_enough_that_one_counts_the_other():
    assert overlooked([FIRST], [], counting_it={"AGR-2026-0001"}) == ()
    assert overlooked([FIRST, SECOND], [], counting_it={"AGR-2026-0001"}) == (SECOND,)

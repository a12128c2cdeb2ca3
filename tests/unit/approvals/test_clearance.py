"""Clearance: whose yes counts, for which seat, and whether the seats can be filled at all."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from approvals.clearance import clearance_of, out_of_reach, unfillable
from approvals.errors import NothingRequiredError
from workflow.case import Case, Condition, Decision, Flag, Seat, Submission
from workflow.lifecycle import State

FEW = settings(max_examples=200, deadline=None, database=None)
AT = datetime(2026, 11, 23, tzinfo=UTC)
SUBMITTED = 9


def seat(role, *, aspect="commercial", quorum=1, step=10):
    return Seat(step, aspect, role, quorum, "", ("R1",))


def decision(
    person, role, *, word="approve", aspect="commercial", document="d1", revision=1, seq=SUBMITTED + 1
):
    return Decision(seq, revision, person, aspect, role, word, document, AT, "", "", "")


def case(seats, decisions=(), *, flags=(), drafters=("alice",)):
    submission = Submission(SUBMITTED, 1, "d1", "t1", "p", "t", tuple(seats), "alice", AT)
    return Case(
        ref="AGR-2026-0001", kind="services", language="en", title="T", drafter="alice", state=State.SIGN_OFF,
        seq=20, head="", created_at=AT, at=AT, revision=1, submission=submission, flags=tuple(flags),
        decisions=tuple(decisions), drafters=frozenset(drafters),
    )  # fmt: skip


def people(clearance):
    return {status.seat.role: status.people for status in clearance.seats}


GM, LEGAL = seat("gm"), seat("legal", aspect="legal")


def test_waits_for_everyone_at_first():
    clearance = clearance_of(case([GM, LEGAL]))

    assert not clearance
    assert [(status.seat, status.missing) for status in clearance.seats] == [(GM, 1), (LEGAL, 1)]
    assert clearance.waiting_for == ("gm", "legal")


def test_is_cleared_once_every_seat_is_filled():
    yes = [decision("grace", "gm"), decision("lena", "legal", aspect="legal")]

    assert clearance_of(case([GM, LEGAL], yes))
    assert not clearance_of(case([GM, LEGAL], yes[:1]))
    assert clearance_of(case([GM, LEGAL], yes)).waiting_for == ()


@pytest.mark.parametrize("drafters", [("grace",), ("alice", "grace")])
def test_ignores_a_drafters_yes(drafters):
    assert people(clearance_of(case([GM], [decision("grace", "gm")], drafters=drafters))) == {"gm": ()}


def test_lets_one_person_fill_one_seat_only():
    yes = [decision("lena", "legal", aspect="legal"), decision("lena", "gm")]

    assert people(clearance_of(case([GM, LEGAL], yes))) == {"legal": ("lena",), "gm": ()}


def test_counts_a_quorum_in_people_and_not_in_signatures():
    board = seat("board", quorum=2)
    yes = [decision("judy", "board"), decision("judy", "board", seq=SUBMITTED + 2), decision("kate", "board")]

    assert clearance_of(case([board], yes[:2])).seats[0].missing == 1
    assert clearance_of(case([board], yes))


def test_more_than_a_quorum_is_enough():
    yes = [decision(name, "gm") for name in ("grace", "gina", "gus")]

    assert clearance_of(case([GM], yes)).seats[0].missing == 0


@pytest.mark.parametrize(
    "other",
    [
        {"document": "d0"},
        {"word": "return"},
        {"word": "reject"},
        {"revision": 0},
        {"revision": 2},
        {"seq": SUBMITTED - 1},
        {"seq": SUBMITTED},
        {"aspect": "legal"},
    ],
)
def test_ignores_what_is_no_yes_to_this_text_for_this_seat(other):
    assert not clearance_of(case([GM], [decision("grace", "gm", **other)]))


def test_ignores_a_yes_in_another_role():
    assert not clearance_of(case([GM], [decision("grace", "chair")]))


def test_a_yes_to_an_earlier_text_does_not_use_a_person_up():
    yes = [decision("grace", "chair", document="d0"), decision("grace", "gm")]

    assert clearance_of(case([GM], yes))


@pytest.mark.parametrize("seats", [[], ()])
def test_asking_nobody_is_an_error_and_never_a_pass(seats):
    with pytest.raises(NothingRequiredError):
        clearance_of(case(seats))


def test_what_was_never_submitted_cannot_be_cleared():
    unsubmitted = Case(
        ref="R", kind="services", language="en", title="T", drafter="alice", state=State.DRAFTING,
        seq=1, head="", created_at=AT, at=AT,
    )  # fmt: skip

    with pytest.raises(NothingRequiredError):
        clearance_of(unsubmitted)


# --- turns and flags ---------------------------------------------------------------------


def test_it_is_the_turn_of_the_earliest_step_that_lacks_anyone():
    seats = [seat("chair", step=60), seat("gm", step=50), seat("dept_manager", step=20), seat("cfo", step=20)]
    yes = [decision("bob", "dept_manager"), decision("ivan", "cfo"), decision("grace", "gm")]

    turns = [[status.seat.role for status in clearance_of(case(seats, yes[:n])).turn] for n in range(4)]

    assert turns == [["dept_manager", "cfo"], ["cfo"], ["gm"], ["chair"]]


def test_a_later_step_that_signed_early_does_not_take_the_earlier_ones_turn():
    seats = [seat("dept_manager", step=20), seat("gm", step=50)]

    clearance = clearance_of(case(seats, [decision("grace", "gm")]))

    assert clearance.waiting_for == ("dept_manager",)


def test_names_a_role_once_where_it_has_several_seats():
    seats = [seat("gm"), seat("gm", aspect="authority")]

    assert clearance_of(case(seats)).waiting_for == ("gm",)


@pytest.mark.parametrize(
    ("status", "conditions", "blocks"),
    [
        ("open", (), True),
        ("objected", (), True),
        ("clear", (), False),
        ("superseded", (), False),
        ("superseded", (Condition("C1", "must", "t"),), False),
        ("conditions", (Condition("C1", "must", "t"),), True),
        ("conditions", (Condition("C1", "must", "t", "lena"), Condition("C2", "should", "t")), False),
    ],
)
def test_a_blocking_flag_stops_the_clearance(status, conditions, blocks):
    flag = Flag("F-1", "data", "dpo", 1, "policy", (), "", status=status, conditions=conditions)

    clearance = clearance_of(case([GM], [decision("grace", "gm")], flags=[flag]))

    assert bool(clearance) is not blocks
    assert clearance.waiting_for == (("dpo",) if blocks else ())


def test_waits_for_the_experts_before_the_approvers():
    flags = [
        Flag(f"F-{n}", "data", role, 1, "policy", (), "") for n, role in enumerate(["dpo", "legal", "dpo"])
    ]

    assert clearance_of(case([GM], flags=flags)).waiting_for == ("dpo", "legal")


# --- can the seats be filled? ------------------------------------------------------------


def holders(**roles):
    return {role: frozenset(names.split()) for role, names in roles.items()}


@pytest.mark.parametrize(
    ("seats", "known", "barred", "short"),
    [
        ([GM], holders(gm="grace"), "", None),
        ([GM], holders(gm="grace"), "grace", "gm"),
        ([GM], holders(), "", "gm"),
        ([GM], holders(gm=""), "", "gm"),
        ([], holders(), "", None),
        ([seat("board", quorum=2)], holders(board="judy"), "", "board"),
        ([seat("board", quorum=2)], holders(board="judy kate"), "", None),
        ([GM, LEGAL], holders(gm="lena", legal="lena"), "", "legal"),
        ([GM, LEGAL], holders(gm="grace lena", legal="lena"), "", None),
        ([GM, LEGAL], holders(gm="anna lena", legal="anna"), "", None),
        ([GM, LEGAL, seat("cfo")], holders(gm="a b", legal="a b", cfo="a b"), "", "cfo"),
        ([GM, seat("gm", aspect="authority")], holders(gm="grace"), "", "gm"),
        ([GM, seat("legal", quorum=2)], holders(gm="ann bob cat", legal="ann"), "", "legal"),
        ([GM, seat("legal", quorum=2)], holders(gm="ann bob cat", legal="ann bob"), "", None),
    ],
)
def test_names_the_first_seat_that_nobody_is_left_for(seats, known, barred, short):
    lacking = unfillable(seats, known, frozenset(barred.split()))

    assert (lacking.role if lacking else None) == short


ROLES = ["gm", "legal", "cfo"]
PEOPLE = ["ann", "bob", "cat", "dan"]


@FEW
@given(
    places=st.lists(st.sampled_from(ROLES), max_size=4),
    known=st.fixed_dictionaries({role: st.frozensets(st.sampled_from(PEOPLE)) for role in ROLES}),
    barred=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
)
@example(["gm", "legal", "cfo"], {"gm": {"ann", "bob"}, "legal": {"ann", "cat"}, "cfo": {"ann"}}, frozenset())
def test_finds_an_assignment_exactly_where_one_exists(places, known, barred):
    seats = [seat(role, quorum=quorum) for role, quorum in Counter(places).items()]

    found = unfillable(seats, {role: frozenset(names) for role, names in known.items()}, barred) is None

    in_order = sorted(places, key=list(Counter(places)).index)
    every_way = product(*([name for name in known[role] if name not in barred] for role in in_order))
    assert found is any(len(set(way)) == len(way) for way in every_way)


def test_the_largest_body_a_policy_can_ask_is_seated():
    shareholders = frozenset(f"p{number}" for number in range(1000))

    assert unfillable([seat("board", quorum=1000)], {"board": shareholders}, frozenset()) is None
    assert unfillable([seat("board", quorum=1000)], {"board": shareholders}, frozenset(["p7"])) is not None


def test_a_crowd_is_seated_in_no_time():
    known = {f"r{n}": frozenset(f"p{m}" for m in range(n, n + 3)) for n in range(60)}
    seats = [seat(role, quorum=1) for role in reversed(known)]

    assert unfillable(seats, known, frozenset()) is None
    assert unfillable([*seats, seat("r0", quorum=3)], known, frozenset()) is not None


BOARD = Seat(10, "authority", "board", 2, "", ("A06",), body=("judy", "kate", "lea"))


@pytest.mark.parametrize(
    ("known", "fillable"),
    [
        (holders(board="judy kate lea"), True),
        (holders(board="judy kate"), True),
        (holders(board="judy"), False),
        (holders(board="judy max nora"), False),  # who came later has no vote
        (holders(gm="judy kate lea"), False),
    ],
)
def test_a_bodys_seat_is_for_its_members_who_are_members_still(known, fillable):
    assert (unfillable([BOARD], known, frozenset()) is None) is fillable


@pytest.mark.parametrize(
    ("known", "fillable"),
    [(holders(cfo="ivan"), True), (holders(finance="dora"), True), (holders(gm="g"), False)],
)
def test_a_seat_for_a_group_of_roles_is_for_whoever_holds_one_of_them(known, fillable):
    assert (unfillable([seat("cfo/finance")], known, frozenset()) is None) is fillable


# --- after a no --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seats", "decisions", "known", "lost"),
    [
        ([GM], [("grace", "gm", "reject")], holders(gm="grace"), True),
        ([GM], [("grace", "gm", "reject")], holders(gm="grace gina"), False),
        ([GM], [("grace", "gm", "reject"), ("gina", "gm", "reject")], holders(gm="grace gina"), True),
        ([GM], [("grace", "gm", "reject")], holders(gm="grace alice"), True),
        ([GM], [("grace", "gm", "approve")], holders(gm="grace"), False),
        ([seat("board", quorum=2)], [("judy", "board", "reject")], holders(board="judy kate"), True),
        ([seat("board", quorum=2)], [("judy", "board", "reject")], holders(board="judy kate lea"), False),
        (
            [seat("board", quorum=2)],
            [("judy", "board", "approve"), ("kate", "board", "reject")],
            holders(board="judy kate lea"),
            False,
        ),
        ([GM, LEGAL], [("grace", "gm", "reject")], holders(gm="grace lena", legal="lena"), True),
        ([GM, LEGAL], [("grace", "gm", "reject")], holders(gm="grace lena", legal="lena leo"), False),
    ],
)
def test_a_no_is_final_when_too_few_are_left_for_some_seat(seats, decisions, known, lost):
    made = [decision(person, role, word=word) for person, role, word in decisions]

    assert out_of_reach(case(seats, made), known) is lost


def test_a_no_to_an_earlier_text_takes_nobody_away():
    earlier = decision("grace", "gm", word="reject", seq=SUBMITTED - 1)

    assert not out_of_reach(case([GM], [earlier]), holders(gm="grace"))


def test_a_body_that_voted_it_down_has_ended_it_whoever_else_there_is():
    noes = [decision(person, "board", word="reject", aspect="authority") for person in ("judy", "kate")]
    known = holders(board="judy kate lea max nora", gm="grace")

    assert not out_of_reach(case([GM, BOARD], noes[:1]), known)
    assert out_of_reach(case([GM, BOARD], noes), known)


def test_a_body_of_which_too_many_have_left_has_ended_it():
    yes = [decision("judy", "board", aspect="authority")]

    assert not out_of_reach(case([BOARD], yes), holders(board="judy kate"))
    assert out_of_reach(case([BOARD], yes), holders(board="judy max nora"))

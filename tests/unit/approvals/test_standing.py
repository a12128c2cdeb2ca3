"""What still holds when another text is submitted: whose sign-off which change fells, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.directory import Directory, Person
from approvals.labels import PARTS
from approvals.policy import Assessment, Requirement
from approvals.standing import EVERYTHING, still_holding
from workflow.case import Case, Decision, Flag, Seat, Submission, Voided
from workflow.lifecycle import State
from workflow.parts import TOPICS

AT = datetime(2026, 11, 23, tzinfo=UTC)
SUBMITTED = 9
FEW = settings(max_examples=200, deadline=None, database=None)
MANAGER = Seat(20, "commercial", "dept_manager", 1, "", ("A01",))
CFO = Seat(40, "financial", "cfo", 1, "", ("T03",), covers=("payment", "price"))
BOARD = Seat(70, "authority", "board", 2, "", ("A06",), body=("amy", "ben", "cal"))
# Somebody who is yet to sign, so that what holds is not asked of the last step again.
TO_COME = (Seat(90, "commercial", "gm", 1, "", ("A04",)),)
PEOPLE = {
    "bob": "dept_manager", "hana": "dept_manager", "ivan": "cfo finance tax", "lena": "legal", "dan": "dpo",
    "amy": "board", "ben": "board", "cal": "board", "mina": "",
}  # fmt: skip
TEXT = {"payment": "1", "price": "1", "personal_data": "1", "layout": "1"}


def directory(**roles):
    return Directory(
        people={p: Person(p, p, roles=frozenset(r.split())) for p, r in (PEOPLE | roles).items()}
    )


def decision(seq, person, seat, word="approve", **more):
    return Decision(seq, 1, person, seat.aspect, seat.role, word, "d1", AT, "", "", "", **more)


def flag(
    name,
    role,
    aspect,
    *,
    covers=(),
    status="clear",
    answered=5,
    origin="policy",
    rules=("P01",),
    expert="dan",
):
    return Flag(
        name,
        aspect,
        role,
        1,
        origin,
        rules,
        "",
        status=status,
        covers=covers,
        answered=answered,
        expert=expert,
    )


def review(role, aspect, *, covers=(), rules=("P01",)):
    return Requirement("review", role, aspect, 10, 1, 5, rules, covers)


def case(*seats, decisions=(), flags=(), drafters=("alice",), recused=()):
    return Case(
        ref="AGR-2026-0001", kind="services", language="en", title="T", drafter="alice", state=State.DRAFTING,
        seq=20, head="", created_at=AT, at=AT, revision=1, flags=tuple(flags), decisions=tuple(decisions),
        drafters=frozenset(drafters), recused=frozenset(recused),
        submission=Submission(SUBMITTED, 1, "d1", "t1", "p", "t", seats, "alice", AT),
    )  # fmt: skip


def held(of, *seats, reviews=(), before=TEXT, after=TEXT, known=None, submitter="alice", to_come=TO_COME):
    found = Assessment(tuple(reviews), ())
    seats += to_come
    return still_holding(of, found, seats, known or directory(), before, after, submitter=submitter)


def signed(*decisions, **more):
    return case(MANAGER, CFO, decisions=decisions, **more)


BOB, IVAN = decision(11, "bob", MANAGER), decision(12, "ivan", CFO)


def test_nothing_was_signed_where_nothing_was_submitted():
    holds = held(replace(signed(BOB), submission=None), MANAGER, CFO, after={**TEXT, "price": "2"})

    assert (holds.changed, holds.kept, holds.voided, holds.flags) == ((), (), (), ())


def test_no_change_keeps_everything():
    holds = held(signed(BOB, IVAN), MANAGER, CFO)

    assert (holds.changed, holds.kept, holds.voided) == ((), (11, 12), ())


@pytest.mark.parametrize(
    ("part", "kept", "voided"),
    [
        ("payment", (), (11, 12)),
        ("price", (), (11, 12)),
        ("personal_data", (12,), (11,)),
        ("layout", (), (11, 12)),
        ("brand_new", (), (11, 12)),
    ],
)
def test_a_change_fells_what_answers_for_it(part, kept, voided):
    holds = held(signed(BOB, IVAN), MANAGER, CFO, after={**TEXT, part: "2"})

    assert holds.changed == (part,)
    assert holds.kept == kept
    assert holds.voided == tuple(Voided(seq, (part,)) for seq in voided)


def test_a_part_that_was_taken_out_has_changed():
    assert held(signed(IVAN), MANAGER, CFO, after={"payment": "1"}).voided == (
        Voided(12, ("layout", "price")),
    )


def test_without_parts_to_compare_everything_has_changed():
    holds = held(signed(BOB, IVAN), MANAGER, CFO, before=None)

    assert holds.changed == (EVERYTHING,)
    assert holds.voided == (Voided(11, (EVERYTHING,)), Voided(12, (EVERYTHING,)))


@pytest.mark.parametrize("word", ["return", "reject", "recuse", "excuse"])
def test_only_a_yes_is_kept_or_voided(word):
    holds = held(signed(decision(11, "bob", MANAGER, word)), MANAGER, CFO, after={"price": "2"})

    assert (holds.kept, holds.voided) == ((), ())


def test_what_was_taken_back_is_neither_kept_nor_voided():
    holds = held(signed(replace(BOB, retracted=True)), MANAGER, CFO)

    assert (holds.kept, holds.voided) == ((), ())


def test_a_sign_off_that_is_asked_no_more_is_not_kept():
    assert held(signed(BOB, IVAN), CFO).kept == (12,)


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        ((), (), True),
        ((), ("payment",), True),
        (("payment",), (), False),
        (("payment", "price"), ("payment",), True),
        (("payment", "price"), ("price", "payment"), True),
        (("payment",), ("payment", "price"), False),
        (("payment",), ("price",), False),
    ],
)
def test_a_sign_off_falls_where_the_rules_now_ask_it_to_answer_for_more(before, after, stands):
    then, now = replace(CFO, covers=before), replace(CFO, covers=after)
    holds = held(case(then, decisions=[IVAN]), now)

    assert holds.kept == ((12,) if stands else ())
    assert holds.voided == (() if stands else (Voided(12, ("rules",)),))


def test_a_sign_off_in_a_place_that_was_not_asked_before_falls():
    assert held(case(MANAGER, decisions=[IVAN]), CFO).voided == (Voided(12, ("rules",)),)


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        (BOARD.body, BOARD.body, True),
        (BOARD.body, BOARD.body[:2], False),
        (BOARD.body, (*BOARD.body, "zed"), False),
        (BOARD.body, (), False),
        ((), BOARD.body, False),
        ((), (), True),
    ],
)
def test_a_vote_falls_with_another_board_or_another_way_to_ask_it(before, after, stands):
    then, now = replace(BOARD, body=before), replace(BOARD, body=after)
    holds = held(case(then, decisions=[decision(11, "amy", then)]), now)

    assert holds.kept == ((11,) if stands else ())
    assert holds.voided == (() if stands else (Voided(11, ("rules",)),))


def test_a_sign_off_falls_where_its_signer_holds_the_role_no_more():
    holds = held(signed(BOB, IVAN), MANAGER, CFO, known=directory(bob="legal"))

    assert (holds.kept, holds.voided) == ((12,), (Voided(11, ("role",)),))


def test_for_a_deputy_it_is_the_principal_who_has_to_hold_the_role():
    mina = decision(11, "mina", MANAGER, principal="bob")

    assert held(signed(mina), MANAGER, CFO).kept == (11,)
    assert held(signed(mina), MANAGER, CFO, known=directory(bob="")).voided == (Voided(11, ("role",)),)


@pytest.mark.parametrize("who", [{"drafters": ("bob",)}, {"recused": ("bob",)}])
def test_a_sign_off_falls_where_its_signer_may_not_decide_any_more(who):
    holds = held(signed(BOB, IVAN, **who), MANAGER, CFO)

    assert (holds.kept, holds.voided) == ((12,), (Voided(11, ("role",)),))


@pytest.mark.parametrize(
    "by",
    [
        BOB,
        decision(11, "mina", MANAGER, principal="bob"),
        decision(11, "bob", MANAGER, principal="hana"),
    ],
)
def test_a_sign_off_falls_where_its_signer_or_principal_submits_the_new_text(by):
    assert held(signed(by), MANAGER, CFO, submitter="bob").voided == (Voided(11, ("role",)),)


def test_the_change_is_named_before_the_role():
    holds = held(signed(BOB), MANAGER, CFO, after={**TEXT, "price": "2"}, known=directory(bob=""))

    assert holds.voided == (Voided(11, ("price",)),)


def test_a_role_of_a_group_is_held_by_whoever_holds_one_of_them():
    group = replace(CFO, role="cfo/finance")
    ivan = decision(12, "ivan", group)

    assert held(case(group, decisions=[ivan]), group, known=directory(ivan="finance")).kept == (12,)


# --- opinions ------------------------------------------------------------------------------

DATA = flag("F-1", "dpo", "data", covers=("personal_data",))


@pytest.mark.parametrize("status", ["clear", "conditions"])
def test_an_opinion_stands_where_nothing_it_answers_for_changed(status):
    holds = held(
        case(MANAGER, flags=[replace(DATA, status=status)]), MANAGER,
        reviews=[review("dpo", "data", covers=("personal_data",))], after={**TEXT, "payment": "2"},
    )  # fmt: skip

    assert (holds.flags, holds.voided) == (("F-1",), ())
    assert holds.keeps(review("dpo", "data"))
    assert not holds.keeps(review("dpo", "legal"))
    assert not holds.keeps(review("legal", "data"))


@pytest.mark.parametrize("status", ["open", "objected", "superseded", "declined"])
def test_no_other_answer_is_kept_or_voided(status):
    holds = held(
        case(MANAGER, flags=[replace(DATA, status=status)]), MANAGER, reviews=[review("dpo", "data")]
    )

    assert (holds.flags, holds.voided, holds.answered) == ((), (), frozenset())


def test_an_opinion_falls_with_the_part_it_answers_for():
    holds = held(
        case(MANAGER, flags=[DATA]), MANAGER,
        reviews=[review("dpo", "data", covers=("personal_data",))], after={**TEXT, "personal_data": "2"},
    )  # fmt: skip

    assert (holds.flags, holds.voided) == ((), (Voided(5, ("personal_data",)),))
    assert not holds.keeps(review("dpo", "data"))


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        (review("dpo", "data", covers=("personal_data",)), True),
        (review("dpo", "data", covers=("personal_data",), rules=("P01", "P02")), False),
        (review("dpo", "data", covers=("personal_data",), rules=("P02",)), False),
        (review("dpo", "data", covers=("personal_data", "law")), False),
        (review("dpo", "data"), False),
    ],
    ids=["the same", "one rule more", "another rule", "one topic more", "everything"],
)
def test_an_opinion_falls_where_the_rules_ask_another_question(asked, stands):
    holds = held(case(MANAGER, flags=[DATA]), MANAGER, reviews=[asked])

    assert holds.flags == (("F-1",) if stands else ())
    assert holds.voided == (() if stands else (Voided(5, ("rules",)),))


def test_an_opinion_that_no_rule_asks_for_any_more_is_neither():
    holds = held(case(MANAGER, flags=[DATA]), MANAGER)

    assert (holds.flags, holds.voided) == ((), ())


def test_what_a_person_asked_stays_answered_though_no_rule_asks_it():
    asked = flag("F-2", "tax", "financial", origin="bob", rules=(), expert="ivan")
    holds = held(case(MANAGER, flags=[asked]), MANAGER)

    assert holds.flags == ("F-2",)
    assert not holds.keeps(review("tax", "financial")), "a rule's question is asked by itself"


def test_what_a_person_asked_is_open_again_with_any_change():
    asked = flag("F-2", "tax", "financial", origin="bob", rules=(), expert="ivan")
    holds = held(case(MANAGER, flags=[asked]), MANAGER, after={**TEXT, "payment": "2"})

    assert (holds.flags, holds.voided) == ((), (Voided(5, ("payment",)),))


@pytest.mark.parametrize("who", [{"drafters": ("dan",)}, {"recused": ("dan",)}])
def test_an_opinion_falls_where_its_expert_may_not_speak_any_more(who):
    holds = held(
        case(MANAGER, flags=[DATA], **who), MANAGER, reviews=[review("dpo", "data", covers=DATA.covers)]
    )

    assert holds.voided == (Voided(5, ("role",)),)


def test_an_opinion_falls_where_its_expert_holds_the_role_no_more():
    holds = held(
        case(MANAGER, flags=[DATA]), MANAGER,
        reviews=[review("dpo", "data", covers=DATA.covers)], known=directory(dan="legal"),
    )  # fmt: skip

    assert (holds.flags, holds.voided) == ((), (Voided(5, ("role",)),))


def test_an_opinion_falls_where_its_expert_submits_the_new_text():
    holds = held(
        case(MANAGER, flags=[DATA]),
        MANAGER,
        reviews=[review("dpo", "data", covers=DATA.covers)],
        submitter="dan",
    )

    assert holds.voided == (Voided(5, ("role",)),)


def test_of_an_opinion_too_the_change_is_named_before_the_person():
    holds = held(
        case(MANAGER, flags=[DATA], drafters=["dan"]), MANAGER,
        reviews=[review("dpo", "data", covers=DATA.covers)], after={**TEXT, "personal_data": "2"},
    )  # fmt: skip

    assert holds.voided == (Voided(5, ("personal_data",)),)


def test_every_reason_has_its_words():
    assert {EVERYTHING, "rules", "role", *TOPICS} <= PARTS.keys()


def test_what_fell_is_told_in_order():
    holds = held(
        case(MANAGER, CFO, decisions=[IVAN, BOB], flags=[DATA]), MANAGER, CFO,
        reviews=[review("dpo", "data", covers=DATA.covers)], before=None,
    )  # fmt: skip

    assert [fallen.seq for fallen in holds.voided] == [5, 11, 12]


# --- whatever happens ----------------------------------------------------------------------

NAMES = st.sampled_from([*TOPICS[:6], "layout", "parties"])
TEXTS = st.dictionaries(NAMES, st.sampled_from("12"))
COVERS = st.lists(st.sampled_from(TOPICS[:6]), unique=True, max_size=4).map(tuple)


@FEW
@given(TEXTS, TEXTS, COVERS, COVERS)
def test_each_yes_that_is_asked_for_still_is_kept_or_voided_and_never_both(before, after, covers, asked):
    then, now = replace(CFO, covers=covers), replace(CFO, covers=asked)
    holds = held(case(MANAGER, then, decisions=[BOB, IVAN]), MANAGER, now, before=before, after=after)

    assert sorted([*holds.kept, *(fallen.seq for fallen in holds.voided)]) == [11, 12]
    assert all(fallen.parts for fallen in holds.voided)


@FEW
@given(TEXTS, TEXTS, COVERS, COVERS)
def test_whoever_answered_for_more_never_keeps_more(before, after, covers, more):
    def kept(answered):
        seat = replace(CFO, covers=answered)
        return held(case(seat, decisions=[IVAN]), seat, before=before, after=after).kept

    wider = tuple(dict.fromkeys((*covers, *more)))
    assert {*kept(())} <= {*kept(wider if covers else ())} <= {*kept(covers)}


@FEW
@given(TEXTS, COVERS)
def test_the_same_text_under_the_same_rules_keeps_all(text, covers):
    seat = replace(CFO, covers=covers)

    assert held(
        case(MANAGER, seat, decisions=[BOB, IVAN]), MANAGER, seat, before=text, after=dict(text)
    ).kept == (
        11,
        12,
    )


# --- what somebody has to sign all the same ------------------------------------------------


def test_where_nothing_would_be_left_to_sign_the_last_step_signs_again():
    holds = held(signed(BOB, IVAN), MANAGER, CFO, to_come=())

    assert (holds.kept, holds.voided) == ((11,), (Voided(12, ("last",)),))


def test_everyone_of_the_last_step_signs_again():
    hana = Seat(20, "operational", "dept_manager", 1, "", ("G02",))
    both = case(MANAGER, hana, decisions=(BOB, decision(12, "hana", hana)))

    assert held(both, MANAGER, hana, to_come=()).kept == ()


def test_one_who_is_yet_to_sign_is_enough():
    assert held(signed(BOB), MANAGER, CFO, to_come=()).kept == (11,)


def test_a_change_that_nobody_is_asked_about_fells_everything():
    advised = flag("F-1", "dpo", "data", covers=("personal_data",))
    asks = review("dpo", "data", covers=("personal_data",))
    of = case(CFO, decisions=(decision(12, "ivan", CFO),), flags=(advised,))
    late = (Seat(90, "financial", "cfo", 1, "", ("T09",), covers=("payment", "price")),)

    holds = held(of, CFO, reviews=(asks,), after={**TEXT, "scope": "2"}, to_come=late)

    assert (holds.kept, holds.flags, holds.answered) == ((), (), frozenset())
    assert holds.voided == (Voided(5, ("scope",)), Voided(12, ("scope",)))

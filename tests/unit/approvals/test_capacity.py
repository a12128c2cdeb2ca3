"""In which capacity somebody may act: every refusal, and what a deputy may do for whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from approvals.capacity import Ask, Capacity, find_capacity
from approvals.directory import Directory, Grant, Key, Person
from approvals.errors import (
    AlreadyDecidedError,
    ChooseCapacityError,
    KeyRequiredError,
    NotOfTheBodyError,
    NotYetYourTurnError,
    RecusedError,
    SelfApprovalError,
    UnknownPersonError,
    WrongRoleError,
)
from workflow.case import Case, Decision, Flag, Seat, Submission
from workflow.errors import ActionNotAllowedError, StaleDocumentError
from workflow.lifecycle import State

AT = datetime(2026, 11, 23, tzinfo=UTC)
DAY = date(2026, 11, 23)
DOCUMENT = "0123456789abcdef" * 4
SUBMITTED = 9
MANAGER = Seat(20, "commercial", "dept_manager", 1, "", ("A01",))
GM = Seat(50, "commercial", "gm", 1, "", ("A04",))
CFO = Seat(20, "financial", "cfo", 1, "", ("T03",))
BOARD = Seat(10, "authority", "board", 2, "", ("A06",), body=("amy", "ben", "cal"))
ROLES = {
    "alice": "staff", "bob": "dept_manager", "grace": "gm", "gina": "gm", "hana": "division_head",
    "ivan": "cfo", "lena": "legal", "amy": "board", "ben": "board", "cal": "board", "zed": "board",
    "mina": "",
}  # fmt: skip


def person(name, roles, *, keys=True):
    held = (Key(f"SHA256:{name}", f"ssh-ed25519 {name}", AT),) if keys else ()
    return Person(name, name.title(), roles=frozenset(roles.split()), keys=held)


def directory(*grants, **people):
    everyone = {name: person(name, roles) for name, roles in (ROLES | people).items()}
    return Directory("T", everyone, grants)


def grant(principal, deputy, **limits):
    return Grant("D-1", principal, deputy, DAY, DAY, **limits)


def decision(who, role="dept_manager", word="approve", *, principal="", seq=SUBMITTED + 1, **more):
    return Decision(
        seq, 1, who, "commercial", role, word, DOCUMENT, AT, "", "7be1-c09d", "", principal=principal, **more
    )


def case(*seats, state=State.SIGN_OFF, decisions=(), flags=(), drafters=("alice",), recused=()):
    asked = seats or (MANAGER, GM)
    return Case(
        ref="AGR-2026-0001", kind="services", language="en", title="T", drafter="alice", state=state,
        seq=20, head="", created_at=AT, at=AT, revision=1, flags=tuple(flags), decisions=tuple(decisions),
        drafters=frozenset(drafters), recused=frozenset(recused),
        submission=Submission(SUBMITTED, 1, DOCUMENT, "t1", "p", "t", asked, "alice", AT),
    )  # fmt: skip


def capacity(of, who, known=None, action="approve", *, day=DAY, value=100, **asked):
    return find_capacity(of, known or directory(), who, Ask(action, **asked), day=day, value=value)


# --- in one's own right --------------------------------------------------------------------


def test_whoever_holds_the_role_acts_in_it():
    found = capacity(case(), "bob")

    assert found == Capacity("commercial", "dept_manager")
    assert found.recorded == found.said(directory()) == {}


def test_whoever_holds_one_role_of_a_group_acts_for_the_group():
    group = replace(CFO, role="cfo/finance")

    assert capacity(case(group), "ivan") == Capacity("financial", "cfo/finance")
    assert capacity(case(group), "ivan", role="cfo").role == "cfo/finance"
    assert capacity(case(group), "ivan", role="cfo/finance").role == "cfo/finance"


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
@pytest.mark.parametrize("drafters", [("bob",), ("alice", "bob")])
def test_nobody_decides_on_their_own_draft(action, drafters):
    with pytest.raises(SelfApprovalError):
        capacity(case(drafters=drafters), "bob", action=action)


def test_who_began_the_agreement_drafted_it_too():
    known = directory(alice="staff dept_manager")

    with pytest.raises(SelfApprovalError):
        capacity(case(drafters=()), "alice", known)


@pytest.mark.parametrize("action", ["approve", "return", "reject", "recuse"])
def test_who_is_recused_takes_no_part(action):
    with pytest.raises(RecusedError):
        capacity(case(recused=["bob"]), "bob", action=action)


@pytest.mark.parametrize("action", ["approve", "return", "reject", "recuse"])
def test_nobody_speaks_twice(action):
    with pytest.raises(AlreadyDecidedError, match="7be1-c09d"):
        capacity(case(decisions=[decision("bob")]), "bob", action=action)


def test_someone_unknown_does_nothing():
    with pytest.raises(UnknownPersonError):
        capacity(case(), "zoe")


@pytest.mark.parametrize("keys", [(), (Key("SHA256:x", "ssh-ed25519 x", AT, AT),)])
def test_someone_without_a_key_that_is_valid_does_nothing(keys):
    known = directory()
    known = replace(known, people={**known.people, "bob": replace(known.people["bob"], keys=keys)})

    with pytest.raises(KeyRequiredError):
        capacity(case(), "bob", known)


def test_a_role_that_is_not_asked_for_does_nothing():
    with pytest.raises(WrongRoleError, match="dept_manager, gm"):
        capacity(case(), "ivan")


def test_a_later_step_waits_for_the_earlier():
    with pytest.raises(NotYetYourTurnError, match="dept_manager") as refused:
        capacity(case(), "grace")

    assert "A04" in refused.value.explain()[1]
    assert capacity(case(decisions=[decision("bob")]), "grace").role == "gm"


def test_a_seat_that_is_filled_is_nobodys_turn():
    known = directory(mina="dept_manager")

    with pytest.raises(NotYetYourTurnError):
        capacity(case(decisions=[decision("bob")]), "mina", known)


@pytest.mark.parametrize("state", sorted(set(State) - {State.SIGN_OFF}))
def test_nobody_approves_in_another_state(state):
    with pytest.raises(ActionNotAllowedError):
        capacity(case(state=state), "bob")


def test_nobody_approves_what_was_never_submitted():
    with pytest.raises(ActionNotAllowedError):
        capacity(replace(case(), submission=None), "bob")
    with pytest.raises(ActionNotAllowedError):
        capacity(replace(case(), submission=None), "bob", expect=DOCUMENT)


@pytest.mark.parametrize("digits", [8, 9, 64])
@pytest.mark.parametrize("written", ["{}", "sha256:{}", "{} "])
def test_a_digest_of_eight_digits_or_more_names_the_text(digits, written):
    assert capacity(case(), "bob", expect=written.format(DOCUMENT[:digits].upper().replace("SHA", "sha")))


@pytest.mark.parametrize("wrong", [DOCUMENT[:7], "0" * 8, DOCUMENT[1:9], "sha256:", "?"])
def test_any_other_digest_is_of_another_text(wrong):
    with pytest.raises(StaleDocumentError):
        capacity(case(), "bob", expect=wrong)


def test_with_two_capacities_one_has_to_be_named():
    both, known = case(MANAGER, CFO), directory(mina="dept_manager cfo")

    with pytest.raises(ChooseCapacityError, match=r"dept_manager \(commercial\), cfo \(financial\)"):
        capacity(both, "mina", known)
    assert capacity(both, "mina", known, role="cfo").role == "cfo"
    assert capacity(both, "mina", known, aspect="commercial").role == "dept_manager"
    with pytest.raises(WrongRoleError):
        capacity(both, "mina", known, role="cfo", aspect="commercial")


# --- for somebody else ---------------------------------------------------------------------


def test_a_deputy_acts_in_the_role_of_whom_they_stand_for():
    known = directory(grant("bob", "hana"))
    found = capacity(case(), "hana", known)

    assert found == Capacity("commercial", "dept_manager", "bob", "D-1")
    assert found.recorded == {"for": "bob", "grant": "D-1"}
    assert found.said(known) == {"for": "bob", "principal": "Bob", "delegation": "D-1"}


@pytest.mark.parametrize(
    ("limits", "day", "value", "allowed"),
    [
        ({}, DAY, 100, True),
        ({}, date(2026, 11, 22), 100, False),
        ({}, date(2026, 11, 24), 100, False),
        ({"max_value": 100}, DAY, 100, True),
        ({"max_value": 99}, DAY, 100, False),
        ({"max_value": 99}, DAY, None, False),
        ({"max_value": None}, DAY, None, True),
        ({"max_value": 0}, DAY, 0, True),
        ({"max_value": 0}, DAY, 1, False),
        ({"kinds": ("services",)}, DAY, 100, True),
        ({"kinds": ("nda", "services")}, DAY, 100, True),
        ({"kinds": ("nda",)}, DAY, 100, False),
        ({"aspects": ("commercial",)}, DAY, 100, True),
        ({"aspects": ("legal",)}, DAY, 100, False),
        ({"ended": True}, DAY, 100, False),
    ],
)
def test_a_deputy_acts_within_dates_and_limits(limits, day, value, allowed):
    known = directory(grant("bob", "hana", **limits))

    if allowed:
        assert capacity(case(), "hana", known, day=day, value=value).principal == "bob"
    else:
        with pytest.raises(WrongRoleError):
            capacity(case(), "hana", known, day=day, value=value)


def test_a_drafter_is_nobodys_deputy_on_their_own_draft():
    with pytest.raises(SelfApprovalError):
        capacity(case(), "alice", directory(grant("bob", "alice")))


@pytest.mark.parametrize("barred", [{"drafters": ("alice", "bob")}, {"recused": ("bob",)}])
def test_nobody_stands_in_for_someone_who_could_not_decide(barred):
    with pytest.raises(WrongRoleError):
        capacity(case(**barred), "hana", directory(grant("bob", "hana")))


def test_who_is_recused_is_nobodys_deputy():
    with pytest.raises(RecusedError):
        capacity(case(recused=["hana"]), "hana", directory(grant("bob", "hana")))


def test_nobody_stands_in_for_someone_who_has_decided():
    two = case(replace(MANAGER, quorum=2), decisions=[decision("bob")])

    with pytest.raises(AlreadyDecidedError, match=r"^bob "):
        capacity(two, "hana", directory(grant("bob", "hana")))


def test_nobody_decides_for_whom_a_deputy_decided_not_even_themselves():
    two = case(replace(MANAGER, quorum=2), decisions=[decision("hana", principal="bob")])

    with pytest.raises(AlreadyDecidedError):
        capacity(two, "bob")
    with pytest.raises(AlreadyDecidedError, match=r"^bob "):
        capacity(two, "mina", directory(grant("bob", "mina")))


def test_a_deputy_whose_day_has_not_come_is_not_told_who_has_decided():
    two = case(replace(MANAGER, quorum=2), decisions=[decision("bob")])
    later = Grant("D-1", "bob", "hana", DAY + timedelta(1), DAY + timedelta(1))

    with pytest.raises(WrongRoleError):
        capacity(two, "hana", directory(later))


def test_an_earlier_signer_is_nobodys_deputy():
    later = case(decisions=[decision("bob")])

    with pytest.raises(AlreadyDecidedError):
        capacity(later, "bob", directory(grant("grace", "bob")))


def test_a_deputy_has_no_deputy():
    known = directory(grant("bob", "hana"), Grant("D-2", "hana", "mina", DAY, DAY))

    with pytest.raises(WrongRoleError):
        capacity(case(), "mina", known)


def test_a_delegation_lends_nothing_its_giver_no_longer_holds():
    with pytest.raises(WrongRoleError):
        capacity(case(), "hana", directory(grant("bob", "hana"), bob="staff"))


def test_a_delegation_of_somebody_unknown_lends_nothing():
    with pytest.raises(WrongRoleError):
        capacity(case(), "hana", directory(grant("nobody", "hana")))


def test_ones_own_right_comes_first():
    known = directory(grant("bob", "mina"), mina="dept_manager")

    assert capacity(case(), "mina", known).principal == ""
    assert capacity(case(), "mina", known, principal="bob").principal == "bob"
    assert capacity(case(), "mina", known, principal="mina").principal == ""


def test_saying_oneself_leaves_delegations_out():
    with pytest.raises(WrongRoleError):
        capacity(case(), "hana", directory(grant("bob", "hana")), principal="hana")


def test_saying_another_leaves_ones_own_right_out():
    with pytest.raises(WrongRoleError):
        capacity(case(), "bob", principal="grace")


def test_a_deputy_acts_where_ones_own_step_has_not_come():
    found = capacity(case(), "grace", directory(grant("bob", "grace")))

    assert (found.role, found.principal) == ("dept_manager", "bob")


@pytest.mark.parametrize("asked", [{"role": "gm"}, {"aspect": "legal"}])
def test_a_deputy_who_names_another_capacity_has_none(asked):
    known = directory(grant("bob", "hana"))

    assert capacity(case(), "hana", known, role="dept_manager", aspect="commercial").principal == "bob"
    with pytest.raises(WrongRoleError):
        capacity(case(), "hana", known, **asked)


def test_a_deputys_step_waits_too():
    with pytest.raises(NotYetYourTurnError):
        capacity(case(), "hana", directory(grant("grace", "hana")))


def test_a_deputy_of_two_says_for_whom():
    known = directory(grant("grace", "hana"), Grant("D-2", "gina", "hana", DAY, DAY))
    turn = case(decisions=[decision("bob")])

    with pytest.raises(ChooseCapacityError, match=r"for grace.*for gina"):
        capacity(turn, "hana", known)
    assert capacity(turn, "hana", known, principal="gina").grant == "D-2"


def test_two_delegations_by_one_person_are_one_capacity_under_the_first():
    known = directory(grant("bob", "hana"), Grant("D-2", "bob", "hana", DAY, DAY))

    assert capacity(case(), "hana", known).grant == "D-1"


# --- recusal, absence, experts -------------------------------------------------------------


def test_a_conflict_is_declared_before_ones_step_has_come():
    assert capacity(case(), "grace", action="recuse") == Capacity("commercial", "gm")


def test_nobody_is_recused_from_what_they_are_not_asked():
    with pytest.raises(WrongRoleError):
        capacity(case(), "ivan", action="recuse")


def test_nobody_recuses_another_by_being_their_deputy():
    with pytest.raises(WrongRoleError):
        capacity(case(), "hana", directory(grant("bob", "hana")), action="recuse")


def test_only_who_was_of_the_body_when_it_was_asked_votes():
    assert capacity(case(BOARD), "amy").role == "board"
    with pytest.raises(WrongRoleError):
        capacity(case(BOARD), "zed")


def test_who_left_the_body_votes_no_more():
    with pytest.raises(WrongRoleError):
        capacity(case(BOARD), "amy", directory(amy="staff"))


def test_a_member_notes_another_as_absent():
    assert capacity(case(BOARD), "amy", action="excuse", member="ben") == Capacity("authority", "board")


def test_a_member_who_has_voted_still_notes_an_absence():
    voted = replace(decision("amy", "board"), aspect="authority")

    assert capacity(case(BOARD, decisions=[voted]), "amy", action="excuse", member="ben")


@pytest.mark.parametrize(
    ("who", "member"),
    [("amy", "amy"), ("amy", "zed"), ("amy", ""), ("amy", "nobody"), ("zed", "ben"), ("bob", "ben")],
)
def test_nobody_else_notes_anybody_as_absent(who, member):
    with pytest.raises(NotOfTheBodyError):
        capacity(case(BOARD, MANAGER), who, action="excuse", member=member)


def test_who_left_the_body_notes_nobody_as_absent():
    with pytest.raises(NotOfTheBodyError):
        capacity(case(BOARD), "amy", directory(amy="staff"), action="excuse", member="ben")


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_who_has_voted_is_not_absent(word):
    voted = replace(decision("ben", "board", word), aspect="authority")

    with pytest.raises(NotOfTheBodyError):
        capacity(case(BOARD, decisions=[voted]), "amy", action="excuse", member="ben")


def test_nobody_is_noted_absent_twice():
    noted = replace(decision("cal", "board", "excuse", member="ben"), aspect="authority")

    with pytest.raises(NotOfTheBodyError):
        capacity(case(BOARD, decisions=[noted]), "amy", action="excuse", member="ben")


def test_an_absence_is_noted_when_the_bodys_step_has_come():
    later = replace(BOARD, step=60)

    with pytest.raises(NotOfTheBodyError):
        capacity(case(MANAGER, later), "amy", action="excuse", member="ben")


FLAG = Flag("F-1", "legal", "legal", 1, "policy", ("L01",), "")


def test_an_expert_sends_a_text_under_review_back():
    under_review = case(state=State.EXPERT_REVIEW, flags=[FLAG])

    assert capacity(under_review, "lena", action="return") == Capacity("legal", "legal")


@pytest.mark.parametrize(
    "flag",
    [
        replace(FLAG, role="dpo"),
        replace(FLAG, assigned="grace"),
        replace(FLAG, status="clear"),
        replace(FLAG, status="declined"),
    ],
    ids=["another expertise", "assigned to another", "answered", "declined"],
)
def test_whom_no_flag_asks_sends_nothing_back(flag):
    other = replace(FLAG, id="F-2", role="dpo")

    with pytest.raises(WrongRoleError):
        capacity(case(state=State.EXPERT_REVIEW, flags=[flag, other]), "lena", action="return")


def test_an_expert_of_two_flags_says_which():
    flags = [FLAG, replace(FLAG, id="F-2", aspect="data")]
    under_review = case(state=State.EXPERT_REVIEW, flags=flags)

    with pytest.raises(ChooseCapacityError):
        capacity(under_review, "lena", action="return")
    assert capacity(under_review, "lena", action="return", aspect="data").aspect == "data"
    with pytest.raises(WrongRoleError):
        capacity(under_review, "lena", action="return", role="dpo")


def test_an_experts_deputy_is_no_expert():
    under_review = case(state=State.EXPERT_REVIEW, flags=[FLAG])

    with pytest.raises(WrongRoleError):
        capacity(under_review, "hana", directory(grant("lena", "hana")), action="return")

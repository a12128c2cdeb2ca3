"""Signing off: who may, when, on which text, with which key; and what every refusal leaves alone."""

import csv
import io
import json
import sqlite3
import subprocess
from contextlib import closing

import pytest

from approvals.errors import (
    AlreadyDecidedError,
    BadSignatureError,
    ChooseCapacityError,
    FlagSettledError,
    KeyRequiredError,
    LastAdministratorError,
    NotYetYourTurnError,
    PersonExistsError,
    SeatUnfillableError,
    SelfApprovalError,
    UnknownFlagError,
    UnknownPersonError,
    UnknownRoleError,
    WrongKeyError,
    WrongRoleError,
)
from approvals.keys import generate_key, load_signer
from approvals.policy import DEFAULT_POLICY, read_policy
from approvals.registry import NewPerson, Registry
from approvals.reviews import Opinion
from approvals.statements import DECISION, REGISTRY, read_statement
from approvals.submission import PolicyRules
from workflow.errors import (
    ActionNotAllowedError,
    InvalidInputError,
    NotStaffError,
    ReasonMissingError,
    StaleDocumentError,
    TrailRefusedError,
)
from workflow.lifecycle import State
from workflow.replay import CLEAR, CONDITIONS, OBJECTED, SUPERSEDED, Condition

MUST = Condition("C-1", "must", "附件二須列明刪除期限")


@pytest.fixture
def world(sqlite_world):
    """A founded store in a file; what differs between the databases is tested with the store."""
    return sqlite_world


@pytest.fixture
def otto(world, tmp_path):
    """Another manager, with a key; whatever else he is to be, tests grant."""
    generate_key(tmp_path / "otto")
    world.signers = {**world.signers, "otto": load_signer(tmp_path / "otto", passphrase=None)}
    _registry(
        world,
        lambda registry: registry.add(
            NewPerson("otto", "王大同", roles=("dept_manager",)), world.signer("otto").public_key
        ),
    )
    return "otto"


def _registry(world, change, *, actor="alice", signer=None):
    """Change the registry, or be refused."""
    with world.store.begin() as unit:
        change(Registry(unit, actor, signer or world.signer(actor)))
        unit.commit()


def _policy(*rows):
    """Return the rules of the first row of the shipped policy, once for each (role, step, quorum)."""
    columns, first, *_ = csv.reader(io.StringIO(DEFAULT_POLICY.read_text("utf-8-sig")))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for number, (role, step, quorum) in enumerate(rows, start=1):
        row = dict(zip(columns, first, strict=True)) | {"rule": f"R{number}", "adds": role}
        writer.writerow(row | {"seq": step, "quorum": quorum})
    return PolicyRules(read_policy(text.getvalue().encode()))


def _close(world, ref, flag, condition, person, evidence="附件二已補。", **given):
    desk = world.reviews(person)
    answer = desk.propose_closing(ref, flag, condition, evidence, **given)
    return desk.record(answer, world.signer(person).sign(answer.statement, namespace=DECISION))


def _answer(world, ref, flag, person, opinion, **given):
    desk = world.reviews(person)
    answer = desk.propose_opinion(ref, flag, opinion, **given)
    return desk.record(answer, world.signer(person).sign(answer.statement, namespace=DECISION))


def _flag(world, ref, role):
    return next(flag.id for flag in world.case(ref).flags if flag.role == role and flag.status != SUPERSEDED)


class Unchanged:
    """A store in which a refusal has to leave everything as it was."""

    def __init__(self, world):
        self._world = world

    def __enter__(self):
        self._before = self._world.counts()

    def __exit__(self, *_):
        assert self._world.counts() == self._before


# Who may not decide, and why.


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
def test_a_drafter_decides_nothing_on_their_own_draft(world, action):
    _registry(world, lambda registry: registry.grant("alice", "dept_manager"))
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(SelfApprovalError) as refused:
        world.decide(ref, "alice", action)

    assert refused.value.code == "W031"


def test_who_drafted_an_earlier_revision_decides_nothing_either(world, otto):
    _registry(world, lambda registry: registry.grant("otto", "staff"))
    deal = world.negotiated()
    world.workspace("otto").get(deal.ref).draft()
    world.workspace().get(deal.ref).submit()
    ref = world.resolve_all(deal.ref)

    with Unchanged(world), pytest.raises(SelfApprovalError):
        world.decide(ref, "otto")


def test_who_submitted_decides_nothing_either(world, otto):
    _registry(world, lambda registry: registry.grant("otto", "staff"))
    deal = world.negotiated().draft()
    world.workspace("otto").get(deal.ref).submit()
    ref = world.resolve_all(deal.ref)

    with Unchanged(world), pytest.raises(SelfApprovalError):
        world.decide(ref, "otto")


def test_a_role_that_is_not_asked_for_decides_nothing(world):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(WrongRoleError, match="dept_manager, gm") as refused:
        world.decide(ref, "hana")

    assert refused.value.code == "W032"


def test_a_later_step_waits_for_the_earlier_one(world):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(NotYetYourTurnError, match="waits for dept_manager") as refused:
        world.decide(ref, "grace")

    assert refused.value.code == "W034"


def test_nobody_decides_twice_on_one_text(world, otto):
    ref = world.in_sign_off()
    receipt = world.decide(ref, "bob").event.receipt

    with Unchanged(world), pytest.raises(AlreadyDecidedError, match=receipt) as refused:
        world.decide(ref, "bob", "return")

    assert refused.value.code == "W035"


def test_nobody_fills_two_seats_whatever_roles_they_hold(world, otto):
    _registry(world, lambda registry: registry.grant("otto", "gm"))
    ref = world.in_sign_off()
    world.decide(ref, "otto", role="dept_manager")

    with Unchanged(world), pytest.raises(AlreadyDecidedError):
        world.decide(ref, "otto", role="gm")

    assert world.case(ref).state is State.SIGN_OFF


def test_nobody_decides_before_the_experts_have_answered(world):
    ref = world.submitted().ref

    with Unchanged(world), pytest.raises(ActionNotAllowedError):
        world.decide(ref, "bob")


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_an_expert_can_return_a_text_under_review_and_nothing_else(world, action):
    ref = world.submitted().ref

    with Unchanged(world), pytest.raises(ActionNotAllowedError):
        world.decide(ref, "lena", action)
    world.decide(ref, "lena", "return")

    assert world.case(ref).state is State.DRAFTING


def test_someone_nobody_knows_decides_nothing(world):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(UnknownPersonError) as refused:
        world.desk("zoe").propose(ref, "approve")

    assert refused.value.code == "W045"


def test_someone_without_a_key_decides_nothing(world):
    _registry(world, lambda registry: registry.add(NewPerson("otto", "王大同", roles=("dept_manager",))))
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(KeyRequiredError) as refused:
        world.desk("otto").propose(ref, "approve")

    assert refused.value.code == "W036"


def test_another_persons_key_decides_nothing(world):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(WrongKeyError) as refused:
        world.desk("bob").decide(ref, "approve", world.signer("grace"))

    assert refused.value.code == "W037"


def test_a_signature_made_for_another_purpose_decides_nothing(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")

    with Unchanged(world), pytest.raises(BadSignatureError, match="another purpose"):
        world.desk("bob").record(proposal, world.signer("bob").sign(proposal.statement, namespace=REGISTRY))


def test_a_signature_over_another_agreement_decides_nothing(world):
    first, second = world.in_sign_off(), world.in_sign_off()
    desk, signer = world.desk("bob"), world.signer("bob")
    of_the_first = signer.sign(desk.propose(first, "approve").statement, namespace=DECISION)

    with Unchanged(world), pytest.raises(BadSignatureError):
        desk.record(desk.propose(second, "approve"), of_the_first)


def test_a_person_with_two_open_seats_says_which(world, otto):
    rules = _policy(("dept_manager", 1, 1), ("gm", 1, 1))
    _registry(world, lambda registry: registry.grant("otto", "gm"))
    ref = world.submitted(rules=rules).ref

    with Unchanged(world), pytest.raises(ChooseCapacityError) as refused:
        world.decide(ref, "otto")
    recorded = world.decide(ref, "otto", role="gm")

    assert refused.value.code == "W033"
    assert recorded.event.payload["role"] == "gm"


@pytest.mark.parametrize("action", ["return", "reject"])
@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_no_needs_a_reason(world, action, reason):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(ReasonMissingError):
        world.decide(ref, "bob", action, reason=reason)


# What a decision is about.


def test_a_text_other_than_the_one_shown_is_not_signed(world):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(StaleDocumentError) as refused:
        world.decide(ref, "bob", expect="sha256:" + "0" * 64)

    assert (refused.value.code, refused.value.exit_code) == ("W044", 6)


@pytest.mark.parametrize("digits", [8, 16, 64])
def test_the_digest_that_was_shown_may_be_shortened(world, digits):
    ref = world.in_sign_off()
    shown = world.case(ref).submission.document[:digits]

    assert world.decide(ref, "bob", expect=f"sha256:{shown.upper()}").event.seq


def test_too_few_digits_of_a_digest_name_no_text(world):
    ref = world.in_sign_off()
    shown = world.case(ref).submission.document[:7]

    with pytest.raises(StaleDocumentError):
        world.desk("bob").propose(ref, "approve", expect=shown)


def test_a_proposal_stays_good_while_others_sign_the_same_text(world, otto):
    rules = _policy(("dept_manager", 1, 2))
    ref = world.submitted(rules=rules).ref
    proposal = world.desk("bob").propose(ref, "approve")
    world.decide(ref, "otto")

    recorded = world.desk("bob").record(
        proposal, world.signer("bob").sign(proposal.statement, namespace=DECISION)
    )

    assert recorded.case.state is State.APPROVED
    assert world.audit().findings == []


def test_a_proposal_is_stale_as_soon_as_the_text_is_another(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")
    signature = world.signer("bob").sign(proposal.statement, namespace=DECISION)
    world.decide(ref, "bob", "return")
    world.workspace().get(ref).submit()
    world.resolve_all(ref)

    with Unchanged(world), pytest.raises(StaleDocumentError):
        world.desk("bob").record(proposal, signature)


def test_a_changed_text_is_a_new_revision_and_keeps_the_earlier_decisions_as_void(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    world.workspace().get(ref).draft(_other_purpose(world)).submit()
    world.resolve_all(ref)

    case = world.case(ref)
    assert case.submission.revision == 2
    assert [(d.person, d.decision, d.revision) for d in case.decisions] == [
        ("bob", "approve", 1),
        ("grace", "return", 1),
    ]
    assert case.current_decisions == ()
    world.approve_all(ref)
    assert world.case(ref).state is State.APPROVED
    assert world.audit().findings == []


def test_a_text_that_comes_back_as_it_was_keeps_what_was_signed(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")

    world.workspace().get(ref).submit()

    case = world.case(ref)
    assert case.submission.changed == ()
    assert [(d.person, d.revision) for d in case.current_decisions] == [("bob", 1)]
    assert case.state is State.SIGN_OFF
    assert world.decide(ref, "grace").case.state is State.APPROVED
    assert world.audit().findings == []


def test_a_text_that_changes_and_changes_back_keeps_what_was_signed(world):
    terms = world.terms
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")

    world.workspace().get(ref).draft(_other_purpose(world)).draft(terms).submit()

    case = world.case(ref)
    assert (case.terms, case.submission.changed) == (terms.digest, ())
    assert [d.person for d in case.current_decisions] == ["bob"]
    assert world.audit().findings == []


def _other_purpose(world):
    return world.terms.model_copy(update={"purpose": "另一目的。"})


def test_a_rejection_that_others_can_outweigh_leaves_the_step_open(world, otto):
    ref = world.in_sign_off()

    recorded = world.decide(ref, "bob", "reject")

    assert recorded.case.state is State.SIGN_OFF
    assert recorded.case.outcome == ""
    world.decide(ref, "otto")
    world.decide(ref, "grace")
    case = world.case(ref)
    assert case.state is State.APPROVED
    assert [d.decision for d in case.decisions] == ["reject", "approve", "approve"]
    assert world.audit().findings == []


def test_a_rejection_that_leaves_too_few_returns_the_agreement_as_refused(world):
    ref = world.in_sign_off()

    recorded = world.decide(ref, "bob", "reject")

    assert (recorded.case.state, recorded.case.outcome) == (State.DRAFTING, "refused")
    assert world.audit().findings == []


def test_a_body_ends_at_the_rejection_that_makes_its_quorum_impossible(world, tmp_path):
    board = [f"director{number}" for number in range(1, 6)]
    for person in board:
        generate_key(tmp_path / person)
    world.signers = {**world.signers, **{p: load_signer(tmp_path / p, passphrase=None) for p in board}}
    _registry(
        world,
        lambda registry: [
            registry.add(NewPerson(person, "董事", roles=("board",)), world.signer(person).public_key)
            for person in board
        ],
    )
    ref = world.submitted(rules=_policy(("board", 1, 3))).ref

    states = [world.decide(ref, person, "reject").case.state for person in board[:3]]

    assert states == [State.SIGN_OFF, State.SIGN_OFF, State.DRAFTING]
    assert world.audit().findings == []


# What happened in between.


def test_a_role_taken_away_before_the_decision_is_recorded_counts(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")
    signature = world.signer("bob").sign(proposal.statement, namespace=DECISION)
    _registry(world, lambda registry: registry.revoke("bob", "dept_manager"))

    with Unchanged(world), pytest.raises(WrongRoleError):
        world.desk("bob").record(proposal, signature)


def test_a_key_ended_before_the_decision_is_recorded_counts(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")
    signature = world.signer("bob").sign(proposal.statement, namespace=DECISION)
    fingerprint = world.signer("bob").public_key.fingerprint
    _registry(world, lambda registry: registry.revoke_key("bob", fingerprint))

    with Unchanged(world), pytest.raises(KeyRequiredError):
        world.desk("bob").record(proposal, signature)


def test_an_ended_key_does_not_decide_beside_a_valid_one(world, tmp_path):
    generate_key(tmp_path / "new")
    new = load_signer(tmp_path / "new", passphrase=None)
    _registry(world, lambda registry: registry.add_key("bob", new.public_key))
    _registry(world, lambda registry: registry.revoke_key("bob", world.signer("bob").public_key.fingerprint))
    world.clock.advance(seconds=1)
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(WrongKeyError):
        world.decide(ref, "bob")
    world.desk("bob").decide(ref, "approve", new)

    assert world.audit().findings == []


def test_what_was_decided_stays_decided_when_the_role_and_the_key_are_gone(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.clock.advance(seconds=1)
    _registry(world, lambda registry: registry.revoke("bob", "dept_manager"))
    _registry(world, lambda registry: registry.revoke_key("bob", world.signer("bob").public_key.fingerprint))

    assert world.decide(ref, "grace").case.state is State.APPROVED
    assert world.audit().findings == []


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
def test_a_retry_under_the_same_name_records_nothing_new(world, action):
    ref = world.in_sign_off()
    first = world.decide(ref, "bob", action, once="try")

    with Unchanged(world):
        again = world.decide(ref, "bob", action, once="try")

    assert again.event == first.event


def test_a_proposal_recorded_twice_is_one_decision(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")
    signature = world.signer("bob").sign(proposal.statement, namespace=DECISION)
    first = world.desk("bob").record(proposal, signature)

    with Unchanged(world):
        again = world.desk("bob").record(proposal, signature)

    assert again.event == first.event


@pytest.mark.parametrize("table", ["event", "idempotency", "decision", "document"])
def test_an_approval_of_which_anything_cannot_be_kept_is_not_kept_at_all(world, table):
    ref = world.in_sign_off()
    with closing(sqlite3.connect(world.place.path)) as owner:
        owner.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'assent: full'); END"
        )

        with Unchanged(world), pytest.raises(TrailRefusedError, match="full"):
            world.decide(ref, "bob")
        owner.execute("DROP TRIGGER full")

    assert world.case(ref).decisions == ()
    assert world.decide(ref, "bob").case.decisions
    assert world.audit().findings == []


# Experts.


def test_an_opinion_comes_from_someone_with_that_expertise(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")

    with Unchanged(world), pytest.raises(WrongRoleError, match="needs dpo"):
        world.resolve(ref, flag, "lena")


def test_a_drafter_gives_no_opinion_on_their_own_draft(world):
    _registry(world, lambda registry: registry.grant("alice", "legal"))
    ref = world.submitted().ref

    with Unchanged(world), pytest.raises(SelfApprovalError):
        world.resolve(ref, _flag(world, ref, "legal"), "alice")


def test_a_flag_that_is_resolved_is_not_resolved_again(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    world.resolve(ref, flag, "dan")

    with Unchanged(world), pytest.raises(FlagSettledError) as refused:
        world.resolve(ref, flag, "dan")

    assert refused.value.code == "W048"


def test_a_flag_of_an_earlier_revision_is_not_resolved(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    world.decide(ref, "dan", "return")
    world.workspace().get(ref).submit()

    with Unchanged(world), pytest.raises(FlagSettledError, match="superseded"):
        world.resolve(ref, flag, "dan")


def test_an_expert_who_objected_may_change_their_mind(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    world.resolve(ref, flag, "dan", "object")
    assert world.case(ref).flag(flag).status == OBJECTED

    world.resolve(ref, flag, "dan")

    assert world.case(ref).flag(flag).status == CLEAR


@pytest.mark.parametrize(
    "opinion", [Opinion("clear", ""), Opinion("object", "  "), Opinion("conditions", "\n", "", (MUST,))]
)
def test_an_opinion_needs_its_reasoning(world, opinion):
    ref = world.submitted().ref

    with Unchanged(world), pytest.raises(ReasonMissingError):
        world.reviews("dan").propose_opinion(ref, _flag(world, ref, "dpo"), opinion)


def test_an_opinion_is_about_the_text_that_was_shown(world):
    ref = world.submitted().ref

    with Unchanged(world), pytest.raises(StaleDocumentError):
        world.resolve(ref, _flag(world, ref, "dpo"), "dan", expect="0" * 64)


def test_a_condition_blocks_until_someone_other_than_the_drafter_closes_it(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    world.resolve(ref, _flag(world, ref, "legal"), "lena")
    blocked = _answer(world, ref, flag, "dan", Opinion("conditions", "依個資法第八條。", "", (MUST,)))
    assert (blocked.case.state, blocked.case.flag(flag).status) == (State.EXPERT_REVIEW, CONDITIONS)

    with Unchanged(world), pytest.raises(SelfApprovalError):
        _close(world, ref, flag, "C-1", "alice")
    closed = _close(world, ref, flag, "C-1", "grace")

    assert closed.case.state is State.SIGN_OFF
    assert closed.case.flag(flag).conditions[0].closed_by == "grace"
    assert world.audit().findings == []


def test_a_condition_is_closed_by_its_expert_or_someone_who_is_to_sign(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    _answer(world, ref, flag, "dan", Opinion("conditions", "依個資法第八條。", "", (MUST,)))

    with Unchanged(world), pytest.raises(WrongRoleError):
        _close(world, ref, flag, "C-1", "ivan")

    _close(world, ref, flag, "C-1", "dan")


def test_a_condition_is_closed_once_with_evidence_and_by_its_name(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    _answer(world, ref, flag, "dan", Opinion("conditions", "依個資法第八條。", "", (MUST,)))

    with Unchanged(world), pytest.raises(ReasonMissingError):
        _close(world, ref, flag, "C-1", "grace", evidence=" ")
    with Unchanged(world), pytest.raises(UnknownFlagError, match="condition C-2"):
        _close(world, ref, flag, "C-2", "grace")
    with Unchanged(world), pytest.raises(UnknownFlagError, match="flag F-9"):
        _close(world, ref, "F-9", "C-1", "grace")
    _close(world, ref, flag, "C-1", "grace")
    with Unchanged(world), pytest.raises(FlagSettledError):
        _close(world, ref, flag, "C-1", "dan")


def test_a_question_raised_in_sign_off_goes_back_to_an_expert_and_blocks(world):
    ref = world.in_sign_off()

    raised = world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="是否扣繳？")

    assert raised.case.state is State.EXPERT_REVIEW
    with pytest.raises(ActionNotAllowedError):
        world.decide(ref, "bob")
    assert world.resolve(ref, raised.event.payload["flag"], "dora").case.state is State.SIGN_OFF


@pytest.mark.parametrize(
    ("role", "question", "error"),
    [
        ("tax", "", ReasonMissingError),
        ("wizard", "可乎？", UnknownRoleError),
        ("ehs", "可乎？", SeatUnfillableError),
    ],
)
def test_a_question_nobody_can_answer_is_not_asked(world, role, question, error):
    ref = world.in_sign_off()

    with Unchanged(world), pytest.raises(error):
        world.reviews("bob").raise_flag(ref, role=role, aspect="financial", question=question)


def test_a_retried_opinion_question_or_closing_records_nothing_new(world):
    ref = world.submitted().ref
    flag = _flag(world, ref, "dpo")
    asked = {"role": "tax", "aspect": "financial", "question": "是否扣繳？", "once": "a"}
    opinion = Opinion("conditions", "依個資法第八條。", "", (MUST,))
    first = [
        world.reviews("bob").raise_flag(ref, **asked),
        _answer(world, ref, flag, "dan", opinion, once="b"),
        _close(world, ref, flag, "C-1", "grace", once="c"),
    ]

    with Unchanged(world):
        again = [
            world.reviews("bob").raise_flag(ref, **asked),
            _answer(world, ref, flag, "dan", opinion, once="b"),
            _close(world, ref, flag, "C-1", "grace", once="c"),
        ]

    assert [r.event for r in again] == [r.event for r in first]


# Seats that nobody can fill.


def _drafted(world):
    return world.negotiated().draft()


def test_a_seat_nobody_holds_stops_the_submission(world):
    _registry(world, lambda registry: registry.revoke("grace", "gm"))
    deal = _drafted(world)

    with Unchanged(world), pytest.raises(SeatUnfillableError, match="1 needed, 0 could") as refused:
        deal.submit()

    assert refused.value.code == "W012"
    assert world.case(deal.ref).state is State.DRAFTING


def test_an_expertise_nobody_has_stops_the_submission(world):
    _registry(world, lambda registry: registry.revoke("dan", "dpo"))
    deal = _drafted(world)

    with Unchanged(world), pytest.raises(SeatUnfillableError, match="dpo"):
        deal.submit()


def test_a_drafter_who_holds_the_only_role_stops_the_submission(world):
    _registry(world, lambda registry: registry.revoke("bob", "dept_manager"))
    _registry(world, lambda registry: registry.grant("alice", "dept_manager"))
    deal = _drafted(world)

    with Unchanged(world), pytest.raises(SeatUnfillableError, match="dept_manager"):
        deal.submit()


def test_a_person_who_holds_two_needed_roles_stops_the_submission(world):
    _registry(world, lambda registry: registry.revoke("bob", "dept_manager"))
    _registry(world, lambda registry: registry.grant("grace", "dept_manager"))
    deal = _drafted(world)

    with Unchanged(world), pytest.raises(SeatUnfillableError):
        deal.submit()


def test_a_quorum_that_cannot_be_reached_stops_the_submission(world):
    deal = _drafted(world)

    rules = _policy(("gm", 1, 3))
    world.adopt(rules.policy)

    with Unchanged(world), pytest.raises(SeatUnfillableError, match="3 needed, 1 could"):
        world.workspace(rules=rules).get(deal.ref).submit()


def test_a_quorum_is_what_the_policy_says_and_not_what_is_there(world, otto):
    ref = world.submitted(rules=_policy(("dept_manager", 1, 2))).ref
    (seat,) = world.case(ref).submission.seats
    assert seat.quorum == 2

    assert world.decide(ref, "bob").case.state is State.SIGN_OFF
    _registry(world, lambda registry: registry.revoke("otto", "dept_manager"))
    with pytest.raises(WrongRoleError):
        world.decide(ref, "otto")

    assert world.case(ref).state is State.SIGN_OFF


def test_a_majority_is_more_than_half_of_the_body(world, otto):
    _registry(world, lambda registry: registry.grant("hana", "dept_manager"))
    _registry(world, lambda registry: registry.grant("ivan", "dept_manager"))
    ref = world.submitted(rules=_policy(("dept_manager", 1, "majority"))).ref
    (seat,) = world.case(ref).submission.seats
    assert seat.quorum == 3

    states = [world.decide(ref, person).case.state for person in ("bob", "otto", "hana")]

    assert states == [State.SIGN_OFF, State.SIGN_OFF, State.APPROVED]


# What is signed.


def _said(world, event):
    with world.store.begin() as unit:
        return read_statement(unit.get(event.signed.statement))


def test_the_statement_names_everything_the_decision_depends_on(world):
    ref = world.in_sign_off()
    before = world.case(ref)
    event = world.decide(ref, "bob", reason="同意。").event

    namespace, said = _said(world, event)

    assert namespace == DECISION
    assert said == {
        "log": said["log"],
        "agreement": ref,
        "revision": 1,
        "decision": "approve",
        "aspect": "commercial",
        "capacity": "dept_manager",
        "person": "bob",
        "name": "陳伯寧",
        "document": before.submission.document,
        "content": before.contract.content,
        "terms": before.terms,
        "policy": before.submission.policy,
        "seen": f"{before.seq} {before.head}",
        "reason": event.payload["reason"],
        "nonce": said["nonce"],
        "time": "2026-01-05T02:00:00Z",
    }


HOSTILE = [
    'ok"\ndecision: "reject"',
    'ok\ndecision: "reject"\nreason: "x"',
    "「同意」，但『附件二』須補；'引號' \"quotes\" \\ \\n \\u0022",
    "全形１２３｜直線　與 𠮷野家",
    "-----BEGIN SSH SIGNATURE-----",
]


@pytest.mark.parametrize("reason", HOSTILE)
def test_no_reason_changes_what_the_statement_says(world, reason):
    ref = world.in_sign_off()
    event = world.decide(ref, "bob", reason=reason, parts=()).event

    _, said = _said(world, event)

    assert (said["decision"], said["reason"]) == ("approve", event.payload["reason"])
    with world.store.begin() as unit:
        assert unit.note_text(event.payload["reason"]) == reason
        assert len(unit.get(event.signed.statement).decode().split("\n")) == len(said) + 3
    assert world.audit().findings == []


@pytest.mark.parametrize("name", ['王"大\\同', "王\u3000大同", 'O\'Hara, "Jack": 1'])
def test_no_name_changes_what_the_statement_says(world, tmp_path, name):
    generate_key(tmp_path / "otto")
    signer = load_signer(tmp_path / "otto", passphrase=None)
    person = NewPerson("otto", name, roles=("dept_manager",))
    _registry(world, lambda registry: registry.add(person, signer.public_key))
    ref = world.in_sign_off()

    event = world.desk("otto").decide(ref, "approve", signer).event

    _, said = _said(world, event)
    assert (said["name"], said["person"], said["decision"]) == (person.name, "otto", "approve")
    assert world.audit().findings == []


@pytest.mark.parametrize("name", ['王\ndecision: "approve"', "王\r大同", "王\u202e同大", " "])
def test_a_name_is_one_visible_line(name):
    with pytest.raises(InvalidInputError):
        NewPerson("otto", name)


def test_ssh_keygen_accepts_what_was_signed(world, tmp_path):
    ref = world.in_sign_off()
    event = world.decide(ref, "bob", reason="「同意」").event
    with world.store.begin() as unit:
        statement = unit.get(event.signed.statement)
    (tmp_path / "signature").write_text(event.signed.signature)
    (tmp_path / "allowed").write_text(f"bob {world.signer('bob').public_key.line}\n")

    command = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "bob", "-n", DECISION]
    checked = subprocess.run([*command, "-s", tmp_path / "signature"], input=statement, capture_output=True)

    assert checked.returncode == 0, checked.stderr


# The registry.


def test_only_an_administrator_changes_the_registry(world):
    for change in (
        lambda registry: registry.grant("bob", "admin"),
        lambda registry: registry.revoke("alice", "admin"),
        lambda registry: registry.add(NewPerson("otto", "王大同")),
        lambda registry: registry.add_key("bob", world.signer("bob").public_key),
        lambda registry: registry.revoke_key("bob", world.signer("bob").public_key.fingerprint),
    ):
        with Unchanged(world), pytest.raises(NotStaffError):
            _registry(world, change, actor="bob")


def test_another_persons_key_changes_nothing_in_the_registry(world):
    with Unchanged(world), pytest.raises(WrongKeyError):
        _registry(world, lambda registry: registry.grant("bob", "admin"), signer=world.signer("bob"))


def test_an_administrators_ended_key_changes_nothing_in_the_registry(world, tmp_path):
    generate_key(tmp_path / "new")
    new = load_signer(tmp_path / "new", passphrase=None)
    old = world.signer("alice").public_key.fingerprint
    _registry(world, lambda registry: registry.add_key("alice", new.public_key))
    _registry(world, lambda registry: registry.revoke_key("alice", old), signer=new)
    world.clock.advance(seconds=1)

    with Unchanged(world), pytest.raises(WrongKeyError):
        _registry(world, lambda registry: registry.grant("bob", "admin"))


def test_the_last_administrator_stays(world):
    with Unchanged(world), pytest.raises(LastAdministratorError) as refused:
        _registry(world, lambda registry: registry.revoke("alice", "admin"))
    _registry(world, lambda registry: registry.grant("bob", "admin"))
    _registry(world, lambda registry: registry.revoke("alice", "admin"))

    assert refused.value.code == "W038"
    with pytest.raises(NotStaffError):
        _registry(world, lambda registry: registry.grant("alice", "admin"))
    assert world.audit().findings == []


def test_a_key_belongs_to_one_person(world):
    with Unchanged(world), pytest.raises(PersonExistsError):
        _registry(world, lambda registry: registry.add_key("grace", world.signer("bob").public_key))
    with Unchanged(world), pytest.raises(PersonExistsError):
        _registry(
            world,
            lambda registry: registry.add(NewPerson("otto", "王大同"), world.signer("bob").public_key),
        )


def test_someone_is_entered_once(world):
    with Unchanged(world), pytest.raises(PersonExistsError):
        _registry(world, lambda registry: registry.add(NewPerson("bob", "另一人")))


def test_every_entry_names_the_one_before_it(world):
    _, said = _said(world, world.events("registry")[-1])

    assert said["number"] == len(world.events("registry"))
    assert said["after"] == world.events("registry")[-2].hash
    assert json.dumps(said["person"])

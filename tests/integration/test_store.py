"""One action is one transaction: it happened whole, once and in order, or not at all."""

from datetime import UTC, date, datetime

import pytest

from approvals.errors import BadSignatureError, SeatUnfillableError
from approvals.registry import Registry
from approvals.reviews import Opinion
from approvals.statements import DECISION
from workflow.actions import Action
from workflow.errors import (
    AmbiguousReferenceError,
    StaleError,
    StoreExistsError,
    StoreMissingError,
    UnknownReferenceError,
    UnprintableValueError,
)
from workflow.events import REGISTRY, Fact, Type
from workflow.execution import Execution
from workflow.lifecycle import State
from workflow.negotiation import Deal, Plan, Round
from workflow.places import find_place
from workflow.store import Store

PLAN = Plan.read({"purpose": "談妥客服維運。", "issues": [{"topic": "總價"}]})
ROUND = Round.read(
    {
        "held_on": date(2026, 1, 2),
        "attendees": ["何愛莉"],
        "summary": "議定總價。",
        "points": [{"topic": "總價", "status": "agreed", "value": "108,000 元"}],
    }
)
EXECUTION = Execution.read(
    {
        "signatories": [
            {
                "side": side,
                "name": "林志遠",
                "title": "董事長",
                "method": "signed",
                "on": "2026-01-05",
                "authority": "representative",
            }
            for side in ("ours", "theirs")
        ],
        "effective_on": "2026-01-05",
        "originals": 2,
        "holders": ["甲方", "乙方"],
        "consent_mode": "paper",
    }
)


# --- whole or not at all -------------------------------------------------------------------


def test_leaving_a_unit_without_commit_undoes_everything_in_it(world):
    before = world.counts()

    with world.store.begin() as unit:
        ref = unit.new_stream(2026)
        unit.put(b"a document")
        payload = {"kind": "services", "language": "en", "title": "T", "note": unit.note("a reason")}
        unit.append(ref, Fact(Type.CREATED, "alice", payload, State.PLANNING), key="k")

    assert world.counts() == before
    assert world.workspace().agreements() == []
    assert world.workspace().new("services", world.terms).ref == ref  # its number was not used up


def test_an_action_that_breaks_halfway_leaves_no_document_behind(world):
    agreement = world.negotiated()
    before = world.counts()

    def draft_and_break():
        with world.store.begin() as unit:
            Action(unit, "alice", world.workspace().rules).draft(unit.case(agreement.ref), None)
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        draft_and_break()

    assert world.counts() == before
    assert world.case(agreement.ref) == agreement.case


def test_a_refused_submission_leaves_nothing_behind(world):
    drafted = world.negotiated().draft()
    with world.store.begin() as unit:
        Registry(unit, "alice", world.signer("alice")).revoke("grace", "gm")
        unit.commit()
    before = world.counts()

    with pytest.raises(SeatUnfillableError):
        drafted.submit(note="請核")

    assert world.counts() == before
    assert world.audit().ok


def test_a_decision_with_a_wrong_signature_leaves_nothing_behind(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve", reason="同意")
    before = world.counts()

    with pytest.raises(BadSignatureError):
        world.desk("bob").record(proposal, world.signer("bob").sign(b"something else", namespace=DECISION))

    assert world.counts() == before


def test_a_deal_with_its_rounds_is_recorded_whole_or_not_at_all(world):
    odd = ROUND.model_copy(update={"summary": "\ud800"})  # cannot stand in the minutes
    deal = Deal(terms=world.terms, plan=PLAN, rounds=(ROUND, odd))
    before = world.counts()

    with pytest.raises(UnprintableValueError):
        world.workspace().new("services", deal)

    assert world.counts() == before


def test_a_store_is_not_made_where_there_is_one(world):
    before = world.counts()

    with pytest.raises(StoreExistsError):
        Store.create(world.place)

    assert world.counts() == before


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path):
    place = find_place(str(tmp_path / "none.db"))

    with pytest.raises(StoreMissingError):
        Store.open(place)

    assert list(tmp_path.iterdir()) == []


# --- stale handles -------------------------------------------------------------------------


def test_a_stale_handle_is_refused_and_nothing_is_lost(world):
    first = world.workspace().new("services", world.terms)
    second = world.workspace().get(first.ref)
    first.open()

    with pytest.raises(StaleError) as refused:
        second.withdraw(reason="不談了")

    assert (refused.value.code, refused.value.exit_code) == ("W043", 6)
    assert world.case(first.ref).state is State.NEGOTIATING
    assert [e.type for e in world.events(first.ref)] == [Type.CREATED, Type.OPENED]


def test_a_stale_handle_acts_again_once_it_is_refreshed(world):
    first = world.workspace().new("services", world.terms)
    second = world.workspace().get(first.ref)
    first.open()

    second.refresh().agree()

    assert world.case(first.ref).state is State.TERMS_AGREED


def test_a_decision_is_not_stale_because_someone_else_signed_the_same_text(world):
    ref = world.submitted().ref
    proposals = {
        who: world.reviews(who).propose_opinion(ref, flag.id, Opinion("clear", "無意見。"))
        for flag in world.case(ref).blocking_flags
        for who in (world.holder(flag.role),)
    }

    for who, answer in proposals.items():
        signature = world.signer(who).sign(answer.statement, namespace=DECISION)
        world.reviews(who).record(answer, signature)

    assert world.case(ref).state is State.SIGN_OFF


# --- doing it again ------------------------------------------------------------------------

#: The staff's part of a life, in order; ``None`` is where the experts and the approvers have theirs.
LIFE = (
    ("plan", lambda a, w, once: a.plan(PLAN, once=once)),
    ("open", lambda a, w, once: a.open(once=once)),
    ("round", lambda a, w, once: a.round(ROUND, once=once)),
    ("agree", lambda a, w, once: a.agree(once=once)),
    ("confirm", lambda a, w, once: a.confirm(once=once)),
    ("acknowledge", lambda a, w, once: a.acknowledge(w.reply, note="收到", once=once)),
    ("draft", lambda a, w, once: a.draft(once=once)),
    ("submit", lambda a, w, once: a.submit(note="請核", once=once)),
    ("(others)", None),
    ("execute", lambda a, w, once: a.execute(EXECUTION, signed_copy=w.reply, once=once)),
    ("activate", lambda a, w, once: a.activate(once=once)),
    ("terminate", lambda a, w, once: a.terminate(reason="到期", once=once)),
)


def test_every_staff_action_done_again_under_its_name_is_done_once(world):
    agreement = world.workspace().new("services", world.terms)

    for name, act in LIFE:
        if act is None:
            world.approve_all(world.resolve_all(agreement.ref))
            agreement.refresh()
            continue
        forgotten = world.workspace().get(agreement.ref)  # of a process that died before it heard back
        act(agreement, world, "attempt-1")
        before = world.counts()

        again = act(forgotten, world, "attempt-1")

        assert world.counts() == before, name
        assert again.case == agreement.case, name
    assert agreement.state is State.ENDED


@pytest.mark.parametrize("ending", ["renew", "terminate", "expire"])
def test_an_ending_done_again_under_its_name_is_done_once(sqlite_world, ending):
    agreement = sqlite_world.workspace().get(sqlite_world.approved()).execute(EXECUTION).activate()
    forgotten = sqlite_world.workspace().get(agreement.ref)
    getattr(agreement, ending)(reason="到期", once="attempt-1")
    before = sqlite_world.counts()

    getattr(forgotten, ending)(reason="到期", once="attempt-1")

    assert sqlite_world.counts() == before


def test_a_withdrawal_done_again_under_its_name_is_done_once(sqlite_world):
    agreement = sqlite_world.negotiated()
    forgotten = sqlite_world.workspace().get(agreement.ref)
    agreement.withdraw(reason="不做了", once="attempt-1")
    before = sqlite_world.counts()

    forgotten.withdraw(reason="不做了", once="attempt-1")

    assert sqlite_world.counts() == before


def test_a_staff_action_under_another_name_is_done_again(world):
    agreement = world.workspace().new("services", world.terms).open()

    agreement.round(ROUND, once="attempt-1")
    agreement.round(ROUND, once="attempt-2")

    assert len(agreement.case.rounds) == 2


def test_an_agreement_begun_again_under_its_name_is_the_same_one(world):
    deal = Deal(terms=world.terms, plan=PLAN, rounds=(ROUND, ROUND))
    first = world.workspace().new("services", deal, once="attempt-1")
    before = world.counts()

    second = world.workspace().new("services", deal, once="attempt-1")

    assert second.case == first.case
    assert world.counts() == before
    assert world.workspace().new("services", deal, once="attempt-2").ref != first.ref


def test_a_name_is_good_for_each_action_by_itself(world):
    agreement = world.workspace().new("services", world.terms, once="monday")

    agreement.open(once="monday").agree(once="monday")

    assert agreement.state is State.TERMS_AGREED


DECISIONS = {
    "approve": lambda w, ref, k: w.decide(ref, "bob", once=k),
    "return": lambda w, ref, k: w.decide(ref, "bob", "return", once=k),
    "reject": lambda w, ref, k: w.decide(ref, "bob", "reject", once=k),
    "raise_flag": lambda w, ref, k: w.reviews("bob").raise_flag(
        ref, role="finance", aspect="financial", question="預算？", once=k
    ),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_made_again_under_its_name_is_made_once(world, decision):
    ref = world.in_sign_off()
    first = DECISIONS[decision](world, ref, "attempt-1")
    before = world.counts()

    second = DECISIONS[decision](world, ref, "attempt-1")

    assert world.counts() == before
    assert second.event == first.event


def test_an_opinion_given_again_under_its_name_is_given_once(world):
    ref = world.submitted().ref
    flag = world.case(ref).blocking_flags[0]
    who = world.holder(flag.role)
    first = world.resolve(ref, flag.id, who, once="attempt-1")
    before = world.counts()

    second = world.resolve(ref, flag.id, who, once="attempt-1")

    assert world.counts() == before
    assert second.event == first.event


def test_a_proposal_recorded_twice_counts_once(world):
    ref = world.in_sign_off()
    proposal = world.desk("bob").propose(ref, "approve")
    signature = world.signer("bob").sign(proposal.statement, namespace=DECISION)
    first = world.desk("bob").record(proposal, signature)

    second = world.desk("bob").record(proposal, signature)

    assert second.event == first.event
    assert len(world.case(ref).decisions) == 1


def test_a_name_another_person_used_is_not_taken_for_ones_own(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob", once="monday")

    recorded = world.decide(ref, "grace", once="monday")

    assert recorded.event.actor == "grace"
    assert world.case(ref).state is State.APPROVED


# --- numbers and time ----------------------------------------------------------------------


def test_references_count_within_each_year_of_taiwan(world):
    refs = [world.workspace().new("services", world.terms).ref for _ in range(2)]
    world.clock.now = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    refs.append(world.workspace().new("services", world.terms).ref)
    world.clock.advance(seconds=1)  # midnight in Taipei
    refs.append(world.workspace().new("services", world.terms).ref)

    assert refs == ["AGR-2026-0001", "AGR-2026-0002", "AGR-2026-0003", "AGR-2027-0001"]


def test_a_clock_that_goes_back_never_moves_a_chain_back(world):
    agreement = world.workspace().new("services", world.terms)
    created = world.clock.now
    world.clock.advance(hours=-3)

    agreement.open()

    assert [event.at for event in world.events(agreement.ref)] == [created, created]
    assert _lines(world, agreement.ref)[-1]["clock"] == "2026-01-04T23:00:00Z"
    assert world.audit().ok


def test_the_clock_is_written_down_only_where_it_disagreed(world):
    agreement = world.workspace().new("services", world.terms)
    world.clock.advance(hours=1)

    agreement.open()

    assert all("clock" not in line for line in _lines(world, agreement.ref))
    assert world.events(agreement.ref)[-1].at == world.clock.now


def test_the_registry_keeps_its_time_too(world):
    for person, hours in (("bob", 5), ("grace", -3)):
        world.clock.advance(hours=hours)
        with world.store.begin() as unit:
            Registry(unit, "alice", world.signer("alice")).grant(person, "cfo")
            unit.commit()

    first, second = world.events(REGISTRY)[-2:]
    assert first.at == second.at
    assert _lines(world, REGISTRY)[-1]["clock"] == "2026-01-05T04:00:00Z"
    assert world.audit().ok


# --- references ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    ["AGR-2026-0002", "agr-2026-0002", " AGR-2026-0002 ", "2026-2", "2026-0002", "AGR-2", "2", "0002", "２"],
)
def test_an_agreement_answers_to_its_reference_and_its_short_forms(sqlite_world, given):
    for _ in range(2):
        sqlite_world.workspace().new("services", sqlite_world.terms)

    assert sqlite_world.workspace().get(given).ref == "AGR-2026-0002"


def test_an_agreement_answers_to_the_receipt_of_any_of_its_events(world):
    agreement = world.workspace().new("services", world.terms).open()

    for event in world.events(agreement.ref):
        assert world.workspace().get(event.receipt).ref == agreement.ref
        assert world.workspace().get(event.receipt.replace("-", "").upper()).ref == agreement.ref


def test_the_registry_is_no_agreement(world):
    receipt = world.events(REGISTRY)[0].receipt

    for given in (REGISTRY, receipt):
        with pytest.raises(UnknownReferenceError):
            world.workspace().get(given)


@pytest.mark.parametrize(
    "given", ["", " ", "-", "3", "AGR-", "AGR-2027-0001", "2027-1", "2026-1-1", "1.0", "-1", "²", "9" * 5000,
              "%", "_", "' OR 1=1 --", "0000-0000", "AGR-2026-0001#1", "\ud800", "\x00"]
)  # fmt: skip
def test_a_reference_nobody_has_is_refused(sqlite_world, given):
    sqlite_world.workspace().new("services", sqlite_world.terms)

    with pytest.raises(UnknownReferenceError) as refused:
        sqlite_world.workspace().get(given)

    assert (refused.value.code, refused.value.exit_code) == ("W040", 3)


def test_a_short_reference_that_two_agreements_have_is_refused(world):
    world.workspace().new("services", world.terms)
    world.clock.advance(days=365)
    world.workspace().new("services", world.terms)

    with pytest.raises(AmbiguousReferenceError, match="AGR-2026-0001, AGR-2027-0001") as refused:
        world.workspace().get("1")

    assert (refused.value.code, refused.value.exit_code) == ("W041", 3)
    assert world.workspace().get("2027-1").ref == "AGR-2027-0001"


def _lines(world, stream):
    with world.reader() as reader:
        return list(reader.lines(stream))

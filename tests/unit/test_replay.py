"""Replay: what each event adds to a case, and which histories cannot have happened."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workflow.case import Condition, DocumentRef, Flag, Seat
from workflow.errors import TrailRefusedError
from workflow.events import ACTION_OF, Event, Signed, Type
from workflow.lifecycle import State, targets
from workflow.replay import apply, replay

BEGAN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SIGNED = Signed("s" * 64, "-----BEGIN SSH SIGNATURE-----", "SHA256:bobs")
REGISTRY_TYPES = [kind for kind in Type if kind not in ACTION_OF]


def document(name="contract.docx", kind="services", revision=1):
    return {
        "kind": kind, "language": "zh-TW", "revision": revision, "audience": "both", "name": name,
        "content": "c" * 64, "file": "f" * 64, "size": 9000, "template": "t" * 64, "context": "x" * 64,
    }  # fmt: skip


SEAT = {"step": 20, "aspect": "commercial", "role": "dept_manager", "quorum": 1, "due": "", "rules": ["A01"]}
ASKED = {"flag": "F-1", "aspect": "legal", "role": "legal", "rules": ["L01"], "due": "2026-11-09"}
MUST = {"id": "F-1.1", "severity": "must", "text": "n" * 64}
SHOULD = {"id": "F-1.2", "severity": "should", "text": "m" * 64}
DECIDED = {
    "revision": 1,
    "aspect": "commercial",
    "role": "dept_manager",
    "document": "d1",
    "reason": "r" * 64,
}
# The least each type has to say.
SAID = {
    "created": {"kind": "services", "language": "zh-TW", "title": "T"},
    "planned": {"plan": "p1"},
    "opened": {},
    "round_held": {"round": "r1"},
    "terms_agreed": {"terms": "t1", "title": "Agreed"},
    "confirmation_sent": {"documents": [document("letter.docx", "confirmation-letter", 0)]},
    "confirmation_acknowledged": {},
    "drafted": {"terms": "t1", "title": "Drafted", "revision": 1, "documents": [document()]},
    "submitted": {
        "revision": 1, "document": "d1", "terms": "t1", "policy": "p", "trace": "t",
        "seats": [SEAT], "flags": [ASKED], "documents": [],
    },
    "flag_raised": {"flag": "F-2", "aspect": "data", "role": "dpo", "question": "q" * 64, "due": ""},
    "flag_resolved": {"flag": "F-1", "conclusion": "clear", "conditions": []},
    "flag_assigned": {"flag": "F-1", "person": "lena"},
    "flag_declined": {"flag": "F-1"},
    "condition_closed": {"flag": "F-1", "condition": "F-1.1"},
    "approved": DECIDED,
    "returned": DECIDED,
    "rejected": DECIDED,
    "recused": DECIDED,
    "excused": {**DECIDED, "member": "carl"},
    "retracted": {"retracts": 10},
    "executed": {"effective_on": "2026-12-01", "documents": [document("certificate.docx", "certificate")]},
    "activated": {},
    "renewed": {},
    "terminated": {},
    "expired": {},
    "withdrawn": {},
}  # fmt: skip
LIFE = (
    ("created", "planning", "alice"), ("planned", "planning", "alice"), ("opened", "negotiating", "alice"),
    ("round_held", "negotiating", "alice"), ("terms_agreed", "terms_agreed", "alice"),
    ("confirmation_sent", "confirming", "alice"), ("confirmation_acknowledged", "confirmed", "alice"),
    ("drafted", "drafting", "anna"), ("submitted", "expert_review", "amy"),
    ("flag_resolved", "sign_off", "lena"), ("approved", "approved", "bob"),
    ("executed", "executed", "alice"), ("activated", "in_force", "alice"),
)  # fmt: skip


def event(seq, kind, to, actor="alice", **said):
    payload = {**SAID[kind], **said} if kind in SAID else said
    signed = SIGNED if kind in ("approved", "returned", "rejected") else None
    at = BEGAN + timedelta(hours=seq)
    return Event("AGR-2026-0001", seq, f"{seq:064x}", at, Type(kind), actor, to, payload, signed)


def life(*more, until="activated"):
    """Return the events up to *until*, then *more*: (type, state, actor, what it says)."""
    steps = list(itertools.takewhile(lambda step: step[0] != until, LIFE))
    steps += [step for step in LIFE if step[0] == until]
    rows = [(*step, {}) for step in steps] + [(*step, {})[:4] for step in more]
    return [event(seq, kind, to, actor, **said) for seq, (kind, to, actor, said) in enumerate(rows, start=1)]


def case(*more, until):
    return replay(life(*more, until=until))


def reviewed():
    """Return a case that every type of event could follow, but for its state."""
    said = {"conclusion": "conditions", "conditions": [MUST]}
    return case(("flag_resolved", "expert_review", "lena", said), until="submitted")


# --- what each event adds ----------------------------------------------------------------


def test_an_agreement_is_created():
    new = case(until="created")

    assert (new.ref, new.kind, new.language, new.title, new.drafter) == (
        "AGR-2026-0001", "services", "zh-TW", "T", "alice",
    )  # fmt: skip
    assert (new.state, new.seq, new.head) == (State.PLANNING, 1, f"{1:064x}")
    assert new.created_at == new.at == BEGAN + timedelta(hours=1)
    assert (new.plan, new.terms, new.drafters) == ("", "", frozenset())


def test_an_agreement_may_be_created_with_a_plan_and_terms():
    (first,) = life(until="created")

    new = apply(None, replace(first, payload={**first.payload, "plan": "p0", "terms": "t0"}))

    assert (new.plan, new.terms) == ("p0", "t0")


def test_the_last_plan_counts():
    assert case(("planned", "planning", "alice", {"plan": "p2"}), until="planned").plan == "p2"


def test_rounds_add_up():
    more = [("round_held", "negotiating", "alice", {"round": "r2"})]

    assert case(*more, until="round_held").rounds == ("r1", "r2")


def test_a_round_after_the_agreement_reopens_the_talks():
    assert case(("round_held", "negotiating", "alice"), until="confirmation_sent").state is State.NEGOTIATING


def test_agreed_terms_bring_their_title_and_whether_a_formal_contract_is_required():
    said = {"formal_contract": {"required": True, "rule": "A03"}}
    agreed = case(("terms_agreed", "terms_agreed", "alice", said), until="round_held")

    assert (agreed.terms, agreed.title, agreed.formal_contract) == ("t1", "Agreed", (True, "A03"))
    assert case(until="terms_agreed").formal_contract is None


def test_a_draft_makes_its_author_a_drafter_and_brings_the_contract():
    drafted = case(until="drafted")

    assert (drafted.revision, drafted.title, drafted.contract.name) == (1, "Drafted", "contract.docx")
    assert drafted.drafters == {"alice", "anna"}


def test_whoever_submits_is_a_drafter_too():
    assert case(until="submitted").drafters == {"alice", "anna", "amy"}


def test_a_submission_keeps_what_was_put_forward_and_what_was_asked():
    submitted = case(until="submitted")

    assert submitted.submission.seats == (Seat(20, "commercial", "dept_manager", 1, "", ("A01",)),)
    assert (submitted.submission.document, submitted.submission.policy) == ("d1", "p")
    assert (submitted.submission.submitted_by, submitted.submission.seq) == ("amy", submitted.seq)
    assert submitted.flags == (Flag("F-1", "legal", "legal", 1, "policy", ("L01",), "", "2026-11-09"),)


def test_a_submission_may_issue_the_contract_again():
    again = {"documents": [document("contract-r2.docx", revision=2)], "revision": 2}
    submitted = case(("submitted", "sign_off", "amy", again), until="drafted")

    assert (submitted.contract.name, submitted.revision) == ("contract-r2.docx", 2)


def test_a_new_submission_supersedes_what_the_policy_asked_and_keeps_what_a_person_asked():
    later = case(
        ("flag_raised", "expert_review", "bob"),
        ("returned", "drafting", "bob"),
        ("submitted", "expert_review", "amy", {"revision": 2, "flags": [ASKED | {"flag": "F-3"}]}),
        until="submitted",
    )

    assert {flag.id: flag.status for flag in later.flags} == {
        "F-1": "superseded",
        "F-2": "open",
        "F-3": "open",
    }
    assert [flag.id for flag in later.blocking_flags] == ["F-2", "F-3"]
    assert later.flag_count == 3


def test_a_person_can_raise_a_flag():
    raised = case(("flag_raised", "expert_review", "bob"), until="submitted")

    assert raised.flag("f-2") == Flag("F-2", "data", "dpo", 1, "bob", (), "q" * 64, "")
    assert raised.flag("F-9") is None


@pytest.mark.parametrize(
    ("conclusion", "conditions", "status", "blocks"),
    [
        ("clear", [], "clear", False),
        ("object", [], "objected", True),
        ("conditions", [MUST], "conditions", True),
        ("conditions", [SHOULD], "conditions", False),
    ],
)
def test_an_experts_opinion_settles_a_flag_or_keeps_it_blocking(conclusion, conditions, status, blocks):
    said = {"conclusion": conclusion, "conditions": conditions}
    resolved = case(("flag_resolved", "expert_review", "lena", said), until="submitted")

    assert (resolved.flag("F-1").status, resolved.flag("F-1").expert) == (status, "lena")
    assert bool(resolved.blocking_flags) is blocks


def test_a_flag_stops_blocking_when_its_last_must_condition_is_closed():
    conditions = [MUST, MUST | {"id": "F-1.3"}, SHOULD]
    steps = (
        ("flag_resolved", "expert_review", "lena", {"conclusion": "conditions", "conditions": conditions}),
        ("condition_closed", "expert_review", "lena"),
        ("condition_closed", "sign_off", "lena", {"condition": "F-1.3"}),
    )

    assert case(*steps[:2], until="submitted").blocking_flags
    closed = case(*steps, until="submitted")
    assert not closed.blocking_flags
    assert closed.flag("F-1").conditions[0] == Condition("F-1.1", "must", "n" * 64, "lena")


@pytest.mark.parametrize(
    ("kind", "to", "word"),
    [
        ("approved", "sign_off", "approve"),
        ("returned", "drafting", "return"),
        ("rejected", "sign_off", "reject"),
    ],
)
def test_a_decision_is_kept_with_its_key_and_receipt(kind, to, word):
    decided = case((kind, to, "bob"), until="flag_resolved")

    (decision,) = decided.decisions
    assert (decision.person, decision.decision, decision.document) == ("bob", word, "d1")
    assert (decision.key, decision.receipt, decision.seq) == (SIGNED.key, "0000-0000", decided.seq)
    assert decided.current_decisions == decided.decisions
    assert decided.outcome == ""


def test_a_rejection_that_sends_the_agreement_back_marks_it_refused():
    assert case(("rejected", "drafting", "bob"), until="flag_resolved").outcome == "refused"


def test_decisions_about_an_earlier_submission_count_no_longer_and_are_not_forgotten():
    later = case(
        ("approved", "sign_off", "bob"),
        ("returned", "drafting", "dora"),
        ("submitted", "sign_off", "amy", {"flags": []}),
        until="flag_resolved",
    )

    assert [decision.person for decision in later.decisions] == ["bob", "dora"]
    assert later.current_decisions == ()


def test_documents_add_up_with_the_event_that_issued_them():
    names = [(each.name, each.seq) for each in case(until="executed").documents]

    assert names == [("letter.docx", 6), ("contract.docx", 8), ("certificate.docx", 12)]
    assert case(until="drafted").documents[1] == DocumentRef(**document(), seq=8)


def test_execution_tells_when_the_agreement_takes_effect():
    assert case(until="executed").effective_on == "2026-12-01"


@pytest.mark.parametrize("kind", ["renewed", "terminated", "expired"])
def test_an_agreement_in_force_ends_in_three_ways(kind):
    ended = case((kind, "ended", "alice"), until="activated")

    assert (ended.state, ended.outcome) == (State.ENDED, kind)


def test_an_agreement_can_be_withdrawn():
    assert case(("withdrawn", "withdrawn", "alice"), until="approved").outcome == "withdrawn"


def test_each_event_moves_the_case_and_its_head():
    for events in (life()[:length] for length in range(1, len(LIFE) + 1)):
        told = replay(events)

        assert (told.state, told.seq, told.head, told.at) == (
            State(events[-1].to), events[-1].seq, events[-1].hash, events[-1].at,
        )  # fmt: skip


def test_replay_is_the_same_as_applying_one_by_one():
    told = None
    for each in life():
        told = apply(told, each)

    assert told == replay(life())


# --- what cannot have happened -----------------------------------------------------------


@pytest.mark.parametrize("kind", ACTION_OF)
@pytest.mark.parametrize("state", State)
def test_only_the_state_table_says_where_an_event_may_lead(kind, state):
    before = replace(reviewed(), state=state)

    for to in State:
        if to in targets(ACTION_OF[kind], state):
            assert apply(before, event(10, kind.value, to.value)).state is to
        else:
            with pytest.raises(TrailRefusedError, match="AGR-2026-0001#10"):
                apply(before, event(10, kind.value, to.value))


def test_no_events_are_no_agreement():
    with pytest.raises(TrailRefusedError, match="no events"):
        replay([])


@pytest.mark.parametrize("gone", [kind for kind, _, _ in LIFE[:-1] if kind not in ("planned", "round_held")])
def test_refuses_a_history_that_lacks_a_step(gone):
    events = [each for each in life() if each.type != gone]

    with pytest.raises(TrailRefusedError):
        replay(events)


@pytest.mark.parametrize("to", ["approved", "drafting", "", "nowhere"])
def test_an_agreement_begins_in_planning(to):
    with pytest.raises(TrailRefusedError, match="begins by being created"):
        replay([event(1, "created", to)])


def test_an_agreement_is_created_once():
    with pytest.raises(TrailRefusedError):
        replay([event(1, "created", "planning"), event(2, "created", "planning")])


@pytest.mark.parametrize("kind", REGISTRY_TYPES)
@pytest.mark.parametrize("before", [None, "submitted"])
def test_the_registrys_events_do_not_belong_to_an_agreement(kind, before):
    with pytest.raises(TrailRefusedError, match="does not belong to an agreement"):
        apply(before and case(until=before), event(2, kind.value, ""))


@pytest.mark.parametrize("to", ["nowhere", "APPROVED", "", None, 7, []])
def test_refuses_a_state_nobody_heard_of(to):
    with pytest.raises(TrailRefusedError):
        apply(case(until="created"), replace(event(2, "planned", "planning"), to=to))


REQUIRED = [
    (kind, key)
    for kind, said in SAID.items()
    for key in said
    # Documents are optional but for a draft and a submission.
    if (kind, key) not in (("confirmation_sent", "documents"), ("executed", "documents"))
]


def before(kind):
    state = next(State(source) for source in State if targets(ACTION_OF[Type(kind)], State(source)))
    return replace(reviewed(), state=state), targets(ACTION_OF[Type(kind)], state)[0]


def attempt(kind, payload):
    if kind == "created":
        return apply(None, replace(event(1, "created", "planning"), payload=payload))
    earlier, to = before(kind)
    return apply(earlier, replace(event(10, kind, to.value), payload=payload))


@pytest.mark.parametrize(("kind", "key"), REQUIRED)
def test_refuses_an_event_that_lacks_what_it_has_to_say(kind, key):
    assert attempt(kind, SAID[kind])
    with pytest.raises(TrailRefusedError, match="cannot be read"):
        attempt(kind, {name: said for name, said in SAID[kind].items() if name != key})


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("drafted", {"documents": []}),
        ("drafted", {"documents": [document(kind="minutes")]}),
        ("drafted", {"documents": [{"kind": "services"}]}),
        ("drafted", {"documents": [document() | {"colour": "red"}]}),
        ("drafted", {"documents": 5}),
        ("drafted", {"revision": "first"}),
        ("drafted", {"revision": float("inf")}),
        ("submitted", {"seats": [{"step": 1}]}),
        ("submitted", {"flags": [{}]}),
        ("submitted", {"revision": None}),
        ("flag_resolved", {"flag": "F-9"}),
        ("flag_resolved", {"flag": None}),
        ("flag_resolved", {"conclusion": "maybe"}),
        ("flag_resolved", {"conditions": [{}]}),
        ("condition_closed", {"flag": "F-9"}),
        ("condition_closed", {"condition": "F-1.9"}),
        ("approved", {"revision": []}),
    ],
)
def test_refuses_an_event_whose_content_makes_no_sense(kind, changes):
    with pytest.raises(TrailRefusedError, match="cannot be read"):
        attempt(kind, SAID[kind] | changes)


@pytest.mark.parametrize("payload", [None, 7, "text", [], [["kind", "services"]]])
@pytest.mark.parametrize("kind", ["created", "planned", "drafted", "submitted", "approved", "executed"])
def test_refuses_a_payload_that_is_no_record(kind, payload):
    with pytest.raises(TrailRefusedError, match="cannot be read"):
        attempt(kind, payload)

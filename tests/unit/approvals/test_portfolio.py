"""The portfolio: what speaks for which row, and for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.assessments import Judgement, assessments_of, payload_of
from approvals.competency import DEFAULT_UNIT, find_unit
from approvals.portfolio import Work, portfolio_of
from workflow.events import ACTION_OF, ASSESSMENTS, Event, Type

FEW = settings(max_examples=100, deadline=None, database=None)
UNIT = find_unit(DEFAULT_UNIT)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def paper(name, kind, digest="d"):
    return {"name": name, "kind": kind, "file": digest * 64}


def work(*facts, ref="AGR-2026-0001", plans=None):
    """Return an agreement of events (actor, type, payload), an hour apart."""
    events = tuple(
        Event(ref, seq, f"{seq:064x}", BEGAN + timedelta(hours=seq), Type(kind), actor, "", said)
        for seq, (actor, kind, said) in enumerate(facts, start=1)
    )
    return Work(ref, "services", events, plans or {})


def portfolio(*works, candidate="alice", assessments=()):
    return portfolio_of(candidate, UNIT, works, assessments)


def pieces(found, row):
    return [(a.event, a.document or a.type) for a in found.row(row).artefacts]


DEAL = work(
    ("alice", "created", {"plan": "p"}),
    ("alice", "opened", {"documents": [paper("plan.docx", "negotiation-plan")]}),
    ("alice", "drafted", {"documents": [paper("deal.docx", "services")]}),
    ("alice", "submitted", {}),
    ("lena", "flag_resolved", {"documents": [paper("advice.docx", "opinion")]}),
    ("bob", "approved", {"documents": [paper("sheet.docx", "approval-sheet")]}),
    ("alice", "executed", {"signed_copy": {"name": "signed.pdf", "sha256": "e" * 64}}),
    plans={"p": {"purpose": "客服", "marketing_focus": "", "issues": [{"topic": "單價"}]}},
)


def test_what_others_did_for_an_agreement_speaks_for_whoever_drafted_it():
    assert pieces(portfolio(DEAL), "P3.2") == [
        ("AGR-2026-0001#4", "submitted"),
        ("AGR-2026-0001#5", "advice.docx"),
        ("AGR-2026-0001#6", "approved"),
        ("AGR-2026-0001#6", "sheet.docx"),
    ]


def test_for_anybody_else_only_what_they_did_themselves_speaks():
    found = portfolio(DEAL, candidate="lena")

    assert pieces(found, "P3.3") == [
        ("AGR-2026-0001#5", "flag_resolved"),
        ("AGR-2026-0001#5", "advice.docx"),
    ]
    assert pieces(found, "P3.2") == [("AGR-2026-0001#5", "advice.docx")]
    assert not pieces(found, "P3.1")


def test_the_contract_is_a_document_of_the_agreements_own_kind():
    assert ("AGR-2026-0001#3", "deal.docx") in pieces(portfolio(DEAL), "P3.1")


def test_what_was_attached_is_evidence_by_its_own_digest():
    attached = [a for a in portfolio(DEAL).row("O1").artefacts if a.document == "signed.pdf"]

    assert [(a.event, a.digest) for a in attached] == [("AGR-2026-0001#7", "e" * 64)]


def test_a_plan_speaks_for_what_it_says_something_of():
    found = portfolio(DEAL)

    assert pieces(found, "K2") == [("AGR-2026-0001#1", "created")]
    assert not pieces(found, "P2.2")


def test_a_task_gathers_what_speaks_for_its_rows_each_piece_once():
    found = portfolio(DEAL)
    below = {piece for row in ("P3.1", "P3.2", "P3.3") for piece in pieces(found, row)}

    assert below <= set(pieces(found, "T3"))
    assert len(pieces(found, "T3")) == len(set(pieces(found, "T3")))


def test_there_is_nothing_yet_for_somebody_who_did_nothing():
    found = portfolio(DEAL, candidate="carol")

    assert len(found.rows) == 46
    assert not found.artefacts
    assert all(shown.newest is None and shown.judged is None for shown in found.rows)


def test_the_newest_is_the_last_of_all_agreements():
    later = work(("alice", "created", {}), *[("alice", "submitted", {})] * 9, ref="AGR-2026-0002")

    assert portfolio(later, DEAL).row("P3.2").newest.event == "AGR-2026-0002#10"


def test_the_last_judgement_of_a_row_stands_and_the_others_stay():
    events = [
        Event(
            ASSESSMENTS, seq, f"{seq:064x}", BEGAN, Type.ASSESSED, who, "",
            payload_of(Judgement("alice", DEFAULT_UNIT, row, word, "report", reason="。"), (), ""),
        )
        for seq, (who, row, word) in enumerate(
            [("zoe", "P3.2", "not-yet"), ("zoe", "K1", "met"), ("yan", "P3.2", "met")], start=1
        )
    ]  # fmt: skip

    found = portfolio(DEAL, assessments=assessments_of(events, "alice", DEFAULT_UNIT))

    assert [one.judgement for one in found.row("p3.2").judgements] == ["not-yet", "met"]
    assert found.row("P3.2").judged.assessor == "yan"
    assert found.judged == 2


_ACTORS = st.sampled_from(["alice", "bob", "lena"])
_FACTS = st.tuples(_ACTORS, st.sampled_from([kind.value for kind in ACTION_OF]), st.just({}))


@FEW
@given(st.lists(_FACTS, max_size=12), _ACTORS)
def test_nothing_of_an_agreement_somebody_had_no_part_in_speaks_for_them(facts, candidate):
    deal = work(*facts)
    found = portfolio(deal, candidate=candidate)
    own = {event.seq for event in deal.events if event.actor == candidate}

    if not deal.drafted_by(candidate):
        assert {a.seq for a in found.artefacts} <= own
    if not own:
        assert not found.artefacts


_SECOND, _EMPTY = work(("alice", "created", {}), ref="AGR-2026-0002"), work(ref="AGR-2026-0003")


@FEW
@given(st.permutations([DEAL, _SECOND, _EMPTY]))
def test_the_order_in_which_agreements_come_changes_nothing(works):
    assert portfolio(*works).rows == portfolio(DEAL, *(one for one in works if one is not DEAL)).rows


@pytest.mark.parametrize("row", UNIT.rows, ids=lambda row: row.id)
def test_every_row_is_shown(row):
    assert portfolio(DEAL).row(row.id).row is row

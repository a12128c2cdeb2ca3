"""Assessors stand apart, and a judgement says what was seen."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.assessments import (
    OF_RECORDS,
    Assessment,
    Cited,
    Judgement,
    assessments_of,
    fields_of,
    lacking,
    latest,
    payload_of,
    read_assessment,
    require_sound,
)
from approvals.assessors import require_apart, require_no_assessor, stand_apart, taking_part
from approvals.directory import Person
from approvals.errors import AssessorOnlyError, NothingSeenError, RolesApartError
from approvals.labels import JUDGEMENTS, METHODS, ROLES
from approvals.registry import NewPerson
from approvals.statements import ASSESSMENT, DECISION, REGISTRY, purpose_of, read_statement, write_statement
from workflow.errors import InvalidInputError
from workflow.events import ASSESSMENTS, Event, Type
from workflow.events import REGISTRY as PEOPLE

FEW = settings(max_examples=100, deadline=None, database=None)
AT = datetime(2026, 11, 23, tzinfo=UTC)
UNIT = "BGM4R0450v2"


def event(seq, kind=Type.APPROVED, actor="bob", **said):
    return Event("AGR-2026-0001", seq, f"{seq:064x}", AT, kind, actor, "", said)


def judged(seq, row="P3.2", judgement="met", candidate="alice", unit=UNIT, evidence=()):
    said = Judgement(candidate, unit, row, judgement, "documents")
    payload = payload_of(said, evidence, "")
    return Event(ASSESSMENTS, seq, f"{seq:064x}", AT, Type.ASSESSED, "zoe", "", payload)


@FEW
@given(st.sets(st.sampled_from(sorted(ROLES))))
def test_an_assessor_holds_no_other_role(roles):
    assert stand_apart(roles) == (len(roles) == 1 or not roles & {"assessor", "sealer"})


def test_refuses_both_roles_at_once_whoever_enters_them():
    with pytest.raises(RolesApartError) as refusal:
        NewPerson("zoe", "趙評", roles=("staff", "assessor"))
    with pytest.raises(RolesApartError):
        require_apart("zoe", {"assessor", "admin"})

    assert refusal.value.explain()[0] == "zoe cannot be assessor, staff at once"
    require_apart("zoe", {"assessor"})
    require_apart("bob", {"staff", "admin"})


def test_an_assessor_does_nothing_else():
    with pytest.raises(AssessorOnlyError, match="zoe cannot approve 42"):
        require_no_assessor(Person("zoe", "趙評", roles=frozenset({"assessor"})), "approve 42")

    require_no_assessor(Person("bob", "陳伯寧", roles=frozenset({"staff"})), "approve 42")


def test_whoever_acts_takes_part_and_so_does_whom_a_deputy_decided_for():
    events = [event(1, Type.CREATED, "alice"), event(2, actor="hana", **{"for": "bob"})]

    assert taking_part(events) == {"alice", "hana", "bob"}
    assert taking_part([]) == frozenset()


@pytest.mark.parametrize("method", METHODS)
def test_a_judgement_says_what_was_seen(method):
    assert lacking(method, seen=False, told=False)
    assert not lacking(method, seen=True, told=False)
    assert bool(lacking(method, seen=False, told=True)) == (method in OF_RECORDS)


@pytest.mark.parametrize(("judgement", "method"), [("competent", "documents"), ("met", "hearsay")])
def test_refuses_words_that_are_none_of_ours(judgement, method):
    with pytest.raises(InvalidInputError, match="is not one of"):
        require_sound(Judgement("alice", UNIT, "P3.2", judgement, method, (("AGR-2026-0001", 1),)))


def test_refuses_a_judgement_that_says_nothing():
    with pytest.raises(NothingSeenError):
        require_sound(Judgement("alice", UNIT, "M3.1", "met", "observation"))

    require_sound(Judgement("alice", UNIT, "M3.1", "met", "observation", reason="現場觀察"))


def test_an_event_reads_back_as_what_was_judged():
    cited = Cited("AGR-2026-0001#7", "a" * 64)

    found = read_assessment(judged(3, evidence=[cited]))

    assert found == Assessment(
        3, f"{3:064x}", AT, "zoe", "alice", UNIT, "P3.2", "met", "documents", (cited,), ""
    )
    assert (cited.stream, cited.seq) == ("AGR-2026-0001", 7)
    assert Cited("nowhere", "a").seq == Cited("AGR#٣", "a").seq == 0


def test_reads_no_other_event_as_an_assessment():
    with pytest.raises(ValueError, match="is no assessment"):
        read_assessment(event(1))


def test_the_last_judgement_of_a_row_stands():
    events = [judged(1), judged(2, row="T1"), judged(3, judgement="not-yet"), judged(4, candidate="bob")]

    found = assessments_of(events, "alice", UNIT)

    assert [one.seq for one in found] == [1, 2, 3]
    assert {row: one.seq for row, one in latest(found).items()} == {"P3.2": 3, "T1": 2}
    assert not assessments_of(events, "alice", "BGM4R0450v1")


_REFS = st.builds(
    "AGR-{}-{:04d}#{}".format, st.integers(2020, 2100), st.integers(1, 99999), st.integers(1, 999)
)


@FEW
@given(st.lists(st.builds(Cited, _REFS, st.text("0123456789abcdef", min_size=64, max_size=64)), max_size=5))
def test_two_lists_of_evidence_never_have_one_statement(evidence):
    payload = payload_of(Judgement("alice", UNIT, "P3.2", "met", "documents"), evidence, "d1")
    fields = fields_of(payload)

    namespace, said = read_statement(write_statement(ASSESSMENT, log="log", at=AT, fields=fields))

    assert namespace == ASSESSMENT
    pieces = str(said["evidence"]).split(", ") if said["evidence"] else []
    assert [tuple(piece.split(" ")) for piece in pieces] == [(one.ref, one.digest) for one in evidence]
    assert said["reason"] == "d1"


def test_each_chain_is_signed_for_a_purpose_of_its_own():
    purposes = [purpose_of(stream) for stream in (PEOPLE, ASSESSMENTS, "AGR-2026-0001")]

    assert purposes == [REGISTRY, ASSESSMENT, DECISION]


def test_no_word_of_a_judgement_says_that_somebody_is_competent():
    assert set(JUDGEMENTS) == {"met", "not-yet", "more-evidence"}

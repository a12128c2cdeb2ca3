"""Words that were erased by request are gone everywhere, and everything still verifies."""

import importlib.util
import io
import json
import shutil
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from approvals.assessing import AssessmentDesk
from approvals.assessments import Judgement
from approvals.dossier import files_of, read_dossier
from approvals.erasure import erase, propose_erasure
from approvals.errors import NothingToEraseError
from approvals.forgery import Forgery
from approvals.registry import Registry
from approvals.reviews import Opinion
from approvals.statements import DECISION
from workflow.case import Condition
from workflow.errors import ErasedError, NotStaffError, StaleError, TrailRefusedError


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles = _beside("bundles")
WORDS = "我在離職前核准，請勿對外揭露我的病史。"
REQUEST = "陳伯寧 115年11月20日來函"


@pytest.fixture
def office(world):
    """A store in which bob gave a reason that is personal, and an approval sheet repeats it."""
    world.ref = world.in_sign_off()
    world.seq = world.decide(world.ref, "bob", reason=WORDS).event.seq
    world.decide(world.ref, "grace", reason="同意。")
    return world


def erased(office, *, person="alice"):
    with office.store.begin() as unit:
        erasure = propose_erasure(unit, office.ref, office.seq)
        erase(unit, person, office.signer(person), erasure, REQUEST)
        unit.commit()
    return erasure


def everything(office):
    """Return every text and every byte the store holds of what people wrote and what was made of it."""
    with office.reader() as reader:
        notes = [row["text"].encode() for row in reader.rows("SELECT text FROM note")]
        return notes + [bytes(row["body"]) for row in reader.rows("SELECT body FROM content")]


def holds(bodies, words):
    spellings = {words.encode(), json.dumps(words).strip('"').encode()}
    return [body for body in bodies if any(each in body for each in spellings)]


def test_the_words_are_gone_and_everything_still_verifies(office):
    assert holds(everything(office), WORDS)

    erasure = erased(office)

    assert holds(everything(office), WORDS) == []
    assert {paper.kind for paper in erasure.papers} == {"approval-sheet"}
    assert len(erasure.papers) == 2, "the sheet issued with it, and the one after"
    assert office.audit().findings == []
    with office.store.begin() as unit:
        event = unit.events(office.ref)[office.seq - 1]
        assert unit.note_text(event.payload["reason"]) == ""
        with pytest.raises(ErasedError):
            unit.get(erasure.papers[0].file)


def test_everything_else_stays(office):
    before = office.counts()

    erasure = erased(office)

    after = office.counts()
    assert before["note"] - after["note"] == 1
    # The statement by which it was entered is new.
    assert before["content"] - after["content"] == len(erasure.digests) - 1 - 1
    assert (after["event"], after["idempotency"]) == (before["event"] + 1, before["idempotency"])
    with office.reader() as reader:
        assert reader.note(office.case(office.ref).decisions[-1].reason) == "同意。"
        assert reader.content(office.case(office.ref).contract.file)


def test_it_is_recorded_who_asked_and_who_erased_it(office):
    erased(office)

    entry = office.events("registry")[-1]
    assert (entry.type, entry.actor) == ("erased", "alice")
    assert entry.payload["event"] == f"{office.ref}#{office.seq}"
    assert entry.payload["request"] == REQUEST


def test_only_an_administrator_erases(office):
    before = office.counts()

    with pytest.raises(NotStaffError):
        erased(office, person="bob")

    assert office.counts() == before


@pytest.mark.parametrize("again", [False, True])
def test_an_event_without_words_has_none_to_erase(office, again):
    if again:
        erased(office)
    with office.store.begin() as unit, pytest.raises(NothingToEraseError):
        propose_erasure(unit, office.ref, office.seq if again else 1)


def test_what_was_not_erased_cannot_be_removed(office):
    from sqlalchemy import text

    from workflow.store import _explained

    erased(office)
    for table in ("note", "content"):
        with (
            office.store.begin() as unit,
            pytest.raises(TrailRefusedError, match="append-only"),
            _explained(office.place),
        ):
            unit._session.execute(text(f"DELETE FROM {table}"))


def test_the_agreement_goes_on(office):
    erased(office)
    staff = office.workspace().get(office.ref)
    staff.withdraw(reason="對方改變心意。")

    assert office.audit().findings == []


def test_a_checkpoint_from_before_still_holds(office):
    kept = office.checkpoint().checkpoint

    erased(office)

    assert office.audit(kept=[kept]).findings == []


def test_whoever_erases_more_than_words_is_found(office, tmp_path):
    """The contract that was approved goes under the name of a request."""
    contract = office.case(office.ref).contract
    with office.store.begin() as unit:
        Registry(unit, "alice", office.signer("alice")).erase(
            f"{office.ref}#{office.seq}", [contract.file], REQUEST
        )
        unit.commit()

    assert any("nobody's own words" in finding.text for finding in office.audit().findings)
    folder = bundles.exported(office.place, tmp_path / "bundle", office.ref)
    assert bundles.Checked(folder).code == 5


@pytest.mark.parametrize("change", ["put back", "not recorded", "row removed"])
def test_what_is_done_to_it_afterwards_is_found(sqlite_world, change):
    world = sqlite_world
    world.ref = world.in_sign_off()
    world.seq = world.decide(world.ref, "bob", reason=WORDS).event.seq
    with closing(Forgery(world.place.path)) as forgery:
        (note,) = forgery.do("SELECT digest, salt, text FROM note WHERE text = ?", WORDS)
    if change != "not recorded":
        erased(world)
    with closing(Forgery(world.place.path)) as forgery:
        if change == "put back":
            forgery.do("INSERT INTO note VALUES (?, ?, ?)", *note)
        elif change == "not recorded":
            forgery.do("DELETE FROM note WHERE digest = ?", note[0])
        else:
            forgery.do("DELETE FROM erasure WHERE digest = ?", note[0])

    assert world.audit().findings


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is missing")
def test_a_bundle_of_it_verifies_and_says_what_was_erased(sqlite_world, tmp_path):
    world = sqlite_world
    world.ref = world.in_sign_off()
    world.seq = world.decide(world.ref, "bob", reason=WORDS).event.seq
    world.decide(world.ref, "grace", reason="同意。")
    erased(world)

    folder = bundles.exported(world.place, tmp_path / "bundle", world.ref)
    checked = bundles.Checked(folder)

    assert checked.code == 0, checked.said
    assert "were erased by request" in checked.said
    assert holds([path.read_bytes() for path in folder.rglob("*") if path.is_file()], WORDS) == []
    assert bundles.by_hand(folder) == ""


def test_words_that_papers_break_up_or_put_others_around_go_too(world):
    """An opinion memo has its reasoning by lines, and an approval sheet its conditions with their names."""
    world.ref = world.submitted().ref
    flag = next(flag for flag in world.case(world.ref).blocking_flags if flag.role == "legal")
    conditions = (Condition("C-1", "should", "請勿提及陳君之病史。"),)
    desk = world.reviews("lena")
    answer = desk.propose_opinion(
        world.ref, flag.id, Opinion("conditions", "他的病史\n與本案無關，請勿引用。", "", conditions)
    )
    event = desk.record(answer, world.signer("lena").sign(answer.statement, namespace=DECISION)).event
    world.approve_all(world.resolve_all(world.ref))
    world.seq = event.seq
    words = ("請勿提及陳君之病史。", "他的病史", "與本案無關，請勿引用。")
    assert all(holds(unpacked(world), each) for each in words)

    erased(world)

    assert [each for each in words if holds(unpacked(world), each)] == []
    assert world.audit().findings == []


def unpacked(world):
    """Return everything the store holds, documents by their parts."""
    bodies = []
    for body in everything(world):
        if body.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(body)) as package:
                bodies += [package.read(name) for name in package.namelist()]
        bodies.append(body)
    return bodies


def test_papers_from_before_the_words_stay(office):
    with office.store.begin() as unit:
        papers = propose_erasure(unit, office.ref, office.seq).papers

    assert all(paper.seq >= office.seq for paper in papers)


def test_what_was_proposed_and_is_no_longer_so_is_not_erased(office):
    with office.store.begin() as unit:
        erasure = propose_erasure(unit, office.ref, office.seq)
    erased(office)
    before = office.counts()

    with office.store.begin() as unit, pytest.raises(NothingToEraseError):
        erase(unit, "alice", office.signer("alice"), erasure, REQUEST)
    with office.store.begin() as unit:
        other = propose_erasure(unit, office.ref, office.seq + 1)
    with office.store.begin() as unit, pytest.raises(StaleError):
        erase(unit, "alice", office.signer("alice"), replace(other, notes=()), REQUEST)
    assert office.counts() == before


def test_an_assessors_words_are_erased_like_anyones(world):
    world.enter(["zoe"], "assessor")
    ref = world.in_sign_off()
    said = Judgement(
        "alice",
        "BGM4R0450v2",
        "P3.2",
        "met",
        "documents",
        evidence=((ref, 2),),
        reason="她當時臥病，仍完成。",
    )
    event = AssessmentDesk(world.store, "zoe").assess(said, world.signer("zoe"))

    with world.store.begin() as unit:
        erase(unit, "alice", world.signer("alice"), propose_erasure(unit, "assessments", event.seq), REQUEST)
        unit.commit()

    assert holds(everything(world), "她當時臥病，仍完成。") == []
    assert world.audit().findings == []


def test_a_portfolio_is_written_without_the_papers_that_were_erased(office):
    erased(office)
    with office.reader() as reader:
        files = files_of(read_dossier(reader, "bob", "BGM4R0450v2"), reader)

    assert holds(files.values(), WORDS) == []

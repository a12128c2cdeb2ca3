"""Checkpoints commit to every event in one order, and whoever kept one sees what became of it."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest

from approvals.checkpoints import Checkpoint
from approvals.errors import WitnessRefusedError, WrongKeyError
from approvals.forgery import Forgery
from approvals.keys import generate_key, load_signer
from approvals.registry import NewPerson, Registry
from approvals.sealing import EVERY, checkpoint_if_due, make_checkpoint
from approvals.sshsig import verify
from approvals.statements import CHECKPOINT, DECISION, WITNESS
from approvals.witness import witness
from workflow.errors import NotStaffError, TrailRefusedError, WorkflowError
from workflow.merkle import Tree, leaf


def lines_in_order(world):
    with world.reader() as reader:
        rows = reader.rows(
            "SELECT s.idx, e.line FROM seal s "
            "JOIN event e ON e.stream = s.stream AND e.seq = s.seq ORDER BY s.idx"
        )
    assert [row["idx"] for row in rows] == list(range(len(rows)))
    return [row["line"].encode() for row in rows]


def with_sealer(world):
    world.enter(["sealer"], "sealer")
    return world.signer("sealer")


def test_a_checkpoint_is_the_root_of_every_event(world):
    world.in_sign_off()

    note = world.checkpoint()

    lines = lines_in_order(world)
    assert note.checkpoint.size == len(lines) == world.counts()["event"]
    assert note.checkpoint.root == Tree(map(leaf, lines)).root()
    verify(note.signed, note.signature, key=world.signer("alice").public_key, namespace=CHECKPOINT)
    assert world.audit().ok


def test_the_next_one_goes_on_from_it(world):
    first = world.checkpoint()
    world.negotiated()
    second = world.checkpoint()
    world.negotiated()
    third = world.checkpoint()

    leaves = [leaf(line) for line in lines_in_order(world)]
    sizes = [note.checkpoint.size for note in (first, second, third)]
    assert all(earlier < later for earlier, later in pairwise(sizes))
    assert [note.checkpoint.root for note in (first, second, third)] == [Tree(leaves).root(n) for n in sizes]
    assert world.audit(kept=[first.checkpoint, second.checkpoint]).ok


def test_nothing_new_makes_no_new_one(world):
    first = world.checkpoint()
    before = world.counts()

    assert world.checkpoint() == first
    assert world.counts() == before


def test_only_an_administrator_or_a_sealer_signs_one_with_their_own_key(world):
    signer = with_sealer(world)
    before = world.counts()

    with pytest.raises(NotStaffError, match="bob may not sign a checkpoint"):
        world.checkpoint("bob")
    with world.store.begin() as unit, pytest.raises(WrongKeyError):
        make_checkpoint(unit, "alice", world.signer("bob"))
    assert world.counts() == before

    with world.store.begin() as unit:
        make_checkpoint(unit, "sealer", signer)
        unit.commit()
    assert world.audit().ok


def test_a_sealer_decides_nothing_with_their_key(world):
    with_sealer(world)
    ref = world.in_sign_off()

    with pytest.raises(WorkflowError):
        world.decide(ref, "sealer")


@pytest.mark.parametrize("role", ["legal", "admin", "staff"])
def test_a_sealer_has_no_other_role(world, role):
    with_sealer(world)

    with world.store.begin() as unit, pytest.raises(WorkflowError):
        Registry(unit, "alice", world.signer("alice")).grant("sealer", role)
    with world.store.begin() as unit, pytest.raises(WorkflowError):
        Registry(unit, "alice", world.signer("alice")).grant("bob", "sealer")
    with pytest.raises(WorkflowError):
        NewPerson("sue", "Sue", roles=("sealer", role))


def test_one_is_due_when_an_agreement_takes_effect_or_after_many_events(world):
    signer = with_sealer(world)
    events = world.events(world.in_sign_off())
    assert checkpoint_if_due(world.store, "sealer", lambda: signer, events[-1:]) is None

    ref = world.approved()
    made = checkpoint_if_due(world.store, "sealer", lambda: signer, world.events(ref)[-1:])
    assert made
    assert made.size == world.counts()["event"]

    drafts = 0
    while world.counts()["event"] < made.size + EVERY:
        world.negotiated()
        drafts += 1
    assert drafts
    assert checkpoint_if_due(world.store, "sealer", lambda: signer, events[:1])
    assert world.audit().ok


def test_a_clock_set_back_makes_no_checkpoint_older_than_the_one_before(world):
    world.checkpoint()
    world.negotiated()
    world.clock.advance(seconds=-30)
    world.checkpoint()

    assert world.audit().ok


# What becomes of it.


def tampered(world, *statements):
    with closing(Forgery(world.place.path)) as forgery:
        for statement in statements:
            forgery.do(statement)


def of_checkpoints(report):
    return [finding for finding in report.findings if finding.check == "checkpoints"]


@pytest.fixture
def sealed(sqlite_world):
    """A store with an approved agreement, one being drafted, and two checkpoints."""
    sqlite_world.approved()
    sqlite_world.checkpoint()
    sqlite_world.negotiated()
    sqlite_world.checkpoint()
    return sqlite_world


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seal SET stream = 'registry' WHERE idx = (SELECT max(idx) FROM seal)",
        "UPDATE seal SET seq = seq + 1 WHERE idx = 3",
        "UPDATE seal SET idx = -1 WHERE idx = 0",
        "UPDATE seal SET idx = 999 WHERE idx = (SELECT max(idx) FROM seal)",
        "DELETE FROM seal WHERE idx = (SELECT max(idx) FROM seal)",
        "DELETE FROM seal",
        "INSERT INTO seal SELECT max(idx) + 1, 'registry', 1 FROM seal",
        "UPDATE sealed SET seq = seq - 1 WHERE stream = 'registry'",
        "DELETE FROM sealed WHERE stream = 'registry'",
        "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET size = size + 1 WHERE size = (SELECT max(size) FROM checkpoint)",
        "UPDATE checkpoint SET body = replace(body, 'assent:', 'assent_')",
        "UPDATE checkpoint SET body = (SELECT body FROM checkpoint ORDER BY size LIMIT 1)",
        "UPDATE checkpoint SET frontier = ''",
        "UPDATE checkpoint SET frontier = upper(frontier)",
        "UPDATE checkpoint SET person = 'bob'",
        "UPDATE checkpoint SET person = 'nobody'",
        "UPDATE checkpoint SET at = '2020-01-01T00:00:00Z'",
        "UPDATE checkpoint SET at = replace(at, ':00Z', ':01Z')",
        "UPDATE checkpoint SET at = 'yesterday'",
        "UPDATE checkpoint SET key = 'SHA256:none'",
        "UPDATE checkpoint SET signature = (SELECT signature FROM checkpoint ORDER BY size LIMIT 1)",
        "INSERT INTO stamp VALUES (999, x'00')",
        "INSERT INTO stamp SELECT max(size), x'00' FROM checkpoint",
    ],
)
def test_the_audit_finds_whatever_is_done_to_the_order_or_a_checkpoint(sealed, statement):
    tampered(sealed, "PRAGMA foreign_keys = OFF", statement)

    assert of_checkpoints(sealed.audit())


def test_whoever_kept_one_sees_that_the_end_was_cut_off(sealed, tmp_path):
    older = tmp_path / "older.db"
    with closing(sqlite3.connect(sealed.place.path)) as source, closing(sqlite3.connect(older)) as target:
        source.backup(target)
    sealed.negotiated()
    kept = sealed.checkpoint().checkpoint
    sealed.place.path.write_bytes(older.read_bytes())

    assert sealed.audit().ok, "an older copy fits together: nothing in it can show what came after"
    (finding,) = of_checkpoints(sealed.audit(kept=[kept]))
    assert finding.event == f"checkpoint {kept.size}"
    assert "put back from an older copy" in finding.text


def test_whoever_kept_one_sees_that_everything_was_written_anew(sealed):
    kept = sealed.checkpoint().checkpoint
    ref = sealed.workspace().agreements()[-1].ref
    with closing(Forgery(sealed.place.path)) as forgery:
        forgery.edit(ref, 1, lambda body: body["payload"].update(title="another"))
        for table in ("stamp", "checkpoint", "sealed", "seal"):
            forgery.do(f"DELETE FROM {table}")
    again = sealed.checkpoint().checkpoint

    assert sealed.audit().ok, "who holds a key that may seal can seal anything"
    assert again.size == kept.size
    (finding,) = of_checkpoints(sealed.audit(kept=[kept]))
    assert "they were rewritten since" in finding.text


def test_one_of_another_store_is_no_proof_of_this_one(world):
    kept = world.checkpoint().checkpoint

    (finding,) = of_checkpoints(world.audit(kept=[Checkpoint("assent:other", kept.size, kept.root)]))

    assert "of another store" in finding.text


# Only what is new.


def test_since_a_checkpoint_only_what_is_newer_is_verified(world):
    world.approved()
    since = world.checkpoint().checkpoint
    newer = world.negotiated().ref
    changed = world.audit(since=since)

    assert changed.ok
    assert set(changed.streams) == {"registry", newer}
    assert changed.passed == 1
    assert any("leave out --since" in text for text in changed.unchecked)

    world.checkpoint()
    assert set(world.audit(since=since).streams) == {"registry", newer}
    assert world.audit(since=since).ok


def test_since_a_checkpoint_what_is_newer_is_verified_wholly(sealed):
    since = sealed.checkpoint().checkpoint
    newer = sealed.negotiated().ref
    tampered(sealed, f"UPDATE agreement SET title = 'another' WHERE ref = '{newer}'")

    assert [finding.stream for finding in sealed.audit(since=since).findings] == [newer]


def test_since_a_checkpoint_the_store_never_had_everything_is_verified(sealed):
    kept = sealed.checkpoint().checkpoint
    report = sealed.audit(since=Checkpoint(kept.origin, kept.size, bytes(32)))

    (finding,) = of_checkpoints(report)
    assert "has no such checkpoint" in finding.text
    assert set(report.streams) == set(sealed.audit().streams)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed SET seq = (SELECT st.seq FROM stream st WHERE st.id = stream)",
        "DELETE FROM stream WHERE id LIKE 'AGR%'",
        "DELETE FROM sealed",
    ],
)
def test_since_a_checkpoint_newer_events_cannot_be_hidden(sealed, statement):
    since = sealed.checkpoint().checkpoint
    sealed.workspace().agreements()[1].withdraw(reason="不談了")
    tampered(sealed, "PRAGMA foreign_keys = OFF", statement)

    assert of_checkpoints(sealed.audit(since=since))


def test_nothing_is_sealed_onto_a_checkpoint_that_was_altered(sealed):
    sealed.negotiated()
    for change in ("frontier = ''", "frontier = upper(frontier)", "body = 'x'", "at = 'yesterday'"):
        tampered(sealed, f"UPDATE checkpoint SET {change}")
        with pytest.raises(TrailRefusedError):
            sealed.checkpoint()


# A witness.


@pytest.fixture
def wen(tmp_path):
    """An assessor with a key that nobody registered."""
    generate_key(tmp_path / "wen")
    return load_signer(tmp_path / "wen", passphrase=None)


def test_a_witness_signs_what_goes_on_from_what_they_saw(world, wen):
    world.checkpoint()
    with world.reader() as reader:
        first = witness(reader, None, wen, world.clock())
    world.negotiated()
    world.checkpoint()
    world.clock.advance(days=1)
    with world.reader() as reader:
        second = witness(reader, first, wen, world.clock())

    assert second.checkpoint.size > first.checkpoint.size
    assert second.at == world.clock()
    verify(second.signed, second.signature, key=wen.public_key, namespace=WITNESS)
    with pytest.raises(WorkflowError):
        verify(second.signed, second.signature, key=wen.public_key, namespace=DECISION)


def test_a_witness_signs_nothing_before_there_is_a_checkpoint(world, wen):
    with world.reader() as reader, pytest.raises(WitnessRefusedError, match="has no checkpoint"):
        witness(reader, None, wen, world.clock())


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("UPDATE event SET line = replace(line, 'services', 'servicez') WHERE seq = 1", "rewritten"),
        ("DELETE FROM seal", "gone"),
        ("UPDATE meta SET value = 'assent:other'; UPDATE checkpoint SET body = 'assent:other' || char(10) || "
         "substr(body, instr(body, char(10)) + 1)", "another store"),
        ("UPDATE checkpoint SET body = replace(body, '=', 'A=')", "three lines"),
        ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", "not of the events"),
    ],
)  # fmt: skip
def test_a_witness_signs_nothing_that_does_not_go_on(sealed, wen, attack, said):
    with sealed.reader() as reader:
        kept = witness(reader, None, wen, sealed.clock())
    sealed.negotiated()
    sealed.checkpoint()
    tampered(sealed, *attack.split("; "))

    with sealed.reader() as reader, pytest.raises(WitnessRefusedError, match=said):
        witness(reader, kept, wen, sealed.clock())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seal SET idx = 'x' WHERE idx = 1",
        "UPDATE seal SET seq = NULL WHERE idx = 1",
        "UPDATE checkpoint SET body = x'00'",
        "UPDATE stream SET seq = 'abc' WHERE id = 'registry'",
        "UPDATE stream SET seq = 'abc' WHERE id LIKE 'AGR%'",
    ],
)
def test_what_a_column_never_held_is_found_and_signed_by_no_witness(sealed, wen, statement):
    kept = sealed.checkpoint().checkpoint
    sealed.negotiated()
    with closing(sqlite3.connect(sealed.place.path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = replace(replace(replace(sql, 'ROWID,', 'ROWID'), 'STRICT', ''), "
            "'NOT NULL', '') WHERE type = 'table'"
        )
    tampered(sealed, statement)

    assert not sealed.audit().ok
    # The place of an event from before it is not looked at again; nothing is stumbled over.
    assert sealed.audit(since=kept).ok == statement.startswith("UPDATE seal SET seq")
    if "stream" not in statement.split(" SET ")[0]:
        with sealed.reader() as reader, pytest.raises(WitnessRefusedError):
            witness(reader, None, wen, sealed.clock())

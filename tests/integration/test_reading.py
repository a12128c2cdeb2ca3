"""Reading goes past the ORM and tells the same; it makes nothing, changes nothing, and waits for nobody."""

import sqlite3
from contextlib import closing

import pytest

from approvals.registry import Registry
from workflow.errors import NotOurStoreError, StoreMissingError, StoreUnavailableError
from workflow.events import REGISTRY
from workflow.places import find_place
from workflow.reading import Reader


def test_both_roads_tell_the_same_of_every_agreement(world):
    refs = [world.negotiated().ref, world.submitted().ref, world.in_sign_off(), world.approved()]

    told = {agreement.ref: agreement.case for agreement in world.workspace().agreements()}

    with world.reader() as reader:
        assert {ref: reader.case(ref) for ref in refs} == told
        assert [row["ref"] for row in reader.agreements()] == sorted(told, reverse=True)
        assert reader.streams() == [*sorted(told), REGISTRY]
        for ref, case in told.items():
            row = reader.agreement(ref)
            assert (row["state"], row["title"], row["seq"], row["head"]) == (
                case.state.value,
                case.title,
                case.seq,
                case.head,
            )


def test_what_an_agreement_is_worth_is_read_as_it_was_agreed(world):
    ref = world.negotiated().ref

    with world.reader() as reader:
        row = reader.agreement(ref)

    assert (row["counterparty"], row["currency"], row["total_minor"]) == (
        "和風客服有限公司",
        "TWD",
        1_134_00,
    )


def test_a_document_reads_back_byte_for_byte(world):
    agreement = world.submitted()

    with world.reader() as reader:
        for document in agreement.documents:
            body = reader.content(document.file)
            assert (body[:2], len(body)) == (b"PK", document.size)


def test_a_persons_words_read_back_as_they_were_written(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob", reason="同意 — 🖋 \n第二行")

    with world.reader() as reader:
        (decision,) = reader.of("v_decision", ref)

    assert decision["reason_text"] == "同意 — 🖋 \n第二行"
    assert decision["person_name"] == "陳伯寧"


def test_the_inbox_names_whose_turn_it_is_and_nobody_else(world):
    ref = world.in_sign_off()
    assert _waiting(world) == {"bob": [(ref, "sign-off", "dept_manager")]}

    world.decide(ref, "bob")

    assert _waiting(world) == {"grace": [(ref, "sign-off", "gm")]}


def test_the_inbox_asks_the_experts_first(world):
    ref = world.submitted().ref

    assert _waiting(world) == {"dan": [(ref, "review", "dpo")], "lena": [(ref, "review", "legal")]}


def test_the_inbox_offers_nobody_their_own_draft(world):
    with world.store.begin() as unit:
        registry = Registry(unit, "alice", world.signer("alice"))
        registry.grant("bob", "staff")
        registry.grant("hana", "dept_manager")
        unit.commit()
    ref = world.negotiated().ref
    world.workspace("bob").get(ref).draft().submit()
    world.resolve_all(ref)

    assert _waiting(world) == {"hana": [(ref, "sign-off", "dept_manager")]}


def test_everyone_is_listed_with_their_roles_and_the_key_that_is_valid(world):
    with world.reader() as reader:
        people = {row["id"]: row for row in reader.people()}

    assert people.keys() == world.signers.keys()
    assert people["dora"]["roles"] == ["finance", "tax"]
    assert people["dora"]["keys"] == [world.signer("dora").public_key.fingerprint]


def test_a_task_delegated_twice_waits_once(world):
    ref = world.in_sign_off()
    world.delegate("bob", "hana")
    world.delegate("bob", "hana", kinds=("services",))

    assert _waiting(world)["hana"] == [(ref, "sign-off", "dept_manager")]


def test_a_reader_on_sqlite_cannot_write(sqlite_world):
    with sqlite_world.reader() as reader, pytest.raises(StoreUnavailableError, match="readonly"):
        reader.rows("INSERT INTO counter VALUES ('x', 1)")


def test_reading_makes_no_file(tmp_path):
    with pytest.raises(StoreMissingError):
        Reader(find_place(str(tmp_path / "none.db")))

    assert list(tmp_path.iterdir()) == []


def test_reading_does_not_wait_for_a_writer(world):
    ref = world.negotiated().ref

    with world.store.begin() as unit:
        unit.put(b"something that is not committed yet")
        unit.case(ref)
        with world.reader() as reader:
            assert reader.case(ref).seq == 5


def test_a_database_without_our_tables_is_not_ours(place):
    if place.sqlite:
        with closing(sqlite3.connect(place.path)) as other:
            other.execute("CREATE TABLE shopping (what TEXT)")

    with pytest.raises(NotOurStoreError) as refused:
        Reader(place)

    assert (refused.value.code, refused.value.exit_code) == ("W072", 7)


def _waiting(world):
    with world.reader() as reader:
        boxes = {person: reader.inbox(person, world.clock().date()) for person in world.signers}
    return {
        person: [(row["ref"], row["task"], row["role"]) for row in rows]
        for person, rows in boxes.items()
        if rows
    }

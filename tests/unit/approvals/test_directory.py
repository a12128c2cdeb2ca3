"""The directory: who is known, which roles they hold, and when a key's signature counts."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.directory import Directory, Key, directory_of
from approvals.errors import UnknownPersonError
from workflow.events import REGISTRY, Event, Type

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
ALICE = ("person_added", {"person": "alice", "name": "陳怡君", "title": "法務經理", "email": "a@example.com"})
BOB = ("person_added", {"person": "bob", "name": "Bob", "title": "", "email": ""})


def role(person, name, word="role_granted"):
    return word, {"person": person, "role": name}


def key(person, fingerprint, word="key_added"):
    return word, {"person": person, "fingerprint": fingerprint, "public": f"ssh-ed25519 {fingerprint}"}


def at(hour):
    return BEGAN + timedelta(hours=hour)


def told(*facts):
    """Return the directory after *facts*, the first recorded at hour 1, the next at hour 2."""
    return directory_of(
        Event(REGISTRY, hour, f"{hour:064x}", at(hour), Type(kind), "alice", "", said)
        for hour, (kind, said) in enumerate(facts, start=1)
    )


def test_nobody_is_known_at_first():
    assert told() == Directory()
    assert told().by_role == {}


def test_the_organisation_has_the_name_it_was_last_given():
    assert (
        told(("organisation_named", {"name": "A"}), ("organisation_named", {"name": "B"})).organisation == "B"
    )


def test_people_are_known_by_their_identifier():
    directory = told(ALICE, BOB)

    assert directory.person("alice").name == directory.name_of("alice") == "陳怡君"
    assert (directory.person("alice").title, directory.person("alice").email) == ("法務經理", "a@example.com")


def test_says_who_is_known_where_somebody_is_not():
    with pytest.raises(UnknownPersonError) as refusal:
        told(BOB, ALICE).person("carol")

    assert refusal.value.explain() == ("there is nobody called carol", "", "known: alice, bob")
    assert told().name_of("carol") == "carol"


def test_roles_are_granted_and_revoked():
    directory = told(ALICE, BOB, role("alice", "legal"), role("bob", "legal"), role("alice", "gm"))
    later = told(
        ALICE, BOB, role("alice", "legal"), role("bob", "legal"), role("alice", "gm"),
        role("alice", "legal", "role_revoked"),
    )  # fmt: skip

    assert directory.by_role == {"legal": {"alice", "bob"}, "gm": {"alice"}}
    assert later.by_role == {"legal": {"bob"}, "gm": {"alice"}}
    assert later.holders("chair") == frozenset()


def test_a_key_counts_from_when_it_was_registered():
    alice = told(ALICE, key("alice", "K1")).person("alice")

    assert alice.keys == (Key("K1", "ssh-ed25519 K1", at(2)),)
    assert alice.key("K1", at(2))
    assert alice.key("K1", at(99))
    assert not alice.key("K1", at(2) - timedelta(seconds=1))
    assert not alice.key("K2", at(2))


def test_a_revoked_key_counts_for_what_it_signed_before():
    alice = told(ALICE, key("alice", "K1"), key("alice", "K1", "key_revoked")).person("alice")

    assert alice.key("K1", at(3))
    assert not alice.key("K1", at(3) + timedelta(seconds=1))


def test_revoking_one_key_leaves_the_others():
    alice = told(ALICE, key("alice", "K1"), key("alice", "K2"), key("alice", "K1", "key_revoked")).person(
        "alice"
    )

    assert [each.valid_until for each in alice.keys] == [at(4), None]


def test_revoking_a_key_again_does_not_lengthen_its_time():
    again = key("alice", "K1", "key_revoked")
    alice = told(ALICE, key("alice", "K1"), again, BOB, again).person("alice")

    assert not alice.key("K1", at(4))


def test_a_key_registered_again_does_not_count_for_the_time_between():
    revoked = key("alice", "K1", "key_revoked")
    alice = told(ALICE, key("alice", "K1"), revoked, BOB, key("alice", "K1"), revoked).person("alice")

    assert [bool(alice.key("K1", at(hour))) for hour in range(1, 8)] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip


def test_nobodys_key_is_anothers():
    directory = told(ALICE, BOB, key("alice", "K1"))

    assert not directory.person("bob").key("K1", at(9))


@pytest.mark.parametrize(
    "fact",
    [
        role("carol", "legal"),
        role("carol", "legal", "role_revoked"),
        key("carol", "K1"),
        key("carol", "K1", "key_revoked"),
    ],
)
def test_refuses_a_history_about_somebody_who_was_never_added(fact):
    with pytest.raises(ValueError, match=r"registry#2 is about carol, who was never added"):
        told(ALICE, fact)


@pytest.mark.parametrize("kind", ["created", "approved", "withdrawn"])
def test_refuses_an_event_of_an_agreement(kind):
    with pytest.raises(ValueError, match="does not belong to the registry"):
        told(ALICE, (kind, {"person": "alice"}))


def test_an_earlier_directory_does_not_change():
    first = told(ALICE)
    told(ALICE, role("alice", "legal"))

    assert first.person("alice").roles == frozenset()

"""The directory: who is known, which roles they hold, and when a key's signature counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from approvals.directory import Directory, Grant, Key, directory_of
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


# --- delegations and the policy ------------------------------------------------------------

GRANT = Grant("D-1", "alice", "bob", date(2026, 11, 2), date(2026, 11, 6))


def delegated(name="D-1", person="alice", deputy="bob", **said):
    limits = {
        "first_day": "2026-11-02",
        "last_day": "2026-11-06",
        "kinds": "",
        "aspects": "",
        "max_value": "",
    }
    return "delegated", {"grant": name, "person": person, "deputy": deputy, **limits, **said}


def ended(name="D-1", person="alice"):
    return "delegation_ended", {"grant": name, "person": person}


def allows(grant, **asked):
    return grant.allows(**{"day": date(2026, 11, 4), "kind": "nda", "aspect": "legal", "value": 500} | asked)


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2026, 11, 1), False),
        (date(2026, 11, 2), True),
        (date(2026, 11, 6), True),
        (date(2026, 11, 7), False),
    ],
)
def test_a_delegation_counts_on_its_first_day_and_its_last(day, allowed):
    assert allows(GRANT, day=day) is allowed


def test_a_delegation_of_one_day_counts_on_that_day():
    one = replace(GRANT, last_day=GRANT.first_day)

    assert [allows(one, day=date(2026, 11, day)) for day in (1, 2, 3)] == [False, True, False]


def test_a_delegation_that_ends_before_it_begins_never_counts():
    backwards = replace(GRANT, first_day=date(2026, 11, 6), last_day=date(2026, 11, 2))

    assert not any(allows(backwards, day=date(2026, 11, day)) for day in range(1, 9))


@pytest.mark.parametrize(
    ("limit", "value", "allowed"),
    [
        (500, 499, True),
        (500, 500, True),
        (500, 501, False),
        (500, None, False),
        (0, 0, True),
        (0, 1, False),
        (0, None, False),
        (None, 10**12, True),
        (None, None, True),
    ],
)
def test_a_value_up_to_the_limit_is_covered_and_one_nobody_knows_is_not(limit, value, allowed):
    assert allows(replace(GRANT, max_value=limit), value=value) is allowed


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        ({}, True),
        ({"kinds": ("nda",)}, True),
        ({"kinds": ("services", "nda")}, True),
        ({"kinds": ("services",)}, False),
        ({"kinds": ("nd",)}, False),
        ({"aspects": ("legal",)}, True),
        ({"aspects": ("data", "legal")}, True),
        ({"aspects": ("data",)}, False),
        ({"kinds": ("nda",), "aspects": ("data",)}, False),
        ({"ended": True}, False),
    ],
)
def test_a_delegation_covers_the_kinds_and_aspects_it_names(limits, allowed):
    assert allows(replace(GRANT, **limits)) is allowed


def test_a_delegation_is_what_its_event_says():
    directory = told(ALICE, BOB, delegated(kinds="nda services", aspects="legal", max_value="500"))

    assert directory.grants == (replace(GRANT, kinds=("nda", "services"), aspects=("legal",), max_value=500),)
    assert directory.grant("d-1") == directory.grants[0]
    assert directory.grant("D-2") is None
    assert told(ALICE, BOB, delegated(max_value="0")).grants[0].max_value == 0


def test_a_delegation_that_was_ended_is_remembered_and_counts_no_more():
    directory = told(ALICE, BOB, delegated(), delegated("D-2"), ended())

    assert [grant.ended for grant in directory.grants] == [True, False]
    assert [grant.id for grant in directory.grants_to("bob")] == ["D-2"]


def test_what_was_delegated_to_one_is_not_anothers():
    directory = told(ALICE, BOB, delegated())

    assert directory.grants_to("bob") == (GRANT,)
    assert directory.grants_to("alice") == ()


def test_refuses_a_history_that_ends_what_was_never_given():
    with pytest.raises(ValueError, match=r"registry#3 ends D-1, which was never given"):
        told(ALICE, BOB, ended())


def test_the_policy_in_force_is_the_one_adopted_last():
    adopted = [("policy_adopted", {"policy": digest}) for digest in ("a" * 64, "b" * 64)]

    assert told().policy == ""
    assert told(adopted[0]).policy == "a" * 64
    assert told(*adopted).policy == "b" * 64


def test_a_group_of_roles_is_held_by_whoever_holds_one_of_them():
    directory = told(ALICE, BOB, role("alice", "cfo"), role("bob", "finance"))

    assert directory.holders("cfo/finance") == {"alice", "bob"}
    assert directory.holders("cfo") == {"alice"}
    assert directory.holders("cf") == frozenset()


def days_later(*facts):
    """Return the directory after *facts*, each recorded a day after the one before, at midnight in Taiwan."""
    return directory_of(
        Event(REGISTRY, day, f"{day:064x}", at(16 + 24 * day), Type(kind), "alice", "", said)
        for day, (kind, said) in enumerate(facts)
    )


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2026, 11, 2), False), (date(2026, 11, 3), True), (date(2026, 11, 4), True),
     (date(2026, 11, 5), False), (date(2026, 11, 6), True), (date(2030, 1, 1), True)],
)  # fmt: skip
def test_a_role_was_held_from_the_day_it_was_given_to_the_day_it_was_taken_and_again(day, held):
    alice = days_later(
        ALICE, role("alice", "signatory"), role("alice", "signatory", "role_revoked"), BOB,
        role("alice", "signatory"),
    ).person("alice")  # fmt: skip

    assert alice.held("signatory", on=day) is held
    assert not alice.held("chair", on=day)


def test_the_end_of_one_role_is_not_the_end_of_another():
    alice = days_later(
        ALICE, role("alice", "signatory"), role("alice", "chair"), role("alice", "chair", "role_revoked")
    ).person("alice")

    assert alice.held("signatory", on=date(2026, 11, 20))
    assert not alice.held("chair", on=date(2026, 11, 20))

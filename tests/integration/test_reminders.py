"""Reminders read both databases alike, and write to neither."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from approvals.cli import main
from approvals.directory import Grant
from approvals.registry import NewPerson, Registry
from workflow import i18n
from workflow.values.dates import TAIPEI


@pytest.fixture
def remind(world, tmp_path, monkeypatch, capsys):
    """A function that runs the command over a world, and returns what it says became of whom."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def remind(*words):
        place = str(world.place.path or world.place.url)
        assert main(["remind", "--db", place, "--lang", "en", "--json", *words]) == 0
        return {row["person"]: row for row in json.loads(capsys.readouterr().out)["messages"]}

    yield remind
    i18n.use_language("en")


def test_tells_whoever_it_waits_for_and_the_role_the_policy_escalates_to(world, remind, tmp_path):
    ref = world.in_sign_off()  # long ago, so that its due dates are past
    before = world.counts()

    told = remind()

    # Rule A01 asks the department manager, and has what is late told to the division head.
    assert {person: (row["waiting"], row["escalated"]) for person, row in told.items()} == {
        "bob": ([ref], []),
        "hana": ([], [ref]),
    }
    assert world.counts() == before
    assert world.case(ref).state == "sign_off"


def test_tells_experts_of_the_flags_they_are_to_answer(world, remind):
    ref = world.submitted().ref

    told = remind()

    assert {person for person, row in told.items() if row["waiting"] == [ref]} == {"dan", "lena"}


def test_writes_to_the_address_the_registry_has(world, remind, tmp_path):
    with world.store.begin() as unit:
        nina = NewPerson("nina", "倪娜", email="nina@example.com", roles=("dept_manager",))
        Registry(unit, "alice", world.signer("alice")).add(nina)
        unit.commit()
    world.in_sign_off()

    told = remind()

    (path,) = (tmp_path / "outbox").glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    assert str(message["To"]) == "倪娜 <nina@example.com>"
    assert {person: row["outcome"] for person, row in told.items()} == {
        "bob": "no_address",
        "hana": "no_address",
        "nina": "written",
    }


def test_tells_a_deputy_on_the_days_of_the_delegation_only(world, remind):
    today = datetime.now(UTC).astimezone(TAIPEI).date()
    with world.store.begin() as unit:
        registry = Registry(unit, "bob", world.signer("bob"))
        registry.delegate(Grant("", "bob", "dora", today - timedelta(days=1), today + timedelta(days=1)))
        registry.delegate(Grant("", "bob", "ivan", today - timedelta(days=9), today - timedelta(days=2)))
        unit.commit()
    ref = world.in_sign_off()

    told = remind()

    assert {person for person, row in told.items() if row["waiting"] == [ref]} == {"bob", "dora"}

"""The demonstration of tampering: every attack is caught, and those that only a receipt shows are said so."""

import hashlib
import shutil
from pathlib import Path

import pytest

from approvals.attacks import ATTACKS
from approvals.tampering import refused_by_the_database, tamper

#: What nothing in a store can show, whatever is checked: it needs something kept outside.
ONLY_BY_RECEIPT = {"last-agreement", "last-decision", "backup", "rewritten"}


@pytest.fixture(scope="module")
def store(found, sqlite, tmp_path_factory):
    """A store with two approved agreements and one in sign-off, whose people were in no hurry."""
    with found(sqlite, tmp_path_factory.mktemp("tampering")) as world:
        for _ in range(2):
            world.approved()
            world.clock.advance(hours=3)
        world.in_sign_off()
        yield world.place.path


@pytest.fixture(scope="module")
def outcomes(store):
    """What came of every attack on it."""
    return {outcome.attack.id: outcome for outcome in tamper(store)}


def test_catches_every_attack_and_says_which_only_a_receipt_shows(outcomes):
    found = outcomes

    assert {
        name for name, one in found.items() if one.verdict not in ("trail", "receipt", "not_here")
    } == set()
    assert {name for name, one in found.items() if one.verdict == "receipt"} >= ONLY_BY_RECEIPT
    assert sum(one.verdict == "trail" for one in found.values()) >= 14
    # Nobody executed anything, so that no event stands after the last signature.
    assert {name for name, one in found.items() if one.verdict == "not_here"} <= {"tail", "time"}


def test_names_the_check_that_is_there_for_it(outcomes):
    checks = {name: one.checks for name, one in outcomes.items()}

    assert "chain" in checks["byte"]
    assert {"content", "documents"} & set(checks["document"])
    assert "content" in checks["note"]
    assert checks["state"] == checks["price"] == checks["key-row"] == ("tables",)
    assert all("signatures" in checks[name] for name in ("forged", "replayed", "key", "terms", "decision"))
    assert all("duties" in checks[name] for name in ("quorum", "policy"))
    assert "chain" in checks["agreement"]


def test_does_not_touch_the_store(store):
    before = [
        (path.name, hashlib.sha256(path.read_bytes()).digest()) for path in sorted(store.parent.iterdir())
    ]

    list(tamper(store, ATTACKS[:3]))
    refused_by_the_database(store)

    after = [
        (path.name, hashlib.sha256(path.read_bytes()).digest()) for path in sorted(store.parent.iterdir())
    ]
    assert after == before


def test_leaves_nothing_behind_where_temporary_files_are(store, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    list(tamper(store, ATTACKS[:2]))

    assert not list(folder.iterdir())


def test_is_refused_by_the_database_while_its_guards_stand(store):
    assert "append-only" in refused_by_the_database(store)


def test_does_not_count_what_was_wrong_before_as_caught(store, tmp_path):
    broken = tmp_path / "broken.db"
    shutil.copyfile(store, broken)
    _break_everywhere(broken)
    tail = next(attack for attack in ATTACKS if attack.id == "last-agreement")

    (outcome,) = tamper(broken, [tail])

    assert outcome.verdict == "receipt"


def test_says_what_an_empty_store_has_nothing_of(sqlite_world):
    found = {outcome.attack.id: outcome for outcome in tamper(sqlite_world.place.path)}

    assert found["document"].verdict == found["last-agreement"].verdict == "not_here"
    assert found["role"].verdict == "trail"


def _break_everywhere(path: Path) -> None:
    from approvals.forgery import Forgery

    forgery = Forgery(path)
    forgery.do("UPDATE person SET title = 'x'")
    forgery.close()

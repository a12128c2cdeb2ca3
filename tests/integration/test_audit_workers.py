"""A long trail verified by several processes: they find what one would find, whatever befalls them."""

import sqlite3
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

import pytest

from approvals import audit as audits
from approvals import audit_workers
from approvals.audit import audit
from approvals.audit_workers import Moment
from workflow.errors import StoreUnavailableError
from workflow.reading import Reader


@pytest.fixture
def shared(monkeypatch):
    """Every trail counts as long, and each agreement is a part of its own."""
    monkeypatch.setattr(audits, "_MANY", 1)
    monkeypatch.setattr(audits, "_PART", 1)


@pytest.fixture
def agreed(world):
    """Some agreements of different lengths, on either database."""
    return [world.negotiated().ref, world.submitted().ref, world.in_sign_off(), world.negotiated().ref]


def both(world):
    """Return what one process says of a store, and what two say."""
    with world.reader() as reader:
        return audit(reader), audit(reader, processes=2)


def test_several_processes_say_what_one_says(world, agreed, shared):
    one, several = both(world)

    assert several == one
    assert one.ok
    assert list(one.streams) == ["registry", *agreed]


def test_several_processes_find_what_one_finds_in_the_same_order(sqlite_world, shared):
    refs = [sqlite_world.negotiated().ref, sqlite_world.submitted().ref, sqlite_world.in_sign_off()]
    with closing(sqlite3.connect(sqlite_world.place.path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for ref in refs:
            db.execute("UPDATE event SET line = replace(line, 'alice', 'carol') WHERE stream = ?", (ref,))
        db.execute("UPDATE content SET body = X'00'")
        db.commit()

    one, several = both(sqlite_world)

    assert several == one
    assert {finding.stream for finding in one.findings} >= set(refs)


def test_helpers_see_the_moment_at_which_the_verification_began(postgresql_world):
    ref = postgresql_world.in_sign_off()
    with postgresql_world.reader() as first, postgresql_world.reader() as second, first.snapshot():
        shared = first.share()
        postgresql_world.decide(ref, "bob")

        with second.snapshot(shared):
            assert len(second.events(ref)) == len(first.events(ref))
        assert len(second.events(ref)) == len(first.events(ref)) + 1


def test_nobody_changes_a_file_that_helpers_have_yet_to_open(sqlite_world):
    with sqlite_world.reader() as reader, reader.snapshot():
        assert reader.share()
        with (
            closing(sqlite3.connect(sqlite_world.place.path, timeout=0, isolation_level=None)) as db,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            db.execute("UPDATE counter SET value = value")


def test_a_helper_does_not_read_a_file_that_was_put_in_the_place_of_the_first(sqlite_world, tmp_path):
    with sqlite_world.reader() as reader, reader.snapshot():
        shared = reader.share()
        other = tmp_path / "other.db"
        other.write_bytes(sqlite_world.place.path.read_bytes())
        other.replace(sqlite_world.place.path)

        with Reader(sqlite_world.place) as late, pytest.raises(StoreUnavailableError), late.snapshot(shared):
            pass


def test_a_file_with_a_write_ahead_log_is_left_to_one_process(sqlite_world):
    with closing(sqlite3.connect(sqlite_world.place.path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        with sqlite_world.reader() as reader, reader.snapshot():
            assert reader.share() == ""
        db.execute("PRAGMA journal_mode = TRUNCATE")


def test_what_helpers_cannot_read_is_verified_without_them(world, agreed, shared, monkeypatch):
    monkeypatch.setattr(audits, "Moment", lambda place, log, shared: Moment(place, log, "no such moment"))

    one, several = both(world)

    assert several == one
    assert one.ok


class Killed:
    """Helpers that were killed, as the system does when memory runs out."""

    def __init__(self, *_):
        pass

    def submit(self, *_):
        future = Future()
        future.set_exception(BrokenProcessPool())
        return future

    def shutdown(self, **_):
        pass


class Impossible:
    """A machine on which no helper can be started."""

    def __init__(self, *_):
        raise OSError("no semaphores")


@pytest.mark.parametrize("pool", [Killed, Impossible])
def test_it_does_without_helpers_that_are_killed_or_never_were(world, agreed, shared, monkeypatch, pool):
    monkeypatch.setattr(audit_workers, "ProcessPoolExecutor", pool)

    one, several = both(world)

    assert several == one


@pytest.mark.parametrize("processes", [1, 2])
def test_whoever_waits_is_told_how_much_is_done(world, agreed, shared, processes):
    told = []
    with world.reader() as reader:
        report = audit(reader, processes=processes, progress=lambda *said: told.append(said))
        registry = len(reader.events("registry"))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (report.events - registry, report.events - registry)
    assert len(told) == len(agreed)

"""Killed at any instant, out of room at any byte: what was acknowledged is there, and nothing by half."""

import os
import random
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.founding import found_store
from workflow.errors import StoreExistsError, StoreUnavailableError
from workflow.lifecycle import State
from workflow.places import find_place
from workflow.reading import Reader

#: How often a process is killed, on each database.
KILLS = {"sqlite": 200, "postgresql": 20}
#: A store that was killed so often gives way to a new one, or checking it would take all the time.
KILLS_OF_A_STORE = 20
#: SQLite writes whole pages.
PAGE = 4096
#: How many steps `labour.py` takes an agreement through.
LIFE = 13


class Worker:
    """What is known of the work on one store from what its processes said before each was killed."""

    def __init__(self):
        self.acknowledged = {}
        self.ref, self.number, self.step = "", 1, 0

    @property
    def next(self):
        """Where the next process has to go on: at the step that nobody heard the end of."""
        return {"ref": self.ref, "number": self.number, "step": self.step}

    def take_in(self, said):
        """Note the steps that were done; tell whether the end came in the middle of one."""
        for line in said:
            assert line.keys() & {"trying", "done"}, line
            if "done" in line:
                self.acknowledged.setdefault(line["ref"], []).append((line["seq"], line["head"]))
                self.ref, self.step = line["ref"], line["done"] + 1
            if self.step == LIFE:
                self.ref, self.number, self.step = "", self.number + 1, 0
        return bool(said) and "trying" in said[-1]


@pytest.mark.parametrize("kind", KILLS)
def test_a_kill_at_any_instant_loses_nothing_acknowledged_and_leaves_nothing_half_done(
    kind, request, found, labour, tmp_path_factory
):
    database = request.getfixturevalue(kind)
    seed = int(os.environ.get("ASSENT_SEED", time.time_ns() % 10**9))
    print(f"to see this run again: ASSENT_SEED={seed}")
    chance = random.Random(seed)
    in_a_step = in_a_write = unheard = 0

    for _ in range(KILLS[kind] // KILLS_OF_A_STORE):
        with found(database, tmp_path_factory.mktemp("killed")) as world:
            worker = Worker()
            for _ in range(KILLS_OF_A_STORE):
                in_a_step += worker.take_in(_killed(labour, world, worker, chance))
                in_a_write += _has_hot_journal(world)
                unheard += _assert_nothing_lost(world, worker)
            _finish(world, labour, worker)
            _assert_everything_once(world, worker)

    print(f"killed in a step {in_a_step}, in a write {in_a_write}, after a commit nobody heard of {unheard}")
    # A run whose kills came at harmless moments would prove nothing.
    assert in_a_step >= KILLS[kind] // 2
    # How many depends on how busy the machine is; a few of each instant have to be among them.
    assert in_a_write >= KILLS[kind] // 40 or kind == "postgresql"
    assert unheard >= KILLS[kind] // 40


def test_a_store_whose_founding_was_killed_can_be_founded_again(labour, sqlite_world, tmp_path):
    began = time.monotonic()
    labour.wait(labour.start(sqlite_world, "found", at=str(tmp_path / "whole.db")))
    whole = time.monotonic() - began
    outcomes = []

    for eighth in range(1, 11):
        place = find_place(str(tmp_path / f"{eighth}.db"))
        process = labour.start(sqlite_world, "found", at=str(place.path))
        time.sleep(whole * eighth / 8)
        labour.kill(process)
        outcomes.append(_found_again(place, sqlite_world.keys))

    assert set(outcomes) == {"founded before the kill", "founded after it"}


# --- out of room ---------------------------------------------------------------------------


def test_an_action_that_runs_out_of_room_is_refused_whole_at_every_size_of_the_disk(sqlite_world):
    refusals = 0

    for act in (
        lambda a: a.agree(),
        lambda a: a.confirm(),
        lambda a: a.acknowledge(sqlite_world.reply, note="收到"),
        lambda a: a.draft(),
        lambda a: a.submit(note="請核"),
    ):
        agreement = _only(sqlite_world) or sqlite_world.workspace().new("services", sqlite_world.terms).open()
        refusals += _squeeze(sqlite_world, lambda act=act, agreement=agreement: act(agreement.refresh()))

    assert _only(sqlite_world).state is State.EXPERT_REVIEW
    assert refusals >= 20
    assert sqlite_world.audit().findings == []


def test_a_sign_off_that_runs_out_of_room_is_refused_whole(sqlite_world):
    ref = sqlite_world.in_sign_off()

    refusals = _squeeze(sqlite_world, lambda: sqlite_world.decide(ref, "bob"))

    assert refusals >= 3
    assert [decision.person for decision in sqlite_world.case(ref).decisions] == ["bob"]
    assert sqlite_world.audit().findings == []


def test_a_full_database_is_said_to_be_full(sqlite_world):
    agreement = sqlite_world.negotiated()
    before = sqlite_world.counts()

    with _no_more_pages(), pytest.raises(StoreUnavailableError, match="full"):
        agreement.draft()

    assert sqlite_world.counts() == before
    assert agreement.refresh().draft().state is State.DRAFTING


def test_the_command_says_that_there_is_no_room_and_works_again_once_there_is(sqlite_world, tmp_path):
    ref = sqlite_world.negotiated().ref
    before = sqlite_world.counts()

    refused = _assent(
        sqlite_world, tmp_path, "draft", ref, room=sqlite_world.place.path.stat().st_size + 8192
    )

    assert refused.returncode == 7
    assert "error[W075]" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sqlite_world.counts() == before

    done = _assent(sqlite_world, tmp_path, "draft", ref)

    assert done.returncode == 0, done.stderr
    assert sqlite_world.case(ref).state is State.DRAFTING


# --- how it is done ------------------------------------------------------------------------


def _killed(labour, world, worker, chance):
    """Let a process work until it is killed, and return what it said."""
    if chance.random() < 0.25:
        # It dies by its own hand between a commit and the news of it, an instant that is hard to hit.
        return labour.wait(labour.start(world, "work", **worker.next, silent_end=chance.randint(1, 3)))
    process = labour.start(world, "work", **worker.next)
    labour.hear(process, "trying")
    time.sleep(chance.uniform(0, 0.06))
    return labour.kill(process)


def _has_hot_journal(world):
    """Tell whether a write was under way: the journal still holds what it would have to undo."""
    if not world.place.sqlite:
        return False
    journal = Path(f"{world.place.path}-journal")
    return journal.exists() and journal.stat().st_size > 0


def _assert_nothing_lost(world, worker):
    """Open the store as the next user would; return how many steps were done and never heard of."""
    assert world.audit().findings == []
    kept = _kept(world)
    unheard = 0
    for ref, events in kept.items():
        heard = worker.acknowledged.get(ref, [])
        assert events[: len(heard)] == heard
        unheard += len(events) - len(heard)
    assert worker.acknowledged.keys() <= kept.keys()
    assert unheard <= 1
    return unheard


def _finish(world, labour, worker):
    """Let a process that nobody kills finish the agreement in hand."""
    worker.take_in(labour.wait(labour.start(world, "work", **worker.next, limit=LIFE - worker.step)))


def _assert_everything_once(world, worker):
    assert _kept(world) == worker.acknowledged
    for ref, events in worker.acknowledged.items():
        assert [seq for seq, _ in events] == list(range(1, LIFE + 1))
        assert world.case(ref).state is State.APPROVED
    if world.place.sqlite:
        with world.reader() as reader:
            assert [row["integrity_check"] for row in reader.rows("PRAGMA integrity_check")] == ["ok"]


def _kept(world):
    with world.reader() as reader:
        rows = reader.rows(
            "SELECT stream, seq, hash FROM v_event WHERE stream <> 'registry' ORDER BY stream, seq"
        )
    kept = {}
    for row in rows:
        kept.setdefault(row["stream"], []).append((row["seq"], row["hash"]))
    return kept


def _found_again(place, keys):
    outcome = "founded after it"
    try:
        found_store(place, person="alice", name="何愛莉", organisation="台北光電", keys=keys)
    except StoreExistsError:
        outcome = "founded before the kill"
    with Reader(place) as reader:
        assert [(person["id"], person["roles"]) for person in reader.people()] == [
            ("alice", ["admin", "staff"])
        ]
    return outcome


def _only(world):
    return next(iter(world.workspace().agreements()), None)


def _squeeze(world, act):
    """Do an action on disks that are larger and larger, until it is done; return how often it was refused."""
    before = world.counts()
    size = world.place.path.stat().st_size
    refusals = 0
    while True:
        with _files_no_larger_than(size + refusals * PAGE):
            try:
                act()
            except StoreUnavailableError as error:
                said = (error.code, error.exit_code)
            else:
                return refusals
            refusals += 1
            assert said == ("W075", 7)
            assert world.counts() == before  # read while there is still no room


@contextmanager
def _files_no_larger_than(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _no_more_pages():
    """Let no SQLite database grow for the length of a ``with``."""

    def stop(connection, _record):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(sa.Engine, "connect", stop)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "connect", stop)


def _assent(world, folder, *words, room=None):
    """Run the command as alice; *room* is how large its files may become."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))) if room else None
    return subprocess.run(
        [
            Path(sys.executable).with_name("assent"), *words,
            "--as", "alice", "--db", world.place.path, "--lang", "en",
        ],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, preexec_fn=limit,
    )  # fmt: skip

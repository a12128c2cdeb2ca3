"""Content is kept once, whoever keeps it and however often."""

import time
from concurrent.futures import ThreadPoolExecutor


def test_keeps_the_same_bytes_once_in_one_action(sqlite_world):
    before = sqlite_world.counts()["content"]

    with sqlite_world.store.begin() as unit:
        names = {unit.put(b"the same") for _ in range(3)}
        unit.commit()

    assert len(names) == 1
    assert sqlite_world.counts()["content"] == before + 1


def test_remembers_nothing_that_an_action_did_not_finish(sqlite_world):
    with sqlite_world.store.begin() as unit:
        unit.put(b"the same")
    with sqlite_world.store.begin() as unit:
        name = unit.put(b"the same")
        unit.commit()

    with sqlite_world.store.begin() as unit:
        assert unit.get(name) == b"the same"


def test_two_actions_can_keep_the_same_bytes_at_the_same_time(postgresql_world):
    """The second waits for the first at the key; then there is nothing left for it to do."""
    store, before = postgresql_world.store, postgresql_world.counts()["content"]

    def keep():
        with store.begin() as unit:
            unit.put(b"the same")
            unit.commit()

    with ThreadPoolExecutor() as threads, store.begin() as first:
        first.put(b"the same")
        second = threads.submit(keep)
        wait_for_a_queue(postgresql_world, second)
        first.commit()
        second.result(timeout=30)

    assert postgresql_world.counts()["content"] == before + 1


def wait_for_a_queue(world, action):
    """Return as soon as *action* waits for a lock, or has ended without."""
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with world.reader() as reader:
        while not action.done() and not reader.rows(query):
            time.sleep(0.01)

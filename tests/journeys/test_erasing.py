"""Erasing somebody's words by command: what goes, what stays, and who may."""

REQUEST = ("--request", "陳伯寧 115年11月20日來函")


def of_bob(office):
    """Return the event by which bob approved."""
    events = office.json("audit", "log", "1")["events"]
    return next(f"{e['stream']}#{e['seq']}" for e in events if (e["type"], e["actor"]) == ("approved", "bob"))


def test_the_words_go_and_the_trail_still_verifies(approved):
    event = of_bob(approved)
    assert "同意。" in approved("receipt", event).out

    done = approved("db", "erase", event, *REQUEST, "--yes", person="alice")

    assert "approval-sheet" in done.out
    assert "同意。" not in approved("receipt", event).out
    assert approved.json("audit", "verify")["ok"]
    assert "erased by request" in approved("documents", "save", "1").err
    approved.refuses("W069", 3, "db", "erase", event, *REQUEST, "--yes", person="alice")


def test_a_dry_run_says_what_would_go_and_erases_nothing(approved):
    with approved.nothing_recorded():
        done = approved("db", "erase", of_bob(approved), *REQUEST, "--dry-run", person="alice")

    assert "approval-sheet" in done.out
    assert "同意。" in approved("receipt", of_bob(approved)).out


def test_nobody_but_an_administrator_erases(approved):
    with approved.nothing_recorded():
        approved("db", "erase", of_bob(approved), *REQUEST, "--yes", person="bob", code=4)


def test_it_is_confirmed_first(approved):
    with approved.nothing_recorded():
        done = approved("db", "erase", of_bob(approved), *REQUEST, "--no-input", person="alice", code=2)
    assert "error[W097]" in done.err


def test_it_says_who_asked(approved):
    approved("db", "erase", of_bob(approved), "--yes", person="alice", code=2)


def test_an_event_that_is_not_there_has_no_words(approved):
    approved.refuses("W040", 3, "db", "erase", "AGR-1999-0001#1", *REQUEST, "--yes", person="alice")

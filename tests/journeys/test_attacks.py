"""Defects found by the journeys: each test fails until its defect is mended, then belongs in the suite."""

import os
import re
import sqlite3
import zipfile
from contextlib import closing

import pytest

HOSTILE = "\x1b]0;pwned\x07\x1b[31m"
HIDDEN = ("\x01", "\x1b[31m", "\u202e", "\u200b", "\udcff")


def text_of(path):
    with zipfile.ZipFile(path) as package:
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def fingerprint(cli, person):
    return next(row["keys"][0] for row in cli.json("people", "list")["people"] if row["id"] == person)


# D1: words that reach the trail and documents unseen


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("alice", ("new", "services", "--title")),
        ("alice", ("flag", "raise", "1", "--role", "legal", "--question")),
        ("bob", ("return", "1", "--yes", "--reason", "x", "--part")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_records_no_word_that_cannot_be_seen(in_sign_off, person, words, hidden):
    in_sign_off.refuses("W001", 2, *words, f"甲{hidden}乙", person=person)


@pytest.mark.parametrize("option", ["--basis", "--must", "--should", "--note"])
@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_records_no_opinion_that_cannot_be_seen(in_review, ways, option, hidden):
    conclusion = "conditions" if option == "--must" else "clear"
    said = ("--conclusion", conclusion, "--reason", "x", option, f"甲{hidden}乙", "--yes")

    in_review.refuses("W001", 2, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="dan")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_records_no_remark_that_cannot_be_seen(confirmed, hidden):
    confirmed("draft", "1")

    confirmed.refuses("W001", 2, "submit", "1", "--note", f"甲{hidden}乙")


def test_shows_no_control_characters_of_a_title(founded):
    founded("new", "services", "--title", "甲")
    result = founded("new", "services", "--title", f"甲{HOSTILE}乙", code=2)

    shown = [founded(*words) for words in (("list",), ("show", "1"), ("why", "1"), ("timeline", "1"))]
    assert not any("\x1b" in printed.out + printed.err for printed in (result, *shown))


@pytest.mark.parametrize("name", [b"reply\xff.eml", b"reply\x1b[31m.eml"])
def test_takes_evidence_only_under_a_name_that_can_be_seen(founded, name):
    founded("new", "services", "--terms", "terms.toml")
    for command in ("open", "agree", "confirm"):
        founded(command, "1")
    path = founded.folder / os.fsdecode(name)
    (founded.folder / "reply.eml").rename(path)

    result = founded.refuses("W026", 2, "acknowledge", "1", "--evidence", path)

    assert "\x1b" not in result.err


def test_names_nobody_by_what_cannot_be_written(in_sign_off):
    for words in (("inbox",), ("new", "services"), ("approve", "1", "--yes"), ("list", "--mine")):
        with in_sign_off.nothing_recorded():
            refused = in_sign_off(
                *words, person="bo\udcffb", code=(0, 2, 3) if words[0] == "list" else (2, 3)
            )

        assert words[0] == "list" or re.search(r"error\[W0(01|45)\]", refused.err)


def test_takes_no_name_for_an_attempt_that_cannot_be_written(in_sign_off):
    in_sign_off.refuses("W001", 2, "approve", "1", "--yes", "--once", "\udcff", person="bob")
    in_sign_off.refuses("W001", 2, "new", "services", "--once", "\udcff")


# D2: authority


def test_the_only_administrators_only_key_is_not_revoked(founded):
    founded.refuses("W038", 1, "key", "revoke", "alice", fingerprint(founded, "alice"), person="alice")


def test_whoever_puts_a_draft_forward_is_nobody_to_approve_it(confirmed):
    confirmed("people", "role", "bob", "staff", person="alice")
    confirmed("draft", "1", person="alice")

    confirmed.refuses("W012", 1, "submit", "1", person="bob")


@pytest.fixture
def conditional(in_review, ways):
    two = (
        "--conclusion",
        "conditions",
        "--must",
        "附錄 A",
        "--must",
        "附錄 B",
        "--reason",
        "見附錄。",
        "--yes",
    )
    in_review("flag", "resolve", "1", ways.flag_of(in_review, "legal"), *two, person="lena")
    return in_review


def test_takes_no_empty_digest_for_a_match_under_an_opinion(in_review, ways):
    said = ("--conclusion", "clear", "--reason", "x", "--expect", "sha256:", "--yes")
    in_review.refuses("W044", 6, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="dan")


@pytest.mark.parametrize("given", ["--expect="])
def test_an_empty_digest_is_not_the_same_as_none(in_sign_off, given):
    in_sign_off.refuses("W044", 6, "approve", "1", given, "--yes", person="bob")


# D3: things that are lost or left half-made


def test_saves_every_document_where_two_have_one_name(in_review, ways):
    legal = ways.flag_of(in_review, "legal")
    for conclusion in ("object", "clear"):
        said = ("--conclusion", conclusion, "--reason", f"my answer: {conclusion}", "--yes")
        in_review("flag", "resolve", "1", legal, *said, person="lena")
    listed = in_review.json("documents", "list", "1")["documents"]

    files = in_review.json("documents", "save", "1")["files"]

    assert len(files) == len(listed)
    assert any("my answer: object" in text_of(in_review.folder / file) for file in files)


def test_founds_nothing_by_halves(cli):
    cli("init", "--organisation", "甲\x01乙", person="alice", code=2)

    assert not (cli.folder / "assent.db").exists()
    cli("init", "--organisation", "甲乙", person="alice")
    assert cli.json("people", "list")["people"][0]["id"] == "alice"


def test_negotiates_before_there_are_terms(founded):
    founded("new", "services")
    founded("plan", "1", "--file", "plan.toml")

    founded("open", "1")
    founded("round", "1", "--file", "round.toml")
    founded("agree", "1", "--terms", "terms.toml")

    assert founded.json("show", "1")["state"] == "terms_agreed"


# D4: faults of ours where a refusal is due


def test_takes_no_pipe_or_device_for_evidence(founded):
    founded("new", "services", "--terms", "terms.toml")
    for command in ("open", "agree", "confirm"):
        founded(command, "1")
    os.mkfifo(founded.folder / "pipe")

    for path in ("/dev/null", "pipe"):
        founded.refuses("W026", 2, "acknowledge", "1", "--evidence", path)


def test_a_reply_is_not_received_in_the_future(founded):
    founded("new", "services", "--terms", "terms.toml")
    for command in ("open", "agree", "confirm"):
        founded(command, "1")

    with founded.nothing_recorded():
        founded("acknowledge", "1", "--evidence", "reply.eml", "--on", "2999-01-01", code=2)


@pytest.mark.parametrize("person", ["../bob", "a/b", "Bob"])
def test_makes_no_key_under_a_name_that_is_nobodys(founded, person):
    before = sorted(founded.folder.rglob("*"))

    founded.refuses("W001", 2, "key", "new", person=person)

    assert sorted(founded.folder.rglob("*")) == before


# D5: stores and places


@pytest.mark.parametrize("url", ["postgresql://[bad", "postgresql://h:abc/db"])
def test_says_that_an_address_is_none(cli, url):
    for words in (("list",), ("new", "services")):
        assert "error[W075]" in cli(*words, "--db", url, person="alice", code=7).err


def test_says_that_the_driver_is_not_installed(cli):
    (cli.folder / "without").mkdir()
    (cli.folder / "without" / "psycopg.py").write_text("raise ImportError('no psycopg')")
    path = f"{cli.folder / 'without'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"

    result = cli.alone("list", "--db", "postgresql://h/db", code=7, env=cli.env | {"PYTHONPATH": path})

    assert "error[W075]" in result.err


def test_an_upgrade_from_an_unknown_version_is_refused(in_sign_off):
    with closing(sqlite3.connect(in_sign_off.folder / "assent.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    assert "error[W07" in in_sign_off("db", "upgrade", code=7).err


@pytest.mark.parametrize("words", [("timeline", "1"), ("audit", "log")])
def test_reads_what_is_left_of_a_damaged_trail(in_sign_off, words):
    with closing(sqlite3.connect(in_sign_off.folder / "assent.db")) as connection, connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET line = substr(line, 2) WHERE stream LIKE 'AGR%' AND seq = 2")

    in_sign_off(*words, code=(0, 5))


@pytest.mark.parametrize(
    "words", [("documents", "save", "1"), ("parties",), ("policy", "why", "1"), ("why", "1")]
)
def test_says_that_content_is_missing(in_sign_off, words):
    with closing(sqlite3.connect(in_sign_off.folder / "assent.db")) as connection, connection:
        connection.execute("DROP TRIGGER content_no_delete")
        connection.execute("DELETE FROM content")

    in_sign_off(*words, code=5)


# D6: what people have is overwritten


def test_the_demonstration_writes_over_nothing(cli):
    for name in ("terms.toml", "reply.eml", "execution.toml"):
        cli.write(name, "mine")

    cli("demo", "--dir", ".", code=1)

    for name in ("terms.toml", "reply.eml", "execution.toml"):
        assert (cli.folder / name).read_text() == "mine"


def test_saving_again_does_not_write_over_what_was_edited(in_sign_off):
    name = in_sign_off.json("documents", "list", "1")["documents"][-1]["name"]
    in_sign_off("documents", "save", "1", "--out", "papers")
    (in_sign_off.folder / "papers" / name).write_text("edited by the lawyer")

    in_sign_off("documents", "save", "1", "--out", "papers", code=1)

    assert (in_sign_off.folder / "papers" / name).read_text() == "edited by the lawyer"


# D7: output


@pytest.mark.parametrize("columns", [60, 80])
def test_why_prints_no_line_wider_than_the_terminal(in_review, columns):
    in_review.env["COLUMNS"] = str(columns)

    for line in in_review("why", "1").out.splitlines():
        assert len(line) <= columns, line


def test_says_that_its_output_could_not_be_written(in_sign_off, ways):
    script = 'exec "$0" "$@" >/dev/full'

    result = in_sign_off.alone("-c", script, ways.SCRIPT, "list", program="/bin/sh", code=1)

    assert "error[W077]" in result.err


def test_offers_only_commands_that_exist(in_force):
    said = in_force("show", "1").err.partition("Possible now: ")[2].strip()
    commands = in_force("--help").out

    for command in filter(None, said.split(", ")):
        assert f"\n  {command.split()[0]} " in commands, command


def test_names_commands_as_they_are_typed(in_force, in_review):
    refused = in_review.refuses("W020", 1, "approve", "1", "--yes", person="bob")

    assert "_" not in refused.err.partition("possible now: ")[2]


# D8: the audit's false alarm


@pytest.mark.parametrize("text", ["a; C-2 [note] b", "x; C-9 [must] y"])
def test_verifies_what_an_expert_wrote_whatever_it_looks_like(in_review, ways, text):
    said = ("--conclusion", "conditions", "--must", text, "--reason", "x", "--yes")
    in_review("flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="dan")

    in_review("audit", "verify")


def test_sets_no_condition_without_words(in_review, ways):
    said = ("--conclusion", "conditions", "--must", " ", "--reason", "x", "--yes")
    in_review.refuses("W001", 2, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="dan")


# D9: who decides


def test_nobody_signs_off_terms_they_wrote(founded):
    founded("people", "role", "bob", "staff")
    founded("new", "services", "--terms", "terms.toml", person="sam")
    founded("open", "1", person="sam")
    founded("agree", "1", "--terms", "changed.toml", person="bob")
    for words in (("confirm",), ("acknowledge", "--evidence", "reply.eml"), ("draft",)):
        founded(words[0], "1", *words[1:], person="sam")

    founded.refuses("W012", 1, "submit", "1", person="sam")

"""Stores that cannot be used: each is named with its reason, and is left as it was found."""

import os
import sqlite3
from contextlib import closing, contextmanager

import pytest

READING = (("list",), ("show", "1"), ("audit", "verify"), ("db", "status"), ("inbox", "--as", "bob"))
WRITING = (
    ("new", "services"),
    ("approve", "1", "--yes", "--as", "bob"),
    ("flag", "raise", "1", "--role", "legal", "--question", "why"),
    ("people", "role", "bob", "gm"),
)


def refuses_everything(cli, error, code, commands=(*READING, *WRITING)):
    """Assert that every command is refused, and that the store is not touched."""
    store = cli.folder / "assent.db"
    before = store.read_bytes() if store.is_file() else None
    for words in commands:
        result = cli(*words, code=code)
        assert result.err.startswith(f"error[{error}]: "), result.err
        assert "\n  try   " in result.err
        assert not result.out
    assert (store.read_bytes() if store.is_file() else None) == before


@contextmanager
def opened(cli):
    """Open the store behind the program's back, its guards out of the way."""
    with closing(sqlite3.connect(cli.folder / "assent.db", isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def test_says_that_there_is_no_store(cli):
    refuses_everything(cli, "W070", 7)
    assert "assent init" in cli("list", code=7).err


def test_says_that_a_folder_is_no_store(cli):
    (cli.folder / "assent.db").mkdir()

    refuses_everything(cli, "W070", 7)


@pytest.mark.parametrize("body", [b"", b"hello\n", b"SQLite format 3\x00", os.urandom(8192)], ids=len)
def test_says_that_a_file_is_no_store(in_sign_off, body):
    (in_sign_off.folder / "assent.db").write_bytes(body)

    refuses_everything(in_sign_off, "W072", 7, (*READING, *WRITING, ("db", "upgrade")))


def test_says_that_another_programs_database_is_no_store(in_sign_off):
    store = in_sign_off.folder / "assent.db"
    store.unlink()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("CREATE TABLE event (id INTEGER)")

    refuses_everything(in_sign_off, "W072", 7, (*READING, *WRITING, ("db", "upgrade")))


def test_says_that_it_is_too_old_for_a_newer_store(in_sign_off):
    with opened(in_sign_off) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    refuses_everything(in_sign_off, "W074", 7, (*READING, *WRITING, ("db", "upgrade")))


def test_says_that_a_store_without_a_version_is_none_of_ours(in_sign_off):
    with opened(in_sign_off) as connection:
        connection.execute("DELETE FROM alembic_version")

    refuses_everything(in_sign_off, "W072", 7)


def test_says_that_an_older_store_wants_an_upgrade(in_sign_off):
    with opened(in_sign_off) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    refuses_everything(in_sign_off, "W073", 7)
    assert "assent db upgrade" in in_sign_off("list", code=7).err


def test_says_that_a_current_store_needs_no_upgrade(in_sign_off):
    with in_sign_off.nothing_recorded():
        told = in_sign_off("db", "upgrade").out

    assert "already" in told


def test_makes_no_store_over_one_that_is_there(in_sign_off):
    refuses_everything(in_sign_off, "W071", 1, (("init",),))


def test_makes_no_store_over_another_file(in_sign_off):
    in_sign_off.write("assent.db", "hello\n")

    refuses_everything(in_sign_off, "W072", 7, (("init",),))


@pytest.mark.parametrize("part", [0.0001, 0.01, 0.3, 0.7, 0.99])
def test_never_calls_a_store_sound_that_was_cut_short(in_sign_off, part):
    store = in_sign_off.folder / "assent.db"
    body = store.read_bytes()
    store.write_bytes(body[: int(len(body) * part)])

    in_sign_off("audit", "verify", code=(5, 7))
    in_sign_off("approve", "1", "--yes", person="bob", code=(5, 7))
    for words in (*READING, *WRITING):
        in_sign_off(*words, code=(0, 5, 7))


def test_names_the_event_whose_line_was_changed(in_sign_off):
    with opened(in_sign_off) as connection:
        line = "UPDATE event SET line = replace(line, 'lena', 'lema') WHERE stream LIKE 'AGR%' AND seq = 11"
        assert connection.execute(line).rowcount

    findings = in_sign_off.json("audit", "verify", code=5)["findings"]

    assert {finding["seq"] for finding in findings} >= {11}
    assert in_sign_off("audit", "verify", code=5).err.strip().startswith("Do not repair")


def test_names_every_document_in_which_a_byte_was_changed(in_sign_off):
    documents = in_sign_off.json("documents", "list", "1")["documents"]
    with opened(in_sign_off) as connection:
        for number, row in enumerate(documents):
            query = "SELECT body FROM content WHERE sha256 = ?"
            body = bytearray(connection.execute(query, (row["file"],)).fetchone()[0])
            body[len(body) * number // len(documents)] ^= 16
            change = "UPDATE content SET body = ? WHERE sha256 = ?"
            connection.execute(change, (bytes(body), row["file"]))

    found = {finding["seq"] for finding in in_sign_off.json("audit", "verify", code=5)["findings"]}

    assert found >= {row["seq"] for row in documents}


def test_reads_a_store_that_may_not_be_written(in_sign_off):
    (in_sign_off.folder / "assent.db").chmod(0o444)

    for words in READING:
        in_sign_off(*words, bound=True)
    for words in WRITING:
        in_sign_off.refuses("W075", 7, *words, bound=True)


def test_reads_a_store_in_a_folder_that_may_not_be_written(in_sign_off):
    (in_sign_off.folder / "assent.db-journal").unlink(missing_ok=True)
    in_sign_off.folder.chmod(0o555)
    try:
        for words in READING:
            in_sign_off(*words, bound=True)
        for words in WRITING:
            in_sign_off.refuses("W075", 7, *words, bound=True)
    finally:
        in_sign_off.folder.chmod(0o755)


def test_says_that_a_store_may_not_be_read(in_sign_off):
    (in_sign_off.folder / "assent.db").chmod(0)

    for words in (*READING, *WRITING):
        assert "error[W075]" in in_sign_off(*words, code=7, bound=True).err


def test_says_where_a_new_store_may_not_be_written(cli):
    cli.folder.chmod(0o555)
    try:
        cli.refuses("W077", 1, "init", person="alice", bound=True)
    finally:
        cli.folder.chmod(0o755)


def test_says_where_documents_may_not_be_written(in_force):
    (in_force.folder / "closed").mkdir(mode=0o555)

    in_force.refuses("W077", 1, "documents", "save", "1", "--out", "closed", bound=True)
    in_force.refuses("W077", 1, "documents", "save", "1", "--out", "closed/below", bound=True)


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cret@127.0.0.1:1/db", "postgres://u:s3cret@127.0.0.1:1/db"]
)
def test_says_that_a_server_does_not_answer_and_keeps_its_password(cli, url):
    for words in (*READING, *WRITING, ("db", "upgrade"), ("init",)):
        result = cli(*words, "--db", url, *(() if "--as" in words else ("--as", "alice")), code=7)

        assert result.err.startswith("error[W075]: ")
        assert "127.0.0.1" in result.err
        assert "s3cret" not in result.err


def test_knows_no_store_of_another_kind(cli):
    result = cli("list", "--db", "mysql://u:s3cret@host/db", code=7)

    assert result.err.startswith("error[W070]: ")
    assert "s3cret" not in result.err

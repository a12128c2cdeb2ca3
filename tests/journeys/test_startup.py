"""Commands that only look start without what drafting, signing and writing need."""

import sqlite3
import sys
from contextlib import closing

import pytest

HEAVY = {
    "alembic",
    "babel",
    "cryptography",
    "docx",
    "docxtpl",
    "holidays",
    "icalendar",
    "jinja2",
    "lxml",
    "psycopg",
    "pydantic",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "transitions",
}
RUNNER = """
import sys
from approvals.cli import main
code = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write("\\n".join(sorted({name.partition(".")[0] for name in sys.modules})))
sys.exit(code)
"""


def imported(cli, *words, code=0):
    """Return the packages that a command, run in an interpreter of its own, had imported at its end."""
    list_of = cli.folder / "modules"
    cli.alone("-c", RUNNER, list_of, *words, program=sys.executable, code=code)
    return set(list_of.read_text().split())


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("approve", "--help"),
        ("list",),
        ("inbox", "--as", "bob"),
        ("show", "1"),
        ("list", "--party", "和風", "--text", "客服", "--person", "lena", "--value", ">0"),
        ("diagram", "state", "1"),
        ("diagram", "flow", "1", "--svg", "flow.svg"),
        ("receipt", "1#1"),
        ("audit", "log", "1"),
        ("documents", "list", "1"),
        ("people", "list"),
    ],
    ids=" ".join,
)
def test_imports_nothing_heavy_to_look(in_sign_off, words):
    assert not imported(in_sign_off, *words) & HEAVY


def test_imports_nothing_heavy_to_count_again_how_late_something_is(in_sign_off):
    with closing(sqlite3.connect(in_sign_off.folder / "assent.db")) as connection:
        connection.execute("UPDATE seat SET due = '2026-01-06'")
        connection.commit()

    assert "holidays" in imported(in_sign_off, "inbox", "--as", "bob")
    assert not imported(in_sign_off, "inbox", "--as", "bob") & HEAVY


@pytest.mark.parametrize("words", [("timeline", "1"), ("stats",), ("diagram", "gantt", "1")], ids=" ".join)
def test_imports_nothing_heavy_to_count_working_time_again(in_sign_off, words):
    imported(in_sign_off, *words)

    assert not imported(in_sign_off, *words) & HEAVY


def test_imports_for_why_no_more_than_the_policy_needs(in_sign_off):
    assert imported(in_sign_off, "why", "1") & HEAVY <= {"pydantic"}


def test_imports_nothing_heavy_to_refuse(in_sign_off):
    assert not imported(in_sign_off, "show", "99", code=3) & HEAVY


def test_would_notice_what_writing_imports(in_sign_off):
    assert imported(in_sign_off, "new", "services") & HEAVY >= {"sqlalchemy", "pydantic"}

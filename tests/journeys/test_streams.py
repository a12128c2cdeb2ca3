"""The command among others: in pipes, without streams, in other words and in other languages."""

import subprocess
import sys
from unicodedata import east_asian_width

import pytest


def test_says_nothing_when_its_reader_leaves(in_force, ways):
    command = subprocess.Popen(
        [ways.SCRIPT, "audit", "log"],
        cwd=in_force.folder,
        env=in_force.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with command:
        first = command.stdout.readline()
        command.stdout.close()
        said = command.stderr.read()

    assert first.startswith(b"{")
    assert said == b""
    assert command.returncode == 0


ALL, IN = ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"), ("<&-",)


@pytest.mark.parametrize(
    ("words", "code", "closed"),
    [
        (("list",), 0, ALL),
        (("inbox", "--as", "bob"), 0, ALL),
        (("show", "99"), 3, ALL),
        (("approve", "1", "--as", "bob"), 2, IN),
        (("return", "1", "--as", "bob", "--reason-file", "-"), 2, IN),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_means_the_same_where_its_caller_closed_a_stream(in_sign_off, ways, words, code, closed):
    for streams in closed:
        script = f'exec "$0" "$@" {streams}'
        in_sign_off.alone("-c", script, ways.SCRIPT, *words, program="/bin/sh", code=code)


def test_prints_lines_of_columns_for_other_programs(in_sign_off, ways):
    lines = in_sign_off("list").out.splitlines()

    assert [line.split("\t")[0] for line in lines] == [ways.REF]


def test_keeps_remarks_out_of_what_other_programs_read(in_sign_off):
    result = in_sign_off("inbox", person="bob")

    assert "waits for you" not in result.out
    assert "waits for you" in result.err


@pytest.mark.parametrize("columns", [60, 80, 100])
@pytest.mark.parametrize(
    "words", [("list",), ("show", "1"), ("timeline", "1"), ("policy", "show"), ("people", "list")]
)
def test_prints_no_line_wider_than_the_terminal(in_sign_off, words, columns):
    in_sign_off.env["COLUMNS"] = str(columns)

    for line in in_sign_off(*words).out.splitlines():
        assert sum(2 if east_asian_width(c) in "WF" else 1 for c in line) <= columns, line


def test_runs_as_a_module_too(in_sign_off):
    told = in_sign_off.alone("-m", "approvals", "list", program=sys.executable).out

    assert told == in_sign_off("list").out


def test_says_it_in_chinese(in_sign_off):
    assert "錯誤[W040]" in in_sign_off("show", "99", "--lang", "zh-TW", code=3).err


def test_says_it_where_only_ascii_can_be_printed(in_sign_off):
    in_sign_off.env.update({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})

    assert "AGR-" in in_sign_off.alone("list").out
    assert "AGR-" in in_sign_off.alone("show", "1").out

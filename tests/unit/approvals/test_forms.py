"""Rows for programs: what a spreadsheet may not take for a formula."""

import csv
import io

import pytest

from approvals.cli.forms import show_csv


def written(capsys, value, *, excel=False):
    show_csv(("key",), [{"key": value}], excel=excel)
    return capsys.readouterr().out


@pytest.mark.parametrize("value", ["=1+1", "+886", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x"])
def test_quotes_what_begins_like_a_formula(capsys, value):
    cell = next(csv.reader(io.StringIO(written(capsys, value).partition("\n")[2])))[0]

    assert cell.startswith("'")


@pytest.mark.parametrize("value", [-5, 0, 1.5])
def test_leaves_numbers_alone(capsys, value):
    assert written(capsys, value) == f"key\n{value}\n"


def test_writes_lists_nothing_and_line_ends_so_that_they_are_read_back(capsys):
    show_csv(("a", "b", "c"), [{"a": ["x", "y"], "b": None, "c": 'one\n"two", three'}])

    read = list(csv.reader(io.StringIO(capsys.readouterr().out)))

    assert read == [["a", "b", "c"], ["x y", "", 'one\n"two", three']]


def test_lets_no_name_send_a_command_to_the_terminal(capsys):
    assert "\x1b" not in written(capsys, "\x1b[2J")


def test_marks_its_encoding_for_excel_only(capsys):
    assert written(capsys, "甲", excel=True).startswith("\ufeffkey")
    assert not written(capsys, "甲").startswith("\ufeff")

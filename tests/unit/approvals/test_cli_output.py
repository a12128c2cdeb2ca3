"""What a terminal is shown: nothing wider than it, nothing that moves its cursor, nothing cut."""

import contextlib
import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.cli.output import (
    group_digits,
    pad,
    remark,
    say,
    show,
    show_json,
    show_pairs,
    show_table,
    visible,
    width,
    wrap,
)

FEW = settings(max_examples=100, deadline=None, database=None)
TERMINALS = (60, 80, 100)
HEADINGS = ("REF", "PARTY", "TITLE", "AMOUNT", "STATE")
ROWS = [
    (
        "AGR-2026-0001",
        "福爾摩沙股份有限公司",
        "系統維護及資料處理委託合約（第三次增補協議）",
        "TWD 1,230,000",
        "sign-off",
    ),
    (
        "AGR-2026-0042",
        "Contoso Ltd",
        "Maintenance of the warehouse system, extended",
        "USD 480.00",
        "in force",
    ),
]
CELLS = st.text("ab 合約é，-", max_size=60)


def printed(action, *, columns=None, encoding="utf-8"):
    """Return what *action* prints to a terminal of so many columns, or into a pipe."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setenv("COLUMNS", str(columns)) if columns else patch.delenv("COLUMNS", raising=False)
        action()
    return out.buffer.getvalue().decode(encoding)


def lines(text):
    return text.splitlines()


# --- widths ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("合約", 4), ("ＡＢ", 4), ("ｱ", 1), ("é", 1), ("，", 2), ("A合", 3)],
)
def test_counts_columns_as_a_terminal_does(text, columns):
    assert width(text) == columns


def test_fills_to_a_width_in_columns():
    assert pad("合約", 6) == "合約  "
    assert pad("合約", 6, right=True) == "  合約"
    assert pad("合約", 3) == "合約"


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("系統維護合約", 4, ["系統", "維護", "合約"]),
        ("系統維護合約", 5, ["系統", "維護", "合約"]),
        ("第A條 abc", 5, ["第A條", "abc"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("ab cdefgh", 3, ["ab", "cde", "fgh"]),
    ],
)
def test_breaks_lines_at_spaces_and_between_wide_characters(text, room, expected):
    assert wrap(text, room) == expected


@FEW
@given(CELLS, st.integers(2, 40))
def test_a_broken_line_fits_and_loses_nothing_but_spaces(text, room):
    pieces = wrap(text, room)

    assert all(width(piece) <= room for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


# --- tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", TERMINALS)
def test_no_line_of_a_table_is_wider_than_the_terminal(columns):
    shown = printed(lambda: show_table(HEADINGS, ROWS, right=[3], flexible=[1, 2]), columns=columns)

    assert max(map(width, lines(shown))) <= columns
    for row in ROWS:
        # What has to be copied or compared stands in one piece.
        assert all(any(cell in line for line in lines(shown)) for cell in (row[0], row[3], row[4]))


@pytest.mark.parametrize("columns", TERMINALS)
@FEW
@given(rows=st.lists(st.tuples(st.text("0123456789-", max_size=13), CELLS, CELLS), max_size=4))
def test_no_table_is_wider_than_the_terminal_whatever_it_holds(columns, rows):
    shown = printed(lambda: show_table(("REF", "甲方", "TITLE"), rows, flexible=[1, 2]), columns=columns)

    assert all(width(line) <= columns for line in lines(shown))
    letters = sorted("".join(cell for row in rows for cell in row).replace(" ", ""))
    # Every letter is there, in a table or on a card; headings add their own.
    assert not [each for each in set(letters) if shown.count(each) < letters.count(each)]


def test_columns_stand_under_each_other_in_chinese_too():
    rows = [("甲公司", "5"), ("Ann", "1,000"), ("乙", "20")]

    shown = printed(lambda: show_table(("PARTY", "AMOUNT"), rows, right=[1]), columns=80)

    assert lines(shown) == [
        "PARTY   AMOUNT",
        "甲公司       5",
        "Ann      1,000",
        "乙          20",
    ]


def test_a_long_cell_goes_on_below_itself():
    rows = [("AGR-1", "one two three four five six seven", "x")]

    shown = printed(lambda: show_table(("REF", "TITLE", ""), rows, flexible=[1]), columns=30)

    assert lines(shown) == ["REF    TITLE", "AGR-1  one two three four    x", "       five six seven"]


def test_takes_the_room_from_the_widest_flexible_column():
    rows = [("a" * 10, "b" * 40)]

    shown = printed(lambda: show_table(("A", "B"), rows, flexible=[0, 1]), columns=40)

    assert lines(shown) == ["A           B", "a" * 10 + "  " + "b" * 28, " " * 12 + "b" * 12]


def test_rows_become_cards_where_nothing_may_be_wrapped():
    rows = [("AGR-2026-0001", "x" * 40), ("AGR-2026-0002", "")]

    shown = printed(lambda: show_table(("REF", "DIGEST"), rows), columns=50)

    assert lines(shown) == [
        "REF     AGR-2026-0001",
        "DIGEST  " + "x" * 40,
        "",
        "REF  AGR-2026-0002",
        "",
    ]


def test_a_column_too_narrow_to_read_makes_cards_too():
    rows = [("AGR-2026-0001", "TWD 1,230,000", "系統維護合約")]

    shown = printed(lambda: show_table(("REF", "AMOUNT", "TITLE"), rows, flexible=[2]), columns=36)

    assert lines(shown) == ["REF     AGR-2026-0001", "AMOUNT  TWD 1,230,000", "TITLE   系統維護合約", ""]


def test_headings_stand_alone_where_there_are_no_rows():
    assert printed(lambda: show_table(("REF", "TITLE"), []), columns=80) == "REF  TITLE\n"


def test_other_programs_get_tabs_and_no_headings():
    shown = printed(
        lambda: show_table(("REF", "TITLE"), [("AGR-1", "x" * 300), ("AGR-2", "a\tb\nc")], flexible=[1])
    )

    assert shown == "AGR-1\t" + "x" * 300 + "\nAGR-2\ta\\x09b\\x0ac\n"


# --- pairs -------------------------------------------------------------------------------


def test_pairs_are_aligned_and_go_on_below_themselves():
    pairs = [("Title", "one two three four five six"), ("對方", "甲公司"), ("Empty", "")]

    assert lines(printed(lambda: show_pairs(pairs, indent=2), columns=33)) == [
        "  Title  one two three four five",
        "         six",
        "  對方   甲公司",
    ]


def test_a_values_own_lines_are_kept():
    assert printed(lambda: show_pairs([("A", "x\n\ny")]), columns=80) == "A  x\n   \n   y\n"


@pytest.mark.parametrize("columns", TERMINALS)
@FEW
@given(pairs=st.lists(st.tuples(st.text("A標", min_size=1, max_size=10), CELLS), max_size=4))
def test_no_pair_is_wider_than_the_terminal(columns, pairs):
    shown = printed(lambda: show_pairs(pairs, indent=4), columns=columns)

    assert all(width(line) <= columns for line in lines(shown))


def test_nothing_is_shown_for_no_pairs():
    assert printed(lambda: show_pairs([("A", "")]), columns=80) == ""


# --- hostile and foreign text ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\a", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\rb\bc\x7f\x9b31m", "a\\x0db\\x08c\\x7f\\x9b31m"),
        ("a\nb", "a\\x0ab"),
        ("abc\u202edef", "abc\\x202edef"),
        ("\u200b\u2066", "\\x200b\\x2066"),
        ("\ud800", "\\xd800"),
        ("合約 é 𠮷", "合約 é 𠮷"),
    ],
)
def test_makes_what_could_move_the_cursor_visible(text, shown):
    assert visible(text) == shown


def test_lets_line_ends_through_only_where_they_are_wanted():
    assert visible("a\nb\x1b", lines=True) == "a\nb\\x1b"


@pytest.mark.parametrize("columns", [None, *TERMINALS, 20])
def test_no_cell_reaches_the_terminal_raw(columns):
    evil = "\x1b[31m\u202eevil\r\n\0"

    shown = printed(lambda: show_table(("A", "B"), [(evil, evil)], flexible=[1]), columns=columns)
    shown += printed(lambda: show_pairs([("A", evil)]), columns=columns)

    assert not set(shown) & set("\x1b\r\0\u202e")
    assert "\\x1b" in shown


@pytest.mark.parametrize("encoding", ["cp950", "ascii", "cp437"])
def test_what_a_console_cannot_write_is_replaced_and_never_a_crash(encoding):
    rows = [("AGR-1", "𠮷野家 é \ud800")]

    shown = printed(lambda: show_table(("REF", "TITLE"), rows, flexible=[1]), columns=80, encoding=encoding)
    shown += printed(lambda: show_json("show", name="𠮷\ud800"), encoding=encoding)

    assert "?" in shown
    assert "\\xd800" in shown


@pytest.mark.parametrize("columns", [None, *TERMINALS])
def test_everything_but_the_values_is_ascii(columns):
    shown = printed(lambda: show_table(("REF", "TITLE"), [("a", "b " * 80)], flexible=[1]), columns=columns)
    shown += printed(lambda: show_pairs([("A", "b " * 80)], indent=2), columns=columns)

    assert shown.isascii()


def test_a_console_of_windows_in_taiwan_shows_chinese():
    rows = [("AGR-1", "福爾摩沙股份有限公司（系統維護）")]

    shown = printed(lambda: show_table(("編號", "名稱"), rows), columns=80, encoding="cp950")

    assert lines(shown) == ["編號   名稱", "AGR-1  福爾摩沙股份有限公司（系統維護）"]


# --- the rest ----------------------------------------------------------------------------


def test_prints_one_json_document_that_names_its_schema():
    shown = printed(
        lambda: show_json("list", agreements=[{"ref": "AGR-1", "title": "合約", "on": date(2026, 1, 2)}])
    )

    assert "合約" in shown
    assert json.loads(shown) == {
        "schema": "assent.list/1",
        "agreements": [{"ref": "AGR-1", "title": "合約", "on": "2026-01-02"}],
    }


def test_data_and_remarks_go_separate_ways(capsys):
    show("data")
    remark("advice")

    assert tuple(capsys.readouterr()) == ("data\n", "advice\n")


def test_fills_the_places_of_a_text_and_nothing_in_its_values():
    assert say("{ref} has {what}", ref="{what}", what="{ref}") == "{what} has {ref}"


def test_groups_the_beginning_of_a_digest_for_people_to_compare():
    assert group_digits("0123456789abcdef" * 4) == "0123 4567 89ab cdef"
    assert group_digits("0123456789abcdef" * 4, 2) == "0123 4567"

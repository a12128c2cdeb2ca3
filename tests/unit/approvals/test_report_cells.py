"""The report's drawings as cells, and its texts as they may stand on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.reports.cells import COLUMNS, chart_cells, other_ways, state_cells
from approvals.reports.legible import grouped, legible
from approvals.reports.story import Bar, Chart, Lane
from approvals.reports.words import Both, plain
from workflow.documents.rich import Run
from workflow.lifecycle import State

TRIP = [
    (State.PLANNING, State.NEGOTIATING),
    (State.SIGN_OFF, State.DRAFTING),
    (State.SIGN_OFF, State.DRAFTING),
]


@st.composite
def charts(draw):
    """A chart as the story makes one: nothing in it lies beyond its length."""
    length = draw(st.floats(1, 400))
    place = st.floats(0, length)
    lanes = []
    for _ in range(draw(st.integers(1, 4))):
        ends = sorted(draw(st.lists(place, min_size=2, max_size=6)))
        kind = draw(st.sampled_from(["state", "advice", "sign", "late"]))
        bars = tuple(Bar(a, b, kind) for a, b in zip(ends[::2], ends[1::2], strict=False))
        lanes.append(Lane(plain("x"), bars, draw(st.none() | place)))
    step = max(1, -(-int(length) // 9))
    ticks = tuple((float(day), f"1/{day}") for day in range(0, int(length) + 1, step))
    return Chart(tuple(lanes), length, ticks)


def width(cells):
    return sum(int(cell["span"]) for cell in cells)


@given(charts())
def test_every_row_of_a_chart_is_as_wide_as_its_grid(chart):
    drawn = chart_cells(chart)

    assert width(drawn["ticks"]) == COLUMNS
    assert [width(lane["cells"]) for lane in drawn["lanes"]] == [COLUMNS] * len(chart.lanes)
    assert all(int(cell["span"]) > 0 for lane in drawn["lanes"] for cell in lane["cells"])


def test_a_bar_is_as_long_as_it_lasted_and_says_so():
    lane = Lane(plain("x"), (Bar(5, 10, "state"),))

    (drawn,) = chart_cells(Chart((lane,), 20, ((0, "1/5"),)))["lanes"]

    (bar,) = [cell for cell in drawn["cells"] if cell["fill"] != "auto"]
    assert (int(bar["span"]), bar["text"], drawn["days"]) == (COLUMNS // 4, "5", "5")


def test_what_lasted_no_time_is_seen_all_the_same():
    lane = Lane(plain("x"), (Bar(20, 20, "state"),))

    (drawn,) = chart_cells(Chart((lane,), 20, ()))["lanes"]

    assert drawn["cells"][-1]["fill"] != "auto"
    assert drawn["days"] == "0"


def test_what_was_late_says_so_and_keeps_its_due_day():
    lane = Lane(plain("x"), (Bar(0, 20, "late"),), due=10)

    (drawn,) = chart_cells(Chart((lane,), 20, ()))["lanes"]

    assert "◆" in [cell["text"] for cell in drawn["cells"]]
    assert drawn["days"] == "20\n逾期 late"


def test_a_state_shows_whether_it_was_is_or_was_not():
    cells = state_cells(TRIP, State.DRAFTING)

    assert cells["drafting"]["text"].text.startswith("■")
    assert cells["sign_off"]["text"].text.startswith("●")
    assert cells["ended"]["text"].text.startswith("○")
    assert cells["planning"]["gone"]
    assert not cells["drafting"]["gone"]


def test_ways_that_lead_back_are_told_with_how_often():
    (way,) = other_ways(TRIP)

    assert way.en == "sign-off → drafting, 2 times"


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\r", "\x85", "\u200b", "\u200f", "\u202e", "\u2066", "\ud800"]
)
def test_what_hides_is_made_visible(hidden):
    assert legible([f"a{hidden}b"]) == [f"a[U+{ord(hidden):04X}]b"]


def test_lines_and_tabs_are_kept():
    assert legible("a\r\nb\tc\nd") == "a\nb\tc\nd"


def test_texts_are_made_fit_wherever_they_stand():
    given = {"a": ["\u202ex", Run(text="\u202ex", bold=True)], "b": Both("no", "否"), "c": True}

    fit = legible(given)

    assert fit == {"a": ["[U+202E]x", Run(text="[U+202E]x", bold=True)], "b": "否 no", "c": True}


def test_a_text_that_nobody_could_have_written_is_cut():
    assert legible("x" * 60_000) == "x" * 50_000 + " … [+10000]"


def test_a_digest_is_read_in_groups_of_four():
    assert grouped("0123456789ab") == "0123 4567 89ab"


@given(charts())
def test_what_was_due_is_marked_once_wherever_bars_end(chart):
    drawn = chart_cells(chart)["lanes"]

    marks = [[cell["text"] for cell in lane["cells"]].count("◆") for lane in drawn]
    assert marks == [int(lane.due is not None) for lane in chart.lanes]

"""The report's drawings, as cells of tables: which is how deep, how wide, and what it says. Pure.

What a cell means never hangs on its shade alone: every shade has its sign or its word.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from approvals.reports.legible import one_line, two_lines
from approvals.reports.report_words import said
from approvals.reports.story import Bar, Chart, Lane
from approvals.reports.words import Both, both
from workflow.documents.rich import Run
from workflow.lifecycle import STATE_NAMES, State

#: How many columns of the chart's table are time.
COLUMNS = 48
_BLANK, _NOW, _BEEN, _NO = "auto", "1F3864", "DCE4F0", "8C2F2F"
_SHADES = {"state": "9DB2D3", "advice": "C9B38A", "sign": "8FB596", "late": "D9877F"}
_ARROWS = [
    State.PLANNING, State.NEGOTIATING, State.TERMS_AGREED, State.CONFIRMING, State.CONFIRMED, State.DRAFTING,
    State.EXPERT_REVIEW, State.SIGN_OFF, State.APPROVED, State.EXECUTED, State.IN_FORCE, State.ENDED,
]  # fmt: skip
# A diamond and its neighbours need two columns, a length in figures four.
_DIAMOND, _ROOM = 2, 4


def state_cells(visits: Sequence[tuple[State, State]], now: State) -> dict[str, Any]:
    """Return every state's box, and the arrow that leads on from it, by the state's name."""
    been = {state for pair in visits for state in pair} | {now, State.PLANNING}
    ahead = dict(pairwise(_ARROWS))
    cells = {}
    for state in State:
        sign, fill, colour = "○ ", _BLANK, "7F7F7F"
        if state is now:
            sign, fill, colour = "■ ", _NO if state is State.WITHDRAWN else _NOW, "FFFFFF"
        elif state in been:
            sign, fill, colour = "● ", _BEEN, "000000"
        text = Run(text=sign + two_lines(both(STATE_NAMES[state])), colour=colour, bold=state is now)
        gone = (state, ahead.get(state)) in visits
        cells[state.value] = {"text": text, "fill": fill, "gone": gone, "been": state in been}
    return cells


def other_ways(visits: Sequence[tuple[State, State]]) -> list[Both]:
    """Return the steps that did not lead on along the path, each with how often it was taken."""
    along = set(pairwise(_ARROWS))
    ways = []
    for (old, new), count in Counter(visits).items():
        if (old, new) not in along:
            way = said("way", old=both(STATE_NAMES[old]), new=both(STATE_NAMES[new]))
            ways.append(said("times", way=way, count=count) if count > 1 else way)
    return ways


def chart_cells(chart: Chart) -> dict[str, Any]:
    """Return the rows of the chart in working days, each as wide as `COLUMNS`."""
    ticks = [(_column(place, chart), name) for place, name in chart.ticks]
    names = {at: name for at, name in ticks if at <= COLUMNS - _ROOM}
    edges = list(names)
    return {
        "ticks": [
            _cell(end - start, text=names.get(start, ""))
            for start, end in pairwise(sorted({0, *edges, COLUMNS}))
        ],
        "lanes": [_lane(lane, chart, edges) for lane in chart.lanes],
    }


def _lane(lane: Lane, chart: Chart, edges: Sequence[int]) -> dict[str, Any]:
    cells: list[dict[str, Any]] = []
    at = 0
    places = list(_places(lane, chart))
    due = None if lane.due is None else _diamond(lane.due, places, chart)
    for start, end, bar in places:
        cells += _stretch(at, start, due, edges)
        cells += _stretch(start, end, due, fill=_SHADES[bar.kind], text=_days(bar.end - bar.start))
        at = end
    cells += _stretch(at, COLUMNS, due, edges)
    total = sum(bar.end - bar.start for bar in lane.bars)
    late = [said("late")] if any(bar.kind == "late" for bar in lane.bars) else []
    days = _days(total)
    return {"name": one_line(lane.name), "cells": cells, "days": "\n".join([days, *map(one_line, late)])}


def _places(lane: Lane, chart: Chart) -> Iterator[tuple[int, int, Bar]]:
    """Yield the columns of each bar; one after the other, as cells cannot lie over each other."""
    at = 0
    for bar in lane.bars:
        start = min(_column(bar.start, chart), COLUMNS - 1)
        end = max(start + 1, _column(bar.end, chart))
        if max(start, at) < end:
            yield max(start, at), end, bar
            at = end


def _diamond(due: float, places: Sequence[tuple[int, int, Bar]], chart: Chart) -> int:
    """Return the column nearest to *due* where no end of a bar cuts the diamond in two."""
    ends = {column for start, end, _ in places for column in (start, end)}
    free = (column for column in range(COLUMNS - _DIAMOND + 1) if column + 1 not in ends)
    return min(free, key=lambda column: abs(column - _column(due, chart)), default=0)


def _stretch(
    start: int, end: int, due: int | None, edges: Sequence[int] = (), *, fill: str = _BLANK, text: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield cells from *start* to *end*, divided at *edges* and by the diamond where something was due."""
    marks = {start, end, *(edge for edge in edges if start < edge < end)}
    if due is not None and start <= due and due + _DIAMOND <= end:
        marks = {mark for mark in marks if not due < mark < due + _DIAMOND} | {due, due + _DIAMOND}
    for a, b in pairwise(sorted(marks)):
        if a == due:
            yield _cell(b - a, fill=fill, text="◆")
        else:
            # A narrower cell has no room for the length, which the last column has too.
            yield _cell(b - a, fill=fill, text=text if b - a >= _ROOM else "")


def _cell(span: int, *, fill: str = _BLANK, text: str = "") -> dict[str, Any]:
    return {"span": str(span), "fill": fill, "text": text}


def _column(place: float | None, chart: Chart) -> int:
    return round((place or 0) / chart.length * COLUMNS)


def _days(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")

"""Diagrams drawn as SVG, with the standard library alone: where what stands.

What a diagram shows is worked out in ``approvals.diagrams``, ``flows`` and ``charts``; how
it looks is ``approvals.canvas``'s business.
"""

from collections.abc import Sequence

from approvals.canvas import PAD, Canvas, cells, heading, legend, wrapped
from approvals.charts import Gantt, Row
from approvals.diagrams import FROM_ANYWHERE, LINE, MARKS, Arrow, Mark, Node, StateDiagram
from approvals.flows import Card, Flow, Stage
from workflow.i18n import mark, translate
from workflow.lifecycle import State
from workflow.values.dates import TAIPEI

# How a state diagram is laid out: lanes, boxes, lanes, words.
_BOX_LEFT, _BOX, _BOX_HIGH, _ROW, _LANE = 92, 200, 42, 76, 17
# As many half-width characters stand beside an arrow without reaching the lanes.
_BESIDE = 15


def draw_states(diagram: StateDiagram) -> str:
    """Draw the states one under another: the way down, the ways back on the right, what is skipped left."""
    canvas = Canvas()
    title = heading(canvas, diagram.ref, diagram.title, translate(mark("States")))
    top = 78.0
    place = {state: top + number * _ROW for number, state in enumerate((*LINE, State.WITHDRAWN))}
    place[State.WITHDRAWN] += 14
    lanes = _lanes(diagram.arrows)
    for arrow in sorted(diagram.arrows, key=lambda arrow: arrow.taken):
        _draw_arrow(canvas, arrow, place, lanes)
    words_at = _BOX_LEFT + _BOX + _LANE * (2 + max((lane for lane in lanes.values() if lane > 0), default=0))
    for node in diagram.nodes:
        y = place[node.state]
        style = node.mark.value
        canvas.box(_BOX_LEFT, y, _BOX, _BOX_HIGH, style)
        inside = "ink b" if node.mark is Mark.NOW else "soft" if node.mark is Mark.AHEAD else "ink"
        canvas.text(_BOX_LEFT + _BOX / 2, y + 26, node.name, inside, anchor="middle")
        _node_words(canvas, node, diagram, words_at, y)
    height = place[State.WITHDRAWN] + _BOX_HIGH + 20
    height = legend(canvas, height, with_way=bool(diagram.ref))
    said = [
        f"{node.name}: {translate(MARKS[node.mark][0])}{_times(node.times)}"
        for node in diagram.nodes
        if node.times
    ]
    about = "; ".join(said) or translate(mark("every state an agreement can be in, and what leads where"))
    return canvas.svg(words_at + 370, height, title, about)


def _node_words(canvas: Canvas, node: Node, diagram: StateDiagram, x: float, y: float) -> None:
    since = f"{node.since.astimezone(TAIPEI):%Y-%m-%d %H:%M}" if node.since else ""
    lines = [(since + _times(node.times), "ink s")] if node.since else []
    if node.state is State.WITHDRAWN and not node.times:
        lines.append((translate(FROM_ANYWHERE), "soft s"))
    for arrow in diagram.arrows:
        if arrow.source is node.state and (_lane_needed(arrow) or cells(arrow.words) > _BESIDE):
            target = next(n.name for n in diagram.nodes if n.state is arrow.target)
            text = translate(mark("to {state}: {actions}")).format(state=target, actions=arrow.words)
            style = "backink s" if arrow.taken and arrow.back else "soft s"
            lines += [(line, style) for line in wrapped(text + _times(arrow.taken), 58)]
    begins = y + 26 - 7.5 * (len(lines) - 1)
    for number, (line, style) in enumerate(lines):
        canvas.text(x, begins + 15 * number, line, style)


def _lane_needed(arrow: Arrow) -> bool:
    """Tell whether an arrow leads further than to the next state."""
    if arrow.target is State.WITHDRAWN:
        return True
    return LINE.index(arrow.target) - LINE.index(arrow.source) != 1


def _lanes(arrows: Sequence[Arrow]) -> dict[tuple[State, State], int]:
    """Give each arrow that goes round a lane of its own: the right ones count from 1, the left from -1."""
    given: dict[tuple[State, State], int] = {}
    around = [arrow for arrow in arrows if _lane_needed(arrow)]
    order = (*LINE, State.WITHDRAWN)
    for side in (1, -1):
        spans: list[list[tuple[int, int]]] = []
        here = [arrow for arrow in around if arrow.back == (side == 1)]
        here.sort(key=lambda arrow: abs(order.index(arrow.target) - order.index(arrow.source)))
        for arrow in here:
            first, last = sorted((order.index(arrow.source), order.index(arrow.target)))
            lane = next(
                (
                    number
                    for number, taken in enumerate(spans)
                    if all(last < begin or end < first for begin, end in taken)
                ),
                len(spans),
            )
            if lane == len(spans):
                spans.append([])
            spans[lane].append((first, last))
            given[arrow.source, arrow.target] = side * (lane + 1)
    return given


def _draw_arrow(
    canvas: Canvas,
    arrow: Arrow,
    place: dict[State, float],
    lanes: dict[tuple[State, State], int],
) -> None:
    style = "back" if arrow.taken and arrow.back else "gone" if arrow.taken else "way"
    from_y, to_y = place[arrow.source], place[arrow.target]
    lane = lanes.get((arrow.source, arrow.target))
    if lane is None:
        middle = _BOX_LEFT + _BOX / 2
        canvas.line([(middle, from_y + _BOX_HIGH), (middle, to_y - 1)], style)
        if cells(arrow.words) <= _BESIDE:
            canvas.text(middle + 10, from_y + _BOX_HIGH + 20, arrow.words, "soft s")
        return
    # Arrows that share a side of a box leave and reach it at heights of their own.
    leaves = from_y + _BOX_HIGH / 2 + (-4 * abs(lane) + 2 if to_y < from_y else 4 * abs(lane) - 2)
    reaches = to_y + _BOX_HIGH / 2 + (4 * abs(lane) - 2 if to_y < from_y else -4 * abs(lane) + 2)
    side = _BOX_LEFT + _BOX if lane > 0 else _BOX_LEFT
    x = side + _LANE * lane
    edge = side + (1 if lane > 0 else -1)
    canvas.line([(side, leaves), (x, leaves), (x, reaches), (edge, reaches)], style)


# How a flow is laid out.
_CARD, _CARD_LINE, _CARDS_A_ROW = 250, 17, 3


def draw_flow(diagram: Flow) -> str:
    """Draw the stages one under another, what is asked at the same time side by side."""
    canvas = Canvas()
    title = heading(canvas, diagram.ref, diagram.title, translate(mark("Sign-offs")))
    y, width = 84.0, 2 * PAD + _CARDS_A_ROW * (_CARD + 16) + 16
    middle = width / 2
    for number, stage in enumerate(diagram.stages):
        if number:
            style = "gone" if diagram.stages[number - 1].mark is Mark.DONE else "way"
            canvas.line([(middle, y - 26), (middle, y - 2)], style)
        y = _draw_stage(canvas, stage, y, width) + 28
    height = legend(canvas, y - 18, with_way=False)
    about = "; ".join(f"{stage.name}: {translate(MARKS[stage.mark][0])}" for stage in diagram.stages)
    return canvas.svg(width, height, title, about)


def _draw_stage(canvas: Canvas, stage: Stage, y: float, width: float) -> float:
    rows = [stage.cards[first : first + _CARDS_A_ROW] for first in range(0, len(stage.cards), _CARDS_A_ROW)]
    high = [max(len(_card_lines(card)) for card in row) * _CARD_LINE + 20 for row in rows]
    bottom = y + 32 + sum(high) + 12 * len(rows)
    canvas.add(
        f'<rect x="{PAD}" y="{y:.1f}" width="{width - 2 * PAD:.1f}" height="{bottom - y:.1f}" '
        'rx="10" fill="none" class="rule"/>'
    )
    canvas.text(PAD + 14, y + 21, stage.name, "ink b")
    at = y + 32
    for row, tall in zip(rows, high, strict=True):
        left = (width - len(row) * (_CARD + 16) + 16) / 2
        for number, card in enumerate(row):
            _draw_card(canvas, card, left + number * (_CARD + 16), at, tall)
        at += tall + 12
    return bottom


def _draw_card(canvas: Canvas, card: Card, x: float, y: float, tall: float) -> None:
    canvas.box(x, y, _CARD, tall, card.mark.value)
    canvas.text(x + _CARD - 10, y + 20, MARKS[card.mark][1], "soft s", anchor="end")
    for number, (line, style) in enumerate(_card_lines(card)):
        canvas.text(x + 12, y + 21 + number * _CARD_LINE, line, style)


def _card_lines(card: Card) -> list[tuple[str, str]]:
    named = [(line, "ink b") for line in wrapped(card.name, 24)]
    return named + [(piece, "ink s") for line in card.lines for piece in wrapped(line, 32)]


# How a Gantt chart is laid out.
_NAMES, _DAYS_WIDE, _BAR_ROW = 300, 560, 30


def draw_gantt(diagram: Gantt) -> str:
    """Draw a line for every state and everybody who was asked, over working days."""
    canvas = Canvas()
    text = translate(mark("{days} working days, {first} to {last}")).format(
        days=f"{diagram.total:.1f}",
        first=f"{diagram.since.astimezone(TAIPEI):%Y-%m-%d}",
        last=f"{diagram.until.astimezone(TAIPEI):%Y-%m-%d}",
    )
    title = heading(canvas, diagram.ref, diagram.title, text)
    left, top = PAD + _NAMES, 104.0
    scale = _DAYS_WIDE / diagram.longest
    heights = [max(_BAR_ROW, 16 * len(wrapped(row.name, 42)) + 12) for row in diagram.rows]
    bottom = top + sum(heights)
    _draw_ticks(canvas, diagram, left, top, bottom, scale)
    y = top
    for row, high in zip(diagram.rows, heights, strict=True):
        _draw_row(canvas, row, left, y, high, scale)
        y += high
    height = legend(canvas, bottom + 10, with_way=False, due=True)
    about = "; ".join(
        translate(mark("{what}: {days} working days")).format(what=row.name, days=f"{row.days:.1f}")
        for row in diagram.rows
    )
    return canvas.svg(left + _DAYS_WIDE + 120, height, title, about)


def _draw_ticks(canvas: Canvas, diagram: Gantt, left: float, top: float, bottom: float, scale: float) -> None:
    every = max(1, -(-len(diagram.ticks) // 9))
    canvas.add(f'<path d="M{left} {top:.1f}V{bottom:.1f}" class="rule"/>')
    for number, (at, day) in enumerate(diagram.ticks):
        x = left + at * scale
        if number % every:
            continue
        canvas.add(f'<path d="M{x:.1f} {top - 6:.1f}V{bottom:.1f}" class="rule"/>')
        canvas.text(x + 3, top - 9, f"{day.month}/{day.day}", "soft s")


def _draw_row(canvas: Canvas, row: Row, left: float, y: float, high: float, scale: float) -> None:
    names = wrapped(row.name, 42)
    for number, line in enumerate(names):
        canvas.text(
            left - 12, y + high / 2 + 5 + 15 * (number - (len(names) - 1) / 2), line, "ink s", anchor="end"
        )
    canvas.add(f'<path d="M{PAD} {y + high:.1f}H{left + _DAYS_WIDE}" class="rule"/>')
    end = left
    for bar in row.bars:
        x, wide = left + bar.start * scale, max(3.0, (bar.end - bar.start) * scale)
        canvas.box(x, y + high / 2 - 8, wide, 16, bar.mark.value, round_by=3)
        end = max(end, x + wide)
    if row.due is not None:
        x = left + row.due * scale
        canvas.add(f'<path d="M{x:.1f} {y + 4:.1f}V{y + high - 4:.1f}" class="due"/>')
        end = max(end, x)
    late = row.late
    canvas.text(
        end + 8,
        y + high / 2 + 4,
        f"{row.days:.1f}" + (f"  +{late:.1f}" if late else ""),
        "backink s" if late else "soft s",
    )


def _times(times: int) -> str:
    return f"  ({times}x)" if times > 1 else ""

"""The page's drawings, as SVG without a style of its own: classes say what a shape means. Pure.

What a shape means never hangs on its colour alone: frames differ in width and dashes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from approvals.reports.story import Chart, Lane
from approvals.reports.words import Both, both, word
from workflow.lifecycle import STATE_NAMES, State

# The states as a path that turns at the end of each row: (column, row).
_PLACES = {
    State.PLANNING: (0, 0), State.NEGOTIATING: (1, 0), State.TERMS_AGREED: (2, 0), State.CONFIRMING: (3, 0),
    State.CONFIRMED: (3, 1), State.DRAFTING: (2, 1), State.EXPERT_REVIEW: (1, 1), State.SIGN_OFF: (0, 1),
    State.APPROVED: (0, 2), State.EXECUTED: (1, 2), State.IN_FORCE: (2, 2), State.ENDED: (3, 2),
    State.WITHDRAWN: (3, 3),
}  # fmt: skip
_PATH: list[State] = [state for state in _PLACES if state is not State.WITHDRAWN]
_COLUMN, _LINE, _WIDE, _HIGH, _EDGE = 200, 104, 162, 46, 6

_NAMES, _ROW, _TOP, _RIGHT = 212, 32, 34, 748
# A narrower bar has no room for its length.
_ROOM = 34


def state_diagram(visits: Sequence[tuple[State, State]], now: State) -> Markup:
    """Draw the way through the states: which were, which is, and what went back."""
    been = {state for pair in visits for state in pair} | {now, State.PLANNING}
    high = 3 if State.WITHDRAWN not in been else 4
    along = set(pairwise(_PATH))
    parts = [_step(a, b, done=(a, b) in visits) for a, b in pairwise(_PATH)]
    for (a, b), count in Counter(visits).items():
        if (a, b) not in along:
            parts.append(_detour(a, b, count))
    for state, (column, row) in _PLACES.items():
        if state is State.WITHDRAWN and state not in been:
            continue
        kind = "now" if state is now else "done" if state in been else "todo"
        kind = "now no" if state is now is State.WITHDRAWN else kind
        x, y = _EDGE + column * _COLUMN, _EDGE + 22 + row * _LINE
        parts.append(f'<rect class="node {kind}" x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="10"/>')
        parts.append(_text(x + _WIDE / 2, y + 28, both(STATE_NAMES[state]), f"label {kind}", anchor="middle"))
    width, height = 2 * _EDGE + 3 * _COLUMN + _WIDE, 2 * _EDGE + 22 + (high - 1) * _LINE + _HIGH + 18
    return _svg(width, height, parts, "states")


def _centre(state: State) -> tuple[float, float]:
    column, row = _PLACES[state]
    return _EDGE + column * _COLUMN + _WIDE / 2, _EDGE + 22 + row * _LINE + _HIGH / 2


def _step(a: State, b: State, *, done: bool) -> str:
    (xa, ya), (xb, yb) = _centre(a), _centre(b)
    kind = "step done" if done else "step"
    if ya == yb:
        way = 1 if xb > xa else -1
        return _arrow(f"M{xa + way * (_WIDE / 2 + 3):g} {ya:g}H{xb - way * (_WIDE / 2 + 12):g}", kind)
    return _arrow(f"M{xa:g} {ya + _HIGH / 2 + 3:g}V{yb - _HIGH / 2 - 12:g}", kind)


def _detour(a: State, b: State, count: int) -> str:
    (xa, ya), (xb, yb) = _centre(a), _centre(b)
    if ya == yb:
        # Backwards runs above the row, a short cut below it.
        back = _PATH.index(b) < _PATH.index(a) if State.WITHDRAWN not in (a, b) else False
        side = -1 if back else 1
        top = ya + side * (_HIGH / 2 + 3)
        bend = ya + side * (_HIGH / 2 + 30)
        path = f"M{xa:g} {top:g}C{xa:g} {bend:g} {xb:g} {bend:g} {xb:g} {top + side * 9:g}"
        label = (xa + xb) / 2, ya + side * (_HIGH / 2 + 17) + (0 if side < 0 else 8)
    else:
        way = 1 if yb > ya else -1
        start, end = ya + way * (_HIGH / 2 + 3), yb - way * (_HIGH / 2 + 12)
        bend = (start + end) / 2
        path = f"M{xa + 18:g} {start:g}C{xa + 18:g} {bend:g} {xb + 18:g} {bend:g} {xb + 18:g} {end:g}"
        label = (xa + xb) / 2 + 34, (start + end) / 2
    many = f'<text class="count" x="{label[0]:g}" y="{label[1]:g}" text-anchor="middle">×{count}</text>'
    return _arrow(path, "step back") + (many if count > 1 else "")


def _arrow(path: str, kind: str) -> str:
    end = "back" if "back" in kind else "done" if "done" in kind else "todo"
    return f'<path class="{kind}" d="{path}" marker-end="url(#tip-{end})"/>'


def gantt(chart: Chart) -> Markup:
    """Draw what lasted how long, in working days."""
    bottom = _TOP + len(chart.lanes) * _ROW
    scale = (_RIGHT - _NAMES - 8) / chart.length
    parts = []
    for place, name in chart.ticks:
        x = _NAMES + place * scale
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP - 6}V{bottom}"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{_TOP - 12}" text-anchor="middle">{escape(name)}</text>'
        )
    for number, lane in enumerate(chart.lanes):
        parts += _lane(lane, _TOP + number * _ROW, scale)
    parts.append(_text(_RIGHT, bottom + 18, word("day"), "tick", anchor="end"))
    return _svg(_RIGHT + 24, bottom + 26, parts, "gantt")


def _lane(lane: Lane, y: float, scale: float) -> Iterator[str]:
    yield _text(0, y + 20, lane.name, "name")
    for bar in lane.bars:
        x, width = _NAMES + bar.start * scale, max(5.0, (bar.end - bar.start) * scale)
        shape = f'x="{x:.1f}" y="{y + 8:g}" width="{width:.1f}" height="16" rx="5"'
        yield f'<rect class="bar {bar.kind}" {shape}/>'
        length = bar.end - bar.start
        if length * scale > _ROOM:
            days, middle = f"{length:.1f}".removesuffix(".0"), x + width / 2
            yield f'<text class="size" x="{middle:.1f}" y="{y + 20:g}" text-anchor="middle">{days}</text>'
    if lane.due is not None:
        x = _NAMES + lane.due * scale
        yield f'<path class="due" d="M{x:.1f} {y + 6:g}l5 10l-5 10l-5 -10z"/>'


def _text(x: float, y: float, text: Both, kind: str, *, anchor: str = "start") -> str:
    where = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    if text.en == text.zh:
        return f'<text class="{kind}" {where}>{escape(text.en)}</text>'
    return "".join(
        f'<text class="{kind} w" lang="{lang}" {where}>{escape(said)}</text>'
        for lang, said in (("en", text.en), ("zh-TW", text.zh))
    )


def _svg(width: float, height: float, parts: Sequence[str], section: str) -> Markup:
    tips = "".join(
        f'<marker id="tip-{kind}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto" class="tip {kind}"><path d="M0 0L8 4L0 8z"/></marker>'
        for kind in ("done", "todo", "back")
    )
    return Markup(  # noqa: S704 - every text in it was escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{section}-title">'
        f"<defs>{tips}</defs>{''.join(parts)}</svg>"
    )

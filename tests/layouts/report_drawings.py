"""The report's two drawings as tables: the states as boxes with arrows, and the chart in working days.

Tables look alike in Word and LibreOffice, need no picture, and can be read aloud.
"""

import ooxml
import style
from lxml.etree import _Element
from ooxml import el

COLUMNS = 48
_NAMES, _DAYS = 2500, 850
_BOX, _ARROW = 1750, 690
_GRID = [_BOX, _ARROW, _BOX, _ARROW, _BOX, _ARROW, _BOX]
# The path turns at the end of each row: states by their place, as the offline page draws them.
_ROWS = (
    ("planning", "negotiating", "terms_agreed", "confirming"),
    ("sign_off", "expert_review", "drafting", "confirmed"),
    ("approved", "executed", "in_force", "ended"),
)
_LEGEND = (
    "■ 目前狀態 where it is now　● 曾經過 where it has been　○ 未到過 not reached　"
    "粗箭頭為經過之步驟 bold arrows were taken"
)
_CHART_LEGEND = (
    "藍：停留於各狀態 in a state　褐：審查 advice　綠：簽核 sign-off　紅：逾期 late　◆ 期限 due　"
    "末欄為工作天數 last column: working days"
)


def styles(look: style.Look) -> list[_Element]:
    """Return the paragraph styles the drawings use."""
    small = {"heading": True, "size": 16, "line": (200, "atLeast"), "keep_next": True}
    return [
        style._style(look, "Box", "Box", **small, align="center", before=60, after=60),
        style._style(look, "Arrow", "Arrow", **small | {"size": 22}, align="center", color="BFBFBF"),
        style._style(look, "ArrowTaken", "Arrow Taken", **small | {"size": 22}, bold=True, align="center",
                     color=style.ACCENT),
        style._style(look, "Lane", "Lane", **small, before=20, after=20, left=60),
        style._style(look, "Tick", "Tick", **small | {"size": 13}, align="left", color=style.GREY),
        style._style(look, "Bar", "Bar", **small | {"size": 13, "keep_next": False}, align="center"),
    ]  # fmt: skip


def write(page) -> None:
    """Write both drawings of an agreement."""
    page.heading("經過之狀態　The way through the states", "Heading2")
    page.put(_LEGEND, "Lead")
    page._append(_states(), ooxml.paragraph(style="Gap"))
    with page.when("agreement.ways"):
        page.put("其他步驟　Other steps: ", "Small", keep_next=True)
        with page.each("way in agreement.ways"):
            page.put("{{ way }}", "ListBullet")
    page.heading("歷時　How long it took, in working days", "Heading2")
    page.put(_CHART_LEGEND, "Lead")
    page._append(_chart(), ooxml.paragraph(style="Gap"))


def _states() -> _Element:
    rows = []
    for number, names in enumerate(_ROWS):
        if number:
            # The path leads down at the right end of the first row, at the left end of the second.
            place = 3 if number == 1 else 0
            before = _ROWS[number - 1][place]
            rows.append(
                _row([_arrow(before, "↓") if n == place * 2 else _void(w) for n, w in enumerate(_GRID)])
            )
        cells = []
        for place, name in enumerate(names):
            if place:
                back = number == 1
                cells.append(_arrow(name if back else names[place - 1], "←" if back else "→"))
            cells.append(_box(name))
        rows.append(_row(cells))
    # Only an agreement that was withdrawn shows where that is.
    tag = el(
        "tc", _tc(9070, span=7), ooxml.paragraph(ooxml.run("{%tr if agreement.withdrawn %}"), style="Tag")
    )
    end = el("tc", _tc(9070, span=7), ooxml.paragraph(ooxml.run("{%tr endif %}"), style="Tag"))
    last = [_void(width) for width in _GRID[:-1]] + [_box("withdrawn")]
    gap = [_void(width) for width in _GRID]
    rows += [_row([tag]), _row(gap), _row(last), _row([end])]
    return _table(_GRID, rows, margin=40)


def _chart() -> _Element:
    left = 9070 - _NAMES - _DAYS
    widths = [round(left * (n + 1) / COLUMNS) - round(left * n / COLUMNS) for n in range(COLUMNS)]
    head = _row(
        [
            _text(_NAMES, "", "Tick"),
            *_cells("tick in agreement.chart.ticks", "tick", "Tick"),
            _text(_DAYS, "", "Tick"),
        ],
        repeated=True,
    )
    lane = _row(
        [
            _text(_NAMES, "{{ lane.name }}", "Lane"),
            *_cells("cell in lane.cells", "cell", "Bar"),
            _text(_DAYS, "{{ lane.days }}", "Bar"),
        ]
    )
    span = len(widths) + 2
    tags = [
        _row([el("tc", _tc(9070, span=span), ooxml.paragraph(ooxml.run(tag), style="Tag"))])
        for tag in ("{%tr for lane in agreement.chart.lanes %}", "{%tr endfor %}")
    ]
    rows = [head, tags[0], lane, tags[1]]
    return _table([_NAMES, *widths, _DAYS], rows, margin=0, lines="D9D9D9")


def _cells(loop: str, name: str, named: str) -> list[_Element]:
    """Return cells that are repeated, each as wide and as shaded as the data says."""
    looks = [ooxml.run(f"{{% colspan {name}.span %}}"), ooxml.run(f"{{% cellbg {name}.fill %}}")]
    text = ooxml.run(f"{{{{ {name}.text }}}}")
    return [
        _tag(f"{{%tc for {loop} %}}"),
        el("tc", el("tcPr", el("tcW", w=0, type="auto"), el("vAlign", val="center")),
           ooxml.paragraph(*looks, text, style=named)),
        _tag("{%tc endfor %}"),
    ]  # fmt: skip


def _tag(tag: str) -> _Element:
    return el("tc", _tc(0), ooxml.paragraph(ooxml.run(tag), style="Tag"))


def _box(name: str) -> _Element:
    state = f"agreement.states.{name}"
    line = {"val": "single", "sz": 8, "space": 0, "color": style.ACCENT}
    borders = el("tcBorders", *(el(side, **line) for side in ("top", "left", "bottom", "right")))
    text = [ooxml.run(f"{{% cellbg {state}.fill %}}"), ooxml.run(f"{{{{r {state}.text }}}}")]
    looks = el("tcPr", el("tcW", w=_BOX, type="dxa"), borders, el("vAlign", val="center"))
    return el("tc", looks, ooxml.paragraph(*text, style="Box"))


def _arrow(state: str, sign: str) -> _Element:
    taken = f"agreement.states.{state}.gone"
    paragraphs = [
        ooxml.paragraph(ooxml.run(f"{{%p if {taken} %}}"), style="Tag"),
        ooxml.paragraph(ooxml.run(sign), style="ArrowTaken"),
        ooxml.paragraph(ooxml.run("{%p else %}"), style="Tag"),
        ooxml.paragraph(ooxml.run(sign), style="Arrow"),
        ooxml.paragraph(ooxml.run("{%p endif %}"), style="Tag"),
    ]
    width = _BOX if sign == "↓" else _ARROW
    return el("tc", _tc(width), *paragraphs)


def _void(width: int) -> _Element:
    return _text(width, "", "Arrow")


def _text(width: int, words: str, named: str) -> _Element:
    return el("tc", _tc(width), ooxml.paragraph(*([ooxml.run(words)] if words else []), style=named))


def _tc(width: int, *, span: int = 1) -> _Element:
    looks = el("tcPr", el("tcW", w=width, type="dxa"))
    if span > 1:
        looks.append(el("gridSpan", val=span))
    looks.append(el("vAlign", val="center"))
    return looks


def _row(cells: list[_Element], *, repeated: bool = False) -> _Element:
    settings = el("trPr", el("cantSplit"))
    if repeated:
        settings.append(el("tblHeader"))
    return el("tr", settings, *cells)


def _table(widths: list[int], rows: list[_Element], *, margin: int, lines: str = "") -> _Element:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = {"val": "single", "sz": 4, "space": 0, "color": lines} if lines else {"val": "nil"}
    looks = el(
        "tblPr",
        el("tblW", w=9070, type="dxa"),
        el("tblBorders", *(el(side, **line) for side in sides)),
        el("tblLayout", type="fixed"),
        el("tblCellMar", el("left", w=margin, type="dxa"), el("right", w=margin, type="dxa")),
        el("tblLook", val="0000"),
    )
    return el("tbl", looks, el("tblGrid", *(el("gridCol", w=width) for width in widths)), *rows)

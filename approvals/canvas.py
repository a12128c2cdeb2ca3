"""A surface to draw diagrams on: boxes, words and arrows become one SVG file.

Each picture is without a script or a link: title and description for those who do not see it,
colours for light and dark, and a border of its own for every mark, so that nothing is told
by colour alone. What is drawn where is ``approvals.drawing``'s business.
"""

from collections.abc import Iterable
from html import escape
from unicodedata import east_asian_width

from approvals.diagrams import MARKS
from workflow.i18n import language, mark, translate

_STYLE = """
.page{fill:#fff}.ink{fill:#1d232b}.soft{fill:#5b6570}.rule{stroke:#d5dae0;stroke-width:1}
.way{stroke:#aab2bb;fill:none;stroke-width:1.4}.tip{fill:#aab2bb}
.gone{stroke:#2f7d55;fill:none;stroke-width:2.4}.gonetip{fill:#2f7d55}
.back{stroke:#a8322d;fill:none;stroke-width:2.4}.backtip{fill:#a8322d}.backink{fill:#a8322d}
.done{fill:#e3f2e9;stroke:#2f7d55;stroke-width:1.6}
.now{fill:#dbe8fb;stroke:#2457a6;stroke-width:3.2}
.refused{fill:#fbe6e5;stroke:#a8322d;stroke-width:2;stroke-dasharray:7 3}
.ahead{fill:#f6f7f8;stroke:#98a1ab;stroke-width:1.2;stroke-dasharray:2 3}
.due{fill:none;stroke:#a8322d;stroke-width:2}
text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans TC','Noto Sans CJK TC',
'PingFang TC','Microsoft JhengHei',sans-serif;font-size:14px}
.h{font-size:17px;font-weight:600}.b{font-weight:600}.s{font-size:12px}
@media (prefers-color-scheme:dark){.page{fill:#15191e}.ink{fill:#e8ecf0}.soft{fill:#a3adb8}
.rule{stroke:#343c45}.way{stroke:#5d6772}.tip{fill:#5d6772}
.gone{stroke:#5cbf8c}.gonetip{fill:#5cbf8c}.back{stroke:#ee8883}.backtip{fill:#ee8883}.backink{fill:#ee8883}
.done{fill:#173626;stroke:#5cbf8c}.now{fill:#16305a;stroke:#7fb0f5}.refused{fill:#451b19;stroke:#ee8883}
.ahead{fill:#1d2228;stroke:#6a7480}.due{stroke:#ee8883}}
"""
PAD = 24


class Canvas:
    """The pieces of a picture; what comes first lies below."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def add(self, piece: str) -> None:
        """Add a piece of SVG."""
        self.pieces.append(piece)

    def text(self, x: float, y: float, words: str, style: str = "ink", *, anchor: str = "") -> None:
        """Write words from a place on, or around it, or up to it."""
        place = f' text-anchor="{anchor}"' if anchor else ""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" class="{style}"{place}>{escape(words, quote=False)}</text>')

    def box(self, x: float, y: float, width: float, height: float, style: str, *, round_by: int = 7) -> None:
        """Draw a box in the style of a mark."""
        self.add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{round_by}" class="{style}"/>'
        )

    def line(self, points: Iterable[tuple[float, float]], style: str) -> None:
        """Draw through *points* with rounded corners, and a tip at the end."""
        through = list(points)
        path = f"M{through[0][0]:.1f} {through[0][1]:.1f}"
        for before, corner, after in zip(through, through[1:], through[2:], strict=False):
            near, far = _towards(corner, before, 7), _towards(corner, after, 7)
            path += f"L{near[0]:.1f} {near[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {far[0]:.1f} {far[1]:.1f}"
        end, last = _towards(through[-1], through[-2], 5), through[-1]
        self.add(f'<path d="{path}L{end[0]:.1f} {end[1]:.1f}" class="{style}"/>')
        self.add(f'<path d="{_tip(last, through[-2])}" class="{"" if style == "way" else style}tip"/>')

    def svg(self, width: float, height: float, title: str, description: str) -> str:
        """Return the picture, told in words as well."""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
                f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="title about" '
                f'lang="{language()}">',
                f'<title id="title">{escape(title, quote=False)}</title>',
                f'<desc id="about">{escape(description, quote=False)}</desc>',
                f"<style>{_STYLE}</style>",
                '<rect width="100%" height="100%" class="page"/>',
                *self.pieces,
                "</svg>",
                "",
            ]
        )


def heading(canvas: Canvas, ref: str, title: str, what: str) -> str:
    """Write what a picture shows, and return it as its title."""
    canvas.text(PAD, 34, f"{ref}  {title}".strip() or translate(mark("The life of an agreement")), "ink h")
    canvas.text(PAD, 56, what, "soft")
    return " ".join(filter(None, (ref, title, what)))


def legend(canvas: Canvas, y: float, *, with_way: bool, due: bool = False) -> float:
    """Explain the marks under a picture; return where it ends."""
    x = float(PAD)
    for marked, (name, letters) in MARKS.items():
        canvas.box(x, y + 6, 18, 14, marked.value, round_by=3)
        text = f"{letters}  {translate(name)}"
        canvas.text(x + 25, y + 18, text, "soft s")
        x += 45 + 7 * cells(text)
    entries = [("due", translate(mark("due, +days late")))] if due else []
    if with_way:
        entries += [("gone", translate(mark("way taken"))), ("back", translate(mark("way back")))]
    for style, text in entries:
        path = f"M{x + 8:.1f} {y + 5:.1f}v16" if style == "due" else f"M{x:.1f} {y + 13:.1f}h18"
        canvas.add(f'<path d="{path}" class="{style}"/>')
        canvas.text(x + 25, y + 18, text, "soft s")
        x += 45 + 7 * cells(text)
    return y + 40


def _tip(at: tuple[float, float], source: tuple[float, float]) -> str:
    """Return the triangle of an arrow that comes from *source* straight down, up or from a side."""
    (x, y), (from_x, from_y) = at, source
    if abs(from_x - x) > abs(from_y - y):
        back = 9 if from_x > x else -9
        return f"M{x:.1f} {y:.1f}l{back} -4.5v9z"
    back = 9 if from_y > y else -9
    return f"M{x:.1f} {y:.1f}l-4.5 {back}h9z"


def _towards(at: tuple[float, float], other: tuple[float, float], by: float) -> tuple[float, float]:
    """Return the point *by* away from *at* on the way to *other*, or half the way where that is less."""
    across, down = other[0] - at[0], other[1] - at[1]
    length = abs(across) + abs(down)
    part = min(by, length / 2) / length if length else 0
    return at[0] + across * part, at[1] + down * part


def cells(text: str) -> int:
    """Return how many half-width characters a text is wide."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, room: int) -> list[str]:
    """Break *text* into lines of at most *room* half-width characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and cells(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip()
        while cells(piece) > room:
            lines.append(piece[: room // 2])
            piece = piece[room // 2 :]
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterable[str]:
    """Cut *text* where a line may end: after a space, and around wide characters."""
    word = ""
    for character in text:
        if east_asian_width(character) in "WF":
            # What closes or separates does not begin a line.
            if character in "，。、；：）」』！？":
                word += character
                continue
            if word:
                yield word
            word = character
        elif character == " ":
            yield word + character
            word = ""
        elif word and east_asian_width(word[-1]) in "WF":
            yield word
            word = character
        else:
            word += character
    if word:
        yield word

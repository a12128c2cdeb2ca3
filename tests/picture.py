"""The README's picture: its approver's transcript as a terminal, drawn as SVG. Run to draw it anew."""

import re
import sys
from html import escape
from pathlib import Path
from unicodedata import east_asian_width

ROOT = Path(__file__).parent.parent
_CELL, _LINE, _MARGIN, _BAR = 8.4, 20, 18, 34


def of(readme: str) -> str:
    """Return the picture for the page: the first screen of the section for approvers."""
    section = readme.split("### Approver", 1)[1]
    body = re.search(r"```console\n(.*?)```", section, re.DOTALL)[1]
    lines = [line for line in body.rstrip().split("\n") if line != "..."]
    lines = [line for line in lines if not line.startswith(("$ assent show", "$ assent why"))]
    width = 2 * _MARGIN + 80 * _CELL
    height = _BAR + 2 * _MARGIN + len(lines) * _LINE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" '
            'role="img" aria-label="A terminal: inbox, then approve">',
            "<style>text{font:14px 'DejaVu Sans Mono','Noto Sans Mono CJK TC',Menlo,Consolas,monospace;"
            "fill:#d8dee9;white-space:pre}.c{fill:#8fd6a8}.h{fill:#8b98ad}</style>",
            f'<rect width="100%" height="100%" rx="10" fill="#1c2330"/><rect width="100%" height="{_BAR}" '
            'rx="10" fill="#283142"/>',
            *(
                f'<circle cx="{20 + 20 * n}" cy="17" r="6" fill="{c}"/>'
                for n, c in enumerate(("#e0707a", "#e6c07b", "#98c379"))
            ),
            *(
                text
                for number, line in enumerate(lines)
                for text in _drawn(line, _BAR + _MARGIN + 14 + number * _LINE)
            ),
            "</svg>",
            "",
        ]
    )


def _drawn(line: str, y: float) -> list[str]:
    """Place each run of letters of one width, so that columns meet whatever font is there."""
    style = (
        ' class="c"'
        if line.startswith("$")
        else ' class="h"'
        if line.startswith(("REF ", "Next", "1 "))
        else ""
    )
    drawn, column = [], 0
    for run in re.findall(r"[^\u2e80-\uffef]+|[\u2e80-\uffef]+", line):
        cells = sum(2 if east_asian_width(c) in "WF" else 1 for c in run)
        x, length = _MARGIN + column * _CELL, cells * _CELL
        drawn.append(
            f'<text x="{x:.1f}" y="{y:.0f}" textLength="{length:.1f}" lengthAdjust="spacing"'
            f'{style} xml:space="preserve">{escape(run)}</text>'
        )
        column += cells
    return drawn


if __name__ == "__main__":
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (ROOT / "tests/data/readme.svg").write_text(of(page), encoding="utf-8")
    sys.exit(0)

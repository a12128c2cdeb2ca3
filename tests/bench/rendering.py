"""Rendering, as ratios to docxtpl, to its JavaScript peers and to the floor, all in one run.

The template is made here: about seven pages, fifteen bilingual articles, a loop of 24 rows.
The floor is what no renderer can do without: joining, encoding, checksum and deflate of the
changed parts. Peers that are not installed are left out: give their ``node_modules`` with
``--node FOLDER`` (npm install docxtemplater pizzip easy-template-x carbone).
"""

import argparse
import io
import json
import re
import statistics
import subprocess
import tempfile
import time
import tracemalloc
import warnings
import zlib
from pathlib import Path

import jinja2
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate

from workflow.documents import compile_template
from workflow.documents.frame import isal_deflate, zlib_deflate

ARTICLE = (
    "The Provider shall perform the services described in this article for {{ customer }} with the care of "
    "a good administrator and shall report on {{ report_day }} of each month. "
    "服務提供者應以善良管理人之注意，為 {{ customer }} 處理本條所定之服務，"
    "並於每月 {{ report_day }} 提出報告；逾期者，每逾一日按 {{ rate }} 計罰。"
)


def build(
    loop: tuple[str, str] = ("{%tr for item in items %}", "{%tr endfor %}"), cell: str = "{{ item.%s }}"
) -> bytes:
    """Return the template, with another product's words for a loop where asked."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "PMingLiU")
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{ number }}"
    section.footer.paragraphs[0].text = "{{ number }}, {{ customer }}"
    document.core_properties.title = "Services agreement"
    document.add_heading("{{ title }}", 0)
    for number in range(1, 16):
        document.add_heading(f"Article {number}  第{number}條 {{{{ title }}}}", 1)
        for _ in range(2):
            paragraph = document.add_paragraph()
            for sentence in re.split(r"(?<=[.。])\s*", ARTICLE):
                run = paragraph.add_run(sentence)  # as Word saves it: fonts and size with each run
                run.font.name, run.font.size = "Times New Roman", Pt(11)
                run._r.rPr.rFonts.set(qn("w:eastAsia"), "PMingLiU")
    table = document.add_table(rows=2, cols=5)
    table.style = "Table Grid"
    names = ("no", "description", "quantity", "price", "amount")
    for place, name in enumerate(names):
        table.rows[0].cells[place].text = name
        table.rows[1].cells[place].text = cell % name
    if loop[0].startswith("{%tr"):
        for words, at in ((loop[0], 1), (loop[1], 3)):
            row = table.add_row()
            row.cells[0].text = words
            table._tbl.remove(row._tr)
            table._tbl.insert(at + 2, row._tr)
    else:
        table.rows[1].cells[0].text = loop[0] + cell % "no"
        table.rows[1].cells[-1].text = cell % "amount" + loop[1]
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def data(rows: int) -> dict[str, object]:
    return {
        "title": "Cloud monitoring 雲端監控",
        "customer": "台北光電股份有限公司 & Partners",
        "report_day": "the fifth",
        "rate": "0.1%",
        "number": "AGR-2026-0042",
        "items": [
            {
                "no": str(n),
                "description": f"第 {n} 期維運服務 Maintenance, phase {n}",
                "quantity": str(n % 9 + 1),
                "price": f"{n * 1250:,}",
                "amount": f"{n * 1250 * (n % 9 + 1):,}",
            }
            for n in range(1, rows + 1)
        ],
    }


class KeysFirst(jinja2.Environment):
    """Lets docxtpl find the key `items`."""

    def getattr(self, obj, attribute):
        return (
            obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)
        )


def docxtpl_render(body: bytes, context: dict[str, object]) -> bytes:
    """Open, render, save: what its documentation says to do."""
    template = DocxTemplate(io.BytesIO(body))
    template.render(context, KeysFirst(autoescape=True), autoescape=True)
    written = io.BytesIO()
    template.save(written)
    return written.getvalue()


def floor(bodies: list[bytes], deflate) -> None:
    for body in bodies:
        text = body.decode()
        encoded = "".join((text[: len(text) // 2], text[len(text) // 2 :])).encode()
        zlib.crc32(encoded)
        deflate(encoded)


class NodePeer:
    """A JavaScript renderer in a process of its own, which says how long a render took."""

    def __init__(self, name: str, modules: Path, template: Path, context: Path) -> None:
        script = Path(__file__).with_name("peers.mjs")
        self._process = subprocess.Popen(
            ["node", str(script), name, str(modules), str(template), str(context)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def round(self) -> float:
        """Return the milliseconds of one render."""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def timed(action, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times * 1000


def measure(rounds: int, rows: int, node: Path | None) -> list[dict[str, object]]:
    body, context = build(), data(rows)
    template = compile_template(body)
    ours = template.render(context)
    bodies = [part for _, part in template._rendered(context)]
    six = zlib_deflate(6)
    runs = {
        "docxtpl": (lambda: docxtpl_render(body, context), 1),
        "assent, zlib 6": (lambda: template.render(context), 10),
        "floor, zlib 6": (lambda: floor(bodies, six), 10),
    }
    try:
        fast = isal_deflate()
        runs["assent, isal"] = (lambda: template.render(context, deflate=fast), 20)
        runs["floor, isal"] = (lambda: floor(bodies, fast), 20)
    except ImportError:
        pass
    with tempfile.TemporaryDirectory() as folder:
        peers = start_peers(node, Path(folder), context) if node else {}
        taken: dict[str, list[float]] = {name: [] for name in [*runs, *peers]}
        for _ in range(rounds):
            for name, (action, times) in runs.items():
                taken[name].append(timed(action, times))
            for name, peer in peers.items():
                taken[name].append(peer.round())
        for peer in peers.values():
            peer.close()
    result = []
    for name, times in taken.items():
        row = {"what": name, "rows": rows, "median_ms": round(statistics.median(times), 3)}
        if name != "assent, zlib 6":
            ratio = statistics.median(t / o for t, o in zip(times, taken["assent, zlib 6"], strict=True))
            row["times_ours"] = round(ratio, 2)
        result.append(row)
    largest = max(map(len, bodies))
    return [
        *result,
        {
            "what": "memory of a render / largest part",
            "ratio": round(peak(template, context) / largest, 2),
            "file_bytes": len(ours),
        },
    ]


def start_peers(node: Path, folder: Path, context: dict[str, object]) -> dict[str, NodePeer]:
    (folder / "data.json").write_text(json.dumps(context), encoding="utf-8")
    words = {
        "docxtemplater": (("{#items}", "{/items}"), "{%s}", lambda b: single(b)),
        "easy-template-x": (("{#items}", "{/items}"), "{%s}", lambda b: single(b)),
        "carbone": (("", ""), "{d.items[i].%s}", lambda b: carbone(b)),
    }
    peers = {}
    for name, (loop, cell, convert) in words.items():
        if (node / name).is_dir():
            path = folder / f"{name}.docx"
            path.write_bytes(convert(build(loop, cell)))
            peers[name] = NodePeer(name, node, path, folder / "data.json")
    return peers


def rewritten(body: bytes, pattern: str, new: str) -> bytes:
    from workflow.documents.package import read_package, write_package

    parts = read_package(body, name="peer")
    return write_package(
        {
            n: re.sub(pattern, new, b.decode()).encode()
            if n.startswith("word/") and n.endswith(".xml")
            else b
            for n, b in parts.items()
        }
    )


def single(body: bytes) -> bytes:
    return rewritten(body, r"\{\{ (\w+) \}\}", r"{\1}")


def carbone(body: bytes) -> bytes:
    from workflow.documents.package import read_package, write_package

    parts = read_package(rewritten(body, r"\{\{ (\w+) \}\}", r"{d.\1}"), name="carbone")
    text = parts["word/document.xml"].decode()
    row = re.search(r"<w:tr[ >](?:(?!</w:tr>).)*items\[i\](?:(?!</w:tr>).)*</w:tr>", text, re.DOTALL)[0]
    parts["word/document.xml"] = text.replace(row, row + row.replace("items[i]", "items[i+1]")).encode()
    return write_package(parts)


def peak(template, context) -> int:
    template.render(context)
    tracemalloc.start()
    template.render(context)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--node", type=Path, help="a node_modules folder with the peers")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = measure(asked.rounds, 24, asked.node) + measure(max(3, asked.rounds // 3), 2000, None)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()

"""Rendering and comparing, as ratios to other programs and to the floor, all in one run.

The template is made here: seven pages, the articles of a services agreement in both languages, a loop
of 24 rows, styles as slim as Word's own. A real template is measured beside it where one is at hand
(``--template FILE``).
The floor is what no renderer can do without: joining, encoding, checksum and deflate of the changed
parts, whose pieces it gets ready made. Every round times everyone once, so that a machine that slows
down slows all of them; a ratio is the median of the rounds' own ratios, with its quartiles.

Peers that are not installed are named and left out: the JavaScript ones lie in a ``node_modules`` folder
(``--node FOLDER``, filled with: npm install docxtemplater pizzip easy-template-x carbone), the comparer
comes with: pip install "python-redlines[docxodus]".
"""

import argparse
import base64
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
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docxtpl import DocxTemplate

from workflow.documents import compile_template
from workflow.documents.catalogue import shipped
from workflow.documents.choosing import choose_clauses
from workflow.documents.context import terms_context
from workflow.documents.engine import Template
from workflow.documents.frame import Deflate, isal_deflate, zlib_deflate
from workflow.documents.lint import check
from workflow.documents.package import read_package, write_package
from workflow.documents.redline import tracked_changes
from workflow.documents.samples import made_up
from workflow.terms import Terms

REAL = (
    Path(__file__).parents[3]
    / "shared/data/templates/t181_A_docassemble-abcincorporated_draft-QDRO-pre-Approval-cover-letter.docx"
)
TERMS = Path(__file__).parents[1] / "data" / "terms.toml"
ARTICLES = 6
# What a template has fields for where a contract says a name.
NAMES = {"甲方": "party_a", "Party A": "party_a_en", "乙方": "party_b", "Party B": "party_b_en"}
PARTY = ("name", "registration", "address", "representative", "position", "contact", "email", "phone")
REPORT = (
    "The Provider shall report to {{ customer }} on {{ report_day }} of each month. "
    "服務提供者應於每月 {{ report_day }} 向 {{ customer }} 提出報告；逾期者，每逾一日按 {{ rate }} 計罰。"
)
ROWS, MANY_ROWS = 24, 2000
NODE_PEERS = ("docxtemplater", "easy-template-x", "carbone")

Context = dict[str, Any]
#: A name, what to run, and how often in a round.
Runs = dict[str, tuple[Callable[[], object], int]]


@dataclass(frozen=True)
class Bar:
    """What a ratio has to reach, or may not exceed."""

    limit: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """A line of the report: how often one takes the time (or memory) of another."""

    case: str
    ratio_of: str
    to: str
    ratio: float
    quartiles: tuple[float, float] | None = None
    milliseconds: float | None = None
    bar: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        spread = f"[{self.quartiles[0]:.2f}-{self.quartiles[1]:.2f}]" if self.quartiles else ""
        took = f"{self.milliseconds:.2f} ms" if self.milliseconds is not None else ""
        verdict = "" if self.met is None else f"{self.bar} {'met' if self.met else 'NOT MET'}"
        pair = f"{self.ratio_of} / {self.to}"
        return f"{self.case:<22} {pair:<46} {self.ratio:>8.2f} {spread:<18} {took:>11}  {verdict}".rstrip()


@dataclass(frozen=True)
class Tags:
    """A product's words for repeating a row, for an entry's field, and for choosing a paragraph."""

    loop: tuple[str, str] = ("{%tr for item in items %}", "{%tr endfor %}")
    cell: str = "{{ item.%s }}"
    choice: tuple[str, str] = ("{%%p if %s %%}", "{%p endif %}")


def build(tags: Tags = Tags()) -> bytes:
    """Return the template, with another product's words where asked."""
    loop, cell = tags.loop, tags.cell
    document = Document()
    slim(document)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(10)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "PMingLiU")
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{ number }}"
    section.footer.paragraphs[0].text = "{{ number }}, {{ customer }}"
    document.core_properties.title = "Services agreement"
    document.add_heading("{{ title }}", 0)
    parties = document.add_table(rows=0, cols=3)
    parties.style = "Table Grid"
    for field in PARTY:
        cells = parties.add_row().cells
        for cell_, text in zip(cells, (field, f"{{{{ a_{field} }}}}", f"{{{{ b_{field} }}}}"), strict=True):
            cell_.text = text
    for number, (title, paragraphs) in enumerate(articles(), 1):
        document.add_heading(f"Article {number}  {title} {{{{ title }}}}", 1)
        begin, end = (word % f"with_{number}" if "%s" in word else word for word in tags.choice)
        for text in (*paragraphs, begin, REPORT, end):
            paragraph = document.add_paragraph()
            for run in runs_of(text):
                paragraph.add_run(run)
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
    as_word_writes(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def runs_of(text: str) -> list[str]:
    """Cut a paragraph into the runs that editing and spelling leave behind, never within a tag."""
    runs = [""]
    for piece in re.findall(r"\{[{%].*?[%}]\}|[^{\s]{1,12}\s?|\s|\{", text):
        if len(runs[-1].encode()) + len(piece.encode()) > 60:
            runs.append("")
        runs[-1] += piece
    return runs


def as_word_writes(document: Any) -> None:
    """Give every run and paragraph what Word saves with them: fonts, size, language, where it was edited.

    With it the template has 8.3 bytes of markup and text for each byte of text, in runs of 41. Of 17
    templates from public repositories with as much text the median has 9.1, in runs of 34.
    """
    for number, paragraph in enumerate(document.element.body.iter(qn("w:p"))):
        paragraph.set(qn("w:rsidR"), f"00A{number % 4}1C7F")
        paragraph.set(qn("w:rsidRDefault"), "00B51C7F")
    for run in document.element.body.iter(qn("w:r")):
        run.set(qn("w:rsidRPr"), "00C41D2E")
        fonts = run.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), "Times New Roman")
        fonts.set(qn("w:eastAsia"), "標楷體")
        run.rPr.append(parse_xml(f'<w:color {nsdecls("w")} w:val="000000"/>'))
        run.rPr.append(parse_xml(f'<w:sz {nsdecls("w")} w:val="20"/>'))
        run.rPr.append(parse_xml(f'<w:szCs {nsdecls("w")} w:val="20"/>'))
        run.rPr.append(parse_xml(f'<w:lang {nsdecls("w")} w:eastAsia="zh-TW"/>'))


def articles() -> list[tuple[str, list[str]]]:
    """Return titles and paragraphs, Chinese beside English: text as various as a contract's."""
    terms = Terms.load(TERMS)
    chinese, english = (
        choose_clauses(shipped(), "services", language, terms, terms_context(terms, language)).clauses
        for language in ("zh-TW", "en")
    )
    return [
        (f"{zh.title} {en.title}", [with_fields(text) for text in (*zh.paragraphs, *en.paragraphs)])
        for zh, en in zip(chinese[:ARTICLES], english[:ARTICLES], strict=True)
    ]


def with_fields(text: str) -> str:
    return re.sub("|".join(NAMES), lambda found: f"{{{{ {NAMES[found[0]]} }}}}", text)


def slim(document: Any) -> None:
    """Drop what python-docx adds and no file of Word's has: writing it again would flatter us."""
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[name]
    for style in list(document.styles.element.iterfind(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in (
            "TableNormal",
            "TableGrid",
        ):
            document.styles.element.remove(style)


def data(rows: int) -> Context:
    return {
        "title": "Cloud monitoring 雲端監控",
        "customer": "台北光電股份有限公司 & Partners",
        "report_day": "the fifth",
        "rate": "0.1%",
        "number": "AGR-2026-0042",
        **{f"with_{number}": number % 3 != 0 for number in range(1, ARTICLES + 1)},
        **{field: f"{words}（以下同）" for words, field in NAMES.items()},
        **{f"{side}_{field}": f"{field} 之內容 {side}" for side in "ab" for field in PARTY},
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

    def getattr(self, obj: Any, attribute: str) -> Any:
        return (
            obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)
        )


def docxtpl_render(body: bytes, context: Context) -> bytes:
    """Open, render, save: what its documentation says to do."""
    template = DocxTemplate(io.BytesIO(body))
    template.render(context, KeysFirst(autoescape=True), autoescape=True)
    written = io.BytesIO()
    template.save(written)
    return written.getvalue()


def pieces_of(template: Template, context: Context) -> list[list[str]]:
    """Return each changed part as the pieces it is joined from, as text."""
    return [
        [
            piece.decode()
            for piece in part.template.root_render_func(part.template.new_context(dict(context), shared=True))
        ]
        for part in template._parts
    ]


def floor(parts: list[list[str]], deflate: Deflate) -> None:
    for pieces in parts:
        encoded = "".join(pieces).encode()
        zlib.crc32(encoded)
        deflate(encoded)


class NodePeer:
    """A JavaScript renderer in a process of its own, which says how long a render took."""

    def __init__(self, name: str, modules: Path, template: Path, context: Path) -> None:
        script = Path(__file__).with_name("peers.mjs")
        self._process = subprocess.Popen(
            ["node", str(script), name, str(modules.resolve()), str(template), str(context)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.made = base64.b64decode(self._process.stdout.readline())

    def round(self) -> float:
        """Return the milliseconds of one render."""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def timed(action: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times * 1000


def interleaved(runs: Runs, peers: dict[str, NodePeer], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of everyone in every round."""
    taken: dict[str, list[float]] = {name: [] for name in [*runs, *peers]}
    for action, _ in runs.values():
        action()
    for _ in range(rounds):
        for name, (action, times) in runs.items():
            taken[name].append(timed(action, times))
        for name, peer in peers.items():
            taken[name].append(peer.round())
    return taken


def compared(case: str, taken: dict[str, list[float]], one: str, other: str, bar: Bar | None = None) -> Row:
    """Return how many times as long *one* takes as *other*."""
    ratios = sorted(a / b for a, b in zip(taken[one], taken[other], strict=True))
    # One round alone has no quartiles but itself.
    low, middle, high = statistics.quantiles(ratios if len(ratios) > 1 else ratios * 2, method="inclusive")
    return Row(
        case,
        one,
        other,
        round(middle, 2),
        (round(low, 2), round(high, 2)),
        round(statistics.median(taken[one]), 3),
        str(bar or ""),
        bar.met(middle) if bar else None,
    )


def rendering(
    case: str, body: bytes, context: Context, rounds: int, bars: dict[str, Bar], node: Path | None = None
) -> tuple[list[Row], list[str]]:
    """Measure a template; return the report's lines and who is absent."""
    template = compile_template(body)
    pieces = pieces_of(template, context)
    once = 10 if len(pieces[0]) < 5_000 else 2
    six = zlib_deflate(6)
    runs: Runs = {
        "docxtpl": (lambda: docxtpl_render(body, context), 1),
        "ours": (lambda: template.render(context), once),
        "floor": (lambda: floor(pieces, six), once),
    }
    absent = []
    try:
        fast = isal_deflate()
        runs["ours, isal"] = (lambda: template.render(context, deflate=fast), 2 * once)
        runs["floor, isal"] = (lambda: floor(pieces, fast), 2 * once)
    except ImportError:
        absent.append("isal is not installed (the extra fast)")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_peers:
        peers = start_peers(node, Path(folder), context) if node else {}
        for name, peer in peers.items():
            open_peers.callback(peer.close)
            if words_of(peer.made) != words_of(template.render(context)):
                absent.append(f"{name} writes another text, so its ratio says little")
        taken = interleaved(runs, peers, rounds)
    if bars.keys() & set(NODE_PEERS):
        absent += [f"{name} is not in a folder given with --node" for name in NODE_PEERS if name not in peers]
    pairs = [("docxtpl", "ours"), *((name, "ours") for name in peers), ("ours", "floor")]
    if "ours, isal" in runs:
        pairs += [("docxtpl", "ours, isal"), ("ours, isal", "floor, isal")]
    rows = [
        compared(case, taken, one, other, bars.get(one if other == "ours" else f"{one}/{other}"))
        for one, other in pairs
    ]
    largest = max(len("".join(part).encode()) for part in pieces)
    ratio, bar = peak(template, context) / largest, bars.get("memory")
    memory = Row(
        case,
        "memory of a render",
        "largest part",
        round(ratio, 2),
        bar=str(bar or ""),
        met=bar.met(ratio) if bar else None,
    )
    return [*rows, memory], absent


def start_peers(node: Path, folder: Path, context: Context) -> dict[str, NodePeer]:
    (folder / "data.json").write_text(json.dumps(context), encoding="utf-8")
    sections = Tags(("{#items}", "{/items}"), "{%s}", ("{#%s}", "{/%s}"))
    ways = {
        "docxtemplater": (sections, single),
        "easy-template-x": (sections, single),
        "carbone": (
            Tags(("", ""), "{d.items[i].%s}", ("{d.%s:ifEQ(true):showBegin}", "{d.%s:showEnd}")),
            carbone,
        ),
    }
    peers = {}
    for name, (tags, convert) in ways.items():
        if (node / name).is_dir():
            path = folder / f"{name}.docx"
            path.write_bytes(convert(build(tags)))
            peers[name] = NodePeer(name, node, path, folder / "data.json")
    return peers


def words_of(body: bytes) -> str:
    """Return what a document says, without spaces."""
    text = read_package(body, name="peer")["word/document.xml"].decode()
    return re.sub(r"\s", "", re.sub(r"<[^>]*>", "", text))


def rewritten(body: bytes, pattern: str, new: str) -> bytes:
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
    parts = read_package(rewritten(body, r"\{\{ (\w+) \}\}", r"{d.\1}"), name="carbone")
    text = parts["word/document.xml"].decode()
    row = re.search(r"<w:tr[ >](?:(?!</w:tr>).)*items\[i\](?:(?!</w:tr>).)*</w:tr>", text, re.DOTALL)[0]
    parts["word/document.xml"] = text.replace(row, row + row.replace("items[i]", "items[i+1]")).encode()
    return write_package(parts)


def peak(template: Template, context: Context) -> int:
    """Return the most memory that a render holds at once."""
    template.render(context)
    tracemalloc.start()
    template.render(context)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def comparing(rounds: int) -> tuple[list[Row], list[str]]:
    """Measure the redline of two versions; return the report's lines and who is absent."""
    try:
        from python_redlines import DocxodusEngine

        engine = DocxodusEngine()
    except ImportError:
        return [], ['python-redlines is not installed (pip install "python-redlines[docxodus]")']
    template, context = compile_template(build()), data(ROWS)
    other = context | {
        "customer": "高雄光電股份有限公司 & Partners",
        "rate": "0.2%",
        "items": [*context["items"][:5], *context["items"][7:], *data(ROWS + 2)["items"][ROWS:]],
    }
    old, new = template.render(context), template.render(other)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    runs: Runs = {
        "docxodus": (lambda: engine.run_redline("A", old, new), 1),
        "our redline": (lambda: tracked_changes(old, new, author="A", at=at), 1),
    }
    taken = interleaved(runs, {}, rounds)
    return [compared("redline", taken, "docxodus", "our redline", Bar(30))], []


def measure(rounds: int, node: Path | None, real: Path) -> tuple[list[Row], list[str]]:
    """Measure everything; return the report's lines and who is absent."""
    bars = {
        "docxtpl": Bar(55),
        "ours/floor": Bar(1.3, at_most=True),
        "docxtpl/ours, isal": Bar(140),
    }
    peers = dict.fromkeys(NODE_PEERS, Bar(18))
    # With few rows the compressor's own quarter of a megabyte is the most of it.
    many = {"docxtpl": Bar(15), "memory": Bar(3, at_most=True)}
    rows, absent = rendering(f"{ROWS} rows", build(), data(ROWS), rounds, bars | peers, node)
    made, gone = rendering(f"{MANY_ROWS} rows", build(), data(MANY_ROWS), rounds, many)
    rows, absent = rows + made, absent + gone
    if real.is_file():
        body = real.read_bytes()
        fields = {field: shape.value for field, shape in check(body, name=real.name).fields.items()}
        made, gone = rendering("a real template", body, made_up(fields), rounds, bars)
        rows, absent = rows + made, absent + gone
    else:
        absent.append("no real template is at hand (--template FILE)")
    made, gone = comparing(rounds)
    return rows + made, list(dict.fromkeys(absent + gone))


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--node", type=Path, help="a node_modules folder with the peers")
    parser.add_argument("--template", type=Path, default=REAL, help="a real template with docxtpl's tags")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows, absent = measure(asked.rounds, asked.node, asked.template)
    if asked.json:
        print(
            json.dumps(
                {"rounds": asked.rounds, "ratios": [asdict(row) for row in rows], "absent": absent},
                indent=2,
                ensure_ascii=False,
            )
        )
        return
    print(f"{asked.rounds} rounds; a ratio's median [quartiles]; the milliseconds of the first named\n")
    print(*rows, sep="\n")
    print(*(f"absent: {who}" for who in absent), sep="\n")


if __name__ == "__main__":
    main()

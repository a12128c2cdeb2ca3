"""Hostile values and mutated templates against the document engine: what it costs and what gets through.

    python tests/bench/fuzz.py [--values 10000] [--templates 1000] [--seed 1]

Every case runs in a process of its own under limits, and ends in one of two ways: a document all
of whose parts parse, in which the value can be read back exactly, or a refusal of the catalogue.
The table tells how many ended in which, and the worst that one of them cost. Exit 1 when any
ended otherwise. The unit tests run a sample of the same cases.
"""

import argparse
import io
import itertools
import os
import pickle
import random
import re
import sys
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

from docx import Document
from lxml import etree

from workflow.documents import compile_template
from workflow.documents.catalogue import shipped
from workflow.documents.lint import check
from workflow.documents.package import read_package, write_package
from workflow.documents.rich import Link, PageBreak, Picture, Run
from workflow.documents.samples import made_up
from workflow.errors import WorkflowError

PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "templates"
MOST_SECONDS, MOST_MEGABYTES = 2.0, 300
_MEMORY, _SECONDS = 2_000_000_000, 10

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PIECES = [
    "&", "<", ">", '"', "'", "]]>", "<!--", "-->", "<w:p/>", "</w:t></w:r></w:p>", "<![CDATA[", "<?x?>",
    "{{ 7*7 }}", "{% if x %}", "{% endif %}", "{_{", "}_}", "{{", "}}", "{%", "%}", "{#", "#}", "{%- x -%}",
    "&amp;", "&#0;", "&lol;", "\n", "\r\n", "\r", "\t", " ", "  ", "\u3000", "測試", "𠮷", "é", "e\u0301",
    "\u200b", "\u200f", "\u202e", "\u2066", "\u2028", "\x85", "\x00", "\x07", "\x0b", "\x0c", "\x1f", "\x7f",
    "\ufffe", "\uffff", "\ud800", "\udfff", "AT&T 股份有限公司", "a < b and c", "%s", "${x}", "__class__",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
]  # fmt: skip
SMALL = """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>Dear {{ name }}, {% if vip %}thank you{% else %}hello{% endif %}</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>no</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>{%tr for row in rows %}</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>{{ row.no }}: {{ row.text }}</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>{%tr endfor %}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>{{r rich }}</w:t></w:r></w:p><w:sectPr/></w:body></w:document>"""


@cache
def frame():
    """The two parts without which a file is no document."""
    written = io.BytesIO()
    Document().save(written)
    parts = read_package(written.getvalue(), name="small")
    return {name: parts[name] for name in ("[Content_Types].xml", "_rels/.rels")}


def package(document):
    return write_package({**frame(), "word/document.xml": document})


@cache
def small():
    return compile_template(package(SMALL.encode()))


def text_of(body):
    root = etree.fromstring(read_package(body, name="out")["word/document.xml"])
    words = []
    for node in root.iter(f"{W}t", f"{W}br", f"{W}tab"):
        if node.tag == f"{W}br" and node.get(f"{W}type") == "page":
            continue
        words.append({f"{W}br": "\n", f"{W}tab": "\t"}.get(node.tag, node.text or ""))
    return "".join(words)


#: What the small template asks for, when nothing is wrong with it.
PLAIN = {"name": "N", "vip": "", "rich": "R", "rows": [{"no": "1", "text": "T"}]}


class Wild:
    """An object that harms whoever asks it anything."""

    def __str__(self):
        return "<w:p/>"

    def _fail(self, *_):
        raise ZeroDivisionError("asked")

    __eq__ = __lt__ = __bool__ = __len__ = __iter__ = __getattr__ = __getitem__ = __html__ = _fail
    __hash__ = object.__hash__


def itself():
    endless = []
    endless.append(endless)
    return endless


#: What is no text, made anew each time, since some can be used up.
OTHERS = (
    lambda: None, lambda: True, lambda: 1.5, lambda: float("nan"), lambda: Decimal("sNaN"),
    lambda: Decimal("1.20"), lambda: 10**5000, lambda: -7, lambda: 10**40, lambda: b"x", lambda: 1j,
    lambda: bytearray(b"x"), lambda: ..., list, dict, set, itself, lambda: ["a", ["b", {"c": "d"}]],
    lambda: {"no": "1", "text": "x"}, lambda: {1: 2}, itertools.count, lambda: iter("abc"),
    lambda: (x for x in "abc"), Wild, lambda: Wild, lambda: len, lambda: [[]] * 200_000,
    lambda: [{"no": "1", "text": "x"}] * 3, lambda: [{"no": "1"}], lambda: [Wild()],
    lambda: "a" * 1_000_000, lambda: "&" * 1_000_000, lambda: "\n" * 150_000, lambda: "合" * 300_000,
    lambda: "{{" * 100_000, lambda: "<w:p>" * 30_000, lambda: Run(text="x"), PageBreak,
    lambda: Link("x", "https://example.com/"), lambda: [Run(text="a"), "b"],
    lambda: Picture(b"\x89PNG\r\n\x1a\n", 5, 5),
)  # fmt: skip


def hostile(chance):
    """Return a value no form would have let in."""
    if chance.random() < 0.25:
        return chance.choice(OTHERS)()
    pieces = (*PIECES, chr(chance.choice((chance.randrange(0x250), chance.randrange(0x110000)))))
    return "".join(chance.choice(pieces) for _ in range(chance.randint(1, 6)))


def as_text(value):
    """Return the text a value stands for in a document; None where only a refusal is right."""
    if isinstance(value, list):
        texts = [as_text(each) for each in value]
        return None if None in texts else "".join(texts)
    if isinstance(value, PageBreak | Picture):
        return ""
    if isinstance(value, Run | Link):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 2**200 else None
    return value.replace("\r\n", "\n") if isinstance(value, str) else None


def of_value(seed):
    """Render a hostile value in one place, or everywhere; say how it ended, or raise."""
    chance = random.Random(seed)
    value = hostile(chance)
    place = chance.choice(("name", "text", "rich", "vip", "rows", "everywhere"))
    context = dict(PLAIN)
    if place in ("text", "everywhere"):
        context["rows"] = [{"no": "1", "text": value}]
    if place != "text":
        context |= {"name": value, "rich": value} if place == "everywhere" else {place: value}
    return shown_or_refused(small(), context)


def shown_or_refused(template, context):
    """Render; return how it ended, or raise where something is broken or lost."""
    try:
        body = template.render(context)
    except WorkflowError as error:
        what, _, remedy = error.explain()
        if not (what and remedy):
            raise AssertionError(f"a refusal says too little: {error.explain()}") from None
        return "refused"
    parts = read_package(body, name="out")
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    wanted = "".join(f"{as_text(row['no'])}: {as_text(row['text'])}" for row in context["rows"])
    asked = "thank you" if context["vip"] else "hello"
    read = text_of(body)
    expected = f"Dear {as_text(context['name'])}, {asked}no{wanted}{as_text(context['rich'])}"
    if read != expected:
        raise AssertionError(f"{expected!r:.200} is read as {read!r:.200}")
    return "shown"


OURS = 1 + sum(len(shipped().languages(kind)) for kind in shipped().kinds)


@cache
def originals():
    """The small template, our layouts, and the public templates where they are."""
    found = [package(SMALL.encode())]
    found += [
        shipped().layout(kind, language).body
        for kind in shipped().kinds
        for language in shipped().languages(kind)
    ]
    for path in sorted(PUBLIC.glob("*.docx")):
        if zipfile.is_zipfile(path):
            found.append(path.read_bytes())
    return tuple(found)


def altered(text, chance):
    """Cut, double, swap and insert pieces of a template's XML and tags."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        # Near a tag, where most of what can go wrong is.
        tags = [found.start() for found in re.finditer(r"\{[{%#]", text)]
        near = chance.choice(tags) + chance.randint(-40, 40) if tags and chance.random() < 0.6 else -1
        a = near if 0 <= near < len(text) else chance.randrange(len(text) or 1)
        b = min(len(text), a + chance.choice((1, 3, 10, 60, 600)))
        kind = chance.randrange(7)
        if kind == 0:
            text = text[:a] + text[b:]
        elif kind == 1:
            text = text[:b] + text[a:b] * chance.choice((1, 1, 200)) + text[b:]
        elif kind == 2:
            text = text[:a] + chance.choice(PIECES) + text[a:]
        elif kind == 3:
            wholes = re.findall(r"\{[{%].*?[}%]\}|<[^>]*>", text) or [""]
            text = text[:a] + chance.choice(wholes) + text[a:]
        elif kind == 4:
            text = (
                text[:a]
                + chance.choice(("{{ ", "{% if x %}", "<w:p>", "{%tr ", "(", "{{ x[")) * 3000
                + text[a:]
            )
        else:
            old = (
                "{{",
                "}}",
                "{%",
                "%}",
                "for",
                "endfor",
                "endif",
                "w:tc",
                "w:p>",
                "w:tr",
                "UTF-8",
                " in ",
                ".",
            )
            text = text.replace(chance.choice(old), chance.choice((*PIECES, "{{r", "{%p", "{%tc", "if")), 1)
    return text


def mutant(seed):
    """Return a template with something wrong in its XML, its tags or its zip."""
    chance = random.Random(seed)
    # Most of the public ones are refused as they are, and say little.
    body = chance.choice(originals()[:OURS] if chance.random() < 0.7 else originals())
    if chance.random() < 0.2:
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        return bytes(damaged[: chance.choice((len(damaged), len(damaged), chance.randrange(len(damaged))))])
    try:
        parts = read_package(body, name="original")
    except WorkflowError:
        return body[::-1]
    texts = [name for name in parts if name.endswith((".xml", ".rels"))]
    name = chance.choice(["word/document.xml"] * 3 + texts)
    text = altered(parts[name].decode("utf-8", "replace"), chance)
    parts[name] = text.encode(chance.choice(("utf-8",) * 9 + ("utf-16",)), "surrogatepass")
    if chance.random() < 0.05:
        parts[chance.choice(texts)] = b"\0" * chance.choice((10, 3_000_000))
    return write_package(parts)


def of_template(seed):
    """Check, compile and render a mutant; say how it ended, or raise."""
    body = mutant(seed)
    try:
        report = check(body, name="mutant").as_data()
        template = compile_template(body, name="mutant")
        made = template.render(made_up(report["fields"]))
        given = read_package(body, name="mutant")
    except WorkflowError:
        return "refused"
    for name, content in read_package(made, name="made").items():
        if name.endswith((".xml", ".rels")) and content != given.get(name):
            etree.fromstring(content)
    return "shown"


def apart(case, seed):
    """Run a case in a child; return how it ended, its processor seconds and its megabytes."""
    import resource  # not on Windows, nor is fork

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        before = resource.getrusage(resource.RUSAGE_SELF)
        try:
            ended = case(seed)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
            ended = f"{type(error).__name__}: {error!s:.300}"
        after = resource.getrusage(resource.RUSAGE_SELF)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told = (ended, seconds, (after.ru_maxrss - before.ru_maxrss) / 1024)
        os.write(writing, pickle.dumps(told))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(said) if said else ("killed", float(_SECONDS), 0.0)


def measured(name, case, seeds):
    """Run many cases; return a line of the table and what ended otherwise."""
    counts = {"shown": 0, "refused": 0}
    worst_seconds = worst_megabytes = 0.0
    strange = []
    for seed in seeds:
        ended, seconds, megabytes = apart(case, seed)
        worst_seconds, worst_megabytes = max(worst_seconds, seconds), max(worst_megabytes, megabytes)
        if ended in counts:
            counts[ended] += 1
        else:
            strange.append(f"{name} {seed}: {ended}")
        if seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES:
            strange.append(f"{name} {seed}: {seconds:.2f} s, {megabytes:.0f} MB")
    line = f"{name:10} {len(seeds):6} {counts['shown']:7} {counts['refused']:8} {len(strange):6}"
    return f"{line} {worst_seconds:10.2f} {worst_megabytes:10.0f}", strange


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--values", type=int, default=10_000)
    parser.add_argument("--templates", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    small(), originals()  # made once, so that no child is charged for them
    print("cases           n   shown  refused  other  worst CPU s  worst MB")
    strange = []
    for name, case, many in (("values", of_value, asked.values), ("templates", of_template, asked.templates)):
        line, found = measured(name, case, range(asked.seed, asked.seed + many))
        print(line, flush=True)
        strange += found
    print(*strange[:50], sep="\n", file=sys.stderr)
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())

"""Ten thousand hostile values, a thousand mutated templates: nothing breaks, nothing is lost."""

import io
import random
import re
from contextlib import suppress
from functools import cache

import pytest
from docx import Document
from lxml import etree

from workflow.documents import compile_template
from workflow.documents.lint import check
from workflow.documents.package import read_package, write_package
from workflow.documents.samples import made_up
from workflow.errors import TemplateError, UnprintableValueError, WorkflowError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PIECES = [
    "&",
    "<",
    ">",
    '"',
    "'",
    "]]>",
    "<!--",
    "-->",
    "<w:p/>",
    "</w:t></w:r></w:p>",
    "{{ 7*7 }}",
    "{% if x %}",
    "{_{",
    "}_}",
    "{{",
    "}}",
    "%}",
    "{#",
    "&amp;",
    "&#0;",
    "&lol;",
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "\u3000",
    "測試",
    "𠮷",
    "é",
    "e\u0301",
    "\u200b",
    "\u202e",
    "\u2066",
    "\x00",
    "\x0b",
    "\x1f",
    "\ufffe",
    "\ud800",
    "AT&T 股份有限公司",
    "a < b and c",
    "%s",
    "${x}",
]
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


def text_of(body):
    root = etree.fromstring(read_package(body, name="out")["word/document.xml"])
    words = []
    for node in root.iter(f"{W}t", f"{W}br", f"{W}tab"):
        words.append({f"{W}br": "\n", f"{W}tab": "\t"}.get(node.tag, node.text or ""))
    return "".join(words)


def hostile(chance):
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6)))


def test_a_hostile_value_is_shown_whole_or_refused():
    template = compile_template(package(SMALL.encode()))
    chance = random.Random(20261123)
    shown = refused = 0
    for _ in range(10_000):
        value = hostile(chance)
        context = {"name": value, "vip": "", "rich": value, "rows": [{"no": "1", "text": value}]}
        try:
            body = template.render(context)
        except UnprintableValueError:
            refused += 1
            continue
        expected = value.replace("\r\n", "\n").replace("\r", "\n")

        assert text_of(body) == f"Dear {expected}, hellono1: {expected}{expected}"
        shown += 1
    assert shown > 3_000
    assert refused > 3_000


def mutated(source, chance):
    """Cut, double, swap and insert pieces of a template's XML and tags."""
    text = source
    for _ in range(chance.choice((1, 1, 2))):
        a, b = sorted(chance.randrange(len(text)) for _ in range(2))
        b = min(b, a + chance.choice((1, 3, 10, 60)))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:a] + text[b:]
        elif kind == 1:
            text = text[:b] + text[a:b] + text[b:]
        elif kind == 2:
            text = text[:a] + chance.choice(PIECES) + text[a:]
        elif kind == 3:
            tags = re.findall(r"\{[{%].*?[}%]\}|<[^>]*>", text) or [""]
            text = text[:a] + chance.choice(tags) + text[a:]
        else:
            text = text.replace(
                chance.choice(("{{", "}}", "{%", "%}", "row", "endfor", "w:tc", "w:p>")),
                chance.choice(PIECES),
                1,
            )
    return text


def test_a_mutated_template_is_refused_in_words_or_renders_well_formed():
    chance = random.Random(7)
    rendered = refused = 0
    for _ in range(1_000):
        body = package(mutated(SMALL, chance).encode("utf-8", "surrogatepass"))
        try:
            template = compile_template(body)
            fields = {name: shape.value for name, shape in check(body, name="mutant").fields.items()}
            out = template.render(made_up(fields))
        except WorkflowError:
            refused += 1
            continue
        etree.fromstring(read_package(out, name="out")["word/document.xml"])
        rendered += 1
    assert rendered > 100
    assert refused > 100


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_refused_in_words(seed):
    chance = random.Random(seed)
    body = bytearray(package(SMALL.encode()))
    for _ in range(chance.randint(1, 20)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    with suppress(TemplateError):  # nothing else may come out
        compile_template(bytes(body))

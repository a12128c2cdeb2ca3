"""Every document is valid by the schema of WordprocessingML itself, whatever stands in it."""

import re
import tomllib
from importlib.resources import files

import pytest

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.package import read_package, write_package
from workflow.documents.rich import Link, PageBreak, Picture, Run

EACH = [(kind, language) for kind in shipped().kinds for language in shipped().languages(kind)]
DOCUMENT = "word/document.xml"
#: The smallest picture there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
PARAGRAPH = r"(<w:body><w:p>.*?</w:pPr>)"


def sample(kind, language):
    path = files("contract_templates") / "layouts" / kind / language / "sample.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def filled(kind, language, change=lambda context: context):
    """Return a layout filled from its sample, or from a changed one."""
    return compile_template(shipped().layout(kind, language).body).render(change(sample(kind, language)))


def emptied(value):
    """Return a context with as little in it as there can be."""
    if isinstance(value, dict):
        return {
            key: [emptied(party) for party in entry] if key == "parties" else emptied(entry)
            for key, entry in value.items()
        }
    if isinstance(value, bool):
        return not value
    return [] if isinstance(value, list) else ""


def edited(pattern, replacement):
    """Return a valid document with its body changed."""
    parts = read_package(filled("services", "en"), name="services")
    text = parts[DOCUMENT].decode()
    assert re.search(pattern, text, re.DOTALL), f"{pattern} is not there: the test would show nothing"
    parts[DOCUMENT] = re.sub(pattern, replacement, text, count=1, flags=re.DOTALL).encode()
    return write_package(parts)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_sample_is_valid(schema, kind, language):
    assert schema(filled(kind, language)) == []


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_document_with_nothing_in_it_is_valid(schema, kind, language):
    assert schema(filled(kind, language, emptied)) == []


@pytest.mark.parametrize(
    ("kind", "language", "rows"),
    [("services", "en", 24), ("services", "zh-TW", 2000), ("term-sheet", "en", 24)],
)
def test_a_long_table_is_valid(schema, kind, language, rows):
    def lengthened(context):
        first, *_ = context["price"]["items"]
        context["price"]["items"] = [first | {"no": str(number)} for number in range(1, rows + 1)]
        return context

    assert schema(filled(kind, language, lengthened)) == []


EVERYTHING = Run(
    text="甲 & <乙>\n丙",
    bold=True,
    italic=True,
    underline=True,
    strike=True,
    colour="AA0000",
    size=14,
    font="Arial",
    east_asian_font="PMingLiU",
    style="Strong",
)
RICH = {
    "plain text": "甲 & <乙>\n丙",
    "every formatting": EVERYTHING,
    "a link": Link("網址 & <a>", "https://example.com/?a=1&b=2"),
    "an address": Link("寫信", "mailto:a@example.com"),
    "a page break": PageBreak(),
    "a picture": Picture(PICTURE, 20, 10, 'A "seal" & <stamp>'),
    "all of it, twice": [EVERYTHING, PageBreak(), Picture(PICTURE, 20, 10), Link("a", "https://a.tw"), "b"]
    * 2,
}


@pytest.mark.parametrize("value", RICH.values(), ids=RICH)
def test_a_value_that_is_more_than_text_is_valid(schema, value):
    template = edited(PARAGRAPH, r"\1<w:r><w:t>{{r rich }}</w:t></w:r>")

    body = compile_template(template).render({"rich": value})

    assert schema(body) == []


@pytest.mark.parametrize(
    ("said", "pattern", "replacement"),
    [
        ("shd", r"(<w:shd [^>]*/>)(<w:vAlign [^>]*/>)", r"\2\1"),
        ("tblStyle", r"(<w:tblStyle [^>]*/>)(<w:tblW [^>]*/>)", r"\2\1"),
        ("Character content", PARAGRAPH, r"\1text"),
        ("}t'", PARAGRAPH, r"\1<w:r><w:t>a<w:b/></w:t></w:r>"),
        ("attribute", r'<w:shd w:val="[^"]*" ', "<w:shd "),
        ("author", PARAGRAPH, r'\1<w:ins w:id="1"><w:r><w:t>x</w:t></w:r></w:ins>'),
        ("rPr", PARAGRAPH, r"\1<w:r><w:t>x</w:t><w:rPr><w:b/></w:rPr></w:r>"),
        ("sideways", PARAGRAPH, r'\1</w:p><w:p><w:pPr><w:jc w:val="sideways"/></w:pPr>'),
        ("anyone", PARAGRAPH, r'\1<w:r><w:t anyone="x">x</w:t></w:r>'),
    ],
)
def test_a_planted_fault_is_found(schema, said, pattern, replacement):
    broken = edited(pattern, replacement)

    assert any(said in fault for fault in schema(broken))


IGNORABLE = 'xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006" m:Ignorable="z"'


@pytest.mark.parametrize(("said", "valid"), [(IGNORABLE, True), ("", False)])
def test_what_a_part_lets_others_ignore_is_ignored_and_nothing_else(schema, said, valid):
    body = edited(r"<w:body><w:p>", f'<w:body><w:p xmlns:z="urn:z" {said} z:a="1">')

    assert (schema(body) == []) is valid

"""Documents are sound Word files: by our own rules, by the schema and by the Open XML SDK where at hand."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.package import read_package, write_package
from workflow.documents.redline import accept_all, reject_all, tracked_changes
from workflow.documents.rich import Link, PageBreak, Picture, Run

VALIDATOR = os.environ.get("ASSENT_OOXML_VALIDATOR")
#: The smallest picture there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
EACH = [(kind, language) for kind in shipped().kinds for language in shipped().languages(kind)]

needs_validator = pytest.mark.skipif(
    not VALIDATOR, reason="ASSENT_OOXML_VALIDATOR names no Open XML SDK validator"
)


@pytest.fixture(scope="module")
def faults():
    """The rules beside the tests' folder; the tests are no package to import them from."""
    spec = importlib.util.spec_from_file_location("validity", Path(__file__).parents[1] / "validity.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.faults


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """Every document the demonstration makes, by its name."""
    folder = tmp_path_factory.mktemp("papers") / "demo"
    command = [sys.executable, "-m", "approvals", "demo", "--dir", folder]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return {path.name: path.read_bytes() for path in (folder / "documents").glob("*.docx")}


def filled(kind, language, change=lambda context: context):
    """Return a layout filled from its sample, or from a changed one."""
    sample = files("contract_templates") / "layouts" / kind / language / "sample.toml"
    context = change(tomllib.loads(sample.read_text(encoding="utf-8")))
    return compile_template(shipped().layout(kind, language).body).render(context)


def emptied(value):
    """Return a context with as little in it as there can be: no text, no entry, every answer turned."""
    if isinstance(value, dict):
        # There is no agreement without parties.
        return {
            key: [emptied(party) for party in entry] if key == "parties" else emptied(entry)
            for key, entry in value.items()
        }
    if isinstance(value, bool):
        return not value
    return [] if isinstance(value, list) else ""


def redline(kind, language):
    """Return a document with all that makes it another one marked as changes."""
    full, empty = filled(kind, language), filled(kind, language, emptied)
    return tracked_changes(full, empty, author="許庭瑋 <a&b>", at=datetime(2026, 11, 23, 2, tzinfo=UTC))


def rich():
    """Return a document with every value there is beside text, each more than once."""
    look = {"bold": True, "italic": True, "underline": True, "strike": True, "colour": "AA0000", "size": 14}
    fonts = {"font": "Arial", "east_asian_font": "PMingLiU"}
    values = [
        Run(text="甲 & <乙>\n丙", **look, **fonts),
        Link("網址 & <a>", "https://example.com/?a=1&b=2"),
        PageBreak(),
        Picture(PICTURE, 20, 10, 'A "seal" & <stamp>'),
        "text",
    ]
    template = edited(DOCUMENT, PARAGRAPH, r"\1<w:r><w:t>{{r rich }}</w:t></w:r>")
    return compile_template(template).render({"rich": values * 2})


def sdk_errors(body, folder, name="document.docx"):
    """Return what the Open XML SDK says against a document."""
    (folder / name).write_bytes(body)
    done = subprocess.run(
        [VALIDATOR, folder / name], capture_output=True, text=True, timeout=120, check=False
    )
    verdict = json.loads(done.stdout)
    assert verdict["ok"] is not bool(verdict["errors"]), done.stderr
    return [(error["id"], error["xPath"], error["description"]) for error in verdict["errors"]]


def all_sdk_errors(bodies, folder):
    """Return what the Open XML SDK says against each of many documents that has a fault."""
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda name: sdk_errors(bodies[name], folder, name), bodies)
    return {name: errors for name, errors in zip(bodies, said, strict=True) if errors}


def edited(part, pattern, replacement):
    """Return a sound document with one part changed."""
    parts = read_package(filled("services", "en"), name="services")
    text = parts[part].decode()
    assert re.search(pattern, text, re.DOTALL), f"{pattern} is not in {part}: the test would show nothing"
    parts[part] = re.sub(pattern, replacement, text, count=1, flags=re.DOTALL).encode()
    return write_package(parts)


def without(part):
    """Return a sound document with one part gone."""
    parts = read_package(filled("services", "en"), name="services")
    del parts[part]
    return write_package(parts)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_sample_is_sound(faults, kind, language):
    body = filled(kind, language)

    assert faults(body) == []


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_document_with_nothing_in_it_is_sound(faults, kind, language):
    body = filled(kind, language, emptied)

    assert faults(body) == []


def test_every_document_of_the_demonstration_is_sound(faults, papers):
    found = {name: faults(body) for name, body in papers.items()}

    assert len(found) > 20
    assert {name: said for name, said in found.items() if said} == {}


def test_every_document_of_the_demonstration_is_valid(schema, papers):
    found = {name: schema(body) for name, body in papers.items()}

    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_redline_is_sound_and_valid_and_so_is_what_it_leads_to(faults, schema, kind, language):
    marked = redline(kind, language)

    for body in (marked, accept_all(marked), reject_all(marked)):
        assert faults(body) == []
        assert schema(body) == []


def test_values_that_are_more_than_text_are_sound(faults):
    assert faults(rich()) == []


DOCUMENT, LINKS = "word/document.xml", "word/_rels/document.xml.rels"
BOOKMARK = '<w:bookmarkStart w:id="{0}" w:name="{1}"/><w:bookmarkEnd w:id="{0}"/>'
DRAWING = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
    'wordprocessingDrawing"><wp:docPr id="1" name="x"/></wp:inline></w:drawing></w:r>'
)
PARAGRAPH = r"(<w:body><w:p>.*?</w:pPr>)"


@pytest.mark.parametrize(
    ("said", "part", "pattern", "replacement"),
    [
        ("does not end with a paragraph", DOCUMENT, r"(</w:tcPr>)(?:(?!</w:tc>).)*", r"\1"),
        ("table has no row", DOCUMENT, r"(</w:tblGrid>).*?(</w:tbl>)", r"\1\2"),
        ("row has no cell", DOCUMENT, r"(</w:trPr>).*?(</w:tr>)", r"\1\2"),
        ("does not fill the columns", DOCUMENT, r"<w:gridCol [^>]*/>", ""),
        ("two tables touch", DOCUMENT, r"(<w:tbl>.*?</w:tbl>)", r"\1\1"),
        ("drawing 1 stands in it 2 times", DOCUMENT, PARAGRAPH, rf"\1{DRAWING * 2}"),
        (
            "bookmark id 1 stands in it 2 times",
            DOCUMENT,
            PARAGRAPH,
            rf"\1{BOOKMARK.format(1, 'a')}{BOOKMARK.format(1, 'b')}",
        ),
        (
            "bookmark name a stands in it 2 times",
            DOCUMENT,
            PARAGRAPH,
            rf"\1{BOOKMARK.format(1, 'a')}{BOOKMARK.format(2, 'a')}",
        ),
        ("do not end as they start", DOCUMENT, PARAGRAPH, r'\1<w:bookmarkStart w:id="1" w:name="a"/>'),
        ("does not end with the section's properties", DOCUMENT, r"<w:sectPr.*?</w:sectPr>", ""),
        ("tag is left", DOCUMENT, r"(<w:t[ >])", r"<w:t>{</w:t></w:r><w:r><w:t>{ x</w:t></w:r><w:r>\1"),
        ("tag is left", "docProps/core.xml", r"(<dc:title>)", r"\1{{ title }}"),
        ("paragraph style Nowhere", DOCUMENT, r'w:pStyle w:val="Title"', 'w:pStyle w:val="Nowhere"'),
        ("numbering 999", DOCUMENT, PARAGRAPH, r'\1<w:r><w:rPr><w:numId w:val="999"/></w:rPr></w:r>'),
        ("uses rId99", DOCUMENT, r'(<w:footerReference [^>]*r:id=")[^"]*', r"\1rId99"),
        ("gives rId1 twice", LINKS, r'(<Relationship [^>]*Id="rId1"[^>]*/>)', r"\1\1"),
        ("nowhere.xml, which is not there", LINKS, r'Target="styles.xml"', 'Target="nowhere.xml"'),
        ("no content type", "[Content_Types].xml", r'<Override PartName="/word/styles.xml"[^>]*/>', ""),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(faults, said, part, pattern, replacement):
    broken = edited(part, pattern, replacement)

    assert any(said in fault for fault in faults(broken))


def test_a_part_that_is_missed_is_found(faults):
    found = faults(without("word/styles.xml"))

    assert "word/_rels/document.xml.rels points to word/styles.xml, which is not there" in found
    assert "[Content_Types].xml gives a type to word/styles.xml, which is not there" in found


@needs_validator
def test_the_open_xml_sdk_finds_nothing_in_a_sample_of_each_kind(tmp_path):
    samples = {f"{kind}-{language}.docx": filled(kind, language) for kind, language in EACH}

    assert all_sdk_errors(samples, tmp_path) == {}


@needs_validator
def test_the_open_xml_sdk_finds_nothing_in_a_redline_of_each_kind(tmp_path):
    marked = {f"{kind}-{language}.docx": redline(kind, language) for kind, language in EACH}

    assert all_sdk_errors(marked, tmp_path) == {}


@needs_validator
def test_the_open_xml_sdk_finds_nothing_in_values_that_are_more_than_text(tmp_path):
    assert sdk_errors(rich(), tmp_path) == []


@needs_validator
def test_the_open_xml_sdk_finds_nothing_in_the_demonstration(papers, tmp_path):
    assert all_sdk_errors(papers, tmp_path) == {}


@needs_validator
def test_the_open_xml_sdk_finds_a_planted_fault(tmp_path):
    broken = edited(DOCUMENT, r"(<w:shd [^>]*/>)(<w:vAlign [^>]*/>)", r"\2\1")

    assert [error[0] for error in sdk_errors(broken, tmp_path)] == [
        "Sch_UnexpectedElementContentExpectingComplex"
    ]

"""Formatted values: whatever strings they are given, what they become is valid XML that says the same."""

import io
import re
import struct
import zlib

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from workflow.documents.engine import compile_template
from workflow.documents.package import read_package
from workflow.documents.rich import Link, PageBreak, Picture, Run
from workflow.documents.sandbox import UnprintableError
from workflow.errors import UnprintableValueError

FEW = settings(max_examples=120, deadline=None, database=None)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY, TYPES, LINKS = "word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"
# CT_RPr, as far as these types write it.
ORDER = ["rStyle", "rFonts", "b", "i", "strike", "color", "sz", "szCs", "u"]
ANY = st.text(max_size=12) | st.text("<>&\"'\n\t/=w: {}%\0\x0b\u202e\ud800字", max_size=20)
RUNS = st.fixed_dictionaries(
    {"text": ANY},
    optional={
        "bold": st.booleans(),
        "italic": st.booleans(),
        "underline": st.booleans(),
        "strike": st.booleans(),
        "colour": ANY | st.from_regex("[0-9A-F]{6}", fullmatch=True),
        "size": st.integers(-1, 500),
        "font": ANY | st.sampled_from(["Arial", "標楷體", "PMingLiU"]),
        "east_asian_font": ANY,
        "style": ANY | st.just("Strong"),
    },
)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(shade=0):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes([0, shade])))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def docx_of(text="{{r x }}", header=""):
    document = docx.Document()
    document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


TEMPLATE = docx_of()


def parts_of(value, body=TEMPLATE):
    return read_package(compile_template(body).render({"x": value}), name="t")


def runs_of(value):
    """Return the runs of the paragraph, or None where the value was refused."""
    try:
        made = parts_of(value() if callable(value) else value)
    except (UnprintableError, UnprintableValueError):
        return None
    root = etree.fromstring(made[BODY])
    assert {child.tag for child in root.find(f"{W}body/{W}p")} <= {f"{W}r"}
    # The halves of the tag's own run, before and after, are left empty.
    return [run for run in root.find(f"{W}body/{W}p") if len(run) > 1 or run[0].tag != f"{W}t" or run[0].text]


def text_of(runs):
    marks = {f"{W}br": "\n", f"{W}tab": "\t"}
    nodes = (node for run in runs for node in run.iter(f"{W}t", *marks) if node.get(f"{W}type") != "page")
    return "".join(marks.get(node.tag) or node.text or "" for node in nodes)


@FEW
@given(RUNS)
def test_a_run_is_refused_or_says_what_it_was_given_in_the_order_of_the_schema(facts):
    runs = runs_of(lambda: Run(**facts))

    if runs is None:
        return
    assert text_of(runs) == facts["text"].replace("\r\n", "\n")
    for run in runs:
        (looks,) = run.findall(f"{W}rPr") or [[]]
        names = [look.tag.removeprefix(W) for look in looks]
        assert names == sorted(names, key=ORDER.index)
        assert all(
            re.fullmatch(r"[0-9A-F]{6}", look.get(f"{W}val"), re.I) for look in looks if "color" in look.tag
        )


@FEW
@given(ANY, ANY | st.from_regex(r"https://[a-z]{1,5}\.tw/.{0,5}", fullmatch=True))
def test_a_link_is_refused_or_leads_where_it_says(text, address):
    runs = runs_of(lambda: Link(text, address))

    if runs is None:
        return
    assert text_of(runs) == text.replace("\r\n", "\n")
    kinds = [node.get(f"{W}fldCharType") for run in runs for node in run.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"]
    (code,) = [node.text for run in runs for node in run.iter(f"{W}instrText")]
    assert code == f' HYPERLINK "{address}" '
    assert address.startswith(("https://", "http://", "mailto:"))


@FEW
@given(ANY, st.integers(-5, 2000) | st.floats() | st.booleans(), st.integers(-5, 2000))
def test_a_picture_is_refused_or_stands_at_its_size(description, width, height):
    runs = runs_of(lambda: Picture(png(), width, height, description))

    if runs is None:
        return
    (extent,) = [node for run in runs for node in run.iter("{*}extent")]
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (36_000 * width, 36_000 * height)
    (name,) = [node for run in runs for node in run.iter("{*}docPr")]
    assert name.get("descr") == re.sub(r"\r\n|\n|\t", " ", description)


@FEW
@given(st.recursive(ANY | st.integers() | st.builds(PageBreak), st.lists, max_leaves=8))
def test_a_list_is_refused_or_shown_in_its_order(value):
    runs = runs_of(value)

    def flat(each):
        if isinstance(each, list):
            return "".join(map(flat, each))
        return "" if isinstance(each, PageBreak) else str(each).replace("\r\n", "\n")

    assert runs is None or text_of(runs) == flat(value)


@pytest.mark.parametrize(
    ("given", "set_"),
    [
        ({"font": "Arial"}, {"ascii": "Arial", "hAnsi": "Arial"}),
        ({"font": "標楷體"}, {"ascii": "標楷體", "hAnsi": "標楷體", "eastAsia": "標楷體"}),
        ({"font": "DFKai-SB"}, {"ascii": "DFKai-SB", "hAnsi": "DFKai-SB", "eastAsia": "DFKai-SB"}),
        ({"font": "Noto Serif TC"}, dict.fromkeys(("ascii", "hAnsi", "eastAsia"), "Noto Serif TC")),
        ({"east_asian_font": "標楷體"}, {"eastAsia": "標楷體"}),
        (
            {"font": "Times New Roman", "east_asian_font": "新細明體"},
            {"ascii": "Times New Roman", "hAnsi": "Times New Roman", "eastAsia": "新細明體"},
        ),
    ],
)
def test_each_script_gets_its_font(given, set_):
    (run,) = runs_of(Run(text="合約 Contract", **given))

    fonts = run.find(f"{W}rPr/{W}rFonts")

    assert {name.removeprefix(W): font for name, font in fonts.attrib.items()} == set_


@pytest.mark.parametrize(
    "make",
    [
        lambda: Run(text=1),
        lambda: Run(text="x", size=2.5),
        lambda: Run(text="x", size=True),
        lambda: Run(text="x", size="3"),
        lambda: Run(text="x", font=None),
        lambda: Run(text="x", colour=0xFF0000),
        lambda: Link("x", None),
        lambda: Link("x", "javascript:alert(1)"),
        lambda: Link("x", "file:///etc/passwd"),
        lambda: Link("x", 'https://a.tw/" \\o "x'),
        lambda: Picture("no bytes", 5, 5),
        lambda: Picture(b"GIF89a", 5, 5),
        lambda: Picture(png(), 5.5, 5),
        lambda: Picture(png(), 0, 5),
    ],
)
def test_formatting_of_the_wrong_kind_is_refused_when_it_is_made(make):
    with pytest.raises(UnprintableError):
        make()


def test_a_picture_has_a_type_a_relationship_and_a_part():
    made = parts_of([Picture(png(), 5, 5), Picture(png(), 9, 9), Picture(png(200), 5, 5)])

    media = [name for name in made if name.startswith("word/media/assent")]
    assert len(media) == 2
    assert made[TYPES].lower().count(b'extension="png"') == 1
    links = {entry.get("Id"): entry.get("Target") for entry in etree.fromstring(made[LINKS])}
    used = re.findall(rb'r:embed="([^"]+)"', made[BODY])
    assert {f"word/{links[key.decode()]}" for key in used} == set(media)
    numbers = re.findall(rb'<wp:docPr id="(\d+)"', made[BODY])
    assert len(set(numbers)) == 3


def test_a_document_with_a_picture_can_be_a_template_with_the_same_picture():
    first = compile_template(docx_of("{{r x }} and {{ tag }}"))
    made = first.render({"x": Picture(png(), 5, 5), "tag": "{{r x }}"})

    again = parts_of(Picture(png(), 5, 5), made)

    assert len([name for name in again if name.startswith("word/media/assent")]) == 1
    keys = [entry.get("Id") for entry in etree.fromstring(again[LINKS])]
    assert len(keys) == len(set(keys))


def test_a_picture_in_a_header_has_its_own_list_and_number():
    made = parts_of(Picture(png(), 5, 5), docx_of("{{r x }}", header="{{r x }}"))

    assert b"media/assent" in made["word/_rels/header1.xml.rels"]
    ids = [re.findall(rb'<wp:docPr id="(\d+)"', made[part]) for part in (BODY, "word/header1.xml")]
    assert ids[0] != ids[1]


def test_a_page_break_begins_a_page():
    (run,) = runs_of(PageBreak())

    assert run.find(f"{W}br").get(f"{W}type") == "page"

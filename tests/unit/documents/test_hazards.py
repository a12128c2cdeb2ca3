"""What harms a document made with docxtpl, and what becomes of it here.

Each test gives the same hostile template or value to plain docxtpl, with its defaults, and to
the engine. The docstring says what docxtpl 0.20.2 does; the first assertion shows it, the
others that ours refuses in words or writes what was meant.
"""

import ast
import io
import re
import struct
import time
import zipfile
import zlib
from functools import partial
from pathlib import Path

import docx
import pytest
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from lxml import etree

from workflow.documents.engine import compile_template
from workflow.documents.lint import check
from workflow.documents.package import read_package
from workflow.documents.rich import Picture, Run
from workflow.errors import MissingFieldError, TemplateError, UnprintableValueError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY, TITLE = "word/document.xml", "docProps/core.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NOTES = (
    '<?xml version="1.0"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:footnote w:id="1"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
CODE = "{{ cycler.__init__.__globals__.os.getcwd() }}"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)


def docx_of(*paragraphs, header="", title="", table=(), sections=1):
    """Return a DOCX as an author would save it."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    for row in table:
        cells = (document.tables or [document.add_table(0, len(row))])[0].add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    for _ in range(sections - 1):
        document.add_section()
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def changed(body, **changes):
    """Return the package with parts added, or changed by a function."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, change in changes.items():
            parts[name] = change(parts.get(name, b"")) if callable(change) else change
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def with_footnote(text, sections=1):
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    entry = f'<Relationship Id="rIdN" Type="{OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>'
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    return changed(
        docx_of("text", sections=sections),
        **{
            "word/footnotes.xml": NOTES.format(text).encode(),
            "word/_rels/document.xml.rels": lambda body: body.replace(b"</Relationships>", entry.encode()),
            "[Content_Types].xml": lambda body: body.replace(b"</Types>", override.encode()),
        },
    )


def theirs(body, context=None, **options):
    """Return the parts docxtpl writes."""
    template = DocxTemplate(io.BytesIO(body))
    template.render(context or {}, **options)
    written = io.BytesIO()
    template.save(written)
    return read_package(written.getvalue(), name="theirs")


def ours(body, context=None):
    return read_package(compile_template(body, name="c.docx").render(context or {}), name="ours")


def words(parts, part=BODY):
    """Return the text of a part, as a reader would see it."""
    root = etree.fromstring(parts[part])
    return "".join(node.text or "" for node in root.iter(f"{W}t", "{http://purl.org/dc/elements/1.1/}title"))


def refusal(body, *said, context=None):
    """Assert that the template is refused with all that an author has to know."""
    with pytest.raises(TemplateError) as refused:
        ours(body, context)
    reason = refused.value.facts["reason"]
    for words in said:
        assert words in reason
    return reason


def whole(parts):
    return etree.fromstring(parts[BODY]).find(f"{W}body/{W}sectPr") is not None


# --- 1: values are not escaped, and what breaks is repaired in silence ---------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Smith & Co", "by Smith  Co, the end"),
        ("a < b and c", "by a  b and c, the end"),
        ("<b>x</b>", "by "),
        ("</w:t></w:r></w:p>", "by "),
    ],
)
def test_a_value_with_markup_is_shown_as_it_was_typed(value, shown):
    """docxtpl writes values as XML and repairs what breaks: letters, the rest and the page go."""
    body = docx_of("by {{ x }}, the end")

    assert words(theirs(body, {"x": value})) == shown
    assert words(ours(body, {"x": value})) == f"by {value}, the end"


def test_markup_in_a_value_does_not_end_the_contract():
    """docxtpl loses every later paragraph, and the page's settings (sectPr)."""
    body = docx_of("by {{ x }}", "the rest of the contract")
    context = {"x": "</w:t></w:r></w:p>"}

    assert "the rest" not in words(theirs(body, context))
    assert not whole(theirs(body, context))
    assert words(ours(body, context)).endswith("the rest of the contract")
    assert whole(ours(body, context))


def test_an_ampersand_in_a_header_is_shown():
    """docxtpl raises a parser's error for a header."""
    body = docx_of("text", header="{{ x }}")

    with pytest.raises(etree.XMLSyntaxError):
        theirs(body, {"x": "a & b"})
    assert words(ours(body, {"x": "a & b"}), "word/header1.xml") == "a & b"


def test_an_ampersand_in_a_footnote_leaves_a_whole_part():
    """docxtpl writes a footnotes part that no program can read."""
    body = with_footnote("{{ x }}")

    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(theirs(body, {"x": "R&D"})["word/footnotes.xml"])
    assert words(ours(body, {"x": "R&D"}), "word/footnotes.xml") == "R&D"


# --- 2: characters that XML cannot hold ----------------------------------------------------


def unprintable(body, value, *said):
    with pytest.raises(UnprintableValueError) as refused:
        ours(body, {"x": value})
    facts = refused.value.facts
    assert facts["field"] == "x"
    assert "{{ x }}" in facts["text"]
    for word in said:
        assert word in facts["reason"]
    assert all(refused.value.explain())
    return facts


def test_a_lone_surrogate_is_refused():
    """docxtpl ends the document where it stands, even with autoescape."""
    body = docx_of("by {{ x }}", "the rest")

    assert words(theirs(body, {"x": "a\ud800"}, autoescape=True)) == "by a"
    assert not whole(theirs(body, {"x": "a\ud800"}, autoescape=True))
    assert unprintable(body, "a\ud800", "U+D800")["part"] == BODY


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\uffff"], ids=ascii)
def test_a_control_character_is_refused(character):
    """docxtpl drops it in the text without a word, and raises in a header."""
    body = docx_of("by {{ x }}", header="{{ x }}")

    assert words(theirs(docx_of("by {{ x }}"), {"x": f"a{character}b"}, autoescape=True)) == "by ab"
    with pytest.raises((etree.XMLSyntaxError, ValueError)):
        theirs(body, {"x": f"a{character}b"}, autoescape=True)
    unprintable(body, f"a{character}b", f"U+{ord(character):04X}")


@pytest.mark.parametrize("character", ["\a", "\f"], ids=ascii)
def test_a_value_cannot_begin_a_paragraph_or_a_page(character):
    """docxtpl makes a new paragraph of one and a new page of the other."""
    body = docx_of("by {{ x }}")

    written = theirs(body, {"x": f"a{character}b"}, autoescape=True)[BODY]

    assert written.count(b"<w:p>") > 1
    unprintable(body, f"a{character}b", f"U+{ord(character):04X}")


# --- 3 and 4: code ------------------------------------------------------------------------


@pytest.mark.parametrize("part", [BODY, "word/header1.xml", TITLE, "word/footnotes.xml"])
def test_a_template_runs_no_code(part, tmp_path, monkeypatch):
    """docxtpl runs any Python in the text, in headers, notes and the title."""
    monkeypatch.chdir(tmp_path)
    body = {
        BODY: docx_of(CODE),
        "word/header1.xml": docx_of("text", header=CODE),
        TITLE: docx_of("text", title=CODE),
        "word/footnotes.xml": with_footnote(CODE),
    }[part]

    assert str(tmp_path) in words(theirs(body), part)
    refusal(body, f"{part}: ", "(call)", CODE, "put what it returns into the data and write {{ name }}")


@pytest.mark.parametrize("autoescape", [False, True])
def test_a_value_in_a_footnote_runs_no_code(autoescape, tmp_path, monkeypatch):
    """docxtpl renders notes once a section, and so the value of the first time as a template."""
    monkeypatch.chdir(tmp_path)
    body = with_footnote("{{ x }}", sections=2)

    assert words(theirs(body, {"x": "{{ 7*7 }}"}, autoescape=autoescape), "word/footnotes.xml") == "49"
    assert str(tmp_path) in words(theirs(body, {"x": CODE}, autoescape=autoescape), "word/footnotes.xml")
    assert words(ours(body, {"x": CODE}), "word/footnotes.xml") == CODE


# --- 5, 6, 7: the wrong branch, the missing field, the hidden key ---------------------------


def test_an_ampersand_in_a_literal_compares():
    """docxtpl takes the else branch: in the tag it is still &amp;."""
    body = docx_of("{% if x == 'R&D' %}yes{% else %}no{% endif %}")

    assert words(theirs(body, {"x": "R&D"})) == "no"
    assert words(ours(body, {"x": "R&D"})) == "yes"


def test_curly_quotes_in_a_literal_are_refused():
    """docxtpl makes them straight, and takes the else branch."""
    body = docx_of("{% if x == 'the “Goods”' %}yes{% else %}no{% endif %}")

    assert words(theirs(body, {"x": "the “Goods”"})) == "no"
    refusal(body, BODY, "curly quotes stand inside 'the “Goods”'", "{% if x ==", "type straight ones")


def test_a_missing_field_is_refused():
    """docxtpl leaves a gap in the contract."""
    body = docx_of("by {{ gone }}, the end")

    assert words(theirs(body, {"x": "1"})) == "by , the end"
    with pytest.raises(MissingFieldError) as refused:
        ours(body, {"x": "1"})
    assert refused.value.facts["field"] == "gone"
    assert "by {{ gone }}, the end" in refused.value.facts["text"]
    assert "known here: x" in refused.value.explain()


@pytest.mark.parametrize("key", ["items", "keys", "values"])
def test_a_key_is_found_before_a_method(key):
    """docxtpl prints the method, with its address in memory or nothing of it."""
    body = docx_of(f"{{{{ c.{key} }}}}")
    context = {"c": {key: "1 piece"}}

    assert b"built-in" in theirs(body, context)[BODY]
    assert words(ours(body, context)) == "1 piece"


# --- 8, 9, 10: time and memory. docxtpl's figures were taken apart, the sizes here are small ----


@pytest.mark.parametrize(
    ("tag", "length"),
    [("{{ 'a' * 20000 }}", 20_000), ("{{ '%9000d' % 1 }}", 9_000), ("{{ 'a'|center(9000) }}", 9_000)],
)
def test_a_template_makes_no_text_of_its_own(tag, length):
    """docxtpl makes as much as is asked for: at 2·10⁹ a memory error after 35 s, 4 GB for a format."""
    assert len(words(theirs(docx_of(tag)))) == length
    refusal(docx_of(tag), BODY, tag)


def test_a_template_repeats_nothing_but_the_data():
    """docxtpl counts as far as it is told: range(10⁵) twice nested runs for minutes."""
    body = docx_of("{% for a in range(100) %}{% for b in range(100) %}x{% endfor %}{% endfor %}")

    assert len(words(theirs(body))) == 10_000
    refusal(body, "(call)", "{% for a in range(100) %}", "put what it returns into the data")


def test_repetitions_of_the_data_end():
    """docxtpl goes through nested lists for as long as that takes: here 10¹² times for ten names."""
    deep = "".join(f"{{% for x{n} in rows %}}" for n in range(12)) + "x" + "{% endfor %}" * 12

    assert len(words(theirs(docx_of(deep), {"rows": ["1", "2"]}))) == 2**12
    with pytest.raises(TemplateError, match="repeats more than a document can hold; give fewer entries"):
        ours(docx_of(deep), {"rows": ["1"] * 10})


def test_a_document_does_not_grow_beyond_measure():
    """docxtpl writes hundreds of megabytes when a long text is repeated."""
    body = docx_of("{% for x in rows %}{{ long }}{% endfor %}")

    assert len(words(theirs(body, {"rows": [1] * 50, "long": "a" * 1000}))) == 50_000
    with pytest.raises(TemplateError, match="longer than any contract"):
        ours(body, {"rows": [1] * 5000, "long": "a" * 100_000})


def test_unclosed_tags_are_refused_before_the_patterns_see_them():
    """docxtpl is quadratic: 2000 take 0.4 s, 8000 4.5 s, 32 000 (96 KB of text) more than a minute."""
    spent = []
    for many in (250, 1000):
        text, start = "<w:t>" + "{{ " * many + "</w:t>", time.process_time()  # not the clock on the wall
        DocxTemplate.patch_xml(None, text)
        spent.append(time.process_time() - start)
    assert spent[1] > 6 * spent[0]  # four times the text; about sixteen times the work

    for many in ("{{ " * 32_000, "}} " * 16_000 + "{{ " * 16_000, "{{ #} " * 8_000):
        title = f"<dc:title>{many}</dc:title>".encode()
        titled = {TITLE: partial(re.sub, rb"<dc:title>.*</dc:title>|<dc:title/>", title)}
        for body in (docx_of(many), changed(docx_of("text"), **titled)):
            refusal(body, "a tag is not closed in its paragraph", "write {{ name }}")


def test_braces_that_meet_across_paragraphs_are_no_tag():
    """docxtpl joins the paragraphs, and with thousands of them is quadratic again."""
    body = docx_of("{", "{ x }", "}")

    assert theirs(body, {"x": "1"})[BODY].count(b"<w:p>") == 1
    refusal(body, "a tag is not closed in its paragraph")


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    """docxtpl unpacks whatever is in it: 828 MB of memory for 444 KB; here 6 MB for 6 KB."""

    def bomb(size):
        end = b"<!--" + b" " * size + b"--></w:styles>"
        return changed(docx_of("x"), **{"word/styles.xml": lambda old: old.replace(b"</w:styles>", end)})

    assert len(bomb(6_000_000)) < 60_000
    assert len(theirs(bomb(6_000_000))["word/styles.xml"]) > 6_000_000
    refusal(bomb(51_000_000), "it unpacks to more than a document holds")


def test_more_paragraphs_than_a_book_are_refused():
    """docxtpl works on 6 million empty paragraphs (89 KB) for more than a minute."""
    many = b"<w:p/>" * 700_000
    body = changed(
        docx_of("{{ x }}"), **{BODY: lambda old: old.replace(b"<w:sectPr", many + b"<w:sectPr", 1)}
    )

    refusal(body, BODY, "longer than three hundred pages", "divide it into several documents")


def test_a_document_type_definition_is_refused():
    """docxtpl passes one in the notes straight into the contract."""
    define = b'?><!DOCTYPE w:footnotes [<!ENTITY e "eee">]>'
    body = changed(with_footnote("text"), **{"word/footnotes.xml": lambda old: old.replace(b"?>", define, 1)})

    assert b"<!ENTITY" in theirs(body)["word/footnotes.xml"]
    refusal(body, "word/footnotes.xml holds a document type definition")


def test_a_document_that_calls_home_is_refused():
    """docxtpl passes the attached template on, which Word fetches when the contract is opened."""
    entry = (
        f'<Relationship Id="rIdX" Type="{OFFICE}/attachedTemplate" Target="http://example.com/x" '
        'TargetMode="External"/></Relationships>'
    )
    part = "word/_rels/document.xml.rels"
    body = changed(docx_of("x"), **{part: lambda old: old.replace(b"</Relationships>", entry.encode())})

    assert b"http://example.com/x" in theirs(body)[part]
    refusal(body, part, "attaches a template")


def test_another_encoding_is_refused():
    """docxtpl reads it; what looks for tags or definitions in the bytes finds none."""
    body = changed(
        docx_of("{{ x }}"),
        **{BODY: lambda old: old.decode().replace("UTF-8", "UTF-16").encode("utf-16")},
    )

    assert words(theirs(body, {"x": "1"})) == "1"
    refusal(body, BODY, "it is not written in UTF-8", "open it in Word and save it again")


# --- values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown", "instead"),
    [
        (None, "None", "give a text, or ask for it with {% if name %}"),
        (True, "True", "ask for it with {% if name %}"),
        (0.1 + 0.2, "0.30000000000000004", "write it out as text"),
        (["a"], "['a']", "{% for x in name %}{{ x }}{% endfor %}"),
        ({"a": 1}, "{'a': 1}", "as in {{ name.part }}"),
    ],
    ids=repr,
)
def test_what_is_no_text_is_refused(value, shown, instead):
    """docxtpl prints it as Python does."""
    body = docx_of("by {{ x }}")

    assert words(theirs(body, {"x": value})) == f"by {shown}"
    unprintable(body, value, "is not text", instead)


def test_a_dictionary_is_not_repeated_over():
    """docxtpl repeats in whatever order the data was put together."""
    body = docx_of("{% for x in facts %}{{ x }}{% endfor %}")

    assert words(theirs(body, {"facts": {"a": 1, "b": 2}})) == "ab"
    assert words(theirs(body, {"facts": {"b": 2, "a": 1}})) == "ba"
    refusal(body, BODY, "dict is no list", "{% for x in facts %}", context={"facts": {"a": 1}})


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{% if x %}", "{# x #}", "{_{ 7*7 }_}"])
def test_template_code_in_a_value_is_only_text(value):
    """docxtpl leaves the first three alone, but unescapes {_{ in values too, making a tag of it."""
    body = docx_of("by {{ x }}")

    assert words(theirs(body, {"x": value})) == f"by {value.replace('_', '')}"
    assert words(ours(body, {"x": value})) == f"by {value}"


def test_a_line_end_of_windows_is_one_break():
    """docxtpl writes a line end into the text beside the break."""
    body = docx_of("{{ x }}")

    assert b">a\n</w:t><w:br/>" in theirs(body, {"x": "a\r\nb"})[BODY].replace(b"\r", b"")
    assert b">a</w:t><w:br/>" in ours(body, {"x": "a\r\nb"})[BODY]


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u2028"], ids=ascii)
def test_what_reorders_a_name_or_an_amount_is_refused(character):
    """docxtpl passes it through, so that 100 can be read as 001."""
    body = docx_of("{{ x }}")

    assert words(theirs(body, {"x": f"NT$ {character}001"})) == f"NT$ {character}001"
    unprintable(body, f"NT$ {character}001", f"U+{ord(character):04X}")


def test_an_ampersand_in_the_title_is_escaped_once():
    """docxtpl escapes it twice, with autoescape."""
    body = docx_of("text", title="{{ x }}")

    assert words(theirs(body, {"x": "R&D"}, autoescape=True), TITLE) == "R&amp;D"
    assert words(ours(body, {"x": "R&D"}), TITLE) == "R&D"


# --- places -------------------------------------------------------------------------------


def test_a_tag_in_a_comment_is_filled():
    """docxtpl leaves it as it is, for the other side to read."""
    document = docx.Document()
    document.add_comment(document.add_paragraph("text").runs, "{{ x }}")
    saved = io.BytesIO()
    document.save(saved)

    assert words(theirs(saved.getvalue(), {"x": "1"}), "word/comments.xml") == "{{ x }}"
    assert words(ours(saved.getvalue(), {"x": "1"}), "word/comments.xml") == "1"


def test_a_tag_where_nothing_is_filled_in_is_refused():
    """docxtpl leaves it in the contract."""
    part = "word/diagrams/data1.xml"
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    entry = (
        f'<Relationship Id="rIdD" Type="{OFFICE}/diagramData" Target="diagrams/data1.xml"/></Relationships>'
    )
    override = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    body = changed(
        docx_of("{{ x }}"),
        **{
            part: b"<dgm>{{ x }}</dgm>",
            "word/_rels/document.xml.rels": lambda old: old.replace(b"</Relationships>", entry.encode()),
            "[Content_Types].xml": lambda old: old.replace(b"</Types>", override.encode()),
        },
    )

    assert b"{{ x }}" in theirs(body, {"x": "1"})[part]
    refusal(body, part, "where nothing is filled in", "write it in the text, a header, a footer or a note")


def test_a_line_end_in_a_text_box_is_a_break():
    """docxtpl's patterns lose it after a box within a box."""
    box = (
        '<w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>{}</w:txbxContent>'
        "</v:textbox></w:pict></w:r>"
    )
    inner = (
        "<w:p>" + box.format("<w:p><w:r><w:t>box</w:t></w:r></w:p>") + "<w:r><w:t>{{ x }}</w:t></w:r></w:p>"
    )
    nested = "<w:p>" + box.format(inner) + "<w:r><w:t>{{ x }}</w:t></w:r></w:p><w:sectPr"
    body = changed(docx_of("x"), **{BODY: lambda old: old.replace(b"<w:sectPr", nested.encode(), 1)})

    assert theirs(body, {"x": "a\nb"})[BODY].count(b"<w:br/>") < 2
    assert ours(body, {"x": "a\nb"})[BODY].count(b"<w:br/>") == 2


def test_a_tag_that_word_split_is_filled():
    """docxtpl does this right too: over runs, proofing marks, bookmarks; the first run's looks win."""
    parts = (
        '<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{</w:t></w:r><w:proofErr w:type="spellStart"/>'
        '<w:r><w:t>{ na</w:t></w:r><w:bookmarkStart w:id="0" w:name="b"/><w:bookmarkEnd w:id="0"/>'
        "<w:r><w:t>me }}</w:t></w:r></w:p><w:sectPr"
    )
    body = changed(docx_of("x"), **{BODY: lambda old: old.replace(b"<w:sectPr", parts.encode(), 1)})

    assert words(theirs(body, {"name": "Ann"})) == words(ours(body, {"name": "Ann"})) == "xAnn"


@pytest.mark.parametrize(
    "around",
    [
        '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
        "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
        '<w:ins w:id="1" w:author="a">{}</w:ins>',
    ],
)
def test_a_tag_in_a_link_a_control_or_an_insertion_is_filled(around):
    """docxtpl does this right too; a tracked change that is left in is told by the check."""
    paragraph = "<w:p>" + around.format("<w:r><w:t>{{ x }}</w:t></w:r>") + "</w:p><w:sectPr"
    body = changed(docx_of("a"), **{BODY: lambda old: old.replace(b"<w:sectPr", paragraph.encode(), 1)})

    assert words(theirs(body, {"x": "1"})) == words(ours(body, {"x": "1"})) == "a1"
    told = [finding.what for finding in check(body, name="c.docx").findings]
    assert ("tracked changes are left in the template" in told) == ("w:ins" in around)


def test_a_text_where_formatted_text_goes_is_shown():
    """docxtpl writes it beside the runs, where Word shows nothing of it."""
    body = docx_of("by {{r x }}")

    assert words(theirs(body, {"x": "Ann"})) == "by "
    assert words(ours(body, {"x": "Ann"})) == "by Ann"


def test_a_value_in_place_of_a_paragraph_is_refused():
    """docxtpl writes it straight into the body, where Word shows nothing of it."""
    body = docx_of("{{p x }}")

    assert words(theirs(body, {"x": "Ann"})) == ""
    refusal(body, BODY, "directly in w:body", "{{ x }}", "write {{ name }} in the text, without p, tr or tc")


def test_formatted_text_where_a_text_goes_is_refused():
    """docxtpl writes a run inside a text, which no schema allows."""
    body = docx_of("by {{ x }}")

    nested = etree.fromstring(theirs(body, {"x": RichText("Ann", bold=True)})[BODY])

    assert nested.find(f".//{W}t//{W}t") is not None
    unprintable(body, Run(text="Ann"), "is not text but formatted", "{{r name }}")


def test_formatting_is_no_way_to_write_xml():
    """docxtpl writes the style's name as it is, so that it can add or hide whatever it likes."""
    style = '"/><w:vanish w:val="1'
    body = docx_of("by {{r x }}")

    assert b"<w:vanish" in theirs(body, {"x": RichText("Ann", style=style)})[BODY]
    with pytest.raises(ValueError, match="no style"):
        Run(text="Ann", style=style)


def test_formatting_stands_in_the_order_of_the_schema():
    """docxtpl writes the colour before the style's fonts and leaves the highlight without a value."""
    body = docx_of("{{r x }}")

    rich = theirs(body, {"x": RichText("x", highlight="FFFF00", font="Arial", bold=True, color="FF0000")})[
        BODY
    ]
    plain = ours(body, {"x": Run(text="x", font="Arial", bold=True, colour="FF0000")})[BODY]

    assert rich.index(b"<w:color") < rich.index(b"<w:b/>")
    found = [plain.index(tag) for tag in (b"<w:rFonts", b"<w:b/>", b"<w:color")]
    assert found == sorted(found)


def test_a_chinese_font_reaches_chinese_text():
    """docxtpl sets it for Latin letters only."""
    body = docx_of("{{r x }}")

    assert "eastAsia" not in fonts(theirs(body, {"x": RichText("合約", font="標楷體")}))
    assert fonts(ours(body, {"x": Run(text="合約", font="標楷體")}))["eastAsia"] == "標楷體"


def fonts(parts):
    found = etree.fromstring(parts[BODY]).find(f".//{W}rPr/{W}rFonts")
    return {name.removeprefix(W): value for name, value in found.attrib.items()}


@pytest.mark.parametrize("tag", ["colspan", "cellbg"])
def test_the_looks_of_a_cell_stand_in_the_order_of_the_schema(tag):
    """docxtpl writes them before the cell's width, which the schema does not allow."""
    body = docx_of("x", table=[[f"{{% {tag} x %}}a", "b"]])
    context = {"x": "2" if tag == "colspan" else "FF0000"}
    look = {"colspan": b"<w:gridSpan", "cellbg": b"<w:shd"}[tag]

    rough, right = theirs(body, context)[BODY], ours(body, context)[BODY]

    assert rough.index(look) < rough.index(b"<w:tcW")
    assert right.index(look) > right.index(b"<w:tcW")


def numbers(parts):
    return [
        number
        for part in (BODY, "word/header1.xml")
        for number in re.findall(rb'<wp:docPr[^>]* id="(\d+)"|<wp:docPr id="(\d+)"', parts[part])
    ]


def test_pictures_of_text_and_header_have_different_numbers():
    """docxtpl numbers those of the text only: every picture of a header is number 1."""
    body = docx_of("{{ x }}", header="{{ x }} {{ x }}")
    template = DocxTemplate(io.BytesIO(body))
    template.render({"x": InlineImage(template, io.BytesIO(PIXEL), width=Mm(5))})
    written = io.BytesIO()
    template.save(written)
    rich = docx_of("{{r x }}", header="{{r x }} {{r x }}")

    same = numbers(read_package(written.getvalue(), name="theirs"))
    apart = numbers(ours(rich, {"x": Picture(PIXEL, 5, 5)}))

    assert (len(same), len(set(same))) == (3, 2)
    assert (len(apart), len(set(apart))) == (3, 3)


def test_a_picture_in_a_repetition_has_a_number_each_time():
    """docxtpl does this right too, in the text."""
    document = docx.Document()
    document.add_paragraph("{%p for x in rows %}")
    document.add_paragraph().add_run().add_picture(io.BytesIO(PIXEL))
    document.add_paragraph("{%p endfor %}")
    saved = io.BytesIO()
    document.save(saved)

    found = re.findall(rb'<wp:docPr id="(\d+)"', ours(saved.getvalue(), {"rows": ["1", "2", "3"]})[BODY])

    assert (len(found), len(set(found))) == (3, 3)


def test_a_bookmark_in_a_repetition_is_told():
    """docxtpl repeats its number and name; Word keeps one of them."""
    mark = b'<w:bookmarkStart w:id="1" w:name="b"/><w:bookmarkEnd w:id="1"/></w:p><w:p><w:r><w:t>{%p endfor'
    body = changed(
        docx_of("{%p for x in rows %}", "in", "{%p endfor %}"),
        **{BODY: lambda old: old.replace(b"</w:p><w:p><w:r><w:t>{%p endfor", mark, 1)},
    )

    assert theirs(body, {"rows": [1, 2]})[BODY].count(b'w:id="1" w:name="b"') == 2
    (finding,) = [found for found in check(body, name="c").findings if "bookmark" in found.what]
    assert (finding.part, finding.text) == (BODY, "in{% endfor %}")
    assert "delete the bookmark in Word" in finding.fix


# --- tables -------------------------------------------------------------------------------


def test_a_dash_in_a_tag_is_refused():
    """docxtpl takes away all markup up to the neighbouring text: here the table and the page."""
    body = docx_of("x", table=[["{%- if x %}a{% endif %}"]])

    assert b"<w:tbl>" not in theirs(body, {"x": "1"})[BODY]
    assert not whole(theirs(body, {"x": "1"}))
    refusal(body, BODY, "a dash in a tag", "{%- if x %}", "write the tag without it")


def test_a_cell_keeps_a_paragraph():
    """docxtpl leaves an empty cell, which Word calls a damaged document."""
    body = docx_of("x", table=[["{%p if x %}", "b"]])
    body = changed(
        body,
        **{
            BODY: lambda old: old.replace(
                b"{%p if x %}</w:t></w:r></w:p>",
                b"{%p if x %}</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>",
            )
        },
    )

    empty, kept = (etree.fromstring(made(body, {"x": ""})[BODY]) for made in (theirs, ours))

    assert any(cell[-1].tag != f"{W}p" for cell in empty.iter(f"{W}tc"))
    assert all(cell[-1].tag == f"{W}p" for cell in kept.iter(f"{W}tc"))
    assert any("only paragraph" in finding.what for finding in check(body, name="c").findings)


def test_a_table_without_rows_is_left_out():
    """docxtpl leaves a table without rows and columns, which Word calls a damaged document."""
    body = docx_of("x", table=[["{%tr for r in rows %}"], ["{{ r }}"], ["{%tr endfor %}"]])

    empty, gone = (etree.fromstring(made(body, {"rows": []})[BODY]) for made in (theirs, ours))

    assert [table.find(f"{W}tr") for table in empty.iter(f"{W}tbl")] == [None]
    assert list(gone.iter(f"{W}tbl")) == []
    assert any("lose all its rows" in finding.what for finding in check(body, name="c").findings)


def test_a_loop_that_crosses_cells_is_told():
    """docxtpl makes cells of halves: three of two, with what belongs together apart."""
    body = docx_of("x", table=[["{% for r in rows %}a", "b{% endfor %}"]])

    assert [
        len(list(row)) for row in etree.fromstring(theirs(body, {"rows": [1, 2]})[BODY]).iter(f"{W}tr")
    ] == [3]
    (finding,) = [found for found in check(body, name="c").findings if found.severity == "error"]
    assert "begins in one table cell and ends in another" in finding.what
    assert finding.text == "{% for r in rows %}a"
    assert "{%tr ... %} in rows of their own" in finding.fix


def test_columns_that_are_repeated_have_a_grid():
    """docxtpl does this right too: LibreOffice shows no column that is not in the grid."""
    body = docx_of("x", table=[["{%tc for r in rows %}", "{{ r }}", "{%tc endfor %}"]])

    grids = [
        [
            column.get(f"{W}w")
            for column in etree.fromstring(made(body, {"rows": list("1234")})[BODY]).iter(f"{W}gridCol")
        ]
        for made in (theirs, ours)
    ]

    assert grids[0] == grids[1] == ["2160"] * 4


# --- what the author is told --------------------------------------------------------------


def test_an_error_says_where():
    """docxtpl passes on Jinja's message, which knows no paragraph; its patterns lost it."""
    body = docx_of("fine", "Dear {{ name }}, {% if vip %}welcome", "more")

    with pytest.raises(Exception, match="end of template") as raised:
        theirs(body, {"name": "Ann", "vip": 1})
    assert "Dear" not in str(raised.value)
    refusal(body, BODY, "if is never ended", "Dear {{ name }}, {% if vip %}welcome", "write endif after it")


@pytest.mark.parametrize("text", ["see {#1 in the list", "{# a remark"])
def test_a_brace_and_a_number_sign_in_the_text_are_explained(text):
    """docxtpl raises 'Missing end of comment tag', without a place."""
    with pytest.raises(Exception, match="Missing end of comment tag"):
        theirs(docx_of("fine", text))
    refusal(docx_of("fine", text), BODY, "a tag is not closed in its paragraph", text)


def test_every_hazard_says_what_docxtpl_does():
    tests = [
        node
        for node in ast.parse(Path(__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    silent = [
        test.name
        for test in tests
        if test.name.startswith("test_") and "docxtpl" not in (ast.get_docstring(test) or "")
    ]

    assert silent == ["test_every_hazard_says_what_docxtpl_does"]

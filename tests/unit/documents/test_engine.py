"""The engine: what a template is refused for, and documents that are the same on any machine."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.documents.engine import compile_template
from workflow.documents.package import content_digest, read_package
from workflow.errors import MissingFieldError, TemplateError, UnprintableValueError

FEW = settings(max_examples=25, deadline=None, database=None)
NOTES = (
    '<?xml version="1.0"?><w:{0} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:note><w:p><w:r><w:t>{1}</w:t></w:r></w:p></w:note></w:{0}>"
)


def docx_of(*paragraphs, header="", footer="", title="", comment="", table=()):
    """Return a DOCX as an author would save it."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    document.sections[0].footer.paragraphs[0].text = footer
    document.core_properties.title = title
    if comment:
        document.add_comment(document.paragraphs[0].runs, comment)
    for row in table:
        cells = (document.tables or [document.add_table(0, len(row))])[0].add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def with_parts(body, changes):
    """Return the package with parts added, replaced, or changed by a function."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(target, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, text in changes.items():
            parts[name] = text(parts[name]) if callable(text) else text
        for name, text in parts.items():
            new.writestr(name, text)
    return target.getvalue()


def render(body, **context):
    return docx.Document(io.BytesIO(compile_template(body).render(context)))


def texts(body, **context):
    return [paragraph.text for paragraph in render(body, **context).paragraphs]


def refused(body, name="contract.docx"):
    with pytest.raises(TemplateError) as refusal:
        compile_template(body, name=name)
    assert refusal.value.facts["template"] == name
    return refusal.value.facts["reason"]


# --- rendering ---------------------------------------------------------------------------


def test_fills_every_part_an_author_can_write_in():
    body = docx_of("{{ a }}", header="H {{ b }}", footer="F {{ c }}", title="T {{ d }}", table=[["{{ e }}"]])

    made = render(body, a="1", b="2 & 3", c="<4>", d="5 & 6", e="7")

    assert made.paragraphs[0].text == "1"
    assert made.sections[0].header.paragraphs[0].text == "H 2 & 3"
    assert made.sections[0].footer.paragraphs[0].text == "F <4>"
    assert made.core_properties.title == "T 5 & 6"
    assert made.tables[0].cell(0, 0).text == "7"


def test_chooses_and_repeats_paragraphs_and_rows():
    body = docx_of(
        "{%p if known %}", "known", "{%p else %}", "not known", "{%p endif %}",
        "{%p for party in parties %}", "{{ party.name }}", "{%p endfor %}",
        table=[["{%tr for x in items %}", ""], ["{{ x.no }}", "{{ x.what }}"], ["{%tr endfor %}", ""]],
    )  # fmt: skip

    made = render(
        body, known="", parties=[{"name": "甲"}, {"name": "乙"}], items=[{"no": "1", "what": "x"}] * 3
    )

    assert [paragraph.text for paragraph in made.paragraphs] == ["not known", "甲", "乙"]
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [["1", "x"]] * 3


def test_finds_a_tag_that_word_spread_over_runs():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ na", "me", " }", "} and {{", "x}}"):
        paragraph.add_run(piece).bold = piece == "me"
    saved = io.BytesIO()
    document.save(saved)

    assert texts(saved.getvalue(), name="Ann", x="Bob") == ["Ann and Bob"]


def test_a_line_end_becomes_words_own():
    made = render(docx_of("{{ a }}"), a="one\ntwo\r\nthree")

    assert made.paragraphs[0].text == "one\ntwo\nthree"
    assert len(list(made.element.body.iter(qn("w:br")))) == 2


@pytest.mark.parametrize(
    "value",
    [
        "{{ 7 * 7 }}",
        "{% if x %}",
        "{_{ x }_}",
        "{# x #}",
        "<w:p/>",
        "]]></w:t>",
        "&amp;",
        "R&D",
        "\"'",
        "合約 𠮷",
    ],
)
def test_what_people_typed_stays_as_they_typed_it(value):
    body = docx_of("[{{ a }}]", header="[{{ a }}]", title="[{{ a }}]")

    made = render(body, a=value)

    assert made.paragraphs[0].text == f"[{value}]"
    assert made.sections[0].header.paragraphs[0].text == f"[{value}]"
    assert made.core_properties.title == f"[{value}]"


@pytest.mark.parametrize(
    ("name", "chosen"), [("R&D", "yes"), ("R&amp;D", "no"), ("R", "no"), ('a"b', "no"), ("<b>", "no")]
)
def test_an_ampersand_in_a_tag_compares_right(name, chosen):
    assert texts(docx_of("{% if name == 'R&D' %}yes{% else %}no{% endif %}"), name=name) == [chosen]


@pytest.mark.parametrize("literal", ["a<b", "a>b", "a & b", "甲"])
def test_any_sign_in_a_literal_compares_right(literal):
    body = docx_of(f"{{% if name == '{literal}' %}}yes{{% else %}}no{{% endif %}}")

    assert (texts(body, name=literal), texts(body, name="a")) == (["yes"], ["no"])


def test_a_template_without_tags_comes_out_as_it_went_in():
    body = docx_of("plain {text} 100 %")

    assert read_package(compile_template(body).render({}), name="t") == read_package(body, name="t")


def test_names_the_fields_a_template_needs():
    body = docx_of("{{ a.b }} {% for x in rows %}{{ x.y }}{% endfor %}", header="{{ c }}", title="{{ d }}")

    assert compile_template(body).fields == {"a", "rows", "c", "d"}


def test_compiles_a_file_or_its_bytes(tmp_path):
    (tmp_path / "contract.docx").write_bytes(docx_of("{{ a }}"))

    for source in (tmp_path / "contract.docx", str(tmp_path / "contract.docx")):
        assert compile_template(source).name == "contract.docx"
        assert compile_template(source).fields == {"a"}


@pytest.mark.parametrize("name", ["missing.docx", "."])
def test_says_why_a_file_cannot_be_read(name, tmp_path):
    with pytest.raises(TemplateError, match="cannot be used"):
        compile_template(tmp_path / name)


@FEW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn"]), max_size=40))
def test_any_text_can_be_read_back_from_a_document(text):
    made = render(docx_of("[{{ a }}]"), a=text)

    assert made.paragraphs[0].text == f"[{text}]"


# --- values that cannot stand in a document ----------------------------------------------


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("{{ name }}", "name"),
        ("{{ party.name }}", "name"),
        ("{% if known %}{% endif %}", "known"),
        ("{% for row in rows %}{% endfor %}", "rows"),
        ("{% for row in people %}{{ row.age }}{% endfor %}", "age"),
        ("{{ party.items }}", "items"),
        ("{{ party['title'] }}", "title"),
    ],
)
@pytest.mark.parametrize("place", ["text", "header", "footer", "title"])
def test_a_missing_field_is_named(source, field, place):
    body = docx_of(source) if place == "text" else docx_of("x", **{place: source})

    with pytest.raises(MissingFieldError) as refusal:
        compile_template(body, name="contract.docx").render(
            {"party": {"id": "1"}, "people": [{"name": "Ann"}]}
        )

    facts = refusal.value.facts
    assert (facts["template"], facts["field"], facts["known"]) == ("contract.docx", field, "party, people")
    assert source in facts["text"]


@pytest.mark.parametrize("place", ["text", "header", "title"])
@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, b"x", [], {"a": 1}, Ellipsis, "a\0", "a\x1bb", "a\u202eb", "\ud800", "a\rb"],
    ids=ascii,
)
def test_an_unprintable_value_is_refused_wherever_it_stands(place, value):
    body = docx_of("{{ a }}") if place == "text" else docx_of("x", **{place: "{{ a }}"})

    with pytest.raises(UnprintableValueError):
        compile_template(body).render({"a": value})


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ("{% if a < b %}{% endif %}", {"a": 1, "b": "2"}),
        ("{% for x in a %}{% endfor %}", {"a": 1}),
        ("{% if a in b %}{% endif %}", {"a": "x", "b": 5}),
    ],
)
def test_values_of_the_wrong_kind_are_the_templates_fault(source, context):
    with pytest.raises(TemplateError, match=r"word/document\.xml"):
        compile_template(docx_of(source)).render(context)


# --- templates that are refused ----------------------------------------------------------

CODE = "{{ cycler.__init__.__globals__.os.popen('id').read() }}"


@pytest.mark.parametrize("code", [CODE, "{{ x() }}", "{{ 7 * 7 }}", "{% set a = 1 %}", "{% include 'x' %}"])
@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("text", "word/document.xml"),
        ("header", "word/header1.xml"),
        ("footer", "word/footer1.xml"),
        ("title", "docProps/core.xml"),
        ("comment", "word/comments.xml"),
    ],
)
def test_template_code_is_refused_wherever_an_author_can_put_it(code, place, part):
    body = docx_of(code) if place == "text" else docx_of("x", **{place: code})

    assert refused(body).startswith(f"{part}: ")


@pytest.mark.parametrize("code", [CODE, "{{ x() }}", "{{ 7 * 7 }}"])
@pytest.mark.parametrize("part", ["footnotes", "endnotes"])
def test_template_code_is_refused_in_notes(code, part):
    body = with_parts(docx_of("x"), {f"word/{part}.xml": NOTES.format(part, code).encode()})

    assert refused(body).startswith(f"word/{part}.xml: ")


def test_a_value_in_a_footnote_is_not_evaluated_again():
    body = with_parts(docx_of("x"), {"word/footnotes.xml": NOTES.format("footnotes", "{{ a }}").encode()})

    made = read_package(compile_template(body).render({"a": "{{ 7 * 7 }}"}), name="t")

    assert b">{{ 7 * 7 }}</w:t>" in made["word/footnotes.xml"]


@pytest.mark.parametrize(
    ("paragraphs", "words"),
    [
        (["fine", "Dear {{ name"], "Dear {{ name"),
        (["{% if a %"], "{% if a %"),
        (["{{ a }", "}"], "{{ a }"),
        (["{# never"], "{# never"),
        (["{{"] * 3000, "{{"),
    ],
    ids=["a value", "a choice", "over two paragraphs", "a remark", "three thousand"],
)
def test_an_unclosed_tag_is_shown_with_its_paragraph(paragraphs, words):
    reason = refused(docx_of(*paragraphs))

    assert "a tag is not closed in its paragraph" in reason
    assert words in reason


@pytest.mark.parametrize(
    "paragraphs",
    [
        ["{% if a %}"],
        ["{% endif %}"],
        ["{% for a in b %}"],
        ["{% if a %}{% endfor %}"],
        ["{{ }}"],
        ["{{ a b }}"],
        ["{% unknown %}"],
        ["{{ a|safe }}"],
        ["{{ _a._b }}"],
    ],
)
def test_a_tag_that_is_none_is_refused(paragraphs):
    assert refused(docx_of("fine", *paragraphs)).startswith("word/document.xml: ")


@pytest.mark.parametrize("quotes", ["‘’", "“”", "’’"])
def test_curly_quotes_in_a_literal_are_refused_as_they_would_never_compare(quotes):
    first, last = quotes

    assert "curly quotes" in refused(docx_of(f"{{% if a == 'x{first}y{last}' %}}{{% endif %}}"))


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "word/vbaData.xml",
        "word/activeX/activeX1.bin",
        "word/embeddings/oleObject1.bin",
    ],
)
def test_a_part_that_can_run_is_refused(part):
    assert part in refused(with_parts(docx_of("x"), {part: b"\x00"}))


def test_a_document_with_macros_is_refused_whatever_it_is_called():
    def enable(types):
        return types.replace(b"wordprocessingml.document.main", b"document.macroEnabled.main")

    assert "macros" in refused(with_parts(docx_of("x"), {"[Content_Types].xml": enable}))


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize(
    "part",
    ["word/document.xml", "word/styles.xml", "word/settings.xml", "docProps/core.xml", "[Content_Types].xml"],
)
def test_a_document_type_definition_is_refused_in_any_part(part):
    def define(body):
        head, _, rest = body.partition(b"?>")
        return head + b"?>" + BOMB + rest

    assert f"{part} holds a document type definition" in refused(
        with_parts(docx_of("{{ a }}"), {part: define})
    )


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("attachedTemplate", "External"),
        ("image", "External"),
        ("oleObject", "External"),
        ("aFChunk", "Internal"),
    ],
)
def test_a_document_that_fetches_something_when_opened_is_refused(kind, mode):
    def relate(body):
        link = (
            f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/{kind}" Target="http://example.com/x" TargetMode="{mode}"/></Relationships>'
        )
        return body.replace(b"</Relationships>", link.encode())

    assert "word/_rels/document.xml.rels" in refused(
        with_parts(docx_of("x"), {"word/_rels/document.xml.rels": relate})
    )


def test_damaged_xml_is_refused_where_tags_are_and_never_repaired():
    broken = with_parts(docx_of("{{ a }}"), {"word/document.xml": lambda body: body[:-20]})

    assert refused(broken).startswith("word/document.xml: ")


@pytest.mark.parametrize("body", [b"", b"PK", b"%PDF-1.7", "合約".encode()], ids=ascii)
def test_what_is_no_docx_is_refused(body):
    assert "is not a DOCX file" in refused(body)


def test_a_value_between_paragraphs_is_refused_as_it_would_vanish():
    def loosen(body):
        return body.replace(b"<w:sectPr", b"{{ a }}<w:sectPr", 1)

    assert "w:body" in refused(with_parts(docx_of("x"), {"word/document.xml": loosen}))


# --- the same on any machine -------------------------------------------------------------

CONTEXT = {"a": "x", "rows": [{"n": "1"}, {"n": "2"}], "b": "y", "c": {"k": "v", "j": "w"}}


@pytest.fixture(scope="module")
def template():
    return docx_of(
        "{{ a }} {% for row in rows %}{{ row.n }}{% endfor %} {{ c.k }}{{ c.j }}",
        header="{{ b }}", title="{{ a }}",
    )  # fmt: skip


def test_the_same_data_gives_the_same_bytes_again(template):
    first, second = compile_template(template).issue(CONTEXT), compile_template(template).issue(CONTEXT)

    assert first == second
    assert first.body == compile_template(template).render(CONTEXT)


def test_the_content_digest_is_that_of_the_parts(template):
    issued = compile_template(template).issue(CONTEXT)

    assert issued.content == content_digest(read_package(issued.body, name="t"))


def test_other_data_is_another_document(template):
    assert compile_template(template).issue({**CONTEXT, "a": "z"}).content != (
        compile_template(template).issue(CONTEXT).content
    )


def test_rendering_once_leaves_nothing_behind(template):
    compiled = compile_template(template)
    expected = compiled.render(CONTEXT)
    with pytest.raises(MissingFieldError):
        compiled.render({"a": "x"})

    assert compiled.render(CONTEXT) == expected


def test_many_empty_values_in_a_row_end_nothing():
    body = docx_of("{% for x in values %}{{ x }}{% endfor %}.")

    assert texts(body, values=[""] * 2000 + ["the end"]) == ["the end."]

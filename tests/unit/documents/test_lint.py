"""What the check tells an author: the fields a template needs, each mistake, where, and what to write."""

import io
import re
import zipfile

import docx
import pytest

from workflow.documents.lint import check

BODY = "word/document.xml"


def docx_of(*paragraphs, table=(), **changes):
    """Return a DOCX; *changes* are functions of the parts whose names begin so."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    for row in table:
        cells = (document.tables or [document.add_table(0, len(row))])[0].add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    saved, target = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            change = changes.get(name.partition("/")[2].partition(".")[0], lambda body: body)
            new.writestr(name, change(old.read(name)))
    return target.getvalue()


def found(body, **options):
    return check(body, name="contract.docx", **options).findings


def only(body, severity):
    (finding,) = [each for each in found(body) if each.severity == severity]
    return finding


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("{% tr for x in rows %}", "a space stands before tr", "write {%tr, {%tc, {%p or {%r"),
        ("Hello {{#rows}} x", "mustache", "write {% for x in list %}"),
        ("Hello {{/rows}} x", "mustache", "{% if x %}...{% endif %}"),
        ("Hello {{{name}}} x", "mustache", "write {% for"),
        ("{{Signature;role=First;type=signature}}", "DocuSeal", "write {{ name }}"),
        ("{{ Full Name;type=text }}", "DocuSeal", "write {{ name }}"),
        ("Dear {{ name", "not closed in its paragraph", "whole within one paragraph"),
        ("Dear {{ name }, hello", "not closed in its paragraph", "whole within one paragraph"),
        ("{% if x == 'the ‘Goods’' %}a{% endif %}", "curly quotes", "type straight ones"),
        ("{% if vip %}thank you", "if is never ended", "write endif after it"),
        ("a {% for x in rows %}b", "for is never ended", "write endfor after it"),
        ("thank you{% endif %}", "endif ends nothing", "take it out"),
        ("{% if a %}{% for x in b %}{% endif %}{% endfor %}", "where for is open", "endfor before it"),
        ("{{ total * 1.05 }}", "(mul)", "put the result into the data and write {{ name }}"),
        ("{{ name.upper() }}", "(call)", "put what it returns into the data"),
        ("{{ a if b else c }}", "(condexpr)", "write {% if a %}...{% else %}...{% endif %}"),
        ("{{ a ~ b }}", "(concat)", "{{ a }}{{ b }}"),
        ("{{ name is defined }}", "(test)", "write {% if name %}"),
        ("{% set a = 1 %}", "(assign)", "write the text out"),
        ("{{ name|safe }}", "there is no filter safe", "known: capitalize"),
        ("{{ a._b }}", "underscore", "another name"),
        ("{% if a -%}b{% endif %}", "a dash in a tag", "write the tag without it"),
        ("{{p name }}", "directly in w:body", "write {{ name }} in the text"),
        ("{{ a b }}", "expected token", "write {{ name }}, {% if name %}"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_to_write(text, what, fix):
    finding = only(docx_of("fine", text), "error")

    assert what in finding.what
    assert fix in finding.fix
    assert finding.part == BODY
    assert any(word in finding.text for word in (text, text.replace("{{p", "{{")))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Dear [[name]]", "another product's tag"),
        ("Dear ${name}", "another product's tag"),
        ("Dear «Name»", "mail merge"),
        ("Dear {name}", "a single brace"),
    ],
)
def test_what_looks_like_another_products_tag_is_told_and_does_no_harm(text, what):
    finding = only(docx_of("{{ title }}", text), "warning")

    assert what in finding.what
    assert (finding.part, finding.text, finding.fix) == (BODY, text, "write {{ name }}")
    assert check(docx_of("{{ title }}", text), name="c").ok


@pytest.mark.parametrize(
    "tag", ["{{ 'a }} b' }}", "{{ name }}", "{%p if a %}", "{# remark #}", "[1] see {a b}"]
)
def test_what_is_right_is_not_told(tag):
    body = docx_of(tag, *(["{%p endif %}"] if "if" in tag else []))

    assert [finding for finding in found(body) if "brace" in finding.what or "product" in finding.what] == []


def test_a_loop_that_crosses_cells_is_told_by_its_row():
    finding = only(docx_of("x", table=[["{% for r in rows %}{{ r }}", "b{% endfor %}"]]), "error")

    assert "begins in one table cell and ends in another" in finding.what
    assert finding.text.startswith("{% for r in rows %}{{ r }}")
    assert "{%tr ... %} in rows of their own, or {%tc ... %} in cells of their own" in finding.fix


def test_a_loop_over_rows_is_right():
    body = docx_of(
        "x", table=[["no", "what"], ["{%tr for r in rows %}", ""], ["{{ r.a }}", ""], ["{%tr endfor %}", ""]]
    )

    assert found(body) == []


def test_a_table_that_can_lose_all_its_rows_is_told():
    finding = only(
        docx_of("x", table=[["{%tr for r in rows %}"], ["{{ r.a }}"], ["{%tr endfor %}"]]), "warning"
    )

    assert "could lose all its rows" in finding.what
    assert finding.fix == "keep a heading row outside the loop"
    assert finding.part == BODY
    assert "{% endfor %}" in finding.text


@pytest.mark.parametrize("kind", ["ins", "del", "moveFrom", "moveTo"])
def test_tracked_changes_are_told_with_their_paragraph(kind):
    def revise(body):
        text = b"delText" if kind == "del" else b"t"
        piece = f'<w:{kind} w:id="1" w:author="a"><w:r><w:%b>word</w:%b></w:r></w:{kind}></w:p>'.encode() % (
            text,
            text,
        )
        return body.replace(b"</w:p>", piece, 1)

    finding = only(docx_of("Clause one ", document=revise), "warning")

    assert finding.what == "tracked changes are left in the template"
    assert "Clause one" in finding.text
    assert "accept or reject them in Word" in finding.fix


def test_a_tracked_row_is_told():
    def revise(body):
        return body.replace(b"<w:tr>", b'<w:tr><w:trPr><w:ins w:id="1" w:author="a"/></w:trPr>', 1)

    finding = only(docx_of("x", table=[["a"]], document=revise), "warning")

    assert finding.what == "tracked changes are left in the template"


def test_styles_without_a_chinese_font_are_told():
    def latin(body):
        return re.sub(rb' w:eastAsia(Theme)?="[^"]*"', b"", body)

    finding = only(docx_of("合約", styles=latin), "warning")

    assert (finding.part, finding.what[:39]) == ("word/styles.xml", "no style names a font for Chinese; it w")
    assert finding.fix == "set an Asian font in the default style"


def test_a_language_is_no_font():
    def latin(body):
        return re.sub(rb'(<w:rFonts[^>]*?) w:eastAsia(Theme)?="[^"]*"', rb"\1", body)

    assert [finding.part for finding in found(docx_of("合約", styles=latin))] == ["word/styles.xml"]


def test_a_chinese_font_that_is_set_for_latin_letters_only_is_told():
    fonts = '<w:r><w:rPr><w:rFonts w:ascii="標楷體" w:hAnsi="標楷體"{}/></w:rPr><w:t>'

    def half(body):
        return body.replace(b"<w:r><w:t>", fonts.format("").encode(), 1)

    def whole(body):
        return body.replace(b"<w:r><w:t>", fonts.format(' w:eastAsia="標楷體"').encode(), 1)

    finding = only(docx_of("合約", document=half), "warning")

    assert finding.what.startswith("標楷體 is set for Latin letters only")
    assert (finding.text, finding.fix) == ("合約", "set it as the Asian font too")
    assert found(docx_of("合約", document=whole)) == []


def test_fields_that_the_kind_does_not_have_are_told():
    body = docx_of("{{ title }} {{ prise.total }} {% for p in parties %}{{ p.name }}{% endfor %}")

    (finding,) = found(body, kind="services")

    assert (finding.severity, finding.text) == ("error", "prise.total")
    assert finding.what == "prise.total is not among the data of services"
    assert "price" in finding.fix


@pytest.mark.parametrize(
    ("text", "slip", "meant"),
    [
        ("{{ price.totl }}", "price.totl", "price.total"),
        ("{% for i in parties %}{{ i.nme }}{% endfor %}", "parties[].nme", "parties[].name"),
        ("{% if period.perpetuall %}x{% endif %}", "period.perpetuall", "period.perpetual"),
    ],
)
def test_a_slip_within_a_section_is_told_with_what_was_meant(text, slip, meant):
    (finding,) = found(docx_of(text), kind="services")

    assert finding.what == f"{slip} is not among the data of services"
    assert meant in finding.fix


def test_whole_sections_and_facts_are_among_the_data():
    text = "{% if payment %}{{ facts.personal_data }}{{ document.number }}{{ ours.email }}{% endif %}"

    assert found(docx_of(text), kind="services") == []


def test_a_kind_that_does_not_exist_is_told():
    with pytest.raises(Exception, match="there is no such kind"):
        found(docx_of("{{ title }}"), kind="lease")


def test_lists_the_fields_with_their_shapes():
    body = docx_of(
        "{{ title }} {{ ours.name }} {% if ours.seal %}x{% endif %} {{r remark }}",
        "{% for p in people %}{{ p.name }}{% for x in p.titles %}{{ x }}{% endfor %}{% endfor %}",
        table=[["no"], ["{%tr for r in price.items %}"], ["{{ r.no }}{{ loop.index }}"], ["{%tr endfor %}"]],
    )

    report = check(body, name="c").as_data()

    assert report["ok"]
    assert report["fields"] == {
        "title": "text",
        "ours.name": "text",
        "ours.seal": "choice",
        "remark": "formatted text",
        "people": "list",
        "people[].name": "text",
        "people[].titles": "list",
        "people[].titles[]": "text",
        "price.items": "table rows",
        "price.items[].no": "text",
    }


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_document_is_told(body):
    finding = only(body, "error")

    assert "is not a DOCX file" in finding.what
    assert finding.fix

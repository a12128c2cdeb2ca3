"""Fields and bookmarks of a template: a value in one is a bookmark's name, and nothing else."""

import io
import re
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.documents.engine import compile_template
from workflow.documents.fields import Shape
from workflow.documents.lint import check
from workflow.documents.package import read_package
from workflow.documents.samples import made_up
from workflow.errors import TemplateError, UnprintableValueError

FEW = settings(max_examples=100, deadline=None, database=None)
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)
TEXT = "<w:r><w:t>{}</w:t></w:r>"


def code(text):
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def reference(text, shown="第一條"):
    return BEGIN + code(text) + SEPARATE + TEXT.format(shown) + END


def paragraph(*content):
    return f"<w:p>{''.join(content)}</w:p>"


def template(*blocks):
    """Return a DOCX whose body is made of these paragraphs."""
    empty, made = io.BytesIO(), io.BytesIO()
    docx.Document().save(empty)
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "word/document.xml":
                body = re.sub(rb"(<w:body>)", rb"\1" + "".join(blocks).encode().replace(b"\\", b"\\\\"), body)
            new.writestr(name, body)
    return made.getvalue()


def written(body, **context):
    return read_package(compile_template(body).render(context), name="made")["word/document.xml"].decode()


def refused(*blocks):
    with pytest.raises(TemplateError) as refusal:
        compile_template(template(*blocks), name="contract.docx")
    return refusal.value.facts["reason"]


# --- instructions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "instruction",
    [
        " REF {{ place }} \\r \\h ",
        "ref {{place}}",
        " PAGEREF {{ place }} \\h ",
        "REF {{ a.b }} \\* MERGEFORMAT",
    ],
)
def test_a_reference_names_the_bookmark_the_data_names(instruction):
    made = written(template(paragraph(reference(instruction))), place="clause_law", a={"b": "clause_law"})

    (said,) = re.findall(r"<w:instrText[^>]*>([^<]*)<", made)
    assert said == re.sub(r"\{\{.*\}\}", "clause_law", instruction)


REFERENCE = template(paragraph(reference(" REF {{ place }} \\r \\h ")))


@pytest.mark.parametrize(
    "place",
    [
        "", "_Toc1", "1a", "a" * 41, "a b", "a\\b", 'a" "b', "a{DDE}", "條", "clause-law", "a\n", "ａ",
        "a\tb", 'x \\h } DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"', "http://evil.example/a",
        "a&amp;b", "<a>",
    ],
)  # fmt: skip
def test_what_is_no_bookmarks_name_is_refused(place):
    with pytest.raises(UnprintableValueError) as refusal:
        compile_template(REFERENCE, name="contract.docx").render({"place": place})

    assert refusal.value.facts["field"] == "place"
    assert "bookmark" in refusal.value.facts["reason"] or "hidden" in refusal.value.facts["reason"]


@FEW
@given(st.text(max_size=45) | st.from_regex(r"[A-Za-z]\w{0,45}"))
def test_nothing_but_a_name_ever_stands_in_an_instruction(place):
    try:
        made = written(REFERENCE, place=place)
    except UnprintableValueError:
        assert not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", place)
    else:
        assert f"> REF {place} \\r \\h <" in made
        assert re.fullmatch("[A-Za-z0-9_]+", place)


@pytest.mark.parametrize(
    "field",
    [
        reference(" INCLUDETEXT {{ place }} "),
        reference(" DDEAUTO {{ place }} "),
        reference(" {{ place }} "),
        reference(" {{ command }} {{ place }} "),
        reference(" REF {{ place }} {{ more }} "),
        reference(' HYPERLINK "{{ place }}" '),
        reference(' REF {{ place }} \\d "{{ more }}" '),
        reference(" REF clause_{{ place }} "),
        reference(" REF {{ place|upper }} "),
        reference(" REF {{ place or other }} "),
        reference(" REF {% if place %}a{% endif %} "),
        BEGIN + code(" REF ") + code("{{ place }} ") + SEPARATE + END,
        BEGIN + code(" INCLUDE") + code(" REF {{ place }} ") + SEPARATE + END,
        BEGIN + code(" REF {{ place }} ") + code('"c:\\a" ') + SEPARATE + END,
        BEGIN + code(" REF {") + code("{ place }} ") + SEPARATE + END,
        BEGIN + code(" REF {{ pla") + code("ce }} ") + SEPARATE + END,
        code(" REF {{ place }} "),
        BEGIN + code(" QUOTE ") + SEPARATE + code(" REF {{ place }} ") + END,
        '<w:fldSimple w:instr=" REF {{ place }} "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
        '<w:fldSimple w:instr=" INCLUDETEXT {{ place }} "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
        '<w:bookmarkStart w:id="0" w:name="clause_{{ place }}"/><w:bookmarkEnd w:id="0"/>',
        '<w:hyperlink w:anchor="a{{ place }}"><w:r><w:t>1</w:t></w:r></w:hyperlink>',
    ],
)
def test_a_value_in_any_other_instruction_is_refused(field):
    reason = refused(paragraph(field))

    assert "a value stands in a field or bookmark" in reason
    assert "REF {{ clause.bookmark }}" in reason


def test_an_instruction_cannot_reach_over_two_paragraphs():
    reason = refused(paragraph(BEGIN), paragraph(code(" REF {{ place }} "), SEPARATE, END))

    assert "a value stands in a field or bookmark" in reason


@pytest.mark.parametrize(
    "field",
    [
        reference(' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe" '),
        reference(' includetext "http://evil.example/a.docx" '),
        reference(' INCLUDEPICTURE "http://evil.example/a.png" \\d '),
        BEGIN + code(" INCLUDE") + code('TEXT "a.docx" ') + SEPARATE + END,
        BEGIN + code(" LINK Excel.Sheet ") + END,
        '<w:fldSimple w:instr="DATABASE \\d x"><w:r><w:t>1</w:t></w:r></w:fldSimple>',
    ],
)
@pytest.mark.parametrize("tag", ["{{ title }}", "no tag"])
def test_a_field_that_fetches_or_starts_something_is_refused_in_a_template(field, tag):
    assert "fetches or starts something" in refused(paragraph(field), paragraph(TEXT.format(tag)))


def test_fields_that_count_and_list_are_left_alone():
    made = written(template(paragraph(reference(" PAGE "), reference(' TOC \\h \\z \\t "Article,1" '))))

    assert made.count("instrText") == 4


# --- bookmarks ---------------------------------------------------------------------------

MARK = '<w:bookmarkStart w:id="0" w:name="{0}"/>' + TEXT.format("{1}") + '<w:bookmarkEnd w:id="0"/>'
LOOP, DONE = (
    paragraph(TEXT.format("{{%p for c in clauses %}}".replace("{{%", "{%").replace("%}}", "%}"))),
    paragraph(TEXT.format("{%p endfor %}")),
)
ARTICLES = template(
    LOOP,
    paragraph(MARK.format("{{ c.bookmark }}", "{{ c.title }}")),
    DONE,
    paragraph(MARK.format("end", "終")),
)


def clauses(*names):
    return [{"bookmark": name, "title": name} for name in names]


def marks(made):
    starts = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="(\w+)"/>', made)
    return starts, re.findall(r'<w:bookmarkEnd w:id="(\d+)"/>', made)


def test_every_bookmark_has_a_number_of_its_own():
    starts, ends = marks(written(ARTICLES, clauses=clauses("a", "b", "c")))

    assert [name for _, name in starts] == ["a", "b", "c", "end"]
    assert len({number for number, _ in starts}) == 4
    assert [number for number, _ in starts] == ends


def test_the_first_bookmark_of_a_name_stays():
    starts, ends = marks(written(ARTICLES, clauses=clauses("a", "A", "b", "END", "a")))

    assert [name for _, name in starts] == ["a", "b", "END"]
    assert [number for number, _ in starts] == ends


def test_a_bookmark_that_never_ends_goes():
    body = template(LOOP, paragraph('<w:bookmarkStart w:id="3" w:name="{{ c.bookmark }}"/>'), DONE)

    assert "bookmark" not in written(body, clauses=clauses("a", "b"))


def test_a_bookmark_named_by_its_article_is_no_warning():
    assert check(ARTICLES, name="contract.docx").findings == []


def test_a_bookmark_in_a_loop_that_has_one_name_is_a_warning():
    body = template(LOOP, paragraph(MARK.format("same", "{{ c.title }}")), DONE)

    (finding,) = check(body, name="contract.docx").findings

    assert "a bookmark stands inside a loop" in finding.what


def test_a_made_up_bookmark_can_stand_where_one_is_named():
    fields = check(ARTICLES, name="contract.docx").fields

    assert fields["clauses[].bookmark"] is Shape.BOOKMARK
    assert [name for _, name in marks(written(ARTICLES, **made_up(fields)))[0]] == [
        "place_1",
        "place_2",
        "end",
    ]


def test_an_entry_beside_the_one_of_a_loop_is_a_field_of_its_list():
    loop = paragraph(TEXT.format("{%p for p in parties %}"))
    body = template(loop, paragraph(TEXT.format("{{ p.label }} {{ en.parties[loop.index0].label }}")), DONE)

    fields = check(body, name="contract.docx").fields

    assert {"parties[].label", "en.parties[].label"} <= set(fields)
    assert "label 2" in written(body, **made_up(fields))

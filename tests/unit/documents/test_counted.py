"""The copy LibreOffice is given: a table of contents whose pages it counts."""

import importlib.util
from pathlib import Path

from workflow.documents.counted import with_pages
from workflow.documents.package import read_package
from workflow.documents.redline import text_of

_WRITER = Path(__file__).parents[1] / "redline" / "conftest.py"


def writer():
    spec = importlib.util.spec_from_file_location("writing", _WRITER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Writer()


WORD = writer()
BEGIN = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
CODE = '<w:r><w:instrText xml:space="preserve"> TOC \\h \\z \\t "Article,1" </w:instrText></w:r>'


def document(*more):
    return WORD.docx(
        WORD.p(BEGIN, CODE, SEPARATE, "第一條", WORD.field("PAGEREF clause_one \\h", "")),
        WORD.p("第二條", WORD.field("PAGEREF clause_two \\h", ""), END),
        *more,
    )


def body_of(made):
    return read_package(made, name="made")["word/document.xml"].decode()


def test_the_lines_stay_and_the_field_around_them_goes():
    made = with_pages(document(), name="contract.docx")

    assert "TOC" not in body_of(made)
    assert body_of(made).count('w:fldCharType="begin"') == body_of(made).count('w:fldCharType="end"') == 2
    assert body_of(made).count("PAGEREF") == 2
    assert text_of(made) == text_of(document())


def test_other_fields_stay():
    body = document(WORD.p(WORD.field("REF clause_one \\r \\h", "第一條"), WORD.field("TOCX", "x")))

    assert body_of(with_pages(body, name="contract.docx")).count("instrText") == 8


def test_a_document_without_a_table_of_contents_is_left_as_it_is():
    for body in (WORD.docx(WORD.p("內容")), WORD.docx(WORD.p("The word TOC", WORD.field("PAGE", "1")))):
        assert with_pages(body, name="contract.docx") == body


def test_a_field_that_never_ends_is_left_as_it_is():
    body = WORD.docx(WORD.p(BEGIN, CODE, SEPARATE, "第一條"), WORD.p(END, END, "第二條"))

    assert text_of(with_pages(body, name="contract.docx")) == text_of(body)

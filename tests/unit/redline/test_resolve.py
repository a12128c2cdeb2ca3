"""Accepting and rejecting, on changes as Word writes them itself."""

import re

import pytest

from workflow.documents.redline import accept_all, reject_all, text_of

WHO = 'w:id="1" w:author="A" w:date="2026-11-23T02:00:00Z"'
INS, DEL = f"<w:ins {WHO}>", f"<w:del {WHO}>"


def deleted(text):
    return f"{DEL}<w:r><w:delText>{text}</w:delText></w:r></w:del>"


def inserted(text):
    return f"{INS}<w:r><w:t>{text}</w:t></w:r></w:ins>"


def mark(kind):
    return f"<w:rPr><w:{kind} {WHO}/></w:rPr>"


@pytest.fixture
def both(word, part_of):
    """Return what is left of a body's paragraphs once everything is accepted, and rejected."""

    def resolve(*blocks, **parts):
        body = word.docx(*blocks, **parts)
        ways = accept_all(body), reject_all(body)
        for made in ways:
            assert not re.search(r"<w:(ins|del|move\w*|\w+Change)[ />]", part_of(made))
        return tuple(re.search(r"<w:body>(.*)<w:sectPr", part_of(made))[1] for made in ways)

    return resolve


@pytest.fixture
def texts(word):
    """Return the text once everything is accepted, and rejected."""

    def resolve(*blocks):
        body = word.docx(*blocks)
        return tuple(text_of(made).get("body", "") for made in (accept_all(body), reject_all(body)))

    return resolve


def test_what_was_inserted_stays_or_goes(word, texts):
    assert texts(word.p("甲", deleted("乙"), inserted("丙"))) == ("甲丙", "甲乙")


def test_what_one_inserted_and_another_deleted_goes_either_way(word, texts):
    assert texts(word.p("甲", f"{INS}{deleted('乙')}</w:ins>")) == ("甲", "甲")


def test_a_paragraph_without_its_mark_joins_the_next(word, both):
    look = '<w:jc w:val="right"/>'
    accepted, rejected = both(word.p("甲", look=mark("del")), word.p("乙", look=look))

    assert accepted.count("<w:p>") == 1
    assert accepted.index(look) < accepted.index("甲") < accepted.index("乙")
    assert rejected.count("<w:p>") == 2


def test_an_inserted_mark_splits_only_where_it_is_accepted(word, texts):
    assert texts(word.p("甲", look=mark("ins")), word.p("乙")) == ("甲\n乙", "甲乙")


def test_a_mark_that_went_before_a_table_leaves_no_empty_paragraph(word, texts):
    assert texts(word.p(deleted("甲"), look=mark("del")), word.table(["乙"]), word.p(""))[0] == "乙\x1e\n"


def test_a_cell_keeps_its_last_paragraph(word, both):
    accepted, _ = both(word.table([word.p(deleted("甲"), look=mark("del"))]), word.p(""))

    assert "<w:p/></w:tc>" in accepted or "<w:p><w:pPr/></w:p></w:tc>" in accepted


def test_rows_stay_or_go(word, texts):
    table = word.table(["一"], ["二"]).replace("<w:tr>", f"<w:tr><w:trPr><w:del {WHO}/></w:trPr>", 1)

    assert texts(table, word.p("")) == ("二\x1e\n", "一\x1e\n二\x1e\n")


def test_a_table_without_rows_goes(word, both):
    table = word.table(["一"]).replace("<w:tr>", f"<w:tr><w:trPr><w:ins {WHO}/></w:trPr>")
    accepted, rejected = both(table, word.p("甲"))

    assert "<w:tbl>" in accepted
    assert "<w:tbl>" not in rejected


def test_cells_stay_or_go(word, texts):
    table = word.table(["一", "二"]).replace("</w:tcPr>", f"<w:cellDel {WHO}/></w:tcPr>", 1)

    assert texts(table, word.p("")) == ("二\x1e\n", "一\x1f二\x1e\n")


def test_moved_text_is_in_one_place(word, texts):
    start = f'<w:moveFromRangeStart {WHO} w:name="m"/>'
    source = f"{start}<w:moveFrom {WHO}><w:r><w:t>甲方</w:t></w:r></w:moveFrom>"
    target = f"<w:moveTo {WHO}><w:r><w:t>甲方</w:t></w:r></w:moveTo>"

    both_ways = texts(
        word.p(source, look=mark("moveFrom")), word.p("乙"), word.p(target, look=mark("moveTo")), word.p("尾")
    )

    assert both_ways == ("乙\n甲方\n尾", "甲方\n乙\n尾")


def test_formatting_is_as_it_is_or_as_it_was(word, both):
    run = word.t("甲", f"<w:b/><w:rPrChange {WHO}><w:rPr><w:i/></w:rPr></w:rPrChange>")
    look = f'<w:jc w:val="right"/><w:pPrChange {WHO}><w:pPr><w:keepNext/></w:pPr></w:pPrChange>'

    accepted, rejected = both(word.p(run, look=look))

    assert accepted == word.p(word.t("甲", "<w:b/>"), look='<w:jc w:val="right"/>')
    assert rejected == word.p(word.t("甲", "<w:i/>"), look="<w:keepNext/>")


def test_a_number_that_was_inserted_stays_or_goes(word, both):
    look = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/><w:ins {WHO}/></w:numPr>'

    accepted, rejected = both(word.p("甲", look=look))

    assert "<w:numId" in accepted
    assert "<w:numPr" not in rejected


def test_links_and_controls_that_lost_everything_go(word, both):
    link = f'<w:hyperlink r:id="L">{inserted("網站")}</w:hyperlink>'
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{inserted('值')}</w:sdtContent></w:sdt>"

    accepted, rejected = both(word.p("甲", link, control), links=[("L", "https://example.com/")])

    assert "<w:hyperlink" in accepted
    assert "<w:hyperlink" not in rejected
    assert "<w:sdt>" not in rejected


def test_notes_whose_mark_went_go_too(word, part_of):
    marked = f"{INS}{word.note(2)}</w:ins>"
    body = word.docx(word.p("甲", marked, word.note(3)), footnotes={2: word.p("二"), 3: word.p("三")})

    assert "二" in part_of(accept_all(body), "word/footnotes.xml")
    rejected = part_of(reject_all(body), "word/footnotes.xml")
    assert "二" not in rejected
    assert "三" in rejected


def test_a_deleted_field_comes_back_working(word, both):
    field = word.field("PAGE", "1").replace("w:t ", "w:delText ").replace("/w:t>", "/w:delText>")
    gone = field.replace("instrText", "delInstrText")

    accepted, rejected = both(word.p("頁", f"{DEL}{gone}</w:del>"))

    assert "fldChar" not in accepted
    assert "<w:instrText" in rejected
    assert "delText" not in rejected


def test_a_document_without_changes_is_given_back_as_it_is(word):
    body = word.docx(word.p("甲"))

    assert accept_all(body) is body
    assert reject_all(body) is body


def test_text_is_told_as_if_accepted(word):
    assert text_of(word.docx(word.p("甲", deleted("乙"), inserted("丙")))) == {"body": "甲丙"}

"""The other side's paper: whatever was changed without a mark is told, with the clause it stands in."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from workflow.documents.received import examine
from workflow.errors import NotComparableError
from workflow.terms import Terms

_LOADED = Terms.load(Path(__file__).parents[2] / "data" / "terms.toml")
# An amount whose words are long enough to be written in several ways.
TERMS = _LOADED.model_copy(
    update={"items": (_LOADED.items[0].model_copy(update={"unit_price": Decimal(9000)}),)}
)
HEADING = "第三條 費用"
FEE = "總價為NT$113,400（新臺幣壹拾壹萬參仟肆佰元整）。"
PARTIES = "台北光電股份有限公司（12345675）與和風客服有限公司（53312848）"
TIME = "自民國115年12月1日起至民國116年11月30日止。"
HIDE = "<w:vanish/>"


@pytest.fixture
def paper(word):
    """Writes the contract that was sent, or one in which some things are otherwise."""

    def write(**other):
        said = {
            "fee": word.p(FEE),
            "cell": "每月九千元",
            "header": "甲乙雙方",
            "footer": "第一頁",
            "note": "含稅",
            "box": "機密",
            "link": "https://example.com/terms",
            "code": "REF fee",
            "extra": "",
            "label": "查閱條款",
        } | other
        return word.docx(
            word.p(PARTIES),
            word.p(TIME),
            word.p(HEADING),
            said["fee"],
            word.table(("項目", "金額"), ("維運", said["cell"])),
            word.p("依註解", word.note(1), "辦理。"),
            word.p("參照 ", word.link("rIdL", word.t(said["label"])), "。"),
            word.p("見 ", word.field(said["code"], "三"), "。"),
            word.p("如右：", word.box(word.p(said["box"]))),
            said["extra"],
            links=[("rIdL", said["link"])],
            header=word.p(said["header"]),
            footer=word.p(said["footer"]),
            footnotes={1: word.p(said["note"])},
        )

    return write


@pytest.fixture
def look(paper):
    """Examines what came back against what was sent."""
    return lambda returned: examine(paper(), returned, name="returned.docx", terms=TERMS)


def with_parts(body, parts):
    """Return a document with parts replaced or added; bytes, or a function of the old ones."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        made = {name: package.read(name) for name in package.namelist()}
    for name, content in parts.items():
        made[name] = content(made[name]) if callable(content) else content
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in made.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def related(kind, target, *, outside=True, before=""):
    """Return what adds a relationship to a list of them."""
    mode = ' TargetMode="External"' if outside else ""
    entry = (
        f'<Relationship {before} Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{target}"{mode}/></Relationships>'
    )
    return lambda body: body.replace(b"</Relationships>", entry.encode())


def said_in(clauses):
    return "".join(run.text for clause in clauses for run in clause.runs if run.op.value != "equal")


def test_what_came_back_as_it_was_sent_is_clean(look, paper):
    found = look(paper())

    assert found.clean
    assert not found.marked
    assert not found.not_compared


@pytest.mark.parametrize(
    ("where", "part"),
    [("cell", "body"), ("header", "header"), ("footer", "footer"), ("note", "footnote"), ("box", "text box")],
)
def test_an_edit_without_a_mark_is_hidden_wherever_it_stands(look, paper, where, part):
    found = look(paper(**{where: "改過的文字"}))

    assert "改過的文字" in said_in(found.hidden)
    assert {clause.part for clause in found.hidden} == {part}
    assert not found.clean


def test_a_hidden_edit_is_told_with_its_clause(look, paper, word):
    (clause,) = look(paper(fee=word.p(FEE.replace("為", "約為")))).hidden

    assert (clause.number, clause.title) == ("第三條", "費用")


def test_an_edit_with_a_mark_is_a_proposal(look, paper, word):
    inserted = '<w:ins w:id="9" w:author="B" w:date="2026-11-23T02:00:00Z">' + word.t("（暫定）") + "</w:ins>"

    found = look(paper(fee=word.p(FEE, inserted)))

    assert said_in(found.marked) == "（暫定）"
    assert found.clean


def test_an_edit_beside_a_marked_one_is_still_hidden(look, paper, word):
    inserted = '<w:ins w:id="9" w:author="B" w:date="2026-11-23T02:00:00Z">' + word.t("（暫定）") + "</w:ins>"

    found = look(paper(fee=word.p(FEE.replace("總價", "單價"), inserted)))

    assert said_in(found.marked) == "（暫定）"
    assert said_in(found.hidden) == "總單"


@pytest.mark.parametrize(
    ("other", "kind", "text"),
    [
        ({"link": "https://evil.example/"}, "link", "查閱條款 -> https://evil.example/"),
        ({"code": 'INCLUDETEXT "http://evil.example/a.docx"'}, "field", "INCLUDETEXT"),
        ({"extra": "hidden"}, "hidden text", "乙方得隨時終止"),
    ],
)
def test_what_no_text_shows_is_told_with_its_clause(look, paper, word, other, kind, text):
    if "extra" in other:
        other = {"extra": word.p(word.t("乙方得隨時終止", HIDE))}

    (unseen,) = look(paper(**other)).unseen

    assert (unseen.kind, unseen.part, unseen.number) == (kind, "body", "第三條")
    assert text in unseen.text


def test_a_link_that_was_there_is_told_where_it_stands_once_more(look, paper, word):
    again = word.p(word.link("rIdL", word.t("查閱條款")))

    assert [each.kind for each in look(paper(extra=again)).unseen] == ["link"]


@pytest.mark.parametrize(
    "look_of_it", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>', "<w:webHidden/>"]
)
def test_text_that_stayed_and_cannot_be_seen_any_more_is_told(look, paper, word, look_of_it):
    found = look(paper(fee=word.p(word.t(FEE, look_of_it))))

    assert not found.hidden
    assert [(each.kind, each.text) for each in found.unseen] == [("hidden text", FEE)]


def test_text_hidden_by_its_style_is_told(look, word, paper):
    styles = (
        '<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Quiet"><w:basedOn w:val="Base"/></w:style>'
    )
    returned = word.docx(
        *(word.p(text) for text in (PARTIES, TIME, FEE)),
        word.p(word.t("乙方得隨時終止", '<w:rStyle w:val="Quiet"/>')),
        styles=styles,
    )

    assert "乙方得隨時終止" in [each.text for each in look(returned).unseen]


def test_what_vanish_switches_on_again_is_seen(look, paper, word):
    assert look(paper(fee=word.p(word.t(FEE, '<w:vanish w:val="0"/>')))).clean


def test_a_comment_is_told_with_who_wrote_it(look, paper, word):
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    comments = (
        f'<w:comments {space}><w:comment w:id="5" w:author="乙方">{word.p("請降價")}</w:comment></w:comments>'
    )
    returned = with_parts(
        paper(extra=word.p('<w:r><w:commentReference w:id="5"/></w:r>')),
        {
            "word/comments.xml": comments.encode(),
            "word/_rels/document.xml.rels": related("comments", "comments.xml", outside=False),
        },
    )

    assert ("comment", "乙方: 請降價") in [(each.kind, each.text) for each in look(returned).unseen]


def test_content_that_word_takes_from_elsewhere_in_the_file_is_told(look, paper, word):
    control = (
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/terms/fee" w:storeItemID="{1}"/></w:sdtPr>'
        f"<w:sdtContent>{word.p('如上')}</w:sdtContent></w:sdt>"
    )

    assert ("binding", "/terms/fee") in [(each.kind, each.text) for each in look(paper(extra=control)).unseen]


@pytest.mark.parametrize("kind", ["attachedTemplate", "image", "oleObject", "stylesheet"])
def test_what_a_document_fetches_is_told_and_its_text_compared_all_the_same(look, paper, word, kind):
    edited = paper(fee=word.p(FEE.replace("總價", "單價")))
    fetching = related(kind, "http://evil.example/x?a=1&amp;b=2")

    found = look(with_parts(edited, {"word/_rels/document.xml.rels": fetching}))

    assert found.fetched == ("http://evil.example/x?a=1&b=2",)
    assert said_in(found.hidden) == "總單"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"word/vbaProject.bin": b"x"}, "can run code"),
        ({"word/embeddings/sheet.xlsm": b"x"}, "can run code"),
        ({"word/embeddings/oleObject1.bin": b"x"}, "can run code"),
        (
            {"word/_rels/document.xml.rels": related("aFChunk", "a.html", outside=False)},
            "not part of the text",
        ),
        ({"word/_rels/document.xml.rels": related("subDocument", "http://x/a.docx")}, "not part of the text"),
        (
            {
                "word/_rels/document.xml.rels": related(
                    "&#x61;FChunk", "a.html", before="a='>'", outside=False
                )
            },
            "not part of the text",
        ),
        ({"customXml/item1.xml": b"<!DOCTYPE a SYSTEM 'x'><a/>"}, "document type definition"),
        ({"customXml/item1.xml": "<!DOCTYPE a SYSTEM 'x'><a/>".encode("utf-16")}, "document type definition"),
        ({"customXml/item1.xml": b"<!--" + b" " * 9000 + b"--><!DOCTYPE a><a/>"}, "document type definition"),
        ({"word/_rels/document.xml.rels": b"<Relationships"}, "damaged"),
    ],
)
def test_what_can_run_or_hides_its_text_is_refused(look, paper, parts, said):
    with pytest.raises(NotComparableError, match=said):
        look(with_parts(paper(), parts))


@pytest.mark.parametrize("body", [b"\xd0\xcf\x11\xe0" * 99, b"%PDF-1.7\n\xff\xfe", b"{\\rtf1 \xe9"])
def test_an_encrypted_or_other_file_is_refused(look, body):
    with pytest.raises(NotComparableError, match="neither a DOCX"):
        look(body)


def test_the_parts_that_nobody_compared_are_listed(look, paper):
    returned = with_parts(paper(), {"word/settings.xml": b"<a/>", "customXml/item1.xml": b"<a/>"})

    assert set(look(returned).not_compared) == {"word/settings.xml", "customXml/item1.xml"}


def test_plain_text_is_compared_by_its_lines(look):
    lines = (PARTIES, TIME, HEADING, FEE, "乙方得隨時終止。")

    found = look("\n".join(lines).encode("utf-8-sig"))

    assert "乙方得隨時終止。" in said_in(found.hidden)
    assert not found.findings


@pytest.mark.parametrize(
    "fee",
    [
        "總價為NT$113,400（新臺幣壹拾壹萬叁仟肆佰圓正）。",
        "總價為新台幣十一萬三千四百元整（ＮＴ＄１１３，４００）。",
        "The price is NT$113,400 (New Taiwan Dollars one hundred thirteen thousand four hundred only).",
    ],
)
def test_the_agreed_total_is_found_however_it_is_written(look, paper, word, fee):
    assert not look(paper(fee=word.p(fee))).findings


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("自中華民國一一五年十二月一日起至一一六年十一月三十日止。", set()),
        ("自２０２６年１２月１日起至二〇二七年十一月三十日止。", set()),
        ("From 1 December 2026 to November 30th, 2027.", set()),
        ("自115/12/1起至2027/11/30止。", {"2026-12-01"}),
        ("自民國115年12月2日起至民國116年11月30日止。", {"2026-12-01"}),
    ],
)
def test_dates_are_held_against_the_terms(word, written, missing):
    body = word.docx(word.p(PARTIES), word.p(written), word.p(FEE))

    found = examine(body, body, name="x.docx", terms=TERMS)

    assert {finding.facts["day"] for finding in found.findings} == missing


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        (PARTIES.replace("台北", "臺北").replace("12345675", "１２３４５６７５"), []),
        ("Taipei  Optronics Co., Ltd. (12345675), Hefeng Service Desk Ltd. (53312848)", []),
        (PARTIES.replace("和風客服", "和風服務"), ["和風客服有限公司"]),
        (PARTIES.replace("53312848", "53312849"), ["和風客服有限公司"]),
    ],
)
def test_parties_are_held_against_the_terms(word, written, missing):
    body = word.docx(word.p(written), word.p(TIME), word.p(FEE))

    found = examine(body, body, name="x.docx", terms=TERMS)

    assert [finding.facts["party"] for finding in found.findings] == missing


def test_the_record_is_data_in_no_readers_language(look, paper, word):
    found = look(
        paper(fee=word.p("總價為NT$113,400（新臺幣壹拾壹萬肆仟肆佰元整）。"), cell="每月一萬元")
    ).as_data()

    (differs, total) = found["findings"]
    assert differs["what"].startswith("{words} is {amount}, but the figures")
    assert differs["facts"] == {
        "words": "新臺幣壹拾壹萬肆仟肆佰元整",
        "amount": "114,400",
        "figures": "NT$113,400",
    }
    assert total["what"].startswith("the agreed total, {total},")

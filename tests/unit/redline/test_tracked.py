"""Tracked changes as Word wants them written."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from workflow.documents.redline import accept_all, reject_all, text_of, tracked_changes

LISTS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="{}"/><w:lvlText w:val="%1."/>'
    '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


@pytest.fixture
def track(word, part_of):
    """Return the marked body for two bodies, once both ways back are seen to be right."""

    def run(old, new, part="word/document.xml"):
        made = tracked_changes(old, new, author="何愛莉", at=word.at)
        assert text_of(accept_all(made)) == text_of(new)
        assert text_of(reject_all(made)) == text_of(old)
        text = part_of(made, part)
        found = re.search(r"<w:body>(.*)<w:sectPr", text, re.DOTALL)
        return re.sub(r' w:author="何愛莉" w:date="2026-11-23T02:00:00Z"', "", found[1] if found else text)

    return run


def bare(text):
    """Take identifiers away, which only have to differ."""
    return re.sub(r' w:id="\d+"| xml:space="preserve"', "", text)


def test_a_changed_amount_is_replaced_as_a_whole(word, track):
    made = track(word.docx(word.p("報酬為NT$1,250,000。")), word.docx(word.p("報酬為NT$1,350,000。")))

    assert bare(made) == (
        "<w:p><w:r><w:t>報酬為</w:t></w:r>"
        "<w:del><w:r><w:delText>NT$1,250,000</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>NT$1,350,000</w:t></w:r></w:ins>"
        "<w:r><w:t>。</w:t></w:r></w:p>"
    )


def test_what_did_not_change_is_left_as_it_was(word, part_of):
    same = [word.p("甲方"), word.table(["一", "二"]), word.p(word.t("粗", "<w:b/>"))]
    old, new = word.docx(*same, word.p("舊")), word.docx(*same, word.p("新"))

    made = part_of(tracked_changes(old, new, author="A", at=word.at))

    kept = re.search(r"<w:body>(.*)<w:p><w:del ", made)[1]
    assert kept == re.search(r"<w:body>(.*)<w:p>", part_of(new))[1]


def test_deleted_text_keeps_the_old_look_and_inserted_text_the_new(word, track):
    old = word.docx(word.p("the ", word.t("old", "<w:b/>"), " fee"))
    new = word.docx(word.p("the ", word.t("new", "<w:i/>"), " fee"))

    made = bare(track(old, new))

    assert "<w:del><w:r><w:rPr><w:b/></w:rPr><w:delText>old</w:delText></w:r></w:del>" in made
    assert "<w:ins><w:r><w:rPr><w:i/></w:rPr><w:t>new</w:t></w:r></w:ins>" in made


def test_a_different_look_alone_is_a_change_of_formatting(word, track):
    made = track(word.docx(word.p("甲方")), word.docx(word.p(word.t("甲方", "<w:b/>"))))

    assert bare(made) == (
        "<w:p><w:r><w:rPr><w:b/><w:rPrChange><w:rPr/></w:rPrChange></w:rPr><w:t>甲方</w:t></w:r></w:p>"
    )


def test_rejecting_gives_the_old_look_back(word, part_of):
    old = word.docx(word.p(word.t("甲方", "<w:i/>"), look='<w:jc w:val="center"/>'))
    new = word.docx(word.p(word.t("甲方", "<w:b/>"), look='<w:jc w:val="right"/>'))

    made = part_of(reject_all(tracked_changes(old, new, author="A", at=word.at)))

    assert '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:i/></w:rPr>' in made
    assert "Change" not in made


def test_a_new_list_level_is_a_change_of_the_paragraph(word, track):
    lists = LISTS.format("decimal")
    old = word.docx(word.p("甲", number=(1, 0)), numbering=lists)
    new = word.docx(word.p("甲", number=(1, 1)), numbering=lists)

    made = bare(track(old, new))

    assert (
        '<w:pPrChange><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
        in made
    )


def test_a_whole_paragraph_goes_with_its_mark(word, track):
    made = track(
        word.docx(word.p("甲"), word.p("乙方應"), word.p("丙")), word.docx(word.p("甲"), word.p("丙"))
    )

    assert bare(made) == (
        "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>乙方應</w:delText></w:r></w:del></w:p>"
        "<w:p><w:r><w:t>丙</w:t></w:r></w:p>"
    )


def test_at_the_end_of_a_cell_the_mark_before_goes_instead(word, track):
    """A cell's last mark cannot be deleted: Word would leave an empty paragraph there."""
    old = word.docx(word.table([word.p("甲方") + word.p("乙方")]), word.p("尾"))
    new = word.docx(word.table([word.p("甲方")]), word.p("尾"))

    made = bare(track(old, new))

    assert "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>甲方</w:t></w:r></w:p>" in made
    assert "<w:p><w:del><w:r><w:delText>乙方</w:delText></w:r></w:del></w:p></w:tc>" in made


def test_paragraphs_added_at_the_end_take_the_last_mark(word, track):
    made = bare(track(word.docx(word.p("甲方")), word.docx(word.p("甲方"), word.p("乙方"))))

    assert made == (
        "<w:p><w:pPr><w:rPr><w:ins/></w:rPr></w:pPr><w:r><w:t>甲方</w:t></w:r></w:p>"
        "<w:p><w:ins><w:r><w:t>乙方</w:t></w:r></w:ins></w:p>"
    )


def test_the_end_keeps_its_look_whichever_way_it_goes(word, part_of):
    old = word.docx(word.p("甲方", look="<w:keepNext/>"))
    new = word.docx(word.p("甲方", look="<w:keepNext/>"), word.p("乙方", look='<w:jc w:val="right"/>'))

    for before, after in ((old, new), (new, old)):
        made = tracked_changes(before, after, author="A", at=word.at)
        for resolve, wanted in ((accept_all, after), (reject_all, before)):
            looks = re.findall(r"<w:pPr>(.*?)</w:pPr>", part_of(resolve(made)))
            assert looks == re.findall(r"<w:pPr>(.*?)</w:pPr>", part_of(wanted))


def test_rows_come_and_go_as_rows(word, track):
    old = word.docx(word.table(["一", "壹"], ["二", "貳"]), word.p(""))
    new = word.docx(word.table(["二", "貳"], ["三", "參"]), word.p(""))

    made = bare(track(old, new))

    assert made.count("<w:trPr><w:del/></w:trPr>") == made.count("<w:trPr><w:ins/></w:trPr>") == 1
    assert "<w:delText>壹</w:delText>" in made


def test_a_changed_cell_leaves_its_row_alone(word, track):
    made = track(
        word.docx(word.table(["一", "50%"]), word.p("")), word.docx(word.table(["一", "60%"]), word.p(""))
    )

    assert "w:trPr" not in made
    assert "<w:delText>50%</w:delText>" in bare(made)


def test_a_row_with_other_cells_is_another_row(word, track):
    made = track(word.docx(word.table(["一", "二"]), word.p("")), word.docx(word.table(["一"]), word.p("")))

    assert bare(made).count("<w:trPr>") == 2


def test_a_moved_article_is_moved(word, track):
    moved = [word.p("保密"), word.p("雙方應保守秘密，不得洩漏予第三人。")]
    rest = [word.p("報酬應於發票日起三十日內給付。"), word.p("期間為一年。"), word.p("正本二份。")]

    made = bare(track(word.docx(*moved, *rest), word.docx(*rest[:2], *moved, rest[2])))

    assert made.count("<w:moveFrom>") == made.count("<w:moveTo>") == 2
    assert made.count("<w:rPr><w:moveFrom/></w:rPr>") == made.count("<w:rPr><w:moveTo/></w:rPr>") == 2
    assert re.findall(r'<w:(move\w+RangeStart) w:name="(\w+)"', made) == [
        ("moveFromRangeStart", "move1"),
        ("moveToRangeStart", "move1"),
    ]
    assert "delText" not in made


def test_two_words_elsewhere_are_no_move(word, track):
    made = track(
        word.docx(word.p("甲方"), word.p("其他約定"), word.p("尾")),
        word.docx(word.p("其他約定"), word.p("甲方"), word.p("尾")),
    )

    assert "move" not in made


def test_the_last_paragraph_does_not_move(word, track):
    """Its mark is the end of the text, which cannot be elsewhere."""
    one, other = word.p("雙方應保守秘密，不得洩漏。"), word.p("報酬應於三十日內給付。")

    assert "moveFrom" not in track(word.docx(one, other), word.docx(other, one))


def test_nothing_moves_inside_a_cell(word, track):
    one, other = word.p("雙方應保守秘密，不得洩漏。"), word.p("報酬應於三十日內給付。")
    last = word.p("以上。")

    made = track(
        word.docx(word.table([one + other + last]), last), word.docx(word.table([other + one + last]), last)
    )

    assert "moveFrom" not in made


def test_nothing_moves_in_a_header(word, track):
    one, other, last = word.p("機密文件，不得複製。"), word.p("未經同意不得轉載。"), word.p("以上。")
    old, new = (word.docx(word.p("甲"), header=text) for text in (one + other + last, other + one + last))

    assert "moveFrom" not in track(old, new, "word/header1.xml")


def test_each_stretch_of_deleted_text_keeps_its_own_look(word, track):
    old = word.docx(word.p("甲方", word.t("應", "<w:b/>"), "付款"))

    made = bare(track(old, word.docx(word.p("另行約定"))))

    assert re.findall(r"<w:delText>(.*?)</w:delText>", made) == ["甲方", "應", "付款"]
    assert "<w:rPr><w:b/></w:rPr><w:delText>應" in made


def test_a_field_is_replaced_whole(word, track):
    old = word.docx(word.p("見", word.field("REF a", "第一條"), "。"))
    new = word.docx(word.p("見", word.field("REF b", "第二條"), "。"))

    made = bare(track(old, new))

    gone = re.search(r"<w:del>(.*?)</w:del>", made)[1]
    assert re.findall(r'fldCharType="(\w+)"', gone) == ["begin", "separate", "end"]
    assert "<w:delInstrText> REF a </w:delInstrText>" in gone


def test_a_simple_field_is_spelled_out_where_it_goes(word, track):
    field = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    made = bare(track(word.docx(word.p("第", field, "頁")), word.docx(word.p("第頁"))))

    assert "fldSimple" not in made
    assert "<w:delInstrText>PAGE</w:delInstrText>" in made


def test_a_simple_field_goes_with_its_paragraph(word, track):
    field = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    made = bare(track(word.docx(word.p("第", field, "頁"), word.p("尾")), word.docx(word.p("尾"))))

    assert "fldSimple" not in made
    assert "<w:delInstrText>PAGE</w:delInstrText>" in made


def test_a_field_that_never_ends_hides_no_text(word, track):
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'

    made = track(word.docx(word.p(begin, "報酬為十元整")), word.docx(word.p(begin, "報酬為百元整")))

    assert "報酬為" in made
    assert made.count('fldCharType="begin"') == 1


def test_contents_go_and_come_as_a_whole(word, track):
    def write(*lines):
        begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
        return word.docx(
            word.p(begin, lines[0]), *map(word.p, lines[1:-1]), word.p(lines[-1], end), word.p("尾")
        )

    made = bare(track(write("一", "二", "三"), write("一", "三")))

    assert re.sub(r"[^bed]", "", "".join(re.findall(r'fldCharType="(\w)', made))) == "bebe"


def test_a_link_that_went_still_leads_where_it_led(word, part_of):
    old = word.docx(
        word.p("見", word.link("rId7", "網站"), "。"), links=[("rId7", "https://example.com/?a=1&b=2")]
    )
    new = word.docx(word.p("見附件。"), links=[("rId7", "https://example.org/")])

    made = tracked_changes(old, new, author="A", at=word.at)

    relation = re.search(r'<w:hyperlink r:id="(\w+)"><w:del ', part_of(made))[1]
    relations = part_of(made, "word/_rels/document.xml.rels")
    assert f'Id="{relation}"' in relations
    assert 'Target="https://example.com/?a=1&amp;b=2" TargetMode="External"' in relations


def test_text_changed_inside_a_link_stays_in_it(word, track):
    links = [("rId7", "https://example.com/")]
    old = word.docx(word.p(word.link("rId7", "our old site"), "."), links=links)
    new = word.docx(word.p(word.link("rId7", "our new site"), "."), links=links)

    assert track(old, new).count("<w:hyperlink") == 1


def test_a_picture_that_went_is_brought_along(word, part_of):
    old = word.docx(word.p("圖", word.picture("P1")), media={"P1": b"one"})
    new = word.docx(word.p("圖", word.picture("P1")), media={"P1": b"two"})

    made = tracked_changes(old, new, author="A", at=word.at)

    targets = dict(
        re.findall(r'Id="(\w+)"[^>]*Target="(media[^"]*)"', part_of(made, "word/_rels/document.xml.rels"))
    )
    shown = re.findall(r'r:embed="(\w+)"', part_of(made))
    assert [part_of(made, f"word/{targets[name]}") for name in shown] == ["one", "two"]
    assert len(set(re.findall(r'docPr id="(\d+)"', part_of(made)))) == 2


def test_text_boxes_are_compared_in_both_writings(word, track):
    made = track(word.docx(word.p(word.box(word.p("舊")))), word.docx(word.p(word.box(word.p("新")))))

    assert bare(made).count("<w:delText>舊</w:delText>") == 2
    assert bare(made).count("<w:ins><w:r><w:t>新</w:t></w:r></w:ins>") == 2


def test_a_changed_note_is_changed_in_the_notes(word, track):
    def write(text):
        return word.docx(word.p("甲方", word.note(2)), footnotes={2: word.p(text)})

    made = track(write("見附件一"), write("見附件二"), "word/footnotes.xml")

    assert "delText" in made


def test_notes_come_and_go_with_their_marks(word, part_of):
    old = word.docx(word.p("甲方", word.note(2), "與乙方"), footnotes={2: word.p("舊註")})
    new = word.docx(word.p("甲方與乙方", word.note(2)), footnotes={2: word.p("新的一註")})

    made = tracked_changes(old, new, author="A", at=word.at)

    assert text_of(accept_all(made)) == text_of(new)
    assert text_of(reject_all(made)) == text_of(old)
    assert "舊註" not in part_of(accept_all(made), "word/footnotes.xml")
    assert "新的一註" not in part_of(reject_all(made), "word/footnotes.xml")
    notes = bare(re.sub(r' w:(author|date)="[^"]*"', "", part_of(made, "word/footnotes.xml")))
    assert "<w:p><w:ins><w:r><w:t>新的一註</w:t></w:r></w:ins></w:p>" in notes
    assert "<w:p><w:del><w:r><w:delText>舊註</w:delText></w:r></w:del></w:p>" in notes


def test_notes_are_kept_where_the_new_document_has_none(word, track):
    old = word.docx(word.p("甲方", word.note(2)), footnotes={2: word.p("舊註")})

    assert "舊註" in track(old, word.docx(word.p("甲方")), "word/footnotes.xml")


@pytest.mark.parametrize("kind", ["header", "footer"])
def test_a_header_or_footer_that_went_is_shown_as_deleted(word, track, kind):
    old, new = word.docx(word.p("甲"), **{kind: word.p("密件")}), word.docx(word.p("甲"))

    assert "<w:delText>密件</w:delText>" in bare(track(old, new, f"word/{kind}-old.xml"))


def test_deleted_text_brings_its_list_and_its_style(word, part_of):
    style = '<w:style w:type="paragraph" w:styleId="Quote"><w:basedOn w:val="Base"/></w:style>'
    base = '<w:style w:type="paragraph" w:styleId="Base"/>'
    old = word.docx(
        word.p("甲方應", style="Quote", number=(1, 0)),
        word.p("尾"),
        numbering=LISTS.format("decimal"),
        styles=style + base,
    )
    new = word.docx(word.p("尾"), numbering=LISTS.format("upperRoman"), styles='<w:style w:styleId="Other"/>')

    made = tracked_changes(old, new, author="A", at=word.at)

    assert re.findall(r'numId w:val="(\d+)"', part_of(made)) == ["2"]
    numbering = part_of(made, "word/numbering.xml")
    assert re.findall(r'<w:numFmt w:val="(\w+)"', numbering) == ["upperRoman", "decimal"]
    assert re.findall(r'styleId="(\w+)"', part_of(made, "word/styles.xml")) == ["Other", "Quote", "Base"]


def test_bookmarks_of_the_new_document_stay_where_they_are(word, track):
    marked = '<w:bookmarkStart w:id="3" w:name="fee"/>', '<w:bookmarkEnd w:id="3"/>'
    old = word.docx(word.p("報酬為", marked[0], "十元", marked[1], "整"))
    new = word.docx(word.p("報酬為", marked[0], "百元", marked[1], "整"))

    made = track(old, new)

    assert made.count("bookmarkStart") == made.count("bookmarkEnd") == 1
    assert made.index("報酬為") < made.index("bookmarkStart") < made.index("百") < made.index("bookmarkEnd")


def test_bookmarks_of_deleted_text_do_not_stand_twice(word, track):
    marked = '<w:bookmarkStart w:id="3" w:name="fee"/><w:bookmarkEnd w:id="3"/>'

    made = track(word.docx(word.p("甲方應", marked), word.p("尾")), word.docx(word.p("尾", marked)))

    assert made.count("bookmarkStart") == 1


def test_no_two_marks_have_the_same_identifier(word, part_of):
    old = word.docx(
        word.p("甲", '<w:bookmarkStart w:id="5" w:name="a"/><w:bookmarkEnd w:id="5"/>'), header=word.p("一")
    )
    new = word.docx(
        word.p("乙", '<w:bookmarkStart w:id="5" w:name="a"/><w:bookmarkEnd w:id="5"/>'),
        word.p("丙"),
        header=word.p("二"),
    )

    made = tracked_changes(old, new, author="A", at=word.at)

    marks = re.findall(r'<w:(?:ins|del) w:id="(\d+)"', part_of(made) + part_of(made, "word/header1.xml"))
    assert len(marks) == len(set(marks)) > 3
    assert "5" not in marks


def test_says_who_and_when_as_it_was_told(word, part_of):
    taipei = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=8)))

    made = tracked_changes(word.docx(word.p("甲")), word.docx(word.p("乙")), author='"A" & B', at=taipei)

    assert 'w:author="&quot;A&quot; &amp; B" w:date="2026-11-23T02:30:00Z"' in part_of(made)


def test_a_time_without_a_zone_is_refused(word):
    naive = datetime(2026, 11, 23)  # noqa: DTZ001

    with pytest.raises(ValueError, match="without a zone"):
        tracked_changes(word.docx(word.p("甲")), word.docx(word.p("乙")), author="A", at=naive)


def test_the_same_input_gives_the_same_bytes(word):
    old, new = word.docx(word.p("甲"), word.p("乙")), word.docx(word.p("丙"), header=word.p("丁"))

    first, second = (tracked_changes(old, new, author="A", at=word.at) for _ in range(2))

    assert first == second


def test_nothing_is_marked_where_nothing_changed(word, part_of):
    body = word.docx(word.p("甲"), word.table(["一"]), word.p(word.box(word.p("框"))), header=word.p("抬頭"))

    made = tracked_changes(body, body, author="A", at=word.at)

    assert "w:author" not in part_of(made) + part_of(made, "word/header1.xml")


def test_an_empty_table_is_no_empty_paragraph(word, track):
    """Both have no text; to take one for the other would lose a cell."""
    old = word.docx(word.p("甲"), word.table([word.p("") + word.p("")]), word.p(""), word.p("乙"))
    new = word.docx(word.p("甲"), word.p(""), word.table([""]), word.p("乙"))

    assert track(old, new).count("<w:tbl>") >= 1


def test_rejecting_gives_a_table_its_old_columns_back(word, part_of):
    old = word.docx(word.table(["一", "二", "三"]), word.p("尾"))
    new = word.docx(word.table(["甲", "乙"]).replace('"2000"', '"3000"'), word.p("尾"))

    made = tracked_changes(old, new, author="A", at=word.at)

    assert part_of(made).count("<w:tblGridChange") == 1
    for resolve, wanted in ((accept_all, new), (reject_all, old)):
        widths = re.findall(r'w:w="(\d+)"', part_of(resolve(made)))
        assert widths == re.findall(r'w:w="(\d+)"', part_of(wanted))


def test_rejecting_gives_a_cell_its_old_look_back(word, part_of):
    old = word.docx(word.table(["一方", "二方"]), word.p("尾"))
    shade = '<w:shd w:val="clear" w:fill="FFFF00"/></w:tcPr>'
    new = word.docx(word.table(["一方", "二方"]).replace("</w:tcPr>", shade, 1), word.p("尾"))

    made = tracked_changes(old, new, author="A", at=word.at)

    assert part_of(made).count("<w:tcPrChange") == 1
    assert "FFFF00" in part_of(accept_all(made))
    assert "FFFF00" not in part_of(reject_all(made))


def test_rows_of_a_narrower_table_fill_the_columns_until_they_are_gone(word, part_of):
    old = word.docx(word.table(["一", "二"]), word.p("尾"))
    new = word.docx(word.table(["甲", "乙", "丙"]), word.p("尾"))

    made = tracked_changes(old, new, author="A", at=word.at)

    assert part_of(made).count('<w:gridSpan w:val="2"/>') == 1
    assert "gridSpan" not in part_of(accept_all(made))
    assert "gridSpan" not in part_of(reject_all(made))
    assert text_of(reject_all(made)) == text_of(old)

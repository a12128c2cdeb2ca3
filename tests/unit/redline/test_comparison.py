"""What a comparison tells: clauses, what happened to them, and the words that came and went."""

import pytest

from workflow.documents.redline import compare
from workflow.documents.redline.comparison import Counts, Kind, Op
from workflow.documents.redline.text import text_of

ARTICLES = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="taiwaneseCountingThousand"/>'
    '<w:lvlText w:val="第%1條"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/>'
    '<w:lvlText w:val="%1.%2"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


@pytest.fixture
def contract(word):
    """Write a contract of articles: (title, paragraph, ...) each."""

    def write(*articles, before=("前言",), **parts):
        blocks = [word.p(text) for text in before]
        for title, *paragraphs in articles:
            blocks.append(word.p(title, number=(1, 0)))
            blocks += [word.p(text, number=(1, 1)) for text in paragraphs]
        return word.docx(*blocks, numbering=ARTICLES, **parts)

    return write


FEES = ("報酬", "甲方應於發票日起三十日內付款。", "報酬為NT$1,250,000。")
SECRECY = ("保密", "雙方應保守秘密，不得洩漏予第三人。", "本條於契約終止後三年內仍有效力。")
TERM = ("期間", "本契約自民國115年12月1日起生效，為期一年。")


def written(passage):
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(marks[run.op].format(run.text) for run in passage.runs)


def test_the_same_text_is_no_difference(contract):
    found = compare(contract(FEES, SECRECY), contract(FEES, SECRECY))

    assert not found
    assert (found.clauses, found.counts, found.total) == ((), Counts(), 2)


def test_names_the_clause_by_the_number_word_shows(contract):
    new = ("報酬", "甲方應於發票日起六十日內付款。", "報酬為NT$1,350,000。")

    (clause,) = compare(contract(TERM, FEES), contract(TERM, new)).clauses

    assert (clause.part, clause.number, clause.title, clause.kind) == ("body", "第二條", "報酬", Kind.CHANGED)
    assert [passage.number for passage in clause.passages] == ["2.1", "2.2"]
    assert [written(passage) for passage in clause.passages] == [
        "甲方應於發票日起[-三十-]{+六十+}日內付款。",
        "報酬為[-NT$1,250,000-]{+NT$1,350,000+}。",
    ]


def test_tells_added_and_removed_clauses(contract):
    found = compare(contract(FEES, SECRECY), contract(FEES, TERM, ("份數", "正本二份。")))

    assert [(c.number, c.title, c.kind) for c in found.clauses] == [
        ("第二條", "保密", Kind.REMOVED),
        ("第二條", "期間", Kind.ADDED),
        ("第三條", "份數", Kind.ADDED),
    ]


def test_a_clause_that_was_only_renumbered_did_not_change(contract):
    found = compare(contract(SECRECY, TERM), contract(FEES, SECRECY, TERM))

    assert [(clause.title, clause.kind) for clause in found.clauses] == [("報酬", Kind.ADDED)]


def test_a_moved_clause_is_told_where_it_went_and_counts_no_words(contract):
    found = compare(
        contract(SECRECY, FEES, TERM, ("份數", "正本二份。")),
        contract(FEES, TERM, SECRECY, ("份數", "正本二份。")),
    )

    (clause,) = found.clauses
    assert (clause.number, clause.title, clause.kind) == ("第三條", "保密", Kind.MOVED)
    assert found.total == 4
    assert found.counts == Counts()


def test_what_a_moved_clause_left_behind_is_told_under_its_old_heading(contract):
    stayed = (SECRECY[0], SECRECY[1], "違反本條者應給付違約金。", SECRECY[2])
    found = compare(
        contract(stayed, FEES, TERM, ("份數", "正本二份。")),
        contract(FEES, TERM, SECRECY, ("份數", "正本二份。")),
    )

    removed = [
        (c.number, c.title, written(p)) for c in found.clauses for p in c.passages if p.kind is Kind.REMOVED
    ]
    assert removed == [("第一條", "保密", "[-違反本條者應給付違約金。-]")]
    assert found.total == 5


def test_what_stands_before_the_first_clause_has_no_number(contract):
    (clause,) = compare(contract(FEES, before=("版次：1",)), contract(FEES, before=("版次：2",))).clauses

    assert (clause.number, clause.title) == ("", "")
    assert written(clause.passages[0]) == "版次：[-1-]{+2+}"


def test_finds_articles_that_someone_typed(word):
    old = word.docx(word.p("第一條　定義"), word.p("第九條所稱者"), word.p("Article 2: Fees"), word.p("Ten."))
    new = word.docx(word.p("第一條　定義"), word.p("第八條所稱者"), word.p("Article 2: Fees"), word.p("Six."))

    assert [(c.number, c.title) for c in compare(old, new).clauses] == [
        ("第一條", "定義"),
        ("Article 2", "Fees"),
    ]


def test_headings_rule_where_a_document_has_them(word):
    heading = '<w:style w:type="paragraph" w:styleId="H"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'

    def write(text):
        listed = word.p(text, number=(1, 0))
        return word.docx(word.p("Fees", style="H"), listed, styles=heading, numbering=ARTICLES)

    (clause,) = compare(write("pay at once"), write("pay in time")).clauses

    assert (clause.title, clause.passages[0].number) == ("Fees", "第一條")


def test_a_row_is_told_with_all_its_cells(word):
    def write(*rows):
        return word.docx(word.table(*rows), word.p(""))

    found = compare(
        write(["1", "盤點", "NT$420,000"], ["2", "顧問", "NT$720,000"]),
        write(["1", "盤點", "NT$450,000"], ["1a", "加購", "NT$100,000"], ["2", "顧問", "NT$720,000"]),
    )

    assert [(p.kind, written(p)) for p in found.clauses[0].passages] == [
        (Kind.CHANGED, "1 | 盤點 | [-NT$420,000-]{+NT$450,000+}"),
        (Kind.ADDED, "{+1a | 加購 | NT$100,000+}"),
    ]


def test_headers_footers_notes_and_text_boxes_are_read_too(word):
    def write(number):
        return word.docx(
            word.p("見附註", word.note(2)),
            word.p(word.box(word.p(f"框 {number}"))),
            header=word.p(f"抬頭 {number}"),
            footer=word.p(f"頁尾 {number}"),
            footnotes={2: word.p(f"註 {number}")},
        )

    found = compare(write(1), write(2))

    assert [(clause.part, written(clause.passages[0])) for clause in found.clauses] == [
        ("header", "抬頭 [-1-]{+2+}"),
        ("footer", "頁尾 [-1-]{+2+}"),
        ("footnote", "註 [-1-]{+2+}"),
        ("text box", "框 [-1-]{+2+}"),
    ]


def test_counts_words_and_characters(word):
    found = compare(
        word.docx(word.p("The fee is due in ten days")), word.docx(word.p("The fee 應付 in ten days"))
    )

    assert found.counts == Counts(2, 2, 5, 2)


def test_only_a_different_look_is_no_different_text(word):
    found = compare(word.docx(word.p("甲方")), word.docx(word.p(word.t("甲方", "<w:b/>"))))

    assert found
    assert (found.clauses, found.reformatted) == ((), 1)


def test_an_empty_paragraph_more_is_a_different_look(word):
    found = compare(word.docx(word.p("甲方")), word.docx(word.p(""), word.p("甲方")))

    assert (found.clauses, found.reformatted) == ((), 1)


def test_an_empty_paragraph_more_in_a_cell_is_too(word):
    old, new = (word.docx(word.table([word.p("") * n + word.p("甲")]), word.p("")) for n in (1, 2))

    assert compare(old, new).reformatted == 1


def test_an_empty_line_never_outweighs_a_paragraph(word):
    one = word.p("雙方應保守秘密，不得洩漏。")

    found = compare(word.docx(one, word.p(""), word.p("尾")), word.docx(word.p(""), one, word.p("尾")))

    assert found.clauses == ()


def test_how_word_cut_a_text_into_runs_does_not_matter(word):
    whole = word.docx(word.p("報酬為NT$1,250,000。"))
    cut = word.docx(word.p(word.t("報酬為NT"), word.t("$1,2"), word.t("50,000。")))

    assert not compare(whole, cut)


def test_brackets_go_with_what_is_in_them(word):
    old = word.docx(word.p("within sixty (60) days of the invoice"))
    new = word.docx(word.p("within thirty (30) days of the invoice"))

    (clause,) = compare(old, new).clauses

    assert written(clause.passages[0]) == "within [-sixty (60)-]{+thirty (30)+} days of the invoice"


def test_a_text_with_nothing_in_common_is_replaced_as_a_whole(word):
    old = word.docx(word.p("本約甲方應於交付後始得主張驗收並為付款之責任。"))
    new = word.docx(word.p("另件乙造得在簽署前隨時請求變更並予終止各該條文之義務。"))

    (clause,) = compare(old, new).clauses

    assert [run.op for run in clause.runs] == [Op.DELETE, Op.INSERT, Op.EQUAL]


def test_two_words_in_common_do_not_hold_a_rewritten_text_together(word):
    old = " ".join(f"old{n}" for n in range(12)) + " the fee " + " ".join(f"old{n}" for n in range(20, 30))
    new = " ".join(f"new{n}" for n in range(12)) + " the fee " + " ".join(f"new{n}" for n in range(20, 30))

    (clause,) = compare(word.docx(word.p(old)), word.docx(word.p(new))).clauses

    assert [(run.op, run.text) for run in clause.runs] == [(Op.DELETE, old), (Op.INSERT, new)]


def test_lists_the_parts_it_did_not_compare(word):
    def write(content):
        return word.docx(word.p("甲"), media={"image1": content})

    assert compare(write(b"one"), write(b"two")).not_compared == ("word/media/image1.png",)


def test_two_hundred_pages_take_seconds_not_minutes(word):
    paragraphs = [
        word.p(f"第{n}項：甲方應於 2026-12-{n % 28 + 1:02} 給付 NT${n * 1000:,}。") for n in range(2000)
    ]
    blanks = [word.p("")] * 500
    changed = [word.p("整段改寫。") if n % 7 == 0 else p for n, p in enumerate(paragraphs)]

    found = compare(word.docx(*paragraphs, *blanks), word.docx(*blanks, *changed[::-1], *blanks))

    assert found


# --- references and tables of contents -----------------------------------------------------

TOC = 'TOC \\h \\z \\t "Article,1"'


def char(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def contents(word, *titles, page="", place="clause_{}"):
    """A table of contents as a layout writes it, or as Word does after it has counted the pages."""
    entries = [
        (
            f'<w:hyperlink w:anchor="{place.format(n)}">',
            *(word.t(f"第{n}條"), "<w:r><w:tab/></w:r>", word.t(title), "<w:r><w:tab/></w:r>"),
            word.field(f"PAGEREF {place.format(n)} \\h", page),
            "</w:hyperlink>",
        )
        for n, title in enumerate(titles, start=1)
    ]
    begin = char("begin") + f"<w:r><w:instrText>{TOC}</w:instrText></w:r>" + char("separate")
    lines = ["".join(entry) for entry in entries]
    lines[0], lines[-1] = begin + lines[0], lines[-1] + char("end")
    return [word.p(line) for line in lines]


@pytest.fixture
def listed(word):
    """Write a contract of titles with their paragraphs, and a table of contents before it."""

    def write(*articles, **options):
        blocks = contents(word, *(title for title, *_ in articles), **options)
        for title, *paragraphs in articles:
            blocks.append(word.p(title, number=(1, 0)))
            blocks += [
                word.p(*([text] if isinstance(text, str) else text), number=(1, 1)) for text in paragraphs
            ]
        return word.docx(*blocks, numbering=ARTICLES)

    return write


def test_pages_that_word_has_counted_are_no_change(listed):
    assert not compare(listed(FEES, SECRECY), listed(FEES, SECRECY, page="12", place="_Toc{}"))


def test_words_where_a_pages_number_belongs_are_a_change(listed):
    found = compare(listed(FEES, SECRECY), listed(FEES, SECRECY, page="乙方得隨時終止"))

    assert "乙方得隨時終止" in "".join(run.text for clause in found.clauses for run in clause.runs)


def test_a_table_of_contents_begins_no_clause(listed):
    found = compare(listed(FEES, SECRECY, TERM), listed(FEES, ("保密", "雙方應保守秘密。"), TERM))

    assert found.total == 3
    assert [(clause.number, clause.title) for clause in found.clauses] == [("第二條", "保密")]


def test_a_reference_reads_as_the_number_it_shows_and_not_as_its_instruction(listed, word):
    def law(number, code="REF clause_1 \\r \\h"):
        return listed(FEES, ("準據法", ("依", word.field(code, number), "約定付款。")))

    (clause,) = compare(law("第一條"), law("第二條")).clauses

    assert written(clause.passages[0]) == "依[-第一條-]{+第二條+}約定付款。"
    assert text_of(law("第一條"))["body"].endswith("準據法\n依第一條約定付款。")
    assert not compare(law("第一條"), law("第一條"))

"""What changed, as people ask for it: between revisions, between files, on paper and in Word."""

import io
import re
import zipfile

import docx
import pytest

WORD = "word/document.xml"


@pytest.fixture
def revised(in_sign_off):
    """The command in a folder whose contract was sent back, and drafted again with another price."""
    in_sign_off("return", "1", "--reason", "費用過低。", "--yes", person="bob")
    in_sign_off("draft", "1", "--terms", "changed.toml")
    return in_sign_off


@pytest.fixture
def files(cli):
    """Two Word files, and the command in their folder."""
    for name, fee in (("ours.docx", "NT$1,250,000"), ("theirs.docx", "NT$1,350,000")):
        document = docx.Document()
        document.add_heading("Fees", 1)
        document.add_paragraph(f"The Customer pays {fee} within thirty (30) days.")
        document.save(cli.folder / name)
    return cli


def part_of(path, name=WORD):
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_shows_what_the_last_revision_changed(revised):
    told = revised("diff", "1").out

    assert re.match(r"AGR-\d{4}-0001   revision 1 -> revision 2   by 何愛莉, ", told)
    # Words and figures come from one amount, so they change together, and as a whole.
    old, new = "NT$1,134（新臺幣壹仟壹佰參拾肆元整）", "NT$1,197（新臺幣壹仟壹佰玖拾柒元整）"
    assert f"總價為[-{old}-]{{+{new}+}}。" in told


def test_says_the_same_in_chinese_and_as_json(revised):
    chinese = revised("diff", "1", "--lang", "zh-TW").out
    told = revised.json("diff", "1")

    assert chinese.startswith(f"{told['ref']}   第 1 版")
    assert told["schema"] == "assent.diff/1"
    assert told["different"]
    assert told["counts"]["words_inserted"] > 0
    assert {clause["part"] for clause in told["clauses"]} >= {"body", "footer"}
    runs = [run for clause in told["clauses"] for passage in clause["passages"] for run in passage["runs"]]
    assert {op for op, _ in runs} == {"equal", "delete", "insert"}
    assert revised.json("diff", "1", "--lang", "zh-TW")["clauses"] == told["clauses"]


def test_revisions_can_be_named_in_either_order(revised):
    forwards, backwards = revised.json("diff", "1", "1..2"), revised.json("diff", "1", "r2..r1")

    assert forwards["old"] == backwards["new"]
    assert forwards["counts"]["words_inserted"] == backwards["counts"]["words_deleted"]
    assert revised.json("diff", "1", "1..")["new"] == forwards["new"]


def test_a_summary_names_each_clause_on_one_line(revised):
    lines = revised("diff", "1", "--stat").out.splitlines()

    assert all(re.search(r"\+\d+ -\d+ words", line) for line in lines)
    assert "[-" not in "".join(lines)


def test_writes_tracked_changes_of_who_drafted_and_when(revised):
    revised("diff", "1", "--docx", "out/redline.docx")

    text = part_of(revised.folder / "out" / "redline.docx")
    drafted = revised.json("diff", "1")["new"]["at"]
    assert f'w:author="何愛莉" w:date="{drafted}"' in text
    assert "<w:del " in text
    again = revised.folder / "out" / "again.docx"
    revised("diff", "1", "--docx", again)
    assert again.read_bytes() == (revised.folder / "out" / "redline.docx").read_bytes()


def test_one_revision_alone_cannot_be_compared(in_sign_off):
    in_sign_off.refuses("W042", 3, "diff", "1")
    in_sign_off.refuses("W042", 3, "diff", "1", "1..7")


@pytest.mark.parametrize("words", [(), ("1", "--files", "ours.docx", "theirs.docx"), ("1", "one..two")])
def test_an_unclear_question_is_refused(revised, words):
    revised("diff", *words, code=2)


def test_compares_any_two_files(files):
    told = files("diff", "--files", "ours.docx", "theirs.docx").out.splitlines()

    assert told[0] == "ours.docx -> theirs.docx   +1 -1 words in 1 of 1 clauses"
    assert told[1:] == [
        "",
        "Fees",
        "  The Customer pays [-NT$1,250,000-] {+NT$1,350,000+} within thirty (30) days.",
    ]


def test_tells_scripts_by_its_exit_code(files):
    files("diff", "--exit-code", "--files", "ours.docx", "theirs.docx", code=1)

    told = files("diff", "--exit-code", "--files", "ours.docx", "ours.docx")

    assert "The text is the same." in told.out


def test_a_file_with_tracked_changes_is_refused_unless_they_are_accepted(files):
    files("diff", "--files", "ours.docx", "theirs.docx", "--docx", "marked.docx")

    refused = files("diff", "--files", "ours.docx", "marked.docx", code=1)
    told = files("diff", "--accept", "--files", "theirs.docx", "marked.docx")

    assert "error[W054]: marked.docx cannot be compared" in refused.err
    assert "--accept" in refused.err
    assert "The text is the same." in told.out


@pytest.mark.parametrize("content", [b"", b"no docx", b"PK\x03\x04"])
def test_what_is_no_word_file_is_refused(files, content):
    (files.folder / "broken.docx").write_bytes(content)

    told = files("diff", "--files", "ours.docx", "broken.docx", code=1)

    assert "error[W054]: broken.docx cannot be compared" in told.err


def test_a_file_that_is_not_there_is_refused(files):
    assert "error[W054]: nowhere.docx" in files("diff", "--files", "ours.docx", "nowhere.docx", code=1).err


def test_opens_in_python_docx(files):
    files("diff", "--files", "ours.docx", "theirs.docx", "--docx", "marked.docx")

    document = docx.Document(io.BytesIO((files.folder / "marked.docx").read_bytes()))

    assert document.paragraphs[0].text == "Fees"

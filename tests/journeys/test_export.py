"""An agreement leaves the office as a bundle, and is checked where nothing of ours is installed."""

import json
import shutil
import sys
import zipfile

import docx
import pytest

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is missing")


def test_a_bundle_is_checked_by_what_is_in_it(approved):
    approved("audit", "export", "1", "--out", "bundle")

    checked = approved.alone("-I", "bundle/verify.py", "--lang", "en", program=sys.executable)

    assert "The bundle fits together" in checked.out


def test_the_report_for_the_file_is_in_it_and_tells_of_the_agreement(approved):
    ref = approved.json("show", "1")["ref"]
    approved("audit", "export", "1", "--out", "bundle")

    headings = [
        paragraph.text
        for paragraph in docx.Document(approved.folder / "bundle" / "report.docx").paragraphs
        if paragraph.style.name == "Heading 1"
    ]

    assert len(headings) == 1
    assert headings[0].startswith(ref)


def test_an_altered_bundle_ends_with_5(approved):
    approved("audit", "export", "1", "--out", "bundle")
    path = approved.folder / "bundle" / "notes.json"
    path.write_bytes(path.read_bytes().replace(b"}", b" }", 1))

    checked = approved.alone("-I", "bundle/verify.py", "--lang", "zh-TW", program=sys.executable, code=5)

    assert "查驗失敗" in checked.out
    assert "notes.json" in checked.out


def test_says_what_it_wrote_and_names_the_heads(approved):
    said = approved.json("audit", "export", "1", "--out", "bundle.zip")

    with zipfile.ZipFile(approved.folder / "bundle.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert len(archive.namelist()) == said["files"]
    assert said["schema"] == "assent.audit-export/1"
    assert [row["head"] for row in said["streams"]] == [row["head"] for row in manifest["streams"]]
    assert said["withheld"] == 0


def test_the_receipt_of_a_decision_fits_the_bundle(approved):
    heads = approved.json("audit", "verify", "1")["heads"]
    ref = next(name for name in heads if name != "registry")
    approved("audit", "export", "1", "--out", "bundle")

    manifest = json.loads((approved.folder / "bundle" / "manifest.json").read_text(encoding="utf-8"))
    number = next(row["events"] for row in manifest["streams"] if row["stream"] == ref)
    receipt = f"{ref}#{number}:{heads[ref]}"

    approved.alone("-I", "bundle/verify.py", "--receipt", receipt, program=sys.executable)
    other = f"{ref}#{number + 1}:{heads[ref]}"
    approved.alone("-I", "bundle/verify.py", "--receipt", other, program=sys.executable, code=5)


def test_a_second_export_writes_over_nothing_but_itself(approved):
    approved("audit", "export", "1", "--out", "bundle.zip")
    approved("audit", "export", "1", "--out", "bundle.zip")
    (approved.folder / "mine").mkdir()
    (approved.folder / "mine" / "letter.txt").write_text("mine", encoding="utf-8")

    approved.refuses("W078", 1, "audit", "export", "1", "--out", "mine")

    assert [path.name for path in (approved.folder / "mine").iterdir()] == ["letter.txt"]


def test_an_agreement_that_is_not_there_is_not_exported(approved):
    approved.refuses("W040", 3, "audit", "export", "99", "--out", "bundle")

    assert not (approved.folder / "bundle").exists()


def test_exporting_records_nothing(approved):
    with approved.nothing_recorded():
        approved("audit", "export", "1", "--out", "bundle", "--redact")

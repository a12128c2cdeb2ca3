"""Letters, notices and other documents that go with an agreement, issued from files that people fill in."""

from pathlib import Path

import docx
import pytest

FOLDER = Path(__file__).parents[1] / "data" / "records"
KINDS = sorted(path.stem for path in FOLDER.glob("*.toml"))


def issued(cli, kind, *more, **how):
    return cli.json("documents", "issue", "1", kind, "--data", FOLDER / f"{kind}.toml", *more, **how)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_issued_kept_and_verified(in_force, kind):
    said = issued(in_force, kind)

    row = in_force.json("documents", "list", "1")["documents"][-1]
    assert (row["kind"], row["seq"], row["file"]) == (kind, said["seq"], said["file"])
    in_force("documents", "save", "1", "--out", "papers")
    assert docx.Document(str(in_force.folder / "papers" / said["name"])).tables
    assert in_force.json("audit", "verify")["ok"]
    assert all(made["content"] == "same" for made in in_force.json("audit", "reproduce", "1")["documents"])
    assert in_force.json("show", "1")["state"] == "in_force"


def test_a_letter_says_where_the_trail_stood(in_force):
    said = issued(in_force, "request-letter")
    head = in_force.json("receipt", f"1#{said['seq'] - 1}")["head"]

    in_force("documents", "save", "1", "--out", "papers")
    letter = docx.Document(str(in_force.folder / "papers" / said["name"]))
    text = "\n".join(p.text for p in letter.paragraphs)
    text += "\n".join(cell.text for table in letter.tables for row in table.rows for cell in row.cells)
    assert head[:8] in text


def test_a_retry_issues_nothing_twice(in_force):
    first = issued(in_force, "contact-log", "--once", "january")

    with in_force.nothing_recorded():
        assert issued(in_force, "contact-log", "--once", "january") == first


def test_is_issued_in_a_bundle_that_verifies_by_itself(in_force):
    said = issued(in_force, "notice")

    in_force("audit", "export", "1", "--out", "bundle")
    assert (in_force.folder / "bundle" / "documents" / said["name"]).is_file()


def test_refuses_what_cannot_be_issued(in_force, cli):
    wrong = in_force.folder / "wrong.toml"
    wrong.write_text('subject = "x"\n', encoding="utf-8")

    in_force.refuses("W001", 2, "documents", "issue", "1", "request-letter", "--data", wrong)
    in_force.refuses("W001", 2, "documents", "issue", "1", "request-letter", "--data", "missing.toml")
    in_force.refuses("W042", 3, "documents", "issue", "1", "services", "--data", wrong)
    in_force.refuses(
        "W030", 4, "documents", "issue", "1", "notice", "--data", FOLDER / "notice.toml", person="bob"
    )

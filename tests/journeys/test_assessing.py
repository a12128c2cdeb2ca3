"""An assessor's way through the command: what speaks for a row, a judgement, and everything else refused."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from approvals.cli import COMMANDS
from approvals.cli.output import width
from approvals.policy import DEFAULT_POLICY

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ASSESS = ("assess", "alice", "--row", "P3.2", "--method", "documents")


@pytest.fixture
def assessed(approved):
    """An office whose one agreement is approved, and zoe, who assesses."""
    approved("key", "new", person="zoe")
    approved(
        "people", "add", "zoe", "--name", "趙評", "--role", "assessor", "--public-key", "keys/zoe.pub",
        person="alice",
    )  # fmt: skip
    approved.env["COLUMNS"] = "80"
    return approved


def judge(cli, word="met", *more):
    return cli.json(*ASSESS, "--judgement", word, "--evidence", "1#7", "--yes", *more, person="zoe")


@pytest.mark.parametrize(("lang", "heading", "nothing"), [
    ("en", "This lists evidence; judging it is for an assessor.", "nothing yet"),
    ("zh-TW", "以上僅列出事證", "尚無"),
])  # fmt: skip
def test_shows_every_row_in_eighty_columns(assessed, lang, heading, nothing):
    judge(assessed, "not-yet")

    shown = assessed("portfolio", "alice", "--lang", lang)

    assert heading in shown.err
    assert nothing in shown.out
    assert "趙評" in shown.out
    assert all(width(line) <= 80 for line in shown.out.splitlines())
    assert {row["row"] for row in assessed.json("portfolio", "alice")["rows"]} <= set(shown.out.split())


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_judges_nobody_by_itself(assessed, lang):
    words = ("portfolio", "alice", "--lang", lang)

    printed = "".join(
        (assessed(*words).out, assessed(*words, "--row", "T3").out, assessed(*words, "--json").out)
    )

    assert not re.search("competent|勝任|合格|及格", printed)
    assert "met" not in printed.split()


def test_one_row_with_what_was_judged_of_it(assessed):
    judge(assessed, "not-yet", "--reason", "尚未說明門檻。")
    second = judge(assessed)

    shown = assessed("portfolio", "alice", "--row", "p3.2")
    found = assessed.json("portfolio", "alice", "--row", "p3.2")

    assert "a later judgement took its place" in shown.out
    assert "尚未說明門檻。" in shown.out
    assert second["receipt"] in shown.out
    assert [(one["judgement"], one["stands"]) for one in found["judgements"]] == [
        ("not-yet", False),
        ("met", True),
    ]
    assert found["schema"] == "assent.portfolio-row/1"
    assert {piece["type"] for piece in found["artefacts"]} >= {"submitted", "approved"}


def test_a_gap_says_how_an_assessor_can_fill_it(assessed):
    shown = assessed("portfolio", "alice", "--row", "M3.1")

    assert "The trail holds nothing for this row yet." in shown.out
    assert "by observation" in shown.err


def test_programs_get_rows_that_no_language_changes(assessed):
    judge(assessed)
    chinese, english = (
        assessed("portfolio", "alice", "--csv", "--lang", lang).out for lang in ("zh-TW", "en")
    )

    rows = list(csv.DictReader(io.StringIO(english)))
    assert chinese == english
    assert len(rows) == 46
    (judged,) = [row for row in rows if row["judgement"]]
    assert (judged["row"], judged["judgement"], judged["assessor"]) == ("P3.2", "met", "zoe")
    assert len(assessed("portfolio", "alice", "--plain").out.splitlines()) == 46


def test_records_a_judgement_with_a_receipt_anyone_can_check(assessed):
    printed = assessed(*ASSESS, "--judgement", "met", "--evidence", "1#7", "--yes", person="zoe")

    assert "P3.2 of alice: met, by zoe" in printed.out
    found = assessed.json("receipt", "assessments#1")
    assessed("receipt", found["short"], "--out", "proof")
    check = next(line for line in found["check"] if line.startswith("ssh-keygen"))
    done = subprocess.run(
        check, shell=True, cwd=assessed.folder / "proof", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Good" in done.stdout
    assert assessed("audit", "verify").code == 0


def test_evidence_given_as_a_receipt_has_to_fit(assessed):
    head = assessed.json("receipt", "1#7")["head"]
    seq = judge(assessed)["event"]

    assert seq == 1
    done = assessed.json(
        *ASSESS, "--judgement", "met", "--evidence", f"1#7:{head[:16]}", "--yes", person="zoe"
    )
    assert done["evidence"] == [{"event": done["evidence"][0]["event"], "digest": head}]
    assessed.refuses(
        "W076", 5, *ASSESS, "--judgement", "met", "--evidence", "1#7:" + "0" * 16, "--yes", person="zoe"
    )


def test_a_rehearsal_and_a_retry_record_nothing(assessed):
    with assessed.nothing_recorded():
        shown = assessed(*ASSESS, "--judgement", "met", "--evidence", "1#7", "--dry-run", person="zoe")
    assert shown.out.startswith("Assent assessment.v1@assent\n")
    judge(assessed, "met", "--once", "monday")
    with assessed.nothing_recorded():
        assert judge(assessed, "met", "--once", "monday")["event"] == 1


def test_refuses_what_is_no_judgement(assessed):
    cited = ("--judgement", "met", "--evidence", "1#7")
    refuses = assessed.refuses

    refuses("W097", 2, *ASSESS, *cited, person="zoe")
    refuses("W030", 4, *ASSESS, *cited, "--yes", person="bob")
    refuses("W094", 4, "assess", "zoe", "--row", "M3.1", "--method", "observation", "--judgement", "met",
            "--reason", "。", "--yes", person="zoe")  # fmt: skip
    refuses(
        "W095", 3, "assess", "alice", "--row", "P9.9", "--method", "documents", *cited, "--yes", person="zoe"
    )
    refuses("W096", 2, *ASSESS, "--judgement", "met", "--yes", person="zoe")
    refuses("W040", 3, *ASSESS, "--judgement", "met", "--evidence", "1#99", "--yes", person="zoe")
    refuses("W045", 3, "portfolio", "carol")
    refuses("W095", 3, "portfolio", "alice", "--row", "P9.9")
    refuses("W095", 3, "portfolio", "alice", "--unit", "BGM4R0450v1")


def test_the_role_stands_alone(assessed):
    assessed.refuses("W093", 1, "people", "role", "zoe", "staff", person="alice")
    assessed.refuses("W093", 1, "people", "role", "bob", "assessor", person="alice")
    assessed.refuses(
        "W093",
        1,
        "people",
        "add",
        "yan",
        "--name",
        "嚴",
        "--role",
        "assessor",
        "--role",
        "legal",
        person="alice",
    )


#: Every command that records something, with the least it has to be told.
RECORDS = Path(__file__).parents[1] / "data" / "records"
WRITING = {
    "new": ("services", "--terms", "terms.toml"),
    "plan": ("1", "--file", "plan.toml"),
    "open": ("1",),
    "round": ("1", "--file", "round.toml"),
    "agree": ("1",),
    "confirm": ("1",),
    "acknowledge": ("1", "--evidence", "reply.eml"),
    "draft": ("1", "--terms", "changed.toml"),
    "import-draft": ("1", "reply.eml"),
    "submit": ("1",),
    "withdraw": ("1", "--reason", "。"),
    "execute": ("1", "--file", "execution.toml"),
    "activate": ("1",),
    "documents issue": ("1", "contract-card", "--data", RECORDS / "contract-card.toml"),
    "approve": ("1", "--yes"),
    "return": ("1", "--reason", "。", "--yes"),
    "reject": ("1", "--reason", "。", "--yes"),
    "recuse": ("1", "--reason", "。", "--yes"),
    "excuse": ("1", "--member", "bob", "--reason", "。", "--yes"),
    "retract": ("1", "--reason", "。", "--yes"),
    "delegate": ("--to", "bob", "--until", "2099-12-31"),
    "flag raise": ("1", "--role", "tax", "--aspect", "financial", "--question", "？"),
    "flag assign": ("1", "F-1", "--to", "dan"),
    "flag resolve": ("1", "F-1", "--conclusion", "clear", "--reason", "。", "--yes"),
    "flag decline": ("1", "F-1", "--reason", "。", "--yes"),
    "flag close": ("1", "F-1", "C-1", "--reason", "。", "--yes"),
    "people add": ("yan", "--name", "嚴"),
    "people role": ("bob", "legal"),
    "key add": ("bob", "--public-key", "keys/zoe.pub"),
    "key revoke": ("bob", "SHA256:x"),
    "policy adopt": ("policy.csv",),
}
#: Those that record nothing in a store that is there, and the assessor's own.
OTHERS = {
    "inbox", "show", "diff", "why", "remind", "list", "timeline", "diagram", "receipt", "stats", "documents",
    "audit", "portfolio", "assess", "templates", "clauses", "check", "init", "demo", "parties", "db",
}  # fmt: skip


def test_the_commands_that_record_something_are_all_here():
    known = {name for section in COMMANDS.values() for name in section}

    assert {name.partition(" ")[0] for name in WRITING} | OTHERS == known


@pytest.mark.parametrize("name", WRITING)
def test_an_assessor_records_nothing_else(assessed, name):
    shutil.copy(DEFAULT_POLICY, assessed.folder / "policy.csv")

    assessed.refuses("W092", 4, *name.split(), *WRITING[name], person="zoe")


def test_an_assessor_reads_without_a_key(assessed):
    for file in ("zoe", "zoe.pub"):
        (assessed.folder / "keys" / file).unlink()

    for words in (
        ("list",), ("show", "1"), ("timeline", "1"), ("why", "1"), ("stats",), ("parties",), ("inbox",),
        ("documents", "list", "1"), ("documents", "save", "1", "--out", "papers"), ("audit", "verify"),
        ("audit", "log", "assessments"), ("audit", "export", "1", "--out", "bundle.zip"),
        ("portfolio", "alice"),
        ("portfolio", "alice", "--out", "portfolio.zip"), ("people", "list"), ("policy", "show"),
    ):  # fmt: skip
        assessed(*words, person="zoe")


def test_writes_the_portfolio_with_its_papers(assessed):
    judge(assessed)

    done = assessed.json("portfolio", "alice", "--out", "out")
    assessed("portfolio", "alice", "--out", "out.zip")

    folder = assessed.folder / "out"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {row["path"] for row in manifest["files"]} | {"manifest.json"} == set(done["files"])
    with zipfile.ZipFile(assessed.folder / "out.zip") as archive:
        assert set(archive.namelist()) == found
        assert all(archive.read(name) == (folder / name).read_bytes() for name in found)
    (statement,) = (name for name in found if name.endswith(".txt.sig"))
    at = json.loads((folder / "assessments.jsonl").read_text(encoding="utf-8"))["at"]
    verify = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "allowed_signers",
        "-I",
        "zoe",
        "-n",
        "assessment.v1@assent",
    ]
    verify += ["-s", statement, f"-Overify-time={re.sub('[-:T]', '', at)}"]
    said = (folder / statement.removesuffix(".sig")).read_bytes()
    assert subprocess.run(verify, cwd=folder, input=said, capture_output=True, check=False).returncode == 0
    assessed.refuses("W078", 1, "portfolio", "alice", "--out", "out")


def test_says_it_in_chinese(assessed):
    printed = assessed(
        *ASSESS, "--judgement", "met", "--evidence", "1#7", "--yes", "--lang", "zh-TW", person="zoe"
    )
    refused = assessed("approve", "1", "--yes", "--lang", "zh-TW", person="zoe", code=4)

    assert "alice 的 P3.2：已達成" in printed.out
    assert "稽核人員" in refused.err
    assert CHINESE.search(assessed("portfolio", "alice", "--row", "M3.1", "--lang", "zh-TW").err)

"""`assent execute`: what the help shows works, what does not hold is told all at once."""

import json
import tomllib

from workflow.execution import Execution

COMMAND = ("execute", "1", "--file", "execution.toml")


def test_the_example_of_the_help_is_one(cli):
    shown = cli("execute", "--help").out
    example = shown[shown.index("# execution.toml") :]

    read = Execution.read(tomllib.loads(example))

    assert (read.consent_mode, read.signatories[1].power.file) == ("notified", "power.pdf")


def test_tells_what_comparing_the_signed_copy_came_to(approved):
    approved("documents", "save", "1", "--out", "sent")
    (final,) = (approved.folder / "sent").glob("*services*final.docx")

    told = approved(*COMMAND, "--signed-copy", str(final)).out

    assert told.splitlines()[-1] == "compared: byte for byte the approved text"
    assert approved.json("audit", "verify")["ok"]


def test_says_that_a_scan_was_not_compared(approved):
    approved.write("scan.pdf", "%PDF-1.7")

    told = approved(*COMMAND, "--signed-copy", "scan.pdf", "--lang", "zh-TW").out

    assert told.splitlines()[-1] == "未與核准文本核對：非 Word 檔；僅保存其雜湊值"


def test_refuses_a_stranger_who_signed_for_us(approved):
    text = (approved.folder / "execution.toml").read_text(encoding="utf-8")
    approved.write("execution.toml", text.replace("林志遠", "王怡君"))

    error = approved.refuses("W089", 1, *COMMAND)

    assert "signatories[0]: 王怡君 could not sign for us" in error.err


def test_refuses_everything_that_does_not_hold_at_once(approved):
    text = (approved.folder / "execution.toml").read_text(encoding="utf-8")
    text = text.replace("林志遠", "王怡君").replace("originals = 2", "originals = 1")
    approved.write("execution.toml", text.replace(', "和風客服有限公司"]', "]"))

    error = approved.refuses("W083", 1, *COMMAND)

    assert "W086 originals: 1 originals, and the contract says 2" in error.err
    assert "W089 signatories[0]" in error.err


def test_a_changed_copy_is_sent_back_and_nothing_recorded(approved):
    approved.write("signed.docx", "another contract altogether\n")

    error = approved.refuses("W088", 5, *COMMAND, "--signed-copy", "signed.docx")

    assert "send it back" in error.err
    assert json.loads(approved("show", "1", "--json").out)["state"] == "approved"

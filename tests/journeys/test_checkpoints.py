"""Checkpoints by command: made when due, kept elsewhere, witnessed, and held against the store."""

import re
import shutil
from contextlib import closing

import pytest
from docx import Document

from approvals.forgery import Forgery

SAID = (None, b"", b"\xff\xfe", b"assent:x\n1\nAAAA\n")


def sealing(office):
    """Give an office a sealer, as its administrator would."""
    office("key", "new", person="sealer")
    office(
        "people", "add", "sealer", "--name", "Checkpoints", "--role", "sealer",
        "--public-key", "keys/sealer.pub",
    )  # fmt: skip
    return office


def kept_checkpoint(office, name="kept.txt"):
    office("audit", "checkpoint", "--out", name)
    return office.folder / name


def one_more(office):
    office("new", "services", "--terms", "terms.toml")


def test_a_checkpoint_is_a_small_file_that_openssh_verifies(approved):
    note = kept_checkpoint(approved).read_text()

    lines, _, signature = note.partition("\n\n")
    assert lines.splitlines()[3] == str(approved.json("db", "status")["events"])
    approved.write("kept.sig", signature)
    approved.write("signers", approved("key", "export").out)
    if shutil.which("ssh-keygen"):
        given = approved.write("lines", f"{lines}\n").open()
        with closing(given):
            approved.alone(
                "-Y", "verify", "-f", "signers", "-I", "alice", "-n", "checkpoint.v1@assent",
                "-s", "kept.sig", program=shutil.which("ssh-keygen"), stdin=given,
            )  # fmt: skip


def test_one_is_made_and_written_out_when_an_agreement_takes_effect(in_sign_off, ways):
    office = sealing(in_sign_off)
    with (office.folder / "assent.toml").open("a", encoding="utf-8") as settings:
        settings.write('checkpoints = "outside"\n')
    before = set((office.folder / "outside").glob("*"))

    ways.approve(office)

    (written,) = set((office.folder / "outside").glob("*")) - before
    said = office.json("audit", "verify", "--checkpoint", written)
    assert said["ok"]
    assert said["checkpoint"]["newer"] == 0


def test_a_sealer_who_may_not_seal_does_not_hold_an_action_up(in_sign_off):
    in_sign_off("key", "new", person="sealer")

    done = in_sign_off("withdraw", "1", "--reason", "不談了")

    assert "No checkpoint was made" in done.err
    assert in_sign_off.json("show", "1")["state"] == "withdrawn"


def test_whoever_kept_one_sees_that_the_store_was_put_back(approved):
    store = approved.folder / "assent.db"
    older = store.read_bytes()
    one_more(approved)
    kept_checkpoint(approved)
    store.write_bytes(older)

    approved("audit", "verify")
    done = approved("audit", "verify", "--checkpoint", "kept.txt", code=5)

    assert "put back from an older copy" in done.out


def test_a_witness_keeps_what_they_saw_and_signs_nothing_else(approved):
    seen = ("audit", "witness", "--keep", "seen.txt")
    approved.refuses("W061", 4, *seen, person="wen")
    approved("key", "new", person="wen")
    kept_checkpoint(approved, "first.txt")
    first = approved.json(*seen, person="wen")
    one_more(approved)
    kept_checkpoint(approved, "second.txt")
    second = approved.json(*seen, person="wen")
    assert second["before"] == first["size"] < second["size"]
    kept = (approved.folder / "seen.txt").read_bytes()

    with closing(Forgery(approved.folder / "assent.db")) as forgery:
        forgery.do("UPDATE event SET line = replace(line, 'services', 'servicez') WHERE seq = 1")

    approved.refuses("W068", 5, *seen, person="wen")
    assert (approved.folder / "seen.txt").read_bytes() == kept


def test_only_what_is_newer_is_verified_since_one(approved):
    kept_checkpoint(approved)
    one_more(approved)

    said = approved.json("audit", "verify", "--since", "kept.txt")

    assert said["ok"]
    assert len(said["heads"]) == 2
    assert any("--since" in text for text in said["unchecked"])


@pytest.mark.parametrize("option", ["--checkpoint", "--since"])
def test_a_checkpoint_is_of_the_whole_trail(approved, option):
    kept_checkpoint(approved)

    approved("audit", "verify", "1", option, "kept.txt", code=2)


@pytest.mark.parametrize("body", SAID, ids=["missing", "empty", "no text", "cut off"])
def test_a_file_that_is_none_is_refused(approved, body):
    if body is not None:
        (approved.folder / "kept.txt").write_bytes(body)

    approved("audit", "verify", "--checkpoint", "kept.txt", code=2)


def test_nobody_else_makes_one(approved):
    approved.refuses("W030", 4, "audit", "checkpoint", person="bob")


def test_an_authority_that_does_not_answer_leaves_the_checkpoint(approved):
    done = approved("audit", "checkpoint", "--stamp", "http://127.0.0.1:1/", "--out", "kept.txt", code=1)

    assert "W067" in done.err
    approved("audit", "verify", "--checkpoint", "kept.txt")


@pytest.mark.parametrize("change", ["at = 'yesterday'", "frontier = ''", "body = ''", "person = ''"])
def test_a_checkpoint_that_was_altered_is_found_and_holds_no_action_up(approved, change):
    sealing(approved)
    kept_checkpoint(approved)
    with closing(Forgery(approved.folder / "assent.db")) as forgery:
        forgery.do(f"UPDATE checkpoint SET {change}")

    assert "FAILED" in approved("audit", "verify", code=5).out
    done = approved("withdraw", "1", "--reason", "不談了")
    assert "withdrawn" in done.out


def test_a_checkpoint_is_written_out_even_where_its_stamp_fails(approved):
    with (approved.folder / "assent.toml").open("a", encoding="utf-8") as settings:
        settings.write('checkpoints = "outside"\n')

    approved("audit", "checkpoint", "--stamp", "http://127.0.0.1:1/", code=1)

    assert list((approved.folder / "outside").iterdir())


def test_a_letter_to_the_other_side_is_a_receipt_of_the_trail(approved):
    approved("documents", "save", "1", "--out", "papers")
    (letter,) = (approved.folder / "papers").glob("*confirmation-letter*")
    text = "\n".join(paragraph.text for paragraph in Document(letter).paragraphs)
    receipt = re.search(r"AGR-\d{4}-\d{4}#\d+: (?:[0-9a-f]{8} ){7}[0-9a-f]{8}", text)[0]

    approved("audit", "verify", "--receipt", receipt)

    with closing(Forgery(approved.folder / "assent.db")) as forgery:
        forgery.edit(receipt.partition("#")[0], 1, lambda body: body["payload"].update(title="另一個"))
    approved("audit", "verify", "--receipt", receipt, code=5)

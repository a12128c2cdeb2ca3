"""The letter goes out in a message, the reply comes back, and the trail says what was read in it."""

import hashlib
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from types import SimpleNamespace

import pytest

from approvals.audit_replies import check_reply
from approvals.bundle import export
from workflow.errors import InvalidInputError, ReplyRefusedError, UnknownDocumentError
from workflow.events import Type
from workflow.lifecycle import State

NO = ("[X] B 變更後同意", "[X] C 不同意", "[X] A\n[X] C", "抱歉，無法同意。", f"[X] A\n{'e' * 64}")


@pytest.fixture
def deal(sqlite_world):
    """An agreement whose letter was sent."""
    return sqlite_world.workspace().new("services", sqlite_world.terms).open().agree().confirm()


def letter_of(deal):
    return next(document for document in deal.documents if document.kind == "confirmation-letter")


def reply(folder, text, name="答覆.eml", **attached):
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "許和風 <hsu@example.com>", "Re: 書面確認函"
    message.set_content(text)
    for file, body in attached.items():
        message.add_attachment(body, maintype="application", subtype="pdf", filename=f"{file}.pdf")
    path = folder / name
    path.write_bytes(bytes(message))
    return path


def recorded(world, deal):
    """Return what the event says, and what was read in the reply."""
    said = world.events(deal.ref)[-1].payload
    with world.reader() as reader:
        return said, json.loads(reader.content(said["report"])) if "report" in said else None


def test_the_message_carries_the_letter_that_was_issued(deal):
    got = message_from_bytes(deal.confirmation_kit(), policy=SMTP)

    attached = next(got.iter_attachments()).get_content()
    assert hashlib.sha256(attached).hexdigest() == letter_of(deal).file
    assert letter_of(deal).file in got.get_body().get_content()


def test_the_message_is_the_same_whoever_makes_it_and_however_late(deal, sqlite_world, tmp_path):
    made = deal.confirmation_kit()
    sqlite_world.clock.advance(days=3)

    deal.acknowledge(reply(tmp_path, "[X] A")).draft()

    assert sqlite_world.workspace().get(deal.ref).confirmation_kit() == made


def test_there_is_no_message_before_there_is_a_letter(sqlite_world):
    deal = sqlite_world.workspace().new("services", sqlite_world.terms)

    with pytest.raises(UnknownDocumentError):
        deal.confirmation_kit()


def test_nothing_internal_is_in_the_message(deal, sqlite_world):
    got = message_from_bytes(deal.confirmation_kit(), policy=SMTP)
    text = got.as_string() + got.get_body().get_content()

    assert not any(word in text for word in ("alice", "何愛莉", "legal", "F02", deal.case.terms))


def test_the_other_sides_yes_is_recorded_with_what_it_says(deal, sqlite_world, tmp_path):
    letter = letter_of(deal).file
    deal.acknowledge(reply(tmp_path, f"[X] A\n[ ] B\n{letter}", 回覆單=b"signed"))

    said, read = recorded(sqlite_world, deal)
    assert (said["answer"], said["quotes"]) == ("agree", "letter")
    assert read["sender"] == "許和風 <hsu@example.com>"
    assert read["attachments"] == [
        {"name": "回覆單.pdf", "sha256": hashlib.sha256(b"signed").hexdigest(), "size": 6}
    ]
    assert deal.state is State.CONFIRMED


def test_nobodys_name_or_address_stands_in_the_chain_itself(deal, sqlite_world, tmp_path):
    deal.acknowledge(reply(tmp_path, "[X] A"))

    line = json.dumps(sqlite_world.events(deal.ref)[-1].payload, ensure_ascii=False)
    assert "hsu@" not in line
    assert "許和風" not in line


@pytest.mark.parametrize("text", NO)
def test_anything_but_a_plain_yes_to_the_letter_is_refused(deal, sqlite_world, tmp_path, text):
    before = sqlite_world.counts()

    with pytest.raises(ReplyRefusedError) as refused:
        deal.acknowledge(reply(tmp_path, text))

    assert "assent round" in refused.value.explain()[2]
    assert sqlite_world.counts() == before
    assert deal.refresh().state is State.CONFIRMING


@pytest.mark.parametrize("text", NO)
def test_a_person_can_take_it_for_agreement_and_says_why(deal, sqlite_world, tmp_path, text):
    deal.acknowledge(reply(tmp_path, text), despite_answer="許總經理來電更正：同意。")

    said, _ = recorded(sqlite_world, deal)
    with sqlite_world.reader() as reader:
        assert reader.note(said["reason"]) == "許總經理來電更正：同意。"


def test_a_reason_for_nothing_is_refused(deal, tmp_path):
    with pytest.raises(InvalidInputError):
        deal.acknowledge(reply(tmp_path, "[X] A"), despite_answer="以防萬一")


def test_a_reply_to_a_letter_that_was_replaced_is_refused(deal, sqlite_world, tmp_path):
    first = letter_of(deal).file
    held = {"held_on": "2026-01-05", "attendees": ["何愛莉"], "summary": "再議價。"}
    from workflow import Round

    sqlite_world.clock.advance(days=1)
    deal.round(Round.read(held)).agree().confirm()

    with pytest.raises(ReplyRefusedError, match="earlier letter"):
        deal.acknowledge(reply(tmp_path, f"[X] A\n{first}"))
    deal.acknowledge(reply(tmp_path, f"[X] A\n{deal.documents[-1].file}\n\n> {first}"))


@pytest.mark.parametrize("name", ["scan.pdf", "scan.jpg", "reply.msg"])
def test_any_other_file_is_kept_as_it_is(deal, sqlite_world, tmp_path, name):
    deal.acknowledge(reply(tmp_path, "[X] C", name))

    said, _ = recorded(sqlite_world, deal)
    assert set(said) == {"evidence", "received_on", "note"}


def hostile():
    nested = b"x"
    for number in range(3000):
        edge = b"b%d" % number
        nested = b"Content-Type: multipart/mixed; boundary=" + edge + b"\r\n\r\n--" + edge + b"\r\n" + nested
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000
    return {"nested": nested, "of many parts": many}


@pytest.mark.parametrize("what", hostile())
def test_a_message_that_cannot_be_read_to_its_end_is_kept_as_a_file(deal, sqlite_world, tmp_path, what):
    path = tmp_path / "reply.eml"
    path.write_bytes(hostile()[what])

    deal.acknowledge(path)

    said, read = recorded(sqlite_world, deal)
    assert said["answer"] == "unread"
    assert read is None
    assert said["evidence"]["sha256"] == hashlib.sha256(hostile()[what]).hexdigest()


def test_a_large_message_is_read_too(deal, sqlite_world, tmp_path):
    deal.acknowledge(reply(tmp_path, "[X] A", scan=b"%PDF" * 500_000))

    said, read = recorded(sqlite_world, deal)
    assert said["answer"] == "agree"
    assert read["attachments"][0]["size"] == 2_000_000


def test_a_retry_with_the_same_name_does_nothing_new(deal, sqlite_world, tmp_path):
    path = reply(tmp_path, "[X] A")
    deal.acknowledge(path, once="x")

    sqlite_world.workspace().get(deal.ref).acknowledge(path, once="x")

    assert len(sqlite_world.events(deal.ref)) == deal.case.seq


@pytest.mark.parametrize(("text", "despite"), [("[X] A", ""), ("We agree.", ""), ("[X] B", "電話確認同意。")])
def test_the_audit_and_the_bundle_hold(deal, sqlite_world, tmp_path, text, despite):
    deal.acknowledge(reply(tmp_path, text), despite_answer=despite)

    with sqlite_world.reader() as reader:
        files = export(reader, [deal.ref])
    assert sqlite_world.audit().ok
    (report,) = (row for row in sqlite_world.events(deal.ref) if row.payload.get("report"))
    assert any(hashlib.sha256(body).hexdigest() == report.payload["report"] for body in files.values())


def found(payload, read=None):
    event = SimpleNamespace(type=Type.CONFIRMATION_ACKNOWLEDGED, payload=payload)
    evidence = SimpleNamespace(get=lambda _: json.dumps(read).encode())
    return [text for _, text in check_reply(event, evidence)]


READ = {"answer": "agree", "electronic": "none", "quotes": "letter"}


@pytest.mark.parametrize(
    ("payload", "read", "faults"),
    [
        ({}, None, 0),
        ({"answer": "unread"}, None, 0),
        ({**READ, "report": "r"}, READ, 0),
        ({**READ, "report": "r"}, {**READ, "answer": "disagree"}, 1),
        ({**READ, "report": "r"}, {**READ, "quotes": "other"}, 1),
        ({**READ, "answer": "changes"}, None, 1),
        ({**READ, "quotes": "other"}, None, 1),
        ({**READ, "answer": "changes", "reason": "n"}, None, 0),
    ],
)
def test_the_audit_finds_a_reply_that_is_not_what_the_event_says(payload, read, faults):
    assert len(found(payload, read)) == faults

"""What a reply by e-mail says is read as its sender meant it, or left to people; never more."""

import hashlib
import unicodedata
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import UnreadableFileError
from workflow.replies import Attachment, Reply, is_message, needs_reason, objections_to, read_reply

LETTER, EARLIER, ELSE = "a" * 64, "b" * 64, "c" * 64
FORM = f"[ ] A  同意\n[ ] B  變更後同意\n[ ] C  不同意\n[ ] E  電子\n[ ] F  紙本\nSHA-256：\n  {LETTER}\n"
FEW = settings(max_examples=100, deadline=None, database=None)


def message(text="", **headers):
    made = EmailMessage(policy=SMTP)
    said = {"From": "許和風 <hsu@example.com>", "Subject": "回覆：書面確認函", **headers}
    for name, value in said.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read(message, **given):
    body = message if isinstance(message, bytes) else bytes(message)
    return read_reply(body, **{"name": "reply.eml", "letter": LETTER, "earlier": (EARLIER,), **given})


def said(text):
    return read(message(text))


def raw(head, body):
    return head.encode() + b"\r\n\r\n" + body


def test_reads_who_sent_it_when_and_about_what():
    found = read(
        message("x", Date="Mon, 23 Nov 2026 18:30:00 +0800", Message_ID="<1@example.com>"),
    )

    assert (found.sender, found.subject) == ("許和風 <hsu@example.com>", "回覆：書面確認函")
    assert (found.sent, found.message_id) == ("2026-11-23T10:30:00Z", "<1@example.com>")


def test_lists_what_is_attached_with_its_digest():
    reply = message("見附件")
    reply.add_attachment(b"signed", maintype="application", subtype="pdf", filename="回覆單.pdf")

    assert read(reply).attachments == (Attachment("回覆單.pdf", hashlib.sha256(b"signed").hexdigest(), 6),)


@pytest.mark.parametrize("mark", ["X", "x", "V", "v", "✓", "✔", "☑", "■", "O", " X ", "Ｖ", "XX", "是"])
@pytest.mark.parametrize(("letter", "answer"), [("A", "agree"), ("B", "changes"), ("C", "disagree")])
def test_reads_the_box_that_is_ticked(mark, letter, answer):
    text = FORM.replace(f"[ ] {letter}", f"[{mark}] {letter}")

    assert said(text).answer == answer


@pytest.mark.parametrize(
    "line",
    [
        "[X]A",
        "(X) A. We agree",
        "［Ｖ］　Ａ",
        "【V】A",
        "> > [x] A  同意",
        "☑ A. 同意",
        "  [ x ] A",
        "v A 同意",
    ],
)
def test_reads_a_box_however_it_was_retyped(line):
    assert said(f"您好，\n{line}\n").answer == "agree"


def test_reads_the_form_where_it_is_attached():
    reply = message(f"如附。\n\n> {FORM}")
    reply.add_attachment(FORM.replace("[ ] A", "[V] A"), filename="reply.txt")

    assert read(reply).answer == "agree"


def test_reads_the_form_in_a_message_of_a_web_page():
    reply = message()
    reply.set_content(
        f"<div>[&nbsp;] A 同意</div><div>[X]&nbsp;C 不同意</div><p>{LETTER}</p>", subtype="html"
    )

    assert (read(reply).answer, read(reply).quotes) == ("disagree", "letter")


@pytest.mark.parametrize("charset", ["big5", "gb18030", "utf-16", "utf-7", "idna", "no-such-thing", ""])
def test_reads_a_message_in_whatever_letters_it_was_written(charset):
    text = "[V] A 同意".encode(charset if charset in ("big5", "gb18030", "utf-16") else "utf-8")
    head = f"Subject: x\r\nContent-Type: text/plain; charset={charset or '=?'}"

    assert read(raw(head, text)).answer == "agree"


@pytest.mark.parametrize("charset", ["utf-8", "cp950"])
def test_reads_a_heading_that_nobody_encoded(charset):
    assert read(b"Subject: " + "回覆確認函".encode(charset) + b"\r\n\r\nx").subject == "回覆確認函"


@pytest.mark.parametrize(
    "text",
    [
        "[X] A\n[X] B",
        "[V] A\n> [V] C",
        "[no] A",
        "[否] A",
        "抱歉，我們不同意。",
        "We do not agree to the price.",
        "無法接受第三條。\n\n> 原文",
        "We agree with the following changes: ...",
    ],
)
def test_leaves_to_people_what_is_not_one_clear_answer(text):
    assert said(text).answer == "unclear"


@pytest.mark.parametrize(
    "text",
    ["We agree.", "", FORM, "同意。\n\n-----原始郵件-----\n如不同意", "On 1 May, A wrote:\n> not agree"],
)
def test_says_where_no_box_is_ticked(text):
    assert said(text).answer == "none"


@pytest.mark.parametrize("text", ["(1) A first", "A. 同意", "[1] A note", "Dear A", "[X] Another", "[x] G"])
def test_takes_nothing_else_for_a_box(text):
    assert said(text).answer == "none"


@pytest.mark.parametrize(
    ("text", "form"), [("[X] A\n[X] E", "agreed"), ("[X] A\n[v] F", "objected"), ("[X] E\n[X] F", "unclear")]
)
def test_reads_what_they_say_of_electronic_form(text, form):
    assert said(text).electronic == form


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (LETTER, "letter"),
        (LETTER.upper(), "letter"),
        (" ".join(["aa"] * 32), "letter"),
        (f"{LETTER}\n> {EARLIER}", "letter"),
        (EARLIER, "earlier"),
        (ELSE, "other"),
        (f"{LETTER} {ELSE}", "other"),
        (f"https://example.com/?id={ELSE}", "none"),
        (LETTER[:40], "none"),
        (LETTER + "0", "none"),
    ],
)
def test_says_which_letter_is_meant_by_the_digests_in_it(text, quotes):
    assert said(text).quotes == quotes


@pytest.mark.parametrize(
    ("answer", "quotes", "needed"),
    [
        ("agree", "letter", False),
        ("agree", "none", False),
        ("none", "letter", False),
        ("unread", "", False),
        ("changes", "letter", True),
        ("disagree", "letter", True),
        ("unclear", "none", True),
        ("agree", "earlier", True),
        ("agree", "other", True),
    ],
)
def test_only_a_plain_yes_to_the_letter_needs_no_reason(answer, quotes, needed):
    assert needs_reason(answer, quotes) is needed


@pytest.mark.parametrize(
    "text", ["[X] B", "[X] C", "[X] A [X]\n[X] C", f"[X] A\n{EARLIER}", f"[X] A\n{ELSE}"]
)
def test_what_needs_a_reason_is_told(text):
    reply = said(text)

    assert needs_reason(reply.answer, reply.quotes)
    assert objections_to(reply)


def test_comes_back_from_what_is_recorded():
    reply = message(f"[X] A\n{LETTER}")
    reply.add_attachment(b"1", maintype="image", subtype="png", filename="a.png")

    assert Reply.from_data(read(reply).as_data()) == read(reply)


@pytest.mark.parametrize(
    ("name", "is_one"), [("a.eml", True), ("A.EML", True), ("a.pdf", False), ("eml", False)]
)
def test_a_message_is_known_by_its_name(name, is_one):
    assert is_message(name) is is_one


# What is sent to do harm.


def test_gives_up_on_more_parts_than_anybody_sends():
    parts = b"".join(b"--b\r\n\r\nx\r\n" for _ in range(10_000))

    with pytest.raises(UnreadableFileError):
        read(raw("Content-Type: multipart/mixed; boundary=b", parts + b"--b--"))


@pytest.mark.parametrize("depth", [50, 330])
def test_gives_up_on_a_message_within_messages_or_reads_it(depth):
    body = b"[X] A"
    for number in range(depth):
        edge = b"b%d" % number
        body = b"Content-Type: multipart/mixed; boundary=" + edge + b"\r\n\r\n--" + edge + b"\r\n" + body

    try:
        found = read(body)
    except UnreadableFileError:
        return

    assert found.answer in ("agree", "none")


@pytest.mark.parametrize(
    "body",
    [
        b"\x00" * 500,
        b"%PDF-1.7 \xff\xfe",
        b"From: " + b"(" * 5000,
        b"Subject: =?utf-8?b?" + b"A" * 9000,
        b"Subject: =?idna?q?x?=\r\n\r\nx",
        b"Date: 99999999999999999999\r\n\r\nx",
        b"Content-Type: text/plain; charset*=x''%zz\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\n--x",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\r\n\xff\r\nend",
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nx",
        b'Content-Disposition: attachment; filename*0*=x; filename*9="y"\r\n\r\nx',
        b"Content-Type: text/html\r\n\r\n" + b"<" * 9000 + b"<!--" * 500,
    ],
)
def test_takes_what_is_broken_as_far_as_it_can_be_read(body):
    found = read(body)

    assert found.answer == "none"
    assert "\n" not in found.sender + found.subject + found.sent


def test_shows_no_name_that_could_end_a_line_or_turn_it_round():
    found = read(b"From: =?utf-8?q?a=0aBcc=3a_x=e2=80=aey?= <a@example.com>\r\n\r\nx")

    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in found.sender)


@FEW
@given(st.binary(max_size=2000))
def test_ends_in_an_answer_or_in_words_whatever_it_is_given(body):
    try:
        found = read(body)
    except UnreadableFileError:
        return

    assert Reply.from_data(found.as_data()) == found

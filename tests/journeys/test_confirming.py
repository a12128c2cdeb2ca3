"""The letter's message and the other side's reply, as staff meet them."""

import hashlib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

NAME = "-confirmation.eml"


@pytest.fixture
def agreed(founded):
    """The command in a folder whose one agreement waits for its letter."""
    terms = (founded.folder / "terms.toml").read_text(encoding="utf-8")
    founded.write(
        "terms.toml",
        terms.replace('side = "theirs"\n', 'side = "theirs"\nemail = "hsu@example.com"\n'),
    )
    founded("new", "services", "--terms", "terms.toml")
    founded("open", "1")
    founded("agree", "1")
    return founded


def messages(cli):
    return sorted(path.name for path in cli.folder.glob("**/*.eml") if path.name.endswith(NAME))


def opened(path):
    return message_from_bytes(path.read_bytes(), policy=SMTP)


def answered(cli, tick, name="answer.eml"):
    """Answer the message as a mail program does: the form in it filled in, the original below."""
    (sent,) = cli.folder.glob(f"*{NAME}")
    text = opened(sent).get_body().get_content().replace("\r\n", "\n")
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = opened(sent)["To"], "deals@example.com"
    reply["Subject"] = f"Re: {opened(sent)['Subject']}"
    filled = text.replace(f"[ ] {tick}", f"[V] {tick}") if tick else text
    reply.set_content("您好，回覆如下。\n\n" + "\n".join(f"> {line}" for line in filled.split("\n")))
    (cli.folder / name).write_bytes(bytes(reply))
    return name


def test_the_letter_comes_with_a_message_that_carries_it(agreed):
    told = agreed("confirm", "1")

    (name,) = messages(agreed)
    got = opened(agreed.folder / name)
    letter = next(got.iter_attachments())
    assert name in told.out
    assert "send it" in told.err
    assert [address.addr_spec for address in got["To"].addresses] == ["hsu@example.com"]
    assert got["From"] is None
    digest = hashlib.sha256(letter.get_content()).hexdigest()
    assert digest in got.get_body().get_content()
    assert digest in {row["file"] for row in agreed.json("documents", "list", "1")["documents"]}


def test_tells_a_program_where_the_message_is(agreed):
    told = agreed.json("confirm", "1", "--out", "letters/one.eml")

    assert told["message"] == "letters/one.eml"
    assert (agreed.folder / "letters" / "one.eml").exists()


@pytest.mark.parametrize("out", ["letters", "letters/"])
def test_writes_into_a_folder_under_the_agreements_name(agreed, out):
    agreed("confirm", "1", "--out", out)

    assert (agreed.folder / "letters").is_dir()
    assert len(messages(agreed)) == 1


def test_never_takes_the_place_of_a_file_and_issues_nothing_then(agreed):
    agreed.write("mine.eml", "my own")

    agreed.refuses("W078", 1, "confirm", "1", "--out", "mine.eml")

    assert (agreed.folder / "mine.eml").read_text(encoding="utf-8") == "my own"
    agreed("confirm", "1")


def test_makes_the_same_message_again_without_issuing_anything(agreed):
    agreed("confirm", "1")
    (name,) = messages(agreed)

    with agreed.nothing_recorded():
        agreed("confirm", "1", "--again", "--out", "copy.eml")
        agreed("confirm", "1", "--again")

    assert (agreed.folder / "copy.eml").read_bytes() == (agreed.folder / name).read_bytes()


def test_a_retry_with_the_same_name_finds_its_own_message(agreed):
    first = agreed.json("confirm", "1", "--once", "x")

    assert agreed.json("confirm", "1", "--once", "x")["event"] == first["event"]


def test_says_how_to_write_the_message_where_it_could_not_be(agreed):
    agreed.write("blocked", "a file, not a folder")

    told = agreed("confirm", "1", "--out", "blocked/x.eml", code=1)

    assert "error[W079]" in told.err
    assert "--again" in told.err
    agreed("confirm", "1", "--again")
    assert len(messages(agreed)) == 1


def test_the_message_comes_from_the_address_that_is_set(agreed):
    with (agreed.folder / "assent.toml").open("a", encoding="utf-8") as settings:
        settings.write('[mail]\nfrom = "deals@example.com"\n')

    agreed("confirm", "1")

    (name,) = messages(agreed)
    assert [a.addr_spec for a in opened(agreed.folder / name)["From"].addresses] == ["deals@example.com"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[mail]\nfrom = "deals"\n', "W080"),
        ('[mail]\nfrm = "a@b.c"\n', "W001"),
        ("[mail]\nfrom = 3\n", "W001"),
    ],
)
def test_a_slip_in_the_settings_of_mail_is_told_before_anything_is_issued(agreed, text, error):
    with (agreed.folder / "assent.toml").open("a", encoding="utf-8") as settings:
        settings.write(text)

    agreed.refuses(error, 2, "confirm", "1")


def test_a_yes_that_comes_back_is_taken_and_told(agreed):
    agreed("confirm", "1")

    told = agreed("acknowledge", "1", "--evidence", answered(agreed, "A"))

    assert "hsu@example.com" in told.out
    assert "agrees" in told.out
    assert "the letter that was sent" in told.out
    assert "no signature" in told.err
    assert agreed.json("audit", "verify")["ok"]


def test_tells_a_program_what_the_reply_says(agreed):
    agreed("confirm", "1")

    said = agreed.json("acknowledge", "1", "--evidence", answered(agreed, "A"))["reply"]

    assert (said["answer"], said["quotes"]) == ("agree", "letter")


@pytest.mark.parametrize("tick", ["B", "C"])
def test_a_changed_yes_and_a_no_are_refused_with_what_to_do(agreed, tick):
    agreed("confirm", "1")
    reply = answered(agreed, tick)

    refused = agreed.refuses("W029", 1, "acknowledge", "1", "--evidence", reply)

    assert "民法 §160" in refused.err
    assert "assent round AGR-" in refused.err
    assert "--despite-answer" in refused.err


def test_a_person_decides_otherwise_with_a_reason_that_is_told(agreed):
    agreed("confirm", "1")

    why = "許總經理來電更正：同意。"
    agreed("acknowledge", "1", "--evidence", answered(agreed, "B"), "--despite-answer", why)

    assert why in agreed("timeline", "1").out
    assert agreed.json("audit", "verify")["ok"]


def test_the_talks_go_on_after_a_changed_yes_and_a_second_letter_is_another(agreed):
    agreed("confirm", "1")
    old = answered(agreed, "A", "old.eml")
    agreed("round", "1", "--file", "round.toml")
    agreed("agree", "1")
    agreed.refuses("W078", 1, "confirm", "1")
    agreed("confirm", "1", "--out", "second.eml")

    refused = agreed.refuses("W029", 1, "acknowledge", "1", "--evidence", old)

    assert "an earlier letter" in refused.err


def test_a_bundle_with_a_reply_verifies_elsewhere(agreed):
    agreed("confirm", "1")
    agreed("acknowledge", "1", "--evidence", answered(agreed, "A"))
    agreed("audit", "export", "1", "--out", "bundle")

    agreed.alone("bundle/verify.py", program="python3")

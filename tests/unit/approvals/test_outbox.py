"""The outbox tells each person once a day, whatever ended the run before; and which server it speaks to."""

from contextlib import nullcontext
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from approvals.errors import AddressError, MessageRefusedError
from approvals.outbox import Folder, Outbox, deliver, find_server
from approvals.reminders import Letter, Matter
from workflow.errors import InvalidInputError, SystemFileError

DAY = "2026-11-23"
KEYS = frozenset({"a" * 64, "b" * 64})


def letter(*refs, person="bob"):
    matters = [Matter(ref, 1, "", "", "-", "sign-off", "legal", "legal", "", "2026-11-19") for ref in refs]
    return Letter(person, person, f"{person}@example.com", tuple(matters))


def delivered(outbox, told, day=DAY):
    """Deliver one letter and return what became of it."""

    def write(*_):
        made = EmailMessage(policy=SMTP)
        made.set_content("甲")
        return made

    (result,) = deliver([told], outbox, nullcontext(Folder(outbox)), write, day=day, log="log")
    return result.outcome


@pytest.fixture
def outbox(tmp_path):
    return Outbox(tmp_path / "outbox")


@pytest.fixture
def message():
    made = EmailMessage(policy=SMTP)
    made.set_content("甲")
    return made


def test_remembers_what_it_wrote_on_the_day(outbox, message):
    path = outbox.put(outbox.name(DAY, "bob", KEYS), message, KEYS)

    assert path.read_bytes() == bytes(message)
    assert outbox.told(DAY, "bob") == KEYS
    assert not outbox.told("2026-11-24", "bob")
    assert not outbox.in_doubt(DAY, "bob")


def test_remembers_also_when_a_mail_program_has_taken_the_message_away(outbox, message):
    outbox.put(outbox.name(DAY, "bob", KEYS), message, KEYS).unlink()

    assert outbox.told(DAY, "bob") == KEYS


def test_a_run_that_ended_between_writing_and_remembering_leaves_one_message(outbox, message):
    name = outbox.name(DAY, "bob", KEYS)
    outbox.put(name, message, KEYS)
    for record in (outbox.folder / "told").iterdir():
        record.unlink()

    outbox.put(name, message, KEYS)

    assert [path.name for path in outbox.folder.glob("*.eml")] == [f"{name}.eml"]
    assert outbox.told(DAY, "bob") == KEYS


def test_a_message_of_other_content_has_another_name(outbox):
    names = {outbox.name(*what) for what in ((DAY, "bob", KEYS), (DAY, "bob", KEYS | {"c" * 64}))}
    names |= {outbox.name("2026-11-24", "bob", KEYS), outbox.name(DAY, "lena", KEYS)}

    assert len(names) == 4
    assert outbox.name(DAY, "bob", KEYS) in names


@pytest.mark.parametrize(
    ("one", "other"), [("bob", "bo"), ("bo", "bob"), ("a-b", "a"), ("a", "a-b"), ("a.b", "a")]
)
def test_takes_nobody_for_somebody_else(outbox, message, one, other):
    outbox.put(outbox.name(DAY, one, KEYS), message, KEYS)

    assert not outbox.told(DAY, other)


@pytest.mark.parametrize("person", ["../../etc/cron.d/x", "a/b", "..", "a\x00b", "", "x" * 32])
def test_no_identifier_leads_out_of_the_folder(outbox, message, person):
    path = outbox.put(outbox.name(DAY, person, KEYS), message, KEYS)

    assert path.resolve().parent == outbox.folder.resolve()
    assert outbox.told(DAY, person) == KEYS


def test_is_in_doubt_about_a_message_that_was_being_sent(outbox):
    name = outbox.name(DAY, "bob", KEYS)

    with pytest.raises(ConnectionResetError), outbox.sending(name, KEYS):
        raise ConnectionResetError

    assert outbox.in_doubt(DAY, "bob")
    assert outbox.told(DAY, "bob") == KEYS
    with outbox.sending(name, KEYS) as ours:
        assert not ours


def test_forgets_a_message_the_server_refused(outbox):
    name = outbox.name(DAY, "bob", KEYS)

    with pytest.raises(MessageRefusedError), outbox.sending(name, KEYS):
        raise MessageRefusedError(address="bob@example.com", reason="550")

    assert not outbox.told(DAY, "bob")
    with outbox.sending(name, KEYS) as ours:
        assert ours
    assert outbox.told(DAY, "bob") == KEYS
    assert not outbox.in_doubt(DAY, "bob")


def test_two_runs_at_once_send_one_message(outbox):
    name = outbox.name(DAY, "bob", KEYS)

    with outbox.sending(name, KEYS) as first, outbox.sending(name, KEYS) as second:
        assert (first, second) == (True, False)


def test_tells_again_only_what_was_not_told_yet_on_the_day(outbox):
    one, both = letter("AGR-2026-0042"), letter("AGR-2026-0042", "AGR-2026-0051")

    assert [delivered(outbox, told) for told in (one, one, both, both, one)] == [
        "written",
        "told",
        "written",
        "told",
        "told",
    ]
    assert delivered(outbox, one, day="2026-11-24") == "written"
    assert len(list(outbox.folder.glob("*.eml"))) == 3


def test_goes_on_past_a_letter_that_cannot_be_addressed(outbox, message):
    def write(to, name):
        if to.person == "bob":
            raise AddressError(address=to.email)
        return message

    letters = [letter("AGR-2026-0042", person=person) for person in ("alice", "bob", "carol")]
    results = deliver(letters, outbox, nullcontext(Folder(outbox)), write, day=DAY, log="log")

    assert [result.outcome for result in results] == ["written", "bad address", "written"]


def test_says_that_the_folder_cannot_be_written_to(tmp_path, message):
    (tmp_path / "file").touch()
    outbox = Outbox(tmp_path / "file")

    with pytest.raises(SystemFileError):
        outbox.put("name", message, KEYS)


@pytest.mark.parametrize(
    ("where", "starttls", "expected"),
    [
        ("mail.example.com", True, ("mail.example.com", 587)),
        ("mail.example.com", False, ("mail.example.com", 25)),
        ("mail.example.com:2525", False, ("mail.example.com", 2525)),
        ("[::1]:2525", False, ("::1", 2525)),
    ],
)
def test_finds_the_server(where, starttls, expected):
    server = find_server(where, starttls=starttls, user="")

    assert (server.host, server.port) == expected


@pytest.mark.parametrize(
    "where", ["", ":25", "host:port", "host:0x19", "host:99999", "host/x", "me@host", "http://host", "[::1"]
)
def test_refuses_what_names_no_server(where):
    with pytest.raises(InvalidInputError, match="HOST or HOST:PORT"):
        find_server(where, starttls=False, user="")


def test_never_sends_a_password_in_the_clear(monkeypatch):
    monkeypatch.setenv("ASSENT_SMTP_PASSWORD", "secret")

    with pytest.raises(InvalidInputError, match="--starttls"):
        find_server("mail.example.com", starttls=False, user="assent")


def test_takes_the_password_from_the_environment_or_a_file_and_shows_it_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("ASSENT_SMTP_PASSWORD", "secret")
    assert find_server("host", starttls=True, user="assent").password == "secret"

    file = tmp_path / "password"
    file.write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("ASSENT_SMTP_PASSWORD_FILE", str(file))
    server = find_server("host", starttls=True, user="assent")
    assert server.password == "from the file"
    assert "from the file" not in repr(server)

    monkeypatch.setenv("ASSENT_SMTP_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(SystemFileError):
        find_server("host", starttls=True, user="assent")


def test_asks_for_the_password_where_there_is_none(monkeypatch):
    monkeypatch.delenv("ASSENT_SMTP_PASSWORD", raising=False)
    monkeypatch.delenv("ASSENT_SMTP_PASSWORD_FILE", raising=False)

    with pytest.raises(InvalidInputError, match="ASSENT_SMTP_PASSWORD_FILE"):
        find_server("host", starttls=True, user="assent")

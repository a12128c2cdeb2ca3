"""Reminders as people run them: into a folder, to a mail server, again and again, and killed half-way."""

import os
import signal
import socket
import sqlite3
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP as POLICY

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from approvals.cli.output import width
from workflow.values.deadlines import office_calendar, working_days_between

SENDER = ("--from", "assent@example.com")


class Postbox:
    """What a mail server was handed; *on_data* is called before it answers."""

    def __init__(self):
        self.messages = []
        self.refuses = ()
        self.on_data = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuses:
            return "550 5.1.1 no such user \x1b[2J"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        self.on_data()
        return "250 OK"

    @property
    def readers(self):
        return [reader for _, readers, _ in self.messages for reader in readers]


def free_port():
    """Return a port nobody listens on; the server's library cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def server(postbox):
    """A mail server on this machine; returns HOST:PORT."""
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, and its key, as files."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


@pytest.fixture
def locked(postbox, certificate):
    """A mail server that takes mail under TLS, from the account assent with its password, only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    def known(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"assent", b"s3cret"), handled=False)

    class Locked(Controller):
        def factory(self):
            return SMTP(
                self.handler,
                tls_context=context,
                require_starttls=True,
                auth_required=True,
                authenticator=known,
            )

    controller = Locked(postbox, hostname="localhost", port=free_port())
    controller.start()
    yield f"localhost:{controller.port}"
    controller.stop()


def set_rows(cli, query, *values):
    with closing(sqlite3.connect(cli.folder / "assent.db")) as connection:
        connection.execute(query, values)
        connection.commit()


@pytest.fixture
def late(in_sign_off, ways):
    """An office where bob's sign-off was due four days ago, and everyone but sam has an address."""
    set_rows(in_sign_off, "UPDATE seat SET due = ?", (ways.TODAY - timedelta(days=4)).isoformat())
    set_rows(in_sign_off, "UPDATE person SET email = id || '@example.com' WHERE id <> 'sam'")
    return in_sign_off


def cut(line, start):
    """Return what of a line stands behind so many columns."""
    kept = 0
    while kept < len(line) and width(line[:kept]) < start:
        kept += 1
    return line[kept:]


def outbox(cli):
    return sorted((cli.folder / "outbox").glob("*.eml"))


def outcomes(document):
    return {row["person"]: row["outcome"] for row in document["messages"]}


def test_writes_one_message_to_everyone_for_whom_something_is_late(late, ways):
    document = late.json("remind")

    (path,) = outbox(late)
    message = message_from_bytes(path.read_bytes(), policy=POLICY)
    assert outcomes(document) == {"bob": "written"}
    assert document["messages"][0]["waiting"] == [ways.REF]
    assert str(message["To"]) == "陳伯寧 <bob@example.com>"
    assert ways.REF in message["Subject"]
    assert [part.get_filename() for part in message.iter_attachments()] == ["assent.ics"]


def test_trap_15_a_reminder_run_twice_on_one_day_sends_once(late, postbox, server):
    # OCA/server-ux#1245: reminders without end.
    for _ in range(3):
        late("remind", "--smtp", server, *SENDER)

    assert postbox.readers == ["bob@example.com"]
    assert outcomes(late.json("remind", "--smtp", server, *SENDER)) == {"bob": "told"}


def test_writes_once_a_day_too(late):
    first = late("remind")
    before = [(path.name, path.read_bytes()) for path in outbox(late)]
    second = late("remind")

    assert [(path.name, path.read_bytes()) for path in outbox(late)] == before
    assert "written" in first.out
    assert "told already today" in second.out


def test_tells_again_when_something_else_becomes_late(late, ways):
    late("remind")
    set_rows(late, "UPDATE seat SET due = ?", (ways.TODAY - timedelta(days=3)).isoformat())
    late("remind")

    assert len(outbox(late)) == 2


def test_a_run_that_is_killed_while_sending_does_not_make_the_next_one_send_again(
    late, postbox, server, tmp_path
):
    (tmp_path / "empty").touch()
    streams = {name: str(tmp_path / name) for name in ("out", "err")}
    started = []
    postbox.on_data = lambda: os.kill(started[0], signal.SIGKILL)
    started.append(
        late.start("remind", "--smtp", server, *SENDER, **streams, **{"in": str(tmp_path / "empty")})
    )
    late.wait(started[0])
    postbox.on_data = lambda: None

    document = late.json("remind", "--smtp", server, *SENDER)

    assert postbox.readers == ["bob@example.com"]
    assert outcomes(document) == {"bob": "in_doubt"}


def test_tries_again_what_the_server_refused(late, postbox, server):
    postbox.refuses = ("bob@example.com",)

    refused = late("remind", "--smtp", server, *SENDER, code=1)
    postbox.refuses = ()
    late("remind", "--smtp", server, *SENDER)

    assert "550 5.1.1 no such user" in refused.out
    assert "\x1b" not in refused.out
    assert postbox.readers == ["bob@example.com"]


def test_says_that_the_server_cannot_be_reached_and_tries_again_the_next_time(late, postbox, server):
    failed = late("remind", "--smtp", "127.0.0.1:1", *SENDER, code=1)

    late("remind", "--smtp", server, *SENDER)

    assert "error[W081]: the mail server 127.0.0.1:1 cannot be used" in failed.err
    assert postbox.readers == ["bob@example.com"]


def test_speaks_to_a_server_that_wants_tls_and_a_password(late, postbox, locked, certificate):
    late.env |= {"SSL_CERT_FILE": str(certificate / "cert.pem"), "ASSENT_SMTP_PASSWORD": "s3cret"}

    late("remind", "--smtp", locked, "--starttls", "--user", "assent", *SENDER)

    assert postbox.readers == ["bob@example.com"]
    assert postbox.messages[0][0] == "assent@example.com"


def test_sends_no_password_to_a_server_that_cannot_prove_who_it_is(late, postbox, locked):
    late.env |= {"ASSENT_SMTP_PASSWORD": "s3cret"}

    failed = late("remind", "--smtp", locked, "--starttls", "--user", "assent", *SENDER, code=1)

    assert "certificate" in failed.err
    assert "s3cret" not in failed.err + failed.out
    assert not postbox.messages


def test_says_that_the_password_is_wrong(late, postbox, locked, certificate):
    late.env |= {"SSL_CERT_FILE": str(certificate / "cert.pem"), "ASSENT_SMTP_PASSWORD": "wrong"}

    failed = late("remind", "--smtp", locked, "--starttls", "--user", "assent", *SENDER, code=1)

    assert "535" in failed.err
    assert "wrong" not in failed.err
    assert not postbox.messages


def test_names_people_without_an_address_and_goes_on(late):
    set_rows(late, "UPDATE person SET email = '' WHERE id = 'bob'")

    document = late.json("remind")

    assert outcomes(document) == {"bob": "no_address"}
    assert "no e-mail address" in late("remind").out
    assert not outbox(late)


def test_writes_to_nobody_where_an_address_was_made_to_reach_another(late):
    set_rows(late, "UPDATE person SET email = ? WHERE id = 'bob'", "bob@example.com\r\nBcc: eve@example.com")

    document = late.json("remind")

    assert outcomes(document) == {"bob": "bad_address"}
    assert "not an e-mail address" in late("remind").out
    assert not outbox(late)


def test_calls_no_server_where_nobody_is_to_be_told(late, server):
    late("remind", "--smtp", server, *SENDER)

    assert outcomes(late.json("remind", "--smtp", "127.0.0.1:1", *SENDER)) == {"bob": "told"}


def test_tells_whom_the_policy_escalates_to_of_what_is_late(late):
    late("people", "role", "grace", "division_head")

    document = late.json("remind")

    assert {row["person"]: (row["waiting"], row["escalated"]) for row in document["messages"]} == {
        "bob": (document["messages"][0]["waiting"], []),
        "grace": ([], document["messages"][0]["waiting"]),
    }


def test_escalates_nothing_on_the_day_it_is_due(late, ways):
    late("people", "role", "grace", "division_head")
    set_rows(late, "UPDATE seat SET due = ?", ways.TODAY.isoformat())

    assert [row["person"] for row in late.json("remind")["messages"]] == ["bob"]


def test_names_a_role_to_be_told_that_nobody_holds(late, ways):
    result = late("remind")

    assert f"{ways.REF} is late and is to be told to division head, a role that nobody holds" in result.err


def test_reminds_nobody_of_what_is_not_due_yet(in_sign_off, ways):
    days = (ways.TODAY + timedelta(days=60)).isoformat()
    set_rows(in_sign_off, "UPDATE seat SET due = ?", days)

    assert "Nobody has to be reminded." in in_sign_off("remind").out
    assert not outbox(in_sign_off)

    ahead = working_days_between(ways.TODAY, ways.TODAY + timedelta(days=60), office_calendar())
    assert not in_sign_off.json("remind", "--within", ahead - 1)["messages"]
    assert in_sign_off.json("remind", "--within", ahead)["messages"]


def test_nothing_is_ever_approved_by_time_passing(late, ways):
    set_rows(late, "UPDATE seat SET due = '2001-01-02'")
    before = late.json("show", "1")

    with late.nothing_recorded():
        late("remind")
        late("remind", "--within", "365")
        late("inbox", person="bob")

    after = late.json("show", "1")
    assert after == before
    assert after["state"] == "sign_off"
    assert [row["given"] for row in after["seats"]] == [0, 0]
    assert [row["ref"] for row in late.json("inbox", person="bob")["agreements"]] == [ways.REF]


def test_refuses_to_send_without_a_sender(late, server):
    assert "--from" in late("remind", "--smtp", server, code=2).err
    assert "W080" in late("remind", "--from", "x@y.tw, z@y.tw", code=2).err


def test_follows_the_organisations_own_exceptions(late, ways):
    days = [ways.TODAY - timedelta(days=number) for number in range(4)]
    rows = "".join(f"{day},working,test\n" for day in days)
    late.write("holidays.csv", f"date,day,name\n{rows}")
    toml = late.folder / "assent.toml"
    toml.write_text('holidays = "holidays.csv"\n' + toml.read_text(encoding="utf-8"), encoding="utf-8")

    assert late.json("inbox", person="bob")["agreements"][0]["working_days_late"] == 4

    late.write("holidays.csv", "date,day,name\nsoon,working,test\n")
    refused = late("inbox", person="bob", code=2)
    assert "row 2, date: 'soon' is not a date" in refused.err


@pytest.mark.parametrize("columns", ["60", "80", "100"])
@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_the_inbox_never_cuts_a_reference_an_amount_or_when_it_is_due(late, ways, columns, lang):
    long = "福爾摩沙系統維護及資料處理委託服務股份有限公司籌備處"
    set_rows(late, "UPDATE agreement SET title = ?, counterparty = ?, total_minor = 123456789000", long, long)
    set_rows(late, "UPDATE agreement SET currency = 'TWD'")
    late.env |= {"COLUMNS": columns}
    days = working_days_between(ways.TODAY - timedelta(days=4), ways.TODAY, office_calendar())

    shown = late("inbox", "--lang", lang, person="bob").out

    assert ways.REF in shown
    assert ("NT$1,234,567,890" if lang == "zh-TW" else "TWD 1,234,567,890") in shown
    due, heading = (
        (f"逾期 {days} 個工作天", "期限") if lang == "zh-TW" else (f"{days} working days late", "DUE")
    )
    lines = shown.splitlines()
    if lines[0].endswith(heading):  # a table, with the day in the last column, on as many lines as it takes
        start = width(lines[0].removesuffix(heading))
        shown = "".join(cut(line, start) for line in lines[1:])
    assert due.replace(" ", "") in shown.replace(" ", "")
    assert max(map(width, lines)) <= int(columns)


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_the_inbox_stays_a_table_at_80_columns_when_something_is_late(late, ways, lang):
    set_rows(late, "UPDATE agreement SET title = '產品型錄翻譯服務', counterparty = '和風翻譯有限公司'")
    set_rows(late, "UPDATE seat SET due = ?", (ways.TODAY - timedelta(days=30)).isoformat())
    late.env |= {"COLUMNS": "80"}

    heading, first, *_ = late("inbox", "--lang", lang, person="bob").out.splitlines()

    assert heading.split()[-1] in ("DUE", "期限")
    assert first.startswith(ways.REF)


def test_the_inbox_writes_a_calendar(late, ways):
    late("inbox", "--ics", "due.ics", person="bob")
    late("inbox", "--ics", "due.ics", person="bob")

    text = (late.folder / "due.ics").read_bytes().decode()
    day = ways.TODAY - timedelta(days=4)
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\n" in text
    assert text.count("BEGIN:VEVENT") == 1
    late("inbox", "--ics", "reply.eml", person="bob", code=1)


def test_the_inbox_leaves_with_8_for_what_is_late_too(late):
    late("inbox", "--exit-code", person="bob", code=8)
    late("inbox", "--exit-code", person="sam", code=0)

"""What is sent: well-formed messages and calendars, whatever the names in them try."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.errors import AddressError
from approvals.messages import mailbox, save_calendar, write_calendar, write_message
from approvals.reminders import Letter, Matter
from workflow.errors import FileKeptError, SystemFileError
from workflow.values.deadlines import office_calendar

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TAIWAN = office_calendar()
MATTER = Matter(
    "AGR-2026-0042",
    2,
    "雲端主機服務合約",
    "台北光電股份有限公司",
    "TWD 1,250,000",
    "sign-off",
    "legal",
    "legal",
    "",
    "2026-11-19",
)
#: What would begin a header, a line of a calendar or another part, or reorder what is read.
HOSTILE = [
    "x\r\nBcc: eve@example.com",
    "x\nBcc: eve@example.com\n\nhello",
    "x\r\n\r\n--boundary",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:other",
    "x\u202eyx\u2066",
    'x" <eve@example.com>, "y',
    "x, eve@example.com",
    "x; y: z\\, \\n",
    "=?utf-8?q?=0d=0aBcc=3A_eve=40example=2Ecom?=",
    "\ud800\x00\x85\u2028",
    "甲" * 3000,
]
FEW = settings(max_examples=100, deadline=None, database=None)


def message(letter=None, **changes):
    """Return a message as whoever receives it reads it."""
    letter = letter or Letter("bob", "陳伯寧", "bob@example.com", (MATTER,))
    said = {"sender": "assent@example.com", "log": "log", "name": "2026-11-23_bob_1", "now": NOW}
    return received(write_message(letter, calendar=TAIWAN, **{**said, **changes}))


def received(written):
    return message_from_bytes(bytes(written), policy=SMTP)


def matter(**changes):
    values = {name: getattr(MATTER, name) for name in MATTER.__dataclass_fields__}
    return Matter(**{**values, **changes})


def events(calendar):
    """Read a calendar with a parser that did not write it."""
    return list(vobject.readOne(calendar.decode()).contents.get("vevent", []))


def test_carries_a_chinese_subject_a_plain_text_and_the_due_dates():
    got = message()

    assert got["Subject"] == "1 waiting for you, 1 late: AGR-2026-0042"
    assert str(got["To"]) == "陳伯寧 <bob@example.com>"
    assert str(got["From"]) == "Assent <assent@example.com>"
    assert got["Date"].datetime == NOW
    assert got["Message-ID"] == "<2026-11-23_bob_1@assent.invalid>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert "雲端主機服務合約" in got.get_body(("plain",)).get_content()
    (attached,) = got.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "assent.ics"
    assert [str(event.summary.value) for event in events(attached.get_content().encode())] == [
        "Sign AGR-2026-0042: 雲端主機服務合約"
    ]


def test_is_ascii_on_the_way_so_that_no_server_can_damage_it():
    written = bytes(
        write_message(
            Letter("bob", "陳伯寧", "bob@example.com", (MATTER,)),
            sender="assent@example.com",
            log="log",
            name="n",
            now=NOW,
            calendar=TAIWAN,
        )
    )

    assert written.isascii()
    assert all(len(line) <= 998 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")


def test_has_nothing_attached_where_nothing_waits_for_its_reader():
    got = message(Letter("grace", "王怡君", "grace@example.com", (), (MATTER,)))

    assert not list(got.iter_attachments())
    assert got["Subject"] == "1 late with others: AGR-2026-0042"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_name_or_title_adds_a_header_or_a_reader(hostile):
    bad = matter(ref=hostile, title=hostile, counterparty=hostile, aspect=hostile, role=hostile)

    got = message(Letter("bob", hostile, "bob@example.com", (bad,), (bad,)))

    assert [address.addr_spec for address in got["To"].addresses] == ["bob@example.com"]
    assert sorted(got.keys()) == sorted(message().keys())
    assert not got.defects
    assert "\u202e" not in got.get_body(("plain",)).get_content()
    assert len(list(got.iter_attachments())) == 1


@FEW
@given(st.text(max_size=40), st.text(max_size=80))
def test_any_name_and_title_make_one_message_to_one_reader(name, title):
    got = message(Letter("bob", name, "bob@example.com", (matter(title=title),)))

    assert [address.addr_spec for address in got["To"].addresses] == ["bob@example.com"]
    assert sorted(got.keys()) == sorted(message().keys())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bob",
        "bob@",
        "@example.com",
        "bob@example.com, eve@example.com",
        "bob@example.com\r\nBcc: eve@example.com",
        "bob@example.com\n",
        "Bob <bob@example.com>",
        "bob@exa\u202emple.com",
        "bob smith@example.com",
        "b@b@example.com",
        "陳@example.com",
        "bob@例子.tw",
        "<bob@example.com>",
        "bob;eve@example.com",
        "bob(x)@example.com",
        "a" * 65 + "@example.com",
    ],
)
def test_refuses_what_is_not_one_address(address):
    with pytest.raises(AddressError) as refused:
        mailbox("Bob", address)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["bob@example.com", "bob.chen+assent@mail.example.com.tw", "o'neill@x.tw"]
)
def test_takes_an_address_as_it_is(address):
    assert mailbox("Bob", address).addr_spec == address


def test_a_calendar_has_a_whole_day_for_everything_that_is_due():
    later = matter(ref="AGR-2026-0051", task="review", flag="F-1", due="2026-12-31")

    first, second = events(write_calendar([MATTER, later, matter(due="")], log="log", now=NOW))

    assert (first.dtstart.value, first.dtend.value) == (date(2026, 11, 19), date(2026, 11, 20))
    assert second.dtend.value - second.dtstart.value == timedelta(days=1)
    assert second.summary.value == "Review AGR-2026-0051: 雲端主機服務合約"
    assert first.description.value.split("\n")[-1] == "assent show AGR-2026-0042"
    assert first.uid.value != second.uid.value
    assert first.dtstamp.value == NOW


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_title_ends_an_event_or_makes_another(hostile):
    calendar = write_calendar([matter(title=hostile, counterparty=hostile)], log="log", now=NOW)

    (event,) = events(calendar)

    assert set(event.contents) == {
        "summary", "dtstart", "dtend", "dtstamp", "uid", "description", "transp",
    }  # fmt: skip
    assert not re.search(rb"[^\r]\n|\r[^\n]", calendar)
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))


@FEW
@given(st.text(max_size=200))
def test_every_title_comes_back_from_a_calendar(title):
    (event,) = events(write_calendar([matter(title=title)], log="log", now=NOW))

    shown = "".join(c if c.isprintable() or c == "\u3000" else "\ufffd" for c in title)
    shown = shown.replace("\\N", "\n")  # the library takes these two characters for the end of a line
    assert event.summary.value == f"Sign AGR-2026-0042: {shown}"


def test_a_calendar_takes_the_place_of_a_calendar_and_of_nothing_else(tmp_path):
    path, other = tmp_path / "due.ics", tmp_path / "contract.docx"
    other.write_bytes(b"work")

    save_calendar(path, [], log="log", now=NOW)
    save_calendar(path, [MATTER], log="log", now=NOW)

    assert len(events(path.read_bytes())) == 1
    with pytest.raises(FileKeptError):
        save_calendar(other, [MATTER], log="log", now=NOW)
    assert other.read_bytes() == b"work"
    with pytest.raises(SystemFileError):
        save_calendar(other / "due.ics", [MATTER], log="log", now=NOW)

"""What is sent: a reminder as an e-mail message, due dates as a calendar file.

Names and titles come from a database that may have been tampered with, so nothing in them can
begin a header, add a recipient or reorder what is read.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from approvals.errors import AddressError
from approvals.reminders import Letter, Matter, body, labelled, subject
from workflow import mail
from workflow.errors import SystemFileError
from workflow.files import save_files
from workflow.i18n import mark
from workflow.mail import header_text, one_line
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import Calendar


def write_message(
    letter: Letter, *, sender: str, log: str, name: str, now: datetime, calendar: Calendar
) -> EmailMessage:
    """Return a reminder, with the due dates of what waits attached; raise `AddressError` for no address.

    *name* makes the message's own identifier, so that one that comes twice is known to be one.
    """
    today = now.astimezone(TAIPEI).date()
    message = EmailMessage(policy=SMTP)
    message["From"] = mailbox("Assent", sender)
    message["To"] = mailbox(letter.name, letter.email)
    message["Subject"] = header_text(subject(letter, today))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{name}@assent.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    text = body(letter, today, calendar)
    # Base64 for Chinese, which no server on the way can damage; Python chooses for the rest.
    message.set_content(text, cte=None if text.isascii() else "base64")
    if letter.waiting:
        message.add_attachment(
            write_calendar(letter.waiting, log=log, now=now),
            maintype="text",
            subtype="calendar",
            filename="assent.ics",
            params={"charset": "utf-8", "method": "PUBLISH"},
        )
    return message


def write_calendar(matters: Iterable[Matter], *, log: str, now: datetime) -> bytes:
    """Return due dates as an iCalendar file (RFC 5545): an event of a whole day for each.

    An event keeps its identifier when its day moves, so that a calendar that has it moves it.
    """
    import icalendar  # only where someone asks for a calendar

    made = icalendar.Calendar()
    made.add("prodid", "-//Assent//assent//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for matter in matters:
        if not matter.due:
            continue
        day = date.fromisoformat(matter.due)
        event = icalendar.Event()
        event.add("uid", f"{matter.event_id(log)}@assent.invalid")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", matter.summary())
        event.add("description", "\n".join(_details(matter)))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())


def save_calendar(path: Path, matters: Iterable[Matter], *, log: str, now: datetime) -> None:
    """Write due dates to a file; only a calendar that is there already gives way to it."""
    try:
        ours = path.is_file() and path.read_bytes().startswith(b"BEGIN:VCALENDAR")
    except OSError as error:
        raise SystemFileError(path=path, reason=error.strerror) from None
    save_files({path.name: write_calendar(matters, log=log, now=now)}, path.parent, replace=ours)


def mailbox(name: str, address: str) -> Address:
    """Return one e-mail address with the name of who it belongs to, or raise `AddressError`."""
    found = mail.mailbox(name, address)
    if found is None:
        raise AddressError(address=one_line(address))
    return found


def _details(matter: Matter) -> list[str]:
    facts = ((mark("other side"), matter.counterparty), (mark("value"), matter.amount))
    lines = [labelled(label, value) for label, value in facts if value]
    return [*lines, f"assent show {one_line(matter.ref)}"]

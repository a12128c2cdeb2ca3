"""Reminders: a message for everyone for whom something is late or soon due. Reads the store only."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.words import role_name
from approvals.lateness import is_late
from approvals.reminders import Letter, labelled, letters
from workflow.i18n import mark
from workflow.reading import Reader, Row
from workflow.values.dates import TAIPEI

if TYPE_CHECKING:
    from email.message import EmailMessage

    from approvals.outbox import Result

_NOBODY = "assent@localhost"

#: What became of a letter, and the words for it.
OUTCOMES = {
    "written": mark("written"),
    "sent": mark("sent"),
    "told": mark("told already today"),
    "in doubt": mark("was being sent when an earlier run ended; not sent again today"),
    "no address": mark("no e-mail address"),
    "bad address": mark("not an e-mail address"),
    "refused": mark("refused"),
}

_LATE = """
    SELECT a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.revision,
           s.aspect, s.role, 'sign-off' AS task, '' AS flag, s.due, s.rules
    FROM v_agreement a JOIN v_seat s ON s.agreement = a.ref
    WHERE a.state = 'sign_off' AND s.is_open = 1 AND s.due <> '' AND s.due < :today
    UNION ALL
    SELECT a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.revision,
           f.aspect, f.role, 'review' AS task, f.flag, f.due, f.rules
    FROM v_agreement a JOIN v_flag f ON f.agreement = a.ref
    WHERE a.state = 'expert_review' AND f.blocking = 1 AND f.due <> '' AND f.due < :today
"""


@command(
    "remind",
    mark(
        "Write to everyone for whom something is late or soon due.\n\n"
        "One message a person and day, with the due dates attached, into a folder or to a mail server. "
        "Run it from a scheduler as often as you like: on one day nobody is told the same thing twice. "
        "Who else is told of what is late, the policy says (escalate_to). Nothing is ever approved by "
        "time passing.\n\n"
        "The folder also remembers who was told. The mail server's password is read from "
        "ASSENT_SMTP_PASSWORD, or from the file that ASSENT_SMTP_PASSWORD_FILE names."
    ),
    epilog="\b\nassent remind\nassent remind --within 5 --outbox /var/spool/assent\n"
    "assent remind --smtp mail.example.com --starttls --user assent --from assent@example.com",
)
@click.option(
    "--outbox",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    default="outbox",
    show_default=True,
    help=mark("The folder for messages (.eml), and for the memory of what was told."),
)
@click.option("--smtp", metavar="HOST[:PORT]", help=mark("Send by this mail server instead."))
@click.option("--from", "sender", metavar="ADDRESS", help=mark("The sender's address; needed for --smtp."))
@click.option("--starttls", is_flag=True, help=mark("Speak to the mail server under TLS only."))
@click.option("--user", default="", metavar="NAME", help=mark("The account on the mail server."))
@click.option(
    "--within",
    type=click.IntRange(0, 365),
    default=1,
    show_default=True,
    metavar="N",
    help=mark("Also tell of what is due within N working days; 0 is today."),
)
def remind_command(
    settings: Settings, folder: Path, smtp: str | None, within: int, sender: str | None, **given: Any
) -> int:
    """Remind everyone."""
    from approvals.messages import mailbox, write_message
    from approvals.outbox import Folder, Outbox, deliver, find_server

    if smtp and not sender:
        raise click.UsageError(say(mark("--smtp needs --from ADDRESS, the address the messages come from")))
    sender = mailbox("", sender or _NOBODY).addr_spec
    outbox, now = Outbox(folder), datetime.now(UTC)
    today = now.astimezone(TAIPEI).date()
    with settings.reader() as reader, reader.snapshot():
        log = reader.rows("SELECT value FROM v_meta WHERE name = :name", name="log")[0]["value"]
        found, untold = letters(
            reader.waiting(today),
            reader.rows(_LATE, today=today.isoformat()),
            reader.people(),
            escalate_to=_escalation(reader),
            today=today,
            within=within,
            calendar=settings.calendar,
            receipts={
                row["ref"]: f"{row['ref']}#{row['seq']}:{row['head']}"
                for row in reader.rows("SELECT ref, seq, head FROM v_agreement")
            },
        )

    way = find_server(smtp, **given).opened(outbox) if smtp else nullcontext(Folder(outbox))

    def write(letter: Letter, name: str) -> "EmailMessage":
        return write_message(letter, sender=sender, log=log, name=name, now=now, calendar=settings.calendar)

    results = deliver(found, outbox, way, write, day=today.isoformat(), log=log)
    if settings.as_json:
        show_json(
            "remind",
            day=today.isoformat(),
            messages=[_row(result) for result in results],
            nobody_told=[{"ref": m.ref, "aspect": m.aspect, "role": role} for m, role in untold],
        )
    elif not results:
        show(say(mark("Nobody has to be reminded.")))
    else:
        _show(results, today)
    for matter, role in untold:
        text = mark("{ref} is late and is to be told to {role}, a role that nobody holds")
        remark(say(text, ref=matter.ref, role=role_name(role)))
    return 1 if any(result.outcome == "refused" for result in results) else 0


def _escalation(reader: Reader) -> Callable[[str, str], str]:
    """Return what gives the role to be told, by the policy each agreement was submitted under."""

    @cache
    def policy_of(ref: str) -> Any:
        from approvals.policy import read_policy

        submission = reader.case(ref).submission
        return read_policy(reader.content(submission.policy), source=ref) if submission else None

    def escalate_to(ref: str, rule: str) -> str:
        policy = policy_of(ref)
        found = policy.rule(rule) if policy else None
        return str(getattr(found, "escalate_to", "") or "")

    return escalate_to


def _show(results: Sequence["Result"], today: date) -> None:
    show_table(
        (mark("PERSON"), mark("ADDRESS"), mark("WAITING"), mark("LATE"), mark("OF OTHERS"), mark("MESSAGE")),
        [
            (
                result.letter.name,
                result.letter.email or "-",
                str(len(result.letter.waiting)),
                str(sum(is_late(matter.due, today) for matter in result.letter.waiting)),
                str(len(result.letter.escalated)),
                _said(result),
            )
            for result in results
        ],
        right=[2, 3, 4],
        flexible=[0, 1, 5],
    )


def _said(result: "Result") -> str:
    outcome = say(OUTCOMES[result.outcome])
    return labelled(outcome, result.detail) if result.detail else outcome


def _row(result: "Result") -> Row:
    letter = result.letter
    return {
        "person": letter.person,
        "name": letter.name,
        "email": letter.email,
        "outcome": result.outcome.replace(" ", "_"),
        "detail": result.detail,
        "waiting": [matter.ref for matter in letter.waiting],
        "escalated": [matter.ref for matter in letter.escalated],
    }

"""What waits for a person. Reads the views only, so that it starts quickly."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import plain, remark, say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.words import amount, role_name, role_names
from approvals.lateness import due_words, is_late, working_days_late
from workflow.i18n import mark
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import Calendar

_COLUMNS = (
    "ref",
    "title",
    "counterparty",
    "currency",
    "total_minor",
    "state",
    "revision",
    "task",
    "aspect",
    "role",
    "principal",
    "flag",
    "given",
    "quorum",
    "due",
)


@command(
    "inbox",
    mark("Show what waits for you to sign or to review, and how late it is in working days."),
    epilog="\b\nassent inbox --as lena\nassent inbox --as lena --ics due.ics\n"
    "assent inbox --as lena --exit-code --json",
)
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=mark("Write the due dates into a calendar file (.ics) as well."),
)
@click.option("--exit-code", is_flag=True, help=mark("Leave with 8 when something waits."))
def inbox_command(settings: Settings, ics: Path | None, exit_code: bool) -> int:
    """Show the inbox."""
    now = datetime.now(UTC)
    today = now.astimezone(TAIPEI).date()
    with settings.reader() as reader:
        rows = reader.inbox(settings.person, today)
        names = {row["id"]: row["name"] for row in reader.rows("SELECT id, name FROM v_person")}
        held = reader.rows("SELECT role FROM v_role WHERE person = :me ORDER BY role", me=settings.person)
        log = reader.rows("SELECT value FROM v_meta WHERE name = :name", name="log")
    if settings.person not in names:
        from approvals.errors import UnknownPersonError

        raise UnknownPersonError(person=settings.person, known=", ".join(sorted(names)) or "-")
    if ics:
        from approvals.messages import save_calendar
        from approvals.reminders import matter_of

        matters = [matter_of(row, names) for row in rows]
        save_calendar(ics, matters, log=log[0]["value"] if log else "", now=now)
        remark(say(mark("Written: {path}"), path=ics))
    if settings.as_json:
        found = [plain(row, *_COLUMNS) | _lateness(row, today, settings) for row in rows]
        show_json("inbox", person=settings.person, agreements=found)
    elif not rows:
        show(say(mark("Nothing waits for you, {name}."), name=names[settings.person]))
    else:
        count = len({row["ref"] for row in rows})
        text = mark("{count} agreements wait for you, {name} ({roles})")
        if count == 1:
            text = mark("1 agreement waits for you, {name} ({roles})")
        roles = role_names(row["role"] for row in held)
        remark(say(text, count=count, name=names[settings.person], roles=roles or "-"))
        _show(rows, names, today, settings.calendar)
        remark(say(mark("Next: assent show {ref}"), ref=rows[0]["ref"]))
    return 8 if exit_code and rows else 0


def _show(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], today: date, calendar: Calendar
) -> None:
    # When it is due may be wrapped, as may words; a reference and an amount never are.
    show_table(
        (
            mark("REF"),
            mark("AGREEMENT"),
            mark("COUNTERPARTY"),
            mark("VALUE"),
            mark("YOU ARE"),
            mark("DUE"),
        ),
        [
            (
                row["ref"],
                row["title"],
                row["counterparty"],
                amount(row),
                _capacity(row, names),
                due_words(row["due"], today, calendar),
            )
            for row in rows
        ],
        right=[3],
        flexible=[1, 2, 4],
        rather_not=[5],
    )


def _capacity(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    place = row["flag"] or f"{row['given']}/{row['quorum']}"
    said = f"{role_name(row['role'])} {place}"
    if not row["principal"]:
        return said
    principal = names.get(row["principal"], row["principal"])
    return say(mark("{capacity}, for {principal}"), capacity=said, principal=principal)


def _lateness(row: Mapping[str, Any], today: date, settings: Settings) -> dict[str, object]:
    late = is_late(row["due"], today)
    days = working_days_late(row["due"], today, settings.calendar) if late else 0
    return {"late": late, "working_days_late": days}

"""What waits for a person. Reads the views only, so that it starts quickly."""

from datetime import UTC, datetime

import click

from approvals.cli.lazy import command
from approvals.cli.output import plain, remark, say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.words import amount, due_words, role_name
from workflow.events import TAIPEI
from workflow.i18n import mark


@command("inbox", mark("Show what waits for you to sign or to review."), epilog="assent inbox --as lena")
@click.option("--exit-code", is_flag=True, help=mark("Leave with 8 when something waits."))
def inbox_command(settings: Settings, exit_code: bool) -> int:
    """Show the inbox."""
    with settings.reader() as reader:
        rows = reader.inbox(settings.person)
        names = {row["id"]: row["name"] for row in reader.rows("SELECT id, name FROM v_person")}
    if settings.person not in names:
        from approvals.errors import UnknownPersonError

        raise UnknownPersonError(person=settings.person, known=", ".join(sorted(names)) or "-")
    if settings.as_json:
        columns = (
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
            "flag",
            "given",
            "quorum",
            "due",
        )
        show_json("inbox", person=settings.person, agreements=[plain(row, *columns) for row in rows])
    elif not rows:
        show(say(mark("Nothing waits for you, {name}."), name=names[settings.person]))
    else:
        remark(say(mark("{count} waiting for {name}"), count=len(rows), name=names[settings.person]))
        today = datetime.now(UTC).astimezone(TAIPEI).date()
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
                    f"{role_name(row['role'])} {row['flag'] or _place(row)}",
                    due_words(row["due"], today),
                )
                for row in rows
            ],
            right=[3],
            flexible=[1, 2, 4],
        )
        remark(say(mark("Next: assent show {ref}"), ref=rows[0]["ref"]))
    return 8 if exit_code and rows else 0


def _place(row: dict[str, object]) -> str:
    return f"{row['given']}/{row['quorum']}"

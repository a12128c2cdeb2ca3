"""Figures across agreements: time, rework, lateness."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import click

from approvals import figures
from approvals.cli.forms import TABLE, form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.words import part_names, role_name, state_name
from approvals.figures import Answer, Figures, Line, Period
from workflow.errors import InvalidInputError
from workflow.events import Event
from workflow.i18n import mark
from workflow.reading import Reader
from workflow.values.dates import TAIPEI, read_date
from workflow.values.problems import ValueRefusedError

_KEYS = (
    "section", "name", "n", "median_days", "longest_days", "late", "median_days_late", "waiting",
    "waiting_late",
)  # fmt: skip
_BY: dict[str, Callable[[Answer], str]] = {
    "role": lambda answer: answer.role,
    "kind": lambda answer: answer.kind,
    "person": lambda answer: answer.person,
}
_HEADINGS = {"role": mark("ROLE"), "kind": mark("KIND"), "person": mark("PERSON")}


@command(
    "stats",
    mark(
        "Count time, rework and lateness.\n\n"
        "Time is working time: what passes on working days. What ended in the period counts; "
        "what still waits is counted apart."
    ),
    epilog="assent stats --since 2026-01-01 --by role",
)
@click.option("--since", metavar="DATE", help=mark("Count from this day on."))
@click.option("--until", metavar="DATE", help=mark("Count up to this day."))
@click.option("--kind", help=mark("Only those of this kind, such as services."))
@click.option(
    "--by",
    type=click.Choice(list(_BY)),
    default="role",
    help=mark("Whose sign-offs and opinions are counted together; by role unless given."),
)
@form_options
def stats_command(
    settings: Settings, since: str | None, until: str | None, kind: str | None, by: str, form: str
) -> None:
    """Show the figures."""
    period = Period(_day(since, "--since"), _day(until, "--until"))
    today = datetime.now(UTC).astimezone(TAIPEI).date()
    with settings.reader() as reader:
        names = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
        found = figures.count(
            _agreements(reader, kind), period=period, calendar=settings.calendar, today=today
        )
    lines = {
        "state": list(figures.steps(found)),
        by: list(figures.answered(found, _BY[by], calendar=settings.calendar, today=today)),
    }
    if settings.as_json:
        show_json("stats", **_document(found, period, kind, by, lines))
    elif form != TABLE:
        records = [{"section": section, **asdict(line)} for section, rows in lines.items() for line in rows]
        cells = [[str("" if r[key] is None else r[key]) for key in _KEYS] for r in records]
        show_rows(
            settings, form, document=("stats", "rows"), keys=_KEYS, records=records, headings=_KEYS,
            cells=cells,
        )  # fmt: skip
    else:
        _show(found, lines, by, names)


def _agreements(reader: Reader, kind: str | None) -> Iterator[list[Event]]:
    for row in reader.agreements():
        if kind in (None, row["kind"]):
            yield reader.events(row["ref"])


def _document(
    found: Figures, period: Period, kind: str | None, by: str, lines: dict[str, list[Line]]
) -> dict[str, Any]:
    return {
        "since": period.since,
        "until": period.until,
        "kind": kind,
        "agreements": found.agreements,
        "uncounted": found.uncounted,
        "states": [asdict(line) for line in lines["state"]],
        "by": by,
        "answers": [asdict(line) for line in lines[by]],
        "rework": {
            "submissions": found.submitted,
            "approved": len(found.revisions),
            "approved_first_time": found.first_time,
            "median_submissions": figures.middle(found.revisions),
            "returned": found.returned,
            "rejected": found.rejected,
            "asked_to_change": dict(found.reasons.most_common()),
            "changed": dict(found.changed.most_common()),
        },
    }


def _show(found: Figures, lines: dict[str, list[Line]], by: str, names: dict[str, str]) -> None:
    show(say(mark("{count} agreement(s) with events in the period"), count=found.agreements))
    if lines["state"]:
        show()
        show_table(
            (mark("STATE"), "N", mark("MEDIAN DAYS"), mark("LONGEST")),
            [
                (state_name(r.name), str(r.n), _days(r.median_days), _days(r.longest_days))
                for r in lines["state"]
            ],
            right=[1, 2, 3],
            flexible=[0],
        )
    if lines[by]:

        def shown(name: str) -> str:
            return role_name(name) if by == "role" else names.get(name, name)

        show()
        show_table(
            (
                _HEADINGS[by],
                mark("ANSWERED"),
                mark("MEDIAN DAYS"),
                mark("LONGEST"),
                mark("LATE"),
                mark("DAYS LATE"),
                mark("WAITING"),
            ),
            [
                (
                    shown(r.name) or "-",
                    str(r.n),
                    _days(r.median_days),
                    _days(r.longest_days),
                    _late(r),
                    _days(r.median_days_late),
                    _waiting(r),
                )
                for r in lines[by]
            ],
            right=[1, 2, 3, 4, 5, 6],
            flexible=[0],
            rather_not=[6],
        )
    show()
    for text in _rework(found):
        show(text)
    if found.uncounted:
        remark(
            say(
                mark("{count} stay(s) lie in years whose holidays are not known, and are not counted"),
                count=found.uncounted,
            )
        )


def _rework(found: Figures) -> Iterator[str]:
    approved = len(found.revisions)
    if approved:
        text = mark(
            "Approved: {count}, {first} of them at the first submission; median of submissions {median}"
        )
        median = figures.middle(found.revisions)
        yield say(text, count=approved, first=found.first_time, median=f"{median:g}")
    text = mark("Submissions: {count}; returned {returned}, rejected {rejected}")
    yield say(text, count=found.submitted, returned=found.returned, rejected=found.rejected)
    for text, counted in (
        (mark("Asked to change: {parts}"), found.reasons),
        (mark("Changed: {parts}"), found.changed),
    ):
        if counted:
            parts = (f"{part_names([part])} {number}" for part, number in counted.most_common())
            yield say(text, parts=say(mark(", ")).join(parts))


def _late(line: Line) -> str:
    if not line.n:
        return "-"
    return say(mark("{late} ({share} %)"), late=line.late, share=round(100 * line.late / line.n))


def _waiting(line: Line) -> str:
    if not line.waiting_late:
        return str(line.waiting or "-")
    return say(mark("{count}, {late} late"), count=line.waiting, late=line.waiting_late)


def _days(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"


def _day(text: str | None, option: str) -> date | None:
    if not text:
        return None
    try:
        return read_date(text)
    except ValueRefusedError as error:
        raise InvalidInputError(option, [str(error)]) from None

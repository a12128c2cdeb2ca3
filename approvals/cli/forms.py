"""Rows in the form that was asked for: a table, tab-separated, CSV, or one JSON document.

People are shown words in their language; programs get keys, numbers and times that no
language changes. A cell that a spreadsheet would take for a formula gets an apostrophe.
"""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from approvals.cli.output import show, show_json, show_table, visible
from approvals.cli.settings import Settings
from workflow.i18n import mark
from workflow.spreadsheets import no_formula

Record = Mapping[str, Any]

TABLE, PLAIN, CSV, EXCEL = "table", "plain", "csv", "excel"


def form_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--csv``, ``--excel`` and ``--plain``, which reach it as *form*."""
    for flag, form, text in reversed(
        (
            ("--csv", CSV, mark("Print comma-separated values with a heading, in UTF-8.")),
            ("--excel", EXCEL, mark("Print CSV that Excel opens as it is: UTF-8 with its mark.")),
            ("--plain", PLAIN, mark("Print the table tab-separated, without a heading.")),
        )
    ):
        function = click.option(flag, "form", flag_value=form, default=TABLE, help=text)(function)
    return function


def show_rows(
    settings: Settings,
    form: str,
    *,
    keys: Sequence[str],
    records: Sequence[Record],
    headings: Sequence[str],
    cells: Iterable[Sequence[str]],
    document: tuple[str, str],
    more: Record | None = None,
    right: Iterable[int] = (),
    flexible: Iterable[int] = (),
    rather_not: Iterable[int] = (),
) -> None:
    """Print *records* to programs or *cells* to people.

    *document* are the command and the noun its rows stand under in JSON, beside *more*.
    """
    if settings.as_json:
        command, noun = document
        show_json(command, **(more or {}), **{noun: [dict(record) for record in records]})
    elif form in (CSV, EXCEL):
        show_csv(keys, records, excel=form == EXCEL)
    else:
        show_table(
            headings, cells, right=right, flexible=flexible, rather_not=rather_not, plain=form == PLAIN
        )


def show_csv(keys: Sequence[str], records: Iterable[Record], *, excel: bool = False) -> None:
    """Print *records* as comma-separated values under their *keys*."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_cell(record[key]) for key in keys] for record in records)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    show(("\ufeff" if excel else "") + text.getvalue().removesuffix("\n"))


def _cell(value: Any) -> str:
    """Write a value so that a spreadsheet shows it and runs nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    if not isinstance(value, str):
        return str(value)
    return visible(no_formula(value), lines=True)

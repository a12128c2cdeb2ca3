"""Naming a deputy: dated, limited, both names on everything they sign."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import plain, say, show, show_json, show_table
from approvals.cli.people import change
from approvals.cli.settings import Settings
from approvals.cli.signing import key_option
from approvals.cli.words import aspect_name
from approvals.labels import ASPECTS
from workflow.i18n import mark
from workflow.values.dates import TAIPEI

_COLUMNS = ("id", "principal", "deputy", "first_day", "last_day", "kinds", "aspects", "max_value")
_DAY = click.DateTime(["%Y-%m-%d"])


@command(
    "delegate",
    mark("Let someone decide for you on some days; without --to, list who stands in for whom."),
    epilog="assent delegate --to mina --until 2026-12-10 --max-value 500000",
)
@click.option("--to", "deputy", default="", metavar="PERSON", help=mark("Who shall decide for you."))
@click.option("--from", "first", type=_DAY, help=mark("The first day; today unless given."))
@click.option("--until", "last", type=_DAY, help=mark("The last day, included."))
@click.option("--kind", "kinds", multiple=True, help=mark("Only agreements of this kind; may be repeated."))
@click.option(
    "--aspect",
    "aspects",
    multiple=True,
    type=click.Choice(list(ASPECTS)),
    help=mark("Only this aspect; may be repeated."),
)
@click.option(
    "--max-value",
    type=click.IntRange(min=0),
    metavar="TWD",
    help=mark("Only up to this value before tax, in whole TWD."),
)
@click.option(
    "--for",
    "principal",
    default="",
    metavar="PERSON",
    help=mark("Record it for someone else, as an assistant."),
)
@click.option("--end", "ended", default="", metavar="D-N", help=mark("End this delegation now."))
@key_option
def delegate_command(
    settings: Settings,
    deputy: str,
    first: datetime | None,
    last: datetime | None,
    kinds: tuple[str, ...],
    aspects: tuple[str, ...],
    max_value: int | None,
    principal: str,
    ended: str,
    key_file: Path | None,
) -> None:
    """Give, end or list delegations."""
    if ended:
        change(settings, key_file, lambda registry: registry.end_delegation(ended))
        _tell(settings, ended.upper(), say(mark("{grant} has ended"), grant=ended.upper()))
        return
    if not deputy:
        _list(settings)
        return
    if last is None:
        raise click.UsageError(say(mark("say until when: --until YYYY-MM-DD")))
    from approvals.directory import Grant

    odd = sorted(set(kinds) - set(settings.library.kinds))
    if odd:
        raise click.UsageError(say(mark("there is no kind {kind}"), kind=odd[0]))
    grant = Grant(
        id="",
        principal=principal or settings.person,
        deputy=deputy,
        first_day=first.date() if first else _today(),
        last_day=last.date(),
        kinds=kinds,
        aspects=aspects,
        max_value=max_value,
    )
    made: list[str] = []
    change(settings, key_file, lambda registry: made.append(registry.delegate(grant)))
    text = mark("{grant}: {deputy} decides for {principal} from {first} to {last}")
    said = say(
        text,
        grant=made[0],
        deputy=deputy,
        principal=grant.principal,
        first=grant.first_day,
        last=grant.last_day,
    )
    _tell(settings, made[0], said)


def _list(settings: Settings) -> None:
    with settings.reader() as reader:
        rows = reader.rows("SELECT * FROM v_delegation ORDER BY first_day, id")
    if settings.as_json:
        show_json("delegations", delegations=[plain(row, *_COLUMNS) for row in rows])
        return
    if not rows:
        show(say(mark("Nobody stands in for anybody.")))
        return
    show_table(
        ("", mark("DEPUTY"), mark("FOR"), mark("FROM"), mark("UNTIL"), mark("LIMITS")),
        [
            (
                row["id"],
                row["deputy"],
                row["principal"],
                row["first_day"],
                row["last_day"],
                _limits(row) or "-",
            )
            for row in rows
        ],
        flexible=[5],
    )


def _limits(row: dict[str, Any]) -> str:
    limits = row["kinds"].split() + [aspect_name(aspect) for aspect in row["aspects"].split()]
    if row["max_value"] is not None:
        limits.append(f"<= TWD {row['max_value']:,}")
    return ", ".join(limits)


def _today() -> date:
    return datetime.now(UTC).astimezone(TAIPEI).date()


def _tell(settings: Settings, grant: str, text: str) -> None:
    if settings.as_json:
        show_json("delegate", delegation=grant)
    else:
        show(text)

"""The store itself: which version its tables have, and bringing them up to date."""

from approvals.cli.erase import erase_command
from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_pairs
from approvals.cli.settings import Settings
from workflow.i18n import mark
from workflow.places import SCHEMA_VERSION


@group("db", mark("Show the store's version, upgrade it, or erase words by request."), default="status")
def db_command() -> None:
    """Work with the store."""


@command("status", mark("Show where the store is, its version and what it holds."), epilog="assent db status")
def status_command(settings: Settings) -> None:
    """Show the store."""
    place = settings.place
    with settings.reader() as reader:
        counts = {
            table: reader.rows(f"SELECT count(*) AS n FROM v_{table}")[0]["n"]  # noqa: S608
            for table in ("agreement", "event", "document", "person")
        }
    if settings.as_json:
        show_json(
            "db-status",
            store=place.shown,
            version=SCHEMA_VERSION,
            agreements=counts["agreement"],
            events=counts["event"],
            documents=counts["document"],
            people=counts["person"],
        )
        return
    show_pairs(
        (
            (mark("Store"), place.shown),
            (mark("Version"), say(mark("{version} (up to date)"), version=SCHEMA_VERSION)),
            (mark("Agreements"), str(counts["agreement"])),
            (mark("Events"), str(counts["event"])),
            (mark("Documents"), str(counts["document"])),
            (mark("People"), str(counts["person"])),
        )
    )


@command("upgrade", mark("Bring the store's tables to this program's version."), epilog="assent db upgrade")
def upgrade_command(settings: Settings) -> None:
    """Upgrade the store."""
    from workflow.store import upgrade

    before, after = upgrade(settings.place)
    if settings.as_json:
        show_json("db-upgrade", store=settings.place.shown, before=before, after=after)
    elif before == after:
        show(say(mark("The store has version {version} already; nothing was changed"), version=after))
    else:
        show(say(mark("Upgraded the store from {before} to {after}"), before=before, after=after))


db_command.add_command(status_command)
db_command.add_command(erase_command)
db_command.add_command(upgrade_command)

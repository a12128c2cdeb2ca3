"""Erasing a person's own words by request."""

from contextlib import closing
from pathlib import Path

import click

from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json
from approvals.cli.receipt import find_event
from approvals.cli.settings import Settings
from approvals.cli.signing import confirm, find_signer, key_option, yes_option
from approvals.receipts import Receipt
from workflow.i18n import mark


@command(
    "erase",
    mark(
        "Erase the words somebody wrote with an event, because they asked for it.\n\n"
        "The words go, and every internal paper that repeats them; lines and signatures name them by digest "
        "and hold as before. That they were erased is recorded and signed. Backups and bundles that others "
        "have are not reached."
    ),
    epilog="assent db erase AGR-2026-0042#7 --request 'letter of Lena Chen, 20 November 2026'",
)
@click.argument("event")
@click.option("--request", required=True, help=mark("Who asked for it, how and when."))
@yes_option
@click.option("--dry-run", is_flag=True, help=mark("Say what would be erased; erase nothing."))
@key_option
def erase_command(
    settings: Settings, event: str, request: str, yes: bool, dry_run: bool, key_file: Path | None
) -> None:
    """Erase words."""
    from approvals.erasure import erase, propose_erasure

    with settings.reader() as reader:
        entry = find_event(reader, Receipt.read(event))
        public = reader.public_keys(settings.person)
    with closing(settings.store()) as store:
        with store.begin() as unit:
            erasure = propose_erasure(unit, entry.stream, entry.seq)
        papers = [paper.name for paper in erasure.papers]
        if not settings.as_json:
            show(say(mark("{event}: {count} texts"), event=erasure.event, count=len(erasure.notes)))
            for name in papers:
                show(f"  {name}")
        if not dry_run:
            confirm(settings, "db erase", erasure.event, yes=yes, digest="")
            signer = find_signer(settings, key_file, public)
            with store.begin() as unit:
                erase(unit, settings.person, signer, erasure, request)
                unit.commit()
    if settings.as_json:
        show_json(
            "db-erase", event=erasure.event, texts=len(erasure.notes), papers=papers, erased=not dry_run
        )
    elif not dry_run:
        show(say(mark("Erased. The chain and every signature hold as before: assent audit verify")))
        remark(say(mark("Backups, and bundles that others have, still hold them.")))

"""Showing what each check of the audit is for, by tampering with a copy."""

from collections import Counter
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.forms import TABLE, form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show
from approvals.cli.settings import Settings
from workflow.i18n import mark, translate

if TYPE_CHECKING:
    from approvals.tampering import Outcome

_KEYS = ("attack", "what", "at", "verdict", "checks", "finding", "receipt")
_SIGNS = {"trail": "ok", "receipt": "!", "nobody": "xx", "not_here": "--"}


@command(
    "tamper-demo",
    mark(
        "Alter a copy of the store in every way we know, and show what caught it.\n\n"
        "The store itself is only read. What nothing in it can show is said, and is then caught by the "
        "receipts of the original's last events, as somebody would have kept them elsewhere."
    ),
    epilog="assent audit tamper-demo --demo",
)
@click.option("--demo", is_flag=True, help=mark("Use the store of the demonstration instead, made for this."))
@form_options
def tamper_command(settings: Settings, demo: bool, form: str) -> int:
    """Show the tampering."""
    from approvals.tampering import refused_by_the_database, tamper

    if not demo and settings.place.path is None:
        raise click.UsageError(
            say(mark("tampering is shown on a copy of a SQLite file; on PostgreSQL, add --demo"))
        )
    with _store(settings, demo=demo) as store:
        refused = refused_by_the_database(store)
        outcomes = list(tamper(store))
    records = [_record(outcome) for outcome in outcomes]
    counts = Counter(outcome.verdict for outcome in outcomes)
    people = form == TABLE and not settings.as_json
    if people:
        show(say(mark("With its guards, the database refuses: {reason}"), reason=refused or "-"))
        show(say(mark("Without them, as the owner of the file:")))
        show()
    show_rows(
        settings,
        form,
        document=("audit-tamper-demo", "attacks"),
        more={"refused": refused, **{name: counts[name] for name in _SIGNS}},
        keys=_KEYS,
        records=records,
        headings=("", mark("DONE TO A COPY"), mark("AT"), mark("THE TRAIL ALONE"), mark("WITH A RECEIPT")),
        cells=[_cells(outcome) for outcome in outcomes],
        flexible=[1, 3, 4],
    )
    if people:
        _conclude(counts)
    return 5 if counts["nobody"] else 0


@contextmanager
def _store(settings: Settings, *, demo: bool) -> Iterator[Path]:
    if not demo:
        with settings.reader() as reader:  # it says what is wrong where it is no store of ours
            path = reader.place.path
        assert path is not None  # noqa: S101 - said above
        yield path
        return
    from approvals.cli.demo import Demo, own_environment

    with TemporaryDirectory(prefix="assent-demo-") as folder, chdir(folder), own_environment():
        Demo(quiet=True).play()
        yield Path(folder) / "assent.db"


def _record(outcome: "Outcome") -> dict[str, Any]:
    first, kept = (next(iter(found), None) for found in (outcome.findings, outcome.by_receipt))
    return {
        "attack": outcome.attack.id,
        "what": outcome.attack.name,
        "at": outcome.place,
        "verdict": outcome.verdict,
        "checks": list(outcome.checks),
        "finding": f"{first.event}: {first.text}" if first else "",
        "receipt": f"{kept.event}: {kept.text}" if kept else "",
    }


def _cells(outcome: "Outcome") -> tuple[str, ...]:
    from approvals.audit import CHECKS

    if not outcome.place:
        nothing = say(mark("nothing of the kind in this store"))
        return _SIGNS["not_here"], translate(outcome.attack.name), "-", nothing, "-"
    checks = say(mark(", ")).join(translate(CHECKS.get(check, check)) for check in outcome.checks)
    found = checks or say(mark("cannot show it"))
    by_receipt = outcome.by_receipt[0].event if outcome.by_receipt else "-"
    return _SIGNS[outcome.verdict], translate(outcome.attack.name), outcome.place, found, by_receipt


def _conclude(counts: Counter[str]) -> None:
    show()
    text = mark("{trail} of {all} caught by the trail alone, {receipt} more by a receipt kept elsewhere")
    done = sum(counts[name] for name in ("trail", "receipt", "nobody"))
    show(say(text, trail=counts["trail"], receipt=counts["receipt"], all=done))
    if counts["receipt"]:
        remark(
            say(
                mark(
                    "What is cut off at the end, put back from a backup, or written anew with other keys "
                    "fits together: no store can show that of itself. Keep receipts elsewhere, and verify "
                    "with assent audit verify --receipt RECEIPT; "
                    "compare the first administrator's fingerprint."
                )
            )
        )
    if counts["nobody"]:
        remark(say(mark("xx: nothing caught it. That is a defect of ours; please report it.")))

"""Verifying and reading the trail."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.checkpoints import SignedCheckpoint
from approvals.cli.checkpoint import checkpoint_command, witness_command
from approvals.cli.export import export_command
from approvals.cli.lazy import command, group
from approvals.cli.output import group_digits, remark, say, show, show_json, visible
from approvals.cli.progress import Progress
from approvals.cli.receipt import events_of, stream_of
from approvals.cli.reproduce import reproduce_command
from approvals.cli.settings import Settings
from approvals.cli.tamper import tamper_command
from approvals.cli.words import when
from approvals.receipts import Receipt, faults
from workflow.errors import UnknownReferenceError
from workflow.i18n import mark, translate
from workflow.reading import Reader

if TYPE_CHECKING:
    from approvals.audit import Finding
    from approvals.checkpoints import Checkpoint

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_RECEIPTS = mark("receipts kept elsewhere")


@group("audit", mark("Verify and read the trail."))
def audit_command() -> None:
    """Work with the trail."""


@command(
    "verify",
    mark("Work the whole trail out again and say what does not fit (exit 5)."),
    epilog="assent audit verify",
)
@click.argument("refs", nargs=-1)
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    metavar="RECEIPT",
    help=mark("A receipt kept elsewhere, which the trail has to hold still; can be given again."),
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help=mark("A checkpoint kept elsewhere, from which the trail has to go on; can be given again."),
)
@click.option(
    "--since",
    type=_FILE,
    metavar="FILE",
    help=mark("Verify only agreements with events newer than this checkpoint, kept elsewhere."),
)
@click.option(
    "--tsa-root",
    type=_FILE,
    metavar="PEM",
    help=mark("The certificates of who may have stamped checkpoints with a time."),
)
def verify_command(
    settings: Settings,
    refs: tuple[str, ...],
    receipts: tuple[str, ...],
    checkpoints: tuple[Path, ...],
    since: Path | None,
    tsa_root: Path | None,
) -> int:
    """Verify the trail."""
    from approvals.audit import CHECKS, audit, cores

    if refs and (checkpoints or since):
        raise click.UsageError(say(mark("a checkpoint is of the whole trail; leave the references out")))
    kept = [Receipt.read(text) for text in receipts]
    with settings.reader() as reader:
        wanted = [reader.resolve(ref) for ref in refs]
        with Progress(shown=not settings.as_json) as progress:
            report = audit(
                reader,
                wanted,
                kept=[_checkpoint(path) for path in (*checkpoints, *([since] if since else []))],
                since=_checkpoint(since) if since else None,
                roots=tsa_root.read_bytes() if tsa_root else b"",
                processes=cores(),
                progress=progress,
            )
        report.findings += _compared(reader, kept)
    if settings.as_json:
        show_json(
            "audit-verify",
            ok=report.ok,
            events=report.events,
            documents=report.documents,
            signatures=report.signatures,
            heads=report.streams,
            findings=[
                {"check": f.check, "agreement": f.stream, "seq": f.seq, "event": f.event, "meaning": f.text}
                for f in report.findings
            ],
            unchecked=list(report.unchecked),
            checkpoint=asdict(report.anchor) if report.anchor else None,
        )
        return 0 if report.ok else 5
    if report.ok:
        show(
            say(
                mark(
                    "Verified {events} events, {documents} documents, "
                    "{signatures} signatures: they fit together"
                ),
                events=report.events,
                documents=report.documents,
                signatures=report.signatures,
            )
        )
    else:
        show(
            say(
                mark("FAILED: the trail does not fit together ({count} findings)"), count=len(report.findings)
            )
        )
    show()
    for check, name in {**CHECKS, **({"receipts": _RECEIPTS} if kept else {})}.items():
        found = [finding for finding in report.findings if finding.check == check]
        sign = "xx" if found else "--" if check in report.skipped else "ok"
        show(f"  {sign}   {translate(name)}")
        for finding in found[:20]:
            show(f"         {finding.event}: {finding.text}")
        if len(found) > 20:
            show("         " + say(mark("and {count} more"), count=len(found) - 20))
    if report.anchor:
        anchor = report.anchor
        text = mark(
            "newest checkpoint: {count} events, signed by {person} on {date}; {newer} events are newer"
        )
        facts = {"person": visible(anchor.person), "date": when(anchor.at), "newer": anchor.newer}
        show("  ..   " + say(text, count=anchor.size, **facts))
    for text in report.unchecked:
        show("  --   " + say(mark("not checked: {what}"), what=translate(text)))
    show()
    for stream, head in list(report.streams.items())[-5:]:
        show(f"  {stream:<14} {say(mark('head'))} {group_digits(head)} ...")
    if not report.ok:
        remark("")
        remark(say(mark("Do not repair the database. Keep a copy, and find out who had access to it.")))
    return 0 if report.ok else 5


@command(
    "log",
    mark(
        "Print the events as they are written, one line each.\n\n"
        "With --follow, go on as events are committed, until Ctrl-C."
    ),
    epilog="assent audit log 42 --follow",
)
@click.argument("ref", required=False)
@click.option("--follow", is_flag=True, help=mark("Go on with what is recorded from now on."))
@click.option(
    "--last", type=click.IntRange(min=0), metavar="N", help=mark("Begin with the last N events only.")
)
@click.option("--jsonl", is_flag=True, help=mark("One JSON object a line, which it is anyway."))
@click.option(
    "--every",
    type=click.FloatRange(min=0.05),
    default=1.0,
    metavar="SECONDS",
    help=mark("How often to look, with --follow; a second unless given."),
)
def log_command(
    settings: Settings, ref: str | None, follow: bool, last: int | None, jsonl: bool, every: float
) -> None:
    """Print the events."""
    if settings.as_json and (follow or jsonl):
        raise click.UsageError(say(mark("--json is one document; leave it out to stream lines")))
    with settings.reader() as reader:
        only = stream_of(reader, ref) if ref else ""
        seen: dict[str, int] = {}
        first: Iterable[Mapping[str, Any]] = _news(reader, only, seen)
        if last is not None:
            events = sorted(first, key=_moment)
            first = events[len(events) - min(last, len(events)) :]
        if settings.as_json:
            show_json("audit-log", events=list(first))
            return
        _print(first)
        while follow:
            time.sleep(every)
            _print(sorted(_news(reader, only, seen), key=_moment))


def _checkpoint(path: Path) -> "Checkpoint":
    return SignedCheckpoint.read(path.read_bytes(), name=path).checkpoint


def _news(reader: Reader, only: str, seen: dict[str, int]) -> Iterator[Mapping[str, Any]]:
    """Yield the events that are not *seen* yet, and remember them."""
    ends = reader.rows("SELECT id, seq FROM v_stream ORDER BY id")
    for stream, end in ((row["id"], row["seq"]) for row in ends if only in ("", row["id"])):
        after = seen.get(stream, 0)
        if end > after:
            yield from map(dict, reader.lines(stream, after=after, to=end))
            seen[stream] = end


def _moment(line: Mapping[str, Any]) -> tuple[str, str, int]:
    return str(line.get("at")), str(line.get("stream")), line.get("seq", 0)


def _print(lines: Iterable[Mapping[str, Any]]) -> None:
    for line in lines:
        show(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _compared(reader: Reader, kept: Sequence[Receipt]) -> "Iterator[Finding]":
    """Yield what the trail lacks of receipts that were *kept* elsewhere."""
    from approvals.audit import Finding

    for receipt in kept:
        ends = {row["id"]: row["seq"] for row in reader.rows("SELECT id, seq FROM v_stream")}
        try:
            found = events_of(reader, receipt)
            stream = stream_of(reader, receipt.ref) if receipt.ref else ""
        except UnknownReferenceError:
            text = "the receipt names an agreement that is not in the trail"
            yield Finding("receipts", receipt.ref, receipt.seq, text)
            continue
        entry = found[0] if found else None
        place = stream or (entry.stream if entry else receipt.shown)
        for text in faults(receipt, entry, last=ends.get(stream, 0)):
            yield Finding("receipts", place, receipt.seq, text)


for _made in (
    verify_command,
    log_command,
    reproduce_command,
    tamper_command,
    checkpoint_command,
    witness_command,
):
    audit_command.add_command(_made)
audit_command.add_command(export_command)

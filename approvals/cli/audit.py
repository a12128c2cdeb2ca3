"""Verifying and reading the trail."""

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import group_digits, remark, say, show, show_json
from approvals.cli.settings import Settings
from workflow.i18n import mark, translate


@group("audit", mark("Verify and read the trail."))
def audit_command() -> None:
    """Work with the trail."""


@command(
    "verify",
    mark("Work the whole trail out again and say what does not fit (exit 5)."),
    epilog="assent audit verify",
)
@click.argument("refs", nargs=-1)
def verify_command(settings: Settings, refs: tuple[str, ...]) -> int:
    """Verify the trail."""
    from approvals.audit import CHECKS, audit

    with settings.reader() as reader:
        wanted = [reader.resolve(ref) for ref in refs]
        report = audit(reader, wanted)
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
    for check, name in CHECKS.items():
        found = [finding for finding in report.findings if finding.check == check]
        show(f"  {'xx' if found else 'ok'}   {translate(name)}")
        for finding in found[:20]:
            show(f"         {finding.event}: {finding.text}")
        if len(found) > 20:
            show("         " + say(mark("and {count} more"), count=len(found) - 20))
    for text in report.unchecked:
        show("  --   " + say(mark("not checked: {what}"), what=translate(text)))
    show()
    for stream, head in list(report.streams.items())[-5:]:
        show(f"  {stream:<14} {say(mark('head'))} {group_digits(head)} ...")
    if not report.ok:
        remark("")
        remark(say(mark("Do not repair the database. Keep a copy, and find out who had access to it.")))
    return 0 if report.ok else 5


@command("log", mark("Print the events as they are written, one line each."), epilog="assent audit log 42")
@click.argument("ref", required=False)
def log_command(settings: Settings, ref: str | None) -> None:
    """Print the events."""
    import json

    with settings.reader() as reader:
        streams = [reader.resolve(ref)] if ref else reader.streams()
        if settings.as_json:
            events = [dict(line) for stream in streams for line in reader.lines(stream)]
            show_json("audit-log", events=events)
            return
        for stream in streams:
            for line in reader.lines(stream):
                show(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


audit_command.add_command(verify_command)
audit_command.add_command(log_command)

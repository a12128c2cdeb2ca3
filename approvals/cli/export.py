"""Agreements as files that an assessor can check without us."""

import hashlib
from pathlib import Path

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, visible
from approvals.cli.settings import Settings
from workflow.i18n import mark


@command(
    "export",
    mark(
        "Write agreements with everything it takes to check them: events, documents, signatures, "
        "an HTML page, a Word report and a verifier."
    ),
    epilog="assent audit export 42 --out AGR-2026-0042.zip",
)
@click.argument("refs", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR|FILE.zip",
    help=mark("A new folder, or one file where it ends in .zip."),
)
@click.option(
    "--redact",
    is_flag=True,
    help=mark("Withhold people's own words, and the documents they stand in."),
)
def export_command(settings: Settings, refs: tuple[str, ...], out: Path, redact: bool) -> None:
    """Write a bundle."""
    import json

    from approvals.bundle import export, save_bundle

    with settings.reader() as reader:
        files = export(reader, [reader.resolve(ref) for ref in refs], redact=redact)
    save_bundle(files, out)
    manifest = json.loads(files["manifest.json"])
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    if settings.as_json:
        show_json(
            "audit-export",
            out=str(out),
            manifest=digest,
            files=len(files),
            withheld=len(manifest["withheld"]),
            streams=[
                {name: row[name] for name in ("stream", "events", "head")} for row in manifest["streams"]
            ],
        )
        return
    show(
        say(
            mark("{path}: {count} files, manifest {digest}"),
            path=visible(str(out)),
            count=len(files),
            digest=digest,
        )
    )
    for row in manifest["streams"]:
        show(f"  {row['stream']}#{row['events']}   {say(mark('head'))} {group_digits(row['head'], 16)}")
    if manifest["withheld"]:
        remark(say(mark("Withheld: {count}"), count=len(manifest["withheld"])))
    if out.suffix.lower() != ".zip":
        pages = ", ".join(str(out / f"{ref}.html") for ref in manifest["agreements"])
        remark(say(mark("Open in a browser: {pages}"), pages=visible(pages)))
        remark(
            say(mark("Check it without us: {command}"), command=f"python3 {visible(str(out / 'verify.py'))}")
        )

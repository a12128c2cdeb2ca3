"""The other side's paper: keep it, compare it with what was sent, say what was not marked."""

import json
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, visible
from approvals.cli.settings import Settings
from workflow.i18n import mark


@command(
    "import-draft",
    mark("Compare a draft the other side returned with what was sent; edits that are not marked are told."),
    epilog="assent import-draft 42 returned.docx",
)
@click.argument("ref")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--note", default="", help=mark("A remark for the trail."))
@click.option(
    "--once",
    default="",
    metavar="NAME",
    help=mark("Name this attempt; a retry with the same name does nothing new."),
)
def import_draft_command(settings: Settings, ref: str, file: Path, note: str, once: str) -> None:
    """Import a draft."""
    with settings.workspace() as workspace:
        agreement = workspace.get(ref)
        agreement.import_draft(file, note=note, once=once)
        seq, full = agreement.case.seq, agreement.ref
    with settings.reader() as reader:
        line = next(line for line in reader.lines(full) if line["seq"] == seq)
        found = json.loads(reader.content(line["payload"]["report"]))
    if settings.as_json:
        show_json(
            "import-draft", ref=full, event=seq, receipt=f"{line['hash'][:4]}-{line['hash'][4:8]}", **found
        )
        return
    show(
        say(
            mark("{ref}: kept {name}, event #{seq}"),
            ref=full,
            name=line["payload"]["evidence"]["name"],
            seq=seq,
        )
    )
    _clauses(
        mark("Changed WITHOUT being marked:"),
        found["hidden"],
        mark("Nothing was changed without being marked."),
    )
    _clauses(mark("Marked as revisions:"), found["marked"], "")
    for finding in found["findings"]:
        show(f"! {visible(finding)}")
    if found["not_compared"]:
        show(say(mark("Not compared: {parts}"), parts=", ".join(found["not_compared"])))


def _clauses(heading: str, clauses: list[dict[str, Any]], otherwise: str) -> None:
    if not clauses:
        if otherwise:
            show(say(otherwise))
        return
    show(say(heading))
    for clause in clauses:
        show("  " + " ".join(filter(None, (clause["number"], clause["title"])) or [clause["part"]]))
        for passage in clause["passages"]:
            show("    " + visible(_marked(passage["runs"])))


def _marked(runs: list[list[str]]) -> str:
    """Write a passage with what went in [-brackets-] and what came in {+braces+}, long equal text cut."""
    written = []
    for op, text in runs:
        if op == "delete":
            written.append(f"[-{text}-]")
        elif op == "insert":
            written.append(f"{{+{text}+}}")
        else:
            written.append(text if len(text) <= 60 else f"{text[:25]} ... {text[-25:]}")
    return "".join(written)

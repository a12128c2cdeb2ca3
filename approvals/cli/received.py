"""The other side's paper: keep it, compare it with what was sent, say what was not marked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, show_wrapped, visible
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
    for finding in found["findings"]:
        finding["text"] = finding["what"].format(**finding["facts"])
    if settings.as_json:
        show_json(
            "import-draft", ref=full, event=seq, receipt=f"{line['hash'][:4]}-{line['hash'][4:8]}", **found
        )
        return
    name = visible(line["payload"]["evidence"]["name"])
    show(say(mark("{ref}: kept {name}, event #{seq}"), ref=full, name=name, seq=seq))
    _show(found, name)


def _show(found: Mapping[str, Any], name: str) -> None:
    """Print what comparing a draft found: what was not marked first."""
    from approvals.cli.changes import show_clauses, show_fetched, show_unseen
    from workflow.documents.redline.clauses import Clause
    from workflow.documents.redline.comparison import unseen_of

    if found["hidden"]:
        show(say(mark("Changed WITHOUT being marked:")))
        show_clauses([*map(Clause.from_data, found["hidden"])])
    else:
        show(say(mark("Nothing was changed without being marked.")))
    if found["marked"]:
        show()
        show(say(mark("Marked as revisions:")))
        show_clauses([*map(Clause.from_data, found["marked"])])
    if found["unseen"] or found["fetched"] or found["findings"]:
        show()
    show_unseen([*map(unseen_of, found["unseen"])])
    show_fetched((name, target) for target in found["fetched"])
    for finding in found["findings"]:
        show_wrapped("! ", say(finding["what"], **finding["facts"]))
    if found["not_compared"]:
        show()
        show_wrapped("", say(mark("Not compared: {parts}"), parts=", ".join(found["not_compared"])))

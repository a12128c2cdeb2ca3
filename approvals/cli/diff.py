"""What changed between two revisions of a contract, or between any two Word files."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json, visible
from approvals.cli.settings import Settings
from approvals.cli.words import when
from workflow.errors import NotComparableError, UnknownDocumentError
from workflow.events import read_time, written_time
from workflow.i18n import mark
from workflow.reading import Reader, Row

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import Comparison


@dataclass(frozen=True, slots=True)
class _Side:
    """A text to compare: its bytes, what it is called, who made it and when."""

    body: bytes
    name: str
    #: What it is called where both are shown.
    label: str
    author: str
    at: datetime


@command(
    "diff",
    mark("Show what changed between two revisions of the contract, or two Word files."),
    epilog="assent diff 42 1..3 --docx redline.docx\n\nassent diff --files ours.docx theirs.docx",
)
@click.argument("ref", required=False)
@click.argument("revisions", required=False, metavar="[R1..R2]")
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    nargs=2,
    metavar="OLD NEW",
    help=mark("Compare two files instead."),
)
@click.option(
    "--docx",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=mark("Write a Word document with tracked changes."),
)
@click.option("--author", metavar="NAME", help=mark("Who the changes are by; who drafted, unless given."))
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    metavar="DATE",
    help=mark("When they were made (UTC); when the text was drafted, or the file written, unless given."),
)
@click.option("--stat", is_flag=True, help=mark("Only say how much changed in each clause."))
@click.option("--exit-code", is_flag=True, help=mark("End with 1 where anything changed, with 0 otherwise."))
@click.option("--accept", is_flag=True, help=mark("Take changes that are tracked in a file as accepted."))
def diff_command(
    settings: Settings,
    ref: str | None,
    revisions: str | None,
    files: tuple[Path, Path] | None,
    docx: Path | None,
    author: str | None,
    date: datetime | None,
    stat: bool,
    exit_code: bool,
    accept: bool,
) -> int:
    """Compare two texts."""
    from workflow.documents.worker import compare_apart

    if bool(ref) == bool(files):
        raise click.UsageError(say(mark("name an agreement, or two files with --files")))
    if files:
        full, (old, new) = "", (_from_file(path, settings) for path in files)
    else:
        with settings.reader() as reader:
            full, old, new = _from_store(reader, ref or "", revisions or "")
    new = replace(new, author=author or new.author, at=date.replace(tzinfo=UTC) if date else new.at)
    found, marked = compare_apart(
        old.body,
        new.body,
        names=(old.name, new.name),
        resolve="accept" if accept else "",
        author=new.author if docx else "",
        at=new.at.isoformat(),
    )
    if docx:
        from workflow.files import save_files

        save_files({docx.name: marked}, docx.parent, replace=True)
    if settings.as_json:
        _show_json(full, old, new, found)
    else:
        _show(full, old, new, found, stat=stat)
        if docx:
            remark(say(mark("Tracked changes: {path}"), path=docx))
        elif full and found:
            remark(say(mark("For Word: {command}"), command=f"assent diff {full} --docx redline.docx"))
    return 1 if exit_code and found else 0


def _from_file(path: Path, settings: Settings) -> _Side:
    """Read a file; the time of its changes is when it was last written, unless it is said."""
    from workflow.documents.worker import read_foreign

    try:
        body, written = read_foreign(path), path.stat().st_mtime
    except OSError as error:
        raise NotComparableError(document=path, reason=error.strerror or str(error)) from None
    return _Side(body, path.name, path.name, settings.actor or "Assent", datetime.fromtimestamp(written, UTC))


def _from_store(reader: Reader, given: str, revisions: str) -> tuple[str, _Side, _Side]:
    agreement = reader.agreement(given)
    ref = agreement["ref"]
    # Of a revision that was issued more than once the last one counts.
    drafts = {
        row["revision"]: row
        for row in reader.of("v_document", ref)
        if row["kind"] == agreement["kind"] and row["revision"]
    }
    first, last = _asked(revisions, sorted(drafts), ref)
    return ref, _from_row(reader, drafts[first]), _from_row(reader, drafts[last])


def _asked(revisions: str, known: list[int], ref: str) -> tuple[int, int]:
    """Read ``1..3``, ``1..`` or ``1``; without either, the last two are meant."""
    if revisions:
        asked = re.fullmatch(r"[rR]?(\d{1,6})(?:\.\.(?:[rR]?(\d{1,6}))?)?", revisions)
        if asked is None:
            raise click.UsageError(say(mark("revisions are written as in 1..2")))
        wanted = int(asked[1]), int(asked[2]) if asked[2] else max(known, default=0)
    elif len(known) < 2:
        raise UnknownDocumentError(
            what=say(mark("second revision of {ref} to compare with"), ref=ref),
            known=", ".join(map(str, known)) or "-",
        )
    else:
        wanted = known[-2], known[-1]
    for revision in wanted:
        if revision not in known:
            raise UnknownDocumentError(
                what=say(mark("revision {revision} of {ref}"), revision=revision, ref=ref),
                known=", ".join(map(str, known)) or "-",
            )
    return wanted


def _from_row(reader: Reader, row: Row) -> _Side:
    query = "SELECT line FROM v_event WHERE stream = :ref AND seq = :seq"
    line = json.loads(reader.rows(query, ref=row["agreement"], seq=row["seq"])[0]["line"])
    people = reader.rows("SELECT name FROM v_person WHERE id = :person", person=line["actor"])
    author = people[0]["name"] if people else line["actor"]
    label = say(mark("revision {number}"), number=row["revision"])
    return _Side(reader.content(row["file"]), row["name"], label, author, read_time(line["at"]))


def _show(ref: str, old: _Side, new: _Side, found: "Comparison", *, stat: bool) -> None:
    from approvals.cli.changes import amounts, show_amounts, show_clauses, show_fetched, show_unseen

    asked = f"{visible(old.label)} -> {visible(new.label)}"
    by = (
        say(mark("by {person}, {time}"), person=visible(new.author), time=when(written_time(new.at)))
        if ref
        else ""
    )
    much = say(mark("in {some} of {all} clauses"), some=len(found.clauses), all=found.total)
    show("   ".join(filter(None, (ref, asked, by, f"{amounts(found.counts)} {much}"))))
    if stat:
        show_amounts(found.clauses)
    else:
        show_clauses(found.clauses)
    if not found.clauses:
        show(say(mark("The text is the same.")))
    if found.unseen or found.fetched:
        show()
    show_unseen(found.unseen)
    show_fetched(found.fetched)
    if found.reformatted:
        remark(say(mark("Only their form changed: {count} paragraphs"), count=found.reformatted))
    if found.not_compared:
        remark(say(mark("Not compared: {parts}"), parts=", ".join(map(visible, found.not_compared))))


def _show_json(ref: str, old: _Side, new: _Side, found: "Comparison") -> None:
    show_json(
        "diff",
        ref=ref or None,
        **{side: _described(said) for side, said in (("old", old), ("new", new))},
        different=bool(found),
        **found.as_data(),
    )


def _described(side: _Side) -> Mapping[str, str]:
    digest = hashlib.sha256(side.body).hexdigest()
    return {"name": side.name, "file": digest, "author": side.author, "at": written_time(side.at)}

"""One agreement's story, event by event: who did what, when, how long it took, what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from approvals.cli.forms import form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, visible
from approvals.cli.settings import Settings
from approvals.cli.words import aspect_name, deputised, event_name, quoted, role_name, when
from approvals.worktime import duration, in_days, working_time
from workflow.i18n import mark
from workflow.reading import Reader
from workflow.values.deadlines import Calendar

Line = Mapping[str, Any]

_KEYS = (
    "seq", "at", "type", "actor", "for", "state", "took_days", "hash", "receipt", "reason", "documents",
    "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """An agreement's events with the names and words they refer to."""

    ref: str
    title: str
    lines: tuple[Line, ...]
    names: Mapping[str, str]
    notes: Mapping[str, str]

    @classmethod
    def read(cls, reader: Reader, given: str) -> "Story":
        """Read the agreement that *given* names."""
        row = reader.agreement(given)
        lines = tuple(reader.lines(row["ref"]))
        names = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
        notes = {d: reader.note(d) for line in lines for d in (line["payload"].get("reason"),) if d}
        return cls(row["ref"], row["title"], lines, names, notes)

    def took(self, number: int, calendar: Calendar) -> timedelta | None:
        """Return the working time between an event and the one before it; None for the first."""
        if not number:
            return None
        return working_time(_at(self.lines[number - 1]), _at(self.lines[number]), calendar)

    def who(self, line: Line) -> str:
        """Name who acted, and for whom."""
        principal = line["payload"].get("for", "")
        return deputised(self._name(line["actor"]), self._name(principal) if principal else "")

    def what(self, line: Line) -> str:
        """Say what was done, in which capacity, and the reason that was given."""
        said = line["payload"]
        text = event_name(line["type"])
        if "role" in said and "aspect" in said:
            role, aspect = role_name(said["role"]), aspect_name(said["aspect"])
            text = say(mark("{what} ({role}, {aspect})"), what=text, role=role, aspect=aspect)
        if "flag" in said:
            text += f" {said['flag']}"
        if "revision" in said and "documents" in said and line["type"] in ("drafted", "submitted"):
            text += f" r{said['revision']}"
        if said.get("grant"):
            text += f" {said['grant']}"
        return quoted(text, self.reason(line))

    def reason(self, line: Line) -> str:
        """Return the reason that was given, or the empty text."""
        return self.notes.get(line["payload"].get("reason", ""), "")

    def _name(self, person: str) -> str:
        return self.names.get(person, person)


def receipt_of(digest: str) -> str:
    """Return the short form of a receipt."""
    return f"{digest[:4]}-{digest[4:8]}"


@command("timeline", mark("Tell an agreement's story, event by event."), epilog="assent timeline 42")
@click.argument("ref")
@form_options
def timeline_command(settings: Settings, ref: str, form: str) -> None:
    """Show the timeline."""
    with settings.reader() as reader:
        story = Story.read(reader, ref)
    taken = [story.took(number, settings.calendar) for number in range(len(story.lines))]
    records = [_record(story, line, took) for line, took in zip(story.lines, taken, strict=True)]
    if form == "table" and not settings.as_json:
        remark(f"{story.ref}  {visible(story.title)}   {_summary(story, settings.calendar)}")
    show_rows(
        settings,
        form,
        document=("timeline", "events"),
        more={"ref": story.ref},
        keys=_KEYS,
        records=records,
        headings=(
            "#",
            mark("WHEN (TAIPEI)"),
            mark("WHO"),
            mark("WHAT"),
            mark("TOOK"),
            mark("EVIDENCE"),
        ),
        cells=[
            (
                str(line["seq"]),
                when(line["at"]),
                story.who(line),
                story.what(line),
                duration(took) if number else "",
                _evidence(line),
            )
            for number, (line, took) in enumerate(zip(story.lines, taken, strict=True))
        ],
        right=[0, 4],
        flexible=[2, 3],
    )


def _record(story: Story, line: Line, took: timedelta | None) -> dict[str, Any]:
    said = line["payload"]
    return {
        "seq": line["seq"],
        "at": line["at"],
        "type": line["type"],
        "actor": line["actor"],
        "for": said.get("for", ""),
        "state": line["to"],
        "took_days": in_days(took),
        "hash": line["hash"],
        "receipt": receipt_of(line["hash"]),
        "reason": story.reason(line),
        "documents": [d["name"] for d in said.get("documents", ())],
        "evidence": _digest(line)[1],
    }


def _summary(story: Story, calendar: Calendar) -> str:
    """Say how much happened, by how many, and how long it took from the first draft to the last event."""
    people = {line["actor"] for line in story.lines} | {
        line["payload"]["for"] for line in story.lines if line["payload"].get("for")
    }
    counts = {"events": len(story.lines), "people": len(people)}
    drafts = [line for line in story.lines if line["type"] == "drafted"]
    executed = [line for line in story.lines if line["type"] == "executed"]
    if not (drafts and executed):
        return say(mark("{events} events, {people} people"), **counts)
    took = in_days(working_time(_at(drafts[0]), _at(executed[-1]), calendar))
    text = mark("{events} events, {people} people, {days} working days from draft to execution")
    return say(text, **counts, days="?" if took is None else f"{took:.1f}")


def _evidence(line: Line) -> str:
    kind, digest = _digest(line)
    if kind == "receipt":
        return say(mark("rcpt {receipt}"), receipt=receipt_of(digest))
    text = mark("doc {digest}..") if kind == "document" else mark("file {digest}..")
    return say(text, digest=digest[:8])


def _digest(line: Line) -> tuple[str, str]:
    """Return what proves an event best: a signature's receipt, the other side's file, a document."""
    said = line["payload"]
    if line.get("signed"):
        return "receipt", line["hash"]
    for name in ("evidence", "signed_copy"):
        if isinstance(said.get(name), Mapping):
            return "file", said[name]["sha256"]
    if said.get("documents"):
        return "document", said["documents"][0]["file"]
    return "receipt", line["hash"]


def _at(line: Line) -> datetime:
    return datetime.fromisoformat(line["at"])

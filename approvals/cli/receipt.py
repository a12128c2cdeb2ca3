"""Everything about one event, found by its receipt, and how to check it without us."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, show_pairs, visible
from approvals.cli.settings import Settings
from approvals.cli.timeline import Story, receipt_of
from approvals.cli.words import event_name, quoted, state_name, when
from approvals.receipts import Receipt, faults
from approvals.statements import purpose_of
from workflow.errors import AmbiguousReferenceError, TrailRefusedError, UnknownReferenceError
from workflow.events import REGISTRY, is_agreement
from workflow.i18n import mark
from workflow.ledger import Entry, digest, entry_of
from workflow.lifecycle import STATE_NAMES
from workflow.reading import Reader

_EVENT, _STATEMENT, _SIGNERS = "event.json", "statement.txt", "allowed_signers"


@command(
    "receipt",
    mark("Show everything about one event, and how to check it."),
    epilog="assent receipt 7be1-c09d --out proof/",
)
@click.argument("receipt")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=mark("A folder for the event's bytes, what was signed, the signature and the keys."),
)
def receipt_command(settings: Settings, receipt: str, out: Path | None) -> None:
    """Show a receipt."""
    with settings.reader() as reader:
        entry = find_event(reader, Receipt.read(receipt))
        line = _body(entry)
        signed = line.get("signed") or {}
        statement = reader.content(signed["statement"]) if signed else b""
        story = _story(reader, entry, line)
        if out:
            _save(reader, entry, line, statement, out)
    title = f"{entry.stream}#{entry.seq}"
    if settings.as_json:
        show_json(
            "receipt",
            receipt=f"{title}:{entry.hash}",
            ref=entry.stream,
            seq=entry.seq,
            head=entry.hash,
            short=receipt_of(entry.hash),
            previous=entry.prev,
            fits=digest(entry.line) == entry.hash,
            at=line["at"],
            type=line["type"],
            actor=line["actor"],
            principal=line["payload"].get("for", ""),
            state=line["to"],
            reason=story.reason(line),
            documents=[
                {name: row[name] for name in ("name", "content", "file")}
                for row in line["payload"].get("documents", ())
            ],
            key=signed.get("key", ""),
            signature=signed.get("signature", ""),
            statement=statement.decode(errors="replace"),
            line=entry.line.decode(),
            check=_checks(line, entry, signed),
        )
        return
    show(f"{title}   {say(mark('receipt'))} {receipt_of(entry.hash)}   {visible(story.title)}".rstrip())
    show()
    show_pairs(_facts(story, entry, line))
    if signed:
        show()
        show(say(mark("What was signed, with the key {key}:"), key=signed["key"]))
        show(visible(statement.decode(errors="replace").rstrip("\n"), lines=True))
        show()
        show(visible(signed["signature"].rstrip("\n"), lines=True))
    show()
    show(say(mark("How to check it without us, in the folder that --out {folder} fills:"), folder="proof/"))
    for check in _checks(line, entry, signed):
        show(
            "  "
            + check.replace(" -n ", " \\\n    -n ").replace("   # ", "\n    # ").replace(" -O", " \\\n    -O")
        )
    remark(
        say(
            mark("Keep this line elsewhere, and the trail can be held to it:\n  {receipt}"),
            receipt=f"{title}:{entry.hash}",
        )
    )


def find_event(reader: Reader, receipt: Receipt) -> Entry:
    """Return the event a receipt names, or raise what `Reader.resolve` raises."""
    found = events_of(reader, receipt)
    if not found:
        raise UnknownReferenceError(ref=receipt.shown)
    if len(found) > 1:
        candidates = ", ".join(f"{entry.stream}#{entry.seq}" for entry in found)
        raise AmbiguousReferenceError(ref=receipt.shown, candidates=candidates)
    (entry,) = found
    if not digest(entry.line).startswith(receipt.head):
        reason = "; ".join(faults(receipt, entry, last=entry.seq))
        raise TrailRefusedError(stream=f"{entry.stream}#{entry.seq}", reason=reason)
    return entry


def events_of(reader: Reader, receipt: Receipt) -> list[Entry]:
    """Return what stands at a receipt's place, or has its digest where it names no place."""
    columns = "SELECT stream, seq, prev, hash, line FROM v_event"
    if receipt.ref:
        rows = reader.rows(
            f"{columns} WHERE stream = :stream AND seq = :seq",
            stream=stream_of(reader, receipt.ref),
            seq=receipt.seq,
        )
    else:
        start = f"{receipt.head}%"
        rows = reader.rows(f"{columns} WHERE hash LIKE :start ORDER BY stream, seq", start=start)
    try:
        return [entry_of(row) for row in rows]
    except ValueError as error:
        raise TrailRefusedError(stream=receipt.shown, reason=error) from None


def stream_of(reader: Reader, ref: str) -> str:
    """Return the chain that *ref* names: an agreement's, the registry, or the assessments."""
    return reader.resolve(ref) if is_agreement(ref.lower()) else ref.lower()


def _body(entry: Entry) -> dict[str, Any]:
    try:
        line = json.loads(entry.line)
        line["payload"], line["actor"], line["at"], line["type"], line["to"]  # it has to have them
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"an event cannot be read ({error})"
        raise TrailRefusedError(stream=f"{entry.stream}#{entry.seq}", reason=reason) from None
    return {**line, "hash": entry.hash}


def _story(reader: Reader, entry: Entry, line: Mapping[str, Any]) -> Story:
    rows = reader.rows("SELECT title FROM v_agreement WHERE ref = :ref", ref=entry.stream)
    names = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
    reason = line["payload"].get("reason", "")
    notes = {reason: reader.note(reason)} if reason else {}
    return Story(entry.stream, rows[0]["title"] if rows else "", (line,), names, notes)


def _facts(story: Story, entry: Entry, line: Mapping[str, Any]) -> list[tuple[str, str]]:
    fits = digest(entry.line) == entry.hash
    documents = [f"{d['name']}\n{d['file']}" for d in line["payload"].get("documents", ())]
    return [
        (mark("Agreement"), entry.stream),
        (mark("Number"), str(entry.seq)),
        (mark("Head"), f"{group_digits(entry.hash, 8)}\n{group_digits(entry.hash[32:], 8)}"),
        ("", say(mark("recomputed: fits") if fits else mark("recomputed: DOES NOT FIT"))),
        (mark("After"), f"{group_digits(entry.prev, 4)} ..."),
        (mark("When"), f"{when(line['at'])} +08:00"),
        (mark("Who"), f"{story.who(line)} ({line['actor']})"),
        (mark("What"), quoted(event_name(line["type"]), story.reason(line))),
        (mark("State"), state_name(line["to"]) if line["to"] in STATE_NAMES else ""),
        (mark("Documents"), "\n".join(documents)),
    ]


def _checks(line: Mapping[str, Any], entry: Entry, signed: Mapping[str, Any]) -> list[str]:
    """Return the commands that check an event with stock tools, in the folder that was saved."""
    checks = [f"sha256sum {_EVENT}   # {entry.hash}"]
    if signed:
        namespace = purpose_of(entry.stream)
        moment = "".join(c for c in line["at"] if c.isdigit())
        checks += [
            f"sha256sum {_STATEMENT}   # {signed['statement']}",
            f"ssh-keygen -Y verify -f {_SIGNERS} -I {line['actor']} -n {namespace} "
            f"-s {_STATEMENT}.sig -Overify-time={moment}Z < {_STATEMENT}",
        ]
    return checks


def _save(reader: Reader, entry: Entry, line: Mapping[str, Any], statement: bytes, folder: Path) -> None:
    from approvals.allowed_signers import allowed_signers
    from approvals.directory import directory_of
    from workflow.files import save_files

    files = {_EVENT: entry.line}
    if line.get("signed"):
        files |= {
            _STATEMENT: statement,
            f"{_STATEMENT}.sig": line["signed"]["signature"].encode(),
            _SIGNERS: allowed_signers(directory_of(reader.events(REGISTRY))),
        }
    for path in save_files(files, folder):
        remark(say(mark("Wrote {path}"), path=path))

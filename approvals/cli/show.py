"""One agreement, on one screen."""

from datetime import UTC, datetime
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import (
    group_digits,
    plain,
    remark,
    say,
    show,
    show_json,
    show_pairs,
    show_table,
    visible,
)
from approvals.cli.seen import remember, seen_before
from approvals.cli.settings import Settings
from approvals.cli.words import amount, capacity, deputised, part_names, quoted, state_name, when
from approvals.labels import DECISIONS, STATUSES
from approvals.lateness import due_words
from workflow.errors import TYPED
from workflow.i18n import mark, translate
from workflow.lifecycle import State, allowed
from workflow.reading import Reader, Row
from workflow.values.dates import TAIPEI

_MARKS = {"approve": "ok", "return": "<-", "reject": "xx", "recuse": "--", "excuse": "--"}
_FLAG = ("flag", "aspect", "role", "status", "blocking", "expert", "assigned", "due", "rules", "origin")
_DECISION = (
    "seq", "revision", "person", "aspect", "role", "decision", "at", "receipt", "current",
    "principal", "member",
)  # fmt: skip
# What only the Python interface does so far.
_NO_COMMAND = ("renew", "terminate", "expire")


@command("show", mark("Show an agreement: terms, steps, flags, documents."), epilog="assent show 42")
@click.argument("ref")
def show_command(settings: Settings, ref: str) -> None:
    """Show an agreement."""
    with settings.reader() as reader:
        row = reader.agreement(ref)
        parts = {
            name: reader.of(f"v_{name}", row["ref"]) for name in ("seat", "flag", "decision", "document")
        }
        if settings.as_json:
            show_json("show", **_as_json(row, parts))
            return
        names = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
        changed = _changed(reader, row, settings, parts["decision"])
        _header(row, parts["document"])
    _seats(parts["seat"], parts["decision"], settings, names)
    if changed:
        show()
        show(changed)
    _flags(parts["flag"], names)
    actions = [action for action in allowed(State(row["state"])) if action not in _NO_COMMAND]
    commands = [TYPED.get(action, action) for action in actions]
    if commands:
        remark(say(mark("Possible now: {commands}"), commands=", ".join(commands)))


def _header(row: Row, documents: list[Row]) -> None:
    revision = say(mark("revision {number}"), number=row["revision"]) if row["revision"] else ""
    show(f"{row['ref']}  {visible(row['title'])}   {state_name(row['state']).upper()}  {revision}".rstrip())
    show()
    contract = next((d for d in documents if d["file"] == row["document"]), None)
    show_pairs(
        (
            (mark("With"), row["counterparty"]),
            (mark("Value"), amount(row)),
            (mark("Drafted by"), row["drafter_name"]),
            (mark("Kind"), f"{row['kind']} ({row['language']})"),
            (mark("Document"), contract["name"] if contract else ""),
            ("", f"sha256 {group_digits(row['document'])} ..." if row["document"] else ""),
            (mark("Updated"), when(row["updated_at"])),
            (mark("Events"), f"{row['seq']}   {say(mark('head'))} {group_digits(row['head'])} ..."),
        )
    )


def _seats(seats: list[Row], decisions: list[Row], settings: Settings, names: dict[str, str]) -> None:
    if not seats:
        return
    today = datetime.now(UTC).astimezone(TAIPEI).date()
    current = [d for d in decisions if d["current"]]
    show()
    rows = []
    for seat in seats:
        given = [d for d in current if (d["aspect"], d["role"]) == (seat["aspect"], seat["role"])]
        place = capacity(seat["role"], seat["aspect"])
        for decision in given:
            said = translate(DECISIONS[decision["decision"]])
            if decision["member"]:
                said += f": {names.get(decision['member'], decision['member'])}"
            rows.append(
                (
                    _MARKS[decision["decision"]],
                    place,
                    deputised(decision["person_name"], decision["principal_name"]),
                    quoted(said, decision["reason_text"]),
                    when(decision["at"]),
                    decision["receipt"],
                )
            )
        if seat["given"] < seat["quorum"]:
            turn = seat["is_open"]
            said = say(mark("{given} of {quorum}"), given=seat["given"], quorum=seat["quorum"])
            due = due_words(seat["due"], today, settings.calendar) if seat["due"] else "-"
            rows.append((">>" if turn else "..", place, "-", said, due, "-"))
    show_table(
        ("", mark("STEP"), mark("WHO"), mark("DECISION"), mark("WHEN"), mark("RECEIPT")),
        rows,
        flexible=[1, 2, 3],
    )


def _flags(flags: list[Row], names: dict[str, str]) -> None:
    shown = [flag for flag in flags if flag["status"] != "superseded"]
    if not shown:
        return
    show()
    show_table(
        ("", mark("FLAG"), mark("EXPERT"), mark("STATUS"), mark("BY"), mark("RULES")),
        [
            (
                "!" if flag["blocking"] else "ok",
                flag["flag"],
                capacity(flag["role"], flag["aspect"]),
                translate(STATUSES[flag["status"]]),
                names.get(flag["expert"], "-"),
                flag["rules"] or flag["origin"],
            )
            for flag in shown
        ],
        flexible=[2, 3, 4, 5],
    )


def _changed(reader: Reader, row: Row, settings: Settings, decisions: list[Row]) -> str:
    """Say what differs from the text the person last saw here or decided on; else from the one before."""
    submitted = [line for line in reader.lines(row["ref"]) if line["type"] == "submitted"]
    revisions = [line["payload"]["revision"] for line in submitted]
    seen = 0
    if settings.actor:
        log = reader.rows("SELECT value FROM v_meta WHERE name = 'log'")[0]["value"]
        mine = [d["revision"] for d in decisions if settings.actor in (d["person"], d["principal"])]
        seen = max([seen_before(settings.cache, log, settings.actor, row["ref"]), *mine])
        remember(settings.cache, log, settings.actor, row["ref"], row["revision"])
    if len(submitted) < 2 or (seen and seen >= revisions[-1]):
        return ""
    since = seen or revisions[-2]
    later = [line["payload"] for line in submitted if line["payload"]["revision"] > since]
    parts = sorted({part for payload in later for part in payload.get("changed", ())})
    said = part_names(parts) if parts else say(mark("nothing"))
    text = mark("Changed since revision {number}: {parts}")
    if seen:
        text = mark("Changed since revision {number}, which you saw: {parts}")
    return say(text, number=since, parts=said)


def _as_json(row: Row, parts: dict[str, list[Row]]) -> dict[str, Any]:
    return {
        **plain(
            row,
            "ref",
            "title",
            "state",
            "outcome",
            "kind",
            "language",
            "counterparty",
            "currency",
            "total_minor",
            "drafter",
            "revision",
            "document",
            "terms",
            "policy",
            "seq",
            "head",
            "created_at",
            "updated_at",
        ),
        "seats": [
            plain(r, "step", "aspect", "role", "quorum", "given", "due", "rules") for r in parts["seat"]
        ],
        "flags": [
            plain(
                r,
                "flag",
                "aspect",
                "role",
                "status",
                "blocking",
                "expert",
                "assigned",
                "due",
                "rules",
                "origin",
            )
            for r in parts["flag"]
        ],
        "decisions": [
            plain(
                r,
                "seq",
                "revision",
                "person",
                "aspect",
                "role",
                "decision",
                "at",
                "receipt",
                "current",
                "principal",
                "member",
            )
            for r in parts["decision"]
        ],
        "documents": [
            plain(r, "seq", "name", "kind", "language", "revision", "audience", "content", "file", "size")
            for r in parts["document"]
        ],
    }

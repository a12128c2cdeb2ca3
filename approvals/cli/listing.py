"""Reading across agreements: the list, one agreement's timeline, the parties."""

import json
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import plain, remark, say, show, show_json, show_table, visible
from approvals.cli.settings import Settings
from approvals.cli.words import amount, aspect_name, event_name, quoted, role_name, state_name, when
from workflow.i18n import mark
from workflow.lifecycle import State


@command("list", mark("List agreements, newest first."), epilog="assent list --state sign_off")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), help=mark("Only those in this state.")
)
@click.option("--mine", is_flag=True, help=mark("Only those you drafted."))
def list_command(settings: Settings, state: str | None, mine: bool) -> None:
    """List agreements."""
    with settings.reader() as reader:
        rows = reader.agreements()
    drafter = settings.person if mine else ""
    rows = [r for r in rows if state in (None, r["state"]) and drafter in ("", r["drafter"])]
    if settings.as_json:
        columns = (
            "ref",
            "title",
            "state",
            "outcome",
            "kind",
            "counterparty",
            "currency",
            "total_minor",
            "drafter",
            "revision",
            "created_at",
            "updated_at",
        )
        show_json("list", agreements=[plain(row, *columns) for row in rows])
    elif not rows:
        show(say(mark("There is no agreement here yet. Begin one: assent new services --terms terms.toml")))
    else:
        show_table(
            (
                mark("REF"),
                mark("AGREEMENT"),
                mark("COUNTERPARTY"),
                mark("VALUE"),
                mark("STATE"),
                mark("UPDATED"),
            ),
            [
                (
                    r["ref"],
                    r["title"],
                    r["counterparty"] or "-",
                    amount(r),
                    state_name(r["state"]),
                    when(r["updated_at"]),
                )
                for r in rows
            ],
            right=[3],
            flexible=[1, 2],
        )


@command("timeline", mark("Tell an agreement's story, event by event."), epilog="assent timeline 42")
@click.argument("ref")
def timeline_command(settings: Settings, ref: str) -> None:
    """Show the timeline."""
    with settings.reader() as reader:
        row = reader.agreement(ref)
        lines = list(reader.lines(row["ref"]))
        names = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
        notes = {d: reader.note(d) for line in lines for d in (line["payload"].get("reason"),) if d}
    if settings.as_json:
        show_json("timeline", ref=row["ref"], events=[_event(line, notes) for line in lines])
        return
    remark(f"{row['ref']}  {visible(row['title'])}")
    show_table(
        ("#", mark("WHEN"), mark("WHO"), mark("WHAT"), mark("RECEIPT")),
        [
            (
                str(line["seq"]),
                when(line["at"]),
                names.get(line["actor"], line["actor"]),
                _what(line, notes),
                f"{line['hash'][:4]}-{line['hash'][4:8]}",
            )
            for line in lines
        ],
        flexible=[2, 3],
    )


@command("parties", mark("List the parties of all agreements."), epilog="assent parties")
def parties_command(settings: Settings) -> None:
    """List the parties."""
    found: dict[tuple[str, str, str], list[str]] = {}
    with settings.reader() as reader:
        for row in reader.agreements():
            terms = json.loads(reader.content(row["terms"])) if row["terms"] else {"parties": []}
            for party in terms["parties"]:
                key = (party["name"], party.get("registration", ""), party["country"])
                found.setdefault(key, []).append(row["ref"])
    rows: list[dict[str, Any]] = [
        {"name": name, "registration": number, "country": country, "agreements": sorted(refs)}
        for (name, number, country), refs in sorted(found.items())
    ]
    if settings.as_json:
        show_json("parties", parties=rows)
        return
    show_table(
        (mark("PARTY"), mark("REGISTRATION"), mark("COUNTRY"), mark("AGREEMENTS")),
        [(r["name"], r["registration"] or "-", r["country"], ", ".join(r["agreements"])) for r in rows],
        flexible=[0, 3],
    )


def _event(line: Any, notes: dict[str, str]) -> dict[str, Any]:
    return {
        "seq": line["seq"],
        "at": line["at"],
        "type": line["type"],
        "actor": line["actor"],
        "state": line["to"],
        "hash": line["hash"],
        "receipt": f"{line['hash'][:4]}-{line['hash'][4:8]}",
        "reason": notes.get(line["payload"].get("reason", ""), ""),
        "documents": [d["name"] for d in line["payload"].get("documents", ())],
    }


def _what(line: Any, notes: dict[str, str]) -> str:
    said = line["payload"]
    text = event_name(line["type"])
    if "role" in said and "aspect" in said:
        role, aspect = role_name(said["role"]), aspect_name(said["aspect"])
        text = say(mark("{what} ({role}, {aspect})"), what=text, role=role, aspect=aspect)
    if "flag" in said:
        text += f" {said['flag']}"
    if "revision" in said and "documents" in said and line["type"] in ("drafted", "submitted"):
        text += f" r{said['revision']}"
    return quoted(text, notes.get(said.get("reason", ""), ""))

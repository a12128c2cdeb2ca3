"""Why an agreement waits: what is asked, by which rule, what is missing, who could act."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from approvals.clearance import Clearance, clearance_of
from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, show_pairs, show_table, visible
from approvals.cli.settings import Settings
from approvals.cli.words import aspect_name, capacity, deputised, part_names, role_name, state_name
from workflow.case import CLEAR, CONDITIONS, Case
from workflow.i18n import language, mark
from workflow.lifecycle import State
from workflow.reading import Reader
from workflow.values.dates import TAIPEI


@command(
    "why",
    mark("Say why an agreement waits: the rules, what is missing, who could act."),
    epilog="assent why 42",
)
@click.argument("ref")
def why_command(settings: Settings, ref: str) -> None:
    """Explain an agreement's standing."""
    from approvals.policy import read_policy

    with settings.reader() as reader:
        case = reader.case(ref)
        if case.submission is None:
            _not_submitted(settings, case)
            return
        policy = read_policy(reader.content(case.submission.policy), source=case.ref)
        rows = _rows(reader, case, clearance_of(case))
        standing = _standing(reader, case)
    if settings.as_json:
        show_json(
            "why",
            ref=case.ref,
            state=case.state.value,
            policy=policy.digest,
            missing=rows,
            cleared=bool(clearance_of(case)),
            waiting_for=list(clearance_of(case).waiting_for),
            changed=list(case.submission.changed),
            kept=[row for row in standing if row["kept"]],
            voided=[row for row in standing if not row["kept"]],
        )
        return
    show(f"{case.ref}  {visible(case.title)}   {state_name(case.state).upper()}")
    _show_standing(case, standing)
    if not rows and case.state is State.DRAFTING:
        show(say(mark("It went back. {name} can change it and submit it again."), name=case.drafter))
        return
    if not rows:
        show(say(mark("Nothing is missing: every aspect is signed for and no flag blocks.")))
        return
    show(say(mark("Still missing:")))
    show_table(
        (mark("WHAT"), mark("ROLE"), mark("ASPECT"), mark("COULD ACT"), mark("RULES")),
        [
            (
                row["what"] if row["task"] == "review" else f"{row['given']}/{row['quorum']}",
                role_name(row["role"]),
                aspect_name(row["aspect"]),
                ", ".join([*row["people"], *(deputised(*pair) for pair in row["deputies"])]) or "-",
                " ".join(row["rules"]),
            )
            for row in rows
        ],
        flexible=[1, 2, 3, 4],
    )
    show()
    for name in dict.fromkeys(rule for row in rows for rule in row["rules"]):
        rule = policy.rule(name)
        if rule:
            said = f"{rule.when(language())}   (policy.csv:{rule.row})\n{rule.condition.text}"
            show_pairs([(name, said)], indent=2)


def _rows(reader: Reader, case: Case, clearance: Clearance) -> list[dict[str, Any]]:
    if case.state not in (State.EXPERT_REVIEW, State.SIGN_OFF):
        return []
    holders: dict[str, list[str]] = {}
    for row in reader.rows("SELECT person, role FROM v_role ORDER BY person"):
        holders.setdefault(row["role"], []).append(row["person"])

    def could(role: str, without: frozenset[str]) -> list[str]:
        return sorted({p for one in role.split("/") for p in holders.get(one, [])} - without)

    barred = case.barred | case.spoken
    rows: list[dict[str, Any]] = [
        {
            "task": "review",
            "what": flag.id,
            "role": flag.role,
            "aspect": flag.aspect,
            "given": 0,
            "quorum": 1,
            "people": [flag.assigned] if flag.assigned else could(flag.role, case.barred),
            "deputies": [],
            "rules": list(flag.rules),
        }
        for flag in clearance.flags
    ]
    lent = _delegations(reader, case)
    for status in clearance.seats:
        if not status.missing:
            continue
        seat = status.seat
        people = sorted(status.silent - barred) if seat.body else could(seat.role, barred)
        rows.append(
            {
                "task": "sign-off",
                "what": "sign-off",
                "role": seat.role,
                "aspect": seat.aspect,
                "given": len(status.people),
                "quorum": len(status.people) + status.missing,
                "people": people,
                "deputies": [
                    [deputy, principal]
                    for deputy, principal, aspects in lent
                    if principal in people
                    and deputy not in barred
                    and (not aspects or seat.aspect in aspects)
                ],
                "rules": list(seat.rules),
            }
        )
    return rows


def _delegations(reader: Reader, case: Case) -> list[tuple[str, str, list[str]]]:
    """Return who may decide for whom today on an agreement like this, and for which aspects only."""
    today = datetime.now(UTC).astimezone(TAIPEI).date().isoformat()
    value = reader.agreement(case.ref)["value"]
    rows = reader.rows("SELECT * FROM v_delegation ORDER BY id")
    return [
        (row["deputy"], row["principal"], row["aspects"].split())
        for row in rows
        if row["first_day"] <= today <= row["last_day"]
        and (not row["kinds"] or case.kind in row["kinds"].split())
        and (row["max_value"] is None or (value is not None and value <= row["max_value"]))
    ]


def _standing(reader: Reader, case: Case) -> list[dict[str, Any]]:
    """Return what was signed about the text before, whether it still holds, and why not."""
    submission = case.submission
    if submission is None:
        return []
    felled = {fallen.seq: fallen.parts for fallen in submission.voided}
    answered = {flag.answered for flag in case.flags if flag.status in (CLEAR, CONDITIONS)}
    kept = {*submission.kept, *(seq for seq in answered if 0 < seq < submission.seq)}
    names = {row["id"]: row["name"] for row in reader.rows("SELECT id, name FROM v_person")}
    rows = []
    for line in reader.lines(case.ref):
        seq, said = line["seq"], line["payload"]
        if seq not in felled and seq not in kept:
            continue
        flag = case.flag(said["flag"]) if "flag" in said else None
        rows.append(
            {
                "seq": seq,
                "person": line["actor"],
                "name": deputised(names.get(line["actor"], line["actor"]), _principal(said, names)),
                "role": flag.role if flag else said["role"],
                "aspect": flag.aspect if flag else said["aspect"],
                "kept": seq in kept,
                "parts": list(felled.get(seq, ())),
            }
        )
    return rows


def _principal(said: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return names.get(said["for"], said["for"]) if "for" in said else ""


def _show_standing(case: Case, standing: list[dict[str, Any]]) -> None:
    submission = case.submission
    if submission is None or submission.revision < 2 or not (submission.changed or standing):
        return
    changed = part_names(submission.changed) if submission.changed else say(mark("nothing"))
    show(say(mark("Changed since the text submitted before: {parts}"), parts=changed))
    if standing:
        show_table(
            ("", mark("WHO"), mark("AS"), mark("STANDS")),
            [
                (
                    "ok" if row["kept"] else "xx",
                    row["name"],
                    capacity(row["role"], row["aspect"]),
                    say(mark("yes, nothing it answers for changed"))
                    if row["kept"]
                    else say(mark("no, it answers for: {parts}"), parts=part_names(row["parts"])),
                )
                for row in standing
            ],
            flexible=[1, 2, 3],
        )
    show()


def _not_submitted(settings: Settings, case: Case) -> None:
    if settings.as_json:
        show_json(
            "why", ref=case.ref, state=case.state.value, policy="", missing=[], cleared=False, waiting_for=[]
        )
    else:
        show(f"{case.ref}  {visible(case.title)}   {state_name(case.state).upper()}")
        show(
            say(mark("It was not submitted yet, so nobody is asked. It is {name}'s move."), name=case.drafter)
        )

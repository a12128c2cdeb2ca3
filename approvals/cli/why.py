"""Why an agreement waits: what is asked, by which rule, what is missing, who could act."""

from typing import Any

import click

from approvals.clearance import Clearance, clearance_of
from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, show_pairs, show_table, visible
from approvals.cli.settings import Settings
from approvals.cli.words import aspect_name, role_name, state_name
from workflow.case import Case
from workflow.i18n import language, mark
from workflow.lifecycle import State
from workflow.reading import Reader


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
    if settings.as_json:
        show_json(
            "why",
            ref=case.ref,
            state=case.state.value,
            policy=policy.digest,
            missing=rows,
            cleared=bool(clearance_of(case)),
            waiting_for=list(clearance_of(case).waiting_for),
        )
        return
    show(f"{case.ref}  {visible(case.title)}   {state_name(case.state).upper()}")
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
                ", ".join(row["people"]) or "-",
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
    barred = case.drafters | {case.drafter} | {d.person for d in case.current_decisions}
    rows: list[dict[str, Any]] = [
        {
            "task": "review",
            "what": flag.id,
            "role": flag.role,
            "aspect": flag.aspect,
            "given": 0,
            "quorum": 1,
            "people": [p for p in holders.get(flag.role, []) if p not in case.drafters],
            "rules": list(flag.rules),
        }
        for flag in clearance.flags
    ]
    rows += [
        {
            "task": "sign-off",
            "what": "sign-off",
            "role": s.seat.role,
            "aspect": s.seat.aspect,
            "given": len(s.people),
            "quorum": s.seat.quorum,
            "people": [p for p in holders.get(s.seat.role, []) if p not in barred],
            "rules": list(s.seat.rules),
        }
        for s in clearance.seats
        if s.missing
    ]
    return rows


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

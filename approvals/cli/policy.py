"""Reading the policy, and what it asked of an agreement."""

import json

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.words import aspect_name, role_name
from workflow.errors import TermsMissingError
from workflow.i18n import language, mark


@group("policy", mark("Show the policy, and what it asked of an agreement."), default="show")
def policy_command() -> None:
    """Work with the policy."""


@command("show", mark("Show every rule of the policy in force."), epilog="assent policy show")
def show_policy(settings: Settings) -> None:
    """Show the policy."""
    policy = settings.rules.policy
    if settings.as_json:
        rules = [
            {
                "rule": r.id,
                "when": {"en": r.when_en, "zh-TW": r.when_zh},
                "condition": r.condition.text,
                "role": r.role,
                "aspect": r.aspect,
                "kind": r.kind,
                "step": r.step,
                "quorum": r.quorum,
                "working_days": r.working_days,
                "why": {"en": r.why_en, "zh-TW": r.why_zh},
                "basis": r.basis,
                "row": r.row,
            }
            for r in policy.rules
        ]
        show_json("policy-show", digest=policy.digest, rules=rules)
        return
    show(say(mark("Policy {digest}, {count} rules"), digest=policy.digest[:16], count=len(policy.rules)))
    show_table(
        (mark("RULE"), mark("APPLIES WHEN"), mark("ASKS"), mark("ASPECT"), mark("KIND"), mark("STEP")),
        [
            (
                r.id,
                r.when(language()),
                role_name(r.role),
                aspect_name(r.aspect),
                say(_KINDS[r.kind]),
                str(r.step),
            )
            for r in policy.rules
        ],
        flexible=[1, 2],
    )


@command(
    "why",
    mark("Show what the policy asked of an agreement: every rule, fired or not."),
    epilog="assent policy why 42",
)
@click.argument("ref")
def why_policy(settings: Settings, ref: str) -> None:
    """Show the trace of a submission, or of the present terms where nothing was submitted."""
    from approvals.facts import facts_of
    from approvals.policy import assess, read_policy
    from approvals.submission import trace_rows
    from workflow.terms import from_canonical

    with settings.reader() as reader:
        case = reader.case(ref)
        if case.submission:
            policy = read_policy(reader.content(case.submission.policy), source=case.ref)
            rows = json.loads(reader.content(case.submission.trace))
        elif case.terms:
            policy = settings.rules.policy
            rows = trace_rows(assess(policy, facts_of(from_canonical(reader.content(case.terms)))))
        else:
            raise TermsMissingError(ref=case.ref)
    if settings.as_json:
        show_json(
            "policy-why", ref=case.ref, policy=policy.digest, submitted=bool(case.submission), rules=rows
        )
        return
    show_table(
        ("", mark("RULE"), mark("APPLIES WHEN"), mark("BECAUSE")),
        [
            (
                "ok" if row["fired"] else "..",
                row["rule"],
                policy_rule.when(language()) if (policy_rule := policy.rule(row["rule"])) else "",
                ", ".join(f"{name} = {json.dumps(value)}" for name, value in row["inputs"].items()),
            )
            for row in rows
        ],
        flexible=[2, 3],
    )


_KINDS = {"review": mark("review"), "signoff": mark("sign-off")}

policy_command.add_command(show_policy)
policy_command.add_command(why_policy)

"""The policy: its rules, what is wrong with a table, what it asked of an agreement and nearly asked."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import remark, say, show, show_json, show_pairs, show_table, visible
from approvals.cli.rehearsal import KINDS, diff_policies, holders_in, policy_in_force, try_policy
from approvals.cli.settings import Settings
from approvals.cli.signing import key_option
from approvals.cli.words import aspect_name, role_name
from approvals.policy import (
    DEFAULT_POLICY,
    Policy,
    Rule,
    assess,
    examine,
    load_policy,
    policy_file,
    read_policy,
)
from approvals.policy_checks import check_holders
from approvals.policy_table import ERROR, TableProblem
from approvals.rehearsal import Miss, missed, read_inputs
from workflow.errors import TermsMissingError
from workflow.i18n import language, mark


@group("policy", mark("Show the policy, and what it asked of an agreement."), default="show")
def policy_command() -> None:
    """Work with the policy."""


@command("show", mark("Show every rule of the policy in force."), epilog="assent policy show")
def show_policy(settings: Settings) -> None:
    """Show the policy."""
    policy = policy_in_force(settings)
    if settings.as_json:
        show_json("policy-show", digest=policy.digest, rules=[rule_as_data(rule) for rule in policy.rules])
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
                say(KINDS[r.kind]),
                str(r.step),
            )
            for r in policy.rules
        ],
        flexible=[1, 2],
    )


@command(
    "check",
    mark("Say everything that is wrong with a policy file (exit 1 when it cannot be used)."),
    epilog="assent policy check policy.csv",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_policy(settings: Settings, file: Path | None) -> int:
    """Check a policy file, or the one that is set."""
    path = file or settings.policy or DEFAULT_POLICY
    policy, problems = examine(policy_file(path))
    holders = holders_in(settings)
    if holders is not None and policy:
        problems = (*problems, *check_holders(policy.rules, holders))
    errors = [problem for problem in problems if problem.severity == ERROR]
    if settings.as_json:
        show_json(
            "policy-check",
            file=str(path),
            digest=policy.digest if policy else None,
            usable=not errors,
            holders_checked=holders is not None and policy is not None,
            problems=[problem.as_data() for problem in problems],
        )
        return 1 if errors else 0
    _show_problems(path, policy, problems, usable=not errors)
    if holders is None:
        remark(say(mark("No store here, so whether anyone holds each role could not be checked.")))
    return 1 if errors else 0


def _show_problems(
    path: Path, policy: Policy | None, problems: Sequence[TableProblem], *, usable: bool
) -> None:
    usable_text, unusable = mark("{name}: it can be used"), mark("{name}: it cannot be used as it is")
    show(say(usable_text if usable else unusable, name=visible(str(path))))
    if policy and usable:
        show(say(mark("Policy {digest}, {count} rules"), digest=policy.digest[:16], count=len(policy.rules)))
    show_pairs([("xx" if problem.severity == ERROR else "!", str(problem)) for problem in problems], indent=2)


@command(
    "why",
    mark("Show what the policy asked of an agreement: every rule, fired or not, and what nearly did."),
    epilog="assent policy why 42",
)
@click.argument("ref")
def why_policy(settings: Settings, ref: str) -> None:
    """Show the trace of a submission, or of the present terms where nothing was submitted."""
    from approvals.policy import trace_rows
    from workflow.facts import facts_of
    from workflow.terms import from_canonical
    from workflow.wordings import read_wordings

    with settings.reader() as reader:
        case = reader.case(ref)
        if case.submission:
            policy = read_policy(reader.content(case.submission.policy), source=case.ref)
            rows = json.loads(reader.content(case.submission.trace))
        elif case.terms:
            policy = policy_in_force(settings)
            terms = from_canonical(reader.content(case.terms))
            worded = read_wordings(reader.content(case.wordings) if case.wordings else b"")
            rows = trace_rows(assess(policy, facts_of(terms, **worded.for_rules)))
        else:
            raise TermsMissingError(ref=case.ref)
    misses = {row["rule"]: _missed(policy, row) for row in rows}
    if settings.as_json:
        show_json(
            "policy-why",
            ref=case.ref,
            policy=policy.digest,
            submitted=bool(case.submission),
            rules=[row | {"missed": _miss_as_data(misses[row["rule"]])} for row in rows],
        )
        return
    show_table(
        ("", mark("RULE"), mark("APPLIES WHEN"), mark("BECAUSE")),
        [
            (
                "ok" if row["fired"] else "..",
                row["rule"],
                policy_rule.when(language()) if (policy_rule := policy.rule(row["rule"])) else "",
                ", ".join(f"{name} = {_plain(value)}" for name, value in row["inputs"].items()),
            )
            for row in rows
        ],
        flexible=[2, 3],
    )
    near = [(name, miss) for name, miss in misses.items() if miss and miss.near]
    if near:
        show()
        show(say(mark("Nearly:")))
        show_pairs([(name, _miss_in_words(miss)) for name, miss in near], indent=2)


def _missed(policy: Policy, row: dict[str, Any]) -> Miss | None:
    rule = policy.rule(row["rule"])
    return missed(rule, read_inputs(row["inputs"])) if rule and not row["fired"] else None


def _miss_in_words(miss: Miss) -> str:
    if miss.by is None:
        return say(mark("one fact away: {part}"), part=miss.part)
    if not miss.by:
        return say(mark("exactly at its threshold: {part}"), part=miss.part)
    away = mark("{by} below its threshold: {part}")
    if miss.part.sign in ("<", "<="):
        away = mark("{by} above its threshold: {part}")
    elif miss.part.sign == "==":
        away = mark("{by} away from it: {part}")
    return say(away, by=f"{miss.by:,}", part=miss.part)


def _miss_as_data(miss: Miss | None) -> dict[str, Any] | None:
    if miss is None:
        return None
    return {
        "field": miss.part.field,
        "needs": str(miss.part),
        "by": None if miss.by is None else str(miss.by),
        "near": miss.near,
    }


def rule_as_data(rule: Rule) -> dict[str, Any]:
    """Return a rule for programs."""
    return {
        "rule": rule.id,
        "when": {"en": rule.when_en, "zh-TW": rule.when_zh},
        "condition": rule.condition.text,
        "role": rule.role,
        "aspect": rule.aspect,
        "kind": rule.kind,
        "covers": list(rule.covers),
        "step": rule.step,
        "mode": rule.mode,
        "quorum": rule.quorum,
        "working_days": rule.working_days,
        "escalate_to": rule.escalate_to,
        "why": {"en": rule.why_en, "zh-TW": rule.why_zh},
        "basis": rule.basis,
        "row": rule.row,
    }


def _plain(value: object) -> str:
    """Return a fact as the table writes it, so that it can be found there."""
    return value if isinstance(value, str) else json.dumps(value)


@command(
    "adopt",
    mark("Put a policy in force for every submission from now on, signed by an administrator."),
    epilog="assent policy adopt policy.csv",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@key_option
def adopt_policy(settings: Settings, file: Path | None, key_file: Path | None) -> None:
    """Put a policy in force: the file named, or the one that is set."""
    from approvals.cli.people import change

    policy = load_policy(file) if file else settings.own_policy
    change(settings, key_file, lambda registry: registry.adopt(policy))
    if settings.as_json:
        show_json("policy-adopt", digest=policy.digest, count=len(policy.rules))
        return
    text = mark("In force from now on: policy {digest}, {count} rules; what was submitted keeps its own")
    show(say(text, digest=policy.digest[:16], count=len(policy.rules)))


for _made in (show_policy, check_policy, adopt_policy, why_policy, try_policy, diff_policies):
    policy_command.add_command(_made)

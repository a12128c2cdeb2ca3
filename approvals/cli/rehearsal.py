"""Trying a policy: what it would ask of terms, and what another one would ask instead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, show_pairs, show_table, visible
from approvals.cli.settings import Settings
from approvals.cli.words import aspect_name, role_name
from approvals.policy import Assessment, Policy, Requirement, assess, policy_file, read_policy
from approvals.policy_table import REVIEW, SIGN_OFF
from approvals.rehearsal import Difference, RuleChange, compare, rule_changes, unknown_facts
from workflow.i18n import mark

if TYPE_CHECKING:
    from approvals.aggregation import Earlier
    from workflow.case import Case
    from workflow.reading import Reader
    from workflow.terms import Terms

KINDS = {REVIEW: mark("review"), SIGN_OFF: mark("sign-off")}
_CHANGES = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True)
class _Sample:
    """Terms to try a policy on, and the agreements that count beside them."""

    name: str
    terms: "Terms"
    earlier: tuple["Earlier", ...] = ()


@contextmanager
def open_store(settings: Settings) -> Iterator["Reader | None"]:
    """Open the store for reading; None where there is none here."""
    if settings.place.path is not None and not settings.place.path.exists():
        yield None
        return
    with settings.reader() as reader:
        yield reader


def policy_in_force(settings: Settings) -> Policy:
    """Return the policy that the store here has put in force; without a store the one that is set."""
    from approvals.directory import directory_of
    from workflow.events import REGISTRY

    with open_store(settings) as reader:
        adopted = directory_of(reader.events(REGISTRY)).policy if reader else ""
        return read_policy(reader.content(adopted)) if reader and adopted else settings.own_policy


def holders_in(settings: Settings) -> Mapping[str, list[str]] | None:
    """Return who holds each role; None where there is no store here."""
    with open_store(settings) as reader:
        return _holders(reader) if reader else None


def _holders(reader: "Reader") -> Mapping[str, list[str]]:
    holders: dict[str, list[str]] = {}
    for row in reader.rows("SELECT person, role FROM v_role ORDER BY person"):
        holders.setdefault(row["role"], []).append(row["person"])
    return holders


@command(
    "try",
    mark("Say who would be asked about terms, before anything is recorded."),
    epilog="assent policy try terms.toml",
)
@click.argument("file", type=click.Path(path_type=Path))
def try_policy(settings: Settings, file: Path) -> None:
    """Ask the policy about a file of terms."""
    from workflow.facts import facts_of
    from workflow.terms import Terms

    policy, terms = policy_in_force(settings), Terms.load(file)
    with open_store(settings) as reader:
        holders = _holders(reader) if reader else None
        sample = _Sample(file.name, terms, _earlier(_submitted(reader), terms) if reader else ())
    facts = facts_of(terms, beside=[one.value for one in sample.earlier])
    found = assess(policy, facts)
    unknown = unknown_facts(policy, found)
    if settings.as_json:
        show_json(
            "policy-try",
            file=str(file),
            policy=policy.digest,
            value=facts["contract_value"],
            earlier=[{"ref": e.ref, "seq": e.seq, "value": e.value} for e in sample.earlier],
            requirements=[_as_data(asked, holders) for asked in found.requirements],
            unknown=[{"fact": name, "rules": list(rules)} for name, rules in unknown.items()],
        )
        return
    show(f"{visible(terms.title)}   {_in_words(facts['contract_value'])}")
    if sample.earlier:
        refs = ", ".join(each.ref for each in sample.earlier)
        show(say(mark("This counts what was agreed with the same party in twelve months: {refs}"), refs=refs))
    _show_asked(found, holders)
    if unknown:
        show()
        show(say(mark("Nobody has answered these, so they count as risky:")))
        show_pairs([(name, " ".join(rules)) for name, rules in unknown.items()], indent=2)


def _show_asked(found: Assessment, holders: Mapping[str, list[str]] | None) -> None:
    headings = [mark("STEP"), mark("ASKS"), mark("KIND"), mark("ASPECT"), mark("RULES")]
    if holders is not None:
        headings.append(mark("COULD ACT"))
    rows = []
    for asked in found.requirements:
        row = [
            str(asked.step),
            _asked_in_words(asked),
            say(KINDS[asked.kind]),
            aspect_name(asked.aspect),
            " ".join(asked.rules),
        ]
        if holders is not None:
            row.append(", ".join(_people(asked, holders)) or say(mark("nobody")))
        rows.append(row)
    show_table(headings, rows, right=[0], flexible=[1, 3, 4, 5][: len(headings) - 2])


def _asked_in_words(asked: Requirement) -> str:
    name = role_name(asked.role)
    if asked.quorum == 1:
        return name
    if isinstance(asked.quorum, str):
        return say(mark("{role}, a majority"), role=name)
    return say(mark("{role}, {quorum} of them"), role=name, quorum=asked.quorum)


def _people(asked: Requirement, holders: Mapping[str, list[str]]) -> list[str]:
    return sorted({person for role in asked.role.split("/") for person in holders.get(role, ())})


def _in_words(value: object) -> str:
    return say(mark("of unknown value")) if value is None else f"TWD {value:,}"


@command(
    "diff",
    mark("Say what another policy changes, and who would be asked of agreements or sample terms."),
    epilog="assent policy diff policy.csv stricter.csv --over 42",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.argument("samples", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--over",
    multiple=True,
    metavar="REF",
    help=mark("An agreement; all of the store unless something is named."),
)
def diff_policies(
    settings: Settings, old: Path, new: Path, samples: tuple[Path, ...], over: tuple[str, ...]
) -> None:
    """Rehearse two policies."""
    from workflow.facts import facts_of

    before, after = (read_policy(policy_file(path), source=str(path)) for path in (old, new))
    changes = rule_changes(before, after)
    found = []
    for sample in _samples(settings, samples, over):
        facts = facts_of(sample.terms, beside=[one.value for one in sample.earlier])
        asked = [_assess(policy, facts) for policy in (before, after)]
        found.append((sample.name, asked[1], compare(*asked)))
    if settings.as_json:
        show_json(
            "policy-diff",
            old=before.digest,
            new=after.digest,
            rules=[_change_as_data(change) for change in changes],
            agreements=[
                {
                    "agreement": name,
                    "signed_by_nobody": result is None,
                    "more": [_as_data(asked) for asked in difference.more],
                    "less": [_as_data(asked) for asked in difference.less],
                    "other": [{"old": _as_data(a), "new": _as_data(b)} for a, b in difference.other],
                }
                for name, result, difference in found
            ],
        )
        return
    _show_changes(changes)
    _show_differences(found)


def _assess(policy: Policy, facts: Mapping[str, Any]) -> Assessment | None:
    from approvals.errors import NothingRequiredError

    try:
        return assess(policy, facts)
    except NothingRequiredError:
        return None


def _samples(settings: Settings, files: tuple[Path, ...], refs: tuple[str, ...]) -> list[_Sample]:
    """Return the terms named, or those of every agreement in the store where none are."""
    from workflow.terms import Terms, from_canonical

    found = [_Sample(str(path), Terms.load(path)) for path in files]
    if refs or not files:
        with settings.reader() if refs else open_store(settings) as reader:
            if reader is None:
                return found
            known = _submitted(reader)
            for ref in refs or [row["ref"] for row in reversed(reader.agreements())]:
                case = reader.case(ref)
                digest = case.submission.terms if case.submission else case.terms
                if not digest:
                    continue
                terms = from_canonical(reader.content(digest))
                found.append(_Sample(case.ref, terms, _earlier(known, terms, case)))
    return found


def _submitted(reader: "Reader") -> list[tuple["Case", "Terms"]]:
    """Return the agreements whose submission stands, with the terms they were submitted with."""
    from approvals.aggregation import STANDING
    from workflow.terms import from_canonical

    cases = [reader.case(row["ref"]) for row in reader.agreements() if row["state"] in STANDING]
    return [
        (case, from_canonical(reader.content(case.submission.terms))) for case in cases if case.submission
    ]


def _earlier(
    known: list[tuple["Case", "Terms"]], terms: "Terms", case: "Case | None" = None
) -> tuple["Earlier", ...]:
    """Return what counts beside terms: what was submitted before *case* was, or before now."""
    from approvals.aggregation import counted
    from workflow.values.dates import TAIPEI

    if case is None or case.submission is None:
        return counted(terms, _today(), known, but=case.ref if case else "")
    at = case.submission.at
    before = [(c, t) for c, t in known if c.submission is not None and c.submission.at <= at]
    return counted(terms, at.astimezone(TAIPEI).date(), before, but=case.ref)


def _today() -> date:
    from workflow.values.dates import TAIPEI

    return datetime.now(TAIPEI).date()


def _show_changes(changes: tuple[RuleChange, ...]) -> None:
    if not changes:
        show(say(mark("The rules are the same.")))
        return
    for change in changes:
        rule = change.new or change.old
        if rule is None:
            continue
        text = f"{role_name(rule.role)}, {rule.condition.text}"
        if change.old and change.new:
            text = ", ".join(change.columns)
            if "condition" in change.columns:
                text += f"\n{change.old.condition.text}\n-> {change.new.condition.text}"
        show_pairs([(f"{_CHANGES[change.kind]} {change.rule}", text)])


def _show_differences(found: list[tuple[str, Assessment | None, Difference]]) -> None:
    if not found:
        return
    differ = [row for row in found if row[2]]
    show()
    show(say(mark("{some} of {all} agreements would be asked otherwise"), some=len(differ), all=len(found)))
    for name, result, difference in differ:
        show(visible(name))
        pairs = [("+", _place_in_words(asked)) for asked in difference.more]
        pairs += [("-", _place_in_words(asked)) for asked in difference.less]
        pairs += [("~", f"{_place_in_words(a)} -> {_place_in_words(b)}") for a, b in difference.other]
        if result is None:
            pairs.append(("xx", say(mark("nobody would have to sign, so it could not be submitted"))))
        show_pairs(pairs, indent=2)


def _place_in_words(asked: Requirement) -> str:
    return say(
        mark("{who} ({aspect}, {kind}, step {step}, {days} working days)"),
        who=_asked_in_words(asked),
        aspect=aspect_name(asked.aspect),
        kind=say(KINDS[asked.kind]),
        step=asked.step,
        days=asked.working_days,
    )


def _as_data(asked: Requirement, holders: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": asked.kind,
        "role": asked.role,
        "aspect": asked.aspect,
        "step": asked.step,
        "quorum": asked.quorum,
        "working_days": asked.working_days,
        "covers": list(asked.covers),
        "escalate_to": list(asked.escalate_to),
        "rules": list(asked.rules),
    }
    return data if holders is None else data | {"people": _people(asked, holders)}


def _change_as_data(change: RuleChange) -> dict[str, Any]:
    return {
        "rule": change.rule,
        "change": change.kind,
        "columns": list(change.columns),
        "old": change.old.condition.text if change.old else None,
        "new": change.new.condition.text if change.new else None,
    }

"""Commands about flags: raise a question, assign, resolve or decline it, close its conditions."""

from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json
from approvals.cli.reasons import read_reason, reason_options
from approvals.cli.settings import Settings
from approvals.cli.signing import confirm, expect_option, find_signer, key_option, yes_option
from approvals.cli.words import state_name
from approvals.labels import ASPECTS, STATUSES
from workflow.i18n import mark

_ONCE = click.option(
    "--once",
    default="",
    metavar="NAME",
    help=mark("Name this attempt; a retry with the same name does nothing new."),
)


@group("flag", mark("Raise, assign, resolve, decline and close questions for experts."))
def flag_command() -> None:
    """Work on flags."""


@command(
    "raise",
    mark("Ask an expert; nothing passes until the answer is clear."),
    epilog="assent flag raise 42 --role tax --question 'Is there withholding tax?'",
)
@click.argument("ref")
@click.option("--role", required=True, help=mark("The expertise that is asked for."))
@click.option(
    "--aspect",
    default="legal",
    type=click.Choice(list(ASPECTS)),
    show_default=True,
    help=mark("The aspect it is about."),
)
@click.option("--question", required=True, help=mark("What the expert should answer."))
@_ONCE
def raise_command(settings: Settings, ref: str, role: str, aspect: str, question: str, once: str) -> None:
    """Raise a flag."""
    from approvals.reviews import ReviewDesk

    full = _resolve(settings, ref)
    store = settings.store()
    try:
        recorded = ReviewDesk(store, settings.person, overrides=settings.overrides).raise_flag(
            full, role=role, aspect=aspect, question=question, once=once
        )
    finally:
        store.close()
    _tell(settings, "flag-raise", recorded)


@command(
    "resolve",
    mark("Give your signed opinion on a flag."),
    epilog="assent flag resolve 42 F-1 --conclusion clear --reason 'The notice is in order'",
)
@click.argument("ref")
@click.argument("flag")
@click.option(
    "--conclusion",
    required=True,
    type=click.Choice(["clear", "conditions", "object"]),
    help=mark("What you conclude."),
)
@reason_options
@click.option("--basis", default="", help=mark("The law or rule it rests on."))
@click.option("--must", multiple=True, help=mark("A condition that must be met; may be repeated."))
@click.option("--should", multiple=True, help=mark("A condition that should be met; may be repeated."))
@click.option("--note", multiple=True, help=mark("A note for the record; may be repeated."))
@yes_option
@expect_option
@key_option
@_ONCE
def resolve_command(
    settings: Settings,
    ref: str,
    flag: str,
    conclusion: str,
    reason: str,
    reason_file: str,
    basis: str,
    must: tuple[str, ...],
    should: tuple[str, ...],
    note: tuple[str, ...],
    yes: bool,
    expect: str,
    key_file: Path | None,
    once: str,
) -> None:
    """Resolve a flag."""
    from approvals.reviews import Opinion
    from workflow.case import Condition

    _require_consistent(conclusion, must)
    why = read_reason(settings, "flag resolve", reason, reason_file, required=True)
    given = (
        [("must", text) for text in must]
        + [("should", text) for text in should]
        + [("note", text) for text in note]
    )
    conditions = tuple(
        Condition(f"C-{n}", severity, text) for n, (severity, text) in enumerate(given, start=1)
    )
    opinion = Opinion(conclusion, why, basis, conditions)
    _sign(
        settings,
        "flag-resolve",
        ref,
        yes,
        key_file,
        lambda desk, full: desk.propose_opinion(full, flag, opinion, expect=expect, once=once),
    )


@command(
    "close",
    mark("Close a condition of an opinion, with the evidence that it is met."),
    epilog="assent flag close 42 F-1 C-1 --reason 'Annex B was added'",
)
@click.argument("ref")
@click.argument("flag")
@click.argument("condition")
@reason_options
@yes_option
@key_option
@_ONCE
def close_command(
    settings: Settings,
    ref: str,
    flag: str,
    condition: str,
    reason: str,
    reason_file: str,
    yes: bool,
    key_file: Path | None,
    once: str,
) -> None:
    """Close a condition."""
    evidence = read_reason(settings, "flag close", reason, reason_file, required=True)
    _sign(
        settings,
        "flag-close",
        ref,
        yes,
        key_file,
        lambda desk, full: desk.propose_closing(full, flag, condition, evidence, once=once),
    )


@command(
    "assign",
    mark("Have one expert answer a flag."),
    epilog="assent flag assign 42 F-1 --to lena",
)
@click.argument("ref")
@click.argument("flag")
@click.option("--to", "expert", required=True, metavar="PERSON", help=mark("Who shall answer it."))
@_ONCE
def assign_command(settings: Settings, ref: str, flag: str, expert: str, once: str) -> None:
    """Assign a flag."""
    from approvals.reviews import ReviewDesk

    full = _resolve(settings, ref)
    store = settings.store()
    try:
        recorded = ReviewDesk(store, settings.person).assign(full, flag, expert, once=once)
    finally:
        store.close()
    _tell(settings, "flag-assign", recorded)


@command(
    "decline",
    mark("Say, signed and with a reason, that a question needs no expert; not where a rule asks it."),
    epilog="assent flag decline 42 F-3 --reason 'No payment leaves the country'",
)
@click.argument("ref")
@click.argument("flag")
@reason_options
@yes_option
@key_option
@_ONCE
def decline_command(
    settings: Settings,
    ref: str,
    flag: str,
    reason: str,
    reason_file: str,
    yes: bool,
    key_file: Path | None,
    once: str,
) -> None:
    """Decline a flag."""
    why = read_reason(settings, "flag decline", reason, reason_file, required=True)
    _sign(
        settings,
        "flag-decline",
        ref,
        yes,
        key_file,
        lambda desk, full: desk.propose_declining(full, flag, why, once=once),
    )


for _made in (raise_command, assign_command, resolve_command, decline_command, close_command):
    flag_command.add_command(_made)


def _sign(settings: Settings, name: str, ref: str, yes: bool, key_file: Path | None, propose: Any) -> None:
    from approvals.reviews import ReviewDesk
    from approvals.statements import DECISION

    full = _resolve(settings, ref)
    public = _public_keys(settings)
    store = settings.store()
    try:
        desk = ReviewDesk(store, settings.person)
        answer = propose(desk, full)
        confirm(settings, name, full, yes=yes, digest=answer.document)
        signer = find_signer(settings, key_file, public)
        recorded = desk.record(answer, signer.sign(answer.statement, namespace=DECISION))
    finally:
        store.close()
    _tell(settings, name, recorded)


def _require_consistent(conclusion: str, must: tuple[str, ...]) -> None:
    if (conclusion == "conditions") != bool(must):
        message = say(mark('--must goes with --conclusion conditions, and "conditions" needs at least one'))
        raise click.UsageError(message)


def _resolve(settings: Settings, ref: str) -> str:
    with settings.reader() as reader:
        return reader.resolve(ref)


def _public_keys(settings: Settings) -> list[str]:
    with settings.reader() as reader:
        return reader.public_keys(settings.person)


def _tell(settings: Settings, name: str, recorded: Any) -> None:
    event, case = recorded.event, recorded.case
    flag = case.flag(event.payload["flag"])
    blocking = [f.id for f in case.blocking_flags]
    if settings.as_json:
        show_json(
            name,
            ref=case.ref,
            flag=flag.id,
            status=flag.status,
            state=case.state.value,
            event=event.seq,
            head=event.hash,
            receipt=event.receipt,
            blocking=blocking,
        )
        return
    show(
        say(
            mark("{ref} {flag}: {status}   receipt {receipt}   event #{seq}"),
            ref=case.ref,
            flag=flag.id,
            status=say(STATUSES[flag.status]),
            receipt=event.receipt,
            seq=event.seq,
        )
    )
    if blocking:
        show(say(mark("Still blocking: {flags}"), flags=", ".join(blocking)))
    else:
        show(say(mark("No flag blocks it now; it is in: {state}"), state=state_name(case.state)))

"""Commands of approvers: approve, return, reject."""

from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, show_pairs
from approvals.cli.reasons import read_reason, reason_options
from approvals.cli.settings import Settings
from approvals.cli.signing import confirm, expect_option, find_signer, key_option, yes_option
from approvals.cli.words import aspect_name, role_name, role_names, state_name
from workflow.i18n import mark

_VERBS = {
    "approve": mark("You are about to APPROVE {ref} as {role} ({aspect})"),
    "return": mark("You are about to RETURN {ref} as {role} ({aspect})"),
    "reject": mark("You are about to REJECT {ref} as {role} ({aspect})"),
}
_DONE = {
    "approve": mark("{ref}: approved by {person} as {role}"),
    "return": mark("{ref}: returned for changes by {person} as {role}"),
    "reject": mark("{ref}: rejected by {person} as {role}"),
}


def _deciding(function: Any) -> Any:
    for option in (
        click.option(
            "--once",
            default="",
            metavar="NAME",
            help=mark("Name this attempt; a retry with the same name does nothing new."),
        ),
        key_option,
        expect_option,
        yes_option,
        click.option(
            "--aspect", default="", help=mark("In which capacity, where you have several: the aspect.")
        ),
        click.option("--role", default="", help=mark("In which capacity, where you have several: the role.")),
        reason_options,
        click.argument("ref"),
    ):
        function = option(function)
    return function


@command("approve", mark("Sign an agreement off with your own key."), epilog="assent approve 42 --as lena")
@_deciding
def approve_command(settings: Settings, **given: Any) -> None:
    """Approve."""
    _decide(settings, "approve", **given)


@command(
    "return",
    mark("Send an agreement back for changes, with a reason."),
    epilog="assent return 42 --reason 'Cap the liability'",
)
@click.option(
    "--part", "parts", multiple=True, metavar="CLAUSE", help=mark("A clause that is meant; may be repeated.")
)
@_deciding
def return_command(settings: Settings, **given: Any) -> None:
    """Return for changes."""
    _decide(settings, "return", **given)


@command(
    "reject", mark("Record a no, with a reason."), epilog="assent reject 42 --reason 'Not with this party'"
)
@_deciding
def reject_command(settings: Settings, **given: Any) -> None:
    """Reject."""
    _decide(settings, "reject", **given)


def _decide(
    settings: Settings,
    action: str,
    *,
    ref: str,
    reason: str,
    reason_file: str,
    role: str,
    aspect: str,
    yes: bool,
    expect: str,
    key_file: Path | None,
    once: str,
    parts: tuple[str, ...] = (),
) -> None:
    from approvals.signoff import Desk
    from approvals.statements import DECISION

    person = settings.person
    with settings.reader() as reader:
        full = reader.resolve(ref)
        public = reader.public_keys(person)
    store = settings.store()
    desk = Desk(store, person)
    why = read_reason(settings, action, reason, reason_file, required=action != "approve")
    try:
        proposal = desk.propose(
            full, action, role=role, aspect=aspect, reason=why, parts=parts, expect=expect, once=once
        )
        if not yes:
            _announce(proposal)
        confirm(settings, action, full, yes=yes, digest=proposal.document)
        signer = find_signer(settings, key_file, public)
        recorded = desk.record(proposal, signer.sign(proposal.statement, namespace=DECISION))
    finally:
        store.close()
    _tell(settings, action, proposal, recorded)


def _announce(proposal: Any) -> None:
    facts = {"ref": proposal.ref, "role": role_name(proposal.role), "aspect": aspect_name(proposal.aspect)}
    remark(say(_VERBS[proposal.action], **facts))
    remark("")
    remark(say(mark("  document  {digest}"), digest=f"sha256 {group_digits(proposal.document, 8)} ..."))
    remark(say(mark("  recorded  your name, key, reason and the time; it cannot be edited later")))
    remark("")


def _tell(settings: Settings, action: str, proposal: Any, recorded: Any) -> None:
    event, case = recorded.event, recorded.case
    waiting = list(recorded.clearance.waiting_for) if recorded.clearance else []
    if settings.as_json:
        show_json(
            action,
            ref=case.ref,
            state=case.state.value,
            event=event.seq,
            head=event.hash,
            receipt=event.receipt,
            person=proposal.person,
            role=proposal.role,
            aspect=proposal.aspect,
            waiting_for=waiting,
        )
        return
    show(say(_DONE[action], ref=case.ref, person=proposal.person, role=role_name(proposal.role)))
    show_pairs(
        (
            (
                mark("Receipt"),
                f"{event.receipt}   {event.ref}   {say(mark('head'))} {group_digits(event.hash)} ...",
            ),
            (mark("State"), state_name(case.state)),
            (mark("Waiting for"), role_names(waiting)),
        )
    )

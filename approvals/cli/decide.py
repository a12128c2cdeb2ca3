"""Commands of approvers: approve, return, reject, recuse, excuse, retract."""

from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, show_pairs
from approvals.cli.reasons import read_reason, reason_options
from approvals.cli.settings import Settings
from approvals.cli.signing import confirm, expect_option, find_signer, key_option, yes_option
from approvals.cli.words import aspect_name, role_name, role_names, state_name
from workflow.errors import SystemFileError
from workflow.files import save_files
from workflow.i18n import mark

_VERBS = {
    "recuse": mark("You are about to RECUSE yourself from {ref} as {role} ({aspect})"),
    "excuse": mark("You are about to note an ABSENCE on {ref} as {role} ({aspect})"),
    "retract": mark("You are about to TAKE BACK a decision on {ref} as {role} ({aspect})"),
    "approve": mark("You are about to APPROVE {ref} as {role} ({aspect})"),
    "return": mark("You are about to RETURN {ref} as {role} ({aspect})"),
    "reject": mark("You are about to REJECT {ref} as {role} ({aspect})"),
}
_DONE = {
    "recuse": mark("{ref}: {person} is recused as {role}"),
    "excuse": mark("{ref}: {person} noted an absence as {role}"),
    "retract": mark("{ref}: taken back by {person} as {role}"),
    "approve": mark("{ref}: approved by {person} as {role}"),
    "return": mark("{ref}: returned for changes by {person} as {role}"),
    "reject": mark("{ref}: rejected by {person} as {role}"),
}


def _signing(function: Any) -> Any:
    for option in (
        click.option(
            "--once",
            default="",
            metavar="NAME",
            help=mark("Name this attempt; a retry with the same name does nothing new."),
        ),
        click.option(
            "--signed",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=mark("Hand in what was signed elsewhere: FILE, FILE.sig and FILE.words."),
        ),
        click.option(
            "--to-sign",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=mark("Write the statement to FILE, to be signed elsewhere; record nothing."),
        ),
        key_option,
        yes_option,
        reason_options,
        click.argument("ref"),
    ):
        function = option(function)
    return function


def _deciding(function: Any) -> Any:
    for option in (
        expect_option,
        click.option(
            "--for",
            "principal",
            default="",
            metavar="PERSON",
            help=mark("Decide as this person's deputy, where you have a choice."),
        ),
        click.option(
            "--aspect", default="", help=mark("In which capacity, where you have several: the aspect.")
        ),
        click.option("--role", default="", help=mark("In which capacity, where you have several: the role.")),
        _signing,
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


@command(
    "recuse",
    mark("Declare a conflict of interest: you take no part, and it is recorded why."),
    epilog="assent recuse 42 --reason 'A relative owns the supplier'",
)
@_signing
def recuse_command(settings: Settings, **given: Any) -> None:
    """Recuse oneself."""
    _decide(settings, "recuse", **given)


@command(
    "excuse",
    mark("Note that another member of the board is absent, so that the vote can be counted."),
    epilog="assent excuse 42 --member kai --reason 'Minutes of 23 November'",
)
@click.option("--member", required=True, metavar="PERSON", help=mark("The member who is absent."))
@_signing
def excuse_command(settings: Settings, **given: Any) -> None:
    """Note an absence."""
    _decide(settings, "excuse", **given)


@command(
    "retract",
    mark("Take your decision or opinion back, until the next person acts."),
    epilog="assent retract 7be1-c09d --reason 'Wrong agreement'",
)
@_signing
def retract_command(settings: Settings, ref: str, **given: Any) -> None:
    """Retract."""
    receipt = given.pop("receipt", "") or ref
    _decide(settings, "retract", ref=ref, receipt=receipt, **given)


def _decide(
    settings: Settings,
    action: str,
    *,
    ref: str,
    reason: str,
    reason_file: str,
    yes: bool,
    key_file: Path | None,
    to_sign: Path | None,
    signed: Path | None,
    receipt: str = "",
    once: str = "",
    **asked: Any,
) -> None:
    from approvals.signoff import Desk
    from approvals.statements import DECISION

    person = settings.person
    with settings.reader() as reader:
        full = reader.resolve(ref)
        public = reader.public_keys(person)
        receipt = receipt and _own_receipt(reader, full, person, receipt)
    store = settings.store()
    desk = Desk(store, person)
    try:
        if signed:
            proposal = desk.read_proposal(_read(signed), _read_optional(Path(f"{signed}.words")))
            _require_same_command(proposal, full, action)
            recorded = desk.record(proposal, _read(Path(f"{signed}.sig")).decode("ascii", "replace"))
            _tell(settings, action, proposal, recorded)
            return
        why = read_reason(settings, action, reason, reason_file, required=action != "approve")
        if action == "retract":
            proposal = desk.propose_retraction(full, receipt, reason=why, once=once)
        else:
            proposal = desk.propose(full, action, reason=why, once=once, **asked)
        if to_sign:
            _hand_out(settings, action, proposal, to_sign)
            return
        if not yes:
            _announce(proposal)
        confirm(settings, action, full, yes=yes, digest=proposal.document)
        signer = find_signer(settings, key_file, public)
        recorded = desk.record(proposal, signer.sign(proposal.statement, namespace=DECISION))
    finally:
        store.close()
    _tell(settings, action, proposal, recorded)


def _own_receipt(reader: Any, ref: str, person: str, given: str) -> str:
    """Return the receipt that is meant; where only the agreement was named, the person's last."""
    if given.strip().upper() != ref and "-" in given and len(given.strip()) == 9:
        return given
    mine = [row["receipt"] for row in reader.of("v_decision", ref) if row["person"] == person]
    return mine[-1] if mine else given


def _require_same_command(proposal: Any, ref: str, action: str) -> None:
    if (proposal.ref, proposal.action) != (ref, action):
        text = mark("the signed statement says: {action} {ref}")
        raise click.UsageError(say(text, action=proposal.action, ref=proposal.ref))


def _hand_out(settings: Settings, action: str, proposal: Any, path: Path) -> None:
    from approvals.elsewhere import written_words
    from approvals.statements import DECISION

    files = {path.name: proposal.statement, f"{path.name}.words": written_words(proposal.reason)}
    written, words = save_files(files, path.parent)
    if settings.as_json:
        show_json(
            f"{action}-to-sign", ref=proposal.ref, file=str(written), words=str(words), namespace=DECISION
        )
        return
    show(str(written))
    show(str(words))
    remark(say(mark("Nothing is recorded yet. Read it, sign it, and hand it in:")))
    remark(f"  ssh-keygen -Y sign -n {DECISION} -f KEY {written}")
    remark(f"  assent {action} {proposal.ref} --signed {written}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SystemFileError(path=path, reason=error.strerror) from None


def _read_optional(path: Path) -> bytes:
    return _read(path) if path.exists() else b"{}"


def _announce(proposal: Any) -> None:
    facts = {"ref": proposal.ref, "role": role_name(proposal.role), "aspect": aspect_name(proposal.aspect)}
    remark(say(_VERBS[proposal.action], **facts))
    if proposal.principal:
        remark(say(mark("  for       {principal}, whose deputy you are"), principal=proposal.principal))
    remark("")
    remark(say(mark("  document  {digest}"), digest=f"sha256 {group_digits(proposal.document, 8)} ..."))
    remark(say(mark("  recorded  your name, key, reason and the time; it cannot be edited later")))
    remark("")


def _tell(settings: Settings, action: str, proposal: Any, recorded: Any) -> None:
    event, case = recorded.event, recorded.case
    waiting = list(recorded.clearance.waiting_for) if recorded.clearance is not None else []
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
            principal=proposal.principal,
            waiting_for=waiting,
        )
        return
    show(say(_DONE[action], ref=case.ref, person=_who(proposal), role=role_name(proposal.role)))
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


def _who(proposal: Any) -> str:
    if not proposal.principal:
        return str(proposal.person)
    return say(mark("{deputy} for {principal}"), deputy=proposal.person, principal=proposal.principal)

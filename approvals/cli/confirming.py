"""Commands around the confirmation letter: the message that carries it, and what comes back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.acting import once_option, tell
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_pairs
from approvals.cli.settings import Settings
from workflow.i18n import mark

if TYPE_CHECKING:
    from workflow.drafting import Agreement

#: What the answers of a reply are called, which letter it is about, and what it says of electronic form.
ANSWERED = {
    "agree": mark("agrees"),
    "changes": mark("agrees with changes"),
    "disagree": mark("does not agree"),
    "unclear": mark("is not clear"),
    "none": mark("no box is ticked; read what it says"),
}
QUOTED = {
    "letter": mark("the letter that was sent"),
    "earlier": mark("an earlier letter"),
    "other": mark("something else"),
    "none": mark("none is quoted"),
}
FORM = {
    "agreed": mark("agrees to it"),
    "objected": mark("objects: sign and send on paper"),
    "unclear": mark("is not clear"),
}


@command(
    "confirm",
    mark(
        "Issue the confirmation letter for the other side, and a message that carries it.\n\n"
        "The message (.eml) has the letter, its SHA-256, what to do until when and a form to fill in. Open "
        "it in a mail program and send it; nothing is sent from here."
    ),
    epilog="\b\nassent confirm 42\nassent confirm 42 --again --out letters/",
)
@click.argument("ref")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help=mark("Where the message is written; REF-confirmation.eml in the current folder unless given."),
)
@click.option("--again", is_flag=True, help=mark("Only write the last letter's message again."))
@once_option
def confirm_command(settings: Settings, ref: str, out: Path | None, again: bool, once: str) -> None:
    """Issue the confirmation letter."""
    from workflow.errors import FileKeptError
    from workflow.files import save_files
    from workflow.lifecycle import targets

    sender = settings.sender
    with settings.workspace() as workspace:
        agreement = workspace.get(ref)
        path, known = _target(out, agreement.ref), len(agreement.documents)
        if again:
            save_files({path.name: agreement.confirmation_kit(sender=sender)}, path.parent)
        else:
            # Once the letter is issued it is too late to find that the file is somebody's; an attempt
            # that is made again finds its own.
            if targets("confirm", agreement.state) and path.exists():
                raise FileKeptError(path=path)
            agreement.confirm(once=once)
            _write_issued(agreement, path, sender)
        tell(settings, "confirm", agreement, known, more={"message": str(path)})
        if not settings.as_json:
            _advise(agreement, path)


@command(
    "acknowledge",
    mark(
        "Attach the other side's written reply; silence is not assent.\n\n"
        "It is received evidence and no signature. Of an e-mail (.eml) it is read who sent it, which answer "
        "is ticked and which letter it is about; one that is not a plain yes to the letter is refused."
    ),
    epilog="\b\nassent acknowledge 42 --evidence reply.eml --on 2026-11-20\n"
    "assent acknowledge 42 --evidence reply.eml --despite-answer 'Ticked twice by mistake; they agreed on "
    "the telephone'",
)
@click.argument("ref")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    required=True,
    help=mark("The reply: a message, a PDF, a scan."),
)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help=mark("The day it was received; today unless given.")
)
@click.option("--note", default="", help=mark("A remark for the trail."))
@click.option(
    "--despite-answer",
    default="",
    metavar="REASON",
    help=mark("Why a reply is taken for agreement that is not a plain yes to the letter."),
)
@once_option
def acknowledge_command(
    settings: Settings, ref: str, evidence: Path, on: Any, note: str, despite_answer: str, once: str
) -> None:
    """Attach the reply."""
    with settings.workspace() as workspace:
        agreement = workspace.get(ref)
        agreement.acknowledge(
            evidence,
            received_on=on.date() if on else None,
            note=note,
            despite_answer=despite_answer,
            once=once,
        )
        said, read = _recorded(settings, agreement)
        more = {"reply": read} if read else {}
        tell(settings, "acknowledge", agreement, len(agreement.documents), more=more)
        if not settings.as_json:
            _tell_reply(said, read)


def _target(out: Path | None, ref: str) -> Path:
    name = f"{ref}-confirmation.eml"
    if out is None:
        return Path(name)
    return out / name if out.is_dir() or str(out).endswith(("/", "\\")) or not out.suffix else out


def _write_issued(agreement: "Agreement", path: Path, sender: str) -> None:
    from workflow.errors import FileKeptError, KitUnwrittenError, SystemFileError
    from workflow.files import save_files

    try:
        save_files({path.name: agreement.confirmation_kit(sender=sender)}, path.parent)
    except FileKeptError:
        reason = mark("something else is there")
        raise KitUnwrittenError(ref=agreement.ref, path=path, reason=reason) from None
    except SystemFileError as error:
        raise KitUnwrittenError(
            ref=agreement.ref, path=error.facts["path"], reason=error.facts["reason"]
        ) from None


def _advise(agreement: "Agreement", path: Path) -> None:
    from workflow.mail import mailbox

    show(f"  {path}")
    terms = agreement.terms
    if terms and mailbox("", terms.theirs.email or ""):
        remark(say(mark("Open the message in your mail program, read it and send it.")))
    else:
        remark(say(mark("Open the message in your mail program and add their address: the terms have none.")))


def _recorded(settings: Settings, agreement: "Agreement") -> tuple[Any, dict[str, Any]]:
    """Return what the last event says of the reply, and what was read in it."""
    import json

    with settings.reader() as reader:
        lines = [line for line in reader.lines(agreement.ref) if line["type"] == "confirmation_acknowledged"]
        said = lines[-1]["payload"]
        return said, json.loads(reader.content(said["report"])) if said.get("report") else {}


def _tell_reply(said: Any, read: dict[str, Any]) -> None:
    if read:
        show_pairs(
            [
                (mark("From"), read["sender"]),
                (mark("Sent"), read["sent"]),
                (mark("Subject"), read["subject"]),
                (mark("Attached"), say(mark(", ")).join(each["name"] for each in read["attachments"])),
                (mark("Its answer"), say(ANSWERED[read["answer"]])),
                (mark("SHA-256 of"), say(QUOTED[read["quotes"]])),
                (
                    mark("Electronic form"),
                    say(FORM[read["electronic"]]) if read["electronic"] in FORM else "",
                ),
            ],
            indent=2,
        )
    elif said.get("answer") == "unread":
        remark(
            say(mark("The message could not be read to its end; it was kept as a file. Read it yourself."))
        )
    remark(say(mark("Kept as received evidence; it is no signature.")))

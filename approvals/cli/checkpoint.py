"""Making a checkpoint of the whole trail, and being its witness."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, visible
from approvals.cli.settings import Settings
from approvals.cli.signing import find_signer, key_option
from approvals.cli.words import when
from workflow.errors import WorkflowError
from workflow.i18n import mark

if TYPE_CHECKING:
    from approvals.checkpoints import SignedCheckpoint
    from workflow.events import Event
    from workflow.order import Checkpointed
    from workflow.store import Store


@command(
    "checkpoint",
    mark(
        "Sign a digest of every event there is, to be kept elsewhere.\n\n"
        "Whoever keeps one can show later that nothing before it was removed, changed or put in another "
        "order: assent audit verify --checkpoint FILE. One is made without asking, too, whenever an "
        "agreement is approved, executed, in force, ended or withdrawn, and after each 100 events, by every "
        "command that finds the sealer's key among its keys."
    ),
    epilog="assent audit checkpoint --out 2026-11-23.checkpoint",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help=mark("Write it to this small text file.")
)
@click.option(
    "--stamp",
    default="",
    metavar="URL",
    help=mark("Have it stamped with a time by this authority (RFC 3161)."),
)
@key_option
def checkpoint_command(settings: Settings, out: Path | None, stamp: str, key_file: Path | None) -> None:
    """Make a checkpoint."""
    from contextlib import closing

    from approvals.sealing import make_checkpoint, note_of

    with settings.reader() as reader:
        signer = find_signer(settings, key_file, reader.public_keys(settings.person))
    with closing(settings.store()) as store:
        with store.begin() as unit:
            before = unit.last_checkpoint()
            made = make_checkpoint(unit, settings.person, signer)
            unit.commit()
        note = note_of(made)
        _keep(settings, note)
        written = [str(path) for path in _save(out, note, replace=False)] if out else []
        stamped = _stamp(store, made, stamp, out) if stamp else ""
    if settings.as_json:
        root = note.checkpoint.root.hex()
        show_json(
            "audit-checkpoint", **_facts(made), root=root, made=made != before, stamped=stamped, files=written
        )
        return
    text = (
        mark("Checkpoint of {count} events")
        if made != before
        else mark("Nothing is newer than the checkpoint of {count} events")
    )
    show(say(text, count=made.size))
    show(f"  {say(mark('root'))} {group_digits(note.checkpoint.root.hex(), 16)}")
    show(
        "  "
        + say(
            mark("signed by {person} on {date}, key {key}"),
            person=made.person,
            date=when(made.at),
            key=made.key,
        )
    )
    if stamped:
        show("  " + say(mark("stamped on {date} by {url}"), date=when(stamped), url=visible(stamp)))
    for path in written:
        show("  " + visible(path))
    remark(
        say(mark("Keep it out of reach of the store's owner. Later: assent audit verify --checkpoint FILE"))
    )


@command(
    "witness",
    mark(
        "Check that the trail goes on from what you saw last, and sign what you see now.\n\n"
        "For an assessor: your file is yours. Where events that you saw are gone or were rewritten, "
        "nothing is signed and the command ends with 5."
    ),
    epilog="assent audit witness --as wen --keep trail-of-acme.txt",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=mark("Your file; a place of its own for each store unless given."),
)
@key_option
def witness_command(settings: Settings, keep: Path | None, key_file: Path | None) -> None:
    """Be a witness."""
    from approvals.witness import kept_note, witness
    from workflow.store import system_clock

    # A witness need not be in the registry: any key of theirs will do, and nothing else tells which.
    signer = find_signer(settings, key_file or settings.keys / settings.person)
    with settings.reader() as reader:
        path = keep or settings.witnessed / f"{reader.log.rpartition(':')[2]}.txt"
        kept = kept_note(path)
        note = witness(reader, kept, signer, system_clock())
    _save(path, note, replace=True)
    seen, before = note.checkpoint, kept.checkpoint.size if kept else 0
    if settings.as_json:
        show_json(
            "audit-witness",
            size=seen.size,
            root=seen.root.hex(),
            log=seen.origin,
            before=before,
            key=signer.public_key.fingerprint,
            file=str(path),
        )
        return
    if kept is None:
        show(
            say(
                mark("You saw {count} events, for the first time: there was nothing to compare with"),
                count=seen.size,
            )
        )
    else:
        text = mark("You saw {count} events; the first {before} are the ones you saw before")
        show(say(text, count=seen.size, before=before))
    show(f"  {say(mark('root'))} {group_digits(seen.root.hex(), 16)}")
    show("  " + visible(str(path)))
    remark(
        say(mark("Keep it. Whoever has it can hold the store to it: assent audit verify --checkpoint FILE"))
    )


def follow(settings: Settings, store: "Store", events: "Sequence[Event]") -> None:
    """Make a checkpoint where these events made one due; what was recorded stands whatever comes of it."""
    from approvals.keys import load_signer
    from approvals.sealing import checkpoint_if_due, note_of

    try:
        load = partial(load_signer, settings.keys / settings.sealer, passphrase=None)
        made = checkpoint_if_due(store, settings.sealer, load, events)
        if made:
            _keep(settings, note_of(made))
    except WorkflowError as error:
        what, _, remedy = error.explain()
        remark(visible(say(mark("No checkpoint was made: {reason}. {advice}"), reason=what, advice=remedy)))


def _stamp(store: "Store", made: "Checkpointed", url: str, out: Path | None) -> str:
    """Have a checkpoint stamped and keep the answer; return when the authority says it saw it."""
    from approvals.timestamps import request_stamp, stamped_at
    from workflow.events import written_time
    from workflow.files import save_files

    body = made.body.encode()
    answer = request_stamp(body, url)
    with store.begin() as unit:
        if not unit.has_stamp(made.size):
            unit.keep_stamp(made.size, answer)
            unit.commit()
    if out:
        save_files({f"{out.name}.tsr": answer}, out.parent)
    return written_time(stamped_at(answer, body))


def _keep(settings: Settings, note: "SignedCheckpoint") -> None:
    """Write a checkpoint to the folder that is set for them."""
    if settings.checkpoints:
        _save(settings.checkpoints / f"checkpoint-{note.checkpoint.size:08}.txt", note, replace=True)


def _save(path: Path, note: "SignedCheckpoint", *, replace: bool) -> list[Path]:
    from workflow.files import save_files

    return save_files({path.name: note.body}, path.parent, replace=replace)


def _facts(made: "Checkpointed") -> Mapping[str, Any]:
    return {"size": made.size, "body": made.body, "person": made.person, "at": made.at, "key": made.key}

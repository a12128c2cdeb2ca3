"""Keys: make your own, have one registered, end one, export them all."""

from pathlib import Path

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import remark, say, show, show_json
from approvals.cli.people import change
from approvals.cli.reasons import can_ask
from approvals.cli.settings import Settings
from approvals.cli.signing import key_option
from workflow.errors import SystemFileError
from workflow.events import REGISTRY
from workflow.i18n import mark


@group("key", mark("Make, register, revoke and export keys."))
def key_command() -> None:
    """Work with keys."""


@command(
    "new",
    mark("Make your own key; the private half stays with you."),
    epilog="assent key new --as lena --passphrase",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help=mark("The file; your place among the keys unless given.")
)
@click.option("--passphrase", is_flag=True, help=mark("Ask for a passphrase to protect it."))
def new_key(settings: Settings, out: Path | None, passphrase: bool) -> None:
    """Make a key."""
    from approvals.errors import KeyLockedError
    from approvals.keys import generate_key
    from approvals.registry import require_identifier

    path = out or settings.keys / require_identifier(settings.person)
    if passphrase and not can_ask(settings):
        raise KeyLockedError(path=path, reason=say(mark("there is no terminal to ask for a passphrase")))
    secret = (
        click.prompt(say(mark("Passphrase")), hide_input=True, confirmation_prompt=True, err=True)
        if passphrase
        else ""
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SystemFileError(path=path.parent, reason=error.strerror) from None
    public = generate_key(path, passphrase=secret, comment=settings.person)
    if settings.as_json:
        show_json("key-new", path=str(path), public=f"{path}.pub", fingerprint=public.fingerprint)
        return
    show(f"{path}.pub  {public.fingerprint}")
    remark(
        say(
            mark("Next: have an administrator register it: assent key add {person} --public-key {path}"),
            person=settings.person,
            path=f"{path}.pub",
        )
    )


@command("add", mark("Register a person's public key."), epilog="assent key add lena --public-key lena.pub")
@click.argument("person_id", metavar="PERSON")
@click.option(
    "--public-key", type=click.Path(path_type=Path), required=True, help=mark("Their public key file (.pub).")
)
@key_option
def add_key(settings: Settings, person_id: str, public_key: Path, key_file: Path | None) -> None:
    """Register a key."""
    from approvals.keys import read_public_key

    public = read_public_key(public_key)
    change(settings, key_file, lambda registry: registry.add_key(person_id, public))
    _tell(
        settings,
        "key-add",
        person_id,
        public.fingerprint,
        say(mark("Registered {fingerprint} for {person}"), fingerprint=public.fingerprint, person=person_id),
    )


@command(
    "revoke",
    mark("End a key's validity now; what it signed before stays valid."),
    epilog="assent key revoke lena SHA256:kT3q...",
)
@click.argument("person_id", metavar="PERSON")
@click.argument("fingerprint")
@key_option
def revoke_key(settings: Settings, person_id: str, fingerprint: str, key_file: Path | None) -> None:
    """Revoke a key."""
    change(settings, key_file, lambda registry: registry.revoke_key(person_id, fingerprint))
    _tell(
        settings,
        "key-revoke",
        person_id,
        fingerprint,
        say(mark("{fingerprint} no longer counts for {person}"), fingerprint=fingerprint, person=person_id),
    )


@command(
    "export",
    mark("Write an allowed_signers file, with which ssh-keygen checks every signature."),
    epilog="assent key export --out allowed_signers",
)
@click.option("--out", type=click.Path(path_type=Path), help=mark("The file; standard output unless given."))
def export_keys(settings: Settings, out: Path | None) -> None:
    """Export the keys."""
    from approvals.allowed_signers import allowed_signers
    from approvals.directory import directory_of
    from workflow.files import save_files

    with settings.reader() as reader:
        body = allowed_signers(directory_of(reader.events(REGISTRY)))
    if out:
        (path,) = save_files({out.name: body}, out.parent)
        remark(say(mark("Wrote {path}"), path=path))
    else:
        show(body.decode().rstrip())


def _tell(settings: Settings, name: str, person: str, fingerprint: str, text: str) -> None:
    if settings.as_json:
        show_json(name, person=person, fingerprint=fingerprint)
    else:
        show(text)


for _made in (new_key, add_key, revoke_key, export_keys):
    key_command.add_command(_made)

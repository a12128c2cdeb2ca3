"""Finding the key a person signs with, and asking for what only they know."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from approvals.cli.output import say
from approvals.cli.reasons import can_ask
from approvals.cli.settings import Settings
from approvals.errors import AnswerNeededError, ConfirmationNeededError, KeyFileError, KeyRequiredError
from workflow.errors import NotConfirmedError
from workflow.i18n import mark

if TYPE_CHECKING:
    from approvals.keys import Signer
    from approvals.sshsig import PublicKey

key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    envvar="ASSENT_KEY",
    help=mark("The private key to sign with; your own unless given."),
)
yes_option = click.option("--yes", is_flag=True, help=mark("Do not ask to confirm."))
expect_option = click.option(
    "--expect",
    default=None,
    metavar="DIGEST",
    # An empty digest, as from a variable that was never set, expects something and fits nothing.
    callback=lambda _ctx, _parameter, value: "" if value is None else value or "?",
    help=mark("Stop unless the document has this SHA-256."),
)


def find_signer(settings: Settings, key_file: Path | None, public: Iterable[str] = ()) -> "Signer":
    """Return what signs for the person: the file named, their key file, or the agent.

    *public* are the person's public keys as the registry has them.
    """
    from approvals.agent import AgentSigner
    from approvals.keys import load_signer
    from approvals.sshsig import PublicKey

    path = key_file or settings.keys / settings.person
    if key_file or path.exists():
        return load_signer(path, passphrase=(lambda: _ask_passphrase(path)) if can_ask(settings) else None)
    registered = [PublicKey.parse(line) for line in public]
    held: tuple[PublicKey, ...] = ()
    if registered:
        held = tuple(key for key in _agent_keys() if key in registered)
    if registered and not held:
        reason = say(mark("it is not there, and ssh-agent holds none of the keys registered for you"))
        remedy = say(mark("name the file: --key FILE   or add your key to ssh-agent: ssh-add"))
        raise KeyFileError(path=path, reason=reason, remedy=remedy)
    if not held:
        raise KeyRequiredError(person=settings.person)
    return AgentSigner(held[0])


def confirm(settings: Settings, action: str, ref: str, *, yes: bool, digest: str) -> None:
    """Ask for the reference to be typed; without a terminal, demand ``--yes``.

    *digest* is of the text that is decided on, which a script has to expect; empty where there is none.
    """
    if yes:
        return
    if not can_ask(settings):
        if not digest:
            raise AnswerNeededError(action=action)
        raise ConfirmationNeededError(action=action, digest=f"sha256:{digest[:16]}")
    typed = click.prompt(
        say(mark("Type the reference to sign, or Ctrl-C to stop ({ref})"), ref=ref),
        default="",
        show_default=False,
        err=True,
    )
    if typed.strip().upper() != ref:
        raise NotConfirmedError(ref=ref)


def _ask_passphrase(path: Path) -> str:
    text: str = click.prompt(say(mark("Passphrase of {path}"), path=path), hide_input=True, err=True)
    return text


def _agent_keys() -> "tuple[PublicKey, ...]":
    from approvals.agent import agent_keys
    from approvals.errors import AgentError

    try:
        return agent_keys()
    except AgentError:
        return ()

"""Making a store: its tables, its first person, their key, and the file that names them."""

import getpass
import re
from pathlib import Path

import click

from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json
from approvals.cli.settings import CONFIG, Settings
from workflow.files import save_files
from workflow.i18n import mark


@command(
    "init",
    mark("Make a store with its first person and key; nothing has to be edited."),
    epilog="assent init --organisation 'Acme Ltd' --name 'Alice Ho'",
)
@click.option("--organisation", default="", help=mark("What the organisation is called."))
@click.option("--name", default="", help=mark("Your name, as documents show it."))
def init_command(settings: Settings, organisation: str, name: str) -> None:
    """Make a store."""
    from approvals.founding import found_store

    person = settings.actor or _login()
    result = found_store(
        settings.place,
        person=person,
        name=name or person,
        organisation=organisation or name or person,
        keys=settings.keys,
        policy=settings.own_policy,
    )
    wrote = _write_config(settings, person)
    if settings.as_json:
        show_json(
            "init",
            store=settings.place.shown,
            person=person,
            key=str(result.key_path),
            fingerprint=result.fingerprint,
        )
        return
    show(say(mark("Made the store {place}"), place=settings.place.shown))
    show(say(mark("You are {person}: administrator and staff"), person=person))
    show(say(mark("Your key: {path} ({fingerprint})"), path=result.key_path, fingerprint=result.fingerprint))
    if wrote:
        show(say(mark("Wrote {path}, so that commands here know the store and you"), path=CONFIG))
    remark(say(mark("Next: add the people who sign: assent people add lena --name 'Lena Chen' --role legal")))


def _write_config(settings: Settings, person: str) -> bool:
    """Name the store and the person for the commands that follow; never change a file that is there."""
    path = settings.place.path
    folder = Path.cwd()
    if path is None or path.resolve().parent != folder.resolve() or (folder / CONFIG).exists():
        return False
    save_files({CONFIG: f'db = "{path.name}"\nperson = "{person}"\n'.encode()}, folder)
    return True


def _login() -> str:
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = ""
    return re.sub(r"[^a-z0-9._-]", "", login.lower()).lstrip("0123456789._-") or "admin"

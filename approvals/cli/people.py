"""People: list them, add them, give them roles. Changes are signed by an administrator."""

from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_table
from approvals.cli.settings import Settings
from approvals.cli.signing import find_signer, key_option
from approvals.cli.words import role_name, role_names
from approvals.labels import ROLES
from workflow.i18n import mark


@group("people", mark("List, add and empower people."), default="list")
def people_command() -> None:
    """Work with people."""


@command("list", mark("List everyone with their roles and keys."), epilog="assent people list")
def list_people(settings: Settings) -> None:
    """List people."""
    with settings.reader() as reader:
        rows = reader.people()
    if settings.as_json:
        show_json("people", people=rows)
        return
    show_table(
        (mark("PERSON"), mark("NAME"), mark("ROLES"), mark("KEY")),
        [
            (
                r["id"],
                r["name"],
                role_names(r["roles"]) or "-",
                ", ".join(r["keys"]) or "-",
            )
            for r in rows
        ],
        flexible=[1, 2, 3],
    )


@command(
    "add",
    mark("Add a person, with their roles and public key."),
    epilog="assent people add lena --name 'Lena Chen' --role legal --public-key lena.pub",
)
@click.argument("person_id", metavar="PERSON")
@click.option("--name", required=True, help=mark("Their name, as documents show it."))
@click.option("--title", default="", help=mark("Their title."))
@click.option("--email", default="", help=mark("Their e-mail address."))
@click.option(
    "--role", "roles", multiple=True, metavar="ROLE", help=mark("A role they hold; may be repeated.")
)
@click.option("--public-key", type=click.Path(path_type=Path), help=mark("Their public key file (.pub)."))
@key_option
def add_person(
    settings: Settings,
    person_id: str,
    name: str,
    title: str,
    email: str,
    roles: tuple[str, ...],
    public_key: Path | None,
    key_file: Path | None,
) -> None:
    """Add a person."""
    from approvals.keys import read_public_key
    from approvals.registry import NewPerson

    person = NewPerson(person_id, name, title, email, roles)
    key = read_public_key(public_key) if public_key else None
    change(settings, key_file, lambda registry: registry.add(person, key))
    held = role_names(roles) or "-"
    _tell(
        settings, "people-add", person_id, say(mark("Added {person}: {roles}"), person=person_id, roles=held)
    )


@command("role", mark("Give a person a role, or take it away."), epilog="assent people role lena legal")
@click.argument("person_id", metavar="PERSON")
@click.argument("role", metavar="ROLE")
@click.option("--revoke", is_flag=True, help=mark("Take it away."))
@key_option
def set_role(settings: Settings, person_id: str, role: str, revoke: bool, key_file: Path | None) -> None:
    """Change a role."""
    change(
        settings, key_file, lambda registry: (registry.revoke if revoke else registry.grant)(person_id, role)
    )
    text = mark("{person} is no longer {role}") if revoke else mark("{person} is now {role}")
    _tell(settings, "people-role", person_id, say(text, person=person_id, role=role_name(role)))


@command("roles", mark("List the roles there are."), epilog="assent people roles")
def list_roles(settings: Settings) -> None:
    """List roles."""
    if settings.as_json:
        show_json("roles", roles=list(ROLES))
        return
    show_table((mark("ROLE"), mark("MEANS")), [(role, role_name(role)) for role in ROLES])


def change(settings: Settings, key_file: Path | None, act: Any) -> None:
    """Change the registry as the person who acts, in one transaction signed with their key."""
    from approvals.registry import Registry

    with settings.reader() as reader:
        public = reader.public_keys(settings.person)
    signer = find_signer(settings, key_file, public)
    store = settings.store()
    try:
        with store.begin() as unit:
            act(Registry(unit, settings.person, signer))
            unit.commit()
    finally:
        store.close()


def _tell(settings: Settings, name: str, person: str, text: str) -> None:
    if settings.as_json:
        show_json(name, person=person)
    else:
        show(text)


for _made in (list_people, add_person, set_role, list_roles):
    people_command.add_command(_made)

"""Founding a store: tables, first person and key together, or none of them."""

from dataclasses import dataclass
from pathlib import Path

from approvals.keys import generate_key, load_signer
from approvals.policy import Policy, load_policy
from approvals.registry import NewPerson, Registry, one_line
from workflow.errors import SystemFileError
from workflow.places import Place
from workflow.store import Clock, Store, system_clock


@dataclass(frozen=True, slots=True)
class Founded:
    """What was made: where the first person's key is, and its fingerprint."""

    key_path: Path
    fingerprint: str


def found_store(
    place: Place,
    *,
    person: str,
    name: str,
    organisation: str,
    keys: Path,
    policy: Policy | None = None,
    clock: Clock = system_clock,
) -> Founded:
    """Make the store at *place* with *person* as administrator and staff, and put its policy in force.

    A key they already have in *keys* is used; otherwise one is made, without a passphrase,
    in a file only they can read.
    """
    first = NewPerson(person, name, roles=("admin", "staff"))
    # Before anything is made, so that a name that cannot stand leaves nothing behind.
    organisation = one_line("organisation", organisation)
    path = own_key(keys, person)
    signer = load_signer(path, passphrase=None)
    policy = policy or load_policy()
    Store.create(
        place,
        clock=clock,
        first=lambda unit: Registry(unit, person, signer).found(organisation, first, policy),
    ).close()
    return Founded(path, signer.public_key.fingerprint)


def own_key(keys: Path, person: str) -> Path:
    """Return the path of a person's key file, making the key where there is none."""
    path = keys / person
    if not path.exists():
        try:
            keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SystemFileError(path=keys, reason=error.strerror) from None
        generate_key(path, comment=person)
    return path

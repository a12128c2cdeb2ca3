"""Changing who there is and what they go by: people, roles, keys, delegations, the policy.

The first administrator signs for themselves; from then on every entry of the registry is
signed by someone whom the registry already knew as an administrator, so that a public key
cannot be swapped in the tables without the audit seeing it. A delegation is signed by
whoever gives it, or by an assistant.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from approvals.assessors import ASSESSOR, require_apart, require_no_assessor
from approvals.directory import Directory, Grant, Key, Person, directory_of
from approvals.errors import (
    DelegationRefusedError,
    LastAdministratorError,
    PersonExistsError,
    UnknownFlagError,
    UnknownPersonError,
    UnknownRoleError,
    WrongKeyError,
)
from approvals.keys import Signer
from approvals.labels import ROLES
from approvals.policy import Policy
from approvals.sshsig import PublicKey
from approvals.statements import REGISTRY, write_statement
from workflow.errors import InvalidInputError, NotStaffError
from workflow.events import REGISTRY as STREAM
from workflow.events import Fact, Signed, Type, written_time
from workflow.i18n import mark
from workflow.ledger import GENESIS
from workflow.problems import Problem, Refused
from workflow.store import Unit
from workflow.tables import DelegationRow, KeyRow, PersonRow, RoleRow
from workflow.texts import clean_line
from workflow.values.dates import TAIPEI

#: Roles that are no capacity to decide in, so that nobody can pass them on.
NOT_PASSED_ON = frozenset({"admin", "staff", "assessor", "assistant", "sealer"})
_IDENTIFIER = re.compile(r"[a-z][a-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Someone to be entered: an identifier for commands, a name for documents."""

    id: str
    name: str
    title: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an identifier that could not be typed, and roles nobody knows."""
        require_identifier(self.id)
        for field in ("name", "title", "email"):
            if getattr(self, field):
                object.__setattr__(self, field, one_line(field, getattr(self, field)))
        for role in self.roles:
            require_role(role)
        require_apart(self.id, frozenset(self.roles))


class Registry:
    """The registry within one unit of work, changed by *actor* with their key."""

    def __init__(self, unit: Unit, actor: str, signer: Signer) -> None:
        self._unit, self._actor, self._signer = unit, actor, signer
        # Before anything reads it: two administrators who share it could not both go on to write.
        unit.events(STREAM)

    def found(self, organisation: str, person: NewPerson, policy: Policy) -> None:
        """Make the first entries: the organisation, its first administrator and their key, its policy."""
        self._append(Type.ORGANISATION_NAMED, {"name": one_line("organisation", organisation)})
        self._enter(person)
        self._append_key(person.id, self._signer.public_key)
        for role in person.roles:
            self._append(Type.ROLE_GRANTED, {"person": person.id, "role": role})
        self._append(Type.POLICY_ADOPTED, {"policy": self._unit.put(policy.body)})

    def add(self, person: NewPerson, key: PublicKey | None = None) -> None:
        """Enter someone, with their roles and, where it is at hand, their key."""
        directory = self._administered()
        if person.id in directory.people:
            raise PersonExistsError(what=person.id)
        self._enter(person)
        for role in person.roles:
            self._append(Type.ROLE_GRANTED, {"person": person.id, "role": role})
        if key:
            self._require_new_key(directory, key)
            self._append_key(person.id, key)

    def grant(self, person: str, role: str) -> None:
        """Give *person* a role."""
        require_role(role)
        held = self._administered().person(person).roles
        if role in held:
            raise PersonExistsError(what=f"{person} as {role}")
        require_apart(person, held | {role})
        self._append(Type.ROLE_GRANTED, {"person": person, "role": role})

    def revoke(self, person: str, role: str) -> None:
        """Take a role away; what was decided in it stays decided."""
        directory = self._administered()
        if require_role(role) not in directory.person(person).roles:
            raise UnknownRoleError(
                role=f"{role} of {person}", known=", ".join(sorted(directory.person(person).roles))
            )
        if role == "admin" and directory.holders("admin") == {person}:
            raise LastAdministratorError(person=person)
        self._append(Type.ROLE_REVOKED, {"person": person, "role": role})

    def add_key(self, person: str, key: PublicKey) -> None:
        """Register a public key for *person*; it counts from now on."""
        directory = self._administered()
        directory.person(person)
        self._require_new_key(directory, key)
        self._append_key(person, key)

    def revoke_key(self, person: str, fingerprint: str) -> None:
        """End a key's validity now; what it signed before stays valid."""
        known = self._administered().person(person)
        if fingerprint not in {k.fingerprint for k in known.keys if k.valid_until is None}:
            raise UnknownPersonError(
                person=f"{person} with the key {fingerprint}", known=", ".join(_open_keys(known.keys)) or "-"
            )
        if "admin" in known.roles and len(_open_keys(known.keys)) == 1 and self._administers_alone(person):
            raise LastAdministratorError(person=person)
        self._append(Type.KEY_REVOKED, {"person": person, "fingerprint": fingerprint})

    def adopt(self, policy: Policy) -> None:
        """Put a policy in force for every submission from now on; what was submitted keeps its own."""
        directory = self._administered()
        if directory.policy == policy.digest:
            raise PersonExistsError(what=f"the policy {policy.digest[:12]}")
        self._append(Type.POLICY_ADOPTED, {"policy": self._unit.put(policy.body)})

    def erase(self, event: str, digests: Collection[str], request: str) -> None:
        """Erase what is known by *digests*, which came with *event*; *request* says who asked for it."""
        self._administered()
        said = {"event": event, "digests": " ".join(digests), "request": one_line("request", request)}
        self._append(Type.ERASED, said)
        self._unit.erase(self._unit.events(STREAM)[-1], digests)

    def delegate(self, grant: Grant) -> str:
        """Let someone decide for *grant.principal*; return what the delegation is called.

        Raises `DelegationRefusedError` where it is given by nobody entitled to, to oneself,
        without roles to pass on, or for days that are over.
        """
        directory = read_directory(self._unit)
        self._require_delegator(directory, grant.principal)
        deputy = directory.person(grant.deputy)
        today = self._unit.now.astimezone(TAIPEI).date()
        if grant.deputy == grant.principal:
            raise DelegationRefusedError(reason=mark("nobody is their own deputy"))
        if grant.deputy == self._actor:
            raise DelegationRefusedError(reason=mark("nobody names themselves as another's deputy"))
        if ASSESSOR in deputy.roles:
            raise DelegationRefusedError(reason=mark("an assessor decides for nobody"))
        if not directory.person(grant.principal).roles - NOT_PASSED_ON:
            raise DelegationRefusedError(reason=mark("the principal has no role in which to decide"))
        if grant.last_day < max(today, grant.first_day):
            raise DelegationRefusedError(reason=mark("its last day is over, or before its first"))
        name = f"D-{len(directory.grants) + 1}"
        self._append(
            Type.DELEGATED,
            {
                "grant": name,
                "person": grant.principal,
                "deputy": grant.deputy,
                "first_day": grant.first_day.isoformat(),
                "last_day": grant.last_day.isoformat(),
                "kinds": " ".join(grant.kinds),
                "aspects": " ".join(grant.aspects),
                "max_value": "" if grant.max_value is None else str(grant.max_value),
            },
        )
        return name

    def end_delegation(self, name: str) -> None:
        """End a delegation now; what was decided under it stays decided."""
        directory = read_directory(self._unit)
        grant = directory.grant(name)
        if grant is None or grant.ended:
            known = ", ".join(g.id for g in directory.grants if not g.ended) or "-"
            raise UnknownFlagError(ref=STREAM, what=f"delegation {name}", known=known)
        self._require_delegator(directory, grant.principal)
        self._append(Type.DELEGATION_ENDED, {"grant": grant.id, "person": grant.principal})

    def _require_delegator(self, directory: Directory, principal: str) -> None:
        """Raise unless the actor is the principal, or an assistant, with a key of their own."""
        actor = directory.person(self._actor)
        require_no_assessor(actor, "delegate")
        directory.person(principal)
        if self._actor != principal and "assistant" not in actor.roles:
            raise NotStaffError(person=self._actor, action="delegate for another", role="assistant")
        self._require_own_key(actor)

    def _require_own_key(self, actor: Person) -> None:
        if not actor.key(self._signer.public_key.fingerprint, self._unit.now):
            raise WrongKeyError(fingerprint=self._signer.public_key.fingerprint, person=self._actor)

    def _administers_alone(self, person: str) -> bool:
        """Tell whether nobody but *person* can change the registry."""
        people = read_directory(self._unit).people.values()
        return not any("admin" in p.roles and p.id != person and _open_keys(p.keys) for p in people)

    def _enter(self, person: NewPerson) -> None:
        row = {"person": person.id, "name": person.name, "title": person.title, "email": person.email}
        self._append(Type.PERSON_ADDED, row)

    def _append_key(self, person: str, key: PublicKey) -> None:
        self._append(Type.KEY_ADDED, {"person": person, "fingerprint": key.fingerprint, "public": key.line})

    def _require_new_key(self, directory: Directory, key: PublicKey) -> None:
        # Two people with one key could not be told apart by what they sign.
        for person in directory.people.values():
            if key.fingerprint in {known.fingerprint for known in person.keys}:
                raise PersonExistsError(what=f"the key {key.fingerprint} ({person.id})")

    def _administered(self) -> Directory:
        """Return the directory, or raise where the actor is no administrator with this key."""
        directory = read_directory(self._unit)
        actor = directory.person(self._actor)
        require_no_assessor(actor, "change the registry")
        if "admin" not in actor.roles:
            raise NotStaffError(person=self._actor, action="change the registry", role="admin")
        self._require_own_key(actor)
        return directory

    def _append(self, kind: Type, payload: Mapping[str, str]) -> None:
        events = self._unit.events(STREAM)
        fields = {
            "change": kind.value,
            **payload,
            "by": self._actor,
            "number": len(events) + 1,
            "after": events[-1].hash if events else GENESIS,
        }
        statement = write_statement(REGISTRY, log=self._unit.log, at=self._unit.now, fields=fields)
        signature = self._signer.sign(statement, namespace=REGISTRY)
        signed = Signed(self._unit.put(statement), signature, self._signer.public_key.fingerprint)
        self._unit.append(STREAM, Fact(kind, self._actor, payload, "", signed))
        self._cache()

    def _cache(self) -> None:
        rows = directory_rows(read_directory(self._unit))
        self._unit.replace(rows, emptying=[DelegationRow, KeyRow, RoleRow, PersonRow])


def read_directory(unit: Unit) -> Directory:
    """Return everyone the registry knows, as of now."""
    return directory_of(unit.events(STREAM, shared=True))


def directory_rows(directory: Directory) -> list[PersonRow | RoleRow | KeyRow | DelegationRow]:
    """Return the cache rows a directory amounts to."""
    people = sorted(directory.people.values(), key=lambda person: person.id)
    return [
        *(PersonRow(id=p.id, name=p.name, title=p.title, email=p.email) for p in people),
        *(RoleRow(person=p.id, role=role) for p in people for role in sorted(p.roles)),
        *(
            KeyRow(
                fingerprint=key.fingerprint,
                person=p.id,
                public=key.public,
                valid_from=written_time(key.valid_from),
                valid_until=written_time(key.valid_until) if key.valid_until else "",
            )
            for p in people
            for key in p.keys
        ),
        *(
            DelegationRow(
                id=grant.id,
                principal=grant.principal,
                deputy=grant.deputy,
                first_day=grant.first_day.isoformat(),
                last_day=grant.last_day.isoformat(),
                kinds=_spaced(grant.kinds),
                aspects=_spaced(grant.aspects),
                max_value=grant.max_value,
            )
            for grant in directory.grants
            if not grant.ended
        ),
    ]


def _spaced(words: tuple[str, ...]) -> str:
    """Return words so that a query can look for one of them with a space on either side."""
    return f" {' '.join(words)} " if words else ""


def require_identifier(person: str) -> str:
    """Return *person*, or raise `InvalidInputError` where it is no identifier."""
    if not _IDENTIFIER.fullmatch(person):
        fix = mark("use small letters, digits, dots and hyphens, beginning with a letter")
        raise InvalidInputError("person", [Problem("person", mark("is not an identifier"), fix, person)])
    return person


def require_role(role: str) -> str:
    """Return *role*, or raise `UnknownRoleError`."""
    if role not in ROLES:
        raise UnknownRoleError(role=role, known=", ".join(ROLES))
    return role


def _open_keys(keys: tuple[Key, ...]) -> list[str]:
    return [key.fingerprint for key in keys if key.valid_until is None]


def one_line(field: str, text: str) -> str:
    """Return *text* as one visible line, or raise `InvalidInputError` naming *field*."""
    try:
        return clean_line(text)
    except Refused as refused:
        raise InvalidInputError(
            "person", [Problem(field, refused.what, refused.fix, text, refused.facts)]
        ) from None

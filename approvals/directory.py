"""People, roles, keys, delegations and the policy: what the registry's events add up to. Pure.

The registry is a stream like any other. Its events are recorded by ``approvals.registry``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from approvals.errors import UnknownPersonError
from workflow.events import Event, Type
from workflow.values.dates import TAIPEI


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and the time in which what it signs is valid."""

    fingerprint: str
    public: str
    valid_from: datetime
    valid_until: datetime | None = None

    def valid_at(self, at: datetime) -> bool:
        """Tell whether a signature made at *at* counts; both ends are included."""
        return self.valid_from <= at and (self.valid_until is None or at <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Tenure:
    """A time in which somebody held a role; without an end while they still do."""

    role: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can act: an identifier for the command line, a name for documents."""

    id: str
    name: str
    title: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()
    keys: tuple[Key, ...] = ()
    tenures: tuple[Tenure, ...] = ()

    def held(self, role: str, *, on: date) -> bool:
        """Tell whether they held *role* at any time of a day in Taiwan."""
        return any(
            tenure.role == role
            and tenure.since.astimezone(TAIPEI).date() <= on
            and (tenure.until is None or on <= tenure.until.astimezone(TAIPEI).date())
            for tenure in self.tenures
        )

    def held_at(self, role: str, at: datetime) -> bool:
        """Tell whether they held *role* at a moment; both ends of a tenure are included."""
        return any(
            tenure.role == role and tenure.since <= at and (tenure.until is None or at <= tenure.until)
            for tenure in self.tenures
        )

    def key(self, fingerprint: str, at: datetime) -> Key | None:
        """Return the person's key by fingerprint, if it was valid at *at*."""
        return next((k for k in self.keys if k.fingerprint == fingerprint and k.valid_at(at)), None)


@dataclass(frozen=True, slots=True)
class Grant:
    """A delegation: *deputy* may decide for *principal* within its dates and limits.

    Both days are included and counted in Taiwan. No kinds or aspects means any;
    ``max_value`` is in whole TWD before tax, None for no limit.
    """

    id: str
    principal: str
    deputy: str
    first_day: date
    last_day: date
    kinds: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    max_value: int | None = None
    ended: bool = False

    def allows(self, *, day: date, kind: str, aspect: str, value: int | None) -> bool:
        """Tell whether it covers a decision; a value nobody knows is above every limit."""
        return (
            not self.ended
            and self.first_day <= day <= self.last_day
            and (not self.kinds or kind in self.kinds)
            and (not self.aspects or aspect in self.aspects)
            and (self.max_value is None or (value is not None and value <= self.max_value))
        )


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone the registry knows, as of its last event, and the policy it has adopted.

    ``erased`` are the digests of what was erased by request, with the number of the entry that says so.
    """

    organisation: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    policy: str = ""
    erased: Mapping[str, int] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Return the person called *name*, or raise `UnknownPersonError`."""
        if name not in self.people:
            raise UnknownPersonError(person=name, known=", ".join(sorted(self.people)) or "-")
        return self.people[name]

    def holders(self, role: str) -> frozenset[str]:
        """Return who holds *role*; of a group of roles (``cfo/finance``), whoever holds any of them."""
        wanted = frozenset(role.split("/"))
        return frozenset(person.id for person in self.people.values() if wanted & person.roles)

    def grant(self, name: str) -> Grant | None:
        """Return the delegation called *name*, as in D-3."""
        return next((grant for grant in self.grants if grant.id == name.upper()), None)

    def grants_to(self, deputy: str) -> tuple[Grant, ...]:
        """Return what was delegated to *deputy* and not ended, whatever its dates."""
        return tuple(grant for grant in self.grants if grant.deputy == deputy and not grant.ended)

    @property
    def by_role(self) -> Mapping[str, frozenset[str]]:
        """The people of every role that anyone holds."""
        roles = {role for person in self.people.values() for role in person.roles}
        return {role: self.holders(role) for role in roles}

    def name_of(self, person: str) -> str:
        """Return how a person is called in documents; the identifier where unknown."""
        return self.people[person].name if person in self.people else person


def directory_of(events: Iterable[Event], start: Directory | None = None) -> Directory:
    """Fold the registry's events; *start* is what those before them add up to."""
    directory = start or Directory()
    for event in events:
        directory = _apply(directory, event)
    return directory


def _apply(directory: Directory, event: Event) -> Directory:
    said = event.payload
    if event.type is Type.ORGANISATION_NAMED:
        return replace(directory, organisation=said["name"])
    if event.type is Type.POLICY_ADOPTED:
        return replace(directory, policy=said["policy"])
    if event.type is Type.ERASED:
        return replace(
            directory, erased={**directory.erased, **dict.fromkeys(said["digests"].split(), event.seq)}
        )
    if event.type is Type.DELEGATED:
        return replace(directory, grants=(*directory.grants, _grant(said)))
    if event.type is Type.DELEGATION_ENDED:
        if directory.grant(said["grant"]) is None:
            raise ValueError(f"{event.ref} ends {said['grant']}, which was never given")
        ended = (replace(g, ended=True) if g.id == said["grant"] else g for g in directory.grants)
        return replace(directory, grants=tuple(ended))
    known = directory.people.get(said["person"])
    if event.type is Type.PERSON_ADDED:
        person = Person(said["person"], said["name"], said["title"], said["email"])
    elif known is None:
        raise ValueError(f"{event.ref} is about {said['person']}, who was never added")
    elif event.type is Type.ROLE_GRANTED:
        tenure = Tenure(said["role"], event.at)
        person = replace(known, roles=known.roles | {said["role"]}, tenures=(*known.tenures, tenure))
    elif event.type is Type.ROLE_REVOKED:
        tenures = tuple(_over(tenure, said["role"], event.at) for tenure in known.tenures)
        person = replace(known, roles=known.roles - {said["role"]}, tenures=tenures)
    elif event.type is Type.KEY_ADDED:
        key = Key(said["fingerprint"], said["public"], event.at)
        person = replace(known, keys=(*known.keys, key))
    elif event.type is Type.KEY_REVOKED:
        person = replace(known, keys=tuple(_closed(k, said["fingerprint"], event.at) for k in known.keys))
    else:
        raise ValueError(f"{event.ref} does not belong to the registry")
    return replace(directory, people={**directory.people, person.id: person})


def _grant(said: Mapping[str, Any]) -> Grant:
    return Grant(
        id=said["grant"],
        principal=said["person"],
        deputy=said["deputy"],
        first_day=date.fromisoformat(said["first_day"]),
        last_day=date.fromisoformat(said["last_day"]),
        kinds=tuple(said["kinds"].split()),
        aspects=tuple(said["aspects"].split()),
        max_value=int(said["max_value"]) if said["max_value"] else None,
    )


def _over(tenure: Tenure, role: str, at: datetime) -> Tenure:
    return replace(tenure, until=at) if tenure.role == role and tenure.until is None else tenure


def _closed(key: Key, fingerprint: str, at: datetime) -> Key:
    # A key that was ended before stays ended then: nothing it signed since becomes valid.
    ending = key.fingerprint == fingerprint and key.valid_until is None
    return replace(key, valid_until=at) if ending else key

"""People, their roles and their keys: what the registry's events add up to. Pure.

The registry is a stream like any other. Its events are recorded by ``approvals.registry``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from approvals.errors import UnknownPersonError
from workflow.events import Event, Type


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
class Person:
    """Someone who can act: an identifier for the command line, a name for documents."""

    id: str
    name: str
    title: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()
    keys: tuple[Key, ...] = ()

    def key(self, fingerprint: str, at: datetime) -> Key | None:
        """Return the person's key by fingerprint, if it was valid at *at*."""
        return next((k for k in self.keys if k.fingerprint == fingerprint and k.valid_at(at)), None)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone the registry knows, as of its last event."""

    organisation: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Return the person called *name*, or raise `UnknownPersonError`."""
        if name not in self.people:
            raise UnknownPersonError(person=name, known=", ".join(sorted(self.people)) or "-")
        return self.people[name]

    def holders(self, role: str) -> frozenset[str]:
        """Return who holds *role*."""
        return frozenset(person.id for person in self.people.values() if role in person.roles)

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
    known = directory.people.get(said["person"])
    if event.type is Type.PERSON_ADDED:
        person = Person(said["person"], said["name"], said["title"], said["email"])
    elif known is None:
        raise ValueError(f"{event.ref} is about {said['person']}, who was never added")
    elif event.type is Type.ROLE_GRANTED:
        person = replace(known, roles=known.roles | {said["role"]})
    elif event.type is Type.ROLE_REVOKED:
        person = replace(known, roles=known.roles - {said["role"]})
    elif event.type is Type.KEY_ADDED:
        key = Key(said["fingerprint"], said["public"], event.at)
        person = replace(known, keys=(*known.keys, key))
    elif event.type is Type.KEY_REVOKED:
        person = replace(known, keys=tuple(_closed(k, said["fingerprint"], event.at) for k in known.keys))
    else:
        raise ValueError(f"{event.ref} does not belong to the registry")
    return replace(directory, people={**directory.people, person.id: person})


def _closed(key: Key, fingerprint: str, at: datetime) -> Key:
    # A key that was ended before stays ended then: nothing it signed since becomes valid.
    ending = key.fingerprint == fingerprint and key.valid_until is None
    return replace(key, valid_until=at) if ending else key

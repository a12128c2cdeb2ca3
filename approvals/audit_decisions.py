"""Whether what was signed is what the trail says: signature, signer, every word of the statement.

Pure checks for ``approvals.audit``: each yields (check, what does not hold). Whether the
decision was then allowed to be made is ``approvals.audit_duties``'s business.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Protocol

from approvals.assessors import stand_apart
from approvals.directory import Directory, Key, Person
from approvals.labels import ROLES
from approvals.sshsig import PublicKey, verify
from approvals.statements import DECISION, REGISTRY, read_statement
from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.events import Event, Type
from workflow.ledger import GENESIS
from workflow.replay import WORDS

Faults = Iterator[tuple[str, str]]

# A delegation is signed by whoever gives it, or by an assistant; the rest by administrators.
_BY_DELEGATORS = frozenset({Type.DELEGATED, Type.DELEGATION_ENDED})


class Evidence(Protocol):
    """What one event refers to, and the chain it stands in."""

    @property
    def log(self) -> str:
        """The store's origin."""

    def head(self, seq: int) -> str:
        """Return the digest of an event before it; empty where there is no such one."""

    def statement(self) -> bytes:
        """Return the statement the event's signature is over."""

    def get(self, digest: str) -> bytes:
        """Return content by digest; empty where it is missing."""


def founding_key(events: list[Event]) -> tuple[str, Key] | None:
    """Return who founded the registry, and with which key: the first that was entered."""
    for event in events:
        if event.type is Type.KEY_ADDED:
            said = event.payload
            return str(said["person"]), Key(str(said["fingerprint"]), str(said["public"]), event.at)
    return None


def check_entry(
    event: Event, directory: Directory, evidence: Evidence, *, founder: tuple[str, Key] | None
) -> Faults:
    """Check an entry of the registry: signed by an administrator, and one the rules allow.

    *directory* is what was known before it; *founder* may sign until there is an administrator.
    """
    if event.signed is None:
        yield "signatures", "a change of the registry is not signed"
        return
    if founder:
        actor, key = founder
        if (event.actor, event.signed.key) != (actor, key.fingerprint):
            yield "signatures", f"{event.actor} did not found the registry with the key {event.signed.key}"
            return
    else:
        person = directory.people.get(event.actor)
        held = person.key(event.signed.key, event.at) if person else None
        if person is None or held is None or not _may_enter(event, person):
            entitled = "entitled" if event.type in _BY_DELEGATORS else "administrator"
            yield "signatures", f"{event.actor} was no {entitled} with the key {event.signed.key}"
            return
        key = held
    statement = evidence.statement()
    yield from check_signature(event, statement, key.public, REGISTRY)
    expected = {
        **event.payload,
        "log": evidence.log,
        "change": event.type.value,
        "by": event.actor,
        "number": event.seq,
        "after": evidence.head(event.seq - 1) or GENESIS,
    }
    yield from compare(read_fields(statement), expected)
    yield from _check_change(event, directory, evidence)


def _may_enter(event: Event, person: Person) -> bool:
    if event.type in _BY_DELEGATORS:
        return event.actor == event.payload.get("person") or "assistant" in person.roles
    return "admin" in person.roles


def _check_change(event: Event, directory: Directory, evidence: Evidence) -> Faults:
    said = event.payload
    known = directory.people.get(said.get("person", ""))
    if event.type is Type.PERSON_ADDED and known:
        yield "duties", f"{known.id} had been added already"
    if event.type in (Type.ROLE_GRANTED, Type.ROLE_REVOKED) and said["role"] not in ROLES:
        yield "duties", f"there is no role {said['role']}"
    if event.type is Type.ROLE_GRANTED and known and not stand_apart(known.roles | {said["role"]}):
        yield "duties", f"{known.id} could not be {said['role']} beside {', '.join(sorted(known.roles))}"
    last = event.type is Type.ROLE_REVOKED and directory.holders("admin") <= {said["person"]}
    if last and said["role"] == "admin":
        yield "duties", "it leaves the store without an administrator"
    if event.type is Type.KEY_ADDED:
        if PublicKey.parse(said["public"]).fingerprint != said["fingerprint"]:
            yield "duties", "the key is not the one its fingerprint names"
        for person in directory.people.values():
            if said["fingerprint"] in {key.fingerprint for key in person.keys}:
                yield "duties", f"the key {said['fingerprint']} had been given to {person.id}"
    if event.type is Type.POLICY_ADOPTED and not evidence.get(said["policy"]):
        yield "content", f"the policy it puts in force, {said['policy'][:12]}, is missing"
    if event.type in _BY_DELEGATORS:
        yield from _check_delegation(event, directory)


def _check_delegation(event: Event, directory: Directory) -> Faults:
    said = event.payload
    principal = directory.people.get(said["person"])
    if event.type is Type.DELEGATION_ENDED:
        grant = directory.grant(said["grant"])
        if grant is None or grant.ended or grant.principal != said["person"]:
            yield "duties", f"there was no delegation {said['grant']} of {said['person']} to end"
        return
    if principal is None or said["deputy"] not in directory.people or said["deputy"] == said["person"]:
        yield "duties", f"{said['person']} could not delegate to {said['deputy']}"
    if event.actor == said["deputy"] != said["person"]:
        yield "duties", f"{event.actor} recorded a delegation to themselves"
    if directory.grant(said["grant"]) is not None:
        yield "duties", f"{said['grant']} had been given already"


def check_signed(before: Case | None, event: Event, directory: Directory, evidence: Evidence) -> Faults:
    """Check a signed decision, opinion or closing against the statement its maker signed."""
    if event.signed is None:
        yield "signatures", "a decision is not signed"
        return
    key = directory.people[event.actor].key(event.signed.key, event.at)
    if key is None:
        yield "signatures", f"the key {event.signed.key} was not {event.actor}'s at that time"
        return
    statement = evidence.statement()
    yield from check_signature(event, statement, key.public, DECISION)
    if before is None or before.contract is None:
        yield "duties", "there was nothing submitted to decide on"
        return
    submission = before.submission
    declined = event.type is Type.FLAG_DECLINED
    if submission is None and not declined:
        yield "duties", "there was nothing submitted to decide on"
        return
    said = read_fields(statement)
    expected = {
        "log": evidence.log,
        "agreement": event.stream,
        "person": event.actor,
        "document": event.payload["document"],
        "terms": submission.terms if submission and not declined else before.terms,
        "revision": submission.revision if submission and not declined else before.revision,
    }
    if event.type is Type.FLAG_RESOLVED:
        expected |= _opinion(before, event)
    elif declined:
        expected |= _declining(before, event)
    elif event.type is Type.CONDITION_CLOSED:
        expected |= _closing(event)
    elif submission is not None:
        expected |= _decision(event)
        expected |= {"content": before.contract.content, "policy": submission.policy}
    yield from compare(said, expected)
    yield from _check_seen(said, submission.seq if submission else 1, evidence)


def _decision(event: Event) -> dict[str, object]:
    payload = event.payload
    parts = payload.get("parts")
    return {
        "decision": "retract" if event.type is Type.RETRACTED else WORDS[event.type],
        "aspect": payload["aspect"],
        "capacity": payload["role"],
        "revision": payload["revision"],
        "reason": payload["reason"],
        "parts": ", ".join(parts) if parts else None,
        "for": payload.get("for"),
        "delegation": payload.get("grant"),
        "member": payload.get("member"),
        "retracts": payload.get("retracts"),
    }


def _declining(before: Case, event: Event) -> dict[str, object]:
    payload = event.payload
    flag = before.flag(payload["flag"])
    return {
        "flag": payload["flag"],
        "aspect": flag.aspect if flag else "",
        "capacity": flag.role if flag else "",
        "decision": "decline",
        "reason": payload["reason"],
    }


def _opinion(before: Case, event: Event) -> dict[str, object]:
    payload = event.payload
    flag = before.flag(payload["flag"])
    conditions = [[row["id"], row["severity"], row["text"]] for row in payload["conditions"]]
    return {
        "flag": payload["flag"],
        "aspect": flag.aspect if flag else "",
        "capacity": flag.role if flag else "",
        "decision": payload["conclusion"],
        "reasoning": payload["reasoning"],
        "basis": payload["basis"],
        "conditions": json.dumps(conditions),
    }


def _closing(event: Event) -> dict[str, object]:
    payload = event.payload
    return {
        "flag": payload["flag"],
        "condition": payload["condition"],
        "decision": "close",
        "evidence": payload["evidence"],
    }


def nonce_of(statement: bytes) -> str:
    """Return what makes a statement the only one of its kind; empty where it cannot be read."""
    return str(read_fields(statement).get("nonce", ""))


def check_signature(event: Event, statement: bytes, public: str, namespace: str) -> Faults:
    """Check an event's signature over *statement*, and that this was written for the same purpose."""
    if event.signed is None:
        return
    try:
        verify(statement, event.signed.signature, key=PublicKey.parse(public), namespace=namespace)
        said_namespace, _ = read_statement(statement)
        if said_namespace != namespace:
            yield "signatures", f"the signed statement is for another purpose, {said_namespace!r}"
    except WorkflowError as error:
        yield "signatures", str(error)
    except ValueError as error:
        yield "signatures", f"its statement cannot be read: {error}"


def _check_seen(said: Mapping[str, object], since: int, evidence: Evidence) -> Faults:
    """Check that what stood there when it was signed stands there still."""
    number, _, head = str(said.get("seen")).partition(" ")
    seq = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if not head or evidence.head(seq) != head:
        yield "signatures", f"the trail was rewritten: its signer saw {head[:12]} as number {number}"
    elif seq < since:
        yield "signatures", "it was signed before this text was submitted"


def read_fields(statement: bytes) -> Mapping[str, object]:
    """Return what a statement says; nothing where it cannot be read."""
    try:
        return read_statement(statement)[1]
    except ValueError:
        return {}


def compare(said: Mapping[str, object], expected: Mapping[str, object]) -> Faults:
    """Yield every field in which a statement says something else than the event."""
    for name, value in expected.items():
        if said.get(name) != value:
            yield "signatures", f"the signed statement says {name} {said.get(name)!r}, the event {value!r}"

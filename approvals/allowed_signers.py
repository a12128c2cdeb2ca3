"""The registry's keys as OpenSSH reads them, so that its own tools can check every signature.

    ssh-keygen -Y verify -f allowed_signers -I lena -n decision.v1@assent -s SIG -Overify-time=… < STATEMENT

One line a key and a time: who, for which purposes, within which time (ssh-keygen(1), ALLOWED
SIGNERS). While somebody is an assessor their key signs assessments and nothing else, and while they
are a sealer, checkpoints. Times are UTC and say so; both ends are included, as ours are. A line is
never taken away: a key that was ended has an end. Pure.
"""

from collections.abc import Iterator, Set
from datetime import UTC, datetime
from itertools import pairwise

from approvals.assessors import ASSESSOR, SEALER
from approvals.directory import Directory, Key, Person
from approvals.statements import ASSESSMENT, CHECKPOINT, DECISION, REGISTRY

_NEVER = datetime.max.replace(tzinfo=UTC)


def allowed_signers(directory: Directory) -> bytes:
    """Return the file's bytes, people in order, the keys of each as they were registered."""
    lines = [
        _line(person.id, key, purposes, since, until)
        for person in sorted(directory.people.values(), key=lambda person: person.id)
        for key in person.keys
        for purposes, since, until in _times(person, key)
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _times(person: Person, key: Key) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield for which purposes a key is good, from when until when, by the roles held meanwhile."""
    start, end = key.valid_from, key.valid_until or _NEVER
    moments = {at for tenure in person.tenures for at in (tenure.since, tenure.until or _NEVER)}
    edges = [start, *sorted(at for at in moments if start < at < end), end]
    spans: list[tuple[str, datetime, datetime]] = []
    for since, until in pairwise(edges):
        named = ",".join(_purposes(_held(person, since, until)))
        begun = spans.pop()[1] if spans and spans[-1][0] == named else since
        spans.append((named, begun, until))
    yield from spans


def _held(person: Person, since: datetime, until: datetime) -> Set[str]:
    return {t.role for t in person.tenures if t.since <= since and until <= (t.until or _NEVER)}


def _purposes(roles: Set[str]) -> list[str]:
    if ASSESSOR in roles:
        return [ASSESSMENT]
    if SEALER in roles:
        return [CHECKPOINT]
    return [DECISION, REGISTRY, *([CHECKPOINT] if "admin" in roles else [])]


def _line(person: str, key: Key, purposes: str, since: datetime, until: datetime) -> str:
    options = [f'namespaces="{purposes}"', f'valid-after="{since:%Y%m%d%H%M%S}Z"']
    if until != _NEVER:
        options.append(f'valid-before="{until:%Y%m%d%H%M%S}Z"')
    kind, body, *_ = key.public.split()
    return f"{person} {','.join(options)} {kind} {body}"

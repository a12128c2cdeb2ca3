"""The registry's keys as OpenSSH reads them, so that its own tools can check every signature.

    ssh-keygen -Y verify -f allowed_signers -I lena -n decision.v1@assent -s SIG -Overify-time=… < STATEMENT

One line a key and a time: who, for which purposes, within which time (ssh-keygen(1), ALLOWED
SIGNERS). While somebody is an assessor their key signs assessments and nothing else, and at no
other time does it sign any. Times are UTC and say so; both ends are included, as ours are. A
line is never taken away: a key that was ended has an end. Pure.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from approvals.assessors import ASSESSOR
from approvals.directory import Directory, Key, Person
from approvals.statements import ASSESSMENT, DECISION, REGISTRY

_ACTING, _ASSESSING = f"{DECISION},{REGISTRY}", ASSESSMENT
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
    """Yield for which purposes a key is good, from when until when, in order."""
    since, end, found = key.valid_from, key.valid_until or _NEVER, False
    for tenure in person.tenures:
        first, last = max(tenure.since, key.valid_from), min(tenure.until or _NEVER, end)
        if tenure.role != ASSESSOR or first > last:
            continue
        if since < first:
            yield _ACTING, since, first
        yield _ASSESSING, first, last
        since, found = last, True
    if since < end or not found:
        yield _ACTING, since, end


def _line(person: str, key: Key, purposes: str, since: datetime, until: datetime) -> str:
    options = [f'namespaces="{purposes}"', f'valid-after="{since:%Y%m%d%H%M%S}Z"']
    if until != _NEVER:
        options.append(f'valid-before="{until:%Y%m%d%H%M%S}Z"')
    kind, body, *_ = key.public.split()
    return f"{person} {','.join(options)} {kind} {body}"

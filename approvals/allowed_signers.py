"""The registry's keys as OpenSSH reads them, so that its own tools can check every signature.

    ssh-keygen -Y verify -f allowed_signers -I lena -n decision.v1@assent -s SIG -Overify-time=… < STATEMENT

One line a key: who, for which purposes, within which time (ssh-keygen(1), ALLOWED SIGNERS).
Times are UTC and say so; both ends are included, as ours are. A line is never taken away: a
key that was ended has an end. Pure.
"""

from approvals.checkpoints import SIGNERS
from approvals.directory import Directory, Key, Person
from approvals.statements import CHECKPOINT, DECISION, REGISTRY


def allowed_signers(directory: Directory) -> bytes:
    """Return the file's bytes, people in order, the keys of each as they were registered."""
    lines = [
        _line(person, key)
        for person in sorted(directory.people.values(), key=lambda person: person.id)
        for key in person.keys
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _line(person: Person, key: Key) -> str:
    options = [f'namespaces="{",".join(purposes(person))}"', f'valid-after="{key.valid_from:%Y%m%d%H%M%S}Z"']
    if key.valid_until is not None:
        options.append(f'valid-before="{key.valid_until:%Y%m%d%H%M%S}Z"')
    kind, body, *_ = key.public.split()
    return f"{person.id} {','.join(options)} {kind} {body}"


def purposes(person: Person) -> tuple[str, ...]:
    """Return what a person's keys may have signed, by every role they ever held.

    A sealer's key lies where commands run that nobody watches, so that it must not decide anything.
    """
    roles = {tenure.role for tenure in person.tenures}
    people = () if roles == {"sealer"} else (DECISION, REGISTRY)
    return (*people, CHECKPOINT) if roles & SIGNERS else people

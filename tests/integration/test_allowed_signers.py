"""OpenSSH's own tool agrees with us on every signature, good or bad, with the exported keys."""

import shutil
import subprocess

import pytest

from approvals.allowed_signers import allowed_signers
from approvals.directory import directory_of
from approvals.errors import BadSignatureError
from approvals.sshsig import PublicKey, verify
from approvals.statements import DECISION, REGISTRY

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")


@pytest.fixture
def signed(world, tmp_path):
    """Return every signed event of an agreement's life and of the registry, with what it is over."""
    ref = world.approved()
    world.delegate("grace", "hana")
    with world.store.begin() as unit:
        rows = [
            (event, unit.get(event.signed.statement), REGISTRY if stream == "registry" else DECISION)
            for stream in (ref, "registry")
            for event in unit.events(stream)
            if event.signed
        ]
        directory = directory_of(unit.events("registry"))
    keys = tmp_path / "allowed_signers"
    keys.write_bytes(allowed_signers(directory))
    return keys, directory, rows


def ssh_agrees(keys, person, statement, signature, namespace, at):
    place = keys.parent / "signature"
    place.write_text(signature, encoding="ascii")
    command = ["ssh-keygen", "-Y", "verify", "-f", keys, "-I", person, "-n", namespace, "-s", place]
    command.append(f"-Overify-time={at:%Y%m%d%H%M%S}Z")
    return subprocess.run(command, input=statement, capture_output=True, check=False).returncode == 0


def we_agree(directory, person, statement, signature, namespace, at, key):
    held = directory.people[person].key(key, at)
    if held is None:
        return False
    try:
        verify(statement, signature, key=PublicKey.parse(held.public), namespace=namespace)
    except BadSignatureError:
        return False
    return True


def test_agrees_on_every_signature_of_the_trail(signed):
    keys, directory, rows = signed

    for event, statement, namespace in rows:
        given = (event.actor, statement, event.signed.signature, namespace, event.at)
        assert ssh_agrees(keys, *given), event.ref
        assert we_agree(directory, *given, event.signed.key), event.ref
    assert {event.type for event, *_ in rows} >= {"approved", "flag_resolved", "key_added", "delegated"}


@pytest.mark.parametrize("slip", ["another word", "another person", "another purpose", "before the key"])
def test_agrees_on_what_is_wrong(signed, slip):
    keys, directory, rows = signed

    for event, statement, namespace in rows[:8]:
        person, at = event.actor, event.at
        if slip == "another word":
            statement = statement.replace(b"approve", b"approves").replace(b"clear", b"clean") + b" "
        elif slip == "another person":
            person = "judy"
        elif slip == "another purpose":
            namespace = "file"
        else:
            at = at.replace(year=2001)
        given = (person, statement, event.signed.signature, namespace, at)
        assert not ssh_agrees(keys, *given)
        assert not we_agree(directory, *given, event.signed.key)


def test_a_key_that_was_ended_stays_in_the_file_with_its_end(world, tmp_path):
    from approvals.registry import Registry

    fingerprint = world.signer("judy").public_key.fingerprint
    world.clock.advance(days=2)
    with world.store.begin() as unit:
        Registry(unit, "alice", world.signer("alice")).revoke_key("judy", fingerprint)
        unit.commit()
        directory = directory_of(unit.events("registry"))

    (line,) = [row for row in allowed_signers(directory).decode().splitlines() if row.startswith("judy ")]
    assert 'valid-after="20260105020000Z",valid-before="20260107020000Z" ssh-ed25519 ' in line

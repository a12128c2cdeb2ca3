"""The keys as OpenSSH reads them: an assessor's for assessments alone, and nobody else's for that."""

import importlib.util
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import approvals
from approvals.allowed_signers import allowed_signers
from approvals.directory import directory_of
from approvals.statements import ASSESSMENT, DECISION, REGISTRY
from workflow.events import REGISTRY as STREAM
from workflow.events import Event, Type, written_time

FEW = settings(max_examples=200, deadline=None, database=None)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
KEY = {"person": "zoe", "fingerprint": "SHA256:z", "public": "ssh-ed25519 AAAA"}
_VERIFIER = Path(approvals.__file__).parent / "reports" / "data" / "verify.py"
_SPEC = importlib.util.spec_from_file_location("bundle_verifier", _VERIFIER)
verifier = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(verifier)


def at(hour):
    return BEGAN + timedelta(hours=hour)


def events(*facts):
    """Return entries of the registry at the hours given: (hour, type, what it says)."""
    zoe = (0, "person_added", {"person": "zoe", "name": "趙評", "title": "", "email": ""})
    return [
        Event(STREAM, seq, f"{seq:064x}", at(hour), Type(kind), "alice", "", said)
        for seq, (hour, kind, said) in enumerate((zoe, *facts), start=1)
    ]


def role(hour, *, revoked=False, name="assessor"):
    return hour, "role_revoked" if revoked else "role_granted", {"person": "zoe", "role": name}


def key(hour, *, revoked=False):
    said = {"person": "zoe", "fingerprint": "SHA256:z"} if revoked else KEY
    return hour, "key_revoked" if revoked else "key_added", said


def lines(*facts):
    return allowed_signers(directory_of(events(*facts))).decode().splitlines()


def good_for(listed, hour):
    """Return the purposes for which the listed key is good at an hour."""
    moment, found = f"{at(hour):%Y%m%d%H%M%S}Z", set()
    for line in listed:
        since = re.search(r'valid-after="([^"]+)"', line)[1]
        until = re.search(r'valid-before="([^"]+)"', line)
        if since <= moment and (until is None or moment <= until[1]):
            found |= set(re.search(r'namespaces="([^"]+)"', line)[1].split(","))
    return found


def test_a_key_of_nobody_who_assesses_has_one_line_as_ever():
    assert lines(key(1)) == [
        f'zoe namespaces="{DECISION},{REGISTRY}",valid-after="20261101010000Z" ssh-ed25519 AAAA'
    ]


def test_whoever_enters_as_an_assessor_signs_assessments_alone():
    assert lines(role(1), key(1)) == [
        f'zoe namespaces="{ASSESSMENT}",valid-after="20261101010000Z" ssh-ed25519 AAAA'
    ]


def test_what_somebody_signed_before_they_became_an_assessor_stays_good():
    listed = lines(key(1), role(3), role(5, revoked=True))

    assert [good_for(listed, hour) for hour in (0, 2, 4, 6)] == [
        set(), {DECISION, REGISTRY}, {ASSESSMENT}, {DECISION, REGISTRY},
    ]  # fmt: skip


def test_a_key_that_was_ended_at_once_is_still_listed():
    assert len(lines(key(1), key(1, revoked=True))) == 1


_FACTS = st.lists(st.sampled_from(["role", "other", "key"]), max_size=10)


def history(words):
    """Turn words into a registry: each gives what is not there, and takes away what is."""
    held, facts = set(), []
    for hour, word in enumerate(words, start=1):
        if word == "key":
            if "ended" in held:
                continue
            facts.append(key(hour, revoked="key" in held))
            held |= {"ended"} if "key" in held else {"key"}
        else:
            name = "assessor" if word == "role" else "legal"
            facts.append(role(hour, revoked=name in held, name=name))
            held ^= {name}
    return facts


@FEW
@given(_FACTS)
def test_a_key_is_good_for_what_its_holder_is_at_every_moment(words):
    facts = history(words)
    directory = directory_of(events(*facts))
    listed = allowed_signers(directory).decode().splitlines()

    for hour in (number + 0.5 for number in range(len(words) + 2)):
        then = directory_of(events(*(fact for fact in facts if fact[0] <= hour))).people["zoe"]
        held = any(known.valid_at(at(hour)) for known in directory.people["zoe"].keys)
        purposes = {ASSESSMENT} if "assessor" in then.roles else {DECISION, REGISTRY}
        assert good_for(listed, hour) == (purposes if held else set())


@FEW
@given(_FACTS)
def test_the_verifier_of_a_bundle_lists_the_same(words):
    facts = history(words)
    bundle = verifier.Bundle(Path())

    listed = []
    for one in events(*facts):
        listed = bundle.enter({"type": one.type.value, "payload": one.payload, "at": written_time(one.at)})

    assert "".join(f"{line}\n" for line in listed).encode() == allowed_signers(directory_of(events(*facts)))

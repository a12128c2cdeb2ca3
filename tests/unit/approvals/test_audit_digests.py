"""Very many digests: nothing gets lost, nothing is there that was not put in, and each comes once."""

import hashlib
import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import audit_digests
from approvals.audit_digests import Digests

FEW = settings(max_examples=60, deadline=None, database=None)
NAMES = st.lists(st.integers(0, 400), max_size=200)


def named(numbers):
    return {hashlib.sha256(bytes([number % 256, number // 256])).hexdigest() for number in numbers}


def filled(numbers):
    digests = Digests()
    for number in numbers:
        digests.add(named([number]))
    return digests


@FEW
@given(NAMES, NAMES)
def test_holds_what_was_put_in_and_nothing_else(some, others):
    digests = filled(some)

    assert list(digests) == sorted(named(some))
    assert {name for name in named([*some, *others]) if name in digests} == named(some)


@FEW
@given(NAMES, NAMES)
def test_takes_in_what_another_holds(some, others):
    digests = filled(some)
    assert all(name in digests for name in named(some))

    digests.take(pickle.loads(pickle.dumps(filled(others))))

    assert list(digests) == sorted(named([*some, *others]))
    assert all(name in digests for name in named([*some, *others]))


def test_throws_out_what_comes_again(monkeypatch):
    monkeypatch.setattr(audit_digests, "_ROOM", 4 * 32)
    digests = filled([7] * 100 + [8] * 100)

    assert list(digests) == sorted(named([7, 8]))
    assert sum(map(len, digests._drawers)) <= 2 * 5 * 32

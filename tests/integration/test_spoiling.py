"""One change of each kind to a store of fifty agreements: found where it was made, or said why not.

Thousands, chosen at random: tests/bench/tampering.py.
"""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from spoiling import bits, kinds
from spoiling.verdict import heads, judge

from approvals.audit import audit
from workflow.places import find_place
from workflow.reading import Reader

CASES = [
    *(pytest.param(kind, {}, id=f"{kind.__module__}.{kind.__name__}") for _, kind in kinds.KINDS),
    *(pytest.param(bits.signature, {"part": part}, id=f"signature.{part}") for part in bits.SIGNATURE),
    *(pytest.param(bits.document, {"part": part}, id=f"document.{part}") for part in bits.DOCUMENT),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store of fifty agreements, its copies without guards, and an old backup of it."""
    folder = tmp_path_factory.mktemp("fifty")
    kinds.make(folder)
    return folder


@pytest.fixture(scope="module")
def kept(folder):
    """The receipts that somebody kept of it."""
    return heads(folder / "plain.db")


def test_finds_nothing_in_the_fifty_that_are_honest(folder):
    for name in ("fifty.db", "loose.db", "backup.db"):
        with Reader(find_place(str(folder / name))) as reader:
            assert audit(reader).findings == []


@pytest.mark.parametrize(("kind", "where"), CASES)
def test_finds_a_change_where_it_was_made_or_a_receipt_does(folder, kept, tmp_path, kind, where):
    copy, chance = tmp_path / "copy.db", random.Random(7)
    changes = (kinds.spoil(folder, copy, kind, chance, **where) for _ in range(50))
    change = next(change for change in changes if change)

    verdict = judge(copy, change, kept)

    assert not verdict.wrong, (change, verdict)

"""Many people at the same moment: each counts once, none is lost, and nothing happens twice."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from approvals.policy import DEFAULT_POLICY
from approvals.submission import rules
from workflow.events import Type
from workflow.lifecycle import State
from workflow.store import system_clock

CROWD = 20
BOARD = [f"member{number:02}" for number in range(1, CROWD + 1)]


@pytest.fixture(scope="module")
def board(tmp_path_factory, found_with):
    """Whoever asks for `twenty` needs the keys of twenty members of the board, beside the others'."""


# --- twenty at once ------------------------------------------------------------------------


def test_twenty_members_sign_at_the_same_moment_and_each_counts_once(world, labour, tmp_path):
    ref = _awaiting_the_board(world, tmp_path)

    said = labour.race(
        world, "approve", [{"ref": ref, "person": member, "once": ""} for member in BOARD]
    )

    assert sorted(seen["actor"] for (seen,) in said) == BOARD
    assert len({seen["seq"] for (seen,) in said}) == CROWD
    _assert_each_counts_once(world, ref)

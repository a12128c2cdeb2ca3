"""Many people at the same moment: each counts once, none is lost, nothing happens twice."""

import csv
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from approvals.policy import DEFAULT_POLICY
from approvals.submission import rules
from workflow.events import Type
from workflow.lifecycle import State

CROWD = 20
BOARD = {f"b{number:02}": (f"董事{number:02}", ("board",)) for number in range(1, CROWD + 1)}


@pytest.fixture
def twenty(tmp_path):
    """A policy that asks twenty members of the board, and nobody else."""
    with DEFAULT_POLICY.open(encoding="utf-8-sig", newline="") as shipped:
        columns = csv.DictReader(shipped)
        rule = next(columns)
    path = tmp_path / "policy.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.fieldnames)
        writer.writeheader()
        writer.writerow(rule | {"adds": "board", "aspect": "authority", "mode": "parallel", "quorum": CROWD})
    return rules(path)

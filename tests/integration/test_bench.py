"""The measurements can be run: what they say depends on the machine, that they say it does not."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"


def run(script, *words):
    command = [sys.executable, BENCH / script, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def report():
    done = run("rendering.py", "--rounds", "2", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ratios(report, case):
    return {(row["ratio_of"], row["to"]): row for row in report["ratios"] if row["case"] == case}


@pytest.mark.parametrize(
    ("case", "pair", "bar"),
    [
        ("24 rows", ("docxtpl", "ours"), ">= 55"),
        ("24 rows", ("ours", "floor"), "<= 1.3"),
        ("2000 rows", ("docxtpl", "ours"), ">= 15"),
        ("2000 rows", ("memory of a render", "largest part"), "<= 3"),
    ],
)
def test_rendering_is_measured_against_its_bars(report, case, pair, bar):
    row = ratios(report, case)[pair]

    assert row["ratio"] > 0
    assert row["bar"] == bar
    assert isinstance(row["met"], bool)


def test_a_ratio_lies_between_its_quartiles(report):
    measured = [row for row in report["ratios"] if row["quartiles"]]

    assert len(measured) >= 4
    assert all(row["quartiles"][0] <= row["ratio"] <= row["quartiles"][1] for row in measured)


def test_a_peer_that_is_not_there_is_named(report):
    said = " ".join(report["absent"])

    assert all(name in said for name in ("docxtemplater", "easy-template-x", "carbone"))


def test_changes_that_are_chosen_at_random_are_told_by_kind():
    done = run("tampering.py", "--changes", "10", "--json")

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert sum(row["changes"] for row in said["kinds"].values()) == said["changes"] == 10
    assert said["wrong"] == []


def test_honest_lives_are_lived_and_verified():
    done = run("honest.py", "--lives", "3", "--json")

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["lives"], said["found"]) == (3, [])
    assert said["happened"]["stores"] == 1


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_peers_program_is_one():
    done = subprocess.run(
        ["node", "--check", BENCH / "peers.mjs"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_verification_is_measured_against_its_floors():
    done = run("verification.py", "--rounds", "1", "--events", "300", "--lives", "1", "--json")

    # 1 says that a bar was missed, which a busy machine may do.
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr
    rows = json.loads(done.stdout)
    assert [row["bar"] for row in rows if row["bar"]] == [1.5, 300]
    assert all(row["value"] >= 0 for row in rows)

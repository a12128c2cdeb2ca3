"""On the build machine a test that is skipped is a test that fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

SKIPPED = {
    "in_the_test": "def test_it():\n    pytest.skip('nothing here')\n",
    "by_a_mark": "@pytest.mark.skip(reason='nothing here')\ndef test_it(): pass\n",
    "in_a_fixture": "@pytest.fixture\ndef thing(): pytest.skip('nothing here')\n\ndef test_it(thing): pass\n",
    "as_a_module": "pytest.skip('nothing here', allow_module_level=True)\n",
}
EXPECTED = "@pytest.mark.xfail(strict=True)\ndef test_it(): raise ValueError\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tests that are skipped in every way there is, and one that is expected to fail."""
    folder = tmp_path_factory.mktemp("skips")
    shutil.copy(TESTS / "conftest.py", folder)
    for name, text in {**SKIPPED, "expected": EXPECTED}.items():
        (folder / f"test_{name}.py").write_text(f"import pytest\n\n{text}", encoding="utf-8")
    return folder


def test_every_skip_fails_on_the_build_machine_and_says_why(folder):
    done = _run(folder, ci="1")

    failed = {
        line.split("test_")[1].split(".py")[0] for line in done.stdout.splitlines() if _tells_failure(line)
    }
    assert failed == set(SKIPPED)
    assert done.stdout.count("ASSENT_CI=1 allows no skips: ") >= len(SKIPPED)
    assert done.stdout.count("nothing here") >= len(SKIPPED)


def test_a_skip_passes_elsewhere(folder):
    assert _run(folder, ci="").returncode == 0


def _tells_failure(line):
    return line.startswith(("FAILED", "ERROR")) and "test_" in line


def _run(folder, *, ci):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rfE",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        folder,
        folder,
    ]
    command += ["--continue-on-collection-errors"]
    environment = {**os.environ, "ASSENT_CI": ci}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

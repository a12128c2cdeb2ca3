"""What the README says is true: its script and its commands are run, its tables made from the code."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import docx
import pytest

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.zh-TW.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ASSENT = Path(sys.executable).with_name("assent")


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def transcripts(text):
    """Yield (command, expected lines, script) in the order of the page.

    A script prints what the next text block shows, where one follows it in the same section.
    """
    for language, body, after in re.findall(
        r"```(console|python)\n(.*?)```\n(.*?)(?=```|^#)", text, re.DOTALL | re.M
    ):
        if language == "python":
            shown = (
                re.search(re.escape(after) + r"```text\n(.*?)```", text, re.DOTALL) if after.strip() else None
            )
            yield "python script.py", shown[1].splitlines() if shown else [], body
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, *expected = part.rstrip("\n").split("\n")
            yield command, expected, ""


def normal(line):
    """Take out of a line what differs from run to run: digests, receipts, times, years."""
    line = re.sub(r"AGR-\d{4}", "AGR-YEAR", line)
    line = re.sub(
        r"\b[0-9a-f]{12,64}\b|\b[0-9a-f]{4}-[0-9a-f]{4}\b|(\b[0-9a-f]{4} ){3}[0-9a-f]{4}\b", "<digest>", line
    )
    line = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}( \d{4})?", "<day>", line)
    line = re.sub(r"(\d{4}/)?\d{1,2}/\d{1,2}（.）", "<day>", line)
    line = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "<time>", line)
    return re.sub(r" +", " ", line)  # columns are as wide as the days in them


def matches(shown, expected):
    """Compare line by line; ``...`` stands for any number of lines."""
    if not expected:
        return not shown
    if expected[0] == "...":
        return any(matches(shown[skip:], expected[1:]) for skip in range(len(shown) + 1))
    return bool(shown) and normal(shown[0]) == normal(expected[0]) and matches(shown[1:], expected[1:])


def write_template(path):
    """Put the template there that the page's second script takes for granted."""
    document = docx.Document()
    document.add_heading("{{ title }}")
    document.save(str(path))


@pytest.mark.parametrize("page", PAGES)
def test_runs_from_top_to_bottom(tmp_path, page):
    """Every command and the script, one after the other in one folder, print what the page shows."""
    text = (ROOT / page).read_text(encoding="utf-8")
    folder = tmp_path
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    environment |= {"COLUMNS": "80", "LANG": "C.UTF-8", "HOME": str(tmp_path), "PYTHONWARNINGS": "error"}
    environment.pop("XDG_CONFIG_HOME", None)
    ran = []
    for command, expected, script in transcripts(text):
        words = shlex.split(command)
        if words[:2] == ["pip", "install"]:
            continue  # the build installs the package before it runs the tests
        if words[0] == "cd":
            folder /= words[1]
            continue
        if words[0] == "python":
            (folder / "script.py").write_text(script, encoding="utf-8")
            write_template(folder / "contract.docx")
            words = [sys.executable, "script.py"]
        done = subprocess.run(
            [str(ASSENT), *words[1:]] if words[0] == "assent" else words,
            cwd=folder, env=environment, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        )  # fmt: skip
        shown = done.stdout.rstrip("\n").split("\n") if done.stdout.strip() else []

        assert done.returncode == 0, f"{command}: {done.stdout}"
        assert matches(shown, expected), f"{command} printed:\n{done.stdout}"
        ran.append(command)
    assert len(ran) > 8
    assert len(blocks(text, "python")[0].splitlines()) <= 25


@pytest.mark.parametrize("page", PAGES)
def test_its_made_parts_are_up_to_date(page):
    text = (ROOT / page).read_text(encoding="utf-8")

    assert _load("readme_blocks").refreshed(text) == text


def test_names_every_command():
    from approvals.cli import COMMANDS

    for section in COMMANDS.values():
        for name in section:
            assert re.search(rf"\b{name}\b", README), name


def test_its_picture_shows_what_its_transcript_shows():
    picture = _load("picture")

    assert (ROOT / "tests/data/readme.svg").read_text(encoding="utf-8") == picture.of(README)

"""Bundles to check and to forge: where they come from, how they are checked, what can be done to them.

The forger owns every file and has nobody's key; `refreshed` makes the manifest fit again.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from approvals.bundle import export, save_bundle
from workflow.ledger import GENESIS, link
from workflow.places import Place
from workflow.reading import Reader

REF = "AGR-2026-0001"


def exported(place: Place, folder: Path, *refs: str, redact: bool = False) -> Path:
    """Write a bundle of some agreements and return its folder."""
    with Reader(place) as reader:
        save_bundle(export(reader, refs or (REF,), redact=redact), folder)
    return folder


class Checked:
    """What the verifier said of a bundle."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-I", folder / "verify.py", *arguments, "--lang", "en"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert not done.stderr, done.stderr
        self.code, self.said = done.returncode, done.stdout

    @property
    def where(self) -> set[str]:
        """The events and files in which it found something."""
        return set(re.findall(r"^ {9}(\S+): ", self.said, re.MULTILINE))


def commands(folder: Path) -> list[str]:
    """Return the commands that README.txt has to check a bundle by hand, but the verifier's own."""
    text = (folder / "README.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"^    \$ (.*(?:\n    > .*)*)$", text, re.MULTILINE)
    return [block.replace("\n    > ", "\n") for block in blocks if "verify.py" not in block]


def by_hand(folder: Path) -> str:
    """Run the commands, and return the first that found something wrong."""
    for command in commands(folder):
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, capture_output=True, check=False, timeout=120
        )
        if done.returncode:
            return command
    return ""


def refreshed(folder: Path) -> None:
    """Make the manifest name every file as it is now."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    known = {row["path"]: row for row in manifest["files"]}
    rows = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != "manifest.json":
            body = path.read_bytes()
            row = known.get(name, {"path": name, "what": "record", "named_by": []})
            rows.append({**row, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()})
    for row in manifest["streams"]:
        digests = (folder / row["file"]).with_suffix(".sha256").read_text().split()
        row["events"], row["head"] = len(digests), digests[-1] if digests else ""
    manifest["files"] = rows
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def lines(folder: Path, stream: str = REF) -> list[bytes]:
    """Return a chain's lines."""
    return (folder / f"events/{stream}.jsonl").read_bytes().splitlines()


def write_lines(folder: Path, changed: list[bytes], stream: str = REF, *, digests: bool = True) -> None:
    """Write a chain's lines, and their digests where they are to fit."""
    (folder / f"events/{stream}.jsonl").write_bytes(b"".join(line + b"\n" for line in changed))
    if digests:
        text = "".join(f"{hashlib.sha256(line).hexdigest()}\n" for line in changed)
        (folder / f"events/{stream}.sha256").write_text(text)


def relinked(folder: Path, change: Callable[[list[dict[str, Any]]], object], stream: str = REF) -> None:
    """Change a chain's events and link them anew, as whoever knows our code could."""
    bodies = [json.loads(line) for line in lines(folder, stream)]
    change(bodies)
    prev, written = GENESIS, []
    for seq, body in enumerate(bodies, start=1):
        entry = link(body, stream=stream, seq=seq, prev=prev)
        written.append(entry.line)
        prev = entry.hash
    write_lines(folder, written, stream)


def number_of(folder: Path, kind: str) -> int:
    """Return the number of the first event of a kind."""
    return next(n for n, line in enumerate(lines(folder), start=1) if json.loads(line)["type"] == kind)


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a bundle for somebody to forge."""
    shutil.copytree(folder, to)
    return to

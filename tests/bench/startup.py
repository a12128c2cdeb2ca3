"""How quickly commands start, as a ratio to what importing an ORM alone takes.

Runs interleaved, so that a machine that slows down slows all of them. Run it in any folder:
it makes its own store. ``--json`` prints the figures.
"""

import argparse
import compileall
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ASSENT = str(Path(sys.executable).with_name("assent"))
FLOOR = "import sqlalchemy"
COMMANDS = {
    FLOOR: [sys.executable, "-c", "import sqlalchemy"],
    "assent --version": [ASSENT, "--version"],
    "assent --help": [ASSENT, "--help"],
    "assent inbox": [ASSENT, "inbox", "--as", "bob"],
    "assent list": [ASSENT, "list", "--json"],
    "assent show": [ASSENT, "show", "2"],
    "assent timeline": [ASSENT, "timeline", "1"],
}


def measure(rounds: int) -> dict[str, list[float]]:
    """Time every command once a round."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for package in ("workflow", "approvals"):  # as an installed package is, and the floor too
        (place,) = importlib.util.find_spec(package).submodule_search_locations
        compileall.compile_dir(place, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"HOME": folder}
        subprocess.run(
            [ASSENT, "demo", "--dir", "demo"], cwd=folder, env=environment, check=True, capture_output=True
        )
        for _ in range(rounds):
            for name, command in COMMANDS.items():
                start = time.perf_counter()
                subprocess.run(
                    command, cwd=f"{folder}/demo", env=environment, check=True, capture_output=True
                )
                taken[name].append(time.perf_counter() - start)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    taken = measure(asked.rounds)
    rows = [
        {
            "what": name,
            "min_ms": round(min(times) * 1000),
            "median_ms": round(statistics.median(times) * 1000),
            "ratio": round(statistics.median(t / f for t, f in zip(times, taken[FLOOR], strict=True)), 2),
        }
        for name, times in taken.items()
    ]
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['what']:<20} min {row['min_ms']:>5} ms   median {row['median_ms']:>5} ms   x{row['ratio']}"
        )


if __name__ == "__main__":
    main()

"""How many changes to a store are found: thousands, chosen at random, each on a copy of its own.

The store holds fifty agreements in every state. Tables and columns are those of the file, so
that one that is added later is spoilt too. Each change has to be found where it was made,
or to be one of those of which ``tests/spoiling`` says why nothing in a store can show it.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from spoiling.kinds import KINDS, make, spoil
from spoiling.verdict import heads, judge

#: What one process takes at a time.
SHARE = 50


def take(folder, seed, number):
    """Make and judge some changes; return (change, verdict) of each."""
    chance, copy, found = random.Random(seed), folder / f"copy-{os.getpid()}.db", []
    kept = heads(folder / "plain.db")
    weights, kinds = zip(*KINDS, strict=True)
    while len(found) < number:
        kind = chance.choices(kinds, weights)[0]
        change = spoil(folder, copy, kind, chance)
        if change is not None:
            found.append((change, judge(copy, change, kept)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="assent-tampering-", dir=in_memory) as name:
        folder = Path(name)
        make(folder)
        begun = time.perf_counter()
        shares = [min(SHARE, asked.changes - done) for done in range(0, asked.changes, SHARE)]
        seeds = [f"{asked.seed}-{number}" for number in range(len(shares))]
        with ProcessPoolExecutor(asked.processes) as pool:
            outcomes = [one for found in pool.map(partial(take, folder), seeds, shares) for one in found]
    return tell(outcomes, time.perf_counter() - begun, as_json=asked.json)


def tell(outcomes, taken, *, as_json):
    """Print what was found, and whatever is not as it should be; return the exit code."""
    kinds, reasons = {}, Counter()
    for change, verdict in outcomes:
        row = kinds.setdefault(change.kind, Counter())
        row["changes"] += 1
        row["wrong" if verdict.wrong else verdict.found] += 1
        row.update(f"by {check}" for check in verdict.checks)
        if verdict.found in ("receipt", "nothing claimed") and not verdict.wrong:
            reasons[f"{verdict.found}: {change.silent}"] += 1
    wrong = [f"{c.kind}: {c.told}: {v.wrong} {v.findings[:3]}" for c, v in outcomes if v.wrong]
    if as_json:
        said = {"changes": len(outcomes), "seconds": round(taken, 1), "kinds": kinds, "reasons": reasons}
        said["wrong"] = wrong
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return bool(wrong)
    print(f"{len(outcomes)} changes in {taken:.0f} s")
    columns = ("changes", "found", "receipt", "nothing claimed", "wrong")
    print(f"{'':28}" + "".join(f"{name:>16}" for name in columns) + "  found by")
    for kind, row in sorted(kinds.items()):
        named = [(name, times) for name, times in row.most_common() if name.startswith("by ")]
        checks = ", ".join(f"{name.removeprefix('by ')} {times}" for name, times in named)
        print(f"{kind:28}" + "".join(f"{row[name]:>16}" for name in columns) + f"  {checks}")
    for reason, times in reasons.most_common():
        print(f"{times:>6}  {reason}")
    for line in wrong:
        print(line, file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

"""How long product and rules agree on random lives of agreements: 100,000 steps, in several processes.

Each process takes its share from seeds of its own. Prints how often each thing happened, accepted
or refused and why, and how long it took; ends with the first disagreement. The steps are taken in
memory, and a hundredth of them in a database that is audited; ``--json`` prints the figures.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parents[1]
#: What one process takes at a time.
SHARE = 5000


def take(steps):
    """Take some steps; return what happened."""
    sys.path.insert(0, str(TESTS))
    import lives
    import world

    from workflow import Terms

    with tempfile.TemporaryDirectory() as folder:
        studio = lives.Studio(Path(folder), Terms.load(TESTS / "data" / "terms.toml"), world)
        try:
            happened = lives.run(studio.in_memory, steps)
            return happened + lives.run(studio.in_a_file, max(100, steps // 100)), ""
        except Exception:  # noqa: BLE001 - it is told by the process that asked
            return Counter(), traceback.format_exc()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    begun = time.perf_counter()
    shares = [min(SHARE, asked.steps - done) for done in range(0, asked.steps, SHARE)]
    happened = Counter()
    with ProcessPoolExecutor(asked.processes) as pool:
        for share, disagreement in pool.map(take, shares):
            happened += share
            if disagreement:
                pool.shutdown(cancel_futures=True)
                print(disagreement, file=sys.stderr)
                return 1
    taken = time.perf_counter() - begun
    if asked.json:
        print(json.dumps({"steps": asked.steps, "seconds": round(taken, 1), "happened": happened}, indent=2))
        return 0
    print(f"{asked.steps} steps in {taken:.0f} s, no disagreement")
    for what, times in sorted(happened.items()):
        print(f"{times:>8}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

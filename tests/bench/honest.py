"""Whether honest trails verify: 10,000 random lives of agreements, played into database stores.

Each store holds many agreements of one organisation, whose roles and delegations change
meanwhile. One life after the other is lived in it, by the rules of tests/model.py and without
trying what they refuse; then the whole store is verified, and nothing may be found.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parents[1]
#: What one process takes at a time, and how many agreements of each beginning a store has.
SHARE, EACH = 480, 8
#: How many things are chosen to happen in a life; about one in three is possible.
LENGTH = 40


@dataclass
class Tally:
    """What came of some lives; *seconds* were taken to verify."""

    lives: int = 0
    seconds: float = 0.0
    found: list = field(default_factory=list)
    happened: Counter = field(default_factory=Counter)

    def __add__(self, other):
        return Tally(
            self.lives + other.lives,
            self.seconds + other.seconds,
            self.found + other.found,
            self.happened + other.happened,
        )


def live(seed, number):
    """Live so many lives; return what came of them."""
    sys.path.insert(0, str(TESTS))
    import lives
    import world

    from workflow import Terms

    chance, tally = random.Random(seed), Tally()
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="assent-honest-", dir=in_memory) as name:
        founded, path = Path(name) / "founded.db", Path(name) / "lives.db"
        studio = lives.Studio(Path(name), Terms.load(TESTS / "data" / "terms.toml"), world)
        waiting = studio.many_in_a_file(founded, min(EACH, -(-number // len(lives.BEGINNINGS))))
        while tally.lives < number:
            shutil.copyfile(founded, path)
            machine = _honest(lives)(studio.open(path, studio.clock()))
            for ref, terms, text in chance.sample(waiting, min(len(waiting), number - tally.lives)):
                machine.turn_to(ref, terms, text)
                _live_one(machine, chance)
                tally.lives += 1
            tally.happened.update(machine.happened)
            machine.scene.store.close()
            _verify(machine.scene.store.place, tally)
    return tally


def _honest(lives):
    """Return the machine that lives by the rules alone."""

    class Honest(lives.Lives):
        def __init__(self, scene):
            super().__init__()
            self.scene, self.happened = scene, Counter()
            people = {person: set(roles) for person, roles in lives.PEOPLE.items()}
            self.org = lives.model.Organisation(people, set(lives.KEYLESS))

        def turn_to(self, ref, terms, text):
            """Leave the agreement where it is, and begin with another of the same store."""
            self.over, self.scene.ref, self.scene.terms = False, ref, terms
            self._from_the_first_draft(text)

        def begin(self, text):
            self.over = True

        def attempt(self, no, act, then, *, ours=True):
            if no:
                return
            act()
            then()
            if ours:
                self.trail = self.scene.events()
                self.happened[f"{self.trail[-1].type} -> {self.trail[-1].to}"] += 1
            self._day()

    return Honest


def _live_one(machine, chance):
    """Let things happen until the agreement is left, or enough was chosen."""
    for _ in range(LENGTH):
        possible = [rule for rule in machine.rules if all(holds(machine) for holds in rule.preconditions)]
        rule = chance.choice(possible)
        rule.function(machine, **{name: _drawn(what, chance) for name, what in rule.arguments.items()})
        if machine.over:
            break
    # Only time tells what the registry said when an agreement moved: no clock goes back past that.
    machine.scene.clock.now = max(machine.scene.clock.now, machine.trail[-1].at)


def _drawn(strategy, chance):
    """Return what a strategy gives; Hypothesis itself would want each life to begin from nothing."""
    from hypothesis.internal.conjecture.data import ConjectureData

    return ConjectureData(random=chance).draw(strategy)


def _verify(place, tally):
    """Verify the store that was lived in, all of it."""
    from approvals.audit import audit
    from workflow.reading import Reader

    begun = time.perf_counter()
    with Reader(place) as reader:
        report = audit(reader)
    tally.seconds += time.perf_counter() - begun
    tally.found += [f"{finding.event}: {finding.text}" for finding in report.findings]
    tally.happened.update({"stores": 1, "events": report.events, "signatures": report.signatures})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    begun, tally = time.perf_counter(), Tally()
    shares = [min(SHARE, asked.lives - done) for done in range(0, asked.lives, SHARE)]
    seeds = [f"{asked.seed}-{number}" for number in range(len(shares))]
    with ProcessPoolExecutor(asked.processes) as pool:
        for share in pool.map(live, seeds, shares):
            tally += share
    taken = time.perf_counter() - begun
    said = {"lives": tally.lives, "seconds": round(taken, 1), "verifying": round(tally.seconds, 1)}
    if asked.json:
        said |= {"happened": tally.happened, "found": tally.found}
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return bool(tally.found)
    print("{lives} lives in {seconds} s, {verifying} s of them to verify".format(**said))
    for what, times in sorted(tally.happened.items()):
        print(f"{times:>8}  {what}")
    for line in tally.found:
        print(line, file=sys.stderr)
    return bool(tally.found)


if __name__ == "__main__":
    sys.exit(main())

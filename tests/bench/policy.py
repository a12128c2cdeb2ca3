"""How quickly the policy answers, as ratios to the same rules written as Python lambdas in one run.

The lambdas are made from the conditions of the shipped policy and say the same as they do, with
what is unknown counting as risky; that they agree is asserted before anything is timed. The
bars: asking which rules apply ≤ 1.6 times the lambdas; the full trace, each rule with its answer
and the facts it asked, ≤ 4 times. Putting together who is asked is shown beside them, without a
bar, as lambdas have nothing like it. ``--json`` prints the figures; exit 1 over a bar.
"""

import argparse
import json
import random
import statistics
import sys
import time
from decimal import Decimal

from approvals.policy import assess, load_policy
from workflow.conditions import Part
from workflow.vocabulary import FIELDS, NUMBER, TRUTH, WHOLE

FLOOR = "lambdas"
BARS = {"asking": 1.6, "with the trace": 4.0}


def source(part: Part) -> str:
    """Return a part as a careful programmer would write it."""
    name = f"facts[{part.field!r}]"
    if FIELDS[part.field] == TRUTH:
        test = f"{name} is {part.value}"
    elif FIELDS[part.field] == NUMBER:
        test = f"{name} {part.sign} {part.value}"
    else:
        words = sorted(part.value)
        test = f"{name} {'==' if len(words) == 1 else 'in'} {words[0] if len(words) == 1 else set(words)!r}"
        if len(words) == 1:
            test = f"{name} {'!=' if part.sign == '!=' else '=='} {words[0]!r}"
    return f"({name} is None or {test})"


def as_lambdas(policy):
    """Return the rules as (name, lambda)."""
    found = []
    for rule in policy.rules:
        ways = (" and ".join(map(source, way)) for way in rule.condition.alternatives)
        text = f"lambda facts: {' or '.join(ways)}"
        found.append((rule.id, eval(text)))  # our own words
    return found


def samples(count: int, seed: int = 4):
    """Return random agreements; a tenth of the answers are unknown."""
    rng = random.Random(seed)

    def answer(name, kind):
        if rng.random() < 0.1:
            return None
        if kind == TRUTH:
            return rng.random() < 0.3
        if kind != NUMBER:
            return rng.choice(sorted(kind))
        if name == "term_months":
            return rng.randint(1, 60)
        return (
            rng.choice((5_000, 200_000, 2_000_000, 40_000_000))
            if name in WHOLE
            else Decimal(rng.randint(0, 150))
        )

    return [{name: answer(name, kind) for name, kind in FIELDS.items()} for _ in range(count)]


def measure(rounds: int, count: int):
    policy, agreements = load_policy(), samples(count)
    lambdas = as_lambdas(policy)

    runs = {
        FLOOR: lambda facts: [name for name, test in lambdas if test(facts)],
        "asking": policy.fired,
        "with the trace": policy.trace,
        "and who is asked": lambda facts: assess(policy, facts),
    }
    for facts in agreements:
        expected = runs[FLOOR](facts)
        assert [rule.id for rule in policy.fired(facts)] == expected
        assert [outcome.rule for outcome in policy.trace(facts) if outcome.fired] == expected

    taken = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            for facts in agreements:
                run(facts)
            taken[name].append((time.perf_counter() - start) / count * 1e6)
    return len(policy.rules), taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=101)
    parser.add_argument("--count", type=int, default=200, help="how many agreements a round asks about")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rules, taken = measure(max(asked.rounds, 15), asked.count)
    rows = []
    for name, times in taken.items():
        ratios = [t / f for t, f in zip(times, taken[FLOOR], strict=True)]
        rows.append(
            {
                "what": name,
                "min_us": round(min(times), 2),
                "median_us": round(statistics.median(times), 2),
                "ratio": round(statistics.median(ratios), 2),
                "ratio_of_minima": round(min(times) / min(taken[FLOOR]), 2),
                "bar": BARS.get(name),
            }
        )
    if asked.json:
        print(json.dumps(rows, indent=2))
    else:
        print(
            f"{rules} rules, {asked.count} agreements, {len(taken[FLOOR])} rounds; microseconds an agreement"
        )
        for row in rows:
            bar = f"   bar x{row['bar']}" if row["bar"] else ""
            print(
                f"{row['what']:<16} min {row['min_us']:>7}   median {row['median_us']:>7}   "
                f"x{row['ratio']} (minima x{row['ratio_of_minima']}){bar}"
            )
    return 1 if any(row["bar"] and row["ratio"] > row["bar"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

"""What verifying the trail costs, as ratios to what nobody can do without, in one run.

Chains: the floor reads the rows with the driver, hashes each line, follows the links, and writes each
line again with the same encoder. Signatures: the floor is the library's own Ed25519 over bytes that lie
ready. The bars: chains ≤ 1.5 times their floor. Beside them, without a bar: what a whole verification
of real lives takes for an event and how that divides, and what several processes come to.

The peak of memory is that of a process of its own, with all its helpers, over a store of ``--events``
events (bar: 300 MB at a million, which takes half an hour to make and to verify; ``--store FILE`` keeps
the store, or uses what is there). ``--json`` prints the figures; exit 1 over a bar.
"""

import argparse
import base64
import cProfile
import hashlib
import json
import multiprocessing
import pstats
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from approvals.audit import audit, cores
from approvals.checkpoints import Checkpoint
from approvals.sshsig import PublicKey, signing_blob, verify
from approvals.statements import DECISION
from approvals.wire import Reader as Wire
from workflow.ledger import GENESIS, entry_of, faults
from workflow.places import find_place
from workflow.reading import Reader

CHAINS, MEMORY = 1.5, 300
#: The functions among which the time of a whole verification is divided.
PARTS = {
    "links": "chains",
    "check_documents": "documents",
    "check_signed": "signatures and statements",
    "check_event": "policy, duties and signatures",
    "check_final": "final text made again",
    "check_notes": "notes",
    "check_references": "what is named is there",
    "check_cache": "tables",
    "check_stored": "bytes hashed",
}


@dataclass(frozen=True)
class Row:
    """One figure, with the bar it has to keep where there is one."""

    what: str
    value: float
    unit: str
    bar: float | None = None

    @property
    def met(self) -> bool:
        return self.bar is None or self.value <= self.bar

    def __str__(self) -> str:
        bar = f"   bar {self.bar:g}{'' if self.met else '   MISSED'}" if self.bar else ""
        return f"{self.what:<52} {self.value:>9,.2f} {self.unit}{bar}"


def compared(
    runs: dict[str, Callable[[], object]],
    count: int,
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Return the microseconds that one of *count* takes, for every run in every round.

    They are those of the processor, which others on the machine do not lengthen, unless a clock is given.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = clock()
            run()
            taken[name].append((clock() - start) / count * 1e6)
    return taken


def ratio(taken: dict[str, list[float]], ours: str, floor: str) -> float:
    return statistics.median(a / b for a, b in zip(taken[ours], taken[floor], strict=True))


def chains(store: Path, rounds: int) -> list[Row]:
    with Reader(find_place(str(store))) as reader, closing(sqlite3.connect(store)) as db:
        streams = reader.streams()
        write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

        def floor() -> None:
            for stream in streams:
                before = GENESIS
                query = "SELECT seq, prev, hash, line FROM event WHERE stream = ? ORDER BY seq"
                for number, (seq, prev, own, line) in enumerate(db.execute(query, (stream,)), start=1):
                    assert (seq, prev) == (number, before)
                    assert hashlib.sha256(line.encode()).hexdigest() == own
                    assert write(json.loads(line)) == line
                    before = own

        def ours() -> None:
            with reader.snapshot():
                for stream in streams:
                    query = "SELECT * FROM event WHERE stream = :stream ORDER BY seq"
                    found = faults(map(entry_of, reader.each(query, stream=stream)), stream=stream)
                    assert not list(found)

        count = reader.rows("SELECT count(*) AS n FROM event")[0]["n"]
        taken = compared({"floor": floor, "ours": ours}, count, rounds)
    return [
        Row(f"chains of {count} events, to the floor", ratio(taken, "ours", "floor"), "x", CHAINS),
        Row("chains, an event", statistics.median(taken["ours"]), "us"),
    ]


def signatures(store: Path, rounds: int) -> list[Row]:
    with Reader(find_place(str(store))) as reader:
        keys = {row["fingerprint"]: row["public"] for row in reader.rows("SELECT * FROM key")}
        given = []
        for row in reader.rows("SELECT line FROM event WHERE line LIKE '%\"signed\"%' LIMIT 2000"):
            body = json.loads(row["line"])
            if body["stream"] != "registry":
                signed = body["signed"]
                given.append((reader.content(signed["statement"]), signed["signature"], keys[signed["key"]]))
    raw = [_raw(*one) for one in given]

    def floor() -> None:
        for key, signature, message in raw:
            key.verify(signature, message)

    def ours() -> None:
        for statement, signature, public in given:
            verify(statement, signature, key=PublicKey.parse(public), namespace=DECISION)

    taken = compared({"floor": floor, "ours": ours}, len(given), rounds)
    return [
        Row(f"{len(given)} signatures, to the library's own", ratio(taken, "ours", "floor"), "x"),
        Row("signatures, one", statistics.median(taken["ours"]), "us"),
    ]


def _raw(statement: bytes, signature: str, public: str) -> tuple[Ed25519PublicKey, bytes, bytes]:
    """Return a signature as the library takes it."""
    body = base64.b64decode("".join(signature.splitlines()[1:-1]))
    key = PublicKey.parse(public)
    inner = Wire(body[-(4 + len(key.algorithm) + 4 + 64) :])
    inner.string()
    point = Wire(key.blob)
    point.string()
    return (
        Ed25519PublicKey.from_public_bytes(point.string()),
        inner.string(),
        signing_blob(statement, DECISION),
    )


def whole(store: Path, name: str, rounds: int) -> list[Row]:
    """Measure whole verifications of a store, by one process and by as many as there are cores."""
    with Reader(find_place(str(store))) as reader:
        count = audit(reader).events
        taken = compared(
            {"one": lambda: audit(reader), "many": lambda: audit(reader, processes=cores())},
            count,
            rounds,
            time.perf_counter,
        )
        profile = cProfile.Profile()
        profile.enable()
        audit(reader)
        profile.disable()
    stats = pstats.Stats(profile)
    rows = [
        Row(f"{name}, {count} events: one of them", statistics.median(taken["one"]), "us"),
        Row(f"{name}: the same with {cores()} processes", ratio(taken, "many", "one"), "x"),
    ]
    for (_, _, function), (_, _, _, spent, _) in stats.stats.items():  # type: ignore[attr-defined]
        if function in PARTS:
            rows.append(Row(f"   of which {PARTS[function]}", 100 * spent / stats.total_tt, "%"))  # type: ignore[attr-defined]
    return rows


def since(folder: Path, kept: Checkpoint, rounds: int) -> list[Row]:
    """Measure verifying what is newer than a checkpoint, of a store in which nearly everything is older."""
    with Reader(find_place(str(folder / "grown.db"))) as reader:
        assert audit(reader, since=kept).ok
        events = audit(reader, since=kept).events
        taken = compared(
            {"new": lambda: audit(reader, since=kept), "all": lambda: audit(reader)},
            kept.size,
            rounds,
            time.perf_counter,
        )
    name = f"{events} events since a checkpoint of {kept.size}, to all of them"
    return [Row(name, ratio(taken, "new", "all"), "x")]


def peak(store: Path) -> list[Row]:
    """Measure a verification in a process of its own, by the memory it and its helpers take at most."""
    command = [sys.executable, __file__, "--peak", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["findings"] == 0
    total = said["own"] + said["helpers"]
    return [
        Row(f"{said['events']} events: peak of memory, all processes", total, "MB", MEMORY),
        Row("   of which the first process", said["own"], "MB"),
        Row("   seconds", said["seconds"], "s"),
    ]


def _peak_here(store: Path) -> None:
    """Verify, and print what this process and its helpers took at most, as the system counts it."""
    start, helpers = time.perf_counter(), {}

    def look(done: int, of: int) -> None:
        for helper in multiprocessing.active_children():
            helpers[helper.pid] = _most(helper.pid)

    with Reader(find_place(str(store))) as reader:
        report = audit(reader, processes=cores(), progress=look)
    said = {"events": report.events, "findings": len(report.findings), "own": _most("self")}
    print(json.dumps({**said, "helpers": sum(helpers.values()), "seconds": time.perf_counter() - start}))


def _most(process: int | str | None) -> float:
    # ru_maxrss would not do: it begins with what the process took that started this one.
    text = Path(f"/proc/{process}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def measure(asked: argparse.Namespace, folder: Path) -> list[Row]:
    import grown  # not where the peak is measured: it brings everything that writes

    some, real = folder / "some", folder / "real"
    some.mkdir()
    real.mkdir()
    few = grown.grow(some, min(asked.events, 5_000)).path
    rows = [*chains(few, asked.rounds), *signatures(few, asked.rounds)]
    rows += since(some, grown.go_on(some), max(1, asked.rounds // 3))
    rows += whole(grown.live(real, asked.lives).path, "real lives", max(1, asked.rounds // 3))
    store = asked.store
    if store is None or not store.is_file():
        (folder / "many").mkdir()
        made = grown.grow(folder / "many", asked.events).path
        store = Path(shutil.move(made, asked.store)) if asked.store else made
    return rows + peak(store)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--events", type=int, default=20_000, help="in the store whose peak is measured")
    parser.add_argument("--lives", type=int, default=10, help="real agreements, verified whole")
    parser.add_argument("--store", type=Path, help="where the large store is, or is to be kept")
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.peak:
        _peak_here(asked.peak)
        return 0
    with tempfile.TemporaryDirectory() as name:
        rows = measure(asked, Path(name))
    if asked.json:
        print(json.dumps([{**asdict(row), "met": row.met} for row in rows], indent=2))
    else:
        print(f"{asked.rounds} rounds, medians; ratios are the medians of the rounds' own\n")
        print(*rows, sep="\n")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

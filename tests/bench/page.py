"""How long a browser takes to check a long trail: python tests/bench/page.py [EVENTS...]

Makes an agreement of so many events, one in eight of them signed, writes its page, and lets Chromium
open it several times, each time a browser that has just started. Two times are printed: of the check,
from the start of the page's program to its verdict; and of the whole, until the page is loaded.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import chromium
import world as worlds

from approvals.reports.page import write_page
from approvals.reports.told import tell
from approvals.reports.trail import Stream, Trail
from approvals.statements import DECISION, write_statement
from workflow.events import REGISTRY, read_time
from workflow.ledger import Entry, digest, link
from workflow.places import find_place
from workflow.reading import Reader
from workflow.terms import Terms
from workflow.values.deadlines import office_calendar

ROUNDS = 5
TERMS = Path(__file__).parents[1] / "data" / "terms.toml"
_APART = timedelta(minutes=7)
_TURNS = 8


def made(folder: Path, events: int) -> Path:
    """Write the page of an agreement of so many events."""
    keys = folder / "keys"
    keys.mkdir()
    worlds.make_keys(keys)
    place = find_place(str(folder / "agreements.db"))
    signers = worlds.read_keys(keys)
    worlds.found_world(place, signers, clock=worlds.Clock())
    with closing(worlds.World(place, signers, Terms.load(TERMS), worlds.Clock(), folder, keys)) as world:
        ref = world.in_sign_off()
        with Reader(place) as reader:
            registry = _stream(reader, REGISTRY)
            begun = _stream(reader, ref)
            statements: dict[str, bytes] = {}
            grown = Stream(ref, tuple(_grown(begun, world, events, statements)))
            kept = {
                row["sha256"]: bytes(row["body"]) for row in reader.rows("SELECT sha256, body FROM content")
            }
            notes = {
                row["digest"]: (row["salt"], row["text"])
                for row in reader.rows("SELECT digest, salt, text FROM note")
            }
            log = json.loads(begun.entries[0][1])["log"]
    trail = Trail(log, (registry, grown), {**kept, **statements}, notes, office_calendar())
    path = folder / "page.html"
    path.write_bytes(write_page(trail, tell(trail, ref)))
    return path


def _stream(reader: Reader, name: str) -> Stream:
    rows = reader.rows("SELECT hash, line FROM event WHERE stream = :name ORDER BY seq", name=name)
    return Stream(name, tuple((row["hash"], row["line"].encode()) for row in rows))


def _grown(
    begun: Stream, world: worlds.World, events: int, statements: dict[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    """Go on from what has begun: somebody asks an expert, the expert declines, and so on."""
    yield from begun.entries
    prev = begun.entries[-1][0]
    bodies = [json.loads(line) for _, line in begun.entries]
    first, submitted = bodies[0], next(body for body in bodies if body["type"] == "submitted")
    at = read_time(bodies[-1]["at"])
    said = submitted["payload"]
    for seq in range(len(begun.entries) + 1, events + 1):
        # One of eight is signed: raised, assigned again and again, declined.
        number, turn = divmod(seq - len(begun.entries) - 1, _TURNS)
        flag = f"F-{100 + number}"
        at += _APART
        body = {"v": 1, "log": first["log"], "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "to": "expert_review"}
        if turn == 0:
            payload = {"flag": flag, "role": "tax", "aspect": "financial", "question": "", "due": ""}
            body |= {"type": "flag_raised", "actor": "bob", "payload": payload}
        elif turn < _TURNS - 1:
            body |= {"type": "flag_assigned", "actor": "alice", "payload": {"flag": flag, "person": "dora"}}
        else:
            payload = {"flag": flag, "reason": "", "document": said["document"], "documents": []}
            fields = {
                "agreement": begun.name, "revision": said["revision"], "flag": flag, "aspect": "financial",
                "capacity": "tax", "decision": "decline", "reason": "", "person": "dora", "name": "吳朵拉",
                "document": said["document"], "terms": said["terms"], "seen": f"{seq - 1} {prev}",
                "nonce": f"{seq:032x}",
            }  # fmt: skip
            statement = write_statement(DECISION, log=first["log"], at=at, fields=fields)
            statements[digest(statement)] = statement
            signer = world.signer("dora")
            signed = {
                "statement": digest(statement),
                "signature": signer.sign(statement, namespace=DECISION),
                "key": signer.public_key.fingerprint,
            }
            body |= {"type": "flag_declined", "actor": "dora", "payload": payload, "signed": signed}
        entry: Entry = link(body, stream=begun.name, seq=seq, prev=prev)
        prev = entry.hash
        yield entry.hash, entry.line


def measured(path: Path) -> tuple[int, int, str]:
    """Return how many milliseconds the check and the whole opening took, and the verdict."""
    with chromium.running() as browser:
        page = chromium.Page(browser)
        page.size(1280)
        page.open(path, "lang=en")
        loaded = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        page.wait(f"{loaded} > 0")
        said = page.run("({...document.documentElement.dataset})")
        return int(said["ms"]), int(page.run(loaded)), said["verdict"]


def _told(times: Iterable[int]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.0f} ms ({ordered[0]} to {ordered[-1]})"


def main(arguments: list[str]) -> int:
    """Measure and print; return 0."""
    if not chromium.at_hand():
        print("Chromium is missing")
        return 0
    for events in map(int, arguments or ["5000", "20000"]):
        with tempfile.TemporaryDirectory() as name:
            path = made(Path(name), events)
            checks, whole, verdicts = zip(*(measured(path) for _ in range(ROUNDS)), strict=True)
            size = path.stat().st_size / 1e6
            print(
                f"{events:>6} events, {size:.1f} MB: {'/'.join(sorted(set(verdicts)))}; "
                f"checked in {_told(checks)}, open in {_told(whole)}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A store of very many events that verifies, made in seconds a million rather than in hours.

One agreement is put forward through the public API. The others are that one again, each with
terms, times, words and signatures of its own, and go on as it might: somebody raises a flag, it
is passed on for a while, and the expert declines it with a signature. They share their documents.
"""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import world as worlds

from approvals.checkpoints import Checkpoint
from approvals.keys import Signer
from approvals.statements import DECISION, write_statement
from workflow.events import Fact, Signed, Type, body_of, read_event, read_time, written_time
from workflow.ledger import GENESIS, Entry, link
from workflow.notes import note_digest
from workflow.places import Place, find_place
from workflow.projection import agreement_row, detail_rows
from workflow.reading import Reader
from workflow.replay import replay
from workflow.terms import Terms, from_canonical, their_keys

TERMS = Path(__file__).parent / "data" / "terms.toml"
#: How many events an agreement has.
EACH = 20
#: How many of them it takes from a raised flag to the expert's signature.
TURNS = 6
_APART = timedelta(minutes=7)
_BATCH = 500

Rows = dict[str, list[Sequence[Any]]]


@contextmanager
def _founded(folder: Path) -> Iterator[worlds.World]:
    keys = folder / "keys"
    keys.mkdir()
    worlds.make_keys(keys)
    place = find_place(str(folder / "grown.db"))
    signers = worlds.read_keys(keys)
    worlds.found_world(place, signers, clock=worlds.Clock())
    with closing(worlds.World(place, signers, Terms.load(TERMS), worlds.Clock(), folder, keys)) as world:
        yield world


def live(folder: Path, lives: int) -> Place:
    """Make a store in *folder* with so many agreements that went all the way through the public API."""
    with _founded(folder) as world:
        for _ in range(lives):
            world.approved()
        return world.place


def go_on(folder: Path) -> Checkpoint:
    """Sign a checkpoint of what was grown in *folder*, add one agreement more, and return the checkpoint."""
    signers = worlds.read_keys(folder / "keys")
    place = find_place(str(folder / "grown.db"))
    given = (place, signers, Terms.load(TERMS), worlds.Clock(), folder, folder / "keys")
    with closing(worlds.World(*given)) as world:
        kept = world.checkpoint().checkpoint
        world.in_sign_off()
        return kept


def grow(folder: Path, events: int) -> Place:
    """Make a store in *folder* with about so many events in it."""
    with _founded(folder) as world:
        place = world.place
        garden = _Garden(place, world.submitted().ref, world.signer("dora"))
    with closing(sqlite3.connect(place.path, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA synchronous = OFF")
        count = max(1, events // EACH)
        for start in range(2, count + 2, _BATCH):
            db.execute("BEGIN")
            for number in range(start, min(start + _BATCH, count + 2)):
                for table, rows in garden.rows(number).items():
                    marks = ", ".join("?" * len(rows[0]))
                    db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            db.execute("COMMIT")
        db.execute("UPDATE counter SET value = ?", (count + 1,))
    return place


class _Garden:
    """What every agreement grows from: the events and the terms of the first."""

    def __init__(self, place: Place, first: str, expert: Signer) -> None:
        self._expert = expert
        with Reader(place) as reader:
            found = reader.rows("SELECT line FROM event WHERE stream = :ref ORDER BY seq", ref=first)
            self._begun = [row["line"] for row in found]
            bodies = [json.loads(line) for line in self._begun]
            self._log, self._said = bodies[0]["log"], bodies[-1]["payload"]
            self._terms = from_canonical(reader.content(self._said["terms"]))
            self._columns = {
                table: [row["name"] for row in reader.rows(f"SELECT name FROM pragma_table_info('{table}')")]
                for table in ("agreement", "drafter", "document", "seat", "flag")
            }
        self._cached: list[tuple[str, dict[str, Any]]] = []

    def rows(self, number: int) -> Rows:
        """Return every row of one more agreement, by table."""
        ref, terms = f"AGR-2026-{number:04d}", self._terms_with(f"和風{number}號股份有限公司")
        made: Rows = defaultdict(list)
        digest = _kept(made, terms.canonical())
        entries: list[Entry] = []
        for line in self._begun:
            body = json.loads(line.replace(self._said["terms"], digest))
            body["at"] = written_time(read_time(body["at"]) + timedelta(seconds=number))
            entries.append(_following(entries, body, ref))
        for seq in range(len(entries) + 1, EACH + 1):
            body = self._next(made, entries, ref, seq, digest)
            entries.append(_following(entries, body, ref))
        made["stream"].append((ref, len(entries), entries[-1].hash))
        made["event"] += [(e.stream, e.seq, e.prev, e.hash, e.line.decode()) for e in entries]
        for table, row in self._cache(entries, terms):
            made[table].append([row[name] for name in self._columns[table]])
        return made

    def _terms_with(self, name: str) -> Terms:
        party = self._terms.theirs.model_copy(update={"name": name, "name_en": None, "registration": None})
        ours = [party for party in self._terms.parties if party.side == "ours"]
        return self._terms.model_copy(update={"parties": (*ours, party)})

    def _next(self, made: Rows, entries: list[Entry], ref: str, seq: int, terms: str) -> dict[str, Any]:
        """Go on from a submission: somebody asks an expert, the expert declines, and so on."""
        number, turn = divmod(seq - len(self._begun) - 1, TURNS)
        flag, last = f"F-{100 + number}", entries[-1]
        at = read_time(json.loads(last.line)["at"]) + _APART
        if turn == 0:
            question = _noted(made, f"{ref}：{flag} 是否扣繳？")
            said = {"flag": flag, "role": "tax", "aspect": "financial", "question": question, "due": ""}
            fact = Fact(Type.FLAG_RAISED, "bob", said, "expert_review")
        elif turn < TURNS - 1:
            said = {"flag": flag, "person": "dora", "note": _noted(made, f"{ref}：請第{turn}次確認 {flag}。")}
            fact = Fact(Type.FLAG_ASSIGNED, "alice", said, "expert_review")
        else:
            reason = _noted(made, f"{ref}：{flag} 無須扣繳，契約為境內勞務。")
            document = self._said["document"]
            said = {"flag": flag, "reason": reason, "document": document, "documents": []}
            fields = {
                "agreement": ref, "revision": self._said["revision"], "flag": flag, "aspect": "financial",
                "capacity": "tax", "decision": "decline", "reason": reason, "person": "dora",
                "name": "吳朵拉", "document": document, "terms": terms, "seen": f"{last.seq} {last.hash}",
                "nonce": hashlib.sha256(f"{ref}#{seq}".encode()).hexdigest()[:32],
            }  # fmt: skip
            statement = write_statement(DECISION, log=self._log, at=at, fields=fields)
            signature = self._expert.sign(statement, namespace=DECISION)
            signed = Signed(_kept(made, statement), signature, self._expert.public_key.fingerprint)
            made["idempotency"].append((ref, f"dora FLAG_DECLINED {flag}  {fields['nonce']}", seq))
            fact = Fact(Type.FLAG_DECLINED, "dora", said, "expert_review", signed)
        return body_of(fact, log=self._log, at=at, clock=at)

    def _cache(self, entries: list[Entry], terms: Terms) -> list[tuple[str, dict[str, Any]]]:
        """Return the rows kept of an agreement; they differ in little from those of the first."""
        if not self._cached:
            case = replay(map(read_event, entries))
            rows = [agreement_row(case, terms), *detail_rows(case)]
            self._cached = [(row.__tablename__, row.model_dump()) for row in rows]
        first, last = (read_time(json.loads(entry.line)["at"]) for entry in (entries[0], entries[-1]))
        own = {
            "ref": entries[0].stream,
            "agreement": entries[0].stream,
            "head": entries[-1].hash,
            "terms": terms.digest,
            "counterparty": terms.theirs.name,
            "theirs": f" {' '.join(their_keys(terms))} ",
            "created_at": written_time(first),
            "updated_at": written_time(last),
        }
        return [(table, {name: own.get(name, row[name]) for name in row}) for table, row in self._cached]


def _following(entries: list[Entry], body: Mapping[str, Any], ref: str) -> Entry:
    prev = entries[-1].hash if entries else GENESIS
    return link(body, stream=ref, seq=len(entries) + 1, prev=prev)


def _kept(made: Rows, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    made["content"].append((digest, len(body), body))
    return digest


def _noted(made: Rows, text: str) -> str:
    salt = hashlib.sha256(text.encode()).hexdigest()[:32]
    made["note"].append((note_digest(salt, text), salt, text))
    return note_digest(salt, text)

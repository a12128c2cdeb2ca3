"""A store with an agreement at every turn of its life, and what the owner of its file can do to it.

`live` makes the history; a `Copy` of it has lost the database's own guards. Its owner knows
all our code and nobody's key: `Copy.rewrite` makes everything fit again that fits without one.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from approvals.audit import Finding, audit
from approvals.directory import directory_of
from approvals.registry import directory_rows
from approvals.reviews import Opinion
from approvals.signoff import Recorded
from approvals.statements import DECISION
from workflow.events import REGISTRY, note_digest, read_event
from workflow.execution import Execution
from workflow.ledger import GENESIS, Entry, link
from workflow.negotiation import Plan, Round
from workflow.places import find_place
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.reading import Reader
from workflow.replay import Condition, replay
from workflow.store import Store
from workflow.terms import from_canonical

EXECUTION = Execution.read(
    {
        "signatories": [
            {"side": "ours", "name": "林志遠", "title": "董事長", "method": "sealed", "on": "2026-01-05"},
            {"side": "theirs", "name": "許和風", "title": "負責人", "method": "signed", "on": "2026-01-05"},
        ],
        "effective_on": "2026-01-05",
        "originals": 2,
        "holders": ["甲方", "乙方"],
        "consent_mode": "agreed",
    }
)
PLAN = Plan.model_validate({"purpose": "客服外包", "issues": [{"topic": "單價", "limit": "10000"}]})
ROUND = Round.model_validate(
    {
        "held_on": "2026-11-20",
        "attendees": ["何愛莉", "許和風"],
        "summary": "雙方同意單價。",
        "points": [{"topic": "單價", "status": "agreed", "value": "9000"}],
    }
)
MUST = Condition("C-1", "must", "附件二須列明刪除個資之期限; 並附證明")
SHOULD = Condition("C-2", "should", "宜約定稽核權")

#: One agreement's line as it can be edited.
Body = dict[str, Any]


def live(world):
    """Take one agreement to every state of interest."""
    refs = {}

    def note(name, ref):
        refs[name] = ref
        world.clock.advance(hours=1)

    staff = world.workspace()
    note("planning", staff.new("services", plan=PLAN, title="未定", once="try").ref)
    deal = staff.new("services", world.terms, plan=PLAN).open(once="try").round(ROUND).agree()
    note("confirming", deal.confirm().ref)
    note("waiting", world.negotiated().draft().submit(note="請速審").ref)
    note("review", answer(world, world.submitted().ref, "dan", "conditions", MUST, SHOULD))
    note("answered", answer(world, world.submitted().ref, "lena", "object"))
    ref = answer(world, world.submitted().ref, "dan", "conditions", MUST)
    world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="是否扣繳？", once="ask")
    close(world, ref, "F-1", "C-1", "grace", "附件二已補。")
    world.resolve_all(ref)
    world.decide(ref, "bob", reason="同意。\n但請追蹤「個資」期限。", once="yes")
    note("signing", ref)
    note("approved", world.approved())
    note("in_force", staff.get(world.approved()).execute(EXECUTION).activate().ref)
    ref = world.submitted().ref
    staff.get(ref).withdraw(reason="對方改變心意。")
    note("withdrawn", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob", "return", reason="責任上限過高。", parts=("第九條", "第十條"))
    note("returned", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    world.clock.advance(hours=1)
    staff.get(ref).submit()
    note("again", world.resolve_all(ref))
    ref = world.in_sign_off()
    world.decide(ref, "bob", "reject")
    note("refused", ref)
    return refs


def answer(world, ref, person, conclusion, *conditions):
    """Let an expert answer the flag that is theirs."""
    desk = world.reviews(person)
    role = "dpo" if person == "dan" else "legal"
    flag = next(flag.id for flag in world.case(ref).blocking_flags if flag.role == role)
    opinion = Opinion(conclusion, "依個資法第八條。", "個資法 §8", conditions)
    answer = desk.propose_opinion(ref, flag, opinion)
    desk.record(answer, world.signer(person).sign(answer.statement, namespace=DECISION))
    return ref


def close(world, ref, flag, condition, person, evidence):
    answer = world.reviews(person).propose_closing(ref, flag, condition, evidence)
    signature = world.signer(person).sign(answer.statement, namespace=DECISION)
    return world.reviews(person).record(answer, signature)


class Copy:
    """A store without its guards, and what a clever owner of the file does with it."""

    def __init__(self, world: Any, path: Path) -> None:
        self.world, self.path, self.place = world, path, find_place(str(path))
        self.refs = world.refs
        self.db = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.db.execute(f"DROP TRIGGER {name}")

    def findings(self, *refs: str) -> list[Finding]:
        """Return what the audit finds."""
        with Reader(self.place) as reader:
            return audit(reader, refs).findings

    def checks(self) -> set[str]:
        """Return which checks found something."""
        return {finding.check for finding in self.findings()}

    def events(self) -> set[str]:
        """Return the events and chains in which something was found."""
        return {finding.event for finding in self.findings()}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the copy for writing, as the program does."""
        with closing(Store.open(self.place, clock=self.world.clock)) as store:
            yield store

    def get(self, digest: str) -> bytes:
        """Return content."""
        return bytes(self.db.execute("SELECT body FROM content WHERE sha256 = ?", (digest,)).fetchone()[0])

    def put(self, body: bytes) -> str:
        """Add content, under its own digest."""
        digest = hashlib.sha256(body).hexdigest()
        self.db.execute("INSERT OR IGNORE INTO content VALUES (?, ?, ?)", (digest, len(body), body))
        return digest

    def note(self, text: str) -> str:
        """Add somebody's words, as if they had been written then."""
        digest = note_digest("5a" * 16, text)
        self.db.execute("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", (digest, "5a" * 16, text))
        return digest

    def bodies(self, stream: str) -> list[dict[str, Any]]:
        """Return a chain's lines as they can be edited, each with the name of its attempt."""
        names = dict(self.db.execute("SELECT seq, key FROM idempotency WHERE stream = ?", (stream,)))
        rows = self.db.execute("SELECT seq, line FROM event WHERE stream = ? ORDER BY seq", (stream,))
        return [{**json.loads(line), "attempt": names.get(seq)} for seq, line in rows]

    def find(self, stream: str, kind: str, number: int = -1) -> int:
        """Return the number of one of the events of a kind, the last unless told."""
        found = [body["seq"] for body in self.bodies(stream) if body["type"] == kind]
        return int(found[number])

    def rewrite(self, stream: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change a chain and make everything fit again that can be made to fit without a key."""
        bodies = self.bodies(stream)
        change(bodies)
        self.db.execute("DELETE FROM idempotency WHERE stream = ?", (stream,))
        self.db.execute("DELETE FROM event WHERE stream = ?", (stream,))
        prev, entries = GENESIS, []
        for seq, body in enumerate(bodies, start=1):
            name = body.pop("attempt", None)
            entry = link(body, stream=stream, seq=seq, prev=prev)
            entries.append(entry)
            prev = entry.hash
            row = (stream, seq, entry.prev, entry.hash, entry.line.decode())
            self.db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
            if name:
                self.db.execute("INSERT INTO idempotency VALUES (?, ?, ?)", (stream, name, seq))
        self.db.execute("UPDATE stream SET seq = ?, head = ? WHERE id = ?", (len(entries), prev, stream))
        self._cache(stream, entries)
        self.tidy()

    def tidy(self) -> None:
        """Remove what no event names any more."""
        lines = "".join(line for (line,) in self.db.execute("SELECT line FROM event"))
        for table, key in (("content", "sha256"), ("note", "digest")):
            for (digest,) in self.db.execute(f"SELECT {key} FROM {table}").fetchall():
                if digest not in lines:
                    self.db.execute(f"DELETE FROM {table} WHERE {key} = ?", (digest,))

    def change(self, stream: str, seq: int, change: Callable[[dict[str, Any]], object]) -> None:
        """Change one event of a chain; everything else is made to fit."""
        self.rewrite(stream, lambda bodies: change(bodies[seq - 1]))

    def _cache(self, stream: str, entries: list[Entry]) -> None:
        events = [read_event(entry) for entry in entries]
        if stream == "registry":
            for table in ("key", "role", "person"):
                self.db.execute(f"DELETE FROM {table}")
            self._insert(directory_rows(directory_of(events)))
            return
        for table in CACHED:
            self.db.execute(f"DELETE FROM {table.__tablename__} WHERE agreement = ?", (stream,))
        self.db.execute("DELETE FROM agreement WHERE ref = ?", (stream,))
        if events:
            case = replay(events)
            terms = from_canonical(self.get(case.terms)) if case.terms else None
            self._insert([agreement_row(case, terms), *detail_rows(case)])

    def _insert(self, rows: Any) -> None:
        for row in rows:
            values = row.model_dump()
            places = ", ".join("?" * len(values))
            columns = ", ".join(values)
            self.db.execute(
                f"INSERT INTO {row.__tablename__} ({columns}) VALUES ({places})", tuple(values.values())
            )


@contextmanager
def _copy(history, path):
    shutil.copyfile(history.place.path, path)
    copy = Copy(history, path)
    with closing(copy.db):
        yield copy



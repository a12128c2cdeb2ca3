"""A store with an agreement at every turn of its life, and what the owner of its file can do to it.

`live` makes the history. A `Copy` of it has lost the database's own guards; its owner knows all
our code and has nobody's key. `Copy.rewrite` makes everything fit again that fits without one.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from approvals.audit import Finding, audit
from approvals.directory import directory_of
from approvals.keys import Signer
from approvals.registry import directory_rows
from approvals.reviews import Answer, Opinion
from approvals.statements import DECISION, read_statement, write_statement
from workflow.case import Condition
from workflow.events import REGISTRY, is_agreement, read_event, read_time
from workflow.execution import Execution
from workflow.ledger import GENESIS, Entry, link
from workflow.negotiation import Plan, Round
from workflow.notes import note_digest
from workflow.places import find_place
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.reading import Reader
from workflow.replay import replay
from workflow.store import Store
from workflow.terms import from_canonical
from workflow.values.dates import TAIPEI

#: A line as it can be edited, and with it the name of the attempt that recorded it.
Body = dict[str, Any]

PLAN = Plan.model_validate({"purpose": "客服外包", "issues": [{"topic": "單價", "limit": "10000"}]})
ROUND = Round.model_validate(
    {
        "held_on": "2026-01-05",
        "attendees": ["何愛莉", "許和風"],
        "summary": "雙方同意單價。",
        "points": [{"topic": "單價", "status": "agreed", "value": "9000"}],
    }
)
MUST = Condition("C-1", "must", "附件二須列明刪除個資之期限; 並附證明")
SHOULD = Condition("C-2", "should", "宜約定稽核權")


def execution(day: date) -> Execution:
    """Return how both sides executed on one day: ours sealed, theirs signed."""
    signatory = {"title": "負責人", "on": day, "authority": "representative"}
    sealing = {"seal": "company", "pages": "第 12 頁", "custodian": "游淑芬", "witness": "何愛莉"}
    return Execution.read(
        {
            "signatories": [
                {**signatory, "side": "ours", "name": "林志遠", "method": "sealed"},
                {**signatory, "side": "theirs", "name": "許和風", "method": "signed"},
            ],
            "effective_on": day,
            "originals": 2,
            "holders": ["甲方", "乙方"],
            "consent_mode": "agreed",
            "seals": [{**sealing, "at": f"{day}T00:00:00"}],
        }
    )


EXECUTION = execution(date(2026, 1, 5))


def live(world: Any) -> Mapping[str, str]:
    """Take one agreement to every state of interest; return their references by what they are."""
    refs = {}
    staff = world.workspace()

    def enter(name: str, ref: str) -> str:
        refs[name] = ref
        world.clock.advance(hours=1)
        return ref

    enter("planning", staff.new("services", plan=PLAN, title="未定", once="try").ref)
    deal = staff.new("services", world.terms, plan=PLAN).open(once="try").round(ROUND).agree()
    enter("confirming", deal.confirm().ref)
    enter("waiting", world.negotiated().draft().submit(note="請速審").ref)
    enter("review", answer(world, world.submitted().ref, "dan", "conditions", MUST, SHOULD))
    enter("answered", answer(world, world.submitted().ref, "lena", "object"))

    ref = answer(world, world.submitted().ref, "dan", "conditions", MUST)
    world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="是否扣繳？", once="ask")
    close(world, ref, "F-1", "C-1", "grace", "附件二已補。")
    world.resolve_all(ref)
    world.decide(ref, "bob", reason="同意。\n但請追蹤「個資」期限。", once="yes")
    enter("signing", ref)

    enter("approved", world.approved())
    ref = world.approved()
    today = world.clock().astimezone(TAIPEI).date()
    enter("in_force", staff.get(ref).execute(execution(today)).activate().ref)
    ref = world.submitted().ref
    staff.get(ref).withdraw(reason="對方改變心意。")
    enter("withdrawn", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob", "return", reason="責任上限過高。", parts=("第九條", "第十條"))
    enter("returned", ref)

    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    staff.get(ref).draft(world.terms.model_copy(update={"purpose": "另一目的。"})).submit()
    enter("again", world.resolve_all(ref))
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    staff.get(ref).draft(_paid_later(world.terms)).submit()
    enter("partly", ref)
    ref = world.in_sign_off()
    world.decide(ref, "bob", "reject")
    enter("refused", ref)

    world.reviews("bob").raise_flag(enter("changed minds", world.submitted().ref), **_QUESTION)
    ref = refs["changed minds"]
    flag = world.case(ref).flags[-1].id
    world.reviews("alice").assign(ref, flag, "dora")
    desk = world.reviews("dora")
    _record(world, desk, desk.propose_declining(ref, flag, "無須扣繳，契約為境內勞務。"))
    world.resolve_all(ref)
    world.decide(ref, "bob", "recuse", reason="與相對人之負責人有親屬關係。")
    world.retract(ref, "bob", world.case(ref).decisions[-1].receipt)
    grant = world.delegate("bob", "hana", kinds=("services",), max_value=10_000_000)
    world.decide(ref, "hana", reason="代理簽核。")
    world.end_delegation("bob", grant)
    world.delegate("grace", "ivan", first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    return refs


_QUESTION = {"role": "tax", "aspect": "financial", "question": "是否扣繳？"}


def _paid_later(terms: Any) -> Any:
    return terms.model_copy(update={"payment": terms.payment.model_copy(update={"days": 45})})


def answer(world: Any, ref: str, person: str, conclusion: str, *conditions: Condition) -> str:
    """Let an expert answer the first flag that is theirs."""
    desk = world.reviews(person)
    flag = next(flag.id for flag in world.case(ref).blocking_flags if world.holder(flag.role) == person)
    opinion = Opinion(conclusion, "依個資法第八條。", "個資法 §8", conditions)
    _record(world, desk, desk.propose_opinion(ref, flag, opinion))
    return ref


def close(world: Any, ref: str, flag: str, condition: str, person: str, evidence: str) -> None:
    """Let somebody close a condition."""
    desk = world.reviews(person)
    _record(world, desk, desk.propose_closing(ref, flag, condition, evidence))


def _record(world: Any, desk: Any, answer: Answer) -> None:
    desk.record(answer, world.signer(desk.person).sign(answer.statement, namespace=DECISION))


class Copy:
    """A store without its guards, in the hands of someone who owns the file."""

    def __init__(self, world: Any, refs: Mapping[str, str], path: Path) -> None:
        self.world, self.refs, self.path = world, refs, path
        self.place = find_place(str(path))
        self.db = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.db.execute(f"DROP TRIGGER {name}")

    def findings(self, *refs: str) -> list[Finding]:
        """Return what the audit finds."""
        with Reader(self.place) as reader:
            return audit(reader, refs).findings

    def found(self, *refs: str) -> set[tuple[str, str]]:
        """Return which check found something, and where."""
        return {(finding.check, finding.event) for finding in self.findings(*refs)}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the copy for writing, as the program does."""
        with closing(Store.open(self.place, clock=self.world.clock)) as store:
            yield store

    def get(self, digest: str) -> bytes:
        """Return content."""
        return bytes(self.db.execute("SELECT body FROM content WHERE sha256 = ?", (digest,)).fetchone()[0])

    def put(self, body: bytes) -> str:
        """Add content under its own digest."""
        digest = hashlib.sha256(body).hexdigest()
        self.db.execute("INSERT OR IGNORE INTO content VALUES (?, ?, ?)", (digest, len(body), body))
        return digest

    def note(self, text: str) -> str:
        """Add words under a digest of their own, as if somebody had written them."""
        salt = "5a" * 16
        digest = note_digest(salt, text)
        self.db.execute("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", (digest, salt, text))
        return digest

    def bodies(self, stream: str) -> list[Body]:
        """Return a chain's lines as they can be edited."""
        names = dict(self.db.execute("SELECT seq, key FROM idempotency WHERE stream = ?", (stream,)))
        rows = self.db.execute("SELECT seq, line FROM event WHERE stream = ? ORDER BY seq", (stream,))
        return [{**json.loads(line), "attempt": names.get(seq)} for seq, line in rows]

    def last(self, stream: str, kind: str) -> int:
        """Return the number of the last event of a kind."""
        return max(body["seq"] for body in self.bodies(stream) if body["type"] == kind)

    def rewrite(self, stream: str, change: Callable[[list[Body]], object]) -> None:
        """Change a chain, and make everything else fit."""
        bodies = self.bodies(stream)
        change(bodies)
        entries = self._relink(stream, bodies)
        self._cache(stream, entries)
        self.tidy()

    def edit(self, stream: str, seq: int, change: Callable[[Body], object]) -> None:
        """Change one event, and make everything else fit."""
        self.rewrite(stream, lambda bodies: change(bodies[seq - 1]))

    def cut(self, stream: str, seq: int) -> None:
        """Cut everything after an event, and make everything else fit."""
        self.rewrite(stream, lambda bodies: bodies.__delitem__(slice(seq, None)))

    def sign(self, body: Body, signer: Signer, **fields: str | int) -> None:
        """Sign an event's statement anew, with other *fields* where they are given."""
        namespace, said = read_statement(self.get(body["signed"]["statement"]))
        given = {**said, **fields}
        log, at = str(given.pop("log")), read_time(str(given.pop("time")))
        statement = write_statement(namespace, log=log, at=at, fields=given)
        body["signed"] = {
            "statement": self.put(statement),
            "signature": signer.sign(statement, namespace=namespace),
            "key": signer.public_key.fingerprint,
        }

    def tidy(self) -> None:
        """Remove what no event names any more."""
        lines = "".join(line for (line,) in self.db.execute("SELECT line FROM event"))
        for table, key in (("content", "sha256"), ("note", "digest")):
            for (digest,) in self.db.execute(f"SELECT {key} FROM {table}").fetchall():
                if digest not in lines:
                    self.db.execute(f"DELETE FROM {table} WHERE {key} = ?", (digest,))

    def _relink(self, stream: str, bodies: Sequence[Body]) -> list[Entry]:
        for table in ("idempotency", "event"):
            self.db.execute(f"DELETE FROM {table} WHERE stream = ?", (stream,))
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
        return entries

    def _cache(self, stream: str, entries: list[Entry]) -> None:
        events = [read_event(entry) for entry in entries]
        if stream == REGISTRY:
            for table in ("delegation", "key", "role", "person"):
                self.db.execute(f"DELETE FROM {table}")
            self._insert(directory_rows(directory_of(events)))
            return
        if not is_agreement(stream):
            return
        for table in CACHED:
            self.db.execute(f"DELETE FROM {table.__tablename__} WHERE agreement = ?", (stream,))
        self.db.execute("DELETE FROM agreement WHERE ref = ?", (stream,))
        if events:
            case = replay(events)
            terms = from_canonical(self.get(case.terms)) if case.terms else None
            self._insert([agreement_row(case, terms), *detail_rows(case)])

    def _insert(self, rows: Sequence[Any]) -> None:
        for row in rows:
            values = row.model_dump()
            columns, places = ", ".join(values), ", ".join("?" * len(values))
            query = f"INSERT INTO {row.__tablename__} ({columns}) VALUES ({places})"
            self.db.execute(query, tuple(values.values()))


@contextmanager
def copied(world: Any, refs: Mapping[str, str], path: Path) -> Iterator[Copy]:
    """Copy a store for somebody to forge."""
    shutil.copyfile(world.place.path, path)
    copy = Copy(world, refs, path)
    with closing(copy.db):
        yield copy

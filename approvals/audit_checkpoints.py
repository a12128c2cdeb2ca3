"""Whether the order over all chains, and the checkpoints of it, are what the events add up to.

The tree is grown again from the stored lines in the stored order. Each check yields (place, number,
what does not hold), the place being an agreement where it is one event's, else the checkpoint.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from approvals.audit_report import ODD, Anchor, Report
from approvals.audit_tables import twice
from approvals.checkpoints import SIGNERS, Checkpoint, cosigned
from approvals.directory import Directory
from approvals.sshsig import PublicKey, verify
from approvals.statements import CHECKPOINT
from approvals.timestamps import can_read, stamped_at
from workflow.errors import WorkflowError
from workflow.events import read_time
from workflow.merkle import Frontier, leaf
from workflow.reading import Reader, Row

Faults = Iterator[tuple[str, int, str]]

_MANY = 2000


@dataclass(slots=True)
class Order:
    """The order as far as it was walked: what it adds up to, at the sizes asked for, and its chains' ends."""

    frontier: Frontier
    start: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    marks: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    faults: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many events have their places."""
        return self.frontier.size


def check_all_checkpoints(
    reader: Reader,
    report: Report,
    directory: Directory,
    log: str,
    *,
    kept: Sequence[Checkpoint],
    since: Checkpoint | None,
    roots: bytes,
) -> Order | None:
    """Verify the order, every checkpoint and what is given from outside; return the order as it was walked.

    None where the order cannot be walked from *since*, or at all; then nothing may be left out.
    """
    rows = checkpoint_rows(reader)
    start = next((row for row in rows if since and row["body"] == since.body.decode()), None)
    if since and not start:
        text = "the store has no such checkpoint: it was cut short, or the checkpoint is of another store"
        report.find("checkpoints", f"checkpoint {since.size}", 0, text)
    try:
        order = read_order(reader, {row["size"] for row in rows} | {one.size for one in kept}, since=start)
    except ODD as error:
        report.find("checkpoints", "seal", 0, f"it cannot be read ({type(error).__name__}: {error})")
        return None
    report.place("checkpoints", "seal", check_order(reader, order))
    report.place("checkpoints", "checkpoint", check_checkpoints(rows, order, directory, log))
    report.place("checkpoints", "stamp", check_stamps(reader, rows, roots))
    for one in kept:
        report.place("checkpoints", "checkpoint", check_kept(one, order, rows, log))
        report.kept = max(one.size, report.kept or 0)
    stamps = reader.rows("SELECT count(*) AS n FROM stamp")[0]["n"]
    report.stamps_unread = bool(stamps and not (can_read() and roots))
    # Of one that does not hold, nobody is told who signed it.
    if rows and not any(finding.check == "checkpoints" for finding in report.findings):
        newest, newer = rows[-1], sum(last - sealed for _, last, sealed in _open_chains(reader))
        report.anchor = Anchor(newest["size"], str(newest["person"]), str(newest["at"]), newer)
    return order if start or not since else None


def checkpoint_rows(reader: Reader) -> list[Row]:
    """Return the stored checkpoints, the oldest first."""
    return reader.rows("SELECT * FROM checkpoint ORDER BY size")


def read_order(reader: Reader, sizes: Collection[int], *, since: Row | None = None) -> Order:
    """Walk the order, or what of it is newer than a checkpoint, and remember its roots at *sizes*."""
    order = Order(Frontier())
    if since:
        parts = [bytes.fromhex(part) for part in since["frontier"].split()]
        order = Order(Frontier(since["size"], parts), start=since["size"])
    wanted = {size for size in sizes if size >= order.size}
    query = (
        "SELECT s.idx, s.stream, s.seq, e.line FROM seal s "
        "LEFT JOIN event e ON e.stream = s.stream AND e.seq = s.seq "
        "WHERE s.idx >= :first ORDER BY s.idx LIMIT :many"
    )
    if order.size in wanted:
        _mark(order)
    first = order.size
    while rows := reader.rows(query, first=first, many=_MANY):
        for row in rows:
            _step(order, row)
            if order.size in wanted:
                _mark(order)
        first = rows[-1]["idx"] + 1
    _check_count(reader, order)
    return order


def changed_since(reader: Reader, order: Order) -> list[str]:
    """Return the chains that have events newer than where the walk began."""
    return sorted(order.ends.keys() | {stream for stream, _, _ in _open_chains(reader)}, key=str)


def _open_chains(reader: Reader) -> list[tuple[str, int, int]]:
    """Return each chain with events newer than the newest checkpoint: its last, and its last sealed one."""
    rows = reader.rows(
        "SELECT st.id, st.seq, COALESCE(d.seq, 0) AS sealed FROM stream st "
        "LEFT JOIN sealed d ON d.stream = st.id WHERE st.seq > COALESCE(d.seq, 0)"
    )
    # Of a table without its types, what is no number is found where the chain is compared with its end.
    numbers = [row for row in rows if isinstance(row["seq"], int) and isinstance(row["sealed"], int)]
    return [(row["id"], row["seq"], row["sealed"]) for row in numbers]


def check_order(reader: Reader, order: Order) -> Faults:
    """Check what was found on the way, and the table of the chains' ends where all was walked."""
    yield from order.faults
    sealed = reader.rows(
        "SELECT d.stream, d.seq, st.seq AS last FROM sealed d LEFT JOIN stream st ON st.id = d.stream"
    )
    for row in sealed:
        if row["last"] is None or row["last"] < row["seq"]:
            yield row["stream"], 0, "events that have their place in the order are gone"
    if sum(row["seq"] for row in sealed) != order.size:
        yield "sealed", 0, "the last sealed events of the chains do not add up to the order"
    yield from (
        (stream, 0, "the store remembers its last sealed event twice")
        for (stream,) in twice(sealed, ("stream",))
    )
    if order.start:
        return
    stored = {row["stream"]: row["seq"] for row in sealed}
    for stream in sorted(stored.keys() | order.ends.keys()):
        if stored.get(stream) != order.ends.get(stream):
            yield stream, 0, "its last sealed event is not the one the store remembers"


def check_checkpoints(
    rows: Sequence[Mapping[str, Any]], order: Order, directory: Directory, log: str
) -> Faults:
    """Check every checkpoint against the order, and its signature against who might sign one."""
    last = ""
    for (size,) in twice(rows, ("size",)):
        yield f"checkpoint {size}", 0, "it is kept twice"
    for row in rows:
        name = f"checkpoint {row['size']}"
        if row["at"] < last:
            yield name, 0, "it is said to be older than the one before it"
        last = row["at"]
        try:
            checkpoint = Checkpoint.read(row["body"].encode())
        except ValueError as error:
            yield name, 0, str(error)
            continue
        if checkpoint.size != row["size"]:
            yield name, 0, f"it is of {checkpoint.size} events, and kept as one of {row['size']}"
        elif row["size"] >= order.start:
            yield from ((name, 0, text) for text in _held_to(checkpoint, order, log))
            mark = order.marks.get(row["size"])
            if mark and mark[1] != row["frontier"]:
                yield name, 0, "what the next one grows on from is not what its events add up to"
        yield from ((name, 0, text) for text in _check_signature(row, checkpoint, directory))
    newest = rows[-1]["size"] if rows else 0
    if newest != order.size:
        yield (
            "seal",
            0,
            f"{order.size} events have a place in the order, the newest checkpoint is of {newest}",
        )


def check_stamps(reader: Reader, rows: Sequence[Mapping[str, Any]], roots: bytes) -> Faults:
    """Check each time stamp against its checkpoint, and its authority where *roots* are given.

    Where nothing is installed that can read a stamp, only that its checkpoint is there.
    """
    bodies = {row["size"]: row["body"].encode() for row in rows}
    for row in reader.rows("SELECT size, token FROM stamp ORDER BY size"):
        name = f"checkpoint {row['size']}"
        if row["size"] not in bodies:
            yield name, 0, "there is a time stamp of it, and no checkpoint"
        elif can_read():
            try:
                stamped_at(bytes(row["token"]), bodies[row["size"]], roots)
            except WorkflowError as error:
                yield name, 0, str(error)


def check_kept(kept: Checkpoint, order: Order, rows: Sequence[Mapping[str, Any]], log: str) -> Faults:
    """Check that the order still begins as a checkpoint that was *kept* elsewhere says.

    Of one from before the walk began, that it is among the stored ones.
    """
    name = f"checkpoint {kept.size}"
    if kept.size >= order.start:
        yield from ((name, 0, text) for text in _held_to(kept, order, log))
    elif not any(row["body"] == kept.body.decode() for row in rows):
        yield name, 0, "the store has no such checkpoint"


def _held_to(checkpoint: Checkpoint, order: Order, log: str) -> Iterator[str]:
    if checkpoint.origin != log:
        yield "it is of another store"
    elif checkpoint.size > order.size:
        yield (
            f"it is of {checkpoint.size} events, and the trail has {order.size} in order: what came after "
            "was cut off, or the store was put back from an older copy"
        )
    elif checkpoint.root != order.marks[checkpoint.size][0]:
        yield f"its root is not that of the first {checkpoint.size} events: they were rewritten since"


def _step(order: Order, row: Mapping[str, Any]) -> None:
    """Take in the next event of the order."""
    stream, seq = row["stream"], row["seq"]
    if row["idx"] != order.size:
        order.faults.append((stream, seq, f"it has place {row['idx']} in the order instead of {order.size}"))
    if row["line"] is None:
        order.faults.append((stream, seq, "it has a place in the order, and the trail has no such event"))
    due = order.ends.get(stream, seq - 1 if order.start else 0) + 1
    if seq != due:
        order.faults.append((stream, seq, f"it has its place in the order where number {due} should have"))
    order.ends[stream] = seq
    order.frontier.add(leaf((row["line"] or "").encode()))


def _mark(order: Order) -> None:
    parts = " ".join(part.hex() for part in order.frontier.parts)
    order.marks[order.size] = (order.frontier.root, parts)


def _check_count(reader: Reader, order: Order) -> None:
    count = reader.rows("SELECT count(*) AS n FROM seal")[0]["n"] if not order.start else order.size
    if count != order.size:
        order.faults.append(
            ("seal", 0, f"{count} events are in the order, {order.size} of them in their place")
        )


def _check_signature(row: Mapping[str, Any], checkpoint: Checkpoint, directory: Directory) -> Iterator[str]:
    person, at = directory.people.get(row["person"]), read_time(row["at"])
    if person is None or not any(person.held_at(role, at) for role in SIGNERS):
        yield f"{row['person']} could not sign a checkpoint at that time"
        return
    key = person.key(row["key"], at)
    if key is None:
        yield f"the key {row['key']} was not {person.id}'s at that time"
        return
    try:
        signed, public = cosigned(checkpoint, at), PublicKey.parse(key.public)
        verify(signed, row["signature"], key=public, namespace=CHECKPOINT)
    except WorkflowError as error:
        yield str(error)

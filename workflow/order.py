"""The order over all chains that checkpoints commit to, given to events when one is made.

An event has its place from the checkpoint after it. Chains are walked one after the other, each
from where the checkpoint before left it, so that no event of a transaction still under way can be
skipped; within a chain the order is that of the chain. The tree over the lines in this order grows
on from what the last checkpoint kept, and costs what is new.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from workflow.errors import TrailRefusedError
from workflow.i18n import mark
from workflow.merkle import Frontier, leaf
from workflow.tables import CheckpointRow, EventRow, SealedRow, SealRow, Stream

#: How many events are given their places at once.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Sealed:
    """The first *size* events in order: their root, and the parts that the next ones are added to."""

    size: int
    root: bytes
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """A checkpoint as it is kept: its three lines, and who signed them, when, with which key.

    *at* is as `workflow.events.written_time` writes it, *frontier* as `written_parts` does.
    """

    size: int
    body: str
    frontier: str
    person: str
    at: str
    key: str
    signature: str


def last_checkpoint(session: Session) -> CheckpointRow | None:
    """Return the newest checkpoint."""
    return session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size).desc()).limit(1)).first()


def count_unsealed(session: Session) -> int:
    """Return how many events are newer than the newest checkpoint."""
    return sum(last - after for _, last, after in _open_chains(session))


def seal_new(session: Session) -> Sealed:
    """Give every new event its place, and return what the order adds up to with them."""
    frontier = _grown_so_far(last_checkpoint(session))
    for stream, last_seq, after in _open_chains(session):
        events = _events(session, stream, after, last_seq)
        while batch := list(islice(events, _MANY)):
            rows = [
                {"idx": frontier.size + number, "stream": stream, "seq": seq}
                for number, (seq, _) in enumerate(batch)
            ]
            session.execute(insert(SealRow), rows)
            for _, line in batch:
                frontier.add(leaf(line.encode()))
        session.merge(SealedRow(stream=stream, seq=last_seq))
    session.flush()
    return Sealed(frontier.size, frontier.root, frontier.parts)


def _grown_so_far(last: CheckpointRow | None) -> Frontier:
    """Return the tree as the newest checkpoint left it, or raise where that is not what was signed."""
    try:
        frontier = Frontier(last.size, read_parts(last.frontier)) if last else Frontier()
        signed = base64.b64decode(last.body.split("\n")[2]) if last else frontier.root
    except (ValueError, IndexError):
        signed = b""
    if not signed or frontier.root != signed:
        raise TrailRefusedError(stream="checkpoint", reason=mark("the newest checkpoint was altered"))
    return frontier


def read_parts(text: str) -> list[bytes]:
    """Read what `written_parts` wrote."""
    return [bytes.fromhex(part) for part in text.split()]


def written_parts(parts: tuple[bytes, ...]) -> str:
    """Write what the tree grows on from: digests in hexadecimal, the largest part first."""
    return " ".join(part.hex() for part in parts)


def _open_chains(session: Session) -> list[tuple[str, int, int]]:
    """Return each chain that has events without a place, its last event, and its last one that has."""
    sealed = func.coalesce(SealedRow.seq, 0)
    query = (
        select(Stream.id, Stream.seq, sealed)
        .outerjoin(SealedRow, col(SealedRow.stream) == col(Stream.id))
        .where(col(Stream.seq) > sealed)
        .order_by(Stream.id)
    )
    return [(stream, last, after) for stream, last, after in session.exec(query)]


def _events(session: Session, stream: str, after: int, last: int) -> Iterator[tuple[int, str]]:
    query = (
        select(EventRow.seq, EventRow.line)
        .where(col(EventRow.stream) == stream, col(EventRow.seq) > after, col(EventRow.seq) <= last)
        .order_by(col(EventRow.seq))
    )
    yield from session.exec(query.execution_options(yield_per=_MANY))

"""What ties a bundle to everything else: the newest checkpoint, and that these events are in it.

A chain's last event names all before it, so that one proof a chain is enough (RFC 6962 §2.1.1).
The checkpoints before are told with proofs that this one goes on from them (§2.1.2), for whoever kept
one of those. Taken from the stored rows as they stand; nothing is judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from workflow.events import read_time
from workflow.merkle import Tree, leaf
from workflow.reading import Reader

_MANY = 2000


@dataclass(frozen=True, slots=True)
class Proof:
    """That an event stands at a place of the order: the digests that lead from it to the root."""

    stream: str
    seq: int
    index: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier checkpoint, and that the one of the bundle goes on from it."""

    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint as it is stored, with its time stamp and what it is to the bundle's events."""

    size: int
    body: str
    signature: str
    person: str
    at: str
    key: str
    stamp: bytes
    proofs: tuple[Proof, ...]
    earlier: tuple[Earlier, ...]

    @property
    def note(self) -> bytes:
        """The file that people keep of it."""
        with suppress(ValueError):  # of an altered row there may be no time to tell
            time = int(read_time(self.at).timestamp())
            return f"cosignature/v1\ntime {time}\n{self.body}\n{self.signature}".encode()
        return f"{self.body}\n{self.signature}".encode()


def read_anchor(reader: Reader, streams: Iterable[str]) -> Anchor | None:
    """Return the newest checkpoint with proofs for these *streams*; None where there is none."""
    rows = reader.rows("SELECT * FROM checkpoint ORDER BY size")
    if not rows:
        return None
    newest = rows[-1]
    size = newest["size"]
    wanted, places, leaves = set(streams), dict[str, tuple[int, int]](), list[bytes]()
    for row in _order(reader, size):
        if row["stream"] in wanted:
            places[row["stream"]] = (row["seq"], len(leaves))
        leaves.append(leaf((row["line"] or "").encode()))
    tree = Tree(leaves)
    stamps = reader.rows("SELECT token FROM stamp WHERE size = :size", size=size)
    return Anchor(
        stamp=bytes(stamps[0]["token"]) if stamps else b"",
        proofs=tuple(
            Proof(stream, seq, index, _written(tree.inclusion(index)))
            for stream, (seq, index) in sorted(places.items())
        ),
        earlier=tuple(_earlier(tree, [row["size"] for row in rows[:-1]])),
        **{name: newest[name] for name in ("size", "body", "signature", "person", "at", "key")},
    )


def _order(reader: Reader, size: int) -> Iterator[Mapping[str, Any]]:
    query = (
        "SELECT s.stream, s.seq, e.line FROM seal s "
        "LEFT JOIN event e ON e.stream = s.stream AND e.seq = s.seq "
        "WHERE s.idx >= :first AND s.idx < :end ORDER BY s.idx"
    )
    # What an altered row says of its size must not be waited for.
    known = reader.rows("SELECT count(*) AS n FROM seal")[0]["n"]
    for first in range(0, min(size, known), _MANY):
        yield from reader.rows(query, first=first, end=min(first + _MANY, size))


def _earlier(tree: Tree, sizes: Sequence[int]) -> Iterator[Earlier]:
    for size in sizes:
        if 0 < size <= tree.size:
            yield Earlier(size, tree.root(size).hex(), _written(tree.consistency(size)))


def _written(path: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(part.hex() for part in path)

"""The Merkle tree of RFC 6962 §2.1 over a list of lines: one digest for all of them, in order.

A leaf is SHA-256 over a zero byte and the line, a node over a one byte and its two children,
so that no leaf can pass for a node. `Frontier` grows the tree a line at a time and needs
memory for its height only; proofs are short, and checked without the other lines. Pure.
"""

import hashlib
from collections.abc import Iterable, Sequence


def leaf(line: bytes) -> bytes:
    """Return the digest of one line."""
    return hashlib.sha256(b"\0" + line).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The tree over the leaves added so far, as the roots of its complete parts, the largest first."""

    def __init__(self, size: int = 0, parts: Iterable[bytes] = ()) -> None:
        self.size, self._parts = size, list(parts)
        # A complete part for each bit that is set in the number of leaves.
        if len(self._parts) != size.bit_count():
            raise ValueError(f"{len(self._parts)} parts are not those of {size} leaves")

    @property
    def parts(self) -> tuple[bytes, ...]:
        """What the tree can be grown on from."""
        return tuple(self._parts)

    def add(self, digest: bytes) -> None:
        """Append a leaf by its digest."""
        self.size += 1
        whole = self.size
        # A part as large as the new one joins it, as a carry does when one is added to a number.
        while whole % 2 == 0:
            digest = _node(self._parts.pop(), digest)
            whole //= 2
        self._parts.append(digest)

    @property
    def root(self) -> bytes:
        """The digest of the whole list; that of nothing is SHA-256 over nothing."""
        if not self._parts:
            return hashlib.sha256().digest()
        digest = self._parts[-1]
        for part in reversed(self._parts[:-1]):
            digest = _node(part, digest)
        return digest


class Tree:
    """The tree over leaves that are all at hand, given by their digests; its proofs are short to make."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        # What each complete part of 1, 2, 4 … leaves adds up to, from the left.
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([_node(a, b) for a, b in zip(below[::2], below[1::2], strict=False)])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Return the digest of the first *size* leaves, or of all."""
        size = self.size if size is None else size
        return self._digest(0, size) if size else hashlib.sha256().digest()

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return what has to be hashed with leaf *index* to reach the root of *size* (RFC 6962 §2.1.1)."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"there is no leaf {index} among {size}")
        start, proof = 0, list[bytes]()
        while size - start > 1:
            split = start + _split(size - start)
            if index < split:
                proof.append(self._digest(split, size))
                size = split
            else:
                proof.append(self._digest(start, split))
                start = split
        return proof[::-1]

    def consistency(self, before: int, size: int | None = None) -> list[bytes]:
        """Return what shows that the first *before* leaves begin the first *size* (RFC 6962 §2.1.2)."""
        size = self.size if size is None else size
        if not 0 < before <= size <= self.size:
            raise ValueError(f"{before} is no size of a beginning of {size} leaves")
        start, proof, whole = 0, list[bytes](), True
        while before != size:
            split = start + _split(size - start)
            if before <= split:
                proof.append(self._digest(split, size))
                size = split
            else:
                proof.append(self._digest(start, split))
                start, whole = split, False
        return ([] if whole else [self._digest(start, size)]) + proof[::-1]

    def _digest(self, start: int, end: int) -> bytes:
        """Return the digest of the leaves from *start*, where a complete part begins, up to *end*."""
        width = end - start
        if width & (width - 1) == 0:
            return self._levels[width.bit_length() - 1][start // width]
        split = start + _split(width)
        return _node(self._digest(start, split), self._digest(split, end))


def is_included(digest: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf stands at *index* of the tree of *size* leaves with this *root*."""
    if not 0 <= index < size:
        return False
    place, last = index, size - 1
    for part in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            digest = _node(part, digest)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            digest = _node(digest, part)
        place, last = place // 2, last // 2
    return last == 0 and digest == root


def is_consistent(size: int, root: bytes, later: int, later_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the tree of *size* leaves with *root* is a beginning of the *later* one."""
    if not 0 < size <= later:
        return False
    if size == later:
        return not proof and root == later_root
    place, last = size - 1, later - 1
    while place % 2:
        place, last = place // 2, last // 2
    parts = list(proof)
    # A complete beginning is a node of the later tree, and its root need not be told.
    old = new = parts.pop(0) if place and parts else root
    for part in parts:
        if last == 0:
            return False
        if place % 2 or place == last:
            old, new = _node(part, old), _node(part, new)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            new = _node(new, part)
        place, last = place // 2, last // 2
    return last == 0 and old == root and new == later_root


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)

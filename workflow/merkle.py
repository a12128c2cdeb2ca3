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

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

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


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over *leaves*, given by their digests."""
    frontier = Frontier()
    for digest in leaves:
        frontier.add(digest)
    return frontier.root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return what has to be hashed with leaf *index* to reach the root (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


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


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return what shows that the first *size* leaves are a beginning of all of them (RFC 6962 §2.1.2)."""
    if not 0 < size <= len(leaves):
        raise ValueError(f"{size} is no size of a beginning of {len(leaves)} leaves")
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), root_of(leaves[:split])]


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

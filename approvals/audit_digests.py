"""Very many digests in little memory."""

from collections.abc import Iterable, Iterator

_DRAWERS = 256
_SIZE = 32
# Bytes that a drawer may hold before it is looked through for what is in it twice.
_ROOM = 1024 * _SIZE


class Digests:
    """A set of SHA-256 digests: 32 bytes each, in drawers by their first byte.

    A store of a million events names several million digests; as Python's own strings in a set
    they would take a gigabyte.
    """

    def __init__(self) -> None:
        self._drawers = [bytearray() for _ in range(_DRAWERS)]
        self._full = [_ROOM] * _DRAWERS
        self._open: tuple[int, frozenset[bytes]] = (-1, frozenset())

    def add(self, digests: Iterable[str]) -> None:
        """Take digests in, written in hexadecimal."""
        for digest in digests:
            self._put(bytes.fromhex(digest))

    def take(self, other: "Digests") -> None:
        """Take in everything that is in another."""
        for number, drawer in enumerate(other._drawers):
            self._drawers[number] += drawer
            self._tidy(number)
        self._open = (-1, frozenset())

    def __contains__(self, digest: str) -> bool:
        """Tell whether a digest is there; asked in order, each drawer is opened once."""
        raw = bytes.fromhex(digest)
        if self._open[0] != raw[0]:
            self._open = (raw[0], frozenset(_each(self._drawers[raw[0]])))
        return raw in self._open[1]

    def __iter__(self) -> Iterator[str]:
        """Yield every digest once, in order."""
        for drawer in self._drawers:
            yield from (raw.hex() for raw in sorted(set(_each(drawer))))

    def _put(self, raw: bytes) -> None:
        self._drawers[raw[0]] += raw
        self._tidy(raw[0])

    def _tidy(self, number: int) -> None:
        """Throw out what is in a drawer more than once, whenever it has doubled."""
        if len(self._drawers[number]) > self._full[number]:
            self._drawers[number] = bytearray().join(set(_each(self._drawers[number])))
            self._full[number] = max(2 * len(self._drawers[number]), _ROOM)


def _each(drawer: bytearray) -> Iterator[bytes]:
    return (bytes(drawer[at : at + _SIZE]) for at in range(0, len(drawer), _SIZE))

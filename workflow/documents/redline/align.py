"""Which things of two sequences belong together: equal ones first, then those most alike.

Equal things are anchored where they occur once on both sides (patience), so that two hundred
pages take little longer than their parts. What lies between the anchors is small.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

Pairs = list[tuple[int, int]]

# Beyond these products of lengths a gap without anchors is not searched cell by cell.
_LARGEST_SEARCH = 400_000
_LARGEST_TABLE = 30_000


def equal_pairs(
    old: Sequence[Hashable], new: Sequence[Hashable], *, junk: Callable[[str], bool] | None = None
) -> Pairs:
    """Return index pairs of equal things, rising on both sides; *junk* never anchors by itself."""
    start, stop_old, stop_new = 0, len(old), len(new)
    while start < stop_old and start < stop_new and old[start] == new[start]:
        start += 1
    while stop_old > start and stop_new > start and old[stop_old - 1] == new[stop_new - 1]:
        stop_old, stop_new = stop_old - 1, stop_new - 1
    pairs = [(i, i) for i in range(start)]
    pairs += _between(old, new, (start, stop_old, start, stop_new), junk)
    pairs += zip(range(stop_old, len(old)), range(stop_new, len(new)), strict=True)
    return pairs


def alike_pairs(rows: int, columns: int, likeness: Callable[[int, int], float]) -> Pairs:
    """Return rising index pairs whose likeness adds up to the most; zero never pairs.

    Where there are very many, only those near the diagonal are looked at.
    """
    if not rows or not columns:
        return []
    reach = columns if rows * columns <= _LARGEST_TABLE else max(2, _LARGEST_TABLE // rows // 2)
    lines = [_Line(0, [0.0])]
    scores: dict[tuple[int, int], float] = {}
    for i in range(rows):
        above, middle = lines[-1], i * columns // rows
        start = max(0, middle - reach)
        best = above.upto(start)
        line = _Line(start, [best])
        for j in range(start, min(columns, middle + reach + 1)):
            best = max(above.upto(j + 1), best)
            score = likeness(i, j)
            if score > 0 and above.upto(j) + score > best:
                best = above.upto(j) + score
                scores[i, j] = score
            line.sums.append(best)
        lines.append(line)
    return list(reversed(list(_traced(lines, scores, columns))))


@dataclass(slots=True)
class _Line:
    """The best sums of all rows so far with the first columns, from ``start`` columns on."""

    start: int
    sums: list[float]

    @property
    def end(self) -> int:
        return self.start + len(self.sums) - 1

    def upto(self, columns: int) -> float:
        """Return the best sum with so many columns; further ones add nothing."""
        return self.sums[min(columns - self.start, len(self.sums) - 1)]


def _traced(
    lines: list[_Line], scores: dict[tuple[int, int], float], columns: int
) -> Iterator[tuple[int, int]]:
    i, j = len(lines) - 1, columns
    while i and j:
        line, above = lines[i], lines[i - 1]
        j = min(j, line.end)
        if j <= line.start:
            i -= 1
        elif (i - 1, j - 1) in scores and line.upto(j) == above.upto(j - 1) + scores[i - 1, j - 1]:
            i, j = i - 1, j - 1
            yield i, j
        elif line.upto(j) == above.upto(j):
            i -= 1
        else:
            j -= 1


def _between(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    window: tuple[int, int, int, int],
    junk: Callable[[str], bool] | None,
) -> Pairs:
    from_old, to_old, from_new, to_new = window
    if from_old >= to_old or from_new >= to_new:
        return []
    # Short texts are better served by their longest common stretch than by rare characters.
    if junk is not None and (to_old - from_old) * (to_new - from_new) <= _LARGEST_SEARCH:
        return _searched(old, new, window, junk)
    anchors = _anchors(old, new, window)
    if not anchors:
        if (to_old - from_old) * (to_new - from_new) > _LARGEST_SEARCH:
            return []
        return _searched(old, new, window, junk)
    pairs: Pairs = []
    fences = [(from_old - 1, from_new - 1), *anchors, (to_old, to_new)]
    for (i, j), (next_i, next_j) in pairwise(fences):
        if i >= from_old:
            pairs.append((i, j))
        pairs += _between(old, new, (i + 1, next_i, j + 1, next_j), junk)
    return pairs


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int]) -> Pairs:
    """Return the longest rising series of things that occur once on both sides."""
    from_old, to_old, from_new, to_new = window
    once = {key for key, times in Counter(old[from_old:to_old]).items() if times == 1}
    once &= {key for key, times in Counter(new[from_new:to_new]).items() if times == 1}
    # An empty paragraph says nothing about where one is.
    once.discard("")
    if not once:
        return []
    places = {new[j]: j for j in range(from_new, to_new) if new[j] in once}
    tails: list[int] = []
    ends: list[tuple[int, int, int]] = []  # (i, j, index of the one before)
    heads: list[int] = []
    for i in range(from_old, to_old):
        if old[i] not in once:
            continue
        j = places[old[i]]
        rank = bisect_left(tails, j)
        before = heads[rank - 1] if rank else -1
        ends.append((i, j, before))
        if rank == len(tails):
            tails.append(j)
            heads.append(len(ends) - 1)
        else:
            tails[rank], heads[rank] = j, len(ends) - 1
    chain: Pairs = []
    at = heads[-1]
    while at >= 0:
        i, j, at = ends[at]
        chain.append((i, j))
    return chain[::-1]


def _searched(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    window: tuple[int, int, int, int],
    junk: Callable[[str], bool] | None,
) -> Pairs:
    from_old, to_old, from_new, to_new = window
    matcher = SequenceMatcher(junk, old[from_old:to_old], new[from_new:to_new], autojunk=False)  # type: ignore[arg-type]
    return [
        (from_old + block.a + step, from_new + block.b + step)
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]

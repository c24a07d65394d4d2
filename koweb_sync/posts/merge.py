"""Three-way merge in which one side wins: what it left alone keeps the other side's bytes."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

Key = Callable[[str], str]
Refine = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[str]]

# Above this many comparisons a stretch that differs is taken as different throughout.
_EFFORT = 250_000


def merge(base: Sequence[str], mine: Sequence[str], other: Sequence[str], key: Key, refine: Refine) -> list[str]:
    """`mine`, where it differs from `base`; elsewhere `other`, which says the same as `base` in its own bytes.

    Two items are the same if `key` gives the same for both. A stretch that differs on both sides, or that `mine`
    changed, is given to `refine(base, mine, other)`, which decides within it.
    """
    bases, mines, others = [[key(item) for item in items] for items in (base, mine, other)]
    here, there = dict(aligned(bases, mines)), dict(aligned(bases, others))
    merged: list[str] = []
    b = m = o = 0
    for stable in [*(i for i in range(len(base)) if i in here and i in there), len(base)]:
        m_next, o_next = here.get(stable, len(mine)), there.get(stable, len(other))
        if bases[b:stable] == mines[m:m_next]:
            merged += other[o:o_next]
        else:
            merged += refine(base[b:stable], mine[m:m_next], other[o:o_next])
        merged += other[o_next : o_next + 1]
        b, m, o = stable + 1, m_next + 1, o_next + 1
    return merged


def take_mine(_base: Sequence[str], mine: Sequence[str], _other: Sequence[str]) -> Sequence[str]:
    """The side that wins, whole."""
    return mine


def aligned(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions at which `a` and `b` say the same, both rising."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    middle = _between(a[start : len(a) - end], b[start : len(b) - end])
    return [
        *((i, i) for i in range(start)),
        *((start + i, start + j) for i, j in middle),
        *((len(a) - i, len(b) - i) for i in range(end, 0, -1)),
    ]


def _between(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    if not a or not b:
        return []
    if len(a) * len(b) <= _EFFORT:
        blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
        return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]
    anchors = _rising(_unique_pairs(a, b))
    if not anchors:
        return []
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for i_next, j_next in [*anchors, (len(a), len(b))]:
        pairs += [(i + p, j + q) for p, q in aligned(a[i:i_next], b[j:j_next])]
        if i_next < len(a):
            pairs.append((i_next, j_next))
        i, j = i_next + 1, j_next + 1
    return pairs


def _unique_pairs(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """What occurs exactly once on both sides."""
    once_a, once_b = _once(a), _once(b)
    return [(i, once_b[item]) for item, i in once_a.items() if item in once_b]


def _once(items: Sequence[str]) -> dict[str, int]:
    last: dict[str, int] = {}
    again: set[str] = set()
    for i, item in enumerate(items):
        if item in last:
            again.add(item)
        last[item] = i
    return {item: i for item, i in last.items() if item not in again}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs (sorted by their first) whose second rises too: patience sorting."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, (_i, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        ends[pile : pile + 1] = [n]
    run: list[tuple[int, int]] = []
    n = ends[-1] if ends else -1
    while n >= 0:
        run.append(pairs[n])
        n = before[n]
    return run[::-1]

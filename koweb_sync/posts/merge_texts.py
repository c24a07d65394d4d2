"""Three-way merge in which one side wins: what it left alone keeps the other side's bytes."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

CompareBy = Callable[[str], str]
Refine = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[str]]
Stretch = tuple[int, int, int, int]  # from where to where in the one text, and in the other

MOST = 2_000_000  # comparisons in a text: what takes a fifth of a second
_LARGE = 250_000  # above this many possible pairs, a stretch is cut at what occurs once


@dataclass(slots=True)
class Effort:
    """How many comparisons are left. A stretch that would take more of them is taken as different throughout."""

    left: int = MOST

    def take(self, steps: int) -> bool:
        """Whether so many comparisons are left; they are counted then."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def merge(
    base: Sequence[str], mine: Sequence[str], other: Sequence[str], key: CompareBy, refine: Refine, effort: Effort
) -> list[str]:
    """`mine`, where it differs from `base`; elsewhere `other`, which says the same as `base` in its own bytes.

    Two items are the same if `key` gives the same for both. A stretch that differs on both sides, or that `mine`
    changed, is given to `refine(base, mine, other)`, which decides within it.
    """
    bases, mines, others = [[key(item) for item in items] for items in (base, mine, other)]
    here, there = dict(aligned(bases, mines, effort)), dict(aligned(bases, others, effort))
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


def aligned(a: Sequence[str], b: Sequence[str], effort: Effort) -> list[tuple[int, int]]:
    """Pairs of positions at which `a` and `b` say the same, both rising."""
    pairs: list[tuple[int, int]] = []
    waiting: list[Stretch] = [(0, len(a), 0, len(b))]
    while waiting:
        i, i_end, j, j_end = waiting.pop()
        while i < i_end and j < j_end and a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            pairs.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        if (i_end - i) * (j_end - j) <= _LARGE:
            same = _matched(a[i:i_end], b[j:j_end], effort)
            pairs += [(i + p + n, j + q + n) for p, q, size in same for n in range(size)]
        elif effort.take(i_end - i + j_end - j):
            found = [(i + p, j + q) for p, q in _rising(_unique_pairs(a[i:i_end], b[j:j_end]))]
            pairs += found
            waiting += _between((i, i_end, j, j_end), found)
    return sorted(pairs)


def _matched(a: Sequence[str], b: Sequence[str], effort: Effort) -> Iterator[tuple[int, int, int]]:
    """Where the longest runs that are the same begin in both, and how long they are, as difflib finds them.

    difflib itself looks again and again at what occurs often, without an end: a few hundred lines that all say one of
    two things cost it a second.
    """
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    often = Counter(b)
    costs = list(accumulate((1 + often[item] for item in a), initial=0))
    waiting: list[Stretch] = [(0, len(a), 0, len(b))]
    while waiting:
        i, i_end, j, j_end = waiting.pop()
        if i == i_end or j == j_end or not effort.take(costs[i_end] - costs[i]):
            continue
        found = matcher.find_longest_match(i, i_end, j, j_end)
        if found.size:
            yield found.a, found.b, found.size
            waiting += [(i, found.a, j, found.b), (found.a + found.size, i_end, found.b + found.size, j_end)]


def _between(stretch: Stretch, pairs: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    """What lies before, between and after the pairs of a stretch; nothing where there are none."""
    i, i_end, j, j_end = stretch
    for i_next, j_next in [*pairs, (i_end, j_end)] if pairs else ():
        yield i, i_next, j, j_next
        i, j = i_next + 1, j_next + 1


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

"""Buckets of rows: what the forum's digests say, which differ from what we hold, and which are read together. Pure.

A bucket holds the rows whose ids, or whose posts' ids, divided by `SIZE` give its number; as in the database, the
quotient is cut towards zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from koweb_sync.forum.decode import clear, text, whole_number
from koweb_sync.forum.query_parts import HIGHEST, LOWEST, SIZE
from koweb_sync.forum.site import Totals

TEXT = 8_000_000  # bytes of text in an answer; as JSON they may take twice as many
ROWS = {"people": 9_000, "topics": 9_000, "posts": 16 * SIZE, "likes": 9_000, "answers": 9_000, "polls": 9_000}
FEW = 12  # requests that do not depend on how much there is


@dataclass(frozen=True, slots=True)
class Bucket:
    """What the forum says about a bucket. `size` is in bytes; a bucket without `things` is one that is gone."""

    kind: str
    id: int
    things: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Span:
    """Ids above `after`, up to `until`."""

    after: int
    until: int

    def halves(self) -> "tuple[Span, Span] | None":
        """Two parts; None for a single id."""
        if self.until - self.after <= 1:
            return None
        middle = (self.after + self.until) // 2
        return Span(self.after, middle), Span(middle, self.until)


@clear
def read(row: Mapping[str, Any]) -> Bucket:
    """A row of the digests. Raises AnswerMalformed: what is not told would be taken for gone."""
    size, digest = whole_number(row, "size", 0), text(row, "digest", "")
    return Bucket(text(row, "kind"), whole_number(row, "bucket"), whole_number(row, "things"), size, digest)


@clear
def highest(row: Mapping[str, Any]) -> int:
    """The highest id that the forum has."""
    return whole_number(row, "highest")


def span(number: int) -> Span:
    """The ids in a bucket."""
    if number == 0:
        return Span(-SIZE, SIZE - 1)
    if number > 0:
        return Span(number * SIZE - 1, (number + 1) * SIZE - 1)
    return Span((number - 1) * SIZE, number * SIZE)


def span_of(numbers: Iterable[int]) -> Span:
    """The ids from the lowest to the highest of some buckets."""
    spans = [span(one) for one in numbers]
    return Span(min(one.after for one in spans), max(one.until for one in spans))


def cut(ids: Span, highest: int) -> tuple[Span, Span] | None:
    """Two spans of whole buckets, with about as many ids each; None for one that holds no two buckets.

    `highest` is the highest id that the forum has.
    """
    low, high = max(ids.after, 0), min(ids.until, highest)
    middle = (low + high) // 2 // SIZE * SIZE - 1
    if not ids.after < middle < ids.until or middle < SIZE:
        return None
    return Span(ids.after, middle), Span(middle, ids.until)


def spans(cuts: Sequence[int]) -> list[Span]:
    """All ids, cut at some."""
    bounds = [LOWEST, *cuts, HIGHEST]
    return [Span(after, until) for after, until in pairwise(bounds)]


def differing(now: Iterable[Bucket], held: Mapping[tuple[str, int], str]) -> list[Bucket]:
    """The buckets whose digest is another one than we remember, and those that are gone."""
    there = {(one.kind, one.id): one for one in now}
    gone = [Bucket(kind, number, 0, 0, "") for kind, number in held if (kind, number) not in there]
    return [one for name, one in there.items() if held.get(name) != one.digest] + gone


def first_buckets(buckets: Sequence[Bucket], rows: int) -> list[Bucket]:
    """The first of some buckets that are read in one request: at least one, at most so many rows."""
    taken: list[Bucket] = []
    things = size = 0
    for one in buckets:
        things, size = things + one.things, size + one.size
        if taken and (things > rows or size > TEXT):
            break
        taken.append(one)
    return taken


def cost(totals: Totals) -> int:
    """Requests of a first run, for a forum of ordinary posts: P/2,048 + Σ rows/9,000 + a dozen.

    Very long posts take more, eight million bytes to a request.
    """
    counts = {"posts": totals.posts, "likes": totals.likes, "topics": totals.topics, "people": totals.people}
    return sum(-(-count // ROWS[kind]) for kind, count in counts.items()) + FEW

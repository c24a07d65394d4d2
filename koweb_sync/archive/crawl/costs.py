"""What a run will take, before it takes it: requests and minutes for each lane, pure.

A plan gives what is likely, and what it is at most while the forum stays as it is, as far as its totals tell what
changed. Requests for images, and for posts with other reactions than likes, come on top where nobody knows yet how many
there are; a run says so.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.archive.crawl.reread import quota
from koweb_sync.forum.answers import LIKES, MANY, WINDOW
from koweb_sync.forum.site import Totals
from koweb_sync.times import DAY

Via = Literal["rest", "data-explorer"]
FEW = 12  # requests for totals, categories, groups and the ends of lists


@dataclass(frozen=True, slots=True)
class KnownCounts:
    """What the archive knows before a run.

    `first`: nothing was archived yet. `daily`: what is done once a day is due. `page` is how many topics a page of this
    forum's lists holds. `before` are the totals after the last run, `top` the highest post id, `elapsed` microseconds
    since the last daily part. `files` are known and not fetched; `restricted` how many categories need the key, `edits`
    how many edits and translations of posts are not held, `untold` how much is not shown any more and nobody told why.
    """

    first: bool
    daily: bool
    page: int = 30
    before: Totals | None = None
    top: int = 0
    elapsed: int = DAY
    rolling: int = 30
    files: int = 0
    restricted: int = 0
    key: bool = False
    edits: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests of one lane: how many are likely, and at most."""

    likely: int = 0
    most: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.likely + other.likely, self.most + other.most)


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What a run takes. `rolling` and `snapshot` are shares of it that are due once a day, `files` those we know of.

    `either`: requests of which nobody knows before in which lane they go; each lane's `most` holds them. `pace`: how
    many seconds this server takes for an answer.
    """

    via: Via
    anonymous: Cost
    keyed: Cost
    rolling: int = 0
    snapshot: int = 0
    files: int = 0
    either: int = 0
    pace: float = 0.0

    @property
    def requests(self) -> Cost:
        """Of both lanes."""
        both = self.anonymous + self.keyed
        return Cost(both.likely, both.most - self.either)


def by_rest(now: Totals, known: KnownCounts) -> CrawlPlan:
    """A run over Discourse's own API."""
    anonymous = first_run(now, known) if known.first else changes(now, known)
    rolling = quota(known.top, known.rolling, known.elapsed) if known.rolling and known.daily and not known.first else 0
    snapshot = 0
    if known.daily and not known.first:
        snapshot = pages(now.topics, known.page) + 1 + pages(now.people, 50) + FEW
    anonymous = anonymous + Cost(rolling + snapshot + known.files, rolling + snapshot + known.files)
    keyed = Cost(known.edits, known.edits)
    if known.key and known.daily:
        extra = 3 + 3 * known.restricted
        keyed = keyed + Cost(extra, extra + FEW + pages(now.topics, known.page))
    if known.untold and known.daily:  # an administrator's key asks for each, any other one stops at the first request
        keyed = keyed + Cost(1 + known.untold, 1 + 3 * known.untold)
    either = looks(now, known) if known.key else 0
    keyed = keyed + Cost(0, either)
    return CrawlPlan("rest", anonymous, keyed, rolling, snapshot, known.files, either)


def looks(now: Totals, known: KnownCounts) -> int:
    """Requests at most about single topics, posts and likes. They go with the key where the public sees nothing."""
    before = known.before or Totals(0, 0, 0, 0)
    if not known.first and not known.daily and not moved(now, before):
        return 0
    likes = now.likes if known.first else 2 * abs(now.likes - before.likes)
    lost = max(0, before.posts - now.posts) + max(0, before.topics - now.topics)
    return repairs(now) + likes + 2 * lost + FEW


def moved(now: Totals, before: Totals) -> bool:
    """Whether the totals tell of changes."""
    return (now.topics, now.posts, now.likes) != (before.topics, before.posts, before.likes)


def first_run(now: Totals, known: KnownCounts) -> Cost:
    """A first run: T/L + P/50 + repairs + likes."""
    fixed = pages(now.topics, known.page) + 1 + pages(now.posts, WINDOW) + 1 + pages(now.people, 50) + FEW
    by_person = min(now.likes, now.people) + now.likes // LIKES
    return Cost(fixed + now.topics // 20 + min(now.likes, by_person), fixed + looks(now, known))


def changes(now: Totals, known: KnownCounts) -> Cost:
    """A later run: three requests, and what the totals tell of beyond them."""
    before = known.before or Totals(0, 0, 0, 0)
    posts, likes = max(0, now.posts - before.posts), abs(now.likes - before.likes)
    changed = moved(now, before)
    if not changed and not known.daily:
        return Cost(3, 3)
    sweep = 0 if known.daily else pages(now.topics, known.page)
    likely = 3 + pages(posts, WINDOW) + (sweep if changed else 0) + 2 * likes
    return Cost(likely, max(likely, 3 + pages(posts, WINDOW) + sweep + 1 + looks(now, known)))


def repairs(now: Totals) -> int:
    """Requests at most for topics that have to be read: each once, and its posts by the hundred."""
    return now.topics + pages(now.posts, MANY)


def pages(things: int, size: int) -> int:
    """Pages that things fill."""
    return -(-things // size)


def minutes(requests: int, per_minute: int) -> int:
    """Minutes that requests take within a budget; the first minute's worth goes at once. 0 without a budget."""
    return math.ceil(max(0, requests - per_minute) / per_minute) if per_minute else 0


def lasts(anonymous: int, keyed: int, pace: float, *, key_per_minute: int, anonymous_per_minute: int) -> int:
    """Minutes that requests take: within the budgets, and as fast as this server answers, one after the other."""
    within = minutes(anonymous, anonymous_per_minute) + minutes(keyed, key_per_minute)
    seconds = (anonymous + keyed) * pace
    return max(within, math.ceil(seconds / 60) if seconds >= 60 else 0)


def by_explorer(requests: int, known: KnownCounts) -> CrawlPlan:
    """A run with Data Explorer, whose queries need the key; files come without."""
    keyed = Cost(requests, requests + FEW)
    return replace(CrawlPlan("data-explorer", Cost(known.files, known.files), keyed), files=known.files)


def choose(plans: tuple[CrawlPlan, ...], key_per_minute: int, anonymous_per_minute: int) -> CrawlPlan:
    """The plan that takes the least time, then the fewest requests."""

    def price(plan: CrawlPlan) -> tuple[int, int]:
        keyed, anonymous = plan.keyed.likely, plan.anonymous.likely
        return minutes(keyed, key_per_minute) + minutes(anonymous, anonymous_per_minute), keyed + anonymous

    return min(plans, key=price)

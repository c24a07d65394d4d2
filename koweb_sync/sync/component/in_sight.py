"""Where published topics are on the forum now: staff may have moved one to a closed category, or out of the lists."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Component
from koweb_sync.forum.site import Site
from koweb_sync.posts.ids import TopicId
from koweb_sync.sync.component.published import everybody_reads
from koweb_sync.times import DAY_IN_SECONDS

if TYPE_CHECKING:  # what a push costs is told without HTTP
    from koweb_sync.forum.client import Forum
    from koweb_sync.forum.models import Topic

MANY = 30  # topics that one request tells about
PACE = 120  # seconds for each request


def hidden_topics(forum: "Forum", site: Site, agreed: Iterable[Agreement]) -> tuple[int, ...]:
    """Those that not everybody finds there, of the topics that git puts where everybody reads them: one request for
    thirty. What the forum does not show is one of them.
    """
    asked = sorted(TopicId(one.topic) for one in agreed if not one.withdrawn and everybody_reads(one, site))
    found = forum.states(asked)
    return tuple(one for one in asked if one not in found or not everybody_finds(found[one], site))


def everybody_finds(topic: "Topic", site: Site) -> bool:
    """Whether a topic is in lists, and in a category that everybody reads."""
    category = site.category(topic.category) if topic.category is not None else None
    return topic.visible and category is not None and not category.restricted


def is_recent(component: Component, topics: int, now: float) -> bool:
    """Whether it was looked not long ago where the topics are, and not by a clock that is ahead: two minutes for each
    request that it takes, a day at most.
    """
    return 0 <= now - component.looked < min(looks(topics) * PACE, DAY_IN_SECONDS)


def looks(topics: int) -> int:
    """How many requests it takes, at most, to look for so many topics."""
    return math.ceil(topics / MANY)

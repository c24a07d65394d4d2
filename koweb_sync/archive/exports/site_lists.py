"""What stands in which category, under which tag, in which month: counted once, for the lists of a site."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from koweb_sync.archive.read.model import Amount, ArchivedCategory, ArchivedTopic
from koweb_sync.archive.store.chat import is_chat
from koweb_sync.dates import local_month, months

TAGS = 100  # tags on the first page; all of them have pages


@dataclass(slots=True)
class HomePage:
    """How many topics and posts there are, those of the chat among them, and where."""

    topics: int = 0
    posts: int = 0
    channels: int = 0
    messages: int = 0
    by_category: Counter[int] = field(default_factory=Counter)
    by_tag: Counter[str] = field(default_factory=Counter)
    by_month: Counter[str] = field(default_factory=Counter)
    places: dict[int, ArchivedCategory] = field(default_factory=dict)

    def count(self, topic: ArchivedTopic, above: Sequence[ArchivedCategory] = ()) -> None:
        """One more topic. `above`: what its category stands in, whose lists show it too, as on the forum."""
        self.topics += 1
        self.channels += is_chat(topic.id)
        if not topic.known:
            return
        if topic.category is not None:
            for one in (topic.category, *above):
                self.by_category[one.id] += 1
                self.places[one.id] = one
        self.by_tag.update(topic.tags)
        self.by_month[local_month(topic.created)] += 1

    def count_posts(self, topic: ArchivedTopic, posts: int) -> None:
        """Some more posts of a topic."""
        self.posts += posts
        self.messages += posts if is_chat(topic.id) else 0

    @property
    def amount(self) -> Amount:
        """How much there is."""
        return Amount(self.topics - self.channels, self.posts - self.messages, self.channels, self.messages)

    @property
    def categories(self) -> list[tuple[ArchivedCategory, int]]:
        """Categories with their topics, by path."""
        found = sorted(self.places.values(), key=lambda one: (one.path, one.id))
        return [(one, self.by_category[one.id]) for one in found]

    @property
    def tags(self) -> list[tuple[str, int]]:
        """The tags that most topics have."""
        return sorted(self.by_tag.items(), key=lambda one: (-one[1], one[0]))[:TAGS]

    @property
    def years(self) -> list[tuple[str, list[tuple[str, str, int]]]]:
        """Months by year, the newest year first: the month, its name, how many topics."""
        found: dict[str, list[tuple[str, str, int]]] = {}
        for one, count in sorted(self.by_month.items(), reverse=True):
            name = months()[int(one[5:]) - 1]
            found.setdefault(one[:4], []).insert(0, (one, name, count))
        return list(found.items())


def tag_page(name: str) -> str:
    """The path of a tag's first page: a tag may hold any sign, so its hash names it."""
    return f"tag/{hashlib.sha256(name.encode()).hexdigest()[:16]}.html"

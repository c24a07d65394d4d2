"""What of the talk a letter shows: pure, and always the same for the same talk.

Topics come in the order of how many parts of the community took part, whoever they are. Nobody is quoted twice, and who
was heard least comes first: never those who are liked most.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONVERSATIONS = 6
QUOTATIONS = 9  # in a letter; at most two of a conversation


@dataclass(frozen=True)
class TalkedTopic:
    """A topic of the period. `people`: who wrote there, each with the parts of the community that they belong to."""

    topic: int
    posts: int
    people: Mapping[int, frozenset[str]]

    @property
    def parts(self) -> int:
        """How many parts of the community took part."""
        return len(frozenset[str]().union(*self.people.values()))


@dataclass(frozen=True)
class Candidate:
    """A sentence that could be quoted. `opens`: from the post that opened the topic. `facilitates`: by somebody who
    facilitates, whose word comes after others'.
    """

    topic: int
    post: int
    person: int
    parts: frozenset[str]
    created: int
    text: str
    opens: bool = False
    facilitates: bool = False

    def turn(self, heard: Counter[str]) -> tuple[bool, bool, int, int, int]:
        """Whose turn it is, the smallest first. `heard`: how often each part of the community was quoted already."""
        least = min((heard[part] for part in self.parts), default=0)
        return self.facilitates, not self.opens, least, self.created, self.post


def most_shared(topics: Iterable[TalkedTopic], most: int = CONVERSATIONS) -> list[TalkedTopic]:
    """The topics in which most parts of the community met; among equal ones, more people, then the older one."""
    return sorted(topics, key=lambda one: (-one.parts, -len(one.people), one.topic))[:most]


def fairly(
    topics: Sequence[int], candidates: Iterable[Candidate], most: int = QUOTATIONS
) -> dict[int, list[Candidate]]:
    """The sentences to quote, by topic: one of each topic in turn, then a second one, as long as there are people who
    were not quoted yet. First come people who do not facilitate, then whoever opened the topic, then parts of the
    community that were heard least, then what was written first.
    """
    waiting: dict[int, list[Candidate]] = {topic: [] for topic in topics}
    for one in candidates:
        if one.topic in waiting:
            waiting[one.topic].append(one)
    heard: Counter[str] = Counter()
    quoted: set[int] = set()
    found: dict[int, list[Candidate]] = {topic: [] for topic in topics}
    for topic in (*topics, *topics):
        left = [one for one in waiting[topic] if one.person not in quoted]
        if not left or len(quoted) >= most:
            continue
        one = min(left, key=lambda each: each.turn(heard))
        quoted.add(one.person)
        heard.update(one.parts)
        found[topic].append(one)
    return {topic: sorted(some, key=lambda one: (one.created, one.post)) for topic, some in found.items() if some}

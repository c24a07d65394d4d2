"""Which topics and posts a filter wants, as conditions of SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync.archive.read.model import ArchivedCategory, ArchiveFilter
from koweb_sync.archive.store.archetypes import OPEN
from koweb_sync.archive.store.rows import Sql, among, sql, where


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of one forum, whose categories say who may read them."""

    forum: int
    categories: Mapping[int, ArchivedCategory]

    def topics(self, wanted: ArchiveFilter) -> list[Sql]:
        """The conditions on a topic that is read, which has a wanted post where not every post is wanted."""
        return [*self.of_topic(wanted), *self.with_posts(wanted)]

    def of_topic(self, wanted: ArchiveFilter, *, outer: bool = False) -> list[Sql]:
        """The conditions on a topic. `outer`: posts are read, and their topic may have no row."""
        found = [] if outer else [sql("topics.forum = ?", self.forum)]
        if wanted.topics:
            found.append(among("posts.topic" if outer else "topics.id", sorted(wanted.topics)))
        if wanted.categories:
            found.append(among("topics.category", sorted(wanted.categories)))
        if wanted.tags:
            found.append(tagged(*sorted(wanted.tags)))
        if not wanted.chat:
            found.append(sql("posts.topic > 0" if outer else "topics.id > 0"))
        if wanted.public:
            found += [sql("topics.shown = 1"), *self.stands_open()]
        return found

    def stands_open(self) -> list[Sql]:
        """The conditions on a topic that stands where everybody reads, shown or not."""
        # A category that the archive does not know is one that was not shown to everybody.
        read = among("topics.category", [one.id for one in self.categories.values() if not one.restricted])
        return [among("topics.archetype", OPEN), Sql(f"(topics.category IS NULL OR {read.text})", read.values)]

    def of_post(self, wanted: ArchiveFilter) -> list[Sql]:
        """The conditions on a post."""
        found: list[Sql] = []
        if wanted.author is not None:
            found.append(sql("posts.person = ?", wanted.author))
        if wanted.since is not None:
            found.append(sql("posts.created >= ?", wanted.since))
        if wanted.until is not None:
            found.append(sql("posts.created < ?", wanted.until))
        if wanted.public:
            found.append(sql("posts.shown = 1 AND posts.hidden = 0 AND posts.user_deleted = 0 AND posts.type <> 4"))
        return found

    def of_both(self, wanted: ArchiveFilter) -> list[Sql]:
        """The conditions on a post, and on its topic."""
        return [sql("posts.forum = ?", self.forum), *self.of_post(wanted), *self.of_topic(wanted, outer=True)]

    def with_posts(self, wanted: ArchiveFilter) -> list[Sql]:
        """That a topic has a wanted post, where not every post is wanted."""
        if not (those := self.of_post(wanted)):
            return []
        found = where(sql("posts.forum = topics.forum AND posts.topic = topics.id"), *those)
        return [Sql(f"EXISTS (SELECT 1 FROM posts {found.text})", found.values)]


def tagged(*tags: str) -> Sql:
    """That a topic has one of some tags."""
    names = among("topic_tags.tag", tags)
    same = "topic_tags.forum = topics.forum AND topic_tags.topic = topics.id"
    return Sql(f"EXISTS (SELECT 1 FROM topic_tags WHERE {same} AND {names.text})", names.values)

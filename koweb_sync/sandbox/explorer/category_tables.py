"""Discourse's tables about where things are: categories, tags, files, links; and those that stay empty here."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from koweb_sync.posts.paths import parted
from koweb_sync.sandbox.explorer.post_tables import TopicPosts, posts, talks
from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, in_order, of
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord

SHORT_URL = re.compile(r"upload://[0-9A-Za-z]+(?:\.\w+)?")
HREF = re.compile(r'<a\s[^>]*?href="([^"#][^"]*)"')
TOPIC_PATH = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:/(\d+))?")
NOT_SHOWN = ("mention", "hashtag", "anchor")  # classes of links that are no links to other places


@dataclass(frozen=True, slots=True)
class CategoryTopics:
    """A category, its living topics, and when the forum began."""

    category: CategoryRecord
    talks: list[TopicPosts]
    born: float


def categories(source: RowSource) -> Sequence[CategoryTopics]:
    inside: dict[int | None, list[TopicPosts]] = {}
    for talk in talks(source):
        if talk.topic.deleted_at is None:
            inside.setdefault(talk.topic.category_id, []).append(talk)
    born = min((user.created_at for user in source.state.users.values()), default=0.0)
    return [CategoryTopics(one, inside.get(one.id, []), born) for one in source.state.categories.values()]


CATEGORIES = SqlTable(
    "categories",
    categories,
    {
        **of("category", "id name color topic_id slug description text_color read_restricted position"),
        "parent_category_id": "category.parent_id",
        "created_at updated_at": "born",
        "name_lower": lambda row: row.category.name.lower(),
        "topic_count": lambda row: sum(talk.topic.id != row.category.topic_id for talk in row.talks),
        "post_count": lambda row: sum(len(talk.posts) for talk in row.talks),
        "latest_post_id": lambda row: max((one.id for talk in row.talks for one in talk.posts), default=None),
        "latest_topic_id": lambda row: max((talk.topic.id for talk in row.talks), default=None),
    },
)


def permissions(source: RowSource) -> Sequence[tuple[int, int, int, int]]:
    """Which group may do what in a category."""
    numbers = {str(group["name"]): int(group["id"]) for group in source.state.groups}
    found = [
        (category.id, numbers[name], level)
        for category in source.state.categories.values()
        for name, level in category.permissions.items()
        if name in numbers
    ]
    known = source.numbers.of("category_groups", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


def tags(source: RowSource) -> Sequence[tuple[int, str, int]]:
    """All tags, and how many living topics have each."""
    living = (topic for topic in source.state.topics.values() if topic.deleted_at is None)
    used = Counter(name for topic in living for name in topic.tags)
    known = source.numbers.of("tags", source.state.tags)
    return [(known[name], name, used[name]) for name in source.state.tags]


def topic_tags(source: RowSource) -> Sequence[tuple[int, int, int, float]]:
    """Which topic has which tag."""
    known = source.numbers.of("tags", source.state.tags)
    pairs = [(topic, known[name]) for topic in source.state.topics.values() for name in topic.tags if name in known]
    rows = source.numbers.of("topic_tags", ((topic.id, tag) for topic, tag in pairs))
    return [(rows[topic.id, tag], topic.id, tag, topic.created_at) for topic, tag in pairs]


def uploads(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """All files."""
    return [
        (one.id, one.name, len(one.data), one.width, one.height, source.state.at(one.path), one.sha1, one.extension)
        for one in source.state.uploads.values()
    ]


def uses(source: RowSource) -> Sequence[tuple[int, int, int, float]]:
    """Which living post shows which file: row's number, post, file, since when."""
    by_url = source.state.by_short_url
    found = [
        (post, by_url[url].id)
        for post in posts(source)
        if "upload://" in post.raw and post.deleted_at is None
        for url in dict.fromkeys(SHORT_URL.findall(post.raw))
        if url in by_url
    ]
    known = source.numbers.of("post_uploads", ((post.id, upload) for post, upload in found))
    return [(known[post.id, upload], post.id, upload, post.created_at) for post, upload in found]


def urls(post: PostRecord) -> Iterator[str]:
    """The addresses that a post links to; nothing is cooked for one that cannot have any."""
    if post.deleted_at is None and ("](" in post.raw or "http" in post.raw or "<a" in post.raw):
        for found in re.finditer(HREF, post.cooked):
            if not any(f'class="{name}' in found[0] for name in NOT_SHOWN):
                yield found[1]


def links(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """All links of living posts, each address once a post, with the topic and the post here that it leads to."""
    state, found = source.state, []
    for post in posts(source):
        for url in dict.fromkeys(urls(post)):
            # Addresses without a host lead to topics with the forum's path and without (lib/discourse.rb, route_for).
            path, host = parted(url).path.removeprefix(state.base_path), parted(url).hostname
            place = TOPIC_PATH.match(path) if not host else None
            topic = state.topics.get(int(place[1])) if place else None
            to = state.numbered(topic, int(place[2] or 1)) if place and topic else None
            whose = (post.id, post.topic_id, post.user_id, post.created_at)
            where = (host or "localhost", not host, topic.id if topic else None, to.id if to else None)
            found.append((url, *whose, *where))
    known = source.numbers.of("topic_links", ((one[1], one[0]) for one in found))
    return [(known[one[1], one[0]], *one) for one in found]


def noted(owner: str, source: RowSource) -> Sequence[tuple[Any, ...]]:
    """What plugins noted about topics, posts or people: the accepted answers, where they have no table of their own."""
    if source.state.flavour.solved_table or owner == "user":
        return ()
    answers = [(topic.id, *each) for topic in source.state.topics.values() for each in topic.answers.items()]
    of_topics = [(topic, "accepted_answer_post_id", str(post), one.at) for topic, post, one in answers]
    of_posts = [(post, "is_accepted_answer", "true", one.at) for _topic, post, one in answers]
    mine = of_topics if owner == "topic" else of_posts
    known = source.numbers.of(f"{owner}_custom_fields", mine)
    return [(known[one], *one) for one in mine]


LINKED = ("id", "url", "post_id", "topic_id", "user_id", "created_at updated_at", "domain", "internal", "link_topic_id")
STORED = ("id", "original_filename", "filesize", "width", "height", "url", "sha1", "extension")
TABLES = (
    CATEGORIES,
    SqlTable("category_groups", permissions, in_order("id", "category_id", "group_id", "permission_type")),
    SqlTable("tags", tags, in_order("id", "name", "topic_count")),
    SqlTable("topic_tags", topic_tags, in_order("id", "topic_id", "tag_id", "created_at updated_at")),
    SqlTable("uploads", uploads, in_order(*STORED)),
    # Servers of 2022 say which post shows a file; later ones say what shows it, whatever it is.
    SqlTable("post_uploads", uses, in_order("id", "post_id", "upload_id"), flavours=("2022",)),
    SqlTable("upload_references", uses, in_order("id", "target_id", "upload_id", "created_at updated_at"), NEWER),
    SqlTable("topic_links", links, in_order(*LINKED, "link_post_id")),
    SqlTable("user_visits", lambda _source: (), in_order("id")),
    *(
        SqlTable(
            f"{owner}_custom_fields",
            partial(noted, owner),
            in_order("id", f"{owner}_id", "name", "value", "created_at updated_at"),
        )
        for owner in ("topic", "post", "user")
    ),
)

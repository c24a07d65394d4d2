"""Discourse's tables about where things are: categories, tags, files, links; and those that stay empty here."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from koweb_sync.posts.paths import parted
from koweb_sync.sandbox.explorer.post_tables import TopicPosts, posts, talks
from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, of, traits
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, UploadRecord

SHORT_URL = re.compile(r"upload://[0-9A-Za-z]+(?:\.\w+)?")
HREF = re.compile(r'<a\s[^>]*?href="([^"#][^"]*)"')
TOPIC_PATH = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:/(\d+))?")
NOT_SHOWN = ("mention", "hashtag", "anchor")  # classes of links that are no links to other places

# ---- categories and tags


@dataclass(frozen=True, slots=True)
class CategoryTopics:
    """A category, its living topics, and when the forum began."""

    category: CategoryRecord
    talks: list[TopicPosts]
    born: float


def categories(source: RowSource) -> Sequence[CategoryTopics]:
    """All categories."""
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


def permissions(source: RowSource) -> Sequence[tuple[int, CategoryRecord, int, int]]:
    """Which group may do what in a category: row's number, category, group, permission."""
    numbers = {str(group["name"]): int(group["id"]) for group in source.state.groups}
    found = [
        (category, numbers[name], level)
        for category in source.state.categories.values()
        for name, level in category.permissions.items()
        if name in numbers
    ]
    known = source.numbers.of("category_groups", ((category.id, group) for category, group, _level in found))
    return [(known[category.id, group], category, group, level) for category, group, level in found]


CATEGORY_GROUPS = SqlTable(
    "category_groups",
    permissions,
    {
        "id": lambda row: row[0],
        "category_id": lambda row: row[1].id,
        "group_id": lambda row: row[2],
        "permission_type": lambda row: row[3],
    },
)


def tags(source: RowSource) -> Sequence[tuple[int, str, int]]:
    """All tags: number, name, how many living topics have it."""
    living = (topic for topic in source.state.topics.values() if topic.deleted_at is None)
    used = Counter(name for topic in living for name in topic.tags)
    known = source.numbers.of("tags", source.state.tags)
    return [(known[name], name, used[name]) for name in source.state.tags]


TAGS = SqlTable("tags", tags, {"id": lambda row: row[0], "name": lambda row: row[1], "topic_count": lambda row: row[2]})


def topic_tags(source: RowSource) -> Sequence[tuple[int, TopicRecord, int]]:
    """Which topic has which tag: row's number, topic, tag."""
    known = source.numbers.of("tags", source.state.tags)
    pairs = [(topic, known[name]) for topic in source.state.topics.values() for name in topic.tags if name in known]
    rows = source.numbers.of("topic_tags", ((topic.id, tag) for topic, tag in pairs))
    return [(rows[topic.id, tag], topic, tag) for topic, tag in pairs]


TOPIC_TAGS = SqlTable(
    "topic_tags",
    topic_tags,
    {
        "id": lambda row: row[0],
        "topic_id": lambda row: row[1].id,
        "tag_id": lambda row: row[2],
        "created_at updated_at": lambda row: row[1].created_at,
    },
)

# ---- files and links

UPLOADS = SqlTable(
    "uploads",
    lambda source: [(one, source.state.at(one.path)) for one in source.state.uploads.values()],
    {
        "id": lambda row: row[0].id,
        "original_filename": lambda row: row[0].name,
        "filesize": lambda row: len(row[0].data),
        "width": lambda row: row[0].width,
        "height": lambda row: row[0].height,
        "url": lambda row: row[1],
        "sha1": lambda row: row[0].sha1,
        "extension": lambda row: row[0].extension,
    },
)


def uses(source: RowSource) -> Sequence[tuple[int, PostRecord, UploadRecord]]:
    """Which living post shows which file: row's number, post, file."""
    by_url = source.state.by_short_url
    found = [
        (post, by_url[url])
        for post in posts(source)
        if "upload://" in post.raw and post.deleted_at is None
        for url in dict.fromkeys(SHORT_URL.findall(post.raw))
        if url in by_url
    ]
    known = source.numbers.of("post_uploads", ((post.id, upload.id) for post, upload in found))
    return [(known[post.id, upload.id], post, upload) for post, upload in found]


# Servers of 2022 say which post shows a file; later ones say what shows it, whatever it is.
POST_UPLOADS = SqlTable(
    "post_uploads",
    uses,
    {"id": lambda row: row[0], "post_id": lambda row: row[1].id, "upload_id": lambda row: row[2].id},
    flavours=("2022",),
)
REFERENCES = SqlTable(
    "upload_references",
    uses,
    {
        "id": lambda row: row[0],
        "upload_id": lambda row: row[2].id,
        "target_id": lambda row: row[1].id,
        "created_at updated_at": lambda row: row[1].created_at,
    },
    flavours=NEWER,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a living post. `topic`: the number of the topic that it leads to, in this forum."""

    id: int
    post: PostRecord
    url: str
    topic: int | None
    to: PostRecord | None

    @property
    def domain(self) -> str:
        """The host that it leads to."""
        return parted(self.url).hostname or "localhost"


def urls(post: PostRecord) -> Iterator[str]:
    """The addresses that a post links to; nothing is cooked for one that cannot have any."""
    if post.deleted_at is None and ("](" in post.raw or "http" in post.raw or "<a" in post.raw):
        for found in re.finditer(HREF, post.cooked):
            if not any(f'class="{name}' in found[0] for name in NOT_SHOWN):
                yield found[1]


def links(source: RowSource) -> Sequence[Link]:
    """All links of living posts, each address once a post."""
    state, found = source.state, []
    for post in posts(source):
        for url in dict.fromkeys(urls(post)):
            # Addresses without a host lead to topics with the forum's path and without (lib/discourse.rb, route_for).
            path = parted(url).path.removeprefix(state.base_path)
            place = TOPIC_PATH.match(path) if not parted(url).hostname else None
            topic = state.topics.get(int(place[1])) if place else None
            number = int(place[2] or 1) if place else 1
            to = next((one for one in state.posts_of(topic) if one.number == number), None) if topic else None
            found.append((post, url, topic.id if topic else None, to))
    known = source.numbers.of("topic_links", ((post.id, url) for post, url, _topic, _to in found))
    return [Link(known[post.id, url], post, url, topic, to) for post, url, topic, to in found]


LINKS = SqlTable(
    "topic_links",
    links,
    {
        **traits("id url domain", link_topic_id="topic", post_id="post.id"),
        **of("post", "topic_id user_id"),
        "internal": lambda row: not parted(row.url).hostname,
        "created_at updated_at": "post.created_at",
        "link_post_id": lambda row: row.to.id if row.to else None,
    },
)


@dataclass(frozen=True, slots=True)
class Custom:
    """What a plugin noted about a topic, a post or a person."""

    id: int
    owner: int
    name: str
    value: str
    at: float


def noted(owner: str, source: RowSource) -> Sequence[Custom]:
    """What plugins noted: the accepted answers, where they have no table of their own."""
    if source.state.flavour.solved_table or owner == "user":
        return ()
    found = []
    for topic in source.state.topics.values():
        for post, one in topic.answers.items():
            found += [("topic", topic.id, "accepted_answer_post_id", str(post), one.at)]
            found += [("post", post, "is_accepted_answer", "true", one.at)]
    mine = [one[1:] for one in found if one[0] == owner]
    known = source.numbers.of(f"{owner}_custom_fields", mine)
    return [Custom(known[one], *one) for one in mine]


def custom_fields(owner: str) -> SqlTable:
    """What plugins noted about topics, posts or people."""
    values = {**traits("id name value"), f"{owner}_id": "owner", "created_at updated_at": "at"}
    return SqlTable(f"{owner}_custom_fields", partial(noted, owner), values)


VISITS = SqlTable("user_visits", lambda _source: (), traits("id"))

TABLES = (
    *(CATEGORIES, CATEGORY_GROUPS, TAGS, TOPIC_TAGS, UPLOADS, POST_UPLOADS, REFERENCES, LINKS, VISITS),
    *map(custom_fields, ("topic", "post", "user")),
)

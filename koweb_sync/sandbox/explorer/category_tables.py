"""Discourse's tables about where things are: categories, tags, files, links; and those that stay empty here."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from koweb_sync.posts.paths import parted
from koweb_sync.sandbox.explorer.post_tables import TopicPosts, posts, talks
from koweb_sync.sandbox.explorer.table_schema import Always, RowSource, SqlTable, Times, columns, micro
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


def latest_post(_source: RowSource, row: CategoryTopics) -> int | None:
    """The newest post in a category."""
    return max((one.id for talk in row.talks for one in talk.posts), default=None)


CATEGORIES = SqlTable(
    "categories",
    categories,
    columns(
        ("id integer", "category.id"),
        ("name varchar", "category.name"),
        ("color varchar", "category.color"),
        ("topic_id integer", "category.topic_id"),
        ("topic_count integer", lambda _source, row: sum(t.topic.id != row.category.topic_id for t in row.talks)),
        ("created_at updated_at timestamp", lambda _source, row: micro(row.born)),
        ("user_id integer", -1),
        ("topics_year topics_month topics_week integer", 0),
        ("slug varchar", "category.slug"),
        ("description text", "category.description"),
        ("text_color varchar", "category.text_color"),
        ("read_restricted boolean", "category.read_restricted"),
        ("auto_close_hours double", None),
        ("post_count integer", lambda _source, row: sum(len(talk.posts) for talk in row.talks)),
        ("latest_post_id integer", latest_post),
        ("latest_topic_id integer", lambda _source, row: max((talk.topic.id for talk in row.talks), default=None)),
        ("position integer", "category.position"),
        ("parent_category_id integer", "category.parent_id"),
        ("posts_year posts_month posts_week integer", 0),
        ("email_in varchar", None),
        ("email_in_allow_strangers boolean", False),
        ("topics_day posts_day integer", 0),
        ("allow_badges boolean", True),
        ("name_lower varchar", lambda _source, row: row.category.name.lower()),
        ("auto_close_based_on_last_post boolean", False),
        ("topic_template text", None),
        ("contains_messages boolean", False),
        ("sort_order varchar", None),
        ("sort_ascending boolean", None),
        ("uploaded_logo_id uploaded_background_id integer", None),
        ("topic_featured_link_allowed boolean", True),
        ("all_topics_wiki show_subcategory_list boolean", False),
        ("num_featured_topics integer", 3),
        ("default_view varchar", None),
        ("subcategory_list_style varchar", Always("rows_with_featured_topics")),
        ("default_top_period varchar", Always("all")),
        ("mailinglist_mirror boolean", False),
        ("minimum_required_tags integer", 0),
        ("navigate_to_first_post_after_read boolean", False),
        ("search_priority integer", 0),
        ("allow_global_tags boolean", False),
        ("reviewable_by_group_id required_tag_group_id integer", None),
        ("min_tags_from_required_group integer", 1),
        ("read_only_banner varchar", None),
        ("default_list_filter varchar", Always("all")),
        ("allow_unlimited_owner_edits_on_first_post boolean", False),
        ("default_slow_mode_seconds integer", None),
    ),
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
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("category_id integer", lambda _source, row: row[1].id),
        ("group_id integer", lambda _source, row: row[2]),
        ("created_at updated_at timestamp", 0),
        ("permission_type integer", lambda _source, row: row[3]),
    ),
)


def tags(source: RowSource) -> Sequence[tuple[int, str, int]]:
    """All tags: number, name, how many living topics have it."""
    living = (topic for topic in source.state.topics.values() if topic.deleted_at is None)
    used = Counter(name for topic in living for name in topic.tags)
    known = source.numbers.of("tags", source.state.tags)
    return [(known[name], name, used[name]) for name in source.state.tags]


TAGS = SqlTable(
    "tags",
    tags,
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("name varchar", lambda _source, row: row[1]),
        ("topic_count integer", lambda _source, row: row[2]),
        ("created_at updated_at timestamp", 0),
        ("pm_topic_count integer", 0),
        ("target_tag_id integer", None),
        ("description varchar", None),
    ),
)


def topic_tags(source: RowSource) -> Sequence[tuple[int, TopicRecord, int]]:
    """Which topic has which tag: row's number, topic, tag."""
    known = source.numbers.of("tags", source.state.tags)
    pairs = [(topic, known[name]) for topic in source.state.topics.values() for name in topic.tags if name in known]
    rows = source.numbers.of("topic_tags", ((topic.id, tag) for topic, tag in pairs))
    return [(rows[topic.id, tag], topic, tag) for topic, tag in pairs]


TOPIC_TAGS = SqlTable(
    "topic_tags",
    topic_tags,
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("topic_id integer", lambda _source, row: row[1].id),
        ("tag_id integer", lambda _source, row: row[2]),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[1].created_at)),
    ),
)

# ---- files and links

UPLOADS = SqlTable(
    "uploads",
    lambda source: list(source.state.uploads.values()),
    columns(
        ("id integer", "id"),
        ("user_id integer", -1),
        ("original_filename varchar", "name"),
        ("filesize bigint", lambda _source, row: len(row.data)),
        ("width integer", "width"),
        ("height integer", "height"),
        ("url varchar", lambda source, row: source.state.at(row.path)),
        ("created_at updated_at timestamp", 0),
        ("sha1 varchar", "sha1"),
        ("origin varchar", None),
        ("retain_hours integer", None),
        ("extension varchar", "extension"),
        ("thumbnail_width thumbnail_height integer", None),
        ("etag varchar", None),
        ("secure boolean", False),
        ("access_control_post_id bigint", None),
        ("original_sha1 varchar", None),
        ("animated boolean", None),
        ("verification_status integer", 1),
        ("security_last_changed_at timestamp", None),
        ("security_last_changed_reason varchar", None),
    ),
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
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("post_id integer", lambda _source, row: row[1].id),
        ("upload_id integer", lambda _source, row: row[2].id),
    ),
    flavours=("2022",),
)
REFERENCES = SqlTable(
    "upload_references",
    uses,
    columns(
        ("id bigint", lambda _source, row: row[0]),
        ("upload_id bigint", lambda _source, row: row[2].id),
        ("target_type varchar", Always("Post")),
        ("target_id bigint", lambda _source, row: row[1].id),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[1].created_at)),
    ),
    flavours=("2025", "2026"),
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
    columns(
        ("id integer", "id"),
        ("topic_id integer", "post.topic_id"),
        ("post_id integer", "post.id"),
        ("user_id integer", "post.user_id"),
        ("url varchar", "url"),
        ("domain varchar", "domain"),
        ("internal boolean", lambda _source, row: not parted(row.url).hostname),
        ("link_topic_id integer", "topic"),
        ("created_at updated_at timestamp", lambda _source, row: micro(row.post.created_at)),
        ("reflection boolean", False),
        ("clicks integer", 0),
        ("link_post_id integer", lambda _source, row: row.to.id if row.to else None),
        ("title varchar", None),
        ("crawled_at timestamp", None),
        ("quote boolean", False),
        ("extension varchar", None),
    ),
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
    return SqlTable(
        f"{owner}_custom_fields",
        partial(noted, owner),
        columns(
            ("id integer", "id"),
            (f"{owner}_id integer", "owner"),
            ("name varchar", "name"),
            ("value text", "value"),
            ("created_at updated_at timestamp", Times("at")),
        ),
    )


VISITS = SqlTable(
    "user_visits",
    lambda _source: (),
    columns(
        ("id user_id integer", "id"),
        ("visited_at date", None),
        ("posts_read integer", 0),
        ("mobile boolean", False),
        ("time_read integer", 0),
    ),
)

TABLES = (
    *(CATEGORIES, CATEGORY_GROUPS, TAGS, TOPIC_TAGS, UPLOADS, POST_UPLOADS, REFERENCES, LINKS, VISITS),
    *map(custom_fields, ("topic", "post", "user")),
)

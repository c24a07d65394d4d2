"""Discourse's tables about what people say: topics, posts, their earlier versions, and who liked them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, Times, columns, micro, newer
from koweb_sync.sandbox.model.records import SYSTEM, PostRecord, RevisionRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState

REGULAR, SMALL_ACTION, WHISPER = 1, 3, 4
LIKE = 2
LIKED, WAS_LIKED, NEW_TOPIC, REPLIED, SOLVED = 1, 2, 4, 5, 15  # kinds of user_actions

# ---- topics


@dataclass(frozen=True, slots=True)
class TopicPosts:
    """A topic with its living posts, whispers left out."""

    topic: TopicRecord
    posts: list[PostRecord]

    @property
    def last(self) -> PostRecord | None:
        """The post that was written last."""
        return self.posts[-1] if self.posts else None


def talks(source: RowSource) -> Sequence[TopicPosts]:
    """All topics, deleted ones included."""
    state = source.state
    return [
        TopicPosts(topic, [one for one in state.posts_of(topic) if one.deleted_at is None and one.type != WHISPER])
        for topic in state.topics.values()
    ]


def last_posted(_source: RowSource, row: TopicPosts) -> int | None:
    """When somebody wrote last."""
    return micro(row.last.created_at if row.last else row.topic.created_at)


def updated(_source: RowSource, row: TopicPosts) -> int | None:
    """When the topic or a post of it changed last."""
    return micro(max((one.updated_at for one in row.posts), default=row.topic.created_at))


TOPICS = SqlTable(
    "topics",
    talks,
    columns(
        ("id integer", "topic.id"),
        ("title varchar", "topic.title"),
        ("last_posted_at timestamp", last_posted),
        ("created_at timestamp", Times("topic.created_at")),
        ("updated_at timestamp", updated),
        ("views integer", "topic.views"),
        ("posts_count integer", lambda _source, row: len(row.posts)),
        ("user_id integer", "topic.user_id"),
        ("last_post_user_id integer", lambda _source, row: row.last.user_id if row.last else row.topic.user_id),
        ("reply_count integer", lambda _source, row: sum(one.reply_to is not None for one in row.posts)),
        ("featured_user1_id featured_user2_id featured_user3_id integer", None),
        ("deleted_at timestamp", Times("topic.deleted_at")),
        ("highest_post_number integer", lambda _source, row: max((one.number for one in row.posts), default=0)),
        ("like_count integer", lambda _source, row: sum(len(one.likes) for one in row.posts)),
        ("incoming_link_count integer", 0),
        ("category_id integer", "topic.category_id"),
        ("visible boolean", "topic.visible"),
        ("moderator_posts_count integer", lambda _source, row: sum(one.type == SMALL_ACTION for one in row.posts)),
        ("closed boolean", "topic.closed"),
        ("archived boolean", "topic.archived"),
        ("bumped_at timestamp", Times("topic.bumped_at")),
        ("has_summary boolean", False),
        ("archetype varchar", "topic.archetype"),
        ("featured_user4_id integer", None),
        ("notify_moderators_count spam_count integer", 0),
        ("pinned_at timestamp", Times("topic.pinned_at")),
        ("score double", None),
        ("percent_rank double", 1.0),
        ("subtype varchar", None),
        ("slug varchar", "topic.slug"),
        ("deleted_by_id integer", "topic.deleted_by"),
        ("participant_count integer", lambda _source, row: len({one.user_id for one in row.posts})),
        ("word_count integer", lambda _source, row: sum(len(one.raw.split()) for one in row.posts)),
        ("excerpt varchar", None),
        ("pinned_globally boolean", "topic.pinned_globally"),
        ("pinned_until timestamp", None),
        ("fancy_title varchar", "topic.title"),
        ("highest_staff_post_number integer", lambda source, row: highest(source, row.topic)),
        ("featured_link varchar", None),
        ("reviewable_score double", 0.0),
        ("image_upload_id bigint", None),
        ("slow_mode_seconds integer", 0),
        ("bannered_until timestamp", None),
        ("external_id varchar", "topic.external_id"),
    )
    + newer(("locale varchar", "topic.locale")),
)


def highest(source: RowSource, topic: TopicRecord) -> int:
    """The highest number of a topic's posts, deleted ones included."""
    return max((one.number for one in source.state.posts_of(topic)), default=0)


# ---- posts


def posts(source: RowSource) -> Sequence[PostRecord]:
    """All posts, deleted ones included."""
    return list(source.state.posts.values())


def places(state: ForumState) -> dict[tuple[int, int], PostRecord]:
    """Posts by topic and number."""
    return {(one.topic_id, one.number): one for one in state.posts.values()}


def answered(source: RowSource, row: PostRecord) -> PostRecord | None:
    """The post that a post replies to."""
    found: PostRecord | None = source.once("places", places).get((row.topic_id, row.reply_to))
    return found


def reply_to_user(source: RowSource, row: PostRecord) -> int | None:
    """Whom a post replies to."""
    found = answered(source, row)
    return found.user_id if found else None


POSTS = SqlTable(
    "posts",
    posts,
    columns(
        ("id integer", "id"),
        ("user_id integer", "user_id"),
        ("topic_id integer", "topic_id"),
        ("post_number integer", "number"),
        ("raw text", "raw"),
        ("cooked text", "cooked"),
        ("created_at timestamp", Times("created_at")),
        ("updated_at timestamp", Times("updated_at")),
        ("reply_to_post_number integer", "reply_to"),
        ("reply_count integer", lambda _source, row: len(row.replies)),
        ("quote_count integer", "quotes"),
        ("deleted_at timestamp", Times("deleted_at")),
        ("off_topic_count integer", 0),
        ("like_count integer", lambda _source, row: len(row.likes)),
        ("incoming_link_count bookmark_count integer", 0),
        ("score double", None),
        ("reads integer", 0),
        ("post_type integer", "type"),
        ("sort_order integer", "number"),
        ("last_editor_id integer", "last_editor"),
        ("hidden boolean", "hidden"),
        ("hidden_reason_id integer", lambda _source, row: 1 if row.hidden else None),
        ("notify_moderators_count spam_count illegal_count inappropriate_count integer", 0),
        ("last_version_at timestamp", Times("last_version_at")),
        ("user_deleted boolean", "user_deleted"),
        ("reply_to_user_id integer", reply_to_user),
        ("percent_rank double", None),
        ("notify_user_count integer", 0),
        ("like_score integer", lambda _source, row: len(row.likes)),
        ("deleted_by_id integer", "deleted_by"),
        ("edit_reason varchar", "edit_reason"),
        ("word_count integer", lambda _source, row: len(row.raw.split())),
        ("version integer", "version"),
        ("cook_method integer", 1),
        ("wiki boolean", "wiki"),
        ("baked_at timestamp", Times("updated_at")),
        ("baked_version integer", 2),
        ("hidden_at timestamp", lambda _source, row: micro(row.updated_at) if row.hidden else None),
        ("self_edits integer", lambda _source, row: sum(one.user_id == row.user_id for one in row.revisions)),
        ("reply_quoted via_email boolean", False),
        ("raw_email text", None),
        ("public_version integer", lambda _source, row: row.version - sum(one.hidden for one in row.revisions)),
        ("action_code varchar", "action_code"),
        ("locked_by_id integer", lambda _source, row: SYSTEM if row.locked else None),
        ("image_upload_id bigint", None),
    )
    + newer(("locale varchar", "locale")),
)


# ---- earlier versions


@dataclass(frozen=True, slots=True)
class Step:
    """An edit: its number among all, and its post."""

    id: int
    post: PostRecord
    revision: RevisionRecord


def steps(source: RowSource) -> Sequence[Step]:
    """All edits that made a version, the oldest first."""
    found = [(one.at, post.id, one.number, post, one) for post in source.state.posts.values() for one in post.revisions]
    found.sort(key=lambda one: one[:3])
    known = source.numbers.of("post_revisions", (one[1:3] for one in found))
    return [Step(known[ident, number], post, one) for _at, ident, number, post, one in found]


def modifications(_source: RowSource, row: Step) -> str:
    """What an edit changed, before and after, as YAML; lists are written in its flow style."""
    changes = {"post_type" if name == "type" else name: pair for name, pair in row.revision.changes.items()}
    lines = [f"{name}: {json.dumps(pair, ensure_ascii=False)}" for name, pair in changes.items()]
    if row.revision.reason:
        lines.append(f"edit_reason: {json.dumps([None, row.revision.reason], ensure_ascii=False)}")
    return "\n".join(["---", *lines, ""])


REVISIONS = SqlTable(
    "post_revisions",
    steps,
    columns(
        ("id integer", "id"),
        ("user_id integer", "revision.user_id"),
        ("post_id integer", "post.id"),
        ("modifications text", modifications),
        ("number integer", "revision.number"),
        ("created_at updated_at timestamp", Times("revision.at")),
        ("hidden boolean", "revision.hidden"),
    ),
)


# ---- likes, and what people did


@dataclass(frozen=True, slots=True)
class PostLike:
    """Who liked a post, and when."""

    id: int
    post: PostRecord
    user_id: int
    at: float


def likes(source: RowSource) -> Sequence[PostLike]:
    """All likes, the oldest first. One that is taken back is gone: the forum's state does not remember it."""
    found = [(moment, post.id, user, post) for post in source.state.posts.values() for user, moment in post.likes]
    found.sort(key=lambda one: one[:3])
    known = source.numbers.of("post_actions", (one[:3] for one in found))
    return [PostLike(known[moment, ident, user], post, user, moment) for moment, ident, user, post in found]


LIKES = SqlTable(
    "post_actions",
    likes,
    columns(
        ("id integer", "id"),
        ("post_id integer", "post.id"),
        ("user_id integer", "user_id"),
        ("post_action_type_id integer", LIKE),
        ("deleted_at timestamp", None),
        ("created_at updated_at timestamp", Times("at")),
        ("deleted_by_id related_post_id integer", None),
        ("staff_took_action boolean", False),
        ("deferred_by_id integer", None),
        ("targets_topic boolean", False),
        ("agreed_at timestamp", None),
        ("agreed_by_id integer", None),
        ("deferred_at disagreed_at timestamp", None),
        ("disagreed_by_id integer", None),
    ),
)

KINDS = ((2, "like"), (3, "off_topic"), (4, "inappropriate"), (6, "notify_user"), (7, "notify_moderators"), (8, "spam"))

KINDS_TABLE = SqlTable(
    "post_action_types",
    lambda _source: KINDS,
    columns(
        ("name_key varchar", lambda _source, row: row[1]),
        ("is_flag boolean", lambda _source, row: row[0] != LIKE),
        ("icon varchar", lambda _source, row: "heart" if row[0] == LIKE else None),
        ("created_at updated_at timestamp", 0),
        ("id position integer", lambda _source, row: row[0]),
        ("score_bonus double", 0.0),
        ("reviewable_priority integer", 0),
    ),
)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did: what, whose action it is, on which post, who did it, when."""

    kind: int
    owner: int
    post: PostRecord
    actor: int
    at: float

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from the others."""
        return (self.at, self.post.id, self.kind, self.owner, self.actor)


def acts_of(post: PostRecord) -> Iterator[Act]:
    """What was done with a post: written, liked."""
    if post.deleted_at is None and post.type == REGULAR:
        yield Act(NEW_TOPIC if post.number == 1 else REPLIED, post.user_id, post, post.user_id, post.created_at)
        for user, moment in post.likes:
            yield Act(LIKED, user, post, user, moment)
            yield Act(WAS_LIKED, post.user_id, post, user, moment)


def accepts(state: ForumState) -> Iterator[Act]:
    """The answers that somebody accepted."""
    for topic in state.topics.values():
        for number, one in topic.answers.items():
            post = state.posts[number]
            yield Act(SOLVED, post.user_id, post, one.by, one.at)


def acts(source: RowSource) -> Sequence[tuple[int, Act]]:
    """What people did, the oldest first."""
    done = [one for post in source.state.posts.values() for one in acts_of(post)]
    found = sorted([*done, *accepts(source.state)], key=lambda one: one.key)
    known = source.numbers.of("user_actions", (one.key for one in found))
    return [(known[one.key], one) for one in found]


ACTIONS = SqlTable(
    "user_actions",
    acts,
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("action_type integer", lambda _source, row: row[1].kind),
        ("user_id integer", lambda _source, row: row[1].owner),
        ("target_topic_id integer", lambda _source, row: row[1].post.topic_id),
        ("target_post_id integer", lambda _source, row: -1 if row[1].kind == NEW_TOPIC else row[1].post.id),
        ("target_user_id integer", None),
        ("acting_user_id integer", lambda _source, row: row[1].actor),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[1].at)),
    ),
)


def replies(source: RowSource) -> Sequence[tuple[PostRecord, PostRecord]]:
    """Posts, and those that answer or quote them."""
    known = source.state.posts
    return [(post, known[number]) for post in known.values() for number in post.replies]


REPLIES = SqlTable(
    "post_replies",
    replies,
    columns(
        ("post_id integer", lambda _source, row: row[0].id),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[1].created_at)),
        ("reply_post_id integer", lambda _source, row: row[1].id),
    ),
)

TABLES = (TOPICS, POSTS, REVISIONS, LIKES, KINDS_TABLE, ACTIONS, REPLIES)

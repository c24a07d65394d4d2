"""Discourse's tables about what people say: topics, posts, their earlier versions, and who liked them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, of, traits
from koweb_sync.sandbox.model.records import SYSTEM, PostRecord, RevisionRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState

REGULAR, SMALL_ACTION, WHISPER = 1, 3, 4
LIKE = 2
LIKED, WAS_LIKED, NEW_TOPIC, REPLIED, SOLVED = 1, 2, 4, 5, 15  # kinds of user_actions

# ---- topics


@dataclass(frozen=True, slots=True)
class TopicPosts:
    """A topic with its living posts, whispers left out; `highest`: the highest number of all."""

    topic: TopicRecord
    posts: list[PostRecord]
    highest: int

    @property
    def last(self) -> PostRecord | None:
        """The post that was written last."""
        return self.posts[-1] if self.posts else None


def talks(source: RowSource) -> Sequence[TopicPosts]:
    """All topics, deleted ones included."""
    found = []
    for topic in source.state.topics.values():
        every = source.state.posts_of(topic)
        living = [one for one in every if one.deleted_at is None and one.type != WHISPER]
        found.append(TopicPosts(topic, living, max((one.number for one in every), default=0)))
    return found


TOPICS = SqlTable(
    "topics",
    talks,
    {
        **of("topic", "id title created_at views user_id deleted_at category_id visible closed archived bumped_at"),
        **of("topic", "archetype pinned_at slug pinned_globally external_id locale", deleted_by_id="deleted_by"),
        "fancy_title": "topic.title",
        "last_posted_at": lambda row: row.last.created_at if row.last else row.topic.created_at,
        "updated_at": lambda row: max((one.updated_at for one in row.posts), default=row.topic.created_at),
        "posts_count": lambda row: len(row.posts),
        "last_post_user_id": lambda row: row.last.user_id if row.last else row.topic.user_id,
        "reply_count": lambda row: sum(one.reply_to is not None for one in row.posts),
        "highest_post_number": lambda row: max((one.number for one in row.posts), default=0),
        "highest_staff_post_number": "highest",
        "like_count": lambda row: sum(len(one.likes) for one in row.posts),
        "moderator_posts_count": lambda row: sum(one.type == SMALL_ACTION for one in row.posts),
        "participant_count": lambda row: len({one.user_id for one in row.posts}),
        "word_count": lambda row: sum(len(one.raw.split()) for one in row.posts),
    },
)

# ---- posts


def posts(source: RowSource) -> Sequence[PostRecord]:
    """All posts, deleted ones included."""
    return list(source.state.posts.values())


def with_answered(source: RowSource) -> Sequence[tuple[PostRecord, int | None]]:
    """All posts, each with whom it replies to."""
    authors = {(one.topic_id, one.number): one.user_id for one in source.state.posts.values()}
    return [(one, authors.get((one.topic_id, one.reply_to or 0))) for one in posts(source)]


def post_value(get: str | Callable[[PostRecord], Any]) -> Callable[[tuple[PostRecord, int | None]], Any]:
    """A value of the post in a row."""
    found = attrgetter(get) if isinstance(get, str) else get
    return lambda row: found(row[0])


POSTS = SqlTable(
    "posts",
    with_answered,
    {
        "reply_to_user_id": lambda row: row[1],
        **{
            name: post_value(get)
            for name, get in {
                **traits("id user_id topic_id raw cooked created_at deleted_at hidden last_version_at user_deleted"),
                **traits("edit_reason version wiki action_code locale", reply_to_post_number="reply_to"),
                **traits("", quote_count="quotes", post_type="type", last_editor_id="last_editor"),
                "updated_at baked_at": "updated_at",
                "deleted_by_id": "deleted_by",
                "post_number sort_order": "number",
                "reply_count": lambda post: len(post.replies),
                "like_count like_score": lambda post: len(post.likes),
                "hidden_reason_id": lambda post: 1 if post.hidden else None,
                "hidden_at": lambda post: post.updated_at if post.hidden else None,
                "word_count": lambda post: len(post.raw.split()),
                "self_edits": lambda post: sum(one.user_id == post.user_id for one in post.revisions),
                "public_version": lambda post: post.version - sum(one.hidden for one in post.revisions),
                "locked_by_id": lambda post: SYSTEM if post.locked else None,
            }.items()
        },
    },
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


def modifications(row: Step) -> str:
    """What an edit changed, before and after, as YAML; lists are written in its flow style."""
    changes = {"post_type" if name == "type" else name: pair for name, pair in row.revision.changes.items()}
    lines = [f"{name}: {json.dumps(pair, ensure_ascii=False)}" for name, pair in changes.items()]
    if row.revision.reason:
        lines.append(f"edit_reason: {json.dumps([None, row.revision.reason], ensure_ascii=False)}")
    return "\n".join(["---", *lines, ""])


REVISIONS = SqlTable(
    "post_revisions",
    steps,
    {
        **traits("id", post_id="post.id"),
        **of("revision", "user_id number hidden"),
        "modifications": modifications,
        "created_at updated_at": "revision.at",
    },
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


LIKES = SqlTable("post_actions", likes, {**traits("id user_id", post_id="post.id"), "created_at updated_at": "at"})

KINDS = ((2, "like"), (3, "off_topic"), (4, "inappropriate"), (6, "notify_user"), (7, "notify_moderators"), (8, "spam"))

KINDS_TABLE = SqlTable(
    "post_action_types",
    lambda _source: KINDS,
    {
        "id position": lambda row: row[0],
        "name_key": lambda row: row[1],
        "is_flag": lambda row: row[0] != LIKE,
        "icon": lambda row: "heart" if row[0] == LIKE else None,
    },
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
    {
        "id": lambda row: row[0],
        "action_type": lambda row: row[1].kind,
        "user_id": lambda row: row[1].owner,
        "target_topic_id": lambda row: row[1].post.topic_id,
        "target_post_id": lambda row: -1 if row[1].kind == NEW_TOPIC else row[1].post.id,
        "acting_user_id": lambda row: row[1].actor,
        "created_at updated_at": lambda row: row[1].at,
    },
)


def replies(source: RowSource) -> Sequence[tuple[PostRecord, PostRecord]]:
    """Posts, and those that answer or quote them."""
    known = source.state.posts
    return [(post, known[number]) for post in known.values() for number in post.replies]


REPLIES = SqlTable(
    "post_replies",
    replies,
    {
        "post_id": lambda row: row[0].id,
        "created_at updated_at": lambda row: row[1].created_at,
        "reply_post_id": lambda row: row[1].id,
    },
)

TABLES = (TOPICS, POSTS, REVISIONS, LIKES, KINDS_TABLE, ACTIONS, REPLIES)

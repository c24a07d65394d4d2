"""Discourse's tables about what people say: topics, posts, their earlier versions, and who liked them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, in_order, of, traits
from koweb_sync.sandbox.model.records import SYSTEM, PostRecord, RevisionRecord, TopicRecord

REGULAR, SMALL_ACTION, WHISPER = 1, 3, 4
LIKE = 2
LIKED, WAS_LIKED, NEW_TOPIC, REPLIED, SOLVED = 1, 2, 4, 5, 15  # kinds of user_actions


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


def steps(source: RowSource) -> Sequence[tuple[int, float, int, int, int, str, bool]]:
    """All edits that made a version, the oldest first."""
    every = ((one.at, post.id, one) for post in source.state.posts.values() for one in post.revisions)
    found = sorted(every, key=lambda step: (*step[:2], step[2].number))
    known = source.numbers.of("post_revisions", ((post, one.number) for _at, post, one in found))
    return [
        (known[post, one.number], at, post, one.number, one.user_id, modifications(one), one.hidden)
        for at, post, one in found
    ]


def modifications(one: RevisionRecord) -> str:
    """What an edit changed, before and after, as YAML; lists are written in its flow style."""
    changes = {"post_type" if name == "type" else name: pair for name, pair in one.changes.items()}
    changes |= {"edit_reason": (None, one.reason)} if one.reason else {}
    lines = [f"{name}: {json.dumps(pair, ensure_ascii=False)}" for name, pair in changes.items()]
    return "\n".join(["---", *lines, ""])


def likes(source: RowSource) -> Sequence[tuple[int, float, int, int]]:
    """All likes, the oldest first. One that is taken back is gone: the forum's state does not remember it."""
    found = sorted((at, post.id, user) for post in source.state.posts.values() for user, at in post.likes)
    known = source.numbers.of("post_actions", found)
    return [(known[one], *one) for one in found]


KINDS = ((2, "like"), (3, "off_topic"), (4, "inappropriate"), (6, "notify_user"), (7, "notify_moderators"), (8, "spam"))
Act = tuple[float, int, int, int, int]  # when, on which post, what, whose action it is, who did it


def acts_of(post: PostRecord) -> Iterator[Act]:
    """What was done with a post: written, liked."""
    if post.deleted_at is None and post.type == REGULAR:
        written = NEW_TOPIC if post.number == 1 else REPLIED
        yield (post.created_at, post.id, written, post.user_id, post.user_id)
        for user, at in post.likes:
            yield (at, post.id, LIKED, user, user)
            yield (at, post.id, WAS_LIKED, post.user_id, user)


def acts(source: RowSource) -> Sequence[tuple[int, float, int, int, int, int, int]]:
    """What people did, the oldest first; that they opened a topic is told of no post."""
    known = source.state.posts
    done = [one for post in known.values() for one in acts_of(post)]
    for topic in source.state.topics.values():
        done += [(one.at, post, SOLVED, known[post].user_id, one.by) for post, one in topic.answers.items()]
    numbers = source.numbers.of("user_actions", sorted(done))
    return [
        (numbers[one], at, -1 if kind == NEW_TOPIC else post, kind, owner, actor, known[post].topic_id)
        for one in sorted(done)
        for at, post, kind, owner, actor in (one,)
    ]


def replies(source: RowSource) -> Sequence[tuple[int, float, int]]:
    """Posts, and those that answer or quote them."""
    known = source.state.posts
    return [(post.id, known[number].created_at, number) for post in known.values() for number in post.replies]


# Servers of 2022 have no translations. Guess: sources of 2025, their models.


def localized_posts(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """Every post in every language that it was put into."""
    return [
        (one.id, post.id, one.locale, one.raw, one.html, one.version)
        for post in source.state.posts.values()
        for one in post.translations.values()
    ]


def localized_titles(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """Every title in every language that it was put into."""
    found = [(one.id, *pair) for one in source.state.topics.values() for pair in one.translations.items()]
    known = source.numbers.of("topic_localizations", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


AT = "created_at updated_at"
ACTS = ("id", AT, "target_post_id", "action_type", "user_id", "acting_user_id", "target_topic_id")
TABLES = (
    TOPICS,
    POSTS,
    SqlTable("post_revisions", steps, in_order("id", AT, "post_id", "number", "user_id", "modifications", "hidden")),
    SqlTable("post_actions", likes, in_order("id", AT, "post_id", "user_id")),
    SqlTable(
        "post_action_types",
        lambda _source: [(kind, name, kind != LIKE, None if kind != LIKE else "heart") for kind, name in KINDS],
        in_order("id position", "name_key", "is_flag", "icon"),
    ),
    SqlTable("user_actions", acts, in_order(*ACTS)),
    SqlTable("post_replies", replies, in_order("post_id", AT, "reply_post_id")),
    SqlTable(
        "post_localizations",
        localized_posts,
        in_order("id", "post_id", "locale", "raw", "cooked", "post_version"),
        NEWER,
    ),
    SqlTable("topic_localizations", localized_titles, in_order("id", "topic_id", "locale", "title fancy_title"), NEWER),
)

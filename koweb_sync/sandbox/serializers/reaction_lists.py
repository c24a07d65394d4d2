"""Lists of the plugins of reactions and of accepted answers: who chose what, and what was accepted."""

from collections.abc import Iterator
from typing import Any

from koweb_sync.sandbox.model.records import WHISPER, PostRecord, Reacted, ReactionRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar, basic
from koweb_sync.sandbox.serializers.posts import excerpt, fancy

Row = tuple[PostRecord, UserRecord, Reacted, ReactionRecord]


def rows(state: ForumState) -> Iterator[Row]:
    """All reactions of all people, the newest first."""
    every = ((post, user, one) for post in state.posts.values() for user, one in post.reacted.items())
    for post, user, one in sorted(every, key=lambda each: (-each[2].at, -each[2].id)):
        yield post, state.users[user], one, post.reactions[one.emoji]


def chosen(state: ForumState, post: PostRecord, user: UserRecord, one: Reacted, row: ReactionRecord) -> dict[str, Any]:
    """A reaction in somebody's list of those that they gave or got."""
    counted = sum(other.emoji == row.emoji for other in post.reacted.values())
    reaction = fields(row, "id", reaction_value="emoji", created_at="at")
    return {
        **fields(one, "id", created_at="at"),
        "user_id": user.id,
        "post_id": post.id,
        "user": titled(user),
        "post": in_short(state, post),
        "reaction": {**reaction, "post_id": post.id, "reaction_type": "emoji", "reaction_users_count": counted},
    }


def titled(user: UserRecord) -> dict[str, Any]:
    """A person with the title that they may have."""
    return {**basic(user), "title": None, "primary_group_name": None}


def in_short(state: ForumState, one: PostRecord) -> dict[str, Any]:
    """A post where it is mentioned."""
    topic, author = state.topics[one.topic_id], state.users[one.user_id]
    count, fancied = len(state.counts(topic).living), fancy(topic.title)
    return {
        "excerpt": excerpt(one.cooked, links=True),
        **fields(one, "id created_at topic_id", post_number="number", post_type="type"),
        **fields(topic, "category_id", topic_title="title", topic_slug="slug"),
        "topic_html_title": fancied,
        "url": f"/t/{topic.slug}/{topic.id}/{one.number}",
        "posts_count": count,
        **fields(author, "username name"),
        "avatar_template": avatar(author),
        "user_title": None,
        "primary_group_name": None,
        "user": titled(author),
        "topic": {**fields(topic, "id title slug"), "fancy_title": fancied, "posts_count": count},
    }


def accepted(state: ForumState, topic: TopicRecord, one: PostRecord) -> dict[str, Any]:
    """An accepted answer, as its topic shows it."""
    user = state.users[one.user_id]
    found = {"post_number": one.number, "username": user.username, "excerpt": excerpt(one.cooked)}
    if not state.flavour.solved_table:
        return {**found, "name": user.name}
    who = state.users[topic.answers[one.id].by]
    shows = state.settings["show_who_marked_solved"]
    names = state.settings["display_name_on_posts"]
    return {**found, "name": user.name if names else None, "accepter_name": (who.name if shows else None)}


def answers(state: ForumState, one: TopicRecord) -> dict[str, Any]:
    """Accepted answers: one object on older servers, a list on newer ones."""
    seen = [state.posts[number] for number in one.answers]
    shown = [accepted(state, one, post) for post in seen if post.alive and not post.hidden and post.type != WHISPER]
    if not shown:
        return {}
    return {"accepted_answers": shown} if state.flavour.many_answers else {"accepted_answer": shown[0]}


def solved(state: ForumState, post: PostRecord, home: str) -> dict[str, Any]:
    """An accepted answer in the list of somebody's."""
    topic, user = state.topics[post.topic_id], state.users[post.user_id]
    return {
        **fields(post, "created_at cooked raw topic_id user_id", post_id="id", post_number="number", post_type="type"),
        **fields(topic, "archived category_id closed slug", topic_title="title"),
        **fields(user, "name username"),
        "avatar_template": avatar(user),
        "excerpt": excerpt(post.cooked, links=True),
        "url": f"{home}/t/{topic.slug}/{topic.id}/{post.number}",
    }

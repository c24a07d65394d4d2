"""Bookmarks and drafts, as Discourse's JSON shows them."""

import json
from datetime import UTC, datetime
from typing import Any

from koweb_sync.sandbox.model.personal import BookmarkRecord, DraftRecord
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.people import avatar, basic
from koweb_sync.sandbox.serializers.posts import excerpt, fancy
from koweb_sync.times import HOUR_IN_SECONDS

EXCERPT = 300  # characters of HTML that an excerpt shows whole


def bookmark(state: ForumState, one: BookmarkRecord) -> dict[str, Any]:
    """A bookmark in the list of all that a person has."""
    post = state.posts[one.target] if one.kind == "Post" else state.first_post(state.topics[one.target])
    topic = state.topics[post.topic_id]
    follows = state.follows.get((topic.id, one.user_id))
    where = f"/t/{topic.slug}/{topic.id}" + (f"/{post.number}" if one.kind == "Post" else "")
    return {
        "excerpt": excerpt(post.cooked, EXCERPT, links=True),
        **({"truncated": True} if len(post.cooked) > EXCERPT else {}),
        "id": one.id,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "name": one.name,
        "reminder_at": iso(one.reminder_at),
        **reminder(one),
        "pinned": one.pinned,
        "title": topic.title,
        "fancy_title": fancy(topic.title),
        "bookmarkable_id": one.target,
        "bookmarkable_type": one.kind,
        "bookmarkable_url": where,
        "tags": list(topic.tags),
        "tags_descriptions": {},
        "topic_id": topic.id,
        "linked_post_number": post.number,
        "deleted": not post.alive or topic.deleted_at is not None,
        "hidden": post.hidden,
        "category_id": topic.category_id,
        "closed": topic.closed,
        "archived": topic.archived,
        "archetype": topic.archetype,
        "highest_post_number": state.counts(topic).highest,
        "last_read_post_number": follows.last_read if follows else None,
        "bumped_at": iso(topic.bumped_at),
        "slug": topic.slug,
        "user": basic(state.users[post.user_id]),
    }


def reminder(one: BookmarkRecord) -> dict[str, Any]:
    """When a reminder begins and ends in a calendar."""
    if one.reminder_at is None:
        return {}
    times = {"start": one.reminder_at, "end": one.reminder_at + HOUR_IN_SECONDS}
    return {
        f"reminder_at_ics_{name}": f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}" for name, at in times.items()
    }


def of_topic(state: ForumState, user: UserRecord | None, topic: TopicRecord) -> dict[str, Any]:
    """What somebody keeps of a topic: bookmarks of it and of its posts, and what they are writing there."""
    key = f"topic_{topic.id}"
    nothing: dict[str, Any] = {
        "draft": None,
        "draft_key": key,
        "draft_sequence": None,
        "bookmarked": False,
        "bookmarks": [],
    }
    if user is None:
        return nothing
    sequence, draft = state.sequences.get((user.id, key), 0), state.drafts.get((user.id, key))
    ids = set(topic.post_ids)
    mine = [
        one
        for one in state.bookmarks.get(user.id, {}).values()
        if (one.kind == "Topic" and one.target == topic.id) or (one.kind == "Post" and one.target in ids)
    ]
    current = draft.data if draft is not None and draft.sequence == sequence else None
    kept = {"bookmarked": bool(mine), "bookmarks": [in_topic(one) for one in mine]}
    return {**nothing, "draft": current, "draft_sequence": sequence, **kept}


def in_topic(one: BookmarkRecord) -> dict[str, Any]:
    """A bookmark in its topic."""
    return {
        "id": one.id,
        "bookmarkable_id": one.target,
        "bookmarkable_type": one.kind,
        "reminder_at": iso(one.reminder_at),
        "name": one.name,
        "auto_delete_preference": one.auto_delete,
    }


def draft(state: ForumState, one: DraftRecord) -> dict[str, Any]:
    """A draft in the list of all that a person has."""
    owner, data = state.users[one.user_id], json.loads(one.data)
    said: dict[str, Any] = data if isinstance(data, dict) else {}
    number = one.key.removeprefix("topic_")
    topic = state.topics.get(int(number)) if one.key.startswith("topic_") and number.isdecimal() else None
    author = owner if topic is None else state.users[topic.user_id]
    cooked = written(state, owner, str(said.get("reply") or ""))
    shown: dict[str, Any] = {
        "excerpt": excerpt(cooked, EXCERPT, links=True),
        **({"truncated": True} if len(cooked) > EXCERPT else {}),
        "created_at": iso(one.created_at),
        "draft_key": one.key,
        "sequence": one.sequence,
        "draft_username": owner.username,
        "avatar_template": avatar(owner),
        "data": one.data,
        "topic_id": topic.id if topic else None,
        "username": author.username,
        "username_lower": author.username.lower(),
        "name": author.name,
        "user_id": owner.id,
        "title": topic.title if topic else None,
    }
    if topic is not None:
        shown |= {"slug": topic.slug, "category_id": topic.category_id}
        shown |= {"closed": True} if topic.closed else {}
        shown |= {"archived": True} if topic.archived else {}
    return {**shown, "archetype": said.get("archetypeId") or (topic.archetype if topic else None)}


def written(state: ForumState, author: UserRecord, raw: str) -> str:
    """A text that is not published, as HTML."""
    return state.cook(PostRecord(0, 0, 1, author.id, raw, 0.0, 0.0, state.cook)) if raw else ""

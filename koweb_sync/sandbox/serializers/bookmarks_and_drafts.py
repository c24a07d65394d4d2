"""Bookmarks and drafts, as Discourse's JSON shows them."""

import json
from datetime import UTC, datetime
from typing import Any

from koweb_sync.sandbox.model.personal import BookmarkRecord, DraftRecord
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar, basic
from koweb_sync.sandbox.serializers.posts import excerpt, fancy
from koweb_sync.times import HOUR_IN_SECONDS

EXCERPT = 300  # characters of HTML that an excerpt shows whole


def bookmark(state: ForumState, one: BookmarkRecord) -> dict[str, Any]:
    """A bookmark in the list of all that a person has."""
    post = state.posts[one.target] if one.kind == "Post" else state.first_post(state.topics[one.target])
    topic = state.topics[post.topic_id]
    follows = state.follows.get((topic.id, one.user_id))
    return {
        **shortened(post.cooked),
        **fields(one, "id created_at updated_at name reminder_at pinned"),
        **reminder(one),
        **fields(topic, "title category_id closed archived archetype bumped_at slug", topic_id="id"),
        **fields(post, "hidden", linked_post_number="number"),
        "fancy_title": fancy(topic.title),
        "bookmarkable_id": one.target,
        "bookmarkable_type": one.kind,
        "bookmarkable_url": f"/t/{topic.slug}/{topic.id}" + (f"/{post.number}" if one.kind == "Post" else ""),
        "tags": list(topic.tags),
        "tags_descriptions": {},
        "deleted": not post.alive or topic.deleted_at is not None,
        "highest_post_number": state.counts(topic).highest,
        "last_read_post_number": follows.last_read if follows else None,
        "user": basic(state.users[post.user_id]),
    }


def shortened(cooked: str) -> dict[str, Any]:
    """How HTML begins, and whether it goes on."""
    return {"excerpt": excerpt(cooked, EXCERPT, links=True), **({"truncated": True} if len(cooked) > EXCERPT else {})}


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
    if user is None:
        return {"draft": None, "draft_key": key, "draft_sequence": None, "bookmarked": False, "bookmarks": []}
    sequence, draft = state.sequences.get((user.id, key), 0), state.drafts.get((user.id, key))
    targets = {("Topic", topic.id), *(("Post", number) for number in topic.post_ids)}
    mine = [one for one in state.bookmarks.get(user.id, {}).values() if (one.kind, one.target) in targets]
    names = {"bookmarkable_id": "target", "bookmarkable_type": "kind", "auto_delete_preference": "auto_delete"}
    return {
        "draft": draft.data if draft is not None and draft.sequence == sequence else None,
        "draft_key": key,
        "draft_sequence": sequence,
        "bookmarked": bool(mine),
        "bookmarks": [fields(one, "id reminder_at name", **names) for one in mine],
    }


def draft(state: ForumState, one: DraftRecord) -> dict[str, Any]:
    """A draft in the list of all that a person has."""
    owner, data = state.users[one.user_id], json.loads(one.data)
    said: dict[str, Any] = data if isinstance(data, dict) else {}
    number = one.key.removeprefix("topic_")
    topic = state.topics.get(int(number)) if one.key.startswith("topic_") and number.isdecimal() else None
    author, raw = owner if topic is None else state.users[topic.user_id], str(said.get("reply") or "")
    shown: dict[str, Any] = {
        **shortened(state.cook(PostRecord(0, 0, 1, owner.id, raw, 0.0, 0.0, state.cook)) if raw else ""),
        **fields(one, "created_at sequence data", draft_key="key"),
        "draft_username": owner.username,
        "avatar_template": avatar(owner),
        "topic_id": topic.id if topic else None,
        **fields(author, "username name"),
        "username_lower": author.username.lower(),
        "user_id": owner.id,
        "title": topic.title if topic else None,
    }
    if topic is not None:
        shown |= fields(topic, "slug category_id")
        shown |= {name: True for name in ("closed", "archived") if getattr(topic, name)}
    return {**shown, "archetype": said.get("archetypeId") or (topic.archetype if topic else None)}

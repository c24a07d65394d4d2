"""First posts of many topics in one request, where Data Explorer is there and our query is saved in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from koweb_sync.errors import ForumAnswerUnclear, ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum.lane import Lane
from koweb_sync.forum.models import PostView, TopicView
from koweb_sync.forum.parse import category_id, clear
from koweb_sync.forum.queries import FIRST_POSTS
from koweb_sync.posts.ids import PostId, TopicId

NAME = FIRST_POSTS.name
PLACE = "/admin/plugins/explorer/queries"  # newer servers have another one, and keep this one's addresses
MOST = 1_000  # topics in one run
TRUE = (True, "t", "true")


@dataclass(frozen=True, slots=True)
class Row:
    """A topic as the query gives it, and who edited it last: None if nobody did."""

    view: TopicView
    editor: str | None
    editor_name: str
    edited: datetime | None
    reason: str


def saved_query(forum: Lane) -> int | None:
    """The number of our query; None where the plugin is off, the key may not use it, or nobody saved it.

    One request.
    """
    try:
        data = forum._get(f"{PLACE}.json", filter=NAME)
    except (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumAnswerUnclear):
        return None
    found = (data or {}).get("queries") or ()
    return next((int(one["id"]) for one in found if one.get("name") == NAME), None)


def save_query(forum: Lane) -> int | None:
    """Save our query; its number, None where the plugin is off or the key may not: one request."""
    query = {"name": FIRST_POSTS.name, "description": FIRST_POSTS.description, "sql": FIRST_POSTS.sql}
    try:
        data = forum._post(f"{PLACE}.json", **{f"query[{name}]": text for name, text in query.items()})
    except (ForumNotFound, ForumForbidden, ForumKeyRefused, ForumAnswerUnclear):
        return None
    return int(data["query"]["id"]) if data and data.get("query") else None


def first_posts(forum: Lane, query: int, topics: Sequence[TopicId]) -> Iterator[Row]:
    """The first posts of topics, deleted ones too; private messages are left out: one request for a thousand.

    What the query gives is what the database holds at that moment.
    """
    for start in range(0, len(topics), MOST):
        part = topics[start : start + MOST]
        params = {"after": "0", "limit": str(MOST), "topics": ",".join(map(str, part))}
        data = forum._post(f"{PLACE}/{query}/run", params=json.dumps(params), limit=MOST, download="true")
        yield from rows(data)


@clear
def rows(data: Mapping[str, Any]) -> list[Row]:
    """The rows of a run."""
    columns = data["columns"]
    return [row(dict(zip(columns, values, strict=True))) for values in data["rows"]]


def row(one: Mapping[str, Any]) -> Row:
    """One row."""
    first = PostView(
        id=PostId(int(one["post_id"])),
        topic=TopicId(int(one["topic_id"])),
        raw=one["raw"],
        username=str(one.get("username") or one.get("last_editor_username") or ""),
        version=int(one["version"] or 1),
        updated=utc(one["updated_at"]) or datetime.fromtimestamp(0, UTC),
        deleted=one["post_deleted_at"] is not None,
        user_deleted=one["user_deleted"] in TRUE,
        hidden=one["hidden"] in TRUE,
        locked=one["locked_by_id"] is not None,
        name=str(one.get("last_editor_name") or one.get("last_editor_username") or ""),
    )
    view = TopicView(
        id=first.topic,
        title=str(one["title"]),
        slug=str(one["slug"] or "-"),
        category=category_id(one["category_id"]),
        tags=tuple(str(one["tags"]).split("|")) if one["tags"] else (),
        created=utc(one["created_at"]) or first.updated,
        closed=one["closed"] in TRUE,
        archived=one["archived"] in TRUE,
        visible=one["visible"] in TRUE,
        pinned=one["pinned_at"] is not None,
        deleted=one["deleted_at"] is not None,
        posts_count=int(one["posts_count"] or 1),
        external_id=one["external_id"],
        first=first,
        private=one["archetype"] == "private_message",
    )
    return Row(
        view,
        one.get("last_editor_username"),
        first.name,
        utc(one["edited_at"]),
        str(one["edit_reason"] or ""),
    )


def utc(value: Any) -> datetime | None:
    """A time of the database: UTC where it names no zone."""
    if value is None:
        return None
    when = datetime.fromisoformat(str(value))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)

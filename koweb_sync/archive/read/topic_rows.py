"""Rows of topics as values: of their columns in one order, for a list has many rows and asking each by name is slow."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from koweb_sync.archive.read.model import (
    ArchivedCategory,
    ArchivedPerson,
    ArchivedTopic,
    ArchivedTranslation,
    ChangedTopic,
)
from koweb_sync.archive.store.chat import is_chat
from koweb_sync.archive.store.rows import Row, values

KEPT = ("id", "title", "slug", "created", "bumped", "last_posted", "archetype", "deleted", "accepted", "likes", "views")
FLAGS = ("closed", "archived", "visible", "pinned", "shown")
COLUMNS = ", ".join(f"topics.{one}" for one in (*KEPT, *FLAGS, "category", "tags", "posts_count", "person"))


def topic_of(
    row: Row,
    places: Mapping[int, ArchivedCategory],
    person: ArchivedPerson | None,
    reason: str,
    earlier: tuple[ChangedTopic, ...] = (),
    translations: tuple[ArchivedTranslation, ...] = (),
) -> ArchivedTopic:
    """A row of COLUMNS as a value."""
    *found, number, tags, posts, _person = values(row)
    known: dict[str, Any] = dict(zip((*KEPT, *FLAGS), found, strict=True))
    known |= {name: bool(known[name]) for name in FLAGS}
    return ArchivedTopic(
        **known,
        category=None if number is None else places.get(number) or ArchivedCategory(number, "", ""),
        tags=tags_of(tags),
        person=person,
        reason=reason,
        replies=posts if is_chat(known["id"]) else max(0, posts - 1),
        earlier=earlier,
        translations=translations,
    )


def changed_of(row: Row, places: Mapping[int, ArchivedCategory], editor: ArchivedPerson | None) -> ChangedTopic:
    """A row of `topic_edits` as a value. A topic does not name the closed category that it left."""
    category = places.get(row["category"]) if row["category"] is not None else None
    return ChangedTopic(
        row["n"],
        row["title"],
        None if category is None or category.restricted else category,
        None if row["tags"] is None else tags_of(row["tags"]),
        editor,
        row["at"],
    )


@lru_cache(maxsize=10_000)
def tags_of(text: str) -> tuple[str, ...]:
    """Tags as they are kept, in JSON; many topics have the same."""
    return tuple(json.loads(text))

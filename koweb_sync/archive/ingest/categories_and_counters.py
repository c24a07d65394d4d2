"""Categories and people's counters as archives keep them, however they were read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.forum.models import DirectoryEntry
from koweb_sync.forum.site import Category

STAFF = 3  # the group of all who run the forum
COUNTED = (
    *("days_visited", "topics_entered", "posts_read", "topic_count", "post_count", "likes_given", "likes_received"),
)


def noted(one: Category) -> dict[str, Any]:
    """A category as archives keep it: what the key's user may do there is no fact of the forum."""
    facts = {name: value for name, value in asdict(one).items() if name not in ("may_create", "minimum_tags")}
    return {**facts, "definition": one.definition or None}


def differs(row: dict[str, object], before: dict[str, object] | None) -> bool:
    """Whether a row says something new."""
    return before is None or any(before[name] != value for name, value in row.items())


def count(writer: PageWriter, found: Sequence[DirectoryEntry]) -> None:
    """Keep people's counters where they moved."""
    table = schema.ACTIVITY
    ids = [one.person.id for one in found]
    newest = select(table.c.person, func.max(table.c.at).label("at")).where(
        table.c.forum == writer.forum, table.c.person.in_(ids)
    )
    latest = newest.group_by(table.c.person).subquery()
    query = select(table).join(latest, (table.c.person == latest.c.person) & (table.c.at == latest.c.at))
    rows = writer.connection.execute(query.where(table.c.forum == writer.forum)).mappings()
    before = {row["person"]: row for row in rows}
    moved = []
    for one in found:
        counters = {name: getattr(one, name) for name in COUNTED}
        known = before.get(one.person.id)
        if known is None or any(known[name] != value for name, value in counters.items()):
            moved.append({"person": one.person.id, "at": writer.now, **counters})
    writer.put(table, moved)

"""What an archive holds, in numbers: for `koweb archive stats`."""

import json
from typing import Any

from sqlalchemy import Connection, case, func, select

from koweb_sync.archive.store import schema
from koweb_sync.dates import iso_or_none

COUNTED = {
    "topics": schema.TOPICS,
    "posts": schema.POSTS,
    "texts": schema.POST_VERSIONS,
    "people": schema.PEOPLE,
    "reactions": schema.REACTIONS,
    "pointers": schema.EDGES,
    "polls": schema.POLLS,
}


def holdings(connection: Connection, forum: int) -> dict[str, Any]:
    """How much of everything, from when to when, what the last run cost, and what the ledger says."""
    found: dict[str, Any] = {
        name: connection.execute(select(func.count()).select_from(table).where(table.c.forum == forum)).scalar_one()
        for name, table in COUNTED.items()
    }
    posts, topics, reactions = schema.POSTS.c, schema.TOPICS.c, schema.REACTIONS.c
    span = select(func.min(posts.created), func.max(posts.created)).where(posts.forum == forum)
    first, last = connection.execute(span).one()
    likes = select(func.count()).where(reactions.forum == forum, reactions.kind == "like", reactions.gone.is_(None))
    found |= {
        "likes": connection.execute(likes).scalar_one(),
        "gone_topics": connection.execute(
            select(func.count()).where(topics.forum == forum, topics.shown == 0)
        ).scalar_one(),
        "gone_posts": connection.execute(
            select(func.count()).where(posts.forum == forum, posts.shown == 0)
        ).scalar_one(),
        "first_post": iso_or_none(first),
        "last_post": iso_or_none(last),
        "files": files(connection, forum),
        **runs(connection, forum),
        "ledger": ledger(connection, forum),
    }
    return found


def files(connection: Connection, forum: int) -> dict[str, Any]:
    """How many files are held, how large they are together, and how many are not held and why."""
    blobs, uploads = schema.BLOBS.c, schema.UPLOADS.c
    held = select(func.count(), func.coalesce(func.sum(blobs.bytes), 0)).where(blobs.forum == forum)
    count, size = connection.execute(held).one()
    states = select(uploads.status, func.count()).where(uploads.forum == forum).group_by(uploads.status)
    by_state = {str(state): int(number) for state, number in connection.execute(states.order_by(uploads.status))}
    return {"contents": int(count), "bytes": int(size), "by_state": by_state}


def runs(connection: Connection, forum: int) -> dict[str, Any]:
    """How many whole runs there were, and the last one: when, how, what it cost and found. `heard`: when something that
    the forum told of was read after that.
    """
    table = schema.RUNS
    whole = (table.c.forum == forum, table.c.outcome != schema.PART)
    number = connection.execute(select(func.count()).select_from(table).where(*whole)).scalar_one()
    row = connection.execute(select(table).where(*whole).order_by(table.c.n.desc()).limit(1)).mappings().first()
    parts = select(func.max(table.c.ended)).where(table.c.forum == forum, table.c.outcome == schema.PART)
    heard = connection.execute(parts).scalar()
    last = row and {
        "n": row["n"],
        "started": iso_or_none(row["started"]),
        "ended": iso_or_none(row["ended"]),
        "via": row["via"],
        "outcome": row["outcome"] or "unfinished",
        "requests": {"keyed": row["keyed"], "anonymous": row["anonymous"]},
        "found": json.loads(row["found"]),
    }
    newer = heard is not None and (row is None or heard > row["started"])
    return {"runs": int(number), "last_run": last or None, "heard": iso_or_none(heard if newer else None)}


def ledger(connection: Connection, forum: int) -> dict[str, Any] | None:
    """What the last comparison with the forum said; null if there was none."""
    table = schema.LEDGER.c
    query = select(
        func.count(),
        func.coalesce(func.sum(case((table.short > 0, 1), else_=0)), 0),
        func.coalesce(func.sum(table.short), 0),
        func.coalesce(func.sum(case((table.trouble != "", 1), else_=0)), 0),
        func.min(table.checked),
    ).where(table.forum == forum)
    topics, incomplete, missing, trouble, checked = connection.execute(query).one()
    if not topics:
        return None
    counts = {"topics": topics, "incomplete": incomplete, "missing_posts": missing, "unclear": trouble}
    return {**{name: int(value) for name, value in counts.items()}, "checked": iso_or_none(checked)}

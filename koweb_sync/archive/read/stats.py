"""What an archive holds, in numbers: for `koweb archive stats`."""

import json
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.read.begun import WHOLE, newest_state
from koweb_sync.archive.read.left_out import left_out
from koweb_sync.archive.store.rows import Sql, first, rows, sql, value
from koweb_sync.dates import iso_or_none

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable, Row

COUNTED = {
    "texts": "post_versions",
    "people": "people",
    "reactions": "reactions",
    "pointers": "edges",
    "polls": "polls",
}
LIKES = "SELECT count(*) AS it FROM reactions WHERE kind = 'like' AND gone IS NULL AND forum = ?"
ALL = "count(*) AS every"
GONE = "coalesce(sum(CASE WHEN {gone} THEN 1 ELSE 0 END), 0) AS gone"
# With its topic all of a topic's posts go from the forum, which says it of the topic alone.
WITH_TOPICS = "posts LEFT JOIN topics ON topics.forum = posts.forum AND topics.id = posts.topic"


def holdings(connection: "Readable", forum: int) -> dict[str, Any]:
    """How much of everything, from when to when, what the last run cost, and what the ledger says."""
    topics = one(connection, sql(f"SELECT {ALL}, {GONE.format(gone='shown = 0')} FROM topics WHERE forum = ?", forum))
    span = "min(posts.created) AS oldest, max(posts.created) AS newest"
    gone = GONE.format(gone="posts.shown = 0 OR topics.shown = 0")
    posts = one(connection, sql(f"SELECT {ALL}, {gone}, {span} FROM {WITH_TOPICS} WHERE posts.forum = ?", forum))
    others = {name: f"SELECT count(*) AS it FROM {table} WHERE forum = ?" for name, table in COUNTED.items()}
    return {
        "topics": int(topics["every"]),
        "posts": int(posts["every"]),
        "chat": {
            "channels": number(connection, sql("SELECT count(*) AS it FROM topics WHERE id < 0 AND forum = ?", forum)),
            "messages": number(connection, sql("SELECT count(*) AS it FROM posts WHERE id < 0 AND forum = ?", forum)),
        },
        **{name: number(connection, sql(query, forum)) for name, query in others.items()},
        "likes": number(connection, sql(LIKES, forum)),
        "gone_topics": int(topics["gone"]),
        "gone_posts": int(posts["gone"]),
        "first_post": iso_or_none(posts["oldest"]),
        "last_post": iso_or_none(posts["newest"]),
        "files": files(connection, forum),
        **runs(connection, forum),
        "ledger": ledger(connection, forum),
        "left_out": left_out(connection, forum),
    }


def one(connection: "Readable", query: Sql) -> "Row":
    """The row of a query that always has one."""
    (found,) = rows(connection, query)
    return found


def number(connection: "Readable", query: Sql) -> int:
    """What a query counts."""
    return int(value(connection, query))


def files(connection: "Readable", forum: int) -> dict[str, Any]:
    """How many files are held, how large they are together, and how many are not held and why."""
    held = one(
        connection, sql("SELECT count(*) AS n, coalesce(sum(bytes), 0) AS size FROM blobs WHERE forum = ?", forum)
    )
    states = "SELECT status, count(*) AS n FROM uploads WHERE forum = ? GROUP BY status ORDER BY status"
    by_state = {str(row["status"]): int(row["n"]) for row in rows(connection, sql(states, forum))}
    return {"contents": int(held["n"]), "bytes": int(held["size"]), "by_state": by_state}


def runs(connection: "Readable", forum: int) -> dict[str, Any]:
    """How many whole runs there were, and the last one: when, how, what it cost and found. `heard`: when something that
    the forum told of was read after that. `newest_state`: the run whose state of the forum is the newest; a backup may
    be read after a newer one.
    """
    whole = f"FROM runs WHERE forum = ? AND {WHOLE}"
    row = first(connection, sql(f"SELECT * {whole} ORDER BY n DESC LIMIT 1", forum))
    state = newest_state(connection, forum)
    heard = value(connection, sql("SELECT max(ended) AS it FROM runs WHERE forum = ? AND outcome = 'part'", forum))
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
    number_of_runs = number(connection, sql(f"SELECT count(*) AS it {whole}", forum))
    told = {"runs": number_of_runs, "last_run": last, "heard": iso_or_none(heard if newer else None)}
    dated = state and {"via": state["via"], **{name: iso_or_none(state[name]) for name in ("started", "ended")}}
    return {**told, "newest_state": dated}


def ledger(connection: "Readable", forum: int) -> dict[str, Any] | None:
    """What the last comparison with the forum said; null if there was none."""
    found = one(
        connection,
        sql(
            "SELECT count(*) AS topics, coalesce(sum(CASE WHEN short > 0 THEN 1 ELSE 0 END), 0) AS incomplete,"
            " coalesce(sum(short), 0) AS missing_posts,"
            " coalesce(sum(CASE WHEN trouble <> '' THEN 1 ELSE 0 END), 0) AS unclear, min(checked) AS checked"
            " FROM ledger WHERE forum = ?",
            forum,
        ),
    )
    if not found["topics"]:
        return None
    counts = {name: int(found[name]) for name in ("topics", "incomplete", "missing_posts", "unclear")}
    return {**counts, "checked": iso_or_none(found["checked"])}

"""What the newest state of an archive lacks since nobody asked for it, and what another reading holds of that all the
same: one reading may take less of a forum than the one before it, and what is held stays.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.store.chat import CHAT
from koweb_sync.archive.store.rows import Sql, rows, sql, value

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

MESSAGE = "private_message"
# What is not read of which categories, where a run asked for what.
CLOSED, STAFF, NONE = "restricted = 1", "staff = 1", "1 = 0"


def left_out(connection: "Readable", forum: int) -> dict[str, Any]:
    """What the last whole run did not read since nobody asked for it: whether what not everybody may read is `closed`
    to it, and how many categories are for staff alone. `backup`: how much of the backup, if it read one. `held`: how
    much of that the archive holds from another reading, by the same names.
    """
    query = "SELECT name, value FROM cursors WHERE name IN ('scope', 'categories') AND forum = ?"
    known = {str(row["name"]): json.loads(row["value"]) for row in rows(connection, sql(query, forum))}
    scope = known.get("scope") or {}
    staff = sum(bool(one["staff"]) for one in known.get("categories") or ()) if scope and not scope["staff"] else 0
    held = held_besides(connection, forum, scope) if scope else {}
    closed = scope.get("closed") is False
    return {"closed": closed, "staff_categories": staff, "backup": scope.get("backup"), "held": held}


def held_besides(connection: "Readable", forum: int, scope: Mapping[str, Any]) -> dict[str, int]:
    """How much is held of what a run with this scope leaves out, by the names of what is left of a backup. Of chat no
    scope says anything: it is all of it, and what of it is closed to such a run.
    """
    shut = NONE if scope["staff"] else STAFF if scope["closed"] else CLOSED
    closed = sql(f"category IN (SELECT id FROM categories WHERE forum = ? AND {shut})", forum)
    among = sql("1 = 0" if scope["messages"] else "1 = 1")
    kinds = {
        ("topics", "posts"): sql(f"archetype NOT IN ('{CHAT}', '{MESSAGE}') AND") + closed,
        ("message_topics", "message_posts"): sql(f"archetype = '{MESSAGE}' AND") + among,
        ("chat_channels", "chat_messages"): sql(f"archetype = '{CHAT}'"),
        ("closed_channels", "closed_messages"): sql(f"archetype = '{CHAT}' AND") + closed,
        ("direct_channels", "direct_messages"): sql(f"archetype = '{CHAT}' AND category IS NULL AND") + among,
    }
    found = {"whispers": 0 if scope["staff"] else whispers(connection, forum, closed)}
    for names, which in kinds.items():
        mine = sql("FROM topics WHERE forum = ? AND", forum) + which
        topics = value(connection, sql("SELECT count(*) AS it") + mine)
        within = sql("SELECT count(*) AS it FROM posts WHERE forum = ? AND topic IN (SELECT id", forum) + mine + ")"
        found |= dict(zip(names, (int(topics), int(value(connection, within))), strict=True))
    return found


def whispers(connection: "Readable", forum: int, closed: Sql) -> int:
    """How many whispers are held in topics that everybody may read."""
    elsewhere = sql(f"SELECT id FROM topics WHERE forum = ? AND archetype <> '{MESSAGE}' AND NOT coalesce(", forum)
    query = sql("SELECT count(*) AS it FROM posts WHERE forum = ? AND type = 4 AND topic IN (", forum) + elsewhere
    return int(value(connection, query + closed + ", FALSE))"))

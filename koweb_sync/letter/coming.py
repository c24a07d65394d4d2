"""What will happen, as first posts say in the words of Discourse's calendar: `[event start="2026-12-05 18:00"]`.

Only events of topics that a letter may show; one for invited people alone (`status="private"`) is not told, nor one
that a post only quotes or shows as an example. An event that comes back is told with its first day, if that is still to
come.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from koweb_sync import zones
from koweb_sync.archive.store.rows import rows, sql
from koweb_sync.errors import InputError
from koweb_sync.letter.model import ComingEvent
from koweb_sync.posts.reader import read
from koweb_sync.times import DAY, microseconds

if TYPE_CHECKING:
    from sqlalchemy import Connection

AHEAD = 35 * DAY
MOST = 6
_EVENT = re.compile(r"^\[event\b([^\]\n]{1,1000})\]", re.MULTILINE | re.IGNORECASE)
_SHOWN = frozenset(["fence", "code_block", "html_block", "blockquote_open"])  # code, an example, somebody else's words
_FACT = re.compile(r"""([a-zA-Z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")


class ShownPlace(Protocol):
    """A topic that may be shown."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def category(self) -> str:
        """The name of its category."""


def coming(connection: "Connection", forum: int, topics: Mapping[int, ShownPlace], now: int) -> tuple[ComingEvent, ...]:
    """The events of the next five weeks, the next one first."""
    query = """
        SELECT posts.topic AS topic, post_versions.raw AS raw FROM posts
        JOIN post_versions ON post_versions.forum = posts.forum AND post_versions.post = posts.id
            AND post_versions.n = posts.n
        WHERE posts.number = 1 AND posts.shown = 1 AND posts.hidden = 0 AND posts.user_deleted = 0
            AND posts.deleted IS NULL AND post_versions.placeholder = 0 AND post_versions.raw LIKE '%[event %'
            AND posts.forum = ?"""
    found = []
    for row in rows(connection, sql(query, forum)):
        shown = topics.get(row["topic"])
        when = begins(row["raw"]) if shown is not None else None
        if shown is not None and when is not None and now <= when[0] < now + AHEAD:
            found.append(ComingEvent(int(row["topic"]), shown.title, shown.url, shown.category, *when))
    return tuple(sorted(found, key=lambda one: (one.begins, one.topic))[:MOST])


def begins(raw: str) -> tuple[int, bool] | None:
    """When the event of a post begins (microseconds), and whether it names no hour; None where it has none for all."""
    found = announced(raw.replace("\r\n", "\n").replace("\r", "\n"))
    if found is None:
        return None
    facts = {name.casefold(): a or b or c for name, a, b, c in _FACT.findall(found[1])}
    if facts.get("status", "public").casefold() == "private":
        return None
    try:
        start = datetime.fromisoformat(facts.get("start", "").strip())
        zone: tzinfo = ZoneInfo(zones.checked(facts["timezone"], "timezone")) if facts.get("timezone") else UTC
        whole = ":" not in facts["start"]
        return microseconds(start if start.tzinfo else start.replace(tzinfo=zone)), whole
    except (ValueError, OverflowError, InputError):
        return None


def announced(text: str) -> re.Match[str] | None:
    """The first event of a post that is neither quoted nor in code."""
    shown = set(only_shown(text))
    return next((one for one in _EVENT.finditer(text) if text.count("\n", 0, one.start()) not in shown), None)


def only_shown(text: str) -> Iterator[int]:
    """The lines, from 0, of code, HTML and quotations."""
    for token in read(text)[0]:
        quoted = token.type == "bbcode_open" and token.tag == "quote"
        if token.map and (quoted or token.type in _SHOWN):
            yield from range(*token.map)

"""Files that are gone, as an archive remembers them: by the servers that do not answer, and how many else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.archive.store.rows import rows, sql, value, values

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable


@dataclass(frozen=True, slots=True)
class Lost:
    """A server that does not answer: since when, how often it was asked, when it is asked again, and why."""

    server: str
    files: int
    since: int | None
    tries: int
    again: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What is gone: the servers that do not answer, and how many files are `missing` on one that does."""

    servers: tuple[Lost, ...] = ()
    missing: int = 0


def servers(connection: "Readable", forum: int) -> dict[str, Lost]:
    """The servers beside the forum's own that do not answer, by name, those of most files first."""
    query = sql(
        "SELECT server, count(*) AS files, min(since) AS since, max(tries) AS tries, max(again) AS again,"
        " max(why) AS why FROM uploads WHERE forum = ? AND status = 'gone' AND server <> ''"
        " GROUP BY server ORDER BY count(*) DESC, server",
        forum,
    )
    return {row["server"]: Lost(*values(row)) for row in rows(connection, query)}


def files_gone(connection: "Readable", forum: int) -> Gone:
    """What is gone of a forum's files."""
    others = "SELECT count(*) AS it FROM uploads WHERE forum = ? AND status = 'gone' AND server = ''"
    return Gone(tuple(servers(connection, forum).values()), int(value(connection, sql(others, forum))))

"""The small tables of a backup side by side, so that rows which belong together are found: in a database of its own,
which no name leads to and which is gone when this ends.

Of personal messages and of chat nothing but their numbers gets in here unless they are wanted; of posts only where and
when each one stands.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Self

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.backups.damage import unknown
from koweb_sync.archive.backups.tables import ALLOWED, CHAT
from koweb_sync.archive.from_backup.table_pages import TablePage, table_pages
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.i18n import _

PAGE = 2_000
PLACES = ("id", "topic_id", "post_number", "post_type", "user_id", "created_at", "deleted_at")
COUNTED = {"chat_channels": ("id",), "chat_messages": ("id",)}  # what is read of chat that nobody asked for
NUMBERS = frozenset(
    {"id", "number", "action", "permission_type", "type", "results", "visibility", "status", "visibility_level"}
    | {"archetype_id", "action_type", "post_type", "post_number", "members_visibility_level", "anonymous_voters"}
    | {"anonymous_votes", "views", "answer_post_id"}
)
INDEXES = (
    *("topics(id)", "posts(id)", "topic_tags(topic_id)", "tags(id)", "post_actions(post_id)", "users(id)"),
    *("polls(post_id)", "poll_options(poll_id)", "poll_votes(poll_option_id)", "group_users(group_id)"),
    *("post_localizations(post_id)", "topic_localizations(topic_id)"),
    *(
        "uploads(id)",
        "uploads(sha1)",
        "uploads(url)",
        "user_histories(target_user_id)",
        "discourse_reactions_reactions(id)",
    ),
    *("discourse_reactions_reaction_users(post_id)", "poll_votes(poll_id)", "user_actions(target_post_id)"),
    *("chat_messages(id)", "chat_messages(chat_channel_id)", "chat_message_reactions(chat_message_id)"),
    "chat_message_revisions(chat_message_id)",
    *(
        "chat_threads(id)",
        "chat_threads(original_message_id)",
        "chat_uploads(chat_message_id)",
        "upload_references(target_id)",
    ),
)
MESSAGE = "private_message"
CATEGORY = "Category"  # what a channel of chat stands in that is not one between some people
# By these rows find what they belong to: one that says no number there would be passed over without a word.
TIES = (
    *("posts.topic_id", "post_actions.post_id", "topic_tags.topic_id", "topic_tags.tag_id", "tags.id"),
    *("group_users.group_id", "directory_items.user_id", "user_histories.target_user_id", "poll_options.poll_id"),
    *("poll_votes.poll_option_id", "post_localizations.post_id", "topic_localizations.topic_id"),
    *("discourse_reactions_reaction_users.reaction_id", "discourse_reactions_reaction_users.post_id"),
    *("chat_messages.chat_channel_id", "chat_message_reactions.chat_message_id"),
)


@dataclass(frozen=True, slots=True)
class LeftOfBackup:
    """How much of a backup nobody asked for: topics of categories that not everybody may read, with their posts;
    whispers elsewhere; topics that are personal messages, with their posts; channels of chat, with their messages: of
    chat that is asked for those in categories that not everybody may read, and those between some people; and how many
    of the channels that are read have a description, for which an archive has no place.
    """

    topics: int = 0
    posts: int = 0
    whispers: int = 0
    message_topics: int = 0
    message_posts: int = 0
    chat_channels: int = 0
    chat_messages: int = 0
    closed_channels: int = 0
    closed_messages: int = 0
    direct_channels: int = 0
    direct_messages: int = 0
    descriptions: int = 0


class StagedTables:
    """The small tables. `there` are those that the backup has; `step` hears how many rows were read."""

    def __init__(self, step: Callable[[int], None] | None = None) -> None:
        self.database = sqlite3.connect("", isolation_level=None)
        self.database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000; BEGIN;"
        )
        self.there: set[str] = set()
        self.step = step or unheard
        self.chat = False  # it is asked for
        self.direct: set[str | None] = set()  # channels of chat between some people that are not wanted
        self.direct_messages = 0  # how many messages they have
        for name, table in ALLOWED.items():
            columns = {"posts": PLACES}.get(name, table.read)
            declared = ", ".join(f'"{one}" {kind(one)}' for one in columns)
            self.database.execute(f'CREATE TABLE "{name}" ({declared})')
        self.database.execute("CREATE TABLE unwanted_messages (id INTEGER)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.database.close()

    # ---- filling

    def load(self, backup: Backup, *, messages: bool, chat: bool = False) -> None:
        """Read all tables but texts of posts. `messages`: personal messages are wanted; `chat`: what was said in chat
        is, too, with its texts.
        """
        self.chat, counted = chat, {} if chat else COUNTED
        names = [name for name in ALLOWED if name != "post_revisions" and (chat or name not in CHAT or name in counted)]
        with closing(table_pages(backup, *names, only={"posts": PLACES, **counted}, size=PAGE)) as found:
            for page in found:
                self.fill(page, messages=messages)
        for name in (name for name in names if ALLOWED[name].must and name not in self.there):
            raise unknown(backup.where, _("there is no table {table} in it.").format(table=name))
        for one in INDEXES:
            name, _bracket, column = one.partition("(")
            self.database.execute(f'CREATE INDEX "by {one}" ON "{name}" ({column}')

    def adrift(self) -> int:
        """How many rows say no number where they say what they belong to."""
        query = "SELECT COUNT(*) FROM {} WHERE typeof({}) NOT IN ('integer', 'null')"  # as SQLite keeps what is none
        return sum(self.number(query.format(*one.split("."))) for one in TIES)

    def fill(self, page: TablePage, *, messages: bool) -> None:
        """Take some rows of a table."""
        self.there.add(page.name)
        rows = page.rows
        if page.name == "topics" and not messages:
            place, number = page.columns.index("archetype"), page.columns.index("id")
            theirs = [[row[number]] for row in rows if row[place] == MESSAGE]
            self.database.executemany("INSERT INTO unwanted_messages VALUES (?)", theirs)
            rows = [row for row in rows if row[place] != MESSAGE]
        if self.chat and not messages:
            rows = self.without_direct(page.name, page.columns, rows)
        names = ", ".join(f'"{one}"' for one in page.columns)
        marks = ", ".join("?" * len(page.columns))
        self.database.executemany(f'INSERT INTO "{page.name}" ({names}) VALUES ({marks})', rows)
        self.step(len(rows))

    def without_direct(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> Sequence[Values]:
        """Rows without channels between some people, and without what was said there."""
        if table == "chat_channels":
            place, number = columns.index("chatable_type"), columns.index("id")
            self.direct |= {row[number] for row in rows if row[place] != CATEGORY}
            return [row for row in rows if row[place] == CATEGORY]
        if table == "chat_messages":
            place = columns.index("chat_channel_id")
            kept = [row for row in rows if row[place] not in self.direct]
            self.direct_messages += len(rows) - len(kept)
            return kept
        return rows

    def keep_out(self, categories: Sequence[int], *, whispers: bool) -> LeftOfBackup:
        """Forget topics that nobody asked for, and all that hangs on posts that are not wanted: how much that was."""
        among = f"IN ({', '.join('?' * len(categories))})"
        closed = f"SELECT id FROM topics WHERE category_id {among}"
        messages = "SELECT id FROM unwanted_messages"
        left = LeftOfBackup(
            topics=self.number(f"SELECT COUNT(*) FROM ({closed})", categories),
            posts=self.number(f"SELECT COUNT(*) FROM posts WHERE topic_id IN ({closed})", categories),
            message_topics=self.number(f"SELECT COUNT(*) FROM ({messages})"),
            message_posts=self.number(f"SELECT COUNT(*) FROM posts WHERE topic_id IN ({messages})"),
        )
        self.database.execute(f"DELETE FROM topics WHERE id IN ({closed})", list(categories))
        self.database.execute("DELETE FROM posts WHERE topic_id NOT IN (SELECT id FROM topics WHERE id IS NOT NULL)")
        self.database.execute("DELETE FROM posts WHERE typeof(id) <> 'integer'")
        shut = f"chatable_id {among}"
        if not whispers:  # who could read a category that is gone, nobody knows
            shut += " OR NOT EXISTS (SELECT 1 FROM categories g WHERE g.id = chatable_id)"
        left = self.keep_out_chat(left, f"chatable_type = '{CATEGORY}' AND ({shut})", categories)
        if whispers:
            return left
        return replace(left, whispers=self.database.execute("DELETE FROM posts WHERE post_type = 4").rowcount)

    def keep_out_chat(self, left: LeftOfBackup, closed: str, categories: Sequence[int]) -> LeftOfBackup:
        """Forget the chat that nobody asked for: how much that was with all else. `closed`: a channel that is not for
        everybody, who may read one of some categories.
        """
        theirs = f"SELECT id FROM chat_channels WHERE {closed if self.chat else 'TRUE'}"
        values = categories if self.chat else ()
        channels = self.number(f"SELECT COUNT(*) FROM ({theirs})", values)
        if not self.chat:
            left = replace(
                left, chat_channels=channels, chat_messages=self.number("SELECT COUNT(*) FROM chat_messages")
            )
        else:
            messages = self.number(f"SELECT COUNT(*) FROM chat_messages WHERE chat_channel_id IN ({theirs})", values)
            left = replace(
                left,
                closed_channels=channels,
                closed_messages=messages,
                direct_channels=len(self.direct),
                direct_messages=self.direct_messages,
            )
        self.database.execute(f"DELETE FROM chat_channels WHERE id IN ({theirs})", values)
        there = "SELECT id FROM chat_channels WHERE id IS NOT NULL"
        self.database.execute(f"DELETE FROM chat_messages WHERE chat_channel_id NOT IN ({there})")
        self.database.execute("DELETE FROM chat_messages WHERE typeof(id) <> 'integer' OR chat_channel_id IS NULL")
        return replace(left, descriptions=self.number("SELECT COUNT(*) FROM chat_channels WHERE description <> ''"))

    # ---- asking

    def rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Columns]:
        """The rows of a query, by the names of their columns."""
        found = self.database.execute(query, values)
        names = [one[0] for one in found.description]
        return (Columns(zip(names, row, strict=True)) for row in found)

    def number(self, query: str, values: Sequence[Any] = ()) -> int:
        """The one number that a query gives."""
        return int(self.database.execute(query, values).fetchone()[0] or 0)

    def setting(self, name: str) -> str:
        """A setting of the forum; empty where it is as Discourse has it."""
        found = self.database.execute("SELECT value FROM site_settings WHERE name = ?", [name]).fetchone()
        return str(found[0] or "") if found else ""


def kind(column: str) -> str:
    """The type of a column: numbers are compared as numbers."""
    return "INTEGER" if column in NUMBERS or column.endswith("_id") else "TEXT"


def unheard(_rows: int) -> None:
    """Nobody watches."""

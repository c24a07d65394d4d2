"""The number of each message in its channel: in the order in which they were written, as the forum numbered them.

A message keeps the number that it got; a new one gets the next, so that backups may follow one another. Where an older
backup has messages of before those that are held, these make room, and what refers to them follows.
"""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from sqlalchemy import and_, bindparam, select, update

from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.ingest.page_writer import PageWriter, cooked_words
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import number_of_post, number_of_topic

FIRST = 1  # the number of the post that bears the title of its topic in the search

HELD = "CREATE TABLE chat_held (id INTEGER PRIMARY KEY, channel INTEGER, number INTEGER, shown INTEGER)"
# The order of channels in which a message that is not held comes before one that is.
ORDERED = """
CREATE TABLE chat_order AS
SELECT id, channel, ROW_NUMBER() OVER (PARTITION BY channel ORDER BY id) AS number FROM (
  SELECT id, channel FROM chat_held
  UNION SELECT id, chat_channel_id FROM chat_messages WHERE id > 0 AND id NOT IN (SELECT id FROM chat_held)
) WHERE channel IN (
  SELECT t.channel FROM (SELECT channel, MAX(id) AS last FROM chat_held GROUP BY channel) t
  JOIN chat_messages m ON m.chat_channel_id = t.channel AND m.id < t.last AND m.id > 0
  WHERE m.id NOT IN (SELECT id FROM chat_held)
)
"""
MOVED = """
SELECT h.channel, h.id, h.number, o.number FROM chat_held h JOIN chat_order o ON o.id = h.id
WHERE o.number <> h.number ORDER BY h.channel, h.id
"""
SETTLED = """
UPDATE chat_held SET number = (SELECT o.number FROM chat_order o WHERE o.id = chat_held.id)
WHERE id IN (SELECT id FROM chat_order)
"""
NUMBERED = """
CREATE TABLE chat_numbers AS
SELECT m.id, m.chat_channel_id AS channel, m.created_at, COALESCE(h.number, o.number, COALESCE(t.top, 0) + ROW_NUMBER()
  OVER (PARTITION BY m.chat_channel_id, h.number IS NULL ORDER BY m.id)
) AS number, (SELECT MAX(title) FROM chat_threads WHERE original_message_id = m.id) AS title
FROM chat_messages m
LEFT JOIN chat_held h ON h.id = m.id
LEFT JOIN chat_order o ON o.id = m.id
LEFT JOIN (SELECT channel, MAX(number) AS top FROM chat_held GROUP BY channel) t ON t.channel = m.chat_channel_id
WHERE m.id > 0
"""


def prepare(reading: BackupReading) -> None:
    """Give each message its number in its channel, and the title of the thread that it began."""
    database, table = reading.staged.database, schema.POSTS
    held = select(table.c.id, table.c.topic, table.c.number, table.c.shown).where(
        table.c.forum == reading.run.forum, table.c.id < 0
    )
    with reading.run.store.read() as connection:
        known = [(-post, -topic, number, shown) for post, topic, number, shown in connection.execute(held)]
    database.execute(HELD)
    database.executemany("INSERT INTO chat_held VALUES (?, ?, ?, ?)", known)
    database.execute(ORDERED)
    database.execute("CREATE INDEX by_order ON chat_order(id)")
    make_room(reading)
    database.execute(SETTLED)
    database.execute(NUMBERED)
    reading.unreadable += reading.staged.number("SELECT COUNT(*) FROM chat_messages WHERE id < 1")
    database.execute("CREATE INDEX by_message ON chat_numbers(id)")
    database.execute("CREATE INDEX by_channel ON chat_numbers(channel)")


def make_room(reading: BackupReading) -> None:
    """Give messages that are held their places among those that the backup adds before them."""
    found = reading.staged.database.execute(MOVED)
    for channel, rows in groupby(found, key=itemgetter(0)):
        with reading.run.page() as writer:
            renumber(writer, number_of_topic(channel), {(number_of_post(row[1]), row[2]): row[3] for row in rows})


def renumber(writer: PageWriter, topic: int, moved: Mapping[tuple[int, int], int]) -> None:
    """Give posts of a topic other numbers, by the id and the number that each had."""
    posts, edges, connection = schema.POSTS, schema.EDGES, writer.connection
    new = {before: number for (_post, before), number in moved.items()}
    columns = (posts.c.id, posts.c.number, posts.c.reply_to)
    here = select(*columns).where(posts.c.forum == writer.forum, posts.c.topic == topic)
    rows = [
        {"which": post, "to": new.get(number, number), "answered": new.get(answered, answered)}
        for post, number, answered in connection.execute(here)
    ]
    mine = (posts.c.forum == writer.forum, posts.c.id == bindparam("which"))
    connection.execute(update(posts).where(*mine).values(number=bindparam("to"), reply_to=bindparam("answered")), rows)
    key = (edges.c.post, edges.c.kind, edges.c.n)
    there = (edges.c.forum == writer.forum, edges.c.to_topic == topic)
    pointers = [
        {"of": post, "as": kind, "nth": n, "to": new[number]}
        for post, kind, n, number in connection.execute(select(*key, edges.c.to_number).where(*there))
        if number in new
    ]
    if pointers:
        its = (column == bindparam(name) for column, name in zip(key, ("of", "as", "nth"), strict=True))
        pointing = update(edges).where(edges.c.forum == writer.forum, *its).values(to_number=bindparam("to"))
        connection.execute(pointing, pointers)
    first = next((post for post, before in moved if before == FIRST), None)
    if first is not None:  # under the title of its channel it is found no more
        versions = schema.POST_VERSIONS
        same = and_(versions.c.forum == posts.c.forum, versions.c.post == posts.c.id, versions.c.n == posts.c.n)
        said = select(versions.c.cooked).join_from(posts, versions, same)
        text = connection.execute(said.where(posts.c.forum == writer.forum, posts.c.id == first)).scalar_one()
        writer.index({first: text}, cooked_words)

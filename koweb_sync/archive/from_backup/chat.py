"""Chat out of a backup, for whoever asks for it: a channel is kept as a topic, a message as a post (`store.chat`).

Forums may delete what was said in chat after some days (`chat_channel_retention_days`): what an archive holds and a
later backup does not have stays as it is. Which number each message has in its channel: `chat_numbers`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from html import escape
from itertools import groupby
from typing import Any

from sqlalchemy import select

from koweb_sync.archive.from_backup.backup_reading import SOURCE, BackupReading, somebody
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.from_backup.texts import emptied_here, without_text
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.deletions import explain
from koweb_sync.archive.ingest.earlier_texts import EarlierText, keep_earlier
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT, number_of_post, number_of_topic
from koweb_sync.forum.decode import each, ident, micros, micros_or_none, text, whole_number, whole_or_none
from koweb_sync.forum.models import Like, Post, Topic
from koweb_sync.forum.parse import category_id
from koweb_sync.forum.parse_rows import Columns
from koweb_sync.posts.ids import PostId, TopicId

READ_ONLY, ARCHIVED = 1, 3  # of a channel's status: open, read_only, closed, archived (plugins/chat, chat/channel.rb)
CALLED = {"topics": "chat channels", "posts": "chat messages", "earlier texts": "chat edits"}
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg")
# A channel of a category that has no name bears the category's. One between some people mentions them, so that an
# erasure takes a name out of it, whatever else it means.
CHANNELS = """
SELECT c.id, COALESCE(NULLIF(c.name, ''), g.name, (
  SELECT GROUP_CONCAT('@' || username, ' ') FROM (
    SELECT u.username FROM direct_message_users d JOIN users u ON u.id = d.user_id
    WHERE c.chatable_type <> 'Category' AND d.direct_message_channel_id = c.chatable_id ORDER BY u.username
  )
), 'chat/' || c.id) AS title,
  COALESCE(c.slug, '') AS slug, g.id AS category_id, COALESCE(c.status, 0) AS status, c.created_at, c.deleted_at,
  c.deleted_by_id, (
    SELECT COUNT(*) FROM chat_messages m WHERE m.chat_channel_id = c.id AND m.deleted_at IS NULL
  ) + (
    SELECT COUNT(*) FROM chat_held h
    WHERE h.channel = c.id AND h.shown = 1 AND NOT EXISTS (SELECT 1 FROM chat_numbers n WHERE n.id = h.id)
  ) AS told, MAX(
    (SELECT COALESCE(MAX(n.number), 0) FROM chat_numbers n WHERE n.channel = c.id),
    (SELECT COALESCE(MAX(h.number), 0) FROM chat_held h WHERE h.channel = c.id)
  ) AS highest,
  (SELECT MAX(n.created_at) FROM chat_numbers n WHERE n.channel = c.id AND n.created_at GLOB '[12][0-9][0-9][0-9]-*')
    AS last_at
FROM chat_channels c LEFT JOIN categories g ON g.id = c.chatable_id AND c.chatable_type = 'Category'
ORDER BY c.id
"""
# Who answers in a thread without naming a message answers the one that the thread is about. The plus keeps SQLite from
# looking through a whole channel for it.
MESSAGES = """
SELECT m.*, n.number, a.number AS answered, n.title,
  (SELECT COUNT(*) FROM chat_message_revisions r WHERE r.chat_message_id = m.id) AS edits,
  (SELECT MAX(r.created_at) FROM chat_message_revisions r WHERE r.chat_message_id = m.id) AS edited_at
FROM chat_messages m JOIN chat_numbers n ON n.id = m.id
LEFT JOIN chat_threads t ON t.id = m.thread_id
LEFT JOIN chat_numbers a ON a.id = COALESCE(m.in_reply_to_id, t.original_message_id) AND a.id <> m.id
  AND +a.channel = n.channel
WHERE m.id > ? ORDER BY m.id
"""
UPLOADS = """
SELECT f.message, u.url, u.original_filename AS name FROM (
  SELECT target_id AS message, upload_id FROM upload_references WHERE target_id IN ({marks})
  UNION SELECT chat_message_id, upload_id FROM chat_uploads WHERE chat_message_id IN ({marks})
) f JOIN uploads u ON u.id = f.upload_id ORDER BY f.message, f.upload_id
"""
REVISIONS = """
SELECT r.*, n.title FROM chat_message_revisions r JOIN chat_numbers n ON n.id = r.chat_message_id
WHERE r.chat_message_id > ? ORDER BY r.chat_message_id, CAST(r.id AS INTEGER)
"""
REACTIONS = """
SELECT r.* FROM chat_message_reactions r JOIN chat_numbers n ON n.id = r.chat_message_id
WHERE r.chat_message_id > ? ORDER BY r.chat_message_id, r.user_id, r.emoji
"""


@contextmanager
def page(reading: BackupReading) -> Iterator[PageWriter]:
    """A transaction in which what is new counts as chat."""
    with reading.run.page() as writer:
        writer.called = CALLED
        yield writer


# ---- channels and messages


def channels(reading: BackupReading) -> None:
    """Keep channels as topics."""
    with page(reading) as writer:
        found = each("topic", list(reading.staged.rows(CHANNELS)), channel)
        known = writer.topics_known([one.id for one in found])
        writer.topics([one for one in found if not reading.older or one.id not in known], SOURCE, all_read=True)
        reading.unclear(found)


def channel(row: Mapping[str, Any]) -> Topic:
    """A channel as a topic."""
    status = whole_number(row, "status")
    return Topic(
        id=TopicId(number_of_topic(ident(row))),
        title=text(row, "title", ""),
        slug=text(row, "slug", ""),
        category=category_id(row),
        tags=(),
        created=micros(row, "created_at"),
        bumped=micros_or_none(row, "last_at"),
        last_posted=micros_or_none(row, "last_at"),
        closed=status >= READ_ONLY,
        archived=status == ARCHIVED,
        visible=True,
        pinned=False,
        archetype=CHAT,
        posts_count=whole_number(row, "told"),
        highest=whole_number(row, "highest", 0),
        likes=0,
        views=0,
        deleted=micros_or_none(row, "deleted_at"),
        deleted_by=whole_or_none(row, "deleted_by_id"),
    )


def messages(reading: BackupReading) -> None:
    """Keep messages as posts, from where this run's stage stands."""
    last = int(reading.run.at("chat").get("message", 0))
    for some in pages(reading.staged.rows(MESSAGES, [last])):
        shown = uploads(reading, [row["id"] for row in some])
        found = each("post", some, partial(message, shown=shown))
        with page(reading) as writer:
            keep(reading, writer, found)
            reading.unclear(found)
            writer.cursor("at:chat", {"message": some[-1]["id"], **reading.unread()})
        reading.staged.step(len(some))


def keep(reading: BackupReading, writer: PageWriter, found: Sequence[Post]) -> None:
    """Keep a page of messages. Where the archive is newer than the backup, only those that it does not know."""
    known = {row["id"]: row for row in writer.known(schema.POSTS, "id", [one.id for one in found])}
    found = [one for one in found if not reading.older or one.id not in known]
    emptied = emptied_here(reading, found, known)
    found = [without_text(one) if one.id in emptied else one for one in found]
    writer.posts(found, SOURCE, all_read=True, known=known)
    explain(writer, "post", {one.id: (one.deleted, one.deleted_by) for one in found if one.deleted is not None})


def message(row: Mapping[str, Any], shown: Mapping[int, str]) -> Post:
    """A message as a post: below the title of the thread that it began. `shown`: the HTML of the files beside messages,
    which their own does not have.
    """
    message_id, author, edits = ident(row), whole_or_none(row, "user_id"), whole_number(row, "edits")
    title = title_of(row)
    return Post(
        id=PostId(number_of_post(message_id)),
        topic=TopicId(number_of_topic(ident(row, "chat_channel_id"))),
        number=whole_number(row, "number"),
        author=None if author is None else somebody(author),
        raw=titled(title, text(row, "message", "")),
        cooked=title_in_html(title) + text(row, "cooked", "") + shown.get(message_id, ""),
        version=1 + edits,
        created=micros(row, "created_at"),
        updated=max(micros(row, "updated_at"), micros_or_none(row, "edited_at") or 0),
        reply_to=whole_or_none(row, "answered"),
        deleted=micros_or_none(row, "deleted_at"),
        deleted_by=whole_or_none(row, "deleted_by_id"),
        editor=whole_or_none(row, "last_editor_id") if edits else None,
        reactions=None,
        locale="",
    )


def title_of(row: Mapping[str, Any]) -> str:
    """The title of the thread that a message began; empty for none."""
    return " ".join(text(row, "title", "").split())


def titled(title: str, raw: str) -> str:
    """A text below a title."""
    return f"**{title}**\n\n{raw}" if title else raw


def title_in_html(title: str) -> str:
    """A title above the HTML of a text."""
    return f"<p><strong>{escape(title)}</strong></p>\n" if title else ""


def uploads(reading: BackupReading, ids: Sequence[int]) -> dict[int, str]:
    """The files beside some messages, as the forum writes them in posts, by message."""
    query = UPLOADS.format(marks=", ".join("?" * len(ids)))
    grouped = groupby(reading.staged.rows(query, [*ids, *ids]), key=lambda row: row["message"])
    return {message: "".join(map(written, rows)) for message, rows in grouped}


def written(row: Columns) -> str:
    """A file, in HTML."""
    url, name = escape(row["url"] or ""), escape(row["name"] or "")
    if (row["url"] or "").lower().endswith(PICTURES):
        return f'\n<p><img src="{url}" alt="{name}"></p>'
    return f'\n<p><a class="attachment" href="{url}">{name}</a></p>'


# ---- what messages said before


def earlier(reading: BackupReading) -> None:
    """Keep what messages said before, from where this run's stage stands."""
    last = int(reading.run.at("chat edits").get("message", 0))
    grouped = groupby(reading.staged.rows(REVISIONS, [last]), key=lambda row: int(row["chat_message_id"]))
    for some in pages((message, reading.together(rows)) for message, rows in grouped):
        told = {number_of_post(message): edits(reading, rows) for message, rows in some}
        with page(reading) as writer:
            known = {row["id"]: row for row in writer.known(schema.POSTS, "id", told)}
            keep_earlier(writer, {one: texts for one, texts in told.items() if one in known}, known, SOURCE)
            writer.cursor("at:chat edits", {"message": some[-1][0], **reading.unread()})
        reading.staged.step(len(some))


def edits(reading: BackupReading, rows: Sequence[Columns]) -> list[EarlierText]:
    """The texts of a message, oldest first, out of its edits: each knows the text before it and the one after. Forums
    write down no edit that changes little in a message that is young: only the next edit knows what that one made.
    """
    found: list[EarlierText] = []
    for n, row in enumerate(rows, 1):
        made_now = partial(edit, n=n, title=title_of(row) if n == len(rows) else "")
        before, after = reading.read(row, made_now) or (None, None)
        found += [one for one in (before, after) if one and not (found and one is before and found[-1].raw == one.raw)]
    return found


def edit(row: Columns, n: int, title: str) -> tuple[EarlierText, EarlierText]:
    """The text that an edit found, and the one that it made, below a title."""
    made = earlier_text(n + 1, text(row, "new_message"), title)
    made = replace(made, at=micros(row, "created_at"), editor=whole_or_none(row, "user_id"))
    return earlier_text(n, text(row, "old_message")), made


def earlier_text(n: int, raw: str, title: str = "") -> EarlierText:
    """A text that a message had. Its HTML is not kept by forums: the text itself stands for it, line by line."""
    cooked = "<br>\n".join(map(escape, raw.splitlines()))
    return EarlierText(n, titled(title, raw), f"{title_in_html(title)}<p>{cooked}</p>", at=None)


# ---- reactions


def reactions(reading: BackupReading) -> None:
    """Keep reactions to messages: those that are held and not there any more were taken back."""
    last = int(reading.run.at("chat reactions").get("message", 0))
    grouped = groupby(reading.staged.rows(REACTIONS, [last]), key=lambda row: int(row["chat_message_id"]))
    for some in pages((message, reading.together(rows)) for message, rows in grouped):
        span = (last, some[-1][0])
        with reading.run.page() as writer:
            react(reading, writer, [row for _message, rows in some for row in rows], span)
            writer.cursor("at:chat reactions", {"message": span[1], **reading.unread()})
        last = span[1]
        reading.staged.step(len(some))
    with reading.run.page() as writer:
        react(reading, writer, (), (last, 2**62))


def react(reading: BackupReading, writer: PageWriter, rows: Sequence[Columns], span: tuple[int, int]) -> None:
    """Keep the reactions to messages between two numbers. A newer look knows more of messages that it saw."""
    found = each("like", list(rows), reaction)
    reading.unclear(found)
    posts = {one.post for one in found}
    told = seen_before(reading, writer, posts) if reading.older else set()
    there = writer.there(schema.POSTS, "id", posts)
    kept = [one for one in found if one.post in there and one.post not in told]
    held = [] if reading.older else held_reactions(reading, writer, span)
    writer.keep_likes(kept, lambda: held, reading.run.last_run())
    counts = dict.fromkeys([(row["post"], row["kind"]) for row in held], 0)
    for one in kept:
        counts[one.post, one.kind] = counts.get((one.post, one.kind), 0) + 1
    facts = [{"post": post, "kind": kind, "told": n, "count": 0} for (post, kind), n in counts.items()]
    writer.put(schema.COUNTS, facts)
    writer.count_erased(kept)


def seen_before(reading: BackupReading, writer: PageWriter, posts: Collection[int]) -> set[int]:
    """Those of some messages that were held before this run."""
    held = writer.known(schema.POST_VERSIONS, "post", posts)
    return {row["post"] for row in held if row["observed"] < reading.run.started}


def held_reactions(reading: BackupReading, writer: PageWriter, span: tuple[int, int]) -> list[Row]:
    """The reactions that are held to messages between two numbers, as far as the backup has these messages."""
    table = schema.REACTIONS
    among = (table.c.post < number_of_post(span[0]), table.c.post >= number_of_post(span[1]), table.c.gone.is_(None))
    query = select(table).where(table.c.forum == writer.forum, *among)
    rows = [dict(row) for row in writer.connection.execute(query).mappings()]
    there = "SELECT COUNT(*) FROM chat_numbers WHERE id = ?"
    gone = {post for post in {row["post"] for row in rows} if not reading.staged.number(there, [-post])}
    return [row for row in rows if row["post"] not in gone]


def reaction(row: Mapping[str, Any]) -> Like:
    """A reaction: its kind is the emoji's name, also where that is a heart, for chat has no likes."""
    person = somebody(whole_number(row, "user_id"))
    post, at = number_of_post(ident(row, "chat_message_id")), micros(row, "created_at")
    return Like(post, person, text(row, "emoji"), at)

"""Emptying what the forum deleted, some days later; that there was a post, and why it went, stays.

The forum's own deletion is a decision about a text. An archive may keep it (`deletions = "keep"`), or follow
(`deletions = "purge"`).
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from koweb_sync.archive.ingest.changes import digest
from koweb_sync.archive.privacy import replace_names
from koweb_sync.archive.privacy.forget import Erased, note_emptied, unused_files
from koweb_sync.archive.store import schema

REASONS = ("deleted", "user-deleted", "gone")
UNTOLD = ("unseen",)
AT_ONCE = 500
EMPTY = digest("", "")


def due(connection: Connection, forum: int, before: int) -> list[int]:
    """The posts that the forum deleted before a moment and whose text we still hold."""
    then = func.coalesce(schema.TOMBSTONES.c.at, schema.TOMBSTONES.c.observed)
    return with_text(connection, forum, gone_for(forum, REASONS, then < before))


def unclear(connection: Connection, forum: int) -> list[int]:
    """The posts whose text we hold and that we are not shown any more, of which nobody told us that they were deleted:
    the forum tells that an administrator's key alone.
    """
    told = set(with_text(connection, forum, gone_for(forum, REASONS)))
    return [one for one in with_text(connection, forum, gone_for(forum, UNTOLD)) if one not in told]


def with_text(connection: Connection, forum: int, those: ColumnElement[bool]) -> list[int]:
    """Those of some posts whose text we hold."""
    posts, versions = schema.POSTS, schema.POST_VERSIONS
    held = and_(versions.c.forum == posts.c.forum, versions.c.post == posts.c.id, versions.c.placeholder == 0)
    text = select(versions.c.n).where(held, or_(versions.c.raw != "", versions.c.cooked != "")).exists()
    query = select(posts.c.id).where(posts.c.forum == forum, those, text).order_by(posts.c.id)
    return [int(one) for one in connection.execute(query).scalars()]


def gone_for(forum: int, reasons: Collection[str], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on a post that it, or its topic, went for one of some reasons, and did not come back."""
    posts, table = schema.POSTS, schema.TOMBSTONES
    mine = (table.c.forum == forum, table.c.lifted.is_(None), table.c.reason.in_(reasons), *more)
    return or_(
        posts.c.id.in_(select(table.c.id).where(*mine, table.c.kind == "post")),
        posts.c.topic.in_(select(table.c.id).where(*mine, table.c.kind == "topic")),
    )


def purge(connection: Connection, forum: int, base: str, before: int, now: int) -> Erased:
    """Empty the posts that are due. Afterwards the database has to be compacted."""
    done = Erased()
    wanted = due(connection, forum, before)
    for start in range(0, len(wanted), AT_ONCE):
        empty(connection, forum, wanted[start : start + AT_ONCE])
    note_emptied(connection, forum, now, wanted)
    done.tell("texts of posts", len(wanted))
    if wanted:
        replace_names.index(connection, forum, base, now, wanted, ())
        unused_files(connection, forum, done)
    return done


def empty(connection: Connection, forum: int, ids: Collection[int]) -> None:
    """Empty some posts: every text that the author wrote, and what pointed somewhere from it."""
    posts, versions = schema.POSTS, schema.POST_VERSIONS
    theirs = and_(versions.c.forum == forum, versions.c.post.in_(ids), versions.c.placeholder == 0)
    texts = select(versions.c.digest).where(theirs, versions.c.post == posts.c.id)
    # Should the post come back, its text is new to us; what the author put in its place still is not.
    seen = (posts.c.forum == forum, posts.c.id.in_(ids), posts.c.digest.in_(texts))
    connection.execute(update(posts).where(*seen).values(digest=EMPTY))
    connection.execute(update(versions).where(theirs).values(raw="", cooked="", reason="", digest=EMPTY))
    for table in (schema.UPLOAD_USES, schema.POLL_VOTES, schema.POLL_OPTIONS, schema.POLLS):
        connection.execute(delete(table).where(table.c.forum == forum, table.c.post.in_(ids)))
    said = schema.LOCALISATIONS
    connection.execute(delete(said).where(said.c.forum == forum, said.c.kind == "post", said.c.id.in_(ids)))
    titles = schema.TOPIC_EDITS
    opened = select(posts.c.topic).where(posts.c.forum == forum, posts.c.id.in_(ids), posts.c.number == 1)
    connection.execute(delete(titles).where(titles.c.forum == forum, titles.c.topic.in_(opened)))
    edges = schema.EDGES
    connection.execute(delete(edges).where(edges.c.forum == forum, edges.c.post.in_(ids), edges.c.kind != "reply"))

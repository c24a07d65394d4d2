"""Contents of files: each is kept once, as long as a file names it."""

from sqlalchemy import Connection, delete, select

from koweb_sync.archive.store import schema


def content(connection: Connection, forum: int, url: str) -> bytes:
    """What a held file holds; nothing where none is held."""
    uploads, blobs = schema.UPLOADS, schema.BLOBS
    same = (uploads.c.forum == blobs.c.forum) & (uploads.c.sha256 == blobs.c.sha256)
    query = select(blobs.c.data).join_from(uploads, blobs, same)
    return bytes(connection.execute(query.where(uploads.c.forum == forum, uploads.c.url == url)).scalar() or b"")


def drop_unnamed(connection: Connection, forum: int) -> None:
    """Drop contents that no file names any more."""
    uploads, blobs = schema.UPLOADS, schema.BLOBS
    named = select(uploads.c.url).where(uploads.c.forum == blobs.c.forum, uploads.c.sha256 == blobs.c.sha256).exists()
    connection.execute(delete(blobs).where(blobs.c.forum == forum, ~named))

"""What only a backup tells at once: texts and titles in other languages, and old addresses that lead on."""

from typing import Any

from sqlalchemy import delete

from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.localisations import keep
from koweb_sync.archive.store import schema
from koweb_sync.forum.decode import micros_or_none, text, whole_number, whole_or_none
from koweb_sync.forum.parse_rows import Columns

TRANSLATED = """
SELECT 'post' AS kind, l.post_id AS id, l.locale, '' AS title, l.raw, l.cooked, l.localizer_user_id, l.created_at
FROM post_localizations l JOIN posts p ON p.id = l.post_id
UNION ALL
SELECT 'topic', l.topic_id, l.locale, l.title, '', '', l.localizer_user_id, l.created_at
FROM topic_localizations l JOIN topics t ON t.id = l.topic_id
"""
# Old addresses of what is in the archive, and of elsewhere: others would tell of what only some may read.
PERMALINKS = """
SELECT l.*, COALESCE(g.name, '') AS tag FROM permalinks l LEFT JOIN tags g ON g.id = l.tag_id
WHERE (l.topic_id IS NULL OR l.topic_id IN (SELECT id FROM topics))
  AND (l.post_id IS NULL OR l.post_id IN (SELECT id FROM posts))
  AND (l.category_id IS NULL OR l.category_id IN (SELECT id FROM categories))
ORDER BY l.id
"""


def localisations(reading: BackupReading) -> None:
    """Keep texts and titles in other languages. Not of posts whose texts were emptied, nor of who was forgotten."""
    table = schema.LOCALISATIONS
    if not reading.older:
        with reading.run.page() as writer:
            writer.connection.execute(delete(table).where(table.c.forum == writer.forum))
    for page in pages(reading.staged.rows(TRANSLATED)):
        told = [one for row in page if (one := reading.read(row, localisation)) is not None]
        with reading.run.page() as writer:
            keep(writer, told)


def localisation(row: Columns) -> Row:
    """A text or a title in another language."""
    return {
        "kind": text(row, "kind"),
        "id": whole_number(row, "id"),
        "locale": text(row, "locale"),
        "title": text(row, "title", ""),
        "raw": text(row, "raw", ""),
        "cooked": text(row, "cooked", ""),
        "person": whole_or_none(row, "localizer_user_id"),
        "at": micros_or_none(row, "created_at"),
    }


def permalinks(reading: BackupReading) -> None:
    """Keep old addresses, and where they lead."""
    table = schema.PERMALINKS
    out = set(reading.run.left_out)
    rows: list[dict[str, Any]] = [
        one for row in reading.staged.rows(PERMALINKS) if (one := reading.read(row, permalink)) is not None
    ]
    with reading.run.page() as writer:
        if not reading.older:
            writer.connection.execute(delete(table).where(table.c.forum == writer.forum))
        kept = [one for one in rows if one["category"] not in out]
        for one in kept:
            one |= {name: writer.erasures.text(one[name]) for name in ("url", "target")}
        writer.put(table, kept)


def permalink(row: Columns) -> Row:
    """An old address."""
    return {
        "id": whole_number(row, "id"),
        "url": text(row, "url", ""),
        "topic": whole_or_none(row, "topic_id"),
        "post": whole_or_none(row, "post_id"),
        "category": whole_or_none(row, "category_id"),
        "tag": text(row, "tag", ""),
        "target": text(row, "external_url", ""),
    }

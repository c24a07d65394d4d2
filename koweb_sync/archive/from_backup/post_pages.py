"""The posts of a backup, a page at a time. Those of a large backup are read and looked through by a process of its own,
a page ahead of the one that keeps them: that is a third of the work.
"""

from collections.abc import Generator, Iterator
from itertools import islice

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.from_backup.post_rows import PostFacts, reader
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.from_backup.table_pages import helpers
from koweb_sync.archive.helpers import ahead
from koweb_sync.archive.ingest.post_text import worked_out
from koweb_sync.forum.parse_rows import Columns

PostPage = list[PostFacts | Columns]


def post_pages(backup: Backup, done: int, base: str | None) -> Generator[PostPage, None, None]:
    """The posts of a backup behind the first `done` rows, in their order: to be used with contextlib.closing. `base`:
    their texts are looked through, too, on the forum with this address. Raises InputError for a damaged backup.
    """
    helped = helpers(backup) > 0

    def read() -> Iterator[PostPage]:
        with backup.again() as mine:  # two processes cannot read one open file, each where it stands
            for table in mine.tables("posts"):
                read_row = reader(table.columns, base)
                for rows in pages(islice(table.rows, done, None)):
                    page = list(map(read_row, rows))
                    yield list(map(ready, page)) if helped else page

    return ahead(read, helped=helped)


def ready(row: PostFacts | Columns) -> PostFacts | Columns:
    """A row with all that can be worked out of its text."""
    if not isinstance(row, PostFacts) or row.text is None:
        return row
    return row._replace(text=worked_out(row.text, row.raw, row.cooked))

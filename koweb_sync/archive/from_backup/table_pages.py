"""Tables of a backup, a page at a time. A large backup is unpacked and taken apart by a process of its own."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.backups.copying import Values
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.helpers import ahead, possible

MANY = 2 * 2**20  # bytes of a backup from which another process is worth its beginning


class TablePage(NamedTuple):
    """Some rows of a table, with the names of their columns: the first page of a table that is there may have none."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Values]


def table_pages(
    backup: Backup, *names: str, only: Mapping[str, Sequence[str]] = MappingProxyType({}), size: int
) -> Generator[TablePage, None, None]:
    """Some tables, as far as they are there, so many rows at a time: to be used with contextlib.closing. `only`: of
    some tables fewer columns. Raises InputError for a damaged backup.
    """

    def read() -> Iterator[TablePage | dict[str, str]]:
        with backup.again() as mine:  # two processes cannot read one open file, each where it stands
            for table in mine.tables(*names, only=only):
                yield TablePage(table.name, table.columns, ())
                for rows in pages(table.rows, size):
                    yield TablePage(table.name, table.columns, rows)
            yield mine.other

    with closing(ahead(read, helped=helpers(backup) > 0)) as all_found:
        for found in all_found:
            if isinstance(found, dict):
                backup.other |= found
            else:
                yield found


def helpers(backup: Backup) -> int:
    """How many other processes help with a backup."""
    return possible() if Path(backup.where).stat().st_size >= MANY else 0

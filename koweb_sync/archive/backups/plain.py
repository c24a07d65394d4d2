"""A dump as SQL in plain text: its tables in their order, whatever else stands between them passed over."""

from collections.abc import Iterator
from io import BufferedIOBase

from koweb_sync.archive.backups.copying import LONGEST, CopyStatement, lines, statement
from koweb_sync.archive.backups.damage import damaged
from koweb_sync.i18n import _

SKIP = 2**18


def tables(stream: BufferedIOBase, where: str) -> Iterator[tuple[CopyStatement, Iterator[bytes]]]:
    """The tables of a dump with their rows. Rows that nobody takes are passed over. Raises InputError."""
    while line := stream.readline(LONGEST):
        found = statement(line) if line.startswith(b"COPY ") else None
        if found is None:
            if len(line) >= LONGEST:
                raise damaged(where, _("a row in it is longer than any is."))
            continue
        rows = lines(stream, where)
        yield found, rows
        for _row in rows:
            pass

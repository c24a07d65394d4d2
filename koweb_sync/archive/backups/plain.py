"""A dump as SQL in plain text: its tables in their order, whatever else stands between them passed over."""

import re
from collections.abc import Iterator
from inspect import GEN_CREATED, GEN_SUSPENDED, getgeneratorstate
from io import BufferedReader

from koweb_sync.archive.backups.copying import LONGEST, CopyStatement, lines, statement
from koweb_sync.archive.backups.damage import damaged
from koweb_sync.i18n import _

ENDS = re.compile(rb"\n\\\.\r*\n")  # the line behind the last row
KEPT = 64  # bytes in which it may stand, of two blocks


def tables(stream: BufferedReader, where: str) -> Iterator[tuple[CopyStatement, Iterator[bytes]]]:
    """The tables of a dump with their rows. Rows that nobody takes are passed over. Raises InputError."""
    while line := stream.readline(LONGEST):
        found = statement(line) if line.startswith(b"COPY ") else None
        if found is None:
            if len(line) >= LONGEST:
                raise damaged(where, _("a line in it is longer than any is."))
            continue
        rows = lines(stream, found.table, where)
        yield found, rows
        if getgeneratorstate(rows) == GEN_CREATED:
            skip(stream, where)
        for _row in rows if getgeneratorstate(rows) == GEN_SUSPENDED else ():
            pass


def skip(stream: BufferedReader, where: str) -> None:
    """Pass over the rows of a table that nobody reads, a block at a time: of most tables nothing is read, and some
    have millions of rows, or long ones. Raises InputError where they never end.
    """
    before = b"\n"  # of what stands before a block, where the end may begin
    while block := stream.peek(1):
        found = ENDS.search(before + block)
        if found:
            stream.read(found.end() - len(before))
            return
        stream.read(len(block))
        before = (before + block)[-KEPT:]
    raise damaged(where, _("it ends within a table."))

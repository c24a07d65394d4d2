"""The text of PostgreSQL's COPY: the statement that names the columns, and the rows behind it. Pure.

A row is a line; between its values stands a tab, and what would be mistaken for either is written with a backslash.
"""

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import count
from operator import itemgetter

from koweb_sync.archive.backups.damage import damaged
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

END = b"\\."
NULL, NOTHING = b"\\N", "\\N"
# Bytes of a row. A post has 150,000 signs at most (max_post_length in Discourse's site_settings.yml) and an edit four
# such texts, some of them HTML; a post may also hold the mail that it came by, which others pass on up to some 35 MB.
LONGEST = 48 * 2**20
LONG = 2**20  # bytes from which each value of a row is read on its own, so that the rest of it takes no memory twice
_STATEMENT = re.compile(rb'COPY (?:(?:"?(\w+)"?)\.)?"?(\w+)"? \(([^()]*)\) FROM stdin;\s*')
_SIGNS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class CopyStatement:
    """Which table the rows behind it belong to, and their columns in order."""

    table: str
    columns: tuple[str, ...]
    schema: str = ""


def statement(line: bytes) -> CopyStatement | None:
    """The statement in a line, None for any other."""
    found = _STATEMENT.fullmatch(line)
    if found is None:
        return None
    columns = tuple(one.strip().strip('"') for one in found[3].decode("utf-8", "replace").split(","))
    return CopyStatement(found[2].decode(), columns, (found[1] or b"").decode())


def lines(stream: BufferedIOBase, table: str, where: str) -> Generator[bytes, None, None]:
    """The rows of a table, each as it stands there, without its end. Raises InputError where they never end."""
    read: Callable[[int], bytes] = stream.readline
    for n in count(1):
        line = read(LONGEST)
        if line[-1:] != b"\n":
            long = _("row {row} of the table {table} is longer than {most} MiB, and no forum’s is.")
            long = long.format(row=n, table=table, most=LONGEST >> 20)
            raise damaged(where, long if len(line) >= LONGEST else _("it ends within a table."))
        if line[:2] == END and line.rstrip(b"\r\n") == END:
            return
        yield line[:-1]


def picked(given: CopyStatement, wanted: Sequence[str], where: str) -> Callable[[bytes], Values]:
    """What reads some columns of a row by their names; a column that the table does not have is None in every row.

    Raises InputError for a row that has another number of values than the table has columns.
    """
    width = len(given.columns)
    places = [given.columns.index(name) if name in given.columns else width for name in wanted]
    chosen = of_few(width, places) if len(places) * 2 < width else of_most(width, places)

    def read(line: bytes) -> Values:
        found = () if len(line) > LONG else chosen(line)
        if not found:
            return apart(given, places, line, where)
        try:
            return tuple([one if "\\" not in one else None if one == NOTHING else plain(one) for one in found])
        except ValueError as error:
            raise no_text(given, where) from error

    return read


def of_most(width: int, places: Sequence[int]) -> Callable[[bytes], Sequence[str]]:
    """What takes values at some places out of a row, as they are written; none where something is wrong with it."""
    take = itemgetter(*places, width)  # of two places at least, so that it gives a tuple

    def chosen(line: bytes) -> Sequence[str]:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return ()
        fields = text.split("\t", width)
        return take([*fields, NOTHING])[:-1] if len(fields) == width and "\0" not in text else ()

    return chosen


def of_few(width: int, places: Sequence[int]) -> Callable[[bytes], Sequence[str]]:
    """The same, where most of a row is not wanted: that stays bytes."""
    take = itemgetter(*places, width)

    def chosen(line: bytes) -> Sequence[str]:
        fields = line.split(b"\t", width)
        if len(fields) != width:
            return ()
        try:
            text = b"\t".join(take([*fields, NULL])[:-1]).decode()
        except UnicodeDecodeError:
            return ()
        return text.split("\t") if "\0" not in text else ()

    return chosen


def apart(given: CopyStatement, places: Sequence[int], line: bytes, where: str) -> Values:
    """Values of a row, each on its own: what cannot be read may stand in a column that nobody reads."""
    width, found = len(given.columns), line.count(b"\t") + 1
    if found != width:
        text = _("a row of the table {table} has {found} values for {columns} columns.")
        raise damaged(where, text.format(table=given.table, found=found, columns=width))
    fields = line.split(b"\t")
    try:
        return tuple(map(value, itemgetter(*places, width)([*fields, NULL])[:-1]))
    except ValueError as error:
        raise no_text(given, where) from error


def no_text(given: CopyStatement, where: str) -> InputError:
    """The error for a row that is none."""
    return damaged(where, _("a row of the table {table} is no text.").format(table=given.table))


def plain(written: str) -> str:
    """A text that is not null, with what stands for its signs: most are line ends, tabs and backslashes."""
    if "\\\\" not in written:
        found = written.replace("\\n", "\n")  # most have nothing else
        if "\\" in found:
            found = found.replace("\\t", "\t")
        return (value(written.encode()) or "") if "\\" in found else found
    parts = [part.replace("\\n", "\n").replace("\\t", "\t") for part in written.split("\\\\")]
    found = "\\".join(parts)
    if any("\\" in part for part in parts):
        return value(written.encode()) or ""
    return found


def value(written: bytes) -> str | None:
    """A value, None for null. Raises ValueError for what is no text."""
    if b"\\" in written:
        if written == NULL:
            return None
        written = _ESCAPED.sub(sign, written)
    found = written.decode()
    if "\0" in found:
        raise ValueError
    return found


def sign(found: re.Match[bytes]) -> bytes:
    """What stands for one sign that is written with a backslash."""
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    if found[2]:
        return bytes([int(found[2], 16)])
    return _SIGNS.get(found[3], found[3])

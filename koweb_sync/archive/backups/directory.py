"""A dump as a directory of pg_dump: `toc.dat` says which file holds which table, and the columns of its rows.

The form is that of pg_backup_archiver.c, versions 1.12 (PostgreSQL 9) to 1.16 (17 and 18): numbers of a given width
behind a sign, texts behind their length. Only what names a table is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase

from koweb_sync.archive.backups.copying import CopyStatement, statement
from koweb_sync.archive.backups.damage import damaged, unknown
from koweb_sync.i18n import _

MAGIC = b"PGDMP"
OLDEST, COMPRESSION, TABLE_METHOD, KIND, NEWEST = (1, 12), (1, 15), (1, 14), (1, 16), (1, 16)
FORMATS = (3, 5)  # a directory, which says that it is a tar
TEXT, ENTRIES = 64 * 2**20, 1_000_000


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table of a dump, and the file that holds its rows."""

    copy: CopyStatement
    file: str


class Contents:
    """Reads the values of a `toc.dat`, one after the other. Raises InputError where it is broken."""

    def __init__(self, stream: BufferedIOBase, where: str) -> None:
        self.stream, self.where = stream, where
        if self.take(len(MAGIC)) != MAGIC:
            raise damaged(where, _("“toc.dat” is no list of tables."))
        major, minor, _revision, self.width, self.offset, form = self.take(6)
        self.version = (major, minor)
        if not OLDEST <= self.version <= NEWEST or not 1 <= self.width <= 8 or form not in FORMATS:
            text = _("“toc.dat” has the version {version}.").format(version=f"{major}.{minor}")
            raise unknown(where, text)

    def take(self, size: int) -> bytes:
        found = self.stream.read(size)
        if len(found) < size:
            raise damaged(self.where, _("“toc.dat” ends too early."))
        return found

    def number(self) -> int:
        """A whole number."""
        negative, digits = self.take(1) != b"\0", self.take(self.width)
        found = int.from_bytes(digits, "little")
        return -found if negative else found

    def text(self) -> bytes | None:
        """A text, None where there is none."""
        size = self.number()
        if size > TEXT:
            raise damaged(self.where, _("a size in it cannot be true."))
        return None if size < 0 else self.take(size)

    def head(self) -> int:
        """What stands before the entries: how many there are."""
        if self.version >= COMPRESSION:
            self.take(1)
        else:
            self.number()
        for _part in range(7):  # when it was made, in the server's own time
            self.number()
        for _name in range(3):  # the database, and both versions of PostgreSQL
            self.text()
        found = self.number()
        if not 0 <= found <= ENTRIES:
            raise damaged(self.where, _("a size in it cannot be true."))
        return found

    def entry(self) -> TableFile | None:
        """The next entry, None for what is no table's rows."""
        self.number()
        self.number()
        for _ident in range(2):
            self.text()
        self.text()
        kind = self.text()
        self.number()  # section
        self.text()  # how it is made, and dropped
        self.text()
        copy = self.text()
        for _place in range(2 + (self.version >= TABLE_METHOD)):
            self.text()
        if self.version >= KIND:
            self.number()
        self.text()  # owner, and whether rows have numbers of their own
        self.text()
        while self.text() is not None:  # what it depends on
            pass
        file = self.text()
        found = statement(copy.replace(b"\n", b"")) if kind == b"TABLE DATA" and copy else None
        return TableFile(found, file.decode("utf-8", "replace")) if found and file else None


def tables(stream: BufferedIOBase, where: str) -> Iterator[TableFile]:
    """The tables that a `toc.dat` names. Raises InputError."""
    contents = Contents(stream, where)
    for _n in range(contents.head()):
        found = contents.entry()
        if found is not None:
            yield found

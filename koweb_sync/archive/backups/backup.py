"""A forum's backup as the rows and the files that may be read of it, in whichever form it came."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Self

from koweb_sync.archive.backups import directory, plain
from koweb_sync.archive.backups.container import Container, Member
from koweb_sync.archive.backups.copying import CopyStatement, Values, lines, picked
from koweb_sync.archive.backups.damage import damaged, no_backup, unknown
from koweb_sync.archive.backups.tables import ALLOWED, AllowedTable
from koweb_sync.i18n import _

DUMPS = ("dump.sql.gz", "dump.sql")
CONTENTS = "toc.dat"
ROWS = (".dat", ".dat.gz")  # how files of a directory are called that hold the rows of tables
BEGINS = b"PostgreSQL database dump"
Reader = Callable[[bytes], Values]
SCHEMAS = ("public", "backup", "")  # where Discourse keeps its tables, and where it puts them while it restores


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table that may be read: the values of `columns`, in their order."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Values]


class Backup:
    """An open backup. Raises InputError for what is none."""

    def __init__(self, path: Path) -> None:
        self.container = Container(path)
        self.where = self.container.where
        self.dump: Member | None = None
        self.files: dict[str, Member] = {}  # of a directory, by name
        self.copies: Mapping[str, directory.TableFile] | None = None
        self.other: dict[str, str] = {}  # tables of another shape than we know, which are passed over: what they lack
        try:
            self.look()
        except BaseException:
            self.container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.container.close()

    def again(self) -> "Backup":
        """The same backup, open once more, for another process; where its dump lies is not looked for again."""
        other = copy(self)
        other.container, other.other = self.container.again(), {}
        return other

    # ---- where the dump lies

    def look(self) -> None:
        """Find the dump."""
        if self.container.plain:
            with self.container.open_text(None) as stream:
                if BEGINS not in stream.read(4096):
                    raise no_backup(self.where)
            return
        for member in self.container:
            path = PurePosixPath(member.name)
            if path.name in DUMPS and not path.parent.name:
                self.dump = member
                return
            if path.name == CONTENTS and len(path.parts) <= 2:
                self.of_directory(member, path.parent)
                return
        if self.container.breaks_off() or any(one.name.endswith(ROWS) for one in self.container):
            raise damaged(self.where, _("it ends too early."))
        raise no_backup(self.where)

    def of_directory(self, contents: Member, folder: PurePosixPath) -> None:
        """Read which file holds which table."""
        named = {PurePosixPath(one.name): one for one in self.container}
        self.files = {path.name: one for path, one in named.items() if path.parent == folder}
        with self.container.open_text(contents) as stream:
            found = [one for one in directory.tables(stream, self.where) if wanted(one.copy)]
        self.copies = {one.copy.table: one for one in found}
        self.dump = contents

    @property
    def made(self) -> float | None:
        """When the dump was written, in Unix seconds; None where nothing tells."""
        return self.dump.written if self.dump else None

    @property
    def form(self) -> str:
        """Which form it has: sql or directory."""
        return "sql" if self.copies is None else "directory"

    # ---- rows

    def tables(self, *names: str, only: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Iterator[TableRows]:
        """Some tables, as far as they are there, in the order in which they lie in the dump. Each one's rows are to be
        taken before the next is asked for; behind the last one nothing is read. `only`: of some tables fewer columns.
        """
        if self.copies is None:
            left = set(names)
            with self.container.open_text(self.dump) as stream:
                for copy, rows in plain.tables(stream, self.where):
                    if copy.table in left and wanted(copy):
                        left.remove(copy.table)
                        if self.known(copy):
                            yield self.allowed(copy, rows, only)
                    if not left:
                        return
            return
        for name in names:
            found = self.copies.get(name)
            if found is not None and self.known(found.copy):
                with self.container.open_text(self.file(found.file)) as stream:
                    yield self.allowed(found.copy, lines(stream, name, self.where), only)

    def file(self, name: str) -> Member:
        """The file of a directory that holds a table's rows; a compressed one has a longer name."""
        for ending in (".gz", ""):
            if name + ending in self.files:
                return self.files[name + ending]
        if any(one.startswith(f"{name}.") for one in self.files):
            raise unknown(self.where, _("the file “{name}” is compressed in another way.").format(name=name))
        raise damaged(self.where, _("the file “{name}” is not in it, its download broke off.").format(name=name))

    def known(self, copy: CopyStatement) -> bool:
        """Whether a table has the columns that it always had. Raises InputError for one without which there is no
        forum; any other is passed over, and said.
        """
        table = ALLOWED[copy.table]
        lacking = ", ".join(name for name in table.columns if name not in copy.columns)
        if lacking and table.must:
            text = _("the table {table} has no column {columns}.")
            raise unknown(self.where, text.format(table=copy.table, columns=lacking))
        if lacking:
            self.other[copy.table] = lacking
        return not lacking

    def allowed(self, copy: CopyStatement, rows: Iterator[bytes], only: Mapping[str, Sequence[str]]) -> TableRows:
        """What may be read of a table."""
        table, asked = ALLOWED[copy.table], only.get(copy.table, ALLOWED[copy.table].read)
        columns = tuple(name for name in table.read if name in copy.columns and name in asked)
        return TableRows(copy.table, columns, chosen(table, columns, picked(copy, columns, self.where), rows))

    # ---- files

    def uploads(self) -> Iterator[Member]:
        """The files beside the dump."""
        for member in () if self.container.plain else self.container:
            if member.name.startswith("uploads/"):
                yield member

    def content(self, member: Member) -> bytes:
        """What a file holds."""
        with self.container.open(member) as stream:
            found = stream.read()
        if len(found) != member.size:
            raise damaged(self.where, _("it ends too early."))
        return found


def wanted(copy: CopyStatement) -> bool:
    """Whether a table is one of those that may be read."""
    return copy.schema in SCHEMAS and copy.table in ALLOWED


def chosen(table: AllowedTable, columns: tuple[str, ...], read: Reader, rows: Iterator[bytes]) -> Iterator[Values]:
    """The rows of a table that may be read."""
    if table.rows is None:
        return map(read, rows)
    name, wanted_values = table.rows
    place = columns.index(name)
    return (values for values in map(read, rows) if values[place] in wanted_values)

"""The archive itself in a kit: one forum, in one SQLite file, wherever the archive lies and whatever else it holds."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from koweb_sync import safe_files
from koweb_sync.archive.privacy.compact import outside_transaction
from koweb_sync.archive.store import schema, search
from koweb_sync.archive.store.database_errors import complaint
from koweb_sync.archive.store.engines import leftovers
from koweb_sync.archive.store.location import path as file_of
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _

AT_ONCE = 500  # rows


def is_file(store: Store, file: Path) -> bool:
    """Whether a store is this very file."""
    mine = None if store.postgresql else file_of(store.engine.url)
    return mine is not None and file.exists() and mine.exists() and mine.samefile(file)


def settle(store: Store) -> None:
    """Bring what lies in the log beside a file into it, so that its bytes stay as they are while it is only read."""
    with outside_transaction(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write(store: Store, forum: int, file: Path) -> None:
    """Write one forum of a store into a file, whole or not at all. Raises InputError, StoreUnusable."""
    fresh = file.with_name(f"{file.name}.new")
    safe_files.folder(file.parent)
    leftovers(fresh)
    try:
        if not store.postgresql and alone(store):
            with outside_transaction(store) as connection:
                connection.execute("VACUUM INTO ?", (str(fresh),))
        else:
            with Store.open(str(fresh)) as copy:
                rows(store, forum, copy)
        as_a_whole(fresh)
        for end in ("-wal", "-shm", "-journal"):  # of the file that is replaced: they would be taken for the new one's
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        fresh.replace(file)
        # Whoever writes to it makes this file; a bag says from the beginning that it is there.
        safe_files.append(file.parent, f"{file.name}.lock", b"", lasting=False)
    except OSError as error:
        why = reason(error)
        raise InputError(_("The archive cannot be copied: {why}.").format(why=why), where=str(file)) from error
    except sqlite3.Error as error:
        raise complaint(str(file), error) from error
    finally:
        leftovers(fresh)
        fresh.with_name(f"{fresh.name}.lock").unlink(missing_ok=True)


def taken_out(root: Path, path: str, name: str) -> None:
    """Take a copy out of the folder at `path` below `root`, with all that belongs to it: it says names that the rest no
    longer says. Raises InputError.
    """
    place = root / path
    if not place.is_dir() or place.is_symlink():
        return
    with safe_files.understood(place):
        for one in sorted(place.iterdir()):
            if one.name.startswith(name):
                safe_files.remove(root, f"{path}/{one.name}")
        if not any(place.iterdir()):
            place.rmdir()


def as_a_whole(fresh: Path) -> None:
    """Have all of it in one file, which says already that it is written with a log beside it: opening it later changes
    no byte.
    """
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def alone(store: Store) -> bool:
    """Whether a store holds one forum."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.FORUMS)).scalar() == 1


def rows(store: Store, forum: int, copy: Store) -> None:
    """Copy the rows of a forum, and their entries in the search."""
    with store.read() as source, copy.begin() as to:
        for table in schema.METADATA.sorted_tables:
            for part in parts(of_forum(source, table, forum)):
                to.execute(insert(table), part)
        index, posts = search.entries(source), schema.POSTS
        row = search.row_of(index)
        wanted = select(row, index.c.title, index.c.tags, index.c.text)
        wanted = wanted.join_from(index, posts, posts.c.row == row).where(posts.c.forum == forum).order_by(row)
        with source.execution_options(yield_per=AT_ONCE).execute(wanted) as found:
            while some := list(islice(found, AT_ONCE)):
                search.enter(to, {one[0]: IndexEntry(*one[1:]) for one in some})


def of_forum(source: Connection, table: Table, forum: int) -> Iterator[Mapping[str, Any]]:
    """A forum's rows in a table."""
    owner = table.c.id if table is schema.FORUMS else table.c.forum
    size = 1 if table is schema.BLOBS else AT_ONCE  # a file may be many megabytes
    wanted = select(table).where(owner == forum).order_by(*table.primary_key.columns)
    with source.execution_options(yield_per=size).execute(wanted) as found:
        yield from map(dict, found.mappings())


def parts(those: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Rows, some together; each that holds a file by itself."""
    while some := list(islice(those, 1)):
        if "data" not in some[0]:
            some += islice(those, AT_ONCE - 1)
        yield some

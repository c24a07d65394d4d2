"""Other archives that lie in the folder of an archive, such as a copy that somebody made of its file: found by their
first bytes, and read without changing any.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.archive.store.location import log_has_content

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

SQLITE = b"SQLite format 3\0"  # what such a file begins with (https://www.sqlite.org/fileformat.html)


def databases_beside(place: str) -> list[str]:
    """The other databases in an archive's folder, by their whole names; none for an archive on a server."""
    if "://" in place:
        return []
    own = Path(place).resolve()
    with os.scandir(own.parent) as entries:
        files = [Path(one.path) for one in entries if one.is_file(follow_symlinks=False)]
    return sorted(str(one) for one in files if is_database(one) and not one.samefile(own))


def is_database(file: Path) -> bool:
    """Whether a file begins as a database does; not where it may not be read, or went away meanwhile."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


@contextmanager
def only_read(place: str) -> Iterator["Readable"]:
    """A database that stays as it is, to the byte. Raises sqlite3.Error."""
    file = Path(place)
    how = "mode=ro" if log_has_content(file) else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection

"""Other archives that lie in the folder of an archive, such as a copy that somebody made of its file: found by their
first bytes.
"""

import os
from pathlib import Path

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

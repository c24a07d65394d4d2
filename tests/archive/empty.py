"""Empty archives for tests: made once in each process and then copied, for to make one takes ten times as long."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from koweb_sync.archive.store.store import Store


def empty_archive(place: Path) -> str:
    """The path of an archive in a file: the one that is there, or else an empty one."""
    if not place.exists():
        place.write_bytes(made())
    return str(place)


@cache
def made() -> bytes:
    """What koweb makes of an archive, which is always the same."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "archive.sqlite"
        Store.open(str(place)).close()
        return place.read_bytes()

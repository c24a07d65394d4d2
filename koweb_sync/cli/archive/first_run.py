"""The first run on a forum: where it fails before anything was read, nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.archive.place import file_of
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.errors import ForumKeyRefused, KowebError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.store.store import Store

BESIDE = ("", "-wal", "-shm", ".lock")  # what lies where an archive is


@contextmanager
def opened(place: ArchivePlace, *, new: bool) -> "Iterator[Store]":
    """The store, made if it is not there. `new`: the forum is not in it yet; if it fails or is stopped before anything
    of the forum was read, the store is as it was.
    """
    file = file_of(place.store)[0]
    made = file is not None and not file.exists()
    store = place.open(create=True)
    try:
        yield store
    except (KowebError, KeyboardInterrupt):
        if new:
            with suppress(KowebError):
                take_back(place, store, file if made else None)
        raise


def take_back(place: ArchivePlace, store: "Store", file: Path | None) -> None:
    """Take a forum out of a store again of which nothing was read, and the file that was made for it alone."""
    from koweb_sync.archive.privacy import drop as dropping

    number = store.forum(place.settings.url)
    with store.alone():
        with store.read() as connection:
            if number is None or not dropping.is_empty(connection, number):
                return
        dropping.drop(store, number)
        with store.read() as connection:
            left = dropping.holdings(connection)
    if file is not None and not left:
        store.close()
        for end in BESIDE:
            safe_files.remove(file.parent, f"{file.name}{end}")


@contextmanager
def username_named(*, known: bool) -> Iterator[None]:
    """Say how the user of a key is named where no koweb.toml does. `known`: one does."""
    try:
        yield
    except ForumKeyRefused as error:
        if not known:
            more = _("Does the key belong to somebody else? KOWEB_API_USERNAME names that person.")
            error.remedy = f"{more} {error.remedy}"
        raise

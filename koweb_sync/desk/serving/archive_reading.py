"""The archive of the forum that is shown, for pages that read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from koweb_sync.archive.closing.unfinished import UnfinishedErasure, unfinished_erasure
from koweb_sync.archive.place import file_of, placed
from koweb_sync.archive.privacy import copies
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.reading import reading_of, up_to_date
from koweb_sync.archive.store.rows import forum_number
from koweb_sync.archive.store.store import Archive, Store
from koweb_sync.desk.serving.app import shown
from koweb_sync.errors import KowebError, NoArchive
from koweb_sync.i18n import _

Answer = TypeVar("Answer")


def place() -> str:
    """Where the archive lies. Raises HumanNeeded where koweb.toml alone may not decide on that."""
    return placed(None, shown.settings, shown.repo.root, lambda _what: False)


@contextmanager
def reading() -> Iterator[Reader]:
    """A reader. Raises NoArchive where there is none yet, StoreUnusable."""
    where = place()
    with reading_of(where) as connection:
        number = forum_number(connection, shown.settings.url)
        if number is None:
            raise nothing(file_of(where)[1])
        yield Reader(connection, number)


def is_unfinished() -> bool:
    """Whether the last run of an archive on this computer was cut off."""
    return bool(told(Reader.cut_off, ""))


def read_last() -> int:
    """Until when an archive on this computer knows the forum (µs); 0 where nobody knows."""
    return told(lambda reader: reader.source().until or 0, 0)


def told(ask: Callable[[Reader], Answer], otherwise: Answer) -> Answer:
    """What an archive on this computer says. One of an older koweb is left as it is."""
    try:
        where = place()
        if "://" in where or not up_to_date(Path(where)):
            return otherwise
        with reading() as reader:
            return ask(reader)
    except KowebError:
        return otherwise  # there is none, or its own page says what is wrong with it


def forgotten_elsewhere() -> tuple[int, str]:
    """How many people were forgotten in another copy of the archive and are still in this one, and what forgets them
    here; 0 where there is no archive. Raises KowebError where what is known of the copies is damaged.
    """
    with suppress(NoArchive), reading() as reader:
        if people := copies.forgotten_elsewhere(reader.connection, reader.forum):
            return len(people), copies.told(reader.connection, reader.forum, file_of(place())[1], people)[1]
    return 0, ""


def erasure_of(reader: Reader) -> UnfinishedErasure | None:
    """An erasure in an archive that was begun and not finished."""
    return unfinished_erasure(reader.connection, reader.forum, file_of(place())[1])


def erasure_here() -> UnfinishedErasure | None:
    """The same of the archive of the forum that is shown; None where there is none yet."""
    with suppress(NoArchive), reading() as reader:
        return erasure_of(reader)
    return None


@contextmanager
def archive() -> Iterator[Archive]:
    """The archive as the report reads it. Raises NoArchive where there is none yet, StoreUnusable."""
    where = place()
    with Store.open(where, create=False) as store, store.suspected():
        number = store.forum(shown.settings.url)
        if number is None:
            raise nothing(file_of(where)[1])
        yield Archive.of(store, number, shown.settings.url)


def nothing(where: str) -> NoArchive:
    """The error about a forum that an archive does not hold."""
    return NoArchive(_("The memory holds nothing of {url}.").format(url=shown.settings.url), where=where)

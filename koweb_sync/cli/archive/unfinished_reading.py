"""An archive whose last reading was cut off: what is said wherever something of it is told, and what finishes it."""

from typing import TYPE_CHECKING

from koweb_sync.archive.read.begun import begun_with
from koweb_sync.cli.archive.next_reading import as_typed, reading_command
from koweb_sync.cli.output import say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.rows import Readable
    from koweb_sync.archive.store.store import Archive, Store
    from koweb_sync.cli.archive.location import ArchivePlace


def say_cut_off(place: "ArchivePlace", reader: "Reader") -> None:
    """Say that an archive was not read to its end, and what goes on with that; nothing where it was."""
    if way := reader.cut_off():
        say(f"{cut_short()} {going_on(place, way, reader.connection, reader.forum)}", fg="yellow")


def say_way_on(place: "ArchivePlace", store: "Store", forum: int, way: str) -> None:
    """The same, where it is known already that a reading was cut off. `way`: of that reading."""
    with store.read() as connection:
        say(f"{cut_short()} {going_on(place, way, connection, forum)}", fg="yellow")


def last_way(store: "Store", forum: int) -> str:
    """The way of the last whole reading; empty where there was none."""
    from koweb_sync.archive.read.reader import Reader

    with store.read() as connection:
        return Reader(connection, forum).last_run()[0]


def way_of(archive: "Archive") -> str:
    """The way of the reading that was cut off; empty where none was."""
    from koweb_sync.archive.read.reader import Reader

    with archive.store.read() as connection:
        return Reader(connection, archive.forum).cut_off()


def refuse_cut_off(place: "ArchivePlace", archive: "Archive") -> None:
    """Raises InputError for an archive that was not read to its end, of which a kit for good is to be made."""
    if way := way_of(archive):
        with archive.store.read() as connection:
            command = going_on(place, way, connection, archive.forum)
        otherwise = _("Where that cannot be done any more, add --incomplete.")
        raise InputError(cut_short(), where=archive.store.place, remedy=f"{command} {otherwise}")


def cut_short() -> str:
    """That something may be missing, in a sentence."""
    return _("The forum was not read to its end: topics and posts may be missing.")


def going_on(place: "ArchivePlace", way: str, connection: "Readable", forum: int) -> str:
    """What goes on with the reading, in a sentence: a backup is read again, the forum is asked, as it was begun."""
    from koweb_sync.archive.privacy.backup_files import last_read

    file = as_typed(last_read(connection, forum)) if way == "backup" else ""
    command = reading_command(place, file, begun_with(connection, forum))
    return _("“{command}” goes on with it.").format(command=command)


def lacking_so_far(posts: int, topics: int) -> str:
    """How much is missing since the reading was cut off, in a sentence."""
    if not posts:
        return _("Incomplete: the reading was cut off.")
    text = ngettext(
        "Incomplete: {n} post is missing so far, in {topics}.",
        "Incomplete: {n} posts are missing so far, in {topics}.",
        posts,
    )
    where = ngettext("{n} topic", "{n} topics", topics).format(n=number(topics))
    return text.format(n=number(posts), topics=where)

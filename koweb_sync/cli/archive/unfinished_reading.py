"""An archive whose last reading was cut off: what is said wherever something of it is told, and what finishes it."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.archive.place import VARIABLE, placed, within
from koweb_sync.cli.output import say
from koweb_sync.config import Keeping
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.store import Archive
    from koweb_sync.cli.archive.location import ArchivePlace


def say_cut_off(place: "ArchivePlace", reader: "Reader") -> None:
    """Say that an archive was not read to its end, and what goes on with that; nothing where it was."""
    if way := reader.cut_off():
        say(f"{cut_short()} {going_on(place, way)}", fg="yellow")


def way_of(archive: "Archive") -> str:
    """The way of the reading that was cut off; empty where none was."""
    from koweb_sync.archive.read.reader import Reader

    with archive.store.read() as connection:
        return Reader(connection, archive.forum).cut_off()


def refuse_cut_off(place: "ArchivePlace", archive: "Archive") -> None:
    """Raises InputError for an archive that was not read to its end, of which a kit for good is to be made."""
    if way := way_of(archive):
        otherwise = _("Where that cannot be done any more, add --incomplete.")
        raise InputError(cut_short(), where=archive.store.place, remedy=f"{going_on(place, way)} {otherwise}")


def cut_short() -> str:
    """That something may be missing, in a sentence."""
    return _("The forum was not read to its end: topics and posts may be missing.")


def going_on(place: "ArchivePlace", way: str) -> str:
    """What goes on with the reading, in a sentence: a backup is read again, the forum is asked."""
    from koweb_sync.cli.archive.held_forum import configured_here

    words = ["koweb", "archive"]
    if way == "backup":
        words += ["--from-backup", _("FILE")]
    if not configured_here():
        words += ["--url", shlex.quote(place.settings.url)]
    if not is_usual(place):
        words += ["--store", shlex.quote(place.store)]
    return _("“{command}” goes on with it.").format(command=" ".join(words))


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


def is_usual(place: "ArchivePlace") -> bool:
    """Whether an archive lies where the commands look for it unless somebody names another place."""
    from koweb_sync.cli.archive.held_forum import configured_here

    if configured_here():
        return place.store == placed(None, place.settings, place.root, lambda _what: True)
    return place.store == within(Path.cwd(), os.environ.get(VARIABLE) or Keeping().store)

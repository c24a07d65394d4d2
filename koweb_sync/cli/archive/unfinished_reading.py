"""An archive whose last reading was cut off: what is said wherever something of it is told, and what finishes it."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.archive.place import VARIABLE, file_of, placed, within
from koweb_sync.archive.read.begun import BegunWith, begun_with
from koweb_sync.cli.output import say
from koweb_sync.config import Keeping
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.store import Archive, Store
    from koweb_sync.cli.archive.location import ArchivePlace


def say_cut_off(place: "ArchivePlace", reader: "Reader") -> None:
    """Say that an archive was not read to its end, and what goes on with that; nothing where it was."""
    if way := reader.cut_off():
        say(f"{cut_short()} {going_on(place, way, begun_with(reader.connection, reader.forum))}", fg="yellow")


def say_way_on(place: "ArchivePlace", store: "Store", forum: int, way: str) -> None:
    """The same, where it is known already that a reading was cut off. `way`: of that reading."""
    with store.read() as connection:
        say(f"{cut_short()} {going_on(place, way, begun_with(connection, forum))}", fg="yellow")


def way_of(archive: "Archive") -> str:
    """The way of the reading that was cut off; empty where none was."""
    from koweb_sync.archive.read.reader import Reader

    with archive.store.read() as connection:
        return Reader(connection, archive.forum).cut_off()


def refuse_cut_off(place: "ArchivePlace", archive: "Archive") -> None:
    """Raises InputError for an archive that was not read to its end, of which a kit for good is to be made."""
    if way := way_of(archive):
        with archive.store.read() as connection:
            command = going_on(place, way, begun_with(connection, archive.forum))
        otherwise = _("Where that cannot be done any more, add --incomplete.")
        raise InputError(cut_short(), where=archive.store.place, remedy=f"{command} {otherwise}")


def cut_short() -> str:
    """That something may be missing, in a sentence."""
    return _("The forum was not read to its end: topics and posts may be missing.")


def going_on(place: "ArchivePlace", way: str, begun: BegunWith) -> str:
    """What goes on with the reading, in a sentence: a backup is read again, the forum is asked, as it was begun."""
    from koweb_sync.cli.archive.held_forum import configured_here

    words = ["koweb", "archive"]
    if way == "backup":
        words += ["--from-backup", backup_there(place, begun.backup)]
    words += typed(place.settings.archive, begun.wishes, pictures=way != "backup")
    if not configured_here():
        words += ["--url", shlex.quote(place.settings.url)]
    if not is_usual(place):
        words += ["--store", shlex.quote(place.store)]
    return _("“{command}” goes on with it.").format(command=" ".join(words))


def typed(usual: Keeping, wishes: "Mapping[str, bool]", *, pictures: bool) -> list[str]:
    """The options that a reading was begun with, where koweb.toml does not say them. `pictures`: of people, too."""
    names = {"files": "images", "staff": "staff", "messages": "messages"} | ({"avatars": "avatars"} if pictures else {})
    known = {name: wishes[name] for name in names if wishes.get(name) in (True, False)}
    other = {names[name]: wish for name, wish in known.items() if wish != getattr(usual, name)}
    words = [f"--{name}" if wish else f"--no-{name}" for name, wish in other.items()]
    words += ["--public-only"] if wishes.get("public_only") and not usual.public_only else []
    return words + (["--chat"] if wishes.get("chat") else [])


def seen_from_archive(place: "ArchivePlace", file: Path) -> str:
    """Where a backup lies, from the folder of the archive; its name alone for an archive in a database."""
    archive = file_of(place.store)[0]
    return file.name if archive is None else os.path.relpath(file, archive.parent)


def backup_there(place: "ArchivePlace", seen: str) -> str:
    """The backup that was read, as it is typed from here; FILE where it is not there any more, or an archive of
    somebody else names it.
    """
    archive = file_of(place.store)[0]
    file = Path(os.path.normpath((Path.cwd() if archive is None else archive.parent) / seen))
    if not seen or not file.is_file():
        return _("FILE")
    return shlex.quote(str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file))


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

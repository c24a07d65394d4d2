"""Which forum of an archive is read. An archive tells all that reading needs: koweb.toml is asked where the archive
lies if nobody says it, and counts beyond that where it is about the same forum and can be read.
"""

import os
import shlex
from contextlib import suppress
from pathlib import Path

from koweb_sync import config, dates, keys
from koweb_sync.archive.place import VARIABLE, HeldForum, chosen, named_so, settings_of, with_backup_here, within
from koweb_sync.archive.store import upgrade
from koweb_sync.archive.store.rows import Addresses, first, rows, sql
from koweb_sync.cli.archive.location import ArchivePlace, UpgradeBar, find, folder, named_in_toml, store_option
from koweb_sync.cli.options import Function, held_forum_option
from koweb_sync.cli.output import say
from koweb_sync.config import Keeping, Settings
from koweb_sync.config_file import FILE, NAME
from koweb_sync.config_file import find as file_above
from koweb_sync.errors import ConfigError, InputError, KowebError, NoArchive
from koweb_sync.i18n import _
from koweb_sync.zones import of_reader


def read_options(command: Function) -> Function:
    """`--forum` and `--store`, as commands take them that only read."""
    return held_forum_option(store_option(command))


def find_to_read(forum: str | None, store: str | None) -> ArchivePlace:
    """The archive to be read, and the forum in it. Raises ConfigError, InputError, StoreUnusable."""
    above, place = folder(), named_place(store)
    if not place:
        return find(titled(above, forum), store)
    upgrade.watcher.set(UpgradeBar())
    one, settings = meant(place, forum, configured(above, forum))
    found = settings or settings_of(one)
    dates.read_in(lambda: of_reader(found.time_zone))
    return ArchivePlace(above, found, place)


def titled(above: Path, forum: str | None) -> str | None:
    """The address of a forum that koweb.toml does not name so, if the archive has that title; else what was given."""
    if forum is None or named_in_toml(above, forum) in config.names(above):
        return forum
    with suppress(NoArchive):
        found = named_so(held_in(find(None, None).store), forum)
        return found[0].url if len(found) == 1 else forum
    return forum


def find_to_go_on(forum: str | None, store: str | None) -> ArchivePlace:
    """The archive that is named or lies here, and the forum that it tells, to be brought up to date without koweb.toml.

    An archive may come from somebody else: a key that went nowhere yet does not go to its forum, InputError. Raises it
    also where the archive does not tell the forum, and StoreUnusable.
    """
    place = within(Path.cwd(), store or os.environ.get(VARIABLE) or Keeping().store)
    try:
        held = held_in(place)
    except NoArchive:
        held = []
    if not held:
        raise InputError(
            _("There is no {file} here.").format(file=FILE),
            where=str(Path.cwd()),
            remedy=with_backup_here(_("“koweb init” writes one; “koweb archive --url https://…” needs none.")),
        )
    one = chosen(held, place, forum, None)
    found = find(one.name if NAME.fullmatch(one.name) else None, place, one.url)
    if is_unused_key(found.settings):
        raise InputError(
            _("Only the archive says that your key may go to {url}: nothing was sent.").format(url=one.url),
            where=place,
            remedy=_("If that is right: {command}").format(command=f"koweb archive --url {shlex.quote(one.url)}"),
        )
    say(_("The archive is that of {url}.").format(url=one.url))
    return found


def held_alone(store: str | None) -> tuple[str, str]:
    """The address of the only forum of the archive that is named or lies here, and the way of its reading where that
    was cut off; both are empty where there is none, or more than one. Raises StoreUnusable.
    """
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.reading import reading_of
    from koweb_sync.archive.store.rows import forum_number

    place = within(Path.cwd(), store or os.environ.get(VARIABLE) or Keeping().store)
    try:
        held = held_in(place)
    except NoArchive:
        held = []
    if len(held) != 1:
        return "", ""
    with reading_of(place) as connection:
        number = forum_number(connection, held[0].url)
        return held[0].url, "" if number is None else Reader(connection, number).cut_off()


def is_begun(forum: str | None, store: str | None, url: str | None) -> bool:
    """Whether the archive that is meant holds something of a reading that was cut off."""
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.reading import reading_of

    with suppress(KowebError):
        usual = within(Path.cwd(), store or os.environ.get(VARIABLE) or Keeping().store)
        place = find(forum, store).store if configured_here() and not url else usual
        with reading_of(place) as connection:
            numbers = [int(row["id"]) for row in rows(connection, sql("SELECT id FROM forums"))]
            return any(Reader(connection, number).cut_off() for number in numbers)
    return False


def is_unused_key(settings: Settings) -> bool:
    """Whether there is a key that went nowhere yet, and would go to this forum from now on."""
    try:
        return keys.look_for_key(settings, os.environ).first
    except ConfigError:
        return False  # who connects says why there is none


def find_store(store: str | None) -> str:
    """Where the archive lies, whichever of its forums is meant. Raises ConfigError, InputError."""
    upgrade.watcher.set(UpgradeBar())
    return named_place(store) or find(None, None).store


def named_place(store: str | None) -> str:
    """Where the archive lies that somebody names, or that lies here without a koweb.toml; "" where that is to tell.

    Raises InputError where nothing tells it.
    """
    given = store or os.environ.get(VARIABLE) or ("" if configured_here() else beside())
    return within(Path.cwd(), given) if given else ""


def configured_here() -> bool:
    """Whether there is a koweb.toml, whatever it says."""
    return file_above(folder(), Path.cwd()) is not None


def beside() -> str:
    """The archive in the current folder, called as “koweb archive” calls it. Raises InputError where there is none."""
    name = Keeping().store
    if not Path(name).is_file():
        raise InputError(
            _("There is no {file} here, and no {toml} that names another archive.").format(file=name, toml=FILE),
            where=str(Path.cwd()),
            remedy=with_backup_here(
                _("Name the archive with --store, or archive a forum: “koweb archive --url https://…”.")
            ),
        )
    return name


def configured(above: Path, forum: str | None) -> Settings | None:
    """What koweb.toml says, if it can be read and is not about something else."""
    try:
        return config.load(above, forum=named_in_toml(above, forum))
    except (ConfigError, InputError):
        return None


def meant(place: str, forum: str | None, settings: Settings | None) -> tuple[HeldForum, Settings | None]:
    """The forum that is read, and what koweb.toml says of it."""
    held = held_in(place)
    one = chosen(held, place, forum, settings.url if settings else None)
    return one, settings if settings is not None and one.is_at(settings.url) else None


def held_in(place: str) -> list[HeldForum]:
    """The forums of an archive that hold a topic; all of them where none does. Raises StoreUnusable; also where there
    is no forum because the archive is damaged.
    """
    from koweb_sync.archive.store.reading import reading_of

    found: dict[HeldForum, bool] = {}
    with reading_of(place) as connection:
        for row in rows(connection, sql("SELECT * FROM forums ORDER BY id")):
            topic = sql("SELECT id FROM topics WHERE forum = ? LIMIT 1", row["id"])
            name, url, locale, title = (str(row[column]) for column in ("name", "url", "locale", "title"))
            one = HeldForum(name, url, locale, title, Addresses.of(row).known)
            found[one] = first(connection, topic) is not None
    if not found:
        say_damage(place)
    return [one for one, some in found.items() if some] or list(found)


def say_damage(place: str) -> None:
    """Raises StoreUnusable for an archive that is damaged."""
    from koweb_sync.archive.store.database_errors import damaged
    from koweb_sync.archive.store.store import Store

    with Store.open(place, create=False) as store:
        if why := store.damage():
            raise damaged(store.place, why)

"""The archive that a command works on, and the way to its forum: what all commands of `koweb archive` share."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync import config, dates, keys
from koweb_sync.archive.place import file_of, placed
from koweb_sync.archive.store import upgrade
from koweb_sync.cli.archive.unfinished_erasure import say_unfinished
from koweb_sync.cli.archive.unfinished_reading import say_cut_off
from koweb_sync.cli.forum_access import key_to_send
from koweb_sync.cli.options import Function, forum_option, paths_here
from koweb_sync.cli.out_of_git import keep_out_of_git
from koweb_sync.cli.output import say
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.config import Settings
from koweb_sync.errors import (
    ConfigError,
    ForumAnswerUnclear,
    ForumDown,
    ForumUnreachable,
    InputError,
    KeyBound,
    NoArchive,
)
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.zones import of_reader

if TYPE_CHECKING:
    from koweb_sync.archive.store.store import Archive, Store
    from koweb_sync.forum.client import Forum

store_option = click.option(
    "--store",
    metavar="PLACE",
    shell_complete=paths_here,
    help=_("The archive: a file, or a postgresql:// address (default: see koweb.toml)."),
)


def place_options(command: Function) -> Function:
    """`--forum` and `--store`, which every command of an archive takes."""
    return forum_option(store_option(command))


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """An archive and the forum in it. `root` is the folder of the repository, or the current one without any."""

    root: Path
    settings: Settings
    store: str

    @property
    def shown(self) -> str:
        """Where the archive is, without a password: as texts say it."""
        return file_of(self.store)[1]

    def open(self, *, create: bool = False) -> "Store":
        """The store, given back when the command ends. Raises StoreUnusable."""
        return opened_at(self.store, create=create)

    def open_or_empty(self) -> "Store":
        """The store as it is; an empty one, in memory, where there is none yet or it does not know the forum."""
        from koweb_sync.archive.store.store import Store

        with suppress(NoArchive):
            store = self.open()
            if store.forum(self.settings.url) is not None:
                return store
        store = Store.open("sqlite://")
        click.get_current_context().call_on_close(store.close)
        return store

    def ignore(self) -> str:
        """Keep the archive out of git: its name, if it had to be added to .gitignore, else nothing. Raises InputError
        where git tracks it already.
        """
        return "" if "://" in self.store else keep_out_of_git(Path(self.store), ending="*")

    def connect(self, *, key: bool = True, tell: Callable[[str], None] = say) -> "Forum":
        """The way to the forum; without a key it is the public's. `key`: take one if there is one. `tell` hears how
        long the forum makes us wait.
        """
        from koweb_sync.forum.client import Forum
        from koweb_sync.forum.own_key import own_key

        settings = self.settings
        from koweb_sync.forum.budget import budgets_of

        budgets = budgets_of(settings.rates)
        sent = key_to_send(settings) if key and self.has_key() else ""
        own = own_key(settings) if sent else None
        forum = Forum(settings.url, settings.username, sent, limits=budgets, own=own, say=tell)
        click.get_current_context().call_on_close(forum.close)
        return forum

    def has_key(self) -> bool:
        """Whether there is a key: an archive of what is public needs none. Raises ConfigError for a broken one."""
        try:
            keys.find_key(self.settings)
        except KeyBound:
            pass  # who connects is asked, or told why not
        except ConfigError:
            names = (keys.key_name(self.settings), *(("KOWEB_API_KEY",) if self.settings.alone else ()))
            if self.settings.login or any(os.environ.get(name, "").strip() for name in names):
                raise
            return False
        return True


class UpgradeBar:
    """Shows how far an archive of an older koweb is brought up to date, where that takes longer than a moment."""

    def __init__(self) -> None:
        self.bar = ProgressBar()
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        """So many entries of all are done."""
        if not self.done and total > 10 * done:
            click.get_current_context().with_resource(self.bar)
            self.bar.start(total, _("Bringing the archive of an older koweb up to date"))
        self.bar.advance(steps=done - self.done)
        self.done = done


def folder() -> Path:
    """The folder of the repository, or the current one without any: an archive needs no repository."""
    try:
        return Repo.find(Path.cwd()).root
    except InputError:
        return Path.cwd()


def find(forum: str | None, store: str | None, url: str | None = None) -> ArchivePlace:
    """The archive that is meant: `--url` names a forum without koweb.toml. Raises ConfigError, InputError."""
    root = folder()
    if url:
        from koweb_sync.forum.typed_addresses import forum_address

        name = forum or "forum"
        try:
            address = json.dumps(forum_address(url))
            settings = config.from_text(f'[forum.{name}]\nurl = {address}\nusername = "system"\n', name)
        except InputError as error:
            raise ConfigError(error.message, where="--url", remedy=error.remedy) from error
    else:
        settings = config.load(root, forum=named_in_toml(root, forum))
    dates.read_in(lambda: of_reader(settings.time_zone))
    upgrade.watcher.set(UpgradeBar())
    return ArchivePlace(root, settings, placed(store, settings, Path.cwd() if url else root, agrees))


def named_in_toml(root: Path, forum: str | None) -> str | None:
    """The name in koweb.toml of a forum that somebody names, maybe by its address. Raises ConfigError."""
    from koweb_sync.forum.typed_addresses import means

    if forum is None:
        return None
    tables = config.found(root, None)[2]
    meant = (name for name, one in tables.items() if means(forum, str(one.get("url", ""))))
    return forum if forum in tables else next(meant, forum)


@contextmanager
def offline_named() -> Iterator[None]:
    """Name --offline as the way where the forum gives no answer, or another one than a forum."""
    try:
        yield
    except (ForumUnreachable, ForumDown, ForumAnswerUnclear) as error:
        error.remedy = " ".join(filter(None, (error.remedy, _("If the forum is gone, add --offline."))))
        raise


def agrees(what: str) -> bool:
    """Whether the user agrees to a place; what it is stands in a sentence."""
    question = _("Do you trust that place?")
    return can_ask() and ask_yes_no(f"{what} {question}", default=False)


def opened_at(place: str, *, create: bool = False) -> "Store":
    """A store, given back when the command ends. What cannot be read in it is looked at then: is it damaged?

    Raises StoreUnusable.
    """
    from koweb_sync.archive.store.store import Store

    context = click.get_current_context()
    store = context.with_resource(Store.open(place, create=create))
    context.with_resource(store.suspected())
    return store


def archive_at(place: ArchivePlace, store: "Store") -> "Archive":
    """The forum that is meant, in a store. Raises InputError if it is not there."""
    from koweb_sync.archive.store.store import Archive

    number = store.forum(place.settings.url)
    if number is None:
        raise not_held(place, store.place)
    return Archive.of(store, number, place.settings.url)


def archive_to_tell_of(place: ArchivePlace) -> "Archive":
    """The forum that is meant, in its archive, of which something is written for others. Who was forgotten in another
    copy of it is said, that it was not read to its end, and that an erasure is not finished: a report or a letter is a
    draft that somebody reads.

    Raises InputError if it is not there.
    """
    from koweb_sync.archive.read.reader import Reader

    archive = archive_at(place, place.open())
    say_forgotten_elsewhere(archive)
    with archive.store.read() as connection:
        say_cut_off(place, Reader(connection, archive.forum))
        say_unfinished(connection, archive.forum, place.shown)
    return archive


def say_forgotten_elsewhere(archive: "Archive") -> None:
    """Say who was forgotten in another copy of an archive, and what forgets them in this one."""
    from koweb_sync.archive.privacy import copies

    with archive.store.read() as connection:
        if people := copies.forgotten_elsewhere(connection, archive.forum):
            text, remedy = copies.told(connection, archive.forum, archive.store.place, people)
            say(f"{text} {remedy}", fg="yellow")


def not_held(place: ArchivePlace, where: str) -> InputError:
    """The error about a forum that an archive does not hold."""
    return InputError(
        _("The archive holds nothing of {url}.").format(url=place.settings.url),
        where=where,
        remedy=_("“koweb archive” archives it; --store names another place."),
    )

"""Where an archive lies, and the way to its forum: what all commands of `koweb archive` share."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync import config, dates, keys, safe_files, trusted
from koweb_sync.cli.forum_access import key_to_send
from koweb_sync.cli.options import Function, forum_option
from koweb_sync.cli.out_of_git import keep_out_of_git
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.config import Settings
from koweb_sync.config_file import FILE
from koweb_sync.errors import ConfigError, HumanNeeded, InputError, KeyBound, NoArchive
from koweb_sync.git import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.zones import of_reader

if TYPE_CHECKING:
    from koweb_sync.archive.store.store import Archive, Store
    from koweb_sync.forum.client import Forum

VARIABLE = "KOWEB_ARCHIVE_STORE"


store_option = click.option(
    "--store", metavar="PLACE", help=_("The archive: a file, or a postgresql:// address (default: see koweb.toml).")
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

    def connect(self) -> "Forum":
        """The way to the forum; without a key it is the public's."""
        from koweb_sync.forum.client import Forum

        settings = self.settings
        from koweb_sync.forum.budget import budgets_of

        budgets = budgets_of(settings.rates)
        key = key_to_send(settings) if self.has_key() else ""
        forum = Forum(settings.url, settings.username, key, limits=budgets, say=say)
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
            if any(os.environ.get(name, "").strip() for name in names):
                raise
            return False
        return True


def find(forum: str | None, store: str | None, url: str | None = None) -> ArchivePlace:
    """The archive that is meant: `--url` names a forum without koweb.toml. Raises ConfigError, InputError."""
    try:
        root = Repo.find(Path.cwd()).root
    except InputError:  # an archive needs no repository
        root = Path.cwd()
    if url:
        name = forum or "forum"
        try:
            settings = config.from_text(f'[forum.{name}]\nurl = {json.dumps(url)}\nusername = "system"\n', name)
        except ConfigError as error:
            raise ConfigError(error.message, where=f"--url {url}", remedy=error.remedy) from error
    else:
        settings = config.load(root, forum=forum)
    dates.read_in(lambda: of_reader(settings.time_zone))
    return ArchivePlace(root, settings, placed(store, settings, Path.cwd() if url else root))


def placed(store: str | None, settings: Settings, folder: Path) -> str:
    """Where the archive lies: as somebody says, from here; else as the settings say, from a folder."""
    given = store or os.environ.get(VARIABLE)
    chosen = given or settings.archive.store
    found = within(Path.cwd() if given else folder, chosen)
    if not given:
        ours(folder, found)
    return found


def within(folder: Path, place: str) -> str:
    """A place as it is seen from a folder."""
    return place if "://" in place else str(folder / Path(place).expanduser())


def find_store(store: str | None) -> str:
    """Where the archive lies, whichever forum is meant: koweb.toml is needed only where nobody names the place."""
    given = store or os.environ.get(VARIABLE)
    return within(Path.cwd(), given) if given else find(None, None).store


def opened_at(place: str, *, create: bool = False) -> "Store":
    """A store, given back when the command ends. What cannot be read in it is looked at then: is it damaged?

    Raises StoreUnusable.
    """
    from koweb_sync.archive.store.store import Store

    context = click.get_current_context()
    store = context.with_resource(Store.open(place, create=create))
    context.with_resource(store.suspected())
    return store


def ours(root: Path, chosen: str) -> None:
    """Whether koweb.toml alone may decide on a store: it comes from whoever may change the repository.

    A database on a named host would get what this user's environment holds of passwords; a new file outside of the
    repository might be one that another program obeys. For these the user is asked once, and it is remembered.

    Raises HumanNeeded where the user does not agree or cannot be asked, InputError for a link, or a place within .git.
    """
    file, name = file_of(chosen)
    if file is not None:
        if os.path.abspath(root) in (os.path.abspath(above) for above in file.parents):  # noqa: PTH100 - no link is followed
            safe_files.inside(root, os.path.relpath(file, root))
            return
        if file.is_file():
            return  # only an archive is opened, and nothing else is written to
    elif chosen.startswith("sqlite") or not named_host(chosen):
        return
    if trusted.agreed(chosen):
        return
    what = _("koweb.toml wants the archive kept here: {place}.").format(place=name)
    question = _("Do you trust that place?")
    if not can_ask() or not ask_yes_no(f"{what} {question}", default=False):
        raise HumanNeeded(
            what,
            where=FILE,
            remedy=_("If you trust that place, name it yourself: with --store, or in {variable}.").format(
                variable=VARIABLE
            ),
        )
    trusted.agree(chosen)


def file_of(place: str) -> tuple[Path | None, str]:
    """The file that a place is, None for a database; and the place without a password."""
    if "://" not in place:
        return Path(place), place
    from koweb_sync.archive.store.location import address, path, without_password

    url = address(place)
    return path(url), without_password(url)


def named_host(place: str) -> bool:
    """Whether the address of a database says more than the name of one on this computer: a host, a user, or options
    such as `?host=`, `?service=` or `?sslkey=`, with which libpq goes elsewhere or reads a file; or cannot be read.
    """
    parts = parted(place)
    return not parts.scheme or bool(parts.netloc or parts.query or parts.fragment)


def archive_at(place: ArchivePlace, store: "Store") -> "Archive":
    """The forum that is meant, in a store. Raises InputError if it is not there."""
    from koweb_sync.archive.store.store import Archive

    number = store.forum(place.settings.url)
    if number is None:
        raise not_held(place, store.place)
    return Archive(store, number, place.settings.url)


def not_held(place: ArchivePlace, where: str) -> InputError:
    """The error about a forum that an archive does not hold."""
    return InputError(
        _("The archive holds nothing of {url}.").format(url=place.settings.url),
        where=where,
        remedy=_("“koweb archive” archives it; --store names another place."),
    )

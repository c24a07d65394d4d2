"""Where an archive lies, and the way to its forum: what all commands of `koweb archive` share."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from koweb_sync import config
from koweb_sync.cli.common import budgets_of, forum_option
from koweb_sync.cli.output import say
from koweb_sync.config import Settings
from koweb_sync.errors import ConfigError, InputError, NoArchive
from koweb_sync.git import Repo
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.base.store import Store
    from koweb_sync.archive.rights.privacy import Archive
    from koweb_sync.forum.client import Forum

Function = TypeVar("Function", bound=Callable[..., Any])
VARIABLE = "KOWEB_ARCHIVE_STORE"


store_option = click.option(
    "--store", metavar="PLACE", help=_("The archive: a file, or a postgresql:// address (default: see koweb.toml).")
)


def place_options(command: Function) -> Function:
    """`--forum` and `--store`, which every command of an archive takes."""
    return forum_option(store_option(command))


@dataclass(frozen=True, slots=True)
class Place:
    """An archive and the forum in it. `root` is the folder of the repository, or the current one without any."""

    root: Path
    settings: Settings
    store: str

    def open(self, *, create: bool = False) -> "Store":
        """The store, given back when the command ends. Raises StoreUnusable."""
        return opened_at(self.store, create=create)

    def open_or_empty(self) -> "Store":
        """The store as it is; an empty one, in memory, where there is none yet or it does not know the forum."""
        from koweb_sync.archive.base.store import Store

        with suppress(NoArchive):
            store = self.open()
            if store.forum(self.settings.url) is not None:
                return store
        store = Store.open("sqlite://")
        click.get_current_context().call_on_close(store.close)
        return store

    def ignore(self) -> str:
        """Keep the archive out of git: its name, if it had to be added to .gitignore, else nothing."""
        path = Path(self.store)
        if (
            "://" in self.store
            or self.root.resolve() not in path.resolve().parents
            or not (self.root / ".git").exists()
        ):
            return ""
        name = path.resolve().relative_to(self.root.resolve()).as_posix()
        file = self.root / ".gitignore"
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if f"/{name}*" in text.splitlines():
            return ""
        gap = "" if text.endswith("\n") or not text else "\n"
        file.write_text(f"{text}{gap}/{name}*\n", encoding="utf-8")
        return name

    def connect(self) -> "Forum":
        """The way to the forum; without a key it is the public's."""
        from koweb_sync.forum.client import Forum

        settings = self.settings
        budgets = budgets_of(settings.rates)
        forum = Forum(settings.url, settings.username, self.key() or "", limits=budgets, say=say)
        click.get_current_context().call_on_close(forum.close)
        return forum

    def key(self) -> str | None:
        """The key, if there is one: an archive of what is public needs none. Raises ConfigError for a broken one."""
        try:
            return config.find_key(self.settings)
        except ConfigError:
            names = (config.key_name(self.settings), *(("KOWEB_API_KEY",) if self.settings.alone else ()))
            if any(os.environ.get(name, "").strip() for name in names):
                raise
            return None


def find(forum: str | None, store: str | None, url: str | None = None) -> Place:
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
    return Place(root, settings, placed(store, settings, Path.cwd() if url else root))


def placed(store: str | None, settings: Settings, folder: Path) -> str:
    """Where the archive lies: as somebody says, from here; else as the settings say, from a folder."""
    given = store or os.environ.get(VARIABLE)
    chosen = given or settings.archive.store
    return within(Path.cwd() if given else folder, chosen)


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
    from koweb_sync.archive.base.store import Store

    context = click.get_current_context()
    store = context.with_resource(Store.open(place, create=create))
    context.with_resource(store.suspected())
    return store


def archive_at(place: Place, store: "Store") -> "Archive":
    """The forum that is meant, in a store. Raises InputError if it is not there."""
    from koweb_sync.archive.rights.privacy import Archive

    number = store.forum(place.settings.url)
    if number is None:
        raise InputError(
            _("The archive holds nothing of {url}.").format(url=place.settings.url),
            where=store.place,
            remedy=_("“koweb archive” archives it; --store names another place."),
        )
    return Archive(store, number, place.settings.url)

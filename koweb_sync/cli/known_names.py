"""What a shell suggests for a category or a tag: what the archive here holds, and what was last heard of the forum.
Nothing is asked of a forum, nothing is written, and nothing is said where there is nothing to suggest.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.errors import KowebError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from koweb_sync.config import Settings

MOST = 200  # suggestions
QUERIES = {"categories": "SELECT path AS it, name FROM categories", "tags": "SELECT name AS it, '' AS name FROM tags"}


def categories_known(ctx: click.Context, _param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Slug paths of categories, with their names."""
    return suggested(begun, known(ctx, "categories"))


def tags_known(ctx: click.Context, _param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Tags."""
    return suggested(begun, known(ctx, "tags"))


def suggested(begun: str, names: Iterable[tuple[str, str]]) -> "list[CompletionItem]":
    """Those names that begin with what was typed, with what they are called."""
    from click.shell_completion import CompletionItem

    typed = begun.casefold()
    found = {name: called for name, called in names if name and name.casefold().startswith(typed)}
    return [CompletionItem(name, help=found[name] or None) for name in sorted(found)[:MOST]]


def known(ctx: click.Context, what: str) -> list[tuple[str, str]]:
    """All names of a kind that are known here, each with what it is called."""
    found: list[tuple[str, str]] = []
    with suppress(KowebError, OSError, ValueError):
        settings = configured(ctx)
        for place in places(ctx, settings):
            with suppress(sqlite3.Error, KowebError, OSError):
                found += in_archive(place, what, settings.url if settings else "")
        if settings is not None:
            found += heard(settings, what)
    return found


def folder() -> Path:
    """The folder of the repository, or the current one without any."""
    from koweb_sync.git.repo import Repo

    try:
        return Repo.find(Path.cwd()).root
    except KowebError:
        return Path.cwd()


def configured(ctx: click.Context) -> "Settings | None":
    """What koweb.toml says, if there is one that can be read."""
    from koweb_sync import config

    with suppress(KowebError):
        return config.load(folder(), forum=ctx.params.get("forum"))
    return None


def places(ctx: click.Context, settings: "Settings | None") -> Iterator[Path]:
    """The archive that is meant, if it is a file here."""
    from koweb_sync.archive.place import VARIABLE, within
    from koweb_sync.config import Keeping

    given = ctx.params.get("store") or os.environ.get(VARIABLE)
    above = Path.cwd() if given or settings is None else folder()
    place = within(above, given or (settings.archive if settings else Keeping()).store)
    if "://" not in place and Path(place).is_file():
        yield Path(place)


def in_archive(place: Path, what: str, url: str) -> list[tuple[str, str]]:
    """The names in an archive: of the forum at an address, where that is in it, else of all."""
    from koweb_sync.archive.store.reading import only_read
    from koweb_sync.archive.store.rows import forum_number, rows, sql

    with only_read(str(place)) as connection:
        forum = forum_number(connection, url)
        query = sql(QUERIES[what]) if forum is None else sql(f"{QUERIES[what]} WHERE forum = ?", forum)
        return [(str(row["it"]), str(row["name"])) for row in rows(connection, query)]


def heard(settings: "Settings", what: str) -> list[tuple[str, str]]:
    """The names that the forum told last."""
    from koweb_sync.forum.cache import cached_site

    site = cached_site(settings.url, settings.username)
    if site is None:
        return []
    return [(one.path, one.name) for one in site.categories] if what == "categories" else [(t, "") for t in site.tags]

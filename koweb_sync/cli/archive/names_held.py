"""What a shell suggests for a category or a tag of an archive: what the archive here holds, and what was last heard of
the forum. An archive in a file is read by SQLite alone, so that it takes a moment.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.known_names import configured, folder, known, suggested
from koweb_sync.errors import KowebError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from koweb_sync.config import Settings

QUERIES = {"categories": "SELECT path AS it, name FROM categories", "tags": "SELECT name AS it, '' AS name FROM tags"}


def categories_held(ctx: click.Context, _param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Slug paths of categories, with their names."""
    return suggested(begun, [*held(ctx, "categories"), *known(ctx, "categories")])


def tags_held(ctx: click.Context, _param: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Tags."""
    return suggested(begun, [*held(ctx, "tags"), *known(ctx, "tags")])


def held(ctx: click.Context, what: str) -> list[tuple[str, str]]:
    """All names of a kind that the archive here holds, each with what it is called."""
    found: list[tuple[str, str]] = []
    with suppress(KowebError, OSError, ValueError):
        settings = configured(ctx)
        for place in places(ctx, settings):
            with suppress(sqlite3.Error, KowebError, OSError):
                found += in_archive(place, what, settings.url if settings else "")
    return found


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

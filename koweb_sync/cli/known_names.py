"""What a shell suggests for a category or a tag: what was last heard of the forum, to which `cli.archive.names_held`
adds what an archive holds. Nothing is asked of a forum, nothing is written, and nothing is said where nothing is known.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.errors import KowebError
from koweb_sync.safe_text import line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from koweb_sync.config import Settings

MOST = 200  # suggestions
# A shell puts a suggestion into the line that somebody is about to run: one in which a sign would mean something there
# is none, whoever an archive or an answer is of.
_PLAIN = re.compile(r"[\w/][\w@%+=:,./-]*")


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
    found = {name: called for name, called in names if _PLAIN.fullmatch(name) and name.casefold().startswith(typed)}
    return [CompletionItem(name, help=line(found[name]) or None) for name in sorted(found)[:MOST]]


def known(ctx: click.Context, what: str) -> list[tuple[str, str]]:
    """All names of a kind that the forum told last, each with what it is called."""
    with suppress(KowebError, OSError, ValueError):
        if (settings := configured(ctx)) is not None:
            return heard(settings, what)
    return []


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


def heard(settings: "Settings", what: str) -> list[tuple[str, str]]:
    """The names that the forum told last."""
    from koweb_sync.forum.cache import cached_site

    site = cached_site(settings.url, settings.username)
    if site is None:
        return []
    return [(one.path, one.name) for one in site.categories] if what == "categories" else [(t, "") for t in site.tags]

"""`koweb archive search`: words in what was said."""

from typing import Any

import click

from koweb_sync.cli.archive.filters import filters, reading_to_tell
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit
from koweb_sync.errors import InputError
from koweb_sync.i18n import _


@click.command(
    help=_("Find posts by their words. Words in quotes stand together; a star ends the beginning of a word.")
)
@click.argument("words", nargs=-1, required=True)
@read_options
@format_option()
@filters("author", "category", "tag", "since", "until")
@click.option(
    "--in",
    "language",
    metavar="LANGUAGE",
    help=_("Only what stands there in this language, such as “en”: posts that were written in it, and translations."),
)
@click.option(
    "--limit", type=click.IntRange(1, 10**9), metavar="N", default=20, show_default=True, help=_("At most so many.")
)
def search(
    words: tuple[str, ...],
    forum: str | None,
    store: str | None,
    style: str,
    language: str | None,
    limit: int,
    **asked: Any,
) -> None:
    from koweb_sync.cli.archive import results as found
    from koweb_sync.cli.archive.posts_sought import PostsSought

    with reading_to_tell(find_to_read(forum, store)) as reader:
        asked["in"] = language and known_language(language)
        sought = PostsSought(reader, " ".join(words), {name: value for name, value in asked.items() if value})
        hits = sought.found(limit)
        if style == "json":
            emit({"version": 1, "posts": [found.as_data(one, reader.source()) for one in hits]})
        elif hits:
            found.show(hits)
        else:
            echo(sought.why_none())


def known_language(code: str) -> str:
    """A language as Discourse writes it. Raises InputError for what is none."""
    from koweb_sync.posts.translation import LOCALES, locale_named

    found = locale_named(code)
    if found is None:
        raise InputError(
            _("“{code}” is no language that Discourse knows.").format(code=code),
            where="--in",
            remedy=_("These are there: {names}").format(names=", ".join(LOCALES)),
        )
    return found

"""`koweb archive search`: words in what was said."""

from typing import Any

import click

from koweb_sync.cli.archive.filters import TypedOptions, filters, reading, wanted_of
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit
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
    from koweb_sync.archive.read.search import search as matching
    from koweb_sync.cli.archive import results as found

    with reading(find_to_read(forum, store)) as reader:
        wanted = wanted_of(reader, TypedOptions(**asked))
        if language is None:
            hits = matching(reader, " ".join(words), wanted, limit)
        else:
            from koweb_sync.archive.read.search_in_language import search_in

            hits = search_in(reader, known_language(language), " ".join(words), wanted, limit)
        if style == "json":
            emit({"version": 1, "posts": [found.as_data(one, reader.source()) for one in hits]})
        else:
            found.show(hits)


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

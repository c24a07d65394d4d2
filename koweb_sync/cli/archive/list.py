"""`koweb archive list`: the topics that are held."""

from typing import Any

import click

from koweb_sync.cli.archive.filters import TypedOptions, filters, reading_to_tell, wanted_of
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit
from koweb_sync.i18n import _

SORTS = ("last", "created", "replies", "likes", "views")


@click.command(
    "list",
    help=_("List topics, those with the newest posts first. --author, --since and --until are about their posts."),
)
@read_options
@format_option()
@filters("author", "category", "tag", "since", "until")
@click.option("--deleted", is_flag=True, help=_("Only topics that the forum does not show any more."))
@click.option("--sort", type=OneOf(SORTS), default="last", show_default=True, help=_("What comes first."))
@click.option("--limit", type=click.IntRange(1, 10**9), metavar="N", help=_("At most so many."))
def list(  # noqa: A001 - the group finds its commands by their names
    forum: str | None, store: str | None, style: str, deleted: bool, sort: str, limit: int | None, **asked: Any
) -> None:
    from koweb_sync.archive.read.topic_list import topics as listed
    from koweb_sync.cli.archive import results as found

    with reading_to_tell(find_to_read(forum, store)) as reader:
        topics = listed(reader, wanted_of(reader, TypedOptions(**asked)), sort, limit, deleted=deleted)
        if style == "json":
            from koweb_sync.archive.exports import json_form

            source = reader.source()
            emit({"version": 1, "topics": [json_form.topic(one, source) for one in topics]})
        else:
            found.show_topics(topics)

"""`koweb archive list`: the topics that are held."""

from typing import TYPE_CHECKING, Any

import click

from koweb_sync.cli.archive.filters import TypedOptions, filters, reading_to_tell, wanted_of
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import exclusive, format_option
from koweb_sync.cli.output import emit
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.cli.archive.location import ArchivePlace

SORTS = ("last", "created", "replies", "likes", "views")


@click.command(
    "list",
    help=_(
        "List topics, those with the newest posts first; with --edited, posts, the one that was edited last first. "
        "--author, --since and --until are about posts."
    ),
)
@read_options
@format_option()
@filters("author", "category", "tag", "since", "until")
@click.option("--deleted", is_flag=True, help=_("Only topics that the forum does not show any more."))
@click.option("--edited", is_flag=True, help=_("Posts that were edited, each with how many earlier texts are held."))
@click.option("--sort", type=OneOf(SORTS), default="last", show_default=True, help=_("What comes first."))
@click.option("--limit", type=click.IntRange(1, 10**9), metavar="N", help=_("At most so many."))
def list(  # noqa: A001 - the group finds its commands by their names
    forum: str | None, store: str | None, style: str, sort: str, limit: int | None, **asked: Any
) -> None:
    from koweb_sync.archive.read.topic_list import topics as listed
    from koweb_sync.cli.archive import results as found

    deleted = asked.pop("deleted")
    if asked.pop("edited"):
        exclusive(edited=True, deleted=deleted, sort=sort != SORTS[0])
        list_edited(find_to_read(forum, store), TypedOptions(**asked), limit, style)
        return
    with reading_to_tell(find_to_read(forum, store)) as reader:
        topics = listed(reader, wanted_of(reader, TypedOptions(**asked)), sort, limit, deleted=deleted)
        if style == "json":
            from koweb_sync.archive.exports import json_form

            source = reader.source()
            emit({"version": 1, "topics": [json_form.topic(one, source) for one in topics]})
        else:
            found.show_topics(topics)


def list_edited(place: "ArchivePlace", asked: TypedOptions, limit: int | None, style: str) -> None:
    """Posts with earlier texts, the one that was edited last first."""
    from koweb_sync.archive.read.edited_posts import edited_posts
    from koweb_sync.cli.archive import edited_list

    with reading_to_tell(place) as reader:
        posts = edited_posts(reader, wanted_of(reader, asked), limit)
        if style == "json":
            source = reader.source()
            emit({"version": 1, "posts": [edited_list.as_data(one, source) for one in posts]})
        else:
            edited_list.show(posts)

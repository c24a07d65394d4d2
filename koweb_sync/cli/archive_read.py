"""`koweb archive show|search|list|stats`: reading what was archived, without the forum."""

from typing import Any

import click

from koweb_sync.cli.archive_place import find, place_options
from koweb_sync.cli.archive_wishes import TypedOptions, filters, reading, wanted_of
from koweb_sync.cli.common import format_option
from koweb_sync.cli.output import emit
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

SORTS = ("last", "created", "replies", "likes", "views")


@click.command(help=_("Show a topic or a post as it was archived: TOPIC, TOPIC/NUMBER, the address of either."))
@click.argument("what")
@place_options
@format_option()
@click.option("--version", "version", type=click.IntRange(min=1), metavar="N", help=_("The post's text number N."))
@click.option("--versions", is_flag=True, help=_("All texts of the post, with what changed between them."))
def show(what: str, forum: str | None, store: str | None, style: str, version: int | None, versions: bool) -> None:
    from koweb_sync.archive.exports import json_form
    from koweb_sync.cli import archive_show as pages

    with reading(find(forum, store)) as reader:
        topic, number = pages.place_of(reader, what)
        found = reader.topic(topic)
        if found is None:
            raise InputError(_("The archive holds no such topic."), where=what, remedy=pages.try_search())
        source = reader.source()
        if number is None and version is None and not versions:
            if style == "json":
                posts = [json_form.post(one, source) for one in reader.posts(topic)]
                emit({"version": 1, "topic": json_form.topic(found, source), "posts": posts})
            else:
                pages.topic(reader, found, source)
            return
        post = reader.at(topic, number or 1)
        if post is None:
            raise InputError(_("The archive holds no such post."), where=what, remedy=pages.try_search())
        if style == "json":
            emit(pages.as_data(post, source, version))
        elif versions:
            pages.texts(post)
        elif version is not None:
            pages.text(post, version)
        else:
            pages.one(found, post, source)


@click.command(
    help=_("Find posts by their words. Words in quotes stand together; a star ends the beginning of a word.")
)
@click.argument("words", nargs=-1, required=True)
@place_options
@format_option()
@filters("author", "category", "tag", "since", "until")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help=_("At most so many."))
def search(words: tuple[str, ...], forum: str | None, store: str | None, style: str, limit: int, **asked: Any) -> None:
    from koweb_sync.cli import archive_found as found

    with reading(find(forum, store)) as reader:
        wanted = wanted_of(reader, TypedOptions(**asked))
        hits = found.search(reader, " ".join(words), wanted, limit)
        if style == "json":
            emit({"version": 1, "posts": [found.as_data(one, reader.source()) for one in hits]})
        else:
            found.show(hits)


@click.command("list", help=_("List topics, those with the newest posts first."))
@place_options
@format_option()
@filters("author", "category", "tag", "since", "until")
@click.option("--deleted", is_flag=True, help=_("Only topics that the forum does not show any more."))
@click.option("--sort", type=click.Choice(SORTS), default="last", show_default=True, help=_("What comes first."))
@click.option("--limit", type=click.IntRange(min=1), help=_("At most so many."))
def list_(
    forum: str | None, store: str | None, style: str, deleted: bool, sort: str, limit: int | None, **asked: Any
) -> None:
    from koweb_sync.archive.exports import json_form
    from koweb_sync.cli import archive_found as found

    with reading(find(forum, store)) as reader:
        topics = found.topics(reader, wanted_of(reader, TypedOptions(**asked)), sort, limit, deleted=deleted)
        if style == "json":
            source = reader.source()
            emit({"version": 1, "topics": [json_form.topic(one, source) for one in topics]})
        else:
            found.show_topics(topics)


@click.command(help=_("Say what the archive holds, and what the last run cost."))
@place_options
@format_option()
def stats(forum: str | None, store: str | None, style: str) -> None:
    from koweb_sync.archive.crawl.lost_files import gone
    from koweb_sync.archive.read.stats import holdings
    from koweb_sync.cli import archive_found as found
    from koweb_sync.cli import archive_lost as lost

    with reading(find(forum, store)) as reader:
        held = holdings(reader.connection, reader.forum)
        away = gone(reader.connection, reader.forum)
        if style == "json":
            held["files"]["gone"] = lost.as_data(away)
            emit({"version": 1, "forum": reader.source().url, **held})
        else:
            found.show_holdings(reader.source(), held)
            lost.told(away)


list = list_  # noqa: A001 - the group finds its commands by their names

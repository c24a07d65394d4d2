"""`koweb archive show`: a topic, or a post with its versions."""

import click

from koweb_sync.cli.archive.filters import reading_to_tell
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit
from koweb_sync.errors import InputError
from koweb_sync.i18n import _


@click.command(help=_("Show a topic or a post as it was archived: TOPIC, TOPIC/NUMBER, the address of either."))
@click.argument("what")
@read_options
@format_option()
@click.option("--version", "version", type=click.IntRange(min=1), metavar="N", help=_("The post's text number N."))
@click.option("--versions", is_flag=True, help=_("All texts of the post, with what changed; titles too, of a topic."))
def show(what: str, forum: str | None, store: str | None, style: str, version: int | None, versions: bool) -> None:
    from koweb_sync.cli.archive import topic_page as pages

    place = find_to_read(forum, store)
    with reading_to_tell(place) as reader:
        topic, number = pages.place_of(reader, what)
        found = reader.topic(topic)
        if found is None:
            raise InputError(pages.no_such(topic), where=what, remedy=pages.try_search(place))
        source = reader.source()
        if number is None and version is None and not versions:
            if style == "json":
                emit(pages.topic_as_data(reader, found, source))
            else:
                pages.topic(reader, found, source)
            return
        post = reader.at(topic, 1 if number is None else number)
        if post is None:
            raise InputError(_("The archive holds no such post."), where=what, remedy=pages.try_search(place))
        if style == "json":
            emit(pages.as_data(post, source, version))
        elif versions:
            pages.texts(post, found if post.number == 1 else None)
        elif version is not None:
            pages.text(post, version)
        else:
            pages.one(reader, found, post, source)

"""`koweb feed letter`: the letters that were published, for everybody's feed readers."""

from pathlib import Path

import click

from koweb_sync.cli.archive.location import archive_to_tell_of, find, place_options
from koweb_sync.cli.output import say
from koweb_sync.cli.report.feed import address_of, feed_options, write
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, speaking

NAME = "letters.atom"


@click.command(
    help=_(
        "Write the letters that were published as a feed, as they stand on the forum now. A letter is in it after the "
        "next run of “koweb archive”."
    )
)
@place_options
@feed_options
def letter(forum: str | None, store: str | None, folder: Path, address: str) -> None:
    from koweb_sync import bookmark
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.letter.feeds import letters as feed_of
    from koweb_sync.letter.feeds import xml
    from koweb_sync.letter.memory import letters

    place = find(forum, store)
    repo = Repo.find(place.root)
    archive = archive_to_tell_of(place)
    paths = {one.path for one in letters(repo, place.settings) if not one.draft}
    at = repo.resolve(place.settings.bookmark)
    agreed = () if at is None else bookmark.read(repo, at).agreed.values()
    topics = {int(one.topic) for one in agreed if one.path in paths}
    with archive.store.read() as connection, speaking(place.settings.locale):
        made = feed_of(Reader(connection, archive.forum), topics, address_of(address, NAME))
        text = xml(made)
    write(folder, NAME, text, made.address)
    missing = len(topics) - len(made.entries)
    if missing:
        told = ngettext(
            "{n} letter is not in the archive yet, or not for everybody: “koweb archive” brings it.",
            "{n} letters are not in the archive yet, or not for everybody: “koweb archive” brings them.",
            missing,
        )
        say(told.format(n=missing))

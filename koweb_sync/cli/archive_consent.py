"""`koweb archive consent` and `koweb archive purge`: what people want, and what the forum deleted."""

import sys
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.archive_after import compacted, now, purged
from koweb_sync.cli.archive_again import make_again
from koweb_sync.cli.archive_place import archive_at, find, place_options
from koweb_sync.cli.common import format_option
from koweb_sync.cli.output import echo, emit, say, table
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.i18n import _, ngettext
from koweb_sync.times import DAY, moment

if TYPE_CHECKING:
    from koweb_sync.archive.exports.history import MadeExport


@click.command(
    help=_(
        "Keep who does not want to be counted in reports. Without a USER it lists them. Their posts stay in the "
        "archive; “koweb archive forget” erases them."
    )
)
@click.argument("user", required=False)
@place_options
@format_option()
@click.option("--not-counted", "counted", flag_value=False, default=None, help=_("They do not want to be counted."))
@click.option("--counted", "counted", flag_value=True, help=_("They may be counted again."))
def consent(user: str | None, forum: str | None, store: str | None, style: str, counted: bool | None) -> None:
    """The help is above."""
    from koweb_sync.archive.privacy import consent as consents
    from koweb_sync.archive.privacy import forget

    place = find(forum, store)
    opened = place.open()
    archive = archive_at(place, opened)
    if (user is None) != (counted is None):
        raise InputError(_("Name somebody, and take --counted or --not-counted."))
    if user is not None and counted is not None:
        with opened.alone(), opened.begin() as connection:
            person = forget.find(connection, archive.forum, user)
            new = consents.wish(connection, archive.forum, person.id, now(), counted=counted)
        say(_("Noted.") if new else _("That was known already."))
    with opened.read() as connection:
        wishes = consents.wishes(connection, archive.forum)
    if style == "json":
        emit([{"person": one.person, "username": one.username, "since": day(one.since)} for one in wishes])
    else:
        table([(f"#{one.person}", one.username, day(one.since)) for one in wishes])


@click.command(
    help=_(
        "Empty the posts that the forum deleted some days ago. That there was a post, and why it went, stays. With "
        'deletions = "purge" in koweb.toml every run does it.'
    )
)
@place_options
@format_option()
@click.option("--days", type=click.IntRange(min=0), help=_("How long after it was deleted (default: see koweb.toml)."))
@click.option("--dry-run", is_flag=True, help=_("Only say how many."))
def purge(forum: str | None, store: str | None, style: str, days: int | None, dry_run: bool) -> None:
    """The help is above."""
    from koweb_sync.archive.privacy import purge as purging

    place = find(forum, store)
    opened = place.open()
    archive = archive_at(place, opened)
    stale: list[MadeExport] = []
    late = False
    before = now() - (place.settings.archive.purge_after_days if days is None else days) * DAY
    if dry_run:
        with opened.read() as connection:
            number = len(purging.due(connection, archive.forum, before))
        words = ngettext("{n} post would be emptied.", "{n} posts would be emptied.", number)
    else:
        with opened.alone():
            done = purged(archive, before)
            number, late = done.rows.get("texts of posts", 0), not compacted(done.late)
            stale = make_again(archive)
        words = ngettext("{n} post emptied.", "{n} posts emptied.", number)
    if style == "json":
        emit({"version": 1, "posts": number, "stale": [one.to for one in stale]})
    else:
        echo(words.format(n=number))
    sys.exit(HUMAN if stale or late else DONE)


def day(micros: int) -> str:
    """A day as in ISO 8601."""
    return moment(micros).date().isoformat()

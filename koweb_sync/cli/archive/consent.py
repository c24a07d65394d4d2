"""`koweb archive consent`: who does not want to be counted in reports."""

import click

from koweb_sync import dates
from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.location import archive_at, find, place_options
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit, say, table
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.times import moment


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
        table([(f"#{one.person}", one.username, dates.short_day(one.since)) for one in wishes])


def day(micros: int) -> str:
    """A day as in ISO 8601."""
    return moment(micros).date().isoformat()

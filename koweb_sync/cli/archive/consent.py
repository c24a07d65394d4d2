"""`koweb archive consent`: who does not want to be counted in reports, and who may be quoted in letters."""

from typing import TYPE_CHECKING

import click

from koweb_sync import dates
from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import archive_at
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import emit, say, table
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.times import moment

if TYPE_CHECKING:
    from koweb_sync.archive.privacy.consent import Consent


@click.command(
    help=_(
        "Keep who does not want to be counted in reports, and whom a letter may quote. Without a USER it lists them. "
        "Their posts stay in the archive; “koweb archive forget” erases them."
    )
)
@click.argument("user", required=False)
@read_options
@format_option()
@click.option("--not-counted", "counted", flag_value=False, default=None, help=_("They do not want to be counted."))
@click.option("--counted", "counted", flag_value=True, help=_("They may be counted again."))
@click.option(
    "--quoted",
    type=OneOf(["name", "unnamed", "never"]),
    help=_("Letters may quote them with their name, without it, or never."),
)
def consent(
    user: str | None, forum: str | None, store: str | None, style: str, counted: bool | None, quoted: str | None
) -> None:
    from koweb_sync.archive.privacy import consent as consents
    from koweb_sync.archive.privacy import forget

    place = find_to_read(forum, store)
    opened = place.open()
    archive = archive_at(place, opened)
    if (user is None) != (counted is None and quoted is None):
        raise InputError(_("Name somebody, and take --counted, --not-counted or --quoted."))
    if user is not None:
        with opened.alone(), opened.begin() as connection:
            person, new = forget.find(connection, archive.forum, user), False
            if counted is not None:
                new = consents.wish(connection, archive.forum, person.id, now(), counted=counted)
            if quoted is not None:
                chosen = consents.Quoting[{"name": "NAMED"}.get(quoted, quoted.upper())]
                new |= consents.wish_quoting(connection, archive.forum, person.id, now(), chosen)
        say(_("Noted.") if new else _("That was known already."))
    with opened.read() as connection:
        wishes = consents.wishes(connection, archive.forum)
    if style == "json":
        emit([{"person": one.person, "username": one.username, **wished(one)} for one in wishes])
    else:
        from koweb_sync.archive.privacy.subject_page import words

        said = words()["wish"]
        table(
            [
                (f"#{one.person}", one.username, f"{dates.day(one.since)}  {said.get(one.wish, one.wish)}")
                for one in wishes
            ]
        )


def wished(one: "Consent") -> dict[str, str]:
    """What somebody wishes, and since which day."""
    return {"wish": one.wish, "since": day(one.since)}


def day(micros: int) -> str:
    """A day as in ISO 8601."""
    return moment(micros).date().isoformat()

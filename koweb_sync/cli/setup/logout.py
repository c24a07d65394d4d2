"""`koweb logout`: the forum and this computer forget a login."""

import click

from koweb_sync import login_attempts, logins
from koweb_sync.cli.output import labelled, say
from koweb_sync.cli.setup.login import address, configured
from koweb_sync.errors import InputError
from koweb_sync.i18n import _


@click.command(
    help=_(
        "Log out: the forum takes the key back, and this computer forgets it. FORUM is its name in koweb.toml, or its "
        "address."
    )
)
@click.argument("forum", required=False, metavar=_("FORUM"))
def logout(forum: str | None) -> None:
    from koweb_sync.forum.typed_addresses import forum_address
    from koweb_sync.sync.setup.login import give_back, nobody_holds

    settings = configured(forum)
    url = settings.url if settings else forum_address(address(forum))
    login = logins.find(url)
    if login is None:
        raise InputError(_("You are not logged in to this forum on this computer."), where=url)
    key = logins.key_of(url, login)
    revoked = bool(key) and give_back(url, login, key, say=say)
    logins.forget(url)
    if revoked:
        say(_("The forum took the key back, and this computer forgot it."), fg="green")
    else:
        say(_("This computer forgot the key. The forum could not be told, and still knows it."))
        say(
            _("Take it back in your browser: {url}, under “Apps”, the entry koweb.").format(
                url=f"{url}/my/preferences/apps"
            )
        )
    if since := login_attempts.left(url):
        say(labelled(_("login"), nobody_holds(url, since)), fg="yellow")

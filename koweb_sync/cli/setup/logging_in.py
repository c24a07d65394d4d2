"""From a forum's address to a login that this computer keeps: what `koweb login` and `koweb init` share."""

from time import time

from koweb_sync import keyrings, login_attempts, logins, trusted
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.cli.setup.login_ways import by_browser, by_code, by_text
from koweb_sync.errors import InputError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish, random
from koweb_sync.forum.login import LoginDenied, gives_codes
from koweb_sync.i18n import _
from koweb_sync.logins import Login
from koweb_sync.sync.setup.login import ending, finish, left_over, rights

WAYS = {"code": by_code, "browser": by_browser, "text": by_text}


def log_in(
    url: str, *, writes: bool = True, way: str | None = None, in_file: bool = False, browser: bool | None = None
) -> Login:
    """Get a key of the person's own from a forum, and keep it. Raises KowebError; then nothing is kept."""
    logins.find(url)  # a damaged file is told before the forum is asked
    in_file = where_to_keep(agreed=in_file)
    for sentence in rights(writes=writes):
        say(sentence)
    attempt = login_attempts.begin(url, random(), time())
    try:
        if attempt.left:
            say(left_over(attempt.left))
        login = asked(url, KeyWish(writes, attempt.client), way, in_file=in_file, browser=browser)
    finally:
        attempt.lock.release()
    say(_("You are logged in as “{user}”.").format(user=login.username), fg="green")
    tell_place(in_file=in_file)
    if login.end:
        say(ending(login.end))
    return login


def asked(url: str, wish: KeyWish, way: str | None, *, in_file: bool, browser: bool | None) -> Login:
    """The login, once the person agreed. Raises KowebError."""
    try:
        with Forum(url, "", "", say=say) as forum:
            found = way or ("code" if gives_codes(forum) else "text")
            key = WAYS[found](forum, wish, browser=browser)
    except LoginDenied:
        login_attempts.end(url, wish.client)
        raise
    return finish(url, wish, key, in_file=in_file, say=say)


def where_to_keep(*, agreed: bool) -> bool:
    """Whether the key goes into a file: only where there is no keyring, and the person agrees. Raises InputError."""
    if keyrings.usable():
        return False
    place = trusted.data_folder() / logins.NAME
    if agreed or (
        can_ask()
        and ask_yes_no(
            _("This computer has no keyring. Keep the key in a file that only you may read, {path}?").format(
                path=place
            ),
            default=False,
        )
    ):
        return True
    raise InputError(
        _("There is no place for the key on this computer: nothing was asked of the forum."),
        remedy=_("Set up a keyring; or let a file hold the key: koweb login --file"),
    )


def tell_place(*, in_file: bool) -> None:
    """Where the key is, and how it ends."""
    if in_file:
        say(_("The key is in {path}, which only you may read.").format(path=trusted.data_folder() / logins.NAME))
    else:
        say(_("The key is in this computer's keyring."))
    say(_("“koweb logout” ends it."))

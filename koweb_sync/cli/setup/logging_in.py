"""From a forum's address to a login that this computer keeps: what `koweb login` and `koweb init` share."""

from contextlib import suppress
from time import time

from koweb_sync import keyrings, logins, trusted
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.cli.setup.login_ways import by_browser, by_code, by_text
from koweb_sync.errors import InputError, KowebError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish
from koweb_sync.forum.login import gives_codes, owner, revoke
from koweb_sync.forum.own_key import OwnKey
from koweb_sync.i18n import _
from koweb_sync.logins import Login

WAYS = {"code": by_code, "browser": by_browser, "text": by_text}


def log_in(
    url: str, *, writes: bool = True, way: str | None = None, in_file: bool = False, browser: bool | None = None
) -> Login:
    """Get a key of the person's own from a forum, and keep it. Raises KowebError; then nothing is kept."""
    in_file = where_to_keep(agreed=in_file)
    tell_rights(writes=writes)
    wish = KeyWish(writes)
    with Forum(url, "", "", say=say) as forum:
        found = way or ("code" if gives_codes(forum) else "text")
        key = WAYS[found](forum, wish, browser=browser)
    with Forum(url, "", key, own=OwnKey(wish.client, "", writes), say=say) as forum:
        try:
            login = Login(owner(forum), wish.client, time(), writes)
            older = logins.keep(url, login, key, in_file=in_file)
        except KowebError:
            with suppress(KowebError):  # what is not kept is of no use to anybody
                revoke(forum)
            raise
    if older and older[1]:
        give_back(url, *older)
    say(_("You are logged in as “{user}”.").format(user=login.username), fg="green")
    tell_place(in_file=in_file)
    return login


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


def tell_rights(*, writes: bool) -> None:
    """What the person is about to agree to, before they do."""
    if writes:
        say(_("koweb asks for a key with which it reads and writes on the forum as you, and as nobody else."))
    else:
        say(_("koweb asks for a key with which it reads on the forum what you may read."))
    say(
        _(
            "Discourse has no key that leaves your personal messages out. koweb never asks for them: with such a key "
            "it refuses to."
        )
    )


def tell_place(*, in_file: bool) -> None:
    """Where the key is, and how it ends."""
    if in_file:
        say(_("The key is in {path}, which only you may read.").format(path=trusted.data_folder() / logins.NAME))
    else:
        say(_("The key is in this computer's keyring."))
    say(_("“koweb logout” ends it. The forum may end it, too, if you do not use it for months: koweb says so then."))


def give_back(url: str, login: Login, key: str) -> bool:
    """Let the forum forget an older login of this computer; False where it cannot be reached. Nothing else fails."""
    try:
        with Forum(url, login.username, key, own=OwnKey(login.client, login.username, login.writes), say=say) as forum:
            revoke(forum)
    except KowebError:
        return False
    return True

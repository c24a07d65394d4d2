"""The end of a login, however the person agreed to it: the key is kept, and an older one given back."""

from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import TYPE_CHECKING

from koweb_sync import dates, login_attempts, logins
from koweb_sync.errors import KowebError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.login import owner, revoke
from koweb_sync.forum.own_key import OwnKey
from koweb_sync.i18n import _, ngettext
from koweb_sync.logins import UNUSED_DAYS, Login, LoginEnd
from koweb_sync.times import SECOND

if TYPE_CHECKING:
    from koweb_sync.forum.key_wish import KeyWish  # it loads what only an extra brings

Say = Callable[[str], None]


def finish(url: str, wish: "KeyWish", key: str, *, in_file: bool, say: Say) -> Login:
    """Keep a key that the forum gave: two requests, three where an older one is given back. Raises KowebError; then
    nothing is kept, and the forum is told so, whatever the reason; where it could not be, the next login ends the key.
    """
    with Forum(url, "", key, own=OwnKey(wish.client, "", wish.writes), say=say) as forum:
        try:
            login = Login(owner(forum), wish.client, time(), wish.writes)
            older = logins.keep(url, login, key, in_file=in_file)
        except BaseException:  # also what nobody foresaw, and somebody who ends it here
            with suppress(KowebError):  # what is not kept is of no use to anybody
                revoke(forum)
                login_attempts.end(url, wish.client)
            raise
    login_attempts.end(url, wish.client)
    if older and not (older[1] and give_back(url, *older, say=say)):
        say(
            _(
                "The forum could not be told that this login replaces an older one. Take that one back in your "
                "browser: {url}, under “Apps”, the older entry koweb."
            ).format(url=f"{url}/my/preferences/apps")
        )
    return login


def give_back(url: str, login: Login, key: str, *, say: Say) -> bool:
    """Let the forum forget a login; False where it could not be told. Nothing else fails."""
    try:
        with Forum(url, login.username, key, own=OwnKey(login.client, login.username, login.writes), say=say) as forum:
            revoke(forum)
    except KowebError:
        return False
    return True


def rights(*, writes: bool = True) -> list[str]:
    """What a person is about to agree to, in sentences."""
    asks = (
        _("koweb asks for a key with which it reads and writes on the forum as you, and as nobody else.")
        if writes
        else _("koweb asks for a key with which it reads on the forum what you may read.")
    )
    spares = _(
        "koweb never reads your personal messages. The key itself would let it: the forum's software offers none that "
        "does not."
    )
    return [asks, spares]


def ending(end: LoginEnd) -> str:
    """When a login ends, as a sentence that says what is known of it and what is not."""
    day = dates.day(round(end.at * SECOND))
    if end.by_age:
        return _("The forum ends this login on {day}, however often it is used.").format(day=day)
    if end.told:
        return _("The forum ends this login if it is not used until {day}.").format(day=day)
    text = ngettext(
        "The forum tells no date. Discourse ends a login that nobody used for {n} day, unless its administrators "
        "chose otherwise: this one about {day}, if it is not used until then.",
        "The forum tells no date. Discourse ends a login that nobody used for {n} days, unless its administrators "
        "chose otherwise: this one about {day}, if it is not used until then.",
        UNUSED_DAYS,
    )
    return text.format(n=UNUSED_DAYS, day=day)


def warning(login: Login, now: float, *, unused: bool = True) -> str:
    """What is said of a login that ends soon; "" where there is time. `unused`: also of one that is only not used, for
    this command does not use it.
    """
    end = login.end
    if end is None or not end.near(now) or not (end.by_age or unused):
        return ""
    remedy = (
        _("A new one takes its place: koweb login") if end.by_age else _("Any command that asks the forum keeps it.")
    )
    return f"{ending(end)} {remedy}"


def left_over(since: float) -> str:
    """What is said of a login that did not end, by the one that takes its place."""
    text = _(
        "The login that was begun here on {day} did not end. If you agreed to it on the forum, its key ends as soon as "
        "you agree to this one."
    )
    return text.format(day=dates.day(round(since * SECOND)))


def nobody_holds(url: str, since: float) -> str:
    """What is said of a login that did not end, where nobody logs in."""
    text = _(
        "the one that was begun here on {day} did not end. If you agreed to it on the forum, nobody holds its key: "
        "“koweb login” ends it, or you take it back in your browser: {url}, under “Apps”, the entry koweb"
    )
    return text.format(day=dates.day(round(since * SECOND)), url=f"{url}/my/preferences/apps")

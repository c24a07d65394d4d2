"""How a person agrees on the forum that koweb gets a key of theirs, and how the key comes back, sealed."""

from collections.abc import Callable
from math import ceil

from koweb_sync.cli.browser import open_in_browser
from koweb_sync.cli.output import complain, say
from koweb_sync.cli.questions import ask, ask_yes_no, can_ask
from koweb_sync.cli.setup.loopback import Loopback
from koweb_sync.errors import ForumAnswerUnclear, ForumDown, ForumUnreachable, HumanNeeded
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish, sealed
from koweb_sync.forum.login import CodeStatus, DeviceCode, LoginDenied, begin, poll
from koweb_sync.i18n import _, ngettext

SLOWER = 5.0  # seconds more between two questions, where the forum asks for that (RFC 8628 §3.5)
PATIENCE = 600.0  # seconds that we wait for the browser
LINES = 30  # of a text that is pasted


def by_code(forum: Forum, wish: KeyWish, *, browser: bool | None) -> str:
    """The key, by a code that the person confirms on the forum, on this computer or any other. Raises KowebError."""
    code = begin(forum, wish)
    say(_("Open this page of the forum, log in there as you always do, and give it this code:"))
    say(f"\n    {code.address}\n")
    framed(code.code)
    offer(code.whole, browser)
    minutes = ceil(code.lives / 60)
    say(
        ngettext(
            "Waiting for your answer there, {n} minute at most. Ctrl-C ends it.",
            "Waiting for your answer there, {n} minutes at most. Ctrl-C ends it.",
            minutes,
        ).format(n=minutes)
    )
    return wish.opened(answered(forum, code), forum.host)


def framed(code: str) -> None:
    """The code, large."""
    text = f"   {' '.join(code)}   "
    for line in (f"┌{'─' * len(text)}┐", f"│{text}│", f"└{'─' * len(text)}┘\n"):
        say(f"    {line}", bold=True)


def answered(forum: Forum, code: DeviceCode) -> str:
    """The sealed key, once the person agreed. Raises HumanNeeded where they do not, or not in time."""
    until, interval = forum.clock.now() + code.lives, code.interval
    while forum.clock.now() < until:
        forum.clock.sleep(interval)
        try:
            status, payload = poll(forum, code)
        except (ForumUnreachable, ForumDown):
            continue  # the network may come back within these minutes
        if status is CodeStatus.GIVEN:
            return payload
        if status is CodeStatus.DENIED:
            raise LoginDenied(_("You refused on the forum: there is no login."), remedy=_("To try again: koweb login"))
        if status is CodeStatus.EXPIRED:
            break
        interval += SLOWER if status is CodeStatus.SLOWER else 0
    raise HumanNeeded(_("The code is over: nobody confirmed it in time."), remedy=_("For a new one: koweb login"))


def by_browser(forum: Forum, wish: KeyWish, *, browser: bool | None) -> str:
    """The key, which the forum sends to this computer by way of the browser. Raises HumanNeeded where none comes."""
    with Loopback(wish.opened) as page:
        shown(wish.address(forum.host, page.address), browser)
        say(_("Waiting for your browser. Ctrl-C ends it."))
        say(
            _("If the forum says there that this is not permitted, end this here, and run: {command}").format(
                command="koweb login --by text"
            )
        )
        key = page.wait(PATIENCE)
    if not key:
        raise HumanNeeded(_("No answer came from your browser in time."), remedy="koweb login --by text")
    return key


def by_text(forum: Forum, wish: KeyWish, *, browser: bool | None) -> str:
    """The key, which the forum shows sealed on a page, and the person copies."""
    if not can_ask():
        raise HumanNeeded(
            _("This forum shows a text that you have to copy: that needs a terminal."),
            remedy=_("Run it in a terminal."),
        )
    shown(wish.address(forum.host), browser)
    say(_("The forum then shows a text of several lines. Copy all of it, and paste it here:"))
    return pasted(lambda text: wish.opened(text, forum.host))


def pasted(opened: Callable[[str], str]) -> str:
    """What `opened` makes of what the person pastes, line by line; they are asked again for what is not the answer."""
    while True:
        lines = [ask(_("Text of the page"))]
        while sealed("".join(lines)) is None and lines[-1] and len(lines) < LINES:
            lines.append(ask("…", ""))
        try:
            return opened("".join(lines))
        except ForumAnswerUnclear as error:
            complain(error)


def shown(address: str, browser: bool | None) -> None:
    """Where the person agrees."""
    say(_("Open this page of the forum, log in there as you always do, and agree:"))
    say(f"\n{address}\n")
    offer(address, browser)


def offer(address: str, browser: bool | None) -> None:
    """Open a page of the forum: if that was asked for, or if somebody at a terminal says yes."""
    if browser is None:
        browser = can_ask() and ask_yes_no(_("Open it in your browser?"), default=True)
    if browser and not open_in_browser(address):
        say(_("No browser could be started here; open that address in one."))

"""Logging in to the forum from the desk: the page shows a code and asks the forum now and then, or takes a text."""

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic, time

from koweb_sync import keyrings, login_attempts, logins
from koweb_sync.desk.run.session import quietly
from koweb_sync.errors import ForumDown, ForumUnreachable, HumanNeeded, InputError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.key_wish import KeyWish, random
from koweb_sync.forum.login import CodeStatus, DeviceCode, begin, gives_codes, poll
from koweb_sync.i18n import _
from koweb_sync.login_attempts import LoginAttempt
from koweb_sync.logins import Login
from koweb_sync.sync.setup.login import finish

SLOWER = 5.0  # seconds more between two questions, where the forum asks for that


@dataclass(slots=True)
class DeskLogin:
    """A login that is under way. `code`: None where the forum shows a text; `page`: where the person agrees.

    A page may ask twice at once, by a double click or in two tabs: what came of the first is the answer to both.
    """

    url: str
    page: str
    in_file: bool
    attempt: LoginAttempt
    wish: KeyWish = field(repr=False)
    code: DeviceCode | None = None
    interval: float = 0.0
    until: float = 0.0
    next: float = 0.0
    found: Login | None = None
    one_at_a_time: Lock = field(default_factory=Lock, repr=False)

    def look(self) -> Login | None:
        """The login, once the person agreed: a request, where it is time for one. Raises KowebError where there will be
        none.
        """
        with self.one_at_a_time:
            self.found = self.found or self.asked()
            return self.found

    def take(self, payload: str) -> Login:
        """The login, from the text that the forum showed. Raises KowebError."""
        with self.one_at_a_time:
            self.found = self.found or self.opened(payload)
            return self.found

    def asked(self) -> Login | None:
        """What the forum says."""
        if self.code is None or monotonic() < self.next:
            return None
        self.next = monotonic() + self.interval
        try:
            with Forum(self.url, "", "", say=quietly) as forum:
                status, payload = poll(forum, self.code)
        except (ForumUnreachable, ForumDown):
            status, payload = CodeStatus.WAITING, ""
        if status is CodeStatus.GIVEN:
            return self.opened(payload)
        if status is CodeStatus.DENIED:
            login_attempts.end(self.url, self.wish.client)
            raise HumanNeeded(_("You refused on the forum: there is no login."))
        if status is CodeStatus.EXPIRED or monotonic() > self.until:
            raise HumanNeeded(_("The code is over: nobody confirmed it in time."))
        self.interval += SLOWER if status is CodeStatus.SLOWER else 0
        return None

    def opened(self, payload: str) -> Login:
        """The login, from what the forum sealed."""
        key = self.wish.opened(payload, self.url)
        try:
            return finish(self.url, self.wish, key, in_file=self.in_file, say=quietly)
        finally:
            self.attempt.lock.release()


def begin_login(url: str, *, in_file: bool) -> DeskLogin:
    """Ask the forum for a key: one request, or two. Raises KowebError; InputError where the key has no place."""
    logins.find(url)  # a damaged file is told before the forum is asked
    ring = keyrings.usable()
    if not ring and not in_file:
        raise InputError(
            _("This computer cannot keep the key of a login."),
            remedy=_("Tick the box above: koweb then keeps it in a file that nobody else can read."),
        )
    attempt = login_attempts.begin(url, random(), time())
    wish = KeyWish(client=attempt.client)
    with Forum(url, "", "", say=quietly) as forum:
        if not gives_codes(forum):
            return DeskLogin(url, wish.address(url), not ring, attempt, wish)
        code = begin(forum, wish)
    now = monotonic()
    return DeskLogin(
        url, code.whole, not ring, attempt, wish, code, code.interval, now + code.lives, now + code.interval
    )

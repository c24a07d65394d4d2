"""The way to the forum: one request at a time over pooled connections, within the budget, retried where that is safe.

A read is repeated after a server error or a lost connection. A write is repeated only when the forum certainly did not
do it: it said 429 or "read-only", or there was never a connection. Redirects are followed on the same origin only, and
the key goes nowhere else. No error, log or representation holds the key: failures are values until they are raised, so
that no exception of the HTTP library, which carries the request's headers, hangs on ours.
"""

import ipaddress
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential
from urllib3.exceptions import HTTPError, NewConnectionError

from koweb_sync import __version__
from koweb_sync.errors import ForumAnswerUnclear, ForumDown, ForumError, ForumUnreachable, LimitReached
from koweb_sync.forum.budget import Budget, Clock
from koweb_sync.forum.decode import decoded
from koweb_sync.i18n import _

AGENT = f"koweb-sync/{__version__}"
LONG = 120.0  # seconds; a limit of one user that lasts longer ends this user's writes for now
LONGEST = 366 * 86_400.0  # seconds that anybody is believed to want us to wait
PATIENCE = 600.0  # seconds that one request waits for the forum in all
BIGGEST = 64 * 1024 * 1024  # bytes of an answer
REDIRECTS = frozenset([301, 302, 303, 307, 308])


class TooBig(requests.exceptions.ContentDecodingError):
    """An answer that is larger than any forum's."""


class ReadOnly(ForumDown):
    """The forum's maintenance lasts longer than our patience."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until a connection must stand, and between two pieces of an answer."""

    connect: float = 10.0
    read: float = 60.0


@dataclass(frozen=True)
class Call:
    """One request. `headers` holds the key for a keyed one, so it is left out of the representation.

    `file`: it fetches a file, which forums count apart; without a key it may be sent on to where the files lie.
    `harmless`: it changes nothing although its verb says so.
    """

    verb: str
    url: str
    body: bytes | None = None
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    file: bool = False
    harmless: bool = False

    @property
    def keyed(self) -> bool:
        """Whether it is sent with a key."""
        return "Api-Key" in self.headers

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it may be sent again."""
        return self.harmless or self.verb in ("GET", "HEAD")

    @property
    def where(self) -> str:
        """The URL without its query, as errors name it."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    url: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def where(self) -> str:
        """The URL without its query, as errors name it."""
        return self.url.partition("?")[0]

    def data(self) -> Any:
        """The JSON of the answer; None if it is empty. Raises ForumAnswerUnclear for anything else."""
        if not self.content.strip():
            return None
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            if kind == "application/json" or kind.endswith("+json"):
                return decoded(self.content)
        except ValueError:
            kind = _("broken JSON")
        raise ForumAnswerUnclear(
            _("The answer is not what a Discourse forum gives ({kind}).").format(kind=kind or _("no type")),
            where=self.where,
            remedy=_(
                "Open the address in a browser: is it the forum's own, without a login page or a proxy before it?"
            ),
        )

    def peek(self) -> Mapping[str, Any]:
        """The JSON object of the answer; an empty one if it is anything else."""
        try:
            data = decoded(self.content)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {"errors": data} if isinstance(data, list) else {}


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer: why, in words, and whether the request may have been done nevertheless."""

    why: str
    sent: bool


class Transport:
    """Sends calls to one forum."""

    def __init__(self, budget: Budget, clock: Clock, timeouts: Timeouts) -> None:
        self.budget = budget
        self.clock = clock
        self.timeouts = timeouts
        self.local = threading.local()
        self.sessions: list[requests.Session] = []

    def close(self) -> None:
        """Close all connections."""
        for session in self.sessions:
            session.close()
        self.budget.close()

    def send(self, call: Call) -> Answer:
        """The forum's answer, of whatever status below 500; a read follows redirects on the same origin.

        Raises ForumUnreachable, ForumDown, LimitReached, ForumAnswerUnclear.
        """
        retrying = Retrying(
            sleep=self.clock.sleep,
            stop=stop_after_attempt(4),
            wait=wait_exponential(multiplier=0.5, max=10),
            retry=retry_if_exception(lambda error: may_repeat(call, error)),
            reraise=True,
        )
        return retrying(self.patiently, call)

    def patiently(self, call: Call) -> Answer:
        """One try; the forum's requests to wait are obeyed."""
        deadline = self.clock.now() + PATIENCE
        current = call
        for _hop in range(1000):
            self.budget.enter(keyed=current.keyed, file=current.file)
            answer = self.exchange(current)
            if isinstance(answer, Failure):
                raise unreachable(current, answer)
            if answer.status in REDIRECTS:
                current = redirected(current, answer)
            elif (wait := asked_to_wait(answer)) is None:
                if answer.status >= 500:
                    raise down(answer)
                return answer
            else:
                self.obey(answer, wait, deadline)
        raise ForumAnswerUnclear(_("The forum sends us round in circles."), where=call.where)

    def obey(self, answer: Answer, wait: float, deadline: float) -> None:
        """Pause all processes, or give up where the limit lasts too long for one run."""
        late = self.clock.now() + wait > deadline
        if answer.status == 429 and (late or (wait > LONG and not site_wide(answer))):
            raise limit_reached(answer, wait)
        if late:
            raise down(answer)
        self.budget.pause(wait)

    def exchange(self, call: Call) -> Answer | Failure:
        """One request and its answer, or why there is none."""
        headers = {"User-Agent": AGENT, "Accept": "application/json", **call.headers}
        if call.content_type:
            headers["Content-Type"] = call.content_type
        try:
            with self.session().request(
                call.verb,
                call.url,
                data=call.body,
                headers=headers,
                timeout=(self.timeouts.connect, self.timeouts.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, call.url, response.headers, read_all(response))
        except (requests.RequestException, HTTPError) as error:
            if call.file and isinstance(error, TooBig):
                return Answer(413, call.url, {}, b"")
            return failure(error)

    def session(self) -> requests.Session:
        """This thread's session: connections are kept open between requests."""
        if not hasattr(self.local, "session"):
            session = requests.Session()
            session.auth = leave_alone  # or a ~/.netrc would add its own credentials
            self.local.session = session
            self.sessions.append(session)
        found: requests.Session = self.local.session
        return found


def leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials but the key."""
    return request


def read_all(response: requests.Response) -> bytes:
    """The whole body. Raises TooBig for one that no forum sends."""
    content = bytearray()
    for piece in response.iter_content(64 * 1024):
        content += piece
        if len(content) > BIGGEST:
            raise TooBig(_("the answer is larger than 64 MB"))
    return bytes(content)


def failure(error: Exception) -> Failure:
    """What went wrong on the way, in words, without the exception itself."""
    reason = innermost(error)
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (requests.exceptions.SSLError, _("the certificate of the connection is not valid")),
        (requests.exceptions.ProxyError, _("the proxy does not let us through")),
        (requests.exceptions.ConnectTimeout, _("nobody answered in time")),
        (requests.exceptions.ReadTimeout, _("the answer did not come in time")),
        (requests.exceptions.InvalidURL, _("the address is not valid")),
    )
    why = next((text for kind, text in kinds if isinstance(error, kind)), "")
    if not why:
        why = _("the name is not known, or nobody listens there") if is_new(reason) else _("the connection broke off")
    early = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL)
    return Failure(why, sent=not (isinstance(error, (*early, requests.exceptions.ProxyError)) or is_new(reason)))


def innermost(error: BaseException) -> object:
    """What the HTTP libraries wrapped."""
    inner: object = error
    for _depth in range(10):
        args = getattr(inner, "args", ())
        below = getattr(inner, "reason", None) or (args[0] if args else None)
        if not isinstance(below, BaseException):
            return inner
        inner = below
        if isinstance(inner, NewConnectionError):
            return inner
    return inner


def is_new(reason: object) -> bool:
    """Whether there never was a connection."""
    return isinstance(reason, NewConnectionError)


def may_repeat(call: Call, error: BaseException) -> bool:
    """Whether the same call may be sent again after an error."""
    if isinstance(error, ForumUnreachable):
        return call.reads or not error.sent
    return isinstance(error, ForumDown) and call.reads and not isinstance(error, ReadOnly)


# ---- reading the envelope


def asked_to_wait(answer: Answer) -> float | None:
    """Seconds that the forum asks us to wait, in any of its shapes; None if it does not.

    The middleware's 429 is text with `Retry-After`; the controller's is JSON with `extras.wait_seconds`; a forum in
    read-only mode says 503.
    """
    read_only = answer.status == 503 and (
        answer.headers.get("Discourse-Readonly") == "true" or answer.peek().get("error_type") == "read_only"
    )
    if answer.status != 429 and not read_only:
        return None
    header = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
    extras = answer.peek().get("extras")
    said = extras.get("wait_seconds") if isinstance(extras, dict) else None
    waits = [wait for wait in (header, said) if isinstance(wait, int | float) and wait >= 0]
    return min(max(1.0, *waits), LONGEST) if waits else 15.0


def retry_after(value: str, date: str) -> float | None:
    """Seconds from a `Retry-After` header: a number, or a date, counted from the answer's own date."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST)  # of 400 digits it is infinite
    try:
        then = parsedate_to_datetime(value)
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def site_wide(answer: Answer) -> bool:
    """Whether a 429 concerns the whole site or address, not one user."""
    code = answer.headers.get("Discourse-Rate-Limit-Error-Code", "")
    return code.startswith(("admin_api_key", "ip_", "user_api_key")) or "error_type" not in answer.peek()


def redirected(call: Call, answer: Answer) -> Call:
    """The call at its new place. Raises ForumAnswerUnclear for another origin, or for a write that would be lost."""
    target = urljoin(call.url, answer.headers.get("Location", ""))
    old, new = urlsplit(call.url), urlsplit(target)
    same = (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port)
    if same and target != call.url and (call.reads or answer.status in (307, 308)):
        return replace(call, url=target)
    if call.file and not call.keyed and may_fetch(target, call.url):
        return replace(call, url=target)
    raise ForumAnswerUnclear(
        _("The forum sends us to another address: {url}").format(url=target.partition("?")[0]),
        where=call.where,
        remedy=_("If that is the forum's address now, write it into koweb.toml (url); the key was not sent there."),
    )


def may_fetch(url: str, sent_by: str) -> bool:
    """Whether a file may be fetched where the forum sends us: on the web, but in no private network unless the forum
    itself lies in one.
    """
    old, new = urlsplit(sent_by), urlsplit(url)
    web = new.scheme == "https" or (new.scheme == "http" and old.scheme == "http")
    return web and bool(new.hostname) and (inner(old.hostname or "") or not inner(new.hostname or ""))


def inner(host: str) -> bool:
    """Whether a name leads to this computer, or into a private network; a name that nobody knows leads nowhere."""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found)


def unreachable(call: Call, failed: Failure) -> ForumUnreachable:
    """The error about a missing answer."""
    remedy = _("Check the address in koweb.toml and your connection, and whether the forum opens in a browser.")
    if failed.sent and not call.reads:
        remedy = _("Push again: what arrived is found, nothing is sent twice.")
    return ForumUnreachable(
        _("The forum does not answer: {why}.").format(why=failed.why), where=call.where, remedy=remedy, sent=failed.sent
    )


def down(answer: Answer) -> ForumError:
    """The error about a server error, or about a forum that stays read-only."""
    if asked_to_wait(answer) is not None:
        text, remedy = (
            _("The forum is in read-only mode."),
            _("Wait until its maintenance is over, then run the command again."),
        )
        return ReadOnly(text, where=answer.where, remedy=remedy, status=answer.status)
    text = _("The forum has a problem of its own (server error {status}).").format(status=answer.status)
    remedy = _("Try again in a few minutes; what was done is not lost.")
    return ForumDown(text, where=answer.where, remedy=remedy, status=answer.status)


def limit_reached(answer: Answer, wait: float) -> LimitReached:
    """The error about a limit that does not pass in time."""
    minutes = round(wait / 60)
    return LimitReached(
        _("The forum allows no more of this for now; it says to wait {n} minutes.").format(n=minutes),
        where=answer.where,
        remedy=_("Run the command again then: it goes on where it stopped."),
        seconds=wait,
    )

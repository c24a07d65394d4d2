"""The way to the forum: one request at a time over pooled connections, within the budget, retried where that is safe.

A read is repeated after a server error or a lost connection. A write is repeated only when the forum certainly did not
do it: it said 429 or "read-only", or there was never a connection. Redirects are followed within the forum only, and
the key goes nowhere else; a file may lie elsewhere, and is asked for there without it. No error, log or representation
holds the key: failures are values until they are raised, so that no exception of the HTTP library, which carries the
request's headers, hangs on ours.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential
from urllib3.exceptions import HTTPError

from koweb_sync import __version__
from koweb_sync.errors import AddressRefused, ForumAnswerUnclear, ForumDown, ForumUnreachable, HostGone, ReadOnly
from koweb_sync.forum import wire
from koweb_sync.forum.addresses import Address, FilePlace, UrlOrigin, at_home, follow, path_within, place, read, sent_on
from koweb_sync.forum.budget import Budget, Clock
from koweb_sync.forum.decode import decoded
from koweb_sync.forum.failures import (
    TooSlow,
    asked_to_wait,
    down,
    elsewhere,
    limit_reached,
    no_answer,
    site_wide,
    unreachable,
)
from koweb_sync.forum.hosts import Hosts
from koweb_sync.forum.network import Forbidden, Guard
from koweb_sync.forum.wire import Failure, TooBig, failure, read_all
from koweb_sync.i18n import _

AGENT = f"koweb-sync/{__version__}"
LONG = 120.0  # seconds; a limit of one user that lasts longer ends this user's writes for now
PATIENCE = 600.0  # seconds that one request waits for the forum in all
HOPS = 10
REDIRECTS = frozenset([301, 302, 303, 307, 308])


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until a connection must stand, and between two pieces of an answer. The whole of an exchange may take
    `whole` seconds, and one more for every `rate` bytes that were sent or came: slow lines pass, a drip does not.
    """

    connect: float = 10.0
    read: float = 60.0
    whole: float = 120.0
    rate: int = 4_000


@dataclass(frozen=True)
class Call:
    """One request. `headers` holds the key for a keyed one, so it is left out of the representation.

    `file`: it fetches a file, which forums count apart; it may be sent on to where files lie, without the key there.
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
        return "Api-Key" in self.headers or "User-Api-Key" in self.headers

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


class Transport:
    """Sends calls to one forum. `storages` are servers that the forum named for its files."""

    def __init__(self, budget: Budget, clock: Clock, timeouts: Timeouts, guard: Guard) -> None:
        self.budget = budget
        self.clock = clock
        self.timeouts = timeouts
        self.guard = guard
        self.hosts = Hosts(guard.home)
        self.storages: frozenset[UrlOrigin] = frozenset()
        self.local = threading.local()
        self.sessions: list[requests.Session] = []
        self.answers = 0
        self.spent = 0.0  # seconds until these answers came, without waiting for one's turn

    def close(self) -> None:
        """Close all connections."""
        for session in self.sessions:
            session.close()
        self.budget.close()

    @property
    def pace(self) -> float:
        """Seconds that this server takes for an answer, as far as it was asked; 0 before."""
        return self.spent / self.answers if self.answers else 0.0

    def send(self, call: Call) -> Answer:
        """The forum's answer, of whatever status below 500; a read follows redirects on the same origin.

        Raises ForumUnreachable, ForumDown, LimitReached, ForumAnswerUnclear; AddressRefused for what is no file.
        """
        retrying = Retrying(
            sleep=self.clock.sleep,
            stop=stop_after_attempt(4),
            wait=wait_exponential(multiplier=0.5, max=10),
            retry=retry_if_exception(lambda error: may_repeat(call, error)),
            reraise=True,
        )
        return retrying(self.patiently, self.file(call) if call.file else call)

    def patiently(self, call: Call) -> Answer:
        """One try; the forum's requests to wait are obeyed."""
        deadline = self.clock.now() + PATIENCE
        current, hops = call, 0
        while True:
            if failed := self.given_up(current):
                raise failed
            self.budget.enter(keyed=current.keyed, file=current.file)
            asked = self.clock.now()
            answer = self.exchange(current)
            self.answers, self.spent = self.answers + 1, self.spent + max(0.0, self.clock.now() - asked)
            if isinstance(answer, Failure):
                raise self.given_up(current) or unreachable(current, answer)
            if answer.status in REDIRECTS:
                hops += 1
                if hops > HOPS:
                    raise ForumAnswerUnclear(_("The forum sends us round in circles."), where=call.where)
                current = self.redirected(current, answer)
            elif (wait := asked_to_wait(answer)) is None:
                if answer.status >= 500:
                    raise down(answer)
                return answer
            else:
                self.obey(answer, wait, deadline)

    def given_up(self, call: Call) -> HostGone | None:
        """The error about a file on a server that gives no answer, once that was found out."""
        address = read(call.url) if call.file else None
        failed = self.hosts.given_up(address)
        return no_answer(call, address.server, failed) if address and failed else None

    def obey(self, answer: Answer, wait: float, deadline: float) -> None:
        """Pause all processes, or give up where the limit lasts too long for one run."""
        late = self.clock.now() + wait > deadline
        if answer.status == 429 and (late or (wait > LONG and not site_wide(answer))):
            raise limit_reached(answer, wait)
        if late:
            raise down(answer)
        self.budget.pause(wait)

    # ---- where to

    def file(self, call: Call) -> Call:
        """The call for a file, its address written anew. Raises AddressRefused for anything but a file of the forum;
        with a key, for anything but an upload of the forum itself.
        """
        home, address = self.guard.home, read(call.url)
        where = FilePlace.ELSEWHERE if address is None else place(address, home, self.storages)
        if address is None or where is FilePlace.ELSEWHERE or (call.keyed and where is not FilePlace.UPLOAD):
            raise AddressRefused(_("This address is not one of the forum's files."), where=call.where)
        return replace(call, url=at_home(address, home).url)

    def redirected(self, call: Call, answer: Answer) -> Call:
        """The call at its new place. Raises ForumAnswerUnclear for one where it may not go."""
        target = follow(call.url, answer.headers.get("Location", ""))
        old, new = read(call.url), read(target)
        if old is None or new is None or target == call.url:
            raise elsewhere(call, target)
        if call.file:
            return self.file_elsewhere(call, old, new)
        home = self.guard.home
        # What shares the forum's host, beside its path, is somebody else's: neither the key nor a text goes there.
        stays = old.origin == new.origin and path_within(new, home) is not None
        if stays and (call.reads or answer.status in (307, 308)):
            return replace(call, url=target)
        raise elsewhere(call, target)

    def file_elsewhere(self, call: Call, old: Address, new: Address) -> Call:
        """The call for a file at the place that it is sent on to; the key stays with the forum's own uploads."""
        home = self.guard.home
        if not sent_on(old, new, home, self.storages):
            raise elsewhere(call, new.url)
        keep = call.keyed and place(new, home) is FilePlace.UPLOAD
        return replace(call, url=at_home(new, home).url, headers=call.headers if keep else {})

    def exchange(self, call: Call) -> Answer | Failure:
        """One request and its answer, or why there is none. A file is asked for at a numeric address that was judged,
        the next one where nobody listens; through a proxy, by its name.
        """
        address = read(call.url) if call.file else None
        if address is None:
            return self.once(call, None)
        answer = self.exchange_at(call, address)
        self.hosts.note(address, answer if isinstance(answer, Failure) else None)
        return answer

    def exchange_at(self, call: Call, address: Address) -> Answer | Failure:
        """The same for a file at an address: at its numeric ones, in turn."""
        answer: Answer | Failure = Failure(_("the name is not known, or nobody listens there"), sent=False)
        try:
            ways = self.guard.ways(address, proxied=wire.proxied(self.session(), call.url))
        except Forbidden:
            text = _("The address leads into a network that is not the forum's: it was not asked.")
            raise ForumAnswerUnclear(text, where=call.where) from None
        except OSError:
            return answer
        for pin in ways:
            answer = self.once(call, pin)
            if not isinstance(answer, Failure) or answer.sent:
                break
        return answer

    def once(self, call: Call, pin: str | None) -> Answer | Failure:
        """One request to whom the name says, or to a numeric address for it."""
        headers = {"User-Agent": AGENT, "Accept": "application/json", **call.headers}
        if call.content_type:
            headers["Content-Type"] = call.content_type
        if pin is not None and (address := read(call.url)):
            headers["Host"] = address.netloc
        session = self.session()
        self.local.door.pin = pin
        with wire.Limit(self.timeouts.whole, self.timeouts.rate, len(call.body or b"")) as limit:
            try:
                with session.request(
                    call.verb,
                    call.url,
                    data=call.body,
                    headers=headers,
                    timeout=(self.timeouts.connect, self.timeouts.read),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    content = read_all(response, limit)
                    if not limit.over:
                        return Answer(response.status_code, call.url, response.headers, content)
            except (requests.RequestException, HTTPError) as error:
                if call.file and isinstance(error, TooBig):
                    return Answer(413, call.url, {}, b"")
                if not limit.over:
                    return failure(error)
            return Failure(_("the answer came too slowly to ever end"), sent=True, slow=True)

    def session(self) -> requests.Session:
        """This thread's session: connections are kept open between requests."""
        if not hasattr(self.local, "session"):
            self.local.session, self.local.door = wire.session()
            self.sessions.append(self.local.session)
        found: requests.Session = self.local.session
        return found


def may_repeat(call: Call, error: BaseException) -> bool:
    """Whether the same call may be sent again after an error."""
    if isinstance(error, ForumUnreachable):
        return (call.reads or not error.sent) and not isinstance(error, TooSlow | HostGone)
    return isinstance(error, ForumDown) and call.reads and not isinstance(error, ReadOnly)

"""Discourse's rate limits: of the site's keys, of an address, and of what one person does. Each can be switched on."""

from collections import defaultdict, deque
from collections.abc import Callable

from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, too_many
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.times import DAY_IN_SECONDS

FACTORS = {2: 1.5, 3: 2.0, 4: 3.0}


class EventWindow:
    """At most `most` events in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self.events: deque[float] = deque()

    def take(self, now: float) -> float:
        """Count one event; 0, or the seconds until one is allowed."""
        while self.events and now - self.events[0] >= self.seconds:
            self.events.popleft()
        if len(self.events) >= self.most:
            return self.seconds - (now - self.events[0])
        self.events.append(now)
        return 0.0


class Limiter:
    """All limits of one forum. `per_minute`: those of keys and addresses; `per_user`: those of people."""

    def __init__(self, state: ForumState, clock: Callable[[], float], *, per_minute: bool, per_user: bool) -> None:
        self.state = state
        self.clock = clock
        self.per_minute = per_minute
        self.per_user = per_user
        self.keys = EventWindow(60, 60)
        self.address = ((EventWindow(50, 10), "ip_10_secs_limit"), (EventWindow(200, 60), "ip_60_secs_limit"))
        self.programs: dict[str, tuple[tuple[EventWindow, str], ...]] = {}
        self.people: dict[tuple[str, int], EventWindow] = defaultdict()

    def request(self, *, keyed: bool, own: str = "") -> RefusedRequest | None:
        """The middleware's verdict on one more request. `own`: a key that somebody gave to a program."""
        if not self.per_minute:
            return None
        now = self.clock()
        if not keyed or self.state.flavour.keys_count_for_address:
            for window, code in self.address:
                if wait := window.take(now):
                    return slow_down(wait, code)
        if keyed and (wait := self.keys.take(now)):
            return too_many(self.state, wait, "admin_api_key_rate_limit")
        return self.by_own_key(own, now) if own in self.state.user_keys else None

    def by_own_key(self, key: str, now: float) -> RefusedRequest | None:
        """The limits of a key that somebody gave to a program (sources of 2022 and 2026: guess, none is recorded)."""
        settings = self.state.settings
        minute, day = int(settings["max_user_api_reqs_per_minute"]), int(settings["max_user_api_reqs_per_day"])
        new = ((EventWindow(minute, 60), "60_secs"), (EventWindow(day, DAY_IN_SECONDS), "1_day"))
        for window, name in self.programs.setdefault(key, new):
            if wait := window.take(now):
                return too_many(self.state, wait, f"user_api_key_limiter_{name}")
        return None

    def topic(self, user: UserRecord) -> None:
        """One more topic of a person. Raises Refused."""
        settings = self.state.settings
        self.act(user, "topic", 1, float(settings["rate_limit_create_topic"]))
        self.act(user, "topics", int(settings["max_topics_per_day"]), DAY_IN_SECONDS)
        if self.new(user):
            self.act(user, "first topics", int(settings["max_topics_in_first_day"]), DAY_IN_SECONDS)

    def reply(self, user: UserRecord) -> None:
        """One more reply of a person. Raises Refused."""
        settings = self.state.settings
        self.act(user, "post", 1, float(settings["rate_limit_create_post"]) * (6 if user.trust_level == 0 else 1))
        if self.new(user):
            self.act(user, "first replies", int(settings["max_replies_in_first_day"]), DAY_IN_SECONDS)

    def like(self, user: UserRecord) -> None:
        """One more like of a person. Raises Refused."""
        most = int(int(self.state.settings["max_likes_per_day"]) * FACTORS.get(user.trust_level, 1.0))
        self.act(user, "likes", most, DAY_IN_SECONDS)

    def edit(self, user: UserRecord) -> None:
        """One more edit of a person. Raises Refused."""
        most = int(int(self.state.settings["max_edits_per_day"]) * FACTORS.get(user.trust_level, 1.0))
        self.act(user, "edits", most, DAY_IN_SECONDS)

    def new(self, user: UserRecord) -> bool:
        """Whether somebody came less than a day ago."""
        return user.trust_level < 2 and self.clock() - user.created_at < DAY_IN_SECONDS

    def act(self, user: UserRecord, what: str, most: int, seconds: float) -> None:
        """Count something that a person does; staff may do it as often as they like."""
        if not self.per_user or user.staff or not seconds:
            return
        window = self.people.setdefault((what, user.id), EventWindow(most, seconds))
        if wait := window.take(self.clock()):
            raise too_many(self.state, wait)


def slow_down(wait: float, code: str) -> RefusedRequest:
    """429 of the middleware: plain text."""
    seconds = max(1, round(wait))
    text = f"Slow down, too many requests from this IP address.\nPlease retry again in {seconds} seconds.\n"
    headers = {"Retry-After": str(seconds), "Discourse-Rate-Limit-Error-Code": code}
    return RefusedRequest(429, f"{text}Error code: {code}.\n", {**headers, "Content-Type": "text/plain; charset=utf-8"})

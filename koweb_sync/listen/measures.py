"""What is measured while we listen, in Prometheus's text format, and whether all is well. Names of forums are the only
names in it.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from koweb_sync.listen.inbox import Inbox

OUTCOMES = ("taken", "replayed", "unfollowed", "forged", "unreadable", "unkept")


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a forum is followed: its worker lives, and nothing waits for too long. `due` counts what waits, `oldest`
    for how many seconds.
    """

    forum: str
    alive: bool
    due: int
    oldest: float
    well: bool


class Measures:
    """Counters of one process."""

    def __init__(self, forums: Iterable[str]) -> None:
        self.lock = threading.Lock()
        self.forums = tuple(forums)
        self.living: set[str] = set()
        self.registry = CollectorRegistry()
        each: dict[str, Any] = {"labelnames": ("forum",), "registry": self.registry}
        self.events = Counter(
            "koweb_listen_events",
            "Events that came, by what became of them.",
            ("forum", "outcome"),
            registry=self.registry,
        )
        self.topics = Counter("koweb_listen_topics_read", "Topics that were read again.", **each)
        self.requests = Counter("koweb_listen_requests", "Requests that were sent to the forum.", **each)
        self.failures = Counter("koweb_listen_failures", "Attempts that failed and are made again.", **each)
        self.runs = Counter("koweb_listen_whole_runs", "Whole runs that were made.", **each)
        self.commands = Counter(
            "koweb_listen_commands", "Runs of the command that follows.", ("forum", "outcome"), registry=self.registry
        )
        self.due = Gauge("koweb_listen_due", "Topics and people that are to be read.", **each)
        self.oldest = Gauge("koweb_listen_oldest_due_seconds", "For how long the first of them has waited.", **each)
        self.last = Gauge("koweb_listen_last_read_timestamp_seconds", "When something was read last.", **each)
        self.up = Gauge("koweb_listen_worker_alive", "1 while the forum's worker lives.", **each)
        for name in self.forums:
            for outcome in OUTCOMES:
                self.events.labels(name, outcome)
            for counter in (self.topics, self.requests, self.failures, self.runs):
                counter.labels(name)

    def event(self, forum: str, outcome: str) -> None:
        """An event came."""
        self.events.labels(forum, outcome).inc()

    def sent(self, forum: str, requests: int) -> None:
        """So many requests were sent."""
        self.requests.labels(forum).inc(requests)

    def read(self, forum: str, topics: int, now: float) -> None:
        """So many topics were read."""
        self.topics.labels(forum).inc(topics)
        self.last.labels(forum).set(now)

    def failed(self, forum: str) -> None:
        """An attempt failed."""
        self.failures.labels(forum).inc()

    def whole_run(self, forum: str) -> None:
        """A whole run was made."""
        self.runs.labels(forum).inc()

    def command(self, forum: str, *, well: bool) -> None:
        """The command that follows has ended."""
        self.commands.labels(forum, "done" if well else "failed").inc()

    def alive(self, forum: str, *, yes: bool) -> None:
        """A worker began, or ended."""
        with self.lock:
            (self.living.add if yes else self.living.discard)(forum)

    def health(self, inbox: Inbox, now: float, patience: float) -> list[Health]:
        """How each forum is followed. `patience`: seconds after which something waits for too long."""
        found = []
        for name in self.forums:
            due, first = inbox.backlog(name)
            waited = max(0.0, now - first) if first is not None else 0.0
            with self.lock:
                alive = name in self.living
            found.append(Health(name, alive, due, waited, alive and waited <= patience))
        return found

    def text(self, inbox: Inbox, now: float) -> bytes:
        """All of it, as Prometheus reads it."""
        for one in self.health(inbox, now, 0.0):
            self.due.labels(one.forum).set(one.due)
            self.oldest.labels(one.forum).set(round(one.oldest, 3))
            self.up.labels(one.forum).set(int(one.alive))
        return generate_latest(self.registry)

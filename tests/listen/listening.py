"""What the tests of the listener share: a forum that tells by webhooks, an archive of it, and who listens."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from koweb_sync.archive.crawl.due import VIA
from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store.store import Store
from koweb_sync.config import Settings
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.listen.inbox import Inbox
from koweb_sync.listen.measures import Measures
from koweb_sync.listen.reading import ListenedArchive
from koweb_sync.listen.server import EventServer, Reception
from koweb_sync.listen.worker import Worker
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import WebHook
from tests.archive import dump
from tests.archive.crawling import FREE, Clock, forum_of
from tests.archive.empty import empty_archive
from tests.workspace import served

SECRET = "un-secret-bien-long"
NAME = "kafe"
VERSIONS = {"post_versions": "post", "topic_versions": "topic"}
# What deleted posts tell of people, the ledger's count of these, and when a like came, which only some lists tell.
VAGUE = {"people": "trust_level", "ledger": "explained", "reactions": "at"}
PAST = ("tombstones", "names", "topic_edits")
NAMED = (("post", "post"), ("topic", "topic"), ("to_post", "post"))
WAYS = ("n", "source", "edited", "editor", "reason")
CONSTANT = 12  # requests that do not depend on how much was told


@dataclass
class HeldTime:
    """A clock that a test moves."""

    at: float = field(default_factory=time.time)

    def __call__(self) -> float:
        """Seconds since 1970."""
        self.at += 0.0001
        return self.at

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.at += seconds


class Archived(ListenedArchive):
    """An archive whose whole run is made within the test."""

    whole_runs = 0

    def whole_run(self, stopped: threading.Event) -> str:  # noqa: ARG002 - it ends soon
        """Bring everything up to date."""
        self.whole_runs += 1
        with self.turn, Store.open(self.place) as store, store.alone():
            number = store.enter(self.settings.url, NAME, self.micros())
            crawl(
                Run(store, number, self.settings.url, ForumReader(self.connect()), self.wishes, Silent(), self.micros)
            )
        self.looked.pop("run", None)
        return ""


@dataclass
class Listening:
    """A forum, its archive, and the worker; the server is beside."""

    box: Sandbox
    folder: Path
    clock: HeldTime
    inbox: Inbox
    measures: Measures
    archive: Archived
    worker: Worker
    log: list[dict[str, Any]]

    def catch_up(self) -> None:
        """Wait until everything was told, and read what is due."""
        if self.box.courier is not None:
            self.box.courier.settle()
        for _ in range(200):
            self.clock.wait(11)
            if not self.worker.step():
                return
        raise AssertionError(self.log[-5:])

    def dumped(self) -> list[str]:
        """The archive as the forum is now."""
        return as_now(dumped(self.archive.place, self.box.url))

    def from_scratch(self) -> list[str]:
        """An archive that is made now."""
        return as_now(made_from_scratch(self.box, self.folder / f"{time.monotonic_ns()}.sqlite", self.archive.wishes))


def dumped(place: str, url: str) -> list[str]:
    """An archive as lines."""
    with Store.open(place, create=False) as store, store.read() as connection:
        return list(dump.lines(connection, url, lasting=True))


def as_now(lines: list[str]) -> list[str]:
    """An archive's lines without what tells of the past and of the way on which it was read: of each text the last
    version, and nothing of what the forum does not show any more.
    """
    rows = [json.loads(line) for line in lines]
    gone = {("topic", one["id"]) for one in rows if one["table"] == "topics" and not one["shown"]}
    gone |= {
        ("post", one["id"])
        for one in rows
        if one["table"] == "posts" and (not one["shown"] or ("topic", one["topic"]) in gone)
    }
    last: dict[tuple[str, int], int] = {}
    for one in rows:
        if one["table"] in VERSIONS:
            key = (one["table"], one[VERSIONS[one["table"]]])
            last[key] = max(last.get(key, 0), one["n"])
    found = []
    for one in rows:
        table = one["table"]
        if table in PAST or any((kind, one.get(name)) in gone for name, kind in NAMED):
            continue
        if (table in ("posts", "topics")) and (table[:-1], one["id"]) in gone:
            continue
        if table in VERSIONS and one["n"] != last[table, one[VERSIONS[table]]]:
            continue
        if table in VAGUE:
            one[VAGUE[table]] = None
        found.append(json.dumps({name: value for name, value in one.items() if name not in WAYS}, ensure_ascii=False))
    return sorted(found)


def between(mine: list[str], other: list[str]) -> list[str]:
    """What differs between two archives."""
    return sorted([f"- {one}" for one in set(mine) - set(other)] + [f"+ {one}" for one in set(other) - set(mine)])


def made_from_scratch(box: Sandbox, file: Path, wishes: CrawlOptions) -> list[str]:
    """A new archive of a forum as it is now."""
    with Store.open(empty_archive(file)) as store, Forum(box.url, "admin", box.keys["all_users"], limits=FREE) as forum:
        number = store.enter(box.url, NAME, Clock().micros())
        crawl(Run(store, number, box.url, ForumReader(forum), wishes, Silent(), Clock().micros))
    return dumped(str(file), box.url)


@contextmanager
def listening(box: Sandbox, folder: Path, place: str = "", **wishes: Any) -> Iterator[Listening]:
    """An archive of a forum that was made just now, and who follows it; nothing runs by itself. `place`: where it is,
    if not in a file.
    """
    clock, log = HeldTime(), list[dict[str, Any]]()
    inbox, measures = Inbox(folder / "listen"), Measures([NAME])
    settings = Settings(name=NAME, url=box.url, username="admin")

    def note(event: str, **facts: Any) -> None:
        log.append({"event": event, **facts})

    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=folder / "machine") as forum:
        archive = Archived(
            settings,
            place or empty_archive(folder / "archive.sqlite"),
            str(folder),
            lambda: forum,
            replace(CrawlOptions(key=True), **wishes),
            threading.Lock(),
            lambda requests: measures.sent(NAME, requests),
            now=clock,
        )
        worker = Worker(NAME, inbox, archive, measures, note, now=clock)
        archive.whole_run(worker.stopped)
        try:
            yield Listening(box, folder, clock, inbox, measures, archive, worker, log)
        finally:
            inbox.close()


@contextmanager
def serving(mine: Listening, **how: Any) -> Iterator[str]:
    """The address at which events are taken."""
    reception = Reception({NAME: SECRET}, mine.inbox, mine.measures, mine.worker.log, mine.clock, **how)
    server = EventServer(reception, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join()


def hook(box: Sandbox, url: str, secret: str = SECRET) -> None:
    """Let the forum tell an address everything."""
    with box.state.lock:
        box.state.web_hooks[1] = WebHook(1, f"{url}/{NAME}", [], secret=secret, everything=True, active=True)


def event(
    about: dict[str, Any], *, ident: str = "1", kind: str = "post", secret: str = SECRET
) -> tuple[bytes, dict[str, str]]:
    """The body and headers of an event."""
    body = json.dumps({kind: about}).encode()
    return body, {
        "X-Discourse-Event-Id": ident,
        "X-Discourse-Event-Type": kind,
        "X-Discourse-Event": f"{kind}_edited",
        "X-Discourse-Event-Signature": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
    }


def tell(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send an event: the status of the answer."""
    return requests.post(f"{url}/{NAME}", data=body, headers=headers, timeout=10).status_code


def town(kind: str = "2025", topics: int = 8, posts: int = 60, **how: Any) -> Sandbox:
    """A small forum that tells what happens."""
    return served(kind, forum_of(topics, posts, likes=20), webhooks=True, **how)


__all__ = ["VIA"]

"""Small forums, written down person by person and post by post, in an archive's tables.

Times are hours since 1 October 2026, 00:00 UTC; before that they are negative.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.report.engine.source import Engine, Source, opened
from koweb_sync.report.engine.window import Window
from koweb_sync.times import HOUR
from tests.archive.empty import empty_archive

URL = "https://forum.example"
START = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp()) * 1_000_000
DAY = 24
GENERAL = 1


def at(hours: float) -> int:
    """A time as the archive keeps it."""
    return START + round(hours * HOUR)


def october(since: float = 0, until: float = 30 * DAY) -> Window:
    """A window of the first days of October."""
    return Window(at(since), at(until))


class Forum:
    """What happened on a forum. `save` writes it into a store."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.people: dict[str, int] = {}
        self.openers: dict[int, tuple[int, float]] = {}
        self.numbers: dict[int, int] = {}
        self.places: dict[int, tuple[int, int]] = {}
        self.category(GENERAL, "general")

    # ---- who and where

    def category(self, ident: int, path: str, *, restricted: int = 0, staff: int = 0, definition: int = 0) -> int:
        """A category; `definition` is the topic that describes it."""
        self.add(
            "categories", id=ident, name=path, path=path, restricted=restricted, staff=staff,
            definition=definition or None,
        )  # fmt: skip
        return ident

    def person(self, name: str, created: float = -365 * DAY, *, ident: int = 0, **facts: int) -> int:
        """Somebody: numbered from 1 in the order in which they come; bots have `ident` below 1 or `bot=1`."""
        number = ident or len([known for known in self.people.values() if known > 0]) + 1
        self.people[name] = number
        self.add("people", id=number, username=name, folded=name.lower(), created=at(created), **facts)
        return number

    def people_named(self, names: str) -> None:
        """Several people, their names apart by spaces."""
        for name in names.split():
            self.person(name)

    def group(self, ident: int, name: str, members: str, *, automatic: int = 0) -> None:
        """A group with its members."""
        self.add("groups", id=ident, name=name, automatic=automatic)
        for member in members.split():
            self.add("group_members", group=ident, person=self.people[member], since=at(-365 * DAY))

    def not_counted(self, name: str, since: float = -DAY, until: float | None = None) -> None:
        """Somebody asked not to be counted."""
        self.add(
            "consents", person=self.people[name], wish="not-counted", since=at(since),
            until=None if until is None else at(until),
        )  # fmt: skip

    # ---- what they say

    def topic(
        self, name: str, hours: float, *, category: int | None = GENERAL, tags: Sequence[str] = (), **facts: Any
    ) -> int:
        """Somebody opens a topic: the topic's number. Its first post is `first(topic)`."""
        ident = len(self.openers) + 100
        person = self.people[name]
        self.openers[ident] = (person, hours)
        self.add(
            "topics", id=ident, title=f"Topic {ident}", slug=f"topic-{ident}", category=category,
            tags=json.dumps(list(tags)), person=person, created=at(hours), visible=facts.pop("visible", 1), **facts,
        )  # fmt: skip
        for tag in tags:
            self.add("topic_tags", topic=ident, tag=tag)
        self.numbers[ident] = 0
        self.post(ident, name, hours)
        return ident

    def post(self, topic: int, name: str | None, hours: float, to: int | None = None, **facts: Any) -> int:
        """Somebody writes in a topic: the post's id. `to` is a post number; facts are columns of `posts`."""
        self.numbers[topic] += 1
        ident = len(self.rows["posts"]) + 1000
        self.places[ident] = (topic, self.numbers[topic])
        person = None if name is None else self.people[name]
        deleted = facts.pop("deleted", None)
        self.add(
            "posts", id=ident, topic=topic, number=self.numbers[topic], type=facts.pop("type", 1), person=person,
            created=at(hours), reply_to=to, deleted=None if deleted is None else at(deleted), **facts,
        )  # fmt: skip
        return ident

    def says(self, post: int, cooked: str, *, raw: str = "", **facts: Any) -> int:
        """A post has a text: another version of it each time."""
        n = sum(row["post"] == post for row in self.rows["post_versions"]) + 1
        row = next(one for one in self.rows["posts"] if one["id"] == post)
        row["n"] = row.get("n", 1) if facts.get("placeholder") else n
        self.add("post_versions", post=post, n=n, raw=raw or cooked, cooked=cooked, observed=row["created"], **facts)
        return post

    def first(self, topic: int) -> int:
        """The id of a topic's first post."""
        return next(post for post, place in self.places.items() if place == (topic, 1))

    def quote(self, post: int, quoted: int) -> None:
        """A post quotes another one."""
        topic, number = self.places[quoted]
        self.edge(post, "quote", to_topic=topic, to_number=number)

    def mention(self, post: int, name: str) -> None:
        """A post mentions somebody."""
        self.edge(post, "mention", to_person=self.people[name])

    def edge(self, post: int, kind: str, **to: int) -> None:
        """A post points at something."""
        n = sum(1 for row in self.rows["edges"] if row["post"] == post and row["kind"] == kind)
        self.add("edges", post=post, kind=kind, n=n, **to)

    def like(self, post: int, name: str, hours: float, *, kind: str = "like", gone: float | None = None) -> None:
        """Somebody likes a post, and perhaps takes it back."""
        when = at(hours)
        self.add(
            "reactions", post=post, person=self.people[name], kind=kind, n=1, at=when, seen=when,
            gone=None if gone is None else at(gone),
        )  # fmt: skip

    # ---- the archive

    def run(self, hours: float, outcome: str = "done") -> None:
        """The archive was brought up to date; `outcome` is empty while it runs."""
        self.add(
            "runs", n=len(self.rows["runs"]) + 1, started=at(hours), ended=at(hours + 0.1) if outcome else None,
            via="rest", outcome=outcome,
        )  # fmt: skip

    def gap(self, topic: int, short: int = 0, trouble: str = "") -> None:
        """What the ledger says about a topic."""
        self.add("ledger", topic=topic, expected=9, held=9 - short, short=short, trouble=trouble, checked=at(0))

    def add(self, table: str, **row: Any) -> None:
        """One row."""
        self.rows[table].append(row)

    def save(self, store: Store, url: str = URL) -> int:
        """Write everything into a store: the forum's number there."""
        number = store.enter(url, url, at(0))
        with store.begin() as connection:
            for name, found in self.rows.items():
                table: Table = schema.METADATA.tables[name]
                for row in found:
                    connection.execute(insert(table).values(forum=number, **row))
        return number

    @contextmanager
    def source(self, folder: Path, engine: Engine = "sqlite") -> Iterator[Source]:
        """The forum's archive in a SQLite file, on an engine."""
        with Store.open(empty_archive(folder / "archive.sqlite")) as store:
            number = self.save(store)
            with opened(store, number, engine) as source:
                yield source

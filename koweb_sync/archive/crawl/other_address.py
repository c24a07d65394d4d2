"""One forum under two addresses: whether what answers at an address is a forum that the archive holds under another
one, and that the archive takes the new address.

Who was erased from an archive, and what was emptied, would come back if the same forum were read into it once more. So
the oldest topics of a forum that is new to an archive of others are compared with those that it holds. Numbers and
titles tell nothing, for every forum begins with the same ones; that two were opened at the same thousandth of a second
is no chance. The newest topics, which a run reads anyway, would not tell of an archive that is behind, nor of a copy of
a forum in which people go on. One request, until the first run on the forum came to its end.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from koweb_sync.archive.crawl.run import Run, last_whole_run
from koweb_sync.archive.crawl.topic_lists import MOST
from koweb_sync.archive.ingest.changes import THOUSANDTH
from koweb_sync.archive.ingest.references import link
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.rows import ADDRESSES, homes
from koweb_sync.archive.store.store import Store, change
from koweb_sync.forum.addresses import split
from koweb_sync.forum.models import Topic


@dataclass(frozen=True, slots=True)
class TopicsAlike:
    """How many topics have the same number on a forum and in an archive: the `same` ones, and others."""

    same: int
    other: int

    @property
    def are_of_one(self) -> bool:
        """Whether they are those of one forum. A hoster may set up many forums from one that has some topics."""
        return self.same > self.other


@dataclass(frozen=True, slots=True)
class ForumElsewhere:
    """A forum that the archive holds at another address."""

    title: str
    url: str


def oldest(run: Run) -> list[Topic]:
    """The topics of a forum that were opened first, as far as its lists show them: one request."""
    return list(run.talk.latest(0, MOST, order="created", ascending="true").topics)


def alike(connection: Connection, forum: int, seen: list[Topic]) -> TopicsAlike:
    """Topics that were seen, beside those of a forum of the archive."""
    table = schema.TOPICS
    mine = (table.c.forum == forum, table.c.id.in_([one.id for one in seen]), table.c.created.is_not(None))
    query = select(table.c.id, table.c.created).where(*mine)
    held = {int(ident): int(created) for ident, created in connection.execute(query)}
    # The forum's answers cut times off at thousandths, and a backup tells them whole.
    same = [abs(one.created - held[one.id]) < THOUSANDTH for one in seen if one.id in held]
    return TopicsAlike(sum(same), len(same) - sum(same))


def to_be_compared(store: Store, url: str) -> bool:
    """Whether a forum has to be compared with others: the store holds some, and this one was never read to its end."""
    number, table = store.forum(url), schema.TOPICS
    if number is not None and last_whole_run(store, number) is not None:
        return False
    with store.read() as connection:
        others = select(table.c.forum).where(table.c.forum != (number or 0)).limit(1)
        return connection.execute(others).first() is not None


def held_elsewhere(store: Store, url: str, run: Run) -> ForumElsewhere | None:
    """The forum of a store that is the one that a run asks at `url`, under another address; None if there is none."""
    seen, number, table = oldest(run), store.forum(url), schema.FORUMS
    with store.read() as connection:
        query = select(table.c.id, table.c.title, table.c.name, table.c.url).order_by(table.c.id)
        for row in connection.execute(query).all():
            if row.id != number and alike(connection, row.id, seen).are_of_one:
                return ForumElsewhere(str(row.title or row.name), str(row.url))
    return None


def take_address(store: Store, forum: int, url: str) -> None:
    """The forum is at another address from now on, all at once. Those that it had stay known: what was noted under the
    first of them, such as the marks of those who were erased, stays where it is, and links to them are the forum's own.
    """
    table = schema.FORUMS
    with store.begin() as connection:
        row = connection.execute(select(table.c.url, table.c.settings).where(table.c.id == forum)).one()
        known = dict.fromkeys((*homes(connection, forum, str(row.url)), str(row.url), url))
        settings = {**noted(str(row.settings)), ADDRESSES: list(known)}
        told = {"url": url, "settings": json.dumps(settings, ensure_ascii=False)}
        connection.execute(update(table).where(table.c.id == forum).values(**told))
        lead_home(connection, forum, tuple(known), url)


def noted(settings: str) -> dict[str, object]:
    """What the settings of a forum say; nothing where nobody can read them."""
    try:
        found = json.loads(settings)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def lead_home(connection: Connection, forum: int, known: tuple[str, ...], url: str) -> None:
    """Links to `url` that led elsewhere when they were read, and lead to a topic of the forum now."""
    table = schema.EDGES
    away = (table.c.forum == forum, table.c.kind == "link", table.c.to_topic.is_(None))
    there = func.lower(table.c.url).contains(split(url)[0], autoescape=True)
    query = select(table.c.forum, table.c.post, table.c.kind, table.c.n, table.c.url).where(*away, there)
    found = [(dict(row), link(str(row["url"]), *known)) for row in connection.execute(query).mappings()]
    led = [
        {**{name: row[name] for name in ("forum", "post", "kind", "n")}, "to_topic": to.topic, "to_number": to.number}
        for row, to in found
        if to.topic is not None
    ]
    if led:
        change(connection, table, led)

"""Writing rows of one forum within one transaction, and what everything else needs: people, and what is gone."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Select, Table, and_, bindparam, delete, func, select, update

from koweb_sync.archive.ingest import changes
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.names.filter import CLEAR, ErasureFilter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import find_rows, find_values, for_values, places, prepared
from koweb_sync.archive.store.store import put
from koweb_sync.forum import models
from koweb_sync.forum.parse_people import HEART

PLACEHOLDERS = 500  # values in one IN (…)


class RowWriter:
    """Writes what one forum showed, at one moment, within one transaction. `base` is the forum's address.

    `found` counts what was new: posts, versions, topics, likes, unlikes, people, deleted…
    """

    def __init__(self, connection: Connection, forum: int, base: str, now: int, found: dict[str, int]) -> None:
        self.connection = connection
        self.forum = forum
        self.base = base
        self.now = now
        self.found = found
        self.called: Mapping[str, str] = {}  # what is counted under another name
        self.erasures: ErasureFilter = CLEAR  # nothing is written of those who were forgotten
        self.main = HEART  # the reaction that is a like
        self.met: Mapping[int, int] = {}  # people whom earlier transactions kept, with the hash of what was told
        self.meeting: dict[int, int] = {}  # those whom this one keeps
        self.to_look_at: set[int] = set()  # topics that are noted to be read by now

    def tell(self, what: str, number: int) -> None:
        """Count something new."""
        what = self.called.get(what, what)
        if number:
            self.found[what] = self.found.get(what, 0) + number

    # ---- rows

    def known(self, table: Table, column: str, values: Collection[Any]) -> list[Row]:
        """Rows of this forum whose column has one of some values."""
        return named(table, for_values(self.connection, find_rows, table, self.forum, column, values))

    def there(self, table: Table, column: str, values: Collection[Any]) -> set[Any]:
        """Which of some values a column has in rows of this forum."""
        found = for_values(self.connection, find_values, table, self.forum, column, values)
        return {value for (value,) in found}

    def put(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of this forum."""
        put(self.connection, table, rows, self.forum)

    def name(self, title: str, locale: str, *, lacking: bool = False) -> None:
        """Keep what the forum is called, and its language, where the forum tells. `lacking`: only what nobody knew."""
        table = schema.FORUMS
        known = self.connection.execute(select(table).where(table.c.id == self.forum)).mappings().one()
        said = {"title": title, "locale": locale}
        told = {name: value for name, value in said.items() if value and not (lacking and known[name])}
        if any(known[name] != value for name, value in told.items()):
            self.connection.execute(update(table).where(table.c.id == self.forum).values(**told))

    def cursor(self, name: str, value: Any) -> None:
        """Remember how far a reading is, in the same transaction as what was read."""
        self.put(schema.CURSORS, [{"name": name, "value": json.dumps(value, ensure_ascii=False)}])

    def todo(self, kind: str, ids: Iterable[int], detail: str = "{}") -> None:
        """Remember what must still be read."""
        self.put(schema.AGENDA, [{"kind": kind, "id": one, "detail": detail} for one in sorted(set(ids))])

    def noted(self, kind: str, ids: Collection[int]) -> AbstractSet[int]:
        """Which of some things are noted to be read."""
        return self.agenda(kind, ids).keys()

    def agenda(self, kind: str, ids: Collection[int]) -> dict[int, str]:
        """What is noted of some things to be read, with its details."""
        found = for_values(self.connection, noted_as, schema.AGENDA, self.forum, "id", ids, what=kind)
        return dict(found)

    def done(self, kind: str, ids: Iterable[int]) -> None:
        """Forget what was read."""
        statement = prepared(self.connection.dialect, forgotten)
        statement.run(self.connection, [{"of": self.forum, "what": kind, "which": one} for one in ids])

    # ---- people

    def people(self, seen: Iterable[models.User]) -> None:
        """Keep who people are."""
        there = [one for one in changes.merged(self.erasures.people(seen)).values() if self.is_news(one)]
        known = {row["id"]: row for row in self.known(schema.PEOPLE, "id", {one.id for one in there})}
        self.meeting.update((one.id, hash(one)) for one in there)
        for row in known.values():
            del row["forum"]
        rows = changes.people(there, known, self.now)
        self.put(schema.PEOPLE, rows.people)
        self.rename(rows.names)
        self.add_tombstones(rows.tombstones)
        self.tell("people", sum(row["id"] not in known for row in rows.people))
        self.tell("renamed", sum(row["person"] in known for row in rows.names))

    def is_news(self, one: models.User) -> bool:
        """Whether somebody is new, or something else is told of them than last in this run."""
        last = self.met.get(one.id)
        return last is None or (one.tells and last != hash(one))

    def rename(self, names: Sequence[Row]) -> None:
        """Close earlier names, open new ones."""
        table = schema.NAMES
        top = self.tops(table, ("person",), [row["person"] for row in names])
        for row in names:
            last = top.get((row["person"],), 0)
            if last:
                self.connection.execute(
                    update(table)
                    .where(table.c.forum == self.forum, table.c.person == row["person"], table.c.n == last)
                    .values(until=self.now)
                )
            row["n"] = last + 1
        self.put(table, [{**row, "until": None} for row in names])

    def tops(self, table: Table, columns: tuple[str, ...], values: Collection[int]) -> dict[tuple[Any, ...], int]:
        """The highest `n` by some columns, for those whose first column has one of some values."""
        found = for_values(self.connection, highest(columns), table, self.forum, columns[0], values)
        return {row[:-1]: int(row[-1]) for row in found}

    def join(self, group: int, people: set[int], *, whole: bool = True) -> None:
        """Keep who is in a group, since when and until when as far as we saw it; nobody left if these are not all."""
        table = schema.GROUP_MEMBERS
        people = people - self.erasures.gone
        rows = self.known(table, "group", [group])
        inside = {row["person"] for row in rows if row["until"] is None}
        left = [row for row in rows if row["until"] is None and row["person"] not in people] if whole else []
        self.put(table, [{**row, "until": self.now} for row in left])
        new = [{"group": group, "person": one, "since": self.now, "until": None} for one in sorted(people - inside)]
        self.put(table, new)

    # ---- what was deleted, and came back

    def add_tombstones(self, tombstones: Sequence[Mapping[str, Any]]) -> None:
        """Keep that something is gone, unless we know it."""
        table = schema.TOMBSTONES
        for row in tombstones:
            mine = and_(table.c.forum == self.forum, table.c.kind == row["kind"], table.c.id == row["id"])
            held = self.connection.execute(select(table).where(mine).order_by(table.c.n)).mappings().all()
            if held and held[-1]["lifted"] is None and row["kind"] != "move":
                if held[-1]["reason"] == row["reason"]:
                    continue
                self.lift_tombstones(row["kind"], row["id"])
            n = (held[-1]["n"] if held else 0) + 1
            self.put(table, [{**row, "n": n, "observed": self.now, "lifted": None}])
            self.tell("moved" if row["kind"] == "move" else row["reason"], 1)

    def recover(self, kind: str, ident: int) -> None:
        """Something came back."""
        self.tell("recovered", self.lift_tombstones(kind, ident))

    def lift_tombstones(self, kind: str, ident: int) -> int:
        """Keep that something is not gone any more for the reason that was known: how many reasons that were."""
        table = schema.TOMBSTONES
        mine = and_(table.c.forum == self.forum, table.c.kind == kind, table.c.id == ident, table.c.lifted.is_(None))
        return self.connection.execute(update(table).where(mine).values(lifted=self.now)).rowcount

    def vanished(self, kind: str, ident: int, reason: str) -> None:
        """Keep that the forum does not show a topic or a post any more; what we hold of it stays."""
        table = schema.TOPICS if kind == "topic" else schema.POSTS
        columns = {"shown": 0, **({"deleted": self.now} if reason == "gone" else {})}
        mine = (table.c.forum == self.forum, table.c.id == ident, table.c.shown == 1)
        if self.connection.execute(update(table).where(*mine).values(**columns)).rowcount:
            self.add_tombstones([{"kind": kind, "id": ident, "reason": reason, "at": None, "by": None}])

    def unlist(self, topic: int) -> None:
        """Lists are not expected to show a topic any more."""
        table = schema.TOPICS
        self.connection.execute(update(table).where(table.c.forum == self.forum, table.c.id == topic).values(listed=0))


def named(table: Table, rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Whole rows of a table, with the names of their columns."""
    names = table.columns.keys()
    return [dict(zip(names, row, strict=True)) for row in rows]


def noted_as(agenda: Table, column: str, size: int) -> Select[Any]:
    """What is noted of a kind: by its key, for a first run notes every topic."""
    mine = (agenda.c.forum == bindparam("forum"), agenda.c.kind == bindparam("what"))
    return select(agenda.c.id, agenda.c.detail).where(*mine, agenda.c[column].in_(places(agenda, column, size)))


def forgotten() -> Delete:
    """Take something out of what must still be read."""
    table = schema.AGENDA
    mine = (table.c.kind == bindparam("what"), table.c.id == bindparam("which"))
    return delete(table).where(table.c.forum == bindparam("of"), *mine)


@cache
def highest(columns: tuple[str, ...]) -> Callable[[Table, str, int], Select[Any]]:
    """The statement for the highest `n` by some columns."""

    def compose(table: Table, column: str, size: int) -> Select[Any]:
        names = [table.c[name] for name in columns]
        wanted = (table.c.forum == bindparam("forum"), table.c[column].in_(places(table, column, size)))
        return select(*names, func.max(table.c.n)).where(*wanted).group_by(*names)

    return compose

"""What moves all day and is read once a day over Data Explorer: views of topics, and what the directory counts."""

from sqlalchemy import bindparam, select, update

from koweb_sync.archive import schema
from koweb_sync.archive.buckets import Span
from koweb_sync.archive.gather import Asker
from koweb_sync.archive.run import Run
from koweb_sync.archive.snapshot import COUNTED, count
from koweb_sync.forum.observed import Counters, Person
from koweb_sync.forum.queries import Query
from koweb_sync.forum.talk_queries import COUNTERS, HIGHEST, VIEWS

PAGE = 9_000  # rows of an answer


class Pages:
    """Walks over a query whose rows have an id, from where this run's stage stands."""

    def __init__(self, run: Run, asker: Asker, query: Query, name: str) -> None:
        self.asker, self.query, self.name = asker, query, name
        self.after = int(run.at(name).get("after", 0))

    def next(self) -> list[dict[str, int]]:
        """The next rows; none at the end."""
        found = self.asker.ask(self.query, Span(self.after, HIGHEST), limit=str(PAGE))
        if found is None:
            raise self.asker.too_much(self.query)
        self.after = int(found[-1]["id"]) if found else self.after
        return found


def views(run: Run, asker: Asker) -> None:
    """Keep how often topics were viewed, where that moved: T/9,000 requests for T topics."""
    walk = Pages(run, asker, VIEWS, "views")
    table = schema.TOPICS
    while found := walk.next():
        now = {int(row["id"]): int(row["views"]) for row in found}
        with run.page() as keeper:
            known = {row["id"]: row["views"] for row in keeper.known(table, "id", now)}
            counted = select(schema.VIEWS.c.topic).where(schema.VIEWS.c.forum == run.forum).distinct()
            before = set(keeper.connection.execute(counted).scalars())
            moved = [one for one, count in now.items() if one in known and (one not in before or known[one] != count)]
            changed = [{"ident": ident, "count": now[ident]} for ident in moved if known[ident] != now[ident]]
            if changed:
                mine = (table.c.forum == run.forum, table.c.id == bindparam("ident"))
                keeper.connection.execute(update(table).where(*mine).values(views=bindparam("count")), changed)
            keeper.put(schema.VIEWS, [{"topic": ident, "at": keeper.now, "views": now[ident]} for ident in moved])
            keeper.cursor("at:views", {"after": walk.after})
        if len(found) < PAGE:
            return


def activity(run: Run, asker: Asker) -> None:
    """Keep what the directory counts, where that moved: U/9,000 requests for U people."""
    walk = Pages(run, asker, COUNTERS, "activity")
    while found := walk.next():
        with run.page() as keeper:
            told = tuple(
                Counters(person=Person(int(row["id"]), ""), **{name: int(row[name] or 0) for name in COUNTED})
                for row in found
            )
            count(keeper, told)
            keeper.cursor("at:activity", {"after": walk.after})
        if len(found) < PAGE:
            return

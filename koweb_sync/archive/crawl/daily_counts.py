"""What moves all day and is read once a day over Data Explorer: views of topics, and what the directory counts."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from koweb_sync.archive.crawl.buckets import Span
from koweb_sync.archive.crawl.explorer_rows import Asker
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.categories_and_counters import COUNTED, count
from koweb_sync.archive.store import schema
from koweb_sync.forum.archive_queries import COUNTERS, VIEWS
from koweb_sync.forum.decode import Page, each, whole_number
from koweb_sync.forum.models import DirectoryEntry, User
from koweb_sync.forum.queries import Query
from koweb_sync.forum.query_parts import HIGHEST

PAGE = 9_000  # rows of an answer


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What is counted of something."""

    id: int
    counts: dict[str, int]


class Pages:
    """Walks over a query whose rows have an id, from where this run's stage stands."""

    def __init__(self, run: Run, asker: Asker, query: Query, name: str) -> None:
        self.asker, self.query, self.name = asker, query, name
        self.after = int(run.at(name).get("after", 0))

    def next(self, *names: str) -> Page[RowCounts]:
        """The next rows, with the numbers in some columns; none at the end, or where a page leads nowhere."""
        found = self.asker.ask(self.query, Span(self.after, HIGHEST), limit=str(PAGE))
        if found is None:
            raise self.asker.too_much(self.query)
        page = each(
            "row",
            found,
            lambda row: RowCounts(whole_number(row, "id"), {name: whole_number(row, name, 0) for name in names}),
        )
        self.asker.note(page, self.query)
        after = max((one.id for one in page), default=self.after)
        page = page if after > self.after else Page((), page.malformed)
        self.after = after
        return page


def views(run: Run, asker: Asker) -> None:
    """Keep how often topics were viewed, where that moved: T/9,000 requests for T topics."""
    walk = Pages(run, asker, VIEWS, "views")
    table = schema.TOPICS
    while found := walk.next("views"):
        now = {one.id: one.counts["views"] for one in found}
        with run.page() as writer:
            known = {row["id"]: row["views"] for row in writer.known(table, "id", now)}
            counted = select(schema.VIEWS.c.topic).where(schema.VIEWS.c.forum == run.forum).distinct()
            before = set(writer.connection.execute(counted).scalars())
            moved = [one for one, count in now.items() if one in known and (one not in before or known[one] != count)]
            changed = [{"ident": ident, "count": now[ident]} for ident in moved if known[ident] != now[ident]]
            if changed:
                mine = (table.c.forum == run.forum, table.c.id == bindparam("ident"))
                writer.connection.execute(update(table).where(*mine).values(views=bindparam("count")), changed)
            writer.put(schema.VIEWS, [{"topic": ident, "at": writer.now, "views": now[ident]} for ident in moved])
            writer.cursor("at:views", {"after": walk.after})
        if found.told < PAGE:
            return


def activity(run: Run, asker: Asker) -> None:
    """Keep what the directory counts, where that moved: U/9,000 requests for U people."""
    walk = Pages(run, asker, COUNTERS, "activity")
    while found := walk.next(*COUNTED):
        with run.page() as writer:
            told = tuple(DirectoryEntry(person=User(one.id, ""), **one.counts) for one in found)
            count(writer, told)
            writer.cursor("at:activity", {"after": walk.after})
        if found.told < PAGE:
            return

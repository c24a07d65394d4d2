"""What the tests of the way over Data Explorer share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from koweb_sync.archive.crawl.data_explorer import expected, explore
from koweb_sync.archive.crawl.rest_api import read_totals
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store.store import Store
from koweb_sync.forum import data_explorer
from koweb_sync.forum.archive_queries import saved_queries
from koweb_sync.forum.client import Forum
from koweb_sync.forum.plugin_queries import TABLES
from koweb_sync.forum.reader import ForumReader
from koweb_sync.forum.site import Totals
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import FREE, Archive, Result
from tests.archive.empty import empty_archive


class Explored(Archive):
    """An archive that is brought up to date over Data Explorer; `crawl` goes over the API."""

    def run(self, *, looked: bool = False, **wishes: Any) -> Result:
        """Bring it up to date over Data Explorer. `looked`: the totals are read first, for the plan."""
        before = len(self.box.log)
        with self.going(replace(self.wishes, **wishes)) as run:
            if looked:
                read_totals(run)
            explore(run)
        return Result(run.found, self.box.log[before:])

    def expected(self, now: Totals) -> int:
        """How many requests a run would take."""
        with self.going(self.wishes) as run:
            run.started = self.clock.micros()
            return expected(run, now)

    @contextmanager
    def going(self, wishes: CrawlOptions) -> Iterator[Run]:
        """A run that has not begun."""
        key = self.box.keys["all_users"]
        with Forum(self.box.url, "admin", key, limits=FREE, state=self.folder / "machine") as forum:
            number = self.store.enter(self.box.url, "kafe", self.clock.micros())
            yield Run(self.store, number, self.box.url, ForumReader(forum), wishes, Silent(), self.clock.micros)

    def crawl(self, **wishes: Any) -> Result:
        """Bring it up to date over the API."""
        return super().run(**wishes)


def save_queries(box: Sandbox, folder: Path, plugins: frozenset[str] | None = None) -> None:
    """Save our queries, as `koweb doctor --save-query` does, or such that read the tables of some plugins alone."""
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=folder / "machine") as forum:
        there = data_explorer.listed(forum)
        assert there is not None
        asking = data_explorer.save(forum, there, TABLES)
        assert asking is not None
        for query in saved_queries(data_explorer.tables(forum, asking) if plugins is None else plugins):
            assert data_explorer.save(forum, there, query) is not None


@contextmanager
def explored(box: Sandbox, folder: Path, **wishes: Any) -> Iterator[Explored]:
    """An empty archive for a forum in which our queries are saved."""
    save_queries(box, folder)
    with Store.open(empty_archive(folder / "archive.sqlite")) as store:
        yield Explored(box, store, folder, replace(CrawlOptions(key=True), **wishes))

"""What the tests of the way over Data Explorer share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from koweb_sync.archive.explore import explore
from koweb_sync.archive.run import Run, Silent, Watch, Wishes
from koweb_sync.archive.store import Store
from koweb_sync.forum import explorer
from koweb_sync.forum.client import Forum
from koweb_sync.forum.talk import Talk
from koweb_sync.forum.talk_queries import OURS
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import FREE, Archive, Clock, Result


class Explored(Archive):
    """An archive that is brought up to date over Data Explorer; `crawl` goes over the API."""

    def run(self, **wishes: Any) -> Result:
        """Bring it up to date over Data Explorer."""
        before = len(self.box.log)
        found = explore_once(self.box, self.store, self.folder, replace(self.wishes, **wishes), self.clock)
        return Result(found, self.box.log[before:])

    def run_until(self, watch: Watch) -> None:
        """Bring it up to date while somebody watches."""
        explore_once(self.box, self.store, self.folder, self.wishes, self.clock, watch)

    def crawl(self, **wishes: Any) -> Result:
        """Bring it up to date over the API."""
        return super().run(**wishes)


def explore_once(
    box: Sandbox, store: Store, folder: Path, wishes: Wishes, clock: Clock, watch: Watch | None = None
) -> dict[str, int]:
    """One run over Data Explorer."""
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=folder / "machine") as forum:
        number = store.enter(box.url, "kafe", clock.micros())
        run = Run(store, number, box.url, Talk(forum), wishes, watch or Silent(), clock.micros)
        explore(run)
        return run.found


def save_queries(box: Sandbox, folder: Path) -> None:
    """Save our queries, as `koweb doctor --save-query` does."""
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=folder / "machine") as forum:
        there = explorer.listed(forum)
        assert there is not None
        for query in OURS:
            assert explorer.save(forum, there, query) is not None


@contextmanager
def explored(box: Sandbox, folder: Path, **wishes: Any) -> Iterator[Explored]:
    """An empty archive for a forum in which our queries are saved."""
    save_queries(box, folder)
    with Store.open(str(folder / "archive.sqlite")) as store:
        yield Explored(box, store, folder, replace(Wishes(key=True), **wishes))

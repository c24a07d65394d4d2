"""Whole runs and what is read between them: neither keeps the other from its end."""

import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partialmethod

import pytest
from sqlalchemy import select

from koweb_sync.archive.crawl.run import AT, CrawlOptions, Run, Silent
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import ForumDown
from koweb_sync.listen.reading import ListenedArchive
from koweb_sync.listen.schedule import LONGEST_PAUSE
from tests.gate import spread
from tests.listen.listening import NAME, Listening, between
from tests.listen.test_following import happen, reply

pytestmark = pytest.mark.server("2025")
DAY = 86_400.0


def where_it_stands(mine: Listening) -> tuple[str, dict[str, str]]:
    """The run that was stopped, and where it stands."""
    with Store.open(mine.archive.place, create=False) as store:
        number = store.forum(mine.box.url)
        assert number is not None
        reader = mine.archive.reader or mine.archive.run_on(store, number).talk
        run = Run(store, number, mine.box.url, reader, CrawlOptions(key=True), Silent(), mine.archive.micros)
        cursors = schema.CURSORS
        query = select(cursors.c.name, cursors.c.value).where(cursors.c.name.startswith(AT))
        with store.read() as connection:
            return run.pending(), {str(name): str(value) for name, value in connection.execute(query)}


class Faulty:
    """A forum that fails behind so many pages; None: it does not."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.page = Run.page

    def __call__(self, run: Run) -> AbstractContextManager[PageWriter]:
        """What keeps a page."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise ForumDown("503")
        return self.page(run)


@pytest.fixture
def cut(told: Listening, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    """What cuts readings, where a test says."""
    made = Faulty()
    monkeypatch.setattr(Run, "page", partialmethod(made))
    told.clock.wait(DAY + 60)
    told.archive.wishes = replace(told.archive.wishes, rolling=1)
    return made


def cut_off(mine: Listening, cut: Faulty, pages: int) -> tuple[str, dict[str, str]]:
    """A whole run that is cut off, and where it stands."""
    cut.left = pages
    with pytest.raises(ForumDown):
        mine.archive.whole_run(mine.worker.stopped)
    cut.left = None
    found = where_it_stands(mine)
    assert found[0] == "rest"
    assert found[1]
    return found


@pytest.mark.parametrize("pages", spread([3, 9, 15, 21], 2))
def test_a_run_that_was_cut_goes_on_where_it_was_whatever_was_read_meanwhile(
    pages: int, told: Listening, cut: Faulty
) -> None:
    before = cut_off(told, cut, pages)
    happen(told)
    told.catch_up()
    assert told.inbox.due(NAME) == []
    assert any(one["event"] == "read" for one in told.log)
    assert where_it_stands(told) == before
    told.archive.whole_run(told.worker.stopped)
    assert where_it_stands(told) == ("", {})
    assert not between(told.dumped(), told.from_scratch())


def test_what_was_cut_while_it_read_leaves_the_run_that_waits_where_it_was(told: Listening, cut: Faulty) -> None:
    before = cut_off(told, cut, 9)
    reply(told, 2, "Une réponse de plus, que personne n’attendait.")
    assert told.box.courier is not None
    told.box.courier.settle()
    for pages in (1, 2, 4):
        cut.left = pages
        told.clock.wait(LONGEST_PAUSE)
        told.worker.step()
        assert told.inbox.due(NAME)
    cut.left = None
    told.clock.wait(LONGEST_PAUSE)
    told.catch_up()
    assert told.inbox.due(NAME) == []
    assert where_it_stands(told) == before
    told.archive.whole_run(told.worker.stopped)
    assert not between(told.dumped(), told.from_scratch())


def test_why_a_whole_run_failed_is_its_exit_code(mine: Listening) -> None:
    """It is a process of its own, whose words may name people."""
    for code in (1, 2):
        mine.archive.command = (sys.executable, "-c", f"import sys; sys.exit({code})")
        assert ListenedArchive.whole_run(mine.archive, mine.worker.stopped) == f"exit code {code}"

"""Forgetting somebody in PostgreSQL: the same as in a file."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.names.erasures import Policy
from koweb_sync.archive.privacy import forget, forget_everywhere, purge
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.archive.privacy.subject import gather
from koweb_sync.archive.store.store import Archive as Place
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive
from tests.postgres import new_database

pytestmark = pytest.mark.server("2022")

RAW = "Bonjour @claire, merci à Claire Moreau."


@pytest.fixture
def kept(box: Sandbox, postgres: str, tmp_path: Path) -> Iterator[Archive]:
    """An archive in which Amina talks to Claire."""
    box.reply(2, RAW, username="amina")
    with (
        new_database(postgres, f"privacy_{time.monotonic_ns()}") as address,
        Store.open(address) as store,
    ):
        archive = Archive(box, store, tmp_path, CrawlOptions(key=True, avatars=True))
        archive.run()
        yield archive


@pytest.mark.parametrize("policy", ["keep", "remove"])
def test_a21_nothing_is_left_in_postgresql_and_nothing_comes_back(kept: Archive, box: Sandbox, policy: Policy) -> None:
    place = Place(kept.store, kept.forum, box.url)
    sought = Sought(["claire", "Claire Moreau"])
    assert forget_everywhere.search(place, sought) != []
    with kept.store.read() as connection:
        order = forget.whole_person(forget.find(connection, kept.forum, "claire"), policy)
    rehearsed = forget_everywhere.rehearse(place, [order], kept.clock.micros())
    assert forget_everywhere.search(place, sought) != []
    assert forget_everywhere.perform(place, [order], kept.clock.micros()).done.rows == rehearsed.done.rows
    assert forget_everywhere.search(place, sought) == []
    box.reply(2, "Et @claire, encore.", username="amina")
    for _day in range(2):
        kept.clock.pass_days(1)
        assert "versions" not in kept.run(rolling=1).found
    assert forget_everywhere.search(place, sought) == []
    with kept.store.read() as connection:
        told = gather(connection, kept.forum, 3, kept.clock.micros())
    assert told["person"]["username"] == "personne-partie-3"


def test_deleted_posts_are_emptied_in_postgresql(kept: Archive, box: Sandbox) -> None:
    box.delete(2)
    kept.clock.pass_days(1)
    kept.run()
    now = kept.clock.micros()
    with kept.store.begin() as connection:
        number = len(purge.due(connection, kept.forum, now))
    assert number > 1
    place = Place(kept.store, kept.forum, box.url)
    assert forget_everywhere.empty_deleted(place, now, now).rows["texts of posts"] == number
    assert list(forget_everywhere.search(place, Sought(["merci à Claire Moreau"]))) == []

"""Forgetting somebody in PostgreSQL: the same as in a file."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive import forget, privacy, purge
from koweb_sync.archive.erasures import Policy
from koweb_sync.archive.prove import Sought
from koweb_sync.archive.run import Wishes
from koweb_sync.archive.store import Store
from koweb_sync.archive.subject import gather
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive
from tests.postgres import new_database

RAW = "Bonjour @claire, merci à Claire Moreau."


@pytest.fixture
def kept(box: Sandbox, postgres: str, tmp_path: Path) -> Iterator[Archive]:
    """An archive in which Amina talks to Claire."""
    box.reply(2, RAW, username="amina")
    with (
        new_database(postgres, f"privacy_{time.monotonic_ns()}") as address,
        Store.open(address) as store,
    ):
        archive = Archive(box, store, tmp_path, Wishes(key=True, avatars=True))
        archive.run()
        yield archive


@pytest.mark.parametrize("policy", ["keep", "remove"])
def test_a21_nothing_is_left_in_postgresql_and_nothing_comes_back(kept: Archive, box: Sandbox, policy: Policy) -> None:
    place = privacy.Archive(kept.store, kept.forum, box.url)
    sought = Sought(["claire", "Claire Moreau"])
    assert privacy.search(place, sought) != []
    with kept.store.read() as connection:
        order = forget.whole(forget.find(connection, kept.forum, "claire"), policy)
    rehearsed = privacy.rehearse(place, [order], kept.clock.micros())
    assert privacy.search(place, sought) != []
    assert privacy.perform(place, [order], kept.clock.micros()).done.rows == rehearsed.done.rows
    assert privacy.search(place, sought) == []
    box.reply(2, "Et @claire, encore.", username="amina")
    for _day in range(2):
        kept.clock.pass_days(1)
        assert "versions" not in kept.run(rolling=1).found
    assert privacy.search(place, sought) == []
    with kept.store.read() as connection:
        told = gather(connection, kept.forum, 3, kept.clock.micros())
    assert told["person"]["username"] == "former-member-3"


def test_deleted_posts_are_emptied_in_postgresql(kept: Archive, box: Sandbox) -> None:
    box.delete(2)
    kept.clock.pass_days(1)
    kept.run()
    now = kept.clock.micros()
    with kept.store.begin() as connection:
        number = len(purge.due(connection, kept.forum, now))
    assert number > 1
    place = privacy.Archive(kept.store, kept.forum, box.url)
    assert privacy.empty_deleted(place, now, now).rows["texts of posts"] == number
    assert list(privacy.search(place, Sought(["merci à Claire Moreau"]))) == []

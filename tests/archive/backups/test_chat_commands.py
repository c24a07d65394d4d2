"""What commands say of an archive with chat: it is compared with no forum, and published on none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.restore.publishable import Publishable, publishable_of
from koweb_sync.cli.archive.verify import limits
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, take
from tests.archive.backups.test_chat import with_chat
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import Archive, Clock, forum_of
from tests.archive.test_ledger import verified


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox.start(forum_of(2, 5)) as one:
        yield one


@contextmanager
def archive_with_chat(box: Sandbox, folder: Path, *, chat: bool = True) -> Iterator[Archive]:
    """An archive out of a backup of a forum that is still there."""
    folder.mkdir(exist_ok=True)
    with emptied(folder) as store:
        take(store, as_sql(folder, with_chat(dump_of(box))), box.url, Clock(), chat=chat)
        yield Archive(box, store, folder, CrawlOptions())


@pytest.mark.parametrize("key", [False, True])
def test_a_comparison_with_the_forum_asks_nothing_about_the_chat(box: Sandbox, key: bool, tmp_path: Path) -> None:
    with archive_with_chat(box, tmp_path) as archive:
        before = len(box.requests())
        found = verified(archive, key=key)
        assert not found.short and not found.unclear and found.caveats["chat"] == 4
        assert "The chat was not compared: only a backup of the forum tells of it." in limits(found)
        assert not archive.rows("SELECT topic FROM ledger WHERE topic < 0")
        assert not [one.path for one in box.requests()[before:] if "chat" in one.path or "/-" in one.path]


def test_nothing_of_the_chat_is_published_again_and_it_is_counted_once(box: Sandbox, tmp_path: Path) -> None:
    found: list[Publishable] = []
    for chat in (False, True):
        with archive_with_chat(box, tmp_path / str(chat), chat=chat) as archive, archive.store.read() as connection:
            found.append(publishable_of(connection, archive.forum, everything_public=False))
    without, with_it = found
    assert with_it.left_out == {**without.left_out, "chat": 1}
    assert replace(with_it, left_out={}) == replace(without, left_out={})

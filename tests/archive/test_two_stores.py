"""The same forum in a file and in a database: the same archive, however it is kept."""

from pathlib import Path

import pytest

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.read.edited_posts import edited_posts
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import take
from tests.archive.backups.writing import as_sql, dump_of
from tests.archive.crawling import Archive, forum_of, public
from tests.archive.dump import lines

pytestmark = pytest.mark.server("2022")


def dumped(store: Store) -> list[str]:
    """All that is in a store but when it was seen."""
    with store.read() as connection:
        return list(lines(connection, lasting=True))


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_a26_sqlite_and_postgresql_hold_the_same(both: tuple[Store, Store], flavour: str, tmp_path: Path) -> None:
    seed = forum_of(12, 120, likes=40)
    odd = ("é composé ; e\u0301 décomposé 🙂", "\u0001 من اليمين إلى اليسار, retour", "x" * 100_000)
    for one, raw in zip(seed["posts"][4:], odd, strict=False):
        one["raw"] = raw
        one.pop("cooked", None)
    with Sandbox.start(seed, flavour=flavour) as box:
        archives = [Archive(box, store, tmp_path, CrawlOptions(key=True)) for store in both]
        for kept in archives:
            kept.run()
        for n in range(30):
            box.reply(1 + n % 12, f"Une réponse de plus, la numéro {n}, en quelques mots.", username="membre3")
        box.edit(2, username="admin", title="Un titre tout à fait nouveau pour ce sujet", tags=["été"])
        box.delete(5, username="admin")
        box.close(6, username="admin")
        for kept in archives:
            kept.clock.pass_days(1)
            kept.run(rolling=1)
            assert kept.texts() == kept.texts() | public(box)
        assert dumped(both[0]) == dumped(both[1])


def test_both_list_the_same_edited_posts(both: tuple[Store, Store], tmp_path: Path) -> None:
    with Sandbox.start(forum_of(4, 12), flavour="2025") as box:
        for n in (1, 2):
            box.edit(2, raw=f"Un texte que l’on reprend pour la {n}e fois.", username="admin")
        box.edit(3, raw="Un autre texte que l’on reprend.", title="Un titre tout à fait nouveau", username="admin")
        file = as_sql(tmp_path, dump_of(box))
        for store in both:
            take(store, file, box.url)
    found = []
    for store in both:
        with store.read() as connection:
            found.append(list(edited_posts(Reader(connection, 1), ArchiveFilter(), None)))
    assert found[0] == found[1]
    assert len(found[0]) >= 2
    assert max(one.texts for one in found[0]) >= 1

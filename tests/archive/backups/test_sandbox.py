"""A forum's backup says what the forum says: the same archive, whichever way it was read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.store import schema
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, everything, raws, rows, take
from tests.archive.backups.writing import SECRETS, Dump, as_directory, as_sql, as_text, dump_of
from tests.archive.crawling import forum_of

Writer = Callable[[Path, Dump], Path]
WRITERS: tuple[Writer, ...] = (as_sql, as_directory, as_text)


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    """A forum with edits."""
    seed = forum_of(8, 60, likes=20)
    seed["users"][2]["admin"] = True
    with Sandbox.start(seed) as box:
        box.edit(1, raw="Un texte que l’on vient de reprendre.\n\tAvec une \\ barre.", username="admin")
        box.edit(1, raw="Un texte repris encore une fois, plus long.", username="membre2")
        yield box


@pytest.mark.parametrize("write", WRITERS)
def test_every_form_of_a_backup_gives_the_posts(town: Sandbox, write: Writer, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        take(store, write(tmp_path, dump_of(town)))
        assert raws(store) == {one.id: one.raw for one in town.state.posts.values()}
        assert len(rows(store, schema.REACTIONS)) == 20
        mine = [row for row in rows(store, schema.POST_VERSIONS) if row["post"] == town.first_post(1).id]
        assert [row["version"] for row in sorted(mine, key=lambda row: row["n"])] == [1, 2, 3]


def test_nothing_is_read_of_what_nobody_may_keep(town: Sandbox, tmp_path: Path) -> None:
    dump = dump_of(town)
    with emptied(tmp_path) as store:
        take(store, as_sql(tmp_path, dump), staff=True)
    held = everything(tmp_path)
    secret = [str(value) for _columns, lines in SECRETS.values() for line in lines for value in line]
    words = [one for one in secret if "secret" in one or one.startswith("203.")]
    assert words
    assert not [one for one in words if one.encode() in held]

"""An archive of before gets the search of now: its index is made anew where an upgrade asks for it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from koweb_sync.archive.store import search, search_hits, upgrade
from koweb_sync.archive.store.engines import Origin
from koweb_sync.archive.store.schema import FORUMS, POST_VERSIONS, POSTS
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.store import Store, put
from koweb_sync.archive.verify.search_index import index_flaws

URL = "https://kafe.example.org"
PICTURE = """<p>Venez avec vos questions.</p>
<a class="lightbox" href="https://kafe.example/a.png"><img src="https://kafe.example/a.png" alt="Cinq chaises">
<div class="meta"><span class="filename">Cinq chaises</span><span class="informations">9×9 1 KB</span></div></a>"""


@pytest.mark.parametrize("server", [False, True])
def test_an_archive_of_before_sets_the_descriptions_of_pictures_apart(
    database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: bool
) -> None:
    place = database() if server else str(tmp_path / "archive.sqlite")
    monkeypatch.setattr(upgrade, "HEAD", "0010")
    monkeypatch.setattr(upgrade, "create", upgrade.upgrade)
    with Store.open(place) as store, store.begin() as connection:
        put(connection, FORUMS, [{"id": 1, "name": "kafe", "url": URL, "added": 1}])
        post = {"forum": 1, "topic": 1, "type": 1, "created": 1, "n": 1}
        put(connection, POSTS, [{**post, "id": n, "number": n} for n in (1, 2)])
        texts = ((1, PICTURE), (2, "<p>Cinq chaises</p>"))
        put(
            connection,
            POST_VERSIONS,
            [{"forum": 1, "post": n, "n": 1, "cooked": cooked, "observed": 1} for n, cooked in texts],
        )
        rows = dict(connection.execute(select(POSTS.c.id, POSTS.c.row)).all())
        said = {
            1: IndexEntry("Accueil", "vie", "Venez avec vos questions. Cinq chaises"),
            2: IndexEntry("", "", "Cinq"),
        }
        search.enter(connection, {rows[n]: one for n, one in said.items()})
    monkeypatch.undo()
    with Store.open(place) as store, store.read() as connection:
        assert store.origin is Origin.MIGRATED
        for asked in ("chaise", '"cinq chaises"', "accueil", "vie"):
            (found,) = search_hits.find(connection, 1, asked)
            assert (found.row, found.title) == (rows[1], "Accueil")
            assert found.snippet == "Venez avec vos questions. [Cinq chaises]"
        assert store.postgresql or list(index_flaws(connection)) == []

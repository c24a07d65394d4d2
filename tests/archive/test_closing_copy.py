"""The archive itself in a kit: what it holds of one forum, wherever it came from, and whatever lay beside that."""

from pathlib import Path

from koweb_sync.archive.closing import copy
from koweb_sync.archive.store.search_hits import find
from koweb_sync.archive.store.store import Store
from tests.archive import dump
from tests.archive.exhibits import START, URL, friendly

OTHER = "https://autre.example.org"


def lines(store: Store) -> list[str]:
    """All that a store holds of the forum."""
    with store.read() as connection:
        return list(dump.lines(connection, URL))


def test_a_copy_holds_the_forum_and_no_other_one(store: Store, tmp_path: Path) -> None:
    store.enter(OTHER, "autre", START)
    forum = friendly(store)
    file = tmp_path / "kit" / "koweb-archive.sqlite"
    copy.write(store, forum, file)
    assert {one.name for one in file.parent.iterdir()} == {file.name, f"{file.name}.lock"}
    before = file.read_bytes()
    with Store.open(str(file)) as found:
        assert lines(found) == lines(store)
        assert found.forum(OTHER) is None
        assert found.damage() is None
    assert file.read_bytes() == before  # a bag has its sum


def test_the_copy_of_a_single_forum_is_found_by_its_words(store: Store, tmp_path: Path) -> None:
    forum = friendly(store)
    file = tmp_path / "koweb-archive-copy.sqlite"
    copy.write(store, forum, file)
    with Store.open(str(file)) as found:
        assert lines(found) == lines(store)
        assert found_words(found, forum) == found_words(store, forum) != []


def found_words(store: Store, forum: int) -> list[str]:
    """What the search finds."""
    with store.read() as connection:
        return [one.snippet for one in find(connection, forum, "carnet outils")]

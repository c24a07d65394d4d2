"""One forum, read in three ways: over its API, with Data Explorer and out of its backup. What differs is named here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.crawl.due import DueTopic, read_due
from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import identity
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.backups.taking import emptied, rows, take
from tests.archive.backups.writing import Dump, as_directory, as_sql, dump_of
from tests.archive.crawling import forum_of
from tests.archive.dump import lines
from tests.archive.exploring import Explored, explored
from tests.archive.test_reactions import react
from tests.workspace import served, translating

Row = dict[str, Any]
Content = dict[str, dict[tuple[Any, ...], Row]]
GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "archive.md"

# What only a backup tells, or tells more exactly: rows of tables, and columns.
BACKUP_ROWS = {"post_versions", "counts", "permalinks"}
BACKUP_COLUMNS = {
    *("people.created", "posts.created", "posts.updated", "posts.n", "reactions.at", "tombstones.at"),
    *("topics.listed", "topic_versions.source", "post_versions.source", "forums.locale"),
    *("topics.bumped", "topics.last_posted", "topics.accepted_at"),
}
# What Data Explorer alone does not tell.
NOT_IN_EXPLORER = {"localisations"}
# What the API alone does not tell: rows of what is deleted, and of the forum's own people.
DELETED_ROWS = {
    *("posts", "post_versions", "topics", "topic_versions", "topic_tags", "tombstones", "reactions", "edges"),
    *("ledger", "people", "names"),
}
API_COLUMNS = {
    *("people.trust_level", "people.admin", "people.moderator", "posts.reads", "topics.accepted_by"),
    *("localisations.cooked", "localisations.person"),
}
# What a backup does not tell: how pictures of people are addressed; here also what the forum is called.
NOT_IN_BACKUP = {"people.avatar", "forums.title", "groups.automatic"}


@pytest.fixture(scope="module", params=["2022", "2025"])
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum with reactions, an edit, a topic that is deleted, polls, a solution and translations."""
    with served(request.param, forum_of(10, 60, likes=40)) as box:
        react(box, 39)
        box.edit(1, raw="Un texte que l’on vient de reprendre.", username="admin")
        box.delete(7, username="admin")
        vote(box)
        box.accept(box.topic(3).post_ids[1], username="membre5")
        if request.param != "2022":
            translating(box)
            box.translate(2, "en", "An English title", "An English text.")
        yield box


def vote(box: Sandbox) -> None:
    """Polls of which one names who voted, one tells how it stands, one nothing before it closes, and one is closed."""
    kinds = ("public=true", "results=always", "results=on_close", "results=on_close public=true")
    raw = "\n\n".join(f"[poll name=p{n} {kind}]\n* Oui\n* Non\n[/poll]" for n, kind in enumerate(kinds))
    post = box.reply(4, f"Qu’en dites-vous ?\n\n{raw}", username="membre4")
    with box.state.lock:
        for poll in post.polls:
            yes, no = poll.options
            poll.votes.update({5: [yes], 6: [yes], 8: [no]})
        post.polls[-1].status = "closed"
        box.state.changed(4)


def backup_of(box: Sandbox) -> Dump:
    """Its backup, with old addresses that lead on."""
    found = dump_of(box)
    columns = ("id", "url", "topic_id", "post_id", "category_id", "external_url")
    places = [("1", None, None, None), (None, "1", None, None), (None, None, "1", None)]
    links = [*places, (None, None, None, "https://example.org/ici")]
    found.add("permalinks", columns, [(str(n), f"ancien/{n}", *link) for n, link in enumerate(links, 1)])
    return found


@dataclass
class Ways:
    """The three archives of one forum."""

    explorer: Explored
    api: Explored
    backup: Explored


@pytest.fixture
def ways(town: Sandbox, tmp_path: Path) -> Iterator[Ways]:
    """Three archives that were just made."""
    folders = [tmp_path / name for name in ("explorer", "api", "backup")]
    for one in folders:
        one.mkdir()
    with (
        explored(town, folders[0]) as explorer,
        explored(town, folders[1], translations=True) as api,
        emptied(folders[2]) as store,
    ):
        explorer.run()
        api.crawl()
        assert not take(store, as_sql(folders[2], backup_of(town)), town.url, explorer.clock, key=True).unreadable
        yield Ways(explorer, api, Explored(town, store, folders[2], CrawlOptions(key=True), explorer.clock))


def content(store: Store) -> Content:
    """All that an archive says of its forum: rows by their tables and keys."""
    found: Content = {}
    with store.read() as connection:
        for line in lines(connection, lasting=True):
            row = json.loads(line)
            table = schema.METADATA.tables[row.pop("table")]
            row.pop("forum")
            key = tuple(row.get(name) for name in identity(table) if name != "forum")
            found.setdefault(table.name, {})[key] = row
    return found


def differing(one: Store, other: Store) -> tuple[set[str], set[str], set[str]]:
    """Tables with rows that only the first archive has, those that only the other has, and columns that differ."""
    here, there = content(one), content(other)
    names = here.keys() | there.keys()
    less = {name for name in names if here.get(name, {}).keys() - there.get(name, {}).keys()}
    more = {name for name in names if there.get(name, {}).keys() - here.get(name, {}).keys()}
    return less, more, changed(here, there)


def changed(here: Content, there: Content) -> set[str]:
    """The columns that differ in rows that both have."""
    return {
        f"{name}.{column}"
        for name in here.keys() & there.keys()
        for key in here[name].keys() & there[name].keys()
        for column, value in here[name][key].items()
        if there[name][key][column] != value
    }


def earlier_texts(columns: set[str]) -> set[str]:
    """Columns without those that differ because an earlier text stands before the one that counts."""
    return {one for one in columns if not one.startswith("post_versions.")}


def test_the_three_ways_differ_in_what_is_named_and_in_nothing_else(ways: Ways) -> None:
    less, more, columns = differing(ways.explorer.store, ways.backup.store)
    assert not less
    assert more <= BACKUP_ROWS | NOT_IN_EXPLORER
    assert earlier_texts(columns) <= BACKUP_COLUMNS | NOT_IN_BACKUP
    less, more, columns = differing(ways.api.store, ways.backup.store)
    assert less <= {"counts"}
    assert more <= BACKUP_ROWS | DELETED_ROWS
    assert earlier_texts(columns) <= BACKUP_COLUMNS | NOT_IN_BACKUP | API_COLUMNS
    assert ways.explorer.texts() == ways.backup.texts()


def test_opinions_translations_and_old_addresses_are_held_whichever_way_they_came(ways: Ways) -> None:
    api, explorer, backup = (content(one.store) for one in (ways.api, ways.explorer, ways.backup))
    for name in ("polls", "poll_options", "poll_votes"):
        assert api[name] == explorer[name] == backup[name]
    assert len(backup["polls"]) == 4
    assert {kept["accepted"] for kept in (api["topics"][3,], explorer["topics"][3,], backup["topics"][3,])} == {2}
    assert len(backup["permalinks"]) == 4
    assert "permalinks" not in api.keys() | explorer.keys()
    assert api.get("localisations", {}).keys() == backup.get("localisations", {}).keys()


def test_what_differs_is_in_the_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    columns = BACKUP_COLUMNS | API_COLUMNS | NOT_IN_BACKUP
    tables = BACKUP_ROWS | NOT_IN_EXPLORER
    assert not [name for name in columns | tables if f"`{name}`" not in text]


def test_an_archive_out_of_a_backup_goes_on_over_the_api_in_a_few_requests(ways: Ways) -> None:
    before = content(ways.backup.store)
    result = ways.backup.crawl()
    assert result.requests <= 5
    assert not result.found
    assert ways.backup.crawl().requests <= 3
    assert not ways.backup.run().found  # and over Data Explorer
    told = {"people.avatar", "forums.title", "groups.automatic"}
    assert changed(before, content(ways.backup.store)) <= told  # times stay as exact as they were


def test_what_is_new_after_a_backup_is_found_by_the_next_run(town: Sandbox, tmp_path: Path) -> None:
    with emptied(tmp_path) as store:
        archive = Explored(town, store, tmp_path, CrawlOptions(key=True))
        take(store, as_directory(tmp_path, backup_of(town)), town.url, archive.clock, key=True)
        post = town.reply(3, "Une réponse qui est venue après la sauvegarde.", username="membre4")
        assert archive.crawl().found == {"posts": 1, "topics changed": 0} or archive.texts()[post.id]
        archive.clock.pass_days(1.1)
        archive.crawl()
        assert archive.texts()[post.id][0] == post.raw


def test_a_second_reading_of_a_backup_changes_nothing(town: Sandbox, tmp_path: Path) -> None:
    file = as_sql(tmp_path, backup_of(town))
    with emptied(tmp_path) as store:
        take(store, file, town.url, key=True)
        before = content(store)
        again = take(store, file, town.url, key=True)
        assert not again.older  # it is as new
        assert not again.run.found
        assert content(store) == before


def test_an_archive_over_the_api_is_filled_in_from_a_backup(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as archive:
        archive.crawl()
        texts = archive.texts()
        found = take(archive.store, as_sql(tmp_path, backup_of(town)), town.url, archive.clock, key=True)
        assert found.older
        assert [row for row in rows(archive.store, schema.REACTIONS) if row["at"] is None] == []
        assert {post: archive.texts()[post] for post in texts} == texts
        first = town.first_post(1).id
        held = [row["version"] for row in rows(archive.store, schema.POST_VERSIONS) if row["post"] == first]
        assert held == [1, 2]
        assert archive.crawl().requests <= 12


def test_what_an_event_brought_is_not_taken_back_by_a_backup_that_is_older(town: Sandbox, tmp_path: Path) -> None:
    with explored(town, tmp_path) as archive:
        archive.crawl()
        told, untold = town.first_post(3).id, town.first_post(4).id
        town.edit(3, raw="Un texte d’avant la sauvegarde.", username="admin")
        town.edit(4, raw="Un texte dont personne n’a parlé.", username="admin")
        archive.clock.pass_days(0.01)
        file = as_sql(tmp_path, dump_of(town), at=archive.clock.at)
        archive.clock.pass_days(0.01)
        town.edit(3, raw="Un texte d’après la sauvegarde.", username="admin")
        with archive.going(archive.wishes) as run:
            read_due(run, [DueTopic(3, {int(told): 1})])
            whole = run.last_run()
        found = take(archive.store, file, town.url, archive.clock, key=True)
        assert found.older
        assert archive.texts()[told][0] == "Un texte d’après la sauvegarde."
        assert found.run.last_run() == whole
        for _day in range(10):  # over the API, topics with nothing new are read again in turn
            archive.clock.pass_days(1.1)
            archive.crawl()
        assert archive.texts()[untold][0] == "Un texte dont personne n’a parlé."
        assert archive.texts()[told][0] == "Un texte d’après la sauvegarde."

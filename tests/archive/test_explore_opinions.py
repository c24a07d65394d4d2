"""Reactions and accepted answers over Data Explorer: read from the plugins' own tables, with who and when."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from koweb_sync.archive.crawl.run import CrawlOptions
from koweb_sync.archive.names import secret
from koweb_sync.archive.privacy import forget
from koweb_sync.archive.privacy.subject import gather
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of, likes_of
from tests.archive.exploring import Explored, explored, save_queries
from tests.archive.test_reactions import exclude, held, likes_checked, react, reacted
from tests.workspace import SERVERS, served

pytestmark = pytest.mark.server("2022")


@pytest.fixture(params=SERVERS)
def town(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum of ten topics and sixty posts, with likes, other reactions and answers."""
    with served(request.param, forum_of(10, 60, likes=40)) as box:
        react(box, 39)
        yield box


@pytest.fixture
def kept(town: Sandbox, tmp_path: Path) -> Iterator[Explored]:
    """An archive of that forum, which was just made."""
    with explored(town, tmp_path) as archive:
        archive.run()
        yield archive


def solutions(kept: Explored) -> list[tuple[int, int, int | None, int | None]]:
    """The accepted answers that an archive holds: topic, number, who accepted it, when."""
    query = "SELECT id, accepted, accepted_by, accepted_at FROM topics WHERE accepted IS NOT NULL ORDER BY id"
    return [tuple(row) for row in kept.rows(query)]


def test_a_reaction_is_read_from_its_own_table_and_is_not_the_heart_of_its_shadow(
    town: Sandbox, kept: Explored
) -> None:
    assert held(kept) == reacted(town)
    assert kept.likes() == likes_of(town)
    count = len(likes_of(town))
    assert likes_checked(kept) == (count, count, 0, 0)
    assert kept.run().requests <= 3


def test_over_the_api_afterwards_nothing_is_another(town: Sandbox, kept: Explored) -> None:
    before = (held(kept), kept.likes())
    kept.clock.pass_days(1)
    found = kept.crawl().found
    assert not {"likes", "unlikes", "reactions", "reactions gone", "recounted"} & found.keys()
    assert (held(kept), kept.likes()) == before
    kept.clock.pass_days(1)
    assert not {"likes", "unlikes", "reactions", "reactions gone"} & kept.run().found.keys()
    assert (held(kept), kept.likes()) == before


def test_another_setting_of_which_reactions_are_likes_is_told_as_that(town: Sandbox, kept: Explored) -> None:
    before = (held(kept), kept.likes())
    exclude(town, "clap|hugs")
    found = kept.run().found
    assert found == {"reaction settings": 1}
    assert (held(kept), kept.likes()) == before
    count = len(likes_of(town))
    assert likes_checked(kept) == (count, count, 0, 0)


def test_a_like_that_an_earlier_archive_took_for_a_heart_becomes_the_reaction(town: Sandbox, kept: Explored) -> None:
    hearts = kept.likes()
    with kept.store.begin() as connection:  # as an earlier koweb left it: every reaction that counts was a heart
        connection.execute(text("UPDATE reactions SET kind = 'like' WHERE kind <> 'like'"))
        connection.execute(text("DELETE FROM cursors WHERE name LIKE 'digest likes %'"))
    found = kept.run().found
    assert (found["reaction likes"], found["reactions"]) == (39, 39)
    assert "unlikes" not in found
    assert (held(kept), kept.likes()) == (reacted(town), hearts)


def test_likes_and_reactions_of_the_forgotten_count_without_a_name(town: Sandbox, kept: Explored) -> None:
    kinds = "SELECT person FROM reactions WHERE gone IS NULL GROUP BY person ORDER BY COUNT(DISTINCT kind) DESC"
    person = kept.rows(kinds)[0][0]
    given = "SELECT kind, COUNT(*) FROM reactions WHERE person = :p AND gone IS NULL GROUP BY kind"
    unnamed = "SELECT kind, SUM(count) FROM counts WHERE count > 0 GROUP BY kind"
    mine = dict(tuple(row) for row in kept.rows(given, p=person))
    assert len(mine) > 1 and mine["like"]
    with kept.store.begin() as connection:
        key = secret.make(town.url)
        order = forget.whole_person(forget.person(connection, kept.forum, person), "keep")
        forget.carry_out(connection, kept.forum, town.url, order, key, kept.clock.micros())
        connection.execute(text("DELETE FROM cursors WHERE name LIKE 'digest likes %'"))  # so that all are read again
    kept.run()
    assert dict(tuple(row) for row in kept.rows(unnamed)) == mine
    count = len(likes_of(town))
    assert likes_checked(kept) == (count, count - mine["like"], 0, 0)


def test_accepted_answers_come_with_who_and_when(town: Sandbox, kept: Explored) -> None:
    topics = [topic for topic in town.state.topics.values() if len(topic.post_ids) > 2]
    for topic in topics:
        town.accept(topic.post_ids[1])
    kept.run()
    expected = [
        (topic.id, 2, 1, round(town.state.topics[topic.id].answers[topic.post_ids[1]].at * 1_000_000))
        for topic in topics
    ]
    found = solutions(kept)
    assert [one[:3] for one in found] == [one[:3] for one in expected]
    assert all(abs((one[3] or 0) - other[3]) <= 1_000 for one, other in zip(found, expected, strict=True))
    town.accept(topics[0].post_ids[2])
    with town.state.lock:
        topics[1].answers.clear()
        town.state.changed(topics[1].id)
    kept.run()
    assert [one[:2] for one in solutions(kept)] == [(topics[0].id, 3), *((topic.id, 2) for topic in topics[2:])]


def test_who_accepted_an_answer_is_told_to_them(town: Sandbox, kept: Explored) -> None:
    topic = next(topic for topic in town.state.topics.values() if len(topic.post_ids) > 2)
    town.accept(topic.post_ids[1], username="membre5")
    kept.run()
    with kept.store.read() as connection:
        (told,) = gather(connection, kept.forum, 5, 0)["accepted"]
        assert told["url"] == f"{town.url}/t/{topic.id}/2"
        assert told["at"]


def test_a_table_that_our_queries_do_not_read_yet_is_said(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(5, 30), flavour="2025") as box:
        save_queries(box, tmp_path, plugins=frozenset())
        with Store.open(str(tmp_path / "archive.sqlite")) as store:
            kept = Explored(box, store, tmp_path, CrawlOptions(key=True))
            assert kept.run().found["unread tables"] == 2
            save_queries(box, tmp_path)
            kept.clock.pass_days(1)
            assert "unread tables" not in kept.run().found

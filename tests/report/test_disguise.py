"""What is published is reported to everybody only as far as everybody may know it."""

from dataclasses import replace
from pathlib import Path

from koweb_sync.archive.store.store import Store
from koweb_sync.report.audience.pseudonyms import for_community
from koweb_sync.report.compute import compute_report
from koweb_sync.report.engine.archive_state import known_until, last_post, not_for_all
from koweb_sync.report.engine.source import opened
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from koweb_sync.report.page.limits import notes
from tests.report.forums import Forum, at, october


def test_titles_and_paths_name_nobody_to_the_community(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("claire_x")
    forum.rows["people"][0]["name"] = "Claire Moreau"
    topic = forum.topic("claire_x", 0)
    forum.rows["topics"][-1]["title"] = "Merci à Claire Moreau, alias @claire_x"
    forum.run(200)
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = forum.save(store)
        with opened(store, number) as source:
            found = compute_report(
                source, october(), ReportSettings(resamples=20), [Bound(topic, "posts/claire-moreau.md")]
            )
        with store.read() as connection:
            shared = for_community(found, connection, number, "Membre")
    assert "Claire Moreau" in found.published.posts[0].title
    assert shared.published.posts[0].title == "Merci à Membre, alias @membre"
    assert "moreau" not in shared.published.posts[0].path.lower()


def test_what_not_everybody_may_read_is_known_before_it_is_reported(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana")
    forum.category(2, "staff", staff=1)
    forum.category(3, "closed", restricted=1)
    topics = [forum.topic("ana", 0, category=category) for category in (1, 2, 3)]
    topics.append(forum.topic("ana", 0, category=None, archetype="private_message"))
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = forum.save(store)
        with store.read() as connection:
            assert not_for_all(connection, number, topics) == set(topics[1:])
            assert known_until(connection, number) == at(0)  # no run was done: the last post


def test_a_report_in_which_nobody_wrote_says_when_somebody_did(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana")
    forum.category(2, "staff", staff=1)
    forum.topic("ana", 24 * 40)
    forum.topic("ana", 24 * 50, category=2)
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        number = forum.save(store)
        with opened(store, number) as source:
            found = compute_report(source, october(), ReportSettings(resamples=20))
        with store.read() as connection:
            assert last_post(connection, number) == at(24 * 40)
            shared = for_community(replace(found, last=at(24 * 40)), connection, number, "Membre")
    assert "The last post on the forum that was read is of November 10, 2026." in notes(shared, at(24 * 60))
    assert not any("The last post" in one for one in notes(found, at(24 * 60)))

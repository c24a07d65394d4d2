"""Whoever was forgotten, or made anonymous by the forum, is on no list of people to reach."""

from pathlib import Path

import pytest

from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.source import Engine
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.left_aside import left_aside
from koweb_sync.report.lists.silent_people import silent_people
from tests.report.forums import DAY, Forum, october


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_who_was_forgotten_waits_for_no_answer_and_is_not_missed(tmp_path: Path, engine: Engine) -> None:
    forum = Forum()
    forum.people_named("ana bo")
    for name in ("here", "former-member-4"):
        forum.person(name, anonymised=int(name != "here"))
        topic = forum.topic(name, 2 * DAY)
        answered = forum.topic("ana", 1 * DAY)
        forum.post(answered, "bo", 1 * DAY + 1)
        forum.post(answered, name, 3 * DAY)
        assert topic
    before = Forum()
    before.people_named("ana bo")
    for name in ("here", "former-member-4"):
        before.person(name, anonymised=int(name != "here"))
        topic = before.topic("ana", -20 * DAY)
        for nth in range(6):
            before.post(topic, name, (-19 + nth) * DAY)
    before.topic("ana", 2 * DAY)
    for one in (forum, before):
        one.run(30 * DAY)
    for folder in ("now", "before"):
        (tmp_path / folder).mkdir()
    with forum.source(tmp_path / "now", engine) as source:
        aside = left_aside(population_of(source, ReportSettings()), october())
        assert {one.username for one in aside.topics} >= {"here"}
        listed = {one.username for one in aside.topics} | {one.username for one in aside.people}
        assert "former-member-4" not in listed
    with before.source(tmp_path / "before", engine) as source:
        silent = silent_people(population_of(source, ReportSettings()), october())
        assert [one.username for one in silent] == ["here"]

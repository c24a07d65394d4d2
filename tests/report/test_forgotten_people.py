"""Whoever was forgotten, or made anonymous by the forum, is on no list of people to reach; the figures still count what
they did, and the lists say so.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import compute_report
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.source import Engine
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.left_aside import left_aside
from koweb_sync.report.lists.silent_people import silent_people
from koweb_sync.report.page.html import page
from tests.report.forums import DAY, Forum, at, october


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


def among_the_left_aside(html: str) -> str:
    """The words of the part about who is left aside."""
    part = html[html.index('id="aside"') : html.index('id="pictures"')]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_beside_the_lists_stands_how_many_of_those_who_are_counted_were_forgotten(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bo")
    for name in ("here", "former-member-4", "former-member-5"):
        forum.person(name, anonymised=int(name != "here"))
    forum.topic("here", 2 * DAY)
    forum.topic("former-member-4", 2 * DAY)  # waits, and nobody responded: one person
    forum.topic("former-member-4", 3 * DAY)
    talk = forum.topic("ana", -20 * DAY)
    for nth in range(6):
        forum.post(talk, "former-member-5", (-19 + nth) * DAY)  # fell silent
    forum.post(talk, "bo", 1 * DAY)
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source:
        report = compute_report(source, october())
    assert report["unanswered"].n == 3
    assert len(report.aside.open) == 1
    assert report.gone == 2
    html = page(report, at(30 * DAY))
    assert "Not listed: 2 people whom the figures count, but who were forgotten" in among_the_left_aside(html)
    alone = replace(report, gone=1)
    assert "Not listed: 1 person whom the figures count, but who was forgotten" in among_the_left_aside(
        page(alone, at(30 * DAY))
    )
    nobody = replace(report, gone=0)
    assert "Not listed" not in page(nobody, at(30 * DAY))
    assert shareable(report).gone == 0
    assert "Not listed" not in page(shareable(report), at(30 * DAY))

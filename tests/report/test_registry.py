"""A figure that another package adds is everywhere where figures are."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from koweb_sync.report import figures as room
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import compute_report
from koweb_sync.report.data.as_json import as_json, published_schema
from koweb_sync.report.data.csv_table import table
from koweb_sync.report.engine.figure import Figures
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.page.html import page
from koweb_sync.report.page.markdown import post
from tests.installed import install
from tests.report.forums import DAY, Forum, at, october

CODE = '''
from koweb_sync.report.engine.figure import Figure, Figures, Words, share_of_rows, topics_there
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.engine.source import query

def closed(population, window):
    """The topics of a window; those that were closed count."""
    topics = topics_with_answers(population, window)
    return query(
        f"SELECT t.*, c.closed = 1 AS counts FROM {topics} AS t JOIN {population.topics} AS c ON c.id = t.topic"
    )

FIGURES = Figures(Figure(
    key="closed-topics", words=lambda: Words("Closed topics", "The share of topics that are closed.", topics_there()),
    unit="topic", kind="share", listed="topics", may_link=True, table=closed, measure=share_of_rows,
))
'''


def test_p221_a_figure_of_another_package_is_on_the_page_in_the_data_and_behind_its_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    units = {"koweb.figures/closed": "koweb_closed:FIGURES", "koweb.figures/gone": "koweb_gone:FIGURES"}
    install(tmp_path / "site", "koweb-closed", units, {"koweb_closed": CODE})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setattr(room, "FIGURES", type(room.FIGURES)(Figures, room.__name__, "FIGURES", group="koweb.figures"))
    room.figures.cache_clear()
    request.addfinalizer(room.figures.cache_clear)
    forum = Forum()
    forum.people_named("a b c d e f")
    topics = [forum.topic(name, n, closed=int(n < 2)) for n, name in enumerate("abcdef" * 10)]
    for n, topic in enumerate(topics):
        forum.post(topic, "bcdefa"[n % 6], n + 1)
    forum.run(20 * DAY)
    with forum.source(tmp_path) as source:
        found = compute_report(source, october(), ReportSettings(resamples=20, permutations=19, months=2))
    shared = shareable(found)
    text = page(found, at(20 * DAY))
    data = json.loads(json.dumps(as_json(shared)))
    written = post(shared, at(20 * DAY)).text.decode()
    assert found["closed-topics"].value == pytest.approx(2 / 60)
    assert ["“gone”" in error.message for error in room.FIGURES.broken()] == [True], "the report goes on without it"
    behind = behind_figure(found.behind, "closed-topics")
    assert behind is not None
    assert [one.topic for one in behind.topics] == [topics[1], topics[0]]
    assert 'id="figure-closed-topics"' in text
    assert "“Closed topics”: 2 topics" in text
    assert data["more"]["closed-topics"]["value"] == pytest.approx(2 / 60)
    Draft202012Validator(published_schema()).validate(data)
    assert "closed-topics,now,0.03" in table(shared)
    assert "**Closed topics**" in written

"""A report says nothing of days that its archive does not know, nor of who waits where its window cannot tell."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from koweb_sync.cli.report.watch_list import nobody_waits
from koweb_sync.report.compute import compute_report
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.page.sentences import sentences
from tests.report.forums import DAY, Forum, at, october


def test_days_that_the_archive_does_not_know_are_not_said_to_be_quiet(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ada bob")
    forum.post(forum.topic("ada", 0), "bob", 1)
    forum.run(20 * DAY)
    with forum.source(tmp_path) as source:
        beyond, partly, short = (
            compute_report(source, october(*hours), ReportSettings(resamples=50))
            for hours in ((21 * DAY, 22 * DAY), (18 * DAY, 30 * DAY), (0, DAY))
        )
    (only,) = sentences(beyond)
    assert (
        only == "The forum was last read on October 21, 2026: what was written on October 22, 2026 is not known here."
    )
    first, _waiting, aside, *_others = sentences(partly)
    assert first.startswith("From October 19 to October 21, 2026, ")
    for told in (aside, sentences(short)[2]):
        assert "left aside" not in told


def test_a_list_without_anybody_says_one_day_once_and_nothing_of_days_that_were_not_read() -> None:
    def told(since: float, until: float) -> str:
        return nobody_waits(
            cast("Any", SimpleNamespace(window=october(since, until), seen=at(20 * DAY), settings=ReportSettings()))
        )

    assert told(0, DAY) == "Nobody is waiting, of those who wrote on October 1, 2026; --since looks further back."
    assert "between October 1, 2026 and October 2, 2026" in told(0, 2 * DAY)
    assert told(22 * DAY, 23 * DAY).endswith("what was written on October 23, 2026 is not known here.")

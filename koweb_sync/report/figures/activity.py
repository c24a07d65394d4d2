"""How lively the forum is: posts and people, week by week."""

from dataclasses import dataclass

import numpy as np
from ibis.expr.types import Table

from koweb_sync.report.engine.measurement import Figure, count
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window, earlier
from koweb_sync.report.figures.cohorts import nth
from koweb_sync.times import WEEK

LEAST, MOST = 12, 160  # weeks


@dataclass(frozen=True)
class Week:
    """Seven days of the report's zone, from `begins` on (microseconds). `inside`: all of it lies in the window."""

    begins: int
    inside: bool
    posts: Figure
    participants: Figure


@dataclass(frozen=True)
class Activity:
    """The weeks, oldest first; the last one ends where the window ends."""

    weeks: tuple[Week, ...]


def weeks(everybody: Population, window: Window) -> list[int]:
    """The edges of the weeks, oldest first: seven days each, back from the end of the window. One more than weeks."""
    end, zone = min(window.until, everybody.seen or window.until), everybody.settings.clock
    number = min(MOST, max(LEAST, -(-window.days(zone) // WEEK)))
    return [earlier(end, back * WEEK, zone) for back in range(number, -1, -1)]


def posts_between(everybody: Population, edges: list[int]) -> Table:
    """The posts of counted people between the first and the last of some edges, with their `week`: 0, 1…"""
    posts = everybody.posts
    here = posts.filter(posts["chosen"], posts["counted"], posts["created"] >= edges[0], posts["created"] < edges[-1])
    return here.mutate(week=nth(here["created"], edges[:-1]))


def activity(everybody: Population, window: Window) -> Activity:
    """Posts and people in each week that ends with the window, and in some weeks before, to compare with.

    Unit: post; person. Counted back from the end of the window, so that every week is whole; without the weeks before
    the first post that we know. What lies after the archive's last look is not known, and is no week.
    """
    edges = weeks(everybody, window)
    number = len(edges) - 1
    here = posts_between(everybody, edges)
    weekly = here.group_by("week").aggregate(posts=here.count(), people=here["person"].nunique())
    found = rows(weekly, "week")
    if not found["week"].size:
        return Activity(())
    written, people = (np.zeros(number, dtype=int) for _column in range(2))
    written[found["week"]], people[found["week"]] = found["posts"], found["people"]
    return Activity(
        tuple(
            Week(
                begins=edges[week],
                inside=edges[week] >= window.since,
                posts=count("week-posts", int(written[week]), int(people[week])),
                participants=count("week-participants", int(people[week])),
            )
            for week in range(int(found["week"][0]), number)
        )
    )

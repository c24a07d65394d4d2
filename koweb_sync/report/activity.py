"""How lively the forum is: posts and people, week by week."""

from dataclasses import dataclass

import numpy as np

from koweb_sync.report.figure import Figure, count
from koweb_sync.report.population import Population
from koweb_sync.report.source import rows
from koweb_sync.report.window import DAY, Window

WEEK = 7 * DAY
LEAST, MOST = 12, 160  # weeks


@dataclass(frozen=True)
class Week:
    """Seven days from `begins` on (microseconds). `inside`: all of it lies in the window."""

    begins: int
    inside: bool
    posts: Figure
    participants: Figure


@dataclass(frozen=True)
class Activity:
    """The weeks, oldest first; the last one ends where the window ends."""

    weeks: tuple[Week, ...]


def activity(everybody: Population, window: Window) -> Activity:
    """Posts and people in each week that ends with the window, and in some weeks before, to compare with.

    Unit: post; person. Counted back from the end of the window, so that every week is whole; without the weeks before
    the first post that we know. What lies after the archive's last look is not known, and is no week.
    """
    end = min(window.until, everybody.seen or window.until)
    posts = everybody.posts
    chosen = posts.filter(posts["chosen"], posts["counted"], posts["created"] < end)
    number = min(MOST, max(LEAST, -(-window.length // WEEK)))
    start = end - number * WEEK
    here = chosen.filter(chosen["created"] >= start)
    nth = ((here["created"] - start) // WEEK).cast("int64")
    weekly = here.group_by(week=nth).aggregate(posts=here.count(), people=here["person"].nunique())
    found = rows(weekly, "week")
    if not found["week"].size:
        return Activity(())
    written, people = (np.zeros(number, dtype=int) for _column in range(2))
    written[found["week"]], people[found["week"]] = found["posts"], found["people"]
    return Activity(
        tuple(
            Week(
                begins=start + week * WEEK,
                inside=start + week * WEEK >= window.since,
                posts=count("week-posts", int(written[week]), int(people[week])),
                participants=count("week-participants", int(people[week])),
            )
            for week in range(int(found["week"][0]), number)
        )
    )

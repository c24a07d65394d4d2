"""Voices: how many speak, how evenly, and whether the talk rests on a few."""

from dataclasses import dataclass

import numpy as np

from koweb_sync.report.engine.measurement import Figure, count, nothing
from koweb_sync.report.engine.population import Population, members
from koweb_sync.report.engine.source import Column, rows, size
from koweb_sync.report.engine.statistics import (
    Estimate,
    Resampling,
    absence,
    effective,
    estimated,
    gini,
    lower_share,
    top_share,
)
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.answers import asked


@dataclass(frozen=True)
class Voices:
    """Who speaks in the window, and how evenly. The two absence factors are counts of people; nobody is named."""

    posts: Figure
    participants: Figure
    members: Figure
    gini_participants: Figure
    gini_members: Figure
    effective: Figure
    top_tenth: Figure
    lower_half: Figure
    absence_posts: Figure
    absence_answers: Figure


def posts_by_person(everybody: Population, window: Window) -> Column:
    """How many posts each participant wrote in the window, in the order of their numbers."""
    written = everybody.written(window)
    return rows(written.group_by("person").aggregate(n=written.count()), "person")["n"]


def voices(everybody: Population, window: Window) -> Voices:
    """How evenly the posts of a window are shared out. Unit: person, by posts written.

    Gini 1912; effective number of voices, the exponential of Shannon's entropy (Jost 2006); the tenth that writes most,
    and the half that writes least;
    CHAOSS's Contributor Absence Factor, for posts and for first answers. Intervals: bootstrap over people.
    """
    posts = posts_by_person(everybody, window)
    everyone = np.concatenate([posts, np.zeros(max(0, all_members(everybody, window) - posts.size), dtype=posts.dtype)])
    how = Resampling(everybody.settings.seed, everybody.settings.resamples)
    answers = answers_by_person(everybody, window)
    return Voices(
        count("posts", int(posts.sum()), int(posts.size)),
        count("participants", int(posts.size)),
        count("members", int(everyone.size)),
        figure("gini-participants", estimated(posts, gini, how), int(posts.size)),
        figure("gini-members", estimated(everyone, gini, how), int(everyone.size)),
        figure("effective-voices", estimated(posts, effective, how), int(posts.size)),
        figure("top-tenth", estimated(posts, top_share, how), int(posts.size)),
        figure("lower-half", estimated(posts, lower_share, how), int(posts.size)),
        fewest("absence-posts", posts),
        fewest("absence-answers", answers),
    )


def all_members(everybody: Population, window: Window) -> int:
    """How many there were: accounts in use at the end of the window, and whoever took part without one."""
    people, written = everybody.people, everybody.written(window)
    late = people["created"].fill_null(0) >= window.until
    guests = people.filter(~people["member"] | late)
    guests = guests.semi_join(written, guests["id"] == written["person"])
    return members(everybody, window.until) + size(guests)


def answers_by_person(everybody: Population, window: Window) -> Column:
    """How many first answers each person gave to the window's topics."""
    given = asked(everybody, window)
    given = given.filter(given["by_counted"])
    return rows(given.group_by("by").aggregate(n=given.count()), "by")["n"]


def figure(key: str, what: Estimate, people: int) -> Figure:
    """An estimate over people."""
    return nothing(key) if what.value is None else Figure(key, what.value, what.low, what.high, people, people)


def fewest(key: str, counts: Column) -> Figure:
    """How few people carry half."""
    n = int(counts.size)
    return Figure(key, absence(counts), n=n, people=n) if n else nothing(key)

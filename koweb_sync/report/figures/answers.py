"""First answers: how long people wait for another human, and how many never hear from one."""

from dataclasses import dataclass

import numpy as np
from ibis.expr.types import Table

from koweb_sync.report.engine.measurement import Figure, count, nothing
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import first_answers
from koweb_sync.report.engine.source import Column, rows
from koweb_sync.report.engine.statistics import Estimate, Resampling, still_waiting, waiting
from koweb_sync.report.engine.window import Window
from koweb_sync.times import HOUR

MARKS = (24 * HOUR, 72 * HOUR)


@dataclass(frozen=True)
class Curve:
    """The share that still waits, after so many hours: Kaplan and Meier's curve, a step at each time."""

    hours: tuple[float, ...]
    waiting: tuple[float, ...]


@dataclass(frozen=True)
class Answers:
    """Of the topics of a window: how many, how many have an answer, the shares within a day and three, the median."""

    topics: Figure
    answered: Figure
    within_24h: Figure
    within_72h: Figure
    median_hours: Figure
    curve: Curve


def asked(everybody: Population, window: Window) -> Table:
    """The topics of a window with their first answer: topic, person, created, and at, by, counted, post or null."""
    topics, first = everybody.opened(window), first_answers(everybody)
    joined = topics.left_join(first, topics["id"] == first["asked"])
    return joined.select(
        topic=topics["id"], person=topics["person"], created=topics["created"],
        at=first["at"], by=first["by"], by_counted=first["counted"].fill_null(False), post=first["post"],
    )  # fmt: skip


def waits(created: Column, at: Column, seen: int) -> tuple[Column, Column]:
    """How long each waited, or has been waiting when the archive last looked; and whether it has an answer.

    What was answered before it was asked, such as posts that were moved, did not wait.
    """
    over = at >= 0
    return np.maximum(np.where(over, at, seen) - created, 0), over


def answers(everybody: Population, window: Window) -> Answers:
    """How long the topics of a window waited for their first answer.

    Unit: topic. Population: `Population.opened`. The unanswered are censored when the archive last looked, so that
    neglect does not improve the figure (Kaplan and Meier 1958; CHAOSS "Time to First Response"). Intervals: bootstrap
    clustered by author.
    """
    found = rows(asked(everybody, window).select("topic", "person", "created", "at"), "topic")
    times, over = waits(found["created"], found["at"], everybody.seen)
    settings = everybody.settings
    told = waiting(times, over, found["person"], MARKS, Resampling(settings.seed, settings.resamples))
    n, people = int(times.size), int(np.unique(found["person"]).size)

    def figure(key: str, what: Estimate) -> Figure:
        if what.value is None:
            return nothing(key)
        return Figure(key, what.value, what.low, what.high, n, people)

    median = in_hours(told.median)
    return Answers(
        count("topics", n, people),
        Figure("answered", int(over.sum()), n=n, people=people),
        figure("answered-within-24h", told.within[0]),
        figure("answered-within-72h", told.within[1]),
        Figure("median-wait", None, median.low, None, n, people, "not-reached")
        if n and median.value is None
        else figure("median-wait", median),
        curve(times, over),
    )


def in_hours(what: Estimate) -> Estimate:
    """Microseconds as hours."""
    return Estimate(*(None if value is None else value / HOUR for value in (what.value, what.low, what.high)))


def curve(times: Column, over: Column) -> Curve:
    """The curve, with at most some 200 steps: enough for a picture."""
    if times.size == 0:
        return Curve((), ())
    survival = still_waiting(times, over)
    steps = np.unique(np.linspace(0, survival.quantiles.size - 1, 200).round().astype(int))
    return Curve(tuple((survival.quantiles[steps] / HOUR).tolist()), tuple(survival.probabilities[steps].tolist()))

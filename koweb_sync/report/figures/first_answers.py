"""How many topics were opened and answered, and how long people wait for the first answer.

The unanswered are censored when the archive last looked, so that neglect does not improve the figures (Kaplan and Meier
1958; CHAOSS, Time to First Response). Intervals: bootstrap clustered by author.
"""

from dataclasses import dataclass

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, count_of_rows, topics_there
from koweb_sync.report.engine.measurement import Estimate, Measurement, estimate
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.engine.source import Column, Table, query
from koweb_sync.report.engine.statistics import Numbers, Resampling, Waiting, still_waiting, waiting
from koweb_sync.report.engine.window import Window
from koweb_sync.times import HOUR


def with_answer(population: Population, window: Window) -> Table:
    """The topics of a window; those with an answer count."""
    return query(f"SELECT t.*, answered IS NOT NULL AS counts FROM {topics_with_answers(population, window)} AS t")


MARKS = (24 * HOUR, 72 * HOUR)
STEPS = 200  # of a curve: enough for a picture


@dataclass(frozen=True)
class Curve:
    """The share that still waits, after so many hours: Kaplan and Meier's curve, a step at each time."""

    hours: tuple[float, ...] = ()
    waiting: tuple[float, ...] = ()


@dataclass(frozen=True)
class Waits:
    """How long the topics of a window wait: the estimate, and what it rests on."""

    told: Waiting
    topics: int
    people: int
    curve: Curve


@once
def waits(population: Population, window: Window) -> Waits:
    """How long the topics of a window waited for their first answer, computed once.

    What was answered before it was asked, such as posts that were moved, did not wait.
    """
    topics = topics_with_answers(population, window)
    found = population.source.arrays(
        f"SELECT topic, coalesce(person, -1) AS person, moment, coalesce(answered, -1) AS answered FROM {topics} AS t"
        " ORDER BY topic"
    )
    over = found["answered"] >= 0
    times = np.maximum(np.where(over, found["answered"], population.seen) - found["moment"], 0)
    settings = population.settings
    told = waiting(times, over, found["person"], MARKS, Resampling(settings.seed, settings.resamples))
    return Waits(told, int(times.size), int(np.unique(found["person"]).size), curve(times, over))


def curve(times: Column, over: Numbers) -> Curve:
    """The curve, with at most some 200 steps."""
    if times.size == 0:
        return Curve()
    survival = still_waiting(times, over)
    steps = np.unique(np.linspace(0, survival.quantiles.size - 1, STEPS).round().astype(int))
    return Curve(tuple((survival.quantiles[steps] / HOUR).tolist()), tuple(survival.probabilities[steps].tolist()))


def median_hours(of: Counted) -> Measurement:
    """The median, in hours; not reached where fewer than half have an answer."""
    found = waits(of.population, of.window)
    ends = (found.told.median.value, found.told.median.low, found.told.median.high)
    value, low, high = (None if end is None else end / HOUR for end in ends)
    if found.topics and value is None:
        return Measurement(of.key, None, low, None, found.topics, found.people, "not-reached")
    return estimate(of.key, Estimate(value, low, high), found.topics, found.people)


def share_within(mark: int, of: Counted) -> Measurement:
    """The share of topics with an answer after one of `MARKS`."""
    found = waits(of.population, of.window)
    return estimate(of.key, found.told.within[MARKS.index(mark)], found.topics, found.people)


def answered_within(mark: int, population: Population, window: Window) -> Table:
    """The topics of a window; those with an answer within that time count."""
    topics = topics_with_answers(population, window)
    return query(f"SELECT t.*, coalesce(answered - moment <= {mark}, FALSE) AS counts FROM {topics} AS t")


FIGURES = Figures(
    Figure(
        key="topics",
        words=lambda: Words(_("Topics"), _("How many topics were opened."), topics_there()),
        unit="topic",
        kind="count",
        may_link=True,
        order=10,
        data="answers.topics",
        compared="always",
        listed="topics",
        search=("in:first", "latest_topic"),
        table=topics_with_answers,
        measure=count_of_rows,
    ),
    Figure(
        key="answered",
        words=lambda: Words(
            _("Answered topics"),
            _("Topics with a reply, quote or mention by another human; a like is no answer."),
            topics_there(),
        ),
        unit="topic",
        kind="count",
        may_link=True,
        order=20,
        data="answers.answered",
        listed="topics",
        table=with_answer,
        measure=count_of_rows,
    ),
    Figure(
        key="answered-within-24h",
        words=lambda: Words(
            _("Answered within 1 day"),
            _("The share of topics with a first answer within 24 hours."),
            topics_there(),
        ),
        unit="topic",
        kind="share",
        may_link=True,
        order=30,
        data="answers.within_24h",
        compared="always",
        listed="topics",
        source="Kaplan & Meier 1958; CHAOSS, Time to First Response",
        table=lambda population, window: answered_within(24 * HOUR, population, window),
        measure=lambda of: share_within(24 * HOUR, of),
    ),
    Figure(
        key="answered-within-72h",
        words=lambda: Words(
            _("Answered within 3 days"),
            _("The share of topics with a first answer within 72 hours."),
            topics_there(),
        ),
        unit="topic",
        kind="share",
        may_link=True,
        order=40,
        data="answers.within_72h",
        compared="always",
        listed="topics",
        source="Kaplan & Meier 1958; CHAOSS, Time to First Response",
        table=lambda population, window: answered_within(72 * HOUR, population, window),
        measure=lambda of: share_within(72 * HOUR, of),
    ),
    Figure(
        key="median-wait",
        words=lambda: Words(
            _("Usual wait"),
            _("By estimate, half of the topics wait less than this for their first answer, and half wait longer."),
            topics_there(),
        ),
        unit="hour",
        rests_on="topic",
        kind="hours",
        source="Kaplan & Meier 1958; CHAOSS, Time to First Response",
        may_link=True,
        listed="topics",
        compared="always",
        order=50,
        data="answers.median_hours",
        table=topics_with_answers,
        measure=median_hours,
    ),
)

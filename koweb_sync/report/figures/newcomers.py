"""Newcomers: is their first post answered, by whom, and do they come back?"""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table

from koweb_sync.report.engine.measurement import Figure, count, nothing
from koweb_sync.report.engine.population import Population, facilitators, within
from koweb_sync.report.engine.responses import FIRST, mentions, responses
from koweb_sync.report.engine.source import Column, rows
from koweb_sync.report.engine.statistics import difference, wilson
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.left_aside import debuts, share

TOLD = ("debutant", "at", "answered", "facilitator", "again")


@dataclass(frozen=True)
class Newcomers:
    """The people whose first post lies in the window.

    `back…`: of those whose time to come back ended in the window. `difference` is an association, not an effect: who
    is answered may differ from who is not in much else.
    """

    newcomers: Figure
    answered: Figure
    by_facilitators: Figure
    by_others: Figure
    back: Figure
    back_answered: Figure
    back_unanswered: Figure
    difference: Figure


def newcomers(everybody: Population, window: Window) -> Newcomers:
    """Newcomers' first posts answered within the horizon, by whom; and second posts, answered versus unanswered.

    Unit: person. Answered: those still within the horizon and without an answer are left out. Second post: newcomers
    whose 30 days (`return_within`) ended in the window, so that all of them had the same time; with Newcombe's interval
    for the difference of the two shares.
    """
    settings, seen = everybody.settings, everybody.seen
    here = rows(arrivals(everybody, window).select(*TOLD), "debutant")
    soon = answered_by(here, settings.horizon)
    judged = soon | (here["at"] <= seen - settings.horizon)
    helped = here["facilitator"][soon]
    n = int(helped.size)
    return Newcomers(
        count("newcomers", int(here["at"].size)),
        share("newcomers-answered", n, int(judged.sum()), int(judged.sum())),
        share("newcomers-answered-by-facilitators", int(helped.sum()), n, n),
        share("newcomers-answered-by-others", n - int(helped.sum()), n, n),
        *coming_back(everybody, window),
    )


def coming_back(everybody: Population, window: Window) -> tuple[Figure, Figure, Figure, Figure]:
    """The share that wrote again in time: of all, of the answered, of the unanswered; and the difference."""
    settings = everybody.settings
    then = rows(arrivals(everybody, window.earlier(settings.return_within)).select(*TOLD), "debutant")
    full = then["at"] + settings.return_within <= everybody.seen
    soon, back = answered_by(then, settings.horizon)[full], came_back(then, settings.return_within)[full]
    all_back = share("second-post", int(back.sum()), int(back.size), int(back.size))
    groups = [(int(back[which].sum()), int(which.sum())) for which in (soon, ~soon)]
    apart = difference(wilson(*groups[0]), wilson(*groups[1]))
    size = min(groups[0][1], groups[1][1])
    return (
        all_back,
        share("second-post-answered", *groups[0], groups[0][1]),
        share("second-post-unanswered", *groups[1], groups[1][1]),
        nothing("second-post-difference")
        if apart.value is None
        else Figure("second-post-difference", apart.value, apart.low, apart.high, int(back.size), size),
    )


def answered_by(found: dict[str, Column], horizon: int) -> Column:
    """Who was answered in time."""
    return np.asarray((found["answered"] >= 0) & (found["answered"] - found["at"] <= horizon))


def came_back(found: dict[str, Column], time: int) -> Column:
    """Who wrote again in time."""
    return np.asarray((found["again"] >= 0) & (found["again"] - found["at"] <= time))


def arrivals(everybody: Population, window: Window) -> Table:
    """The newcomers of a window: `debutant`, `at`, `answered` (when, or null), `facilitator` (whether one did).

    `again` is when they wrote for the second time. `post` and `topic` are those of their first post, `second` and
    `elsewhere` of the one that they wrote then.
    """
    first, second, answers = debuts(everybody), second_posts(everybody), first_responses(everybody)
    helpers = facilitators(everybody).select(helper="id")
    here = first.filter(within(first["at"], window), first["chosen"])
    joined = here.left_join(answers, here["post"] == answers["target"])
    joined = joined.left_join(second, joined["debutant"] == second["who"])
    joined = joined.left_join(helpers, joined["by"] == helpers["helper"])
    return joined.select(
        "debutant", "at", "answered", "again", "post", "topic", "second", "elsewhere",
        facilitator=joined["helper"].notnull(),
    )  # fmt: skip


def second_posts(everybody: Population) -> Table:
    """When people wrote for the second time, anywhere: `who`, `again`, and the post `second`, of topic `elsewhere`."""
    posts = everybody.posts.filter(everybody.posts["counted"])
    order = ibis.window(group_by=posts["person"], order_by=[posts["created"], posts["id"]])
    ranked = posts.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 1).select(who="person", again="created", second="id", elsewhere="topic")


def first_responses(everybody: Population) -> Table:
    """The first response to people's first posts: `target`, `answered`, `by`.

    A reply to the post or a quote of it; a mention of its author after it; any post by others in a topic it opened.
    """
    return everybody.keep("first_responses", lambda: responses_to_debuts(everybody))


def responses_to_debuts(everybody: Population) -> Table:
    """As `first_responses`."""
    first, direct, names, posts = debuts(everybody), responses(everybody), mentions(everybody), everybody.posts
    pointed = direct.inner_join(first.select("post", asked="at"), direct["target"] == first["post"])
    pointed = pointed.select("target", "by", at="at", source=direct["post"])
    named = names.inner_join(
        first.select(target="post", who="debutant", asked="at"),
        (names["to"] == first["debutant"]) & (names["at"] >= first["at"]),
    ).select("target", "by", at="at", source="post")
    openings = first.filter(first["number"] == FIRST).select(target="post", place="topic", who="debutant")
    inside = posts.inner_join(openings, (posts["topic"] == openings["place"]) & (posts["person"] != openings["who"]))
    inside = inside.select("target", by="person", at="created", source="id")
    every = ibis.union(pointed, named, inside)
    order = ibis.window(group_by=every["target"], order_by=[every["at"], every["source"]])
    ranked = every.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 0).select("target", "by", answered="at")

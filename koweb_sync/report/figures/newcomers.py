"""How many people wrote for the first time; and what becomes of them."""

from typing import Any

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, count_of_rows, share_of_rows
from koweb_sync.report.engine.population import Population, facilitators, once, within
from koweb_sync.report.engine.responses import FIRST, debuts, mentions, responses
from koweb_sync.report.engine.window import Window


def newcomers_there() -> str:
    """The population of figures about newcomers."""
    return _("People whose first post lies in the window.")


@once
def arrivals(population: Population, window: Window) -> Table:
    """The newcomers of a window: `person`, and their first post: `post`, `topic`, `at`, `answered` (when, or null),
    by a `facilitator` or not. `second` is the post that they wrote next, in topic `elsewhere`, `again` when.
    """
    first, second, answers = debuts(population), second_posts(population), first_responses(population)
    helpers = facilitators(population).select(helper="id")
    here = first.filter(within(first["at"], window), first["chosen"])
    joined = here.left_join(answers, here["post"] == answers["target"])
    joined = joined.left_join(second, joined["debutant"] == second["who"])
    joined = joined.left_join(helpers, joined["by"] == helpers["helper"])
    return joined.select(
        "at", "answered", "again", "post", "topic", "second", "elsewhere",
        person=joined["debutant"], facilitator=joined["helper"].notnull(),
    )  # fmt: skip


def answered_in_time(newcomers: Table, horizon: int) -> Any:
    """Whether a newcomer was answered within the horizon."""
    return (newcomers["answered"].notnull() & (newcomers["answered"] - newcomers["at"] <= horizon)).fill_null(False)


def second_posts(population: Population) -> Table:
    """When people wrote for the second time, anywhere: `who`, `again`, and the post `second`, of topic `elsewhere`."""
    posts = population.posts.filter(population.posts["counted"])
    order = ibis.window(group_by=posts["person"], order_by=[posts["created"], posts["id"]])
    ranked = posts.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 1).select(who="person", again="created", second="id", elsewhere="topic")


@once
def first_responses(population: Population) -> Table:
    """The first response to people's first posts: `target`, `answered`, `by`.

    A reply to the post or a quote of it; a mention of its author after it; any post by others in a topic it opened.
    """
    first, direct, names, posts = debuts(population), responses(population), mentions(population), population.posts
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


def judged(population: Population, window: Window) -> Table:
    """The newcomers of a window; without those who still wait, but not yet too long. The answered count."""
    here, latest = arrivals(population, window), population.seen - population.settings.horizon
    marked = here.mutate(counts=answered_in_time(here, population.settings.horizon))
    return marked.filter(marked["counts"] | (marked["at"] <= latest))


def welcomed(population: Population, window: Window) -> Table:
    """The newcomers of a window who were answered; those whom a facilitator answered first count."""
    here = arrivals(population, window)
    soon = here.filter(answered_in_time(here, population.settings.horizon))
    return soon.mutate(counts=soon["facilitator"])


def welcomed_by_others(population: Population, window: Window) -> Table:
    """The newcomers of a window who were answered; those whom no facilitator answered first count."""
    soon = welcomed(population, window)
    return soon.mutate(counts=~soon["facilitator"])


FIGURES = Figures(
    Figure(
        key="newcomers",
        words=lambda: Words(_("Newcomers"), _("How many people wrote for the first time."), newcomers_there()),
        unit="person",
        kind="count",
        may_link=False,
        compared="always",
        order=90,
        data="newcomers.newcomers",
        table=arrivals,
        measure=count_of_rows,
    ),
    Figure(
        key="newcomers-answered",
        words=lambda: Words(
            _("Newcomers answered"),
            _("The share whose first post was answered within the horizon."),
            _("People whose first post lies in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=100,
        data="newcomers.answered",
        compared="always",
        table=judged,
        measure=share_of_rows,
    ),
    Figure(
        key="newcomers-answered-by-facilitators",
        words=lambda: Words(
            _("Welcomed by facilitators"),
            _("Of the answered newcomers, the share whom a facilitator answered first."),
            _("People whose first post lies in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=110,
        data="newcomers.by_facilitators",
        table=welcomed,
        measure=share_of_rows,
    ),
    Figure(
        key="newcomers-answered-by-others",
        words=lambda: Words(
            _("Welcomed by others"),
            _("Of the answered newcomers, the share whom somebody else answered first."),
            _("People whose first post lies in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=120,
        data="newcomers.by_others",
        table=welcomed_by_others,
        measure=share_of_rows,
    ),
)

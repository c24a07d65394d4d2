"""The share of people to whom nobody responded."""

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, marked, people_there, share_of_people
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.responses import liked_by_somebody, likes, mentions, responses
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.voices import posts_written


@once
def heard(population: Population, window: Window) -> Table:
    """The posts of the window that got a reply, a quote or a like by another human: a column `target`."""
    written = population.written(window).select("id")
    answered, liked = responses(population), likes(population)
    found = (answered.select("target"), liked.select("target"), liked_by_somebody(population))
    # Of all that was ever answered or liked, only what the window has: it may be a millionth.
    return ibis.union(*(one.semi_join(written, one["target"] == written["id"]) for one in found), distinct=True)


def unheard_people(population: Population, window: Window) -> tuple[Table, Table]:
    """Who has waited long enough to be judged, and those of them to whom nobody responded: `who`, `posts`, `oldest`.

    A response to a person: a reply to, a quote of, or a like for any of their posts in the window, or a mention of them
    since the first of these. Who wrote nothing that is older than the horizon has not waited yet, and is not judged.
    """
    written, got, names = population.written(window), heard(population, window), mentions(population)
    joined = written.left_join(got, written["id"] == got["target"])
    voices = joined.group_by(who="person").aggregate(
        posts=joined.count(), oldest=joined["created"].min(), heard=joined["target"].count()
    )
    judged = voices.filter(voices["oldest"] <= population.seen - population.settings.horizon)
    quiet = judged.filter(judged["heard"] == 0)
    called = quiet.inner_join(names, (quiet["who"] == names["to"]) & (names["at"] >= quiet["oldest"])).select("who")
    return judged, quiet.anti_join(called, quiet["who"] == called["who"])


def posts_of_the_judged(population: Population, window: Window) -> Table:
    """The posts of those who have waited long enough; of people to whom nobody responded they count."""
    posts, (judged, quiet) = posts_written(population, window), unheard_people(population, window)
    return marked(posts.semi_join(judged, posts["person"] == judged["who"]), quiet)


FIGURES = Figures(
    Figure(
        key="unheard-voices",
        words=lambda: Words(
            _("Unheard voices"),
            _("The share of people whose every post got no reply, quote, mention or like by another human."),
            people_there(),
        ),
        unit="person",
        kind="share",
        may_link=False,
        delicate=True,
        compared="never",
        order=70,
        data="aside.unheard_voices",
        table=posts_of_the_judged,
        measure=share_of_people,
    ),
)

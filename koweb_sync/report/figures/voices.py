"""How many posts and people there are, how evenly the posts are shared out, and whether they rest on a few."""

from dataclasses import replace

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import (
    Counted,
    Figure,
    Figures,
    Words,
    count_of_people,
    count_of_rows,
    fewer_side,
    fewest_people,
    marked,
    people_there,
    posts_there,
)
from koweb_sync.report.engine.measurement import Estimate, Measurement, estimate, nothing
from koweb_sync.report.engine.population import Population, once, posts_written
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.engine.source import Column, Table, query
from koweb_sync.report.engine.statistics import Evenness, Resampling, estimated, evenness, gini
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.members import number_of_members


@once
def posts_by_person(population: Population, window: Window) -> Column:
    """How many posts each participant wrote, in the order of their numbers."""
    posts = posts_written(population, window)
    many = f"SELECT person, count(*) AS n FROM {posts} AS p GROUP BY person ORDER BY person"
    return population.source.arrays(many)["n"]


@once
def shared_out(population: Population, window: Window) -> Evenness:
    """How evenly the posts are shared out among the participants, with a bootstrap over them."""
    return evenness(posts_by_person(population, window), resampling(population))


def over_people(of: Counted, found: Estimate) -> Measurement:
    """A statistic of the posts of each participant."""
    people = int(posts_by_person(of.population, of.window).size)
    return estimate(of.key, found, people, people)


def by_some(of: Counted, found: Estimate) -> Measurement:
    """The same of the posts of some of them."""
    sums = of.sums()
    return replace(over_people(of, found), people=fewer_side(sums.counting_people, sums.people))


def resampling(population: Population) -> Resampling:
    """How often, and from which seed."""
    return Resampling(population.settings.seed, population.settings.resamples)


@once
def ranked_people(population: Population, window: Window) -> Table:
    """As `ranked`, by the posts of a window."""
    return ranked(posts_written(population, window))


def ranked(posts: Table) -> Table:
    """People, as `who`, by how much they wrote, `n`: their place from the most (`most`) and from the least (`least`),
    from 1; how much those `above` them wrote, how much everybody wrote (`total`), and how many `people` they are.
    """
    return query(f"""
        SELECT who, n, row_number() OVER (ORDER BY n DESC, who) AS most,
            row_number() OVER (ORDER BY n, who DESC) AS least,
            CAST(sum(n) OVER (ORDER BY n DESC, who ROWS UNBOUNDED PRECEDING) AS BIGINT) - n AS above,
            CAST(sum(n) OVER () AS BIGINT) AS total, count(*) OVER () AS people
        FROM (SELECT person AS who, count(*) AS n FROM {posts} AS p GROUP BY person) AS c""")


def carrying_half(people: Table) -> Table:
    """Of ranked people, the fewest who together wrote half (CHAOSS's Contributor Absence Factor)."""
    return query(f"SELECT * FROM {people} AS r WHERE above * 2 < total")


def among_members(of: Counted) -> Measurement:
    """Gini's coefficient over the participants, and nothing for each other member. Where nobody wrote, nothing was
    shared out at all.
    """
    posts = posts_by_person(of.population, of.window)
    if not posts.size:
        return nothing(of.key)
    silent = max(0, number_of_members(of.population, of.window) - posts.size)
    everybody = np.concatenate([posts, np.zeros(silent, posts.dtype)])

    def measure(drawn: Column, axis: int = -1) -> Column:
        return gini(np.sort(drawn, axis=axis))

    return estimate(of.key, estimated(everybody, measure, resampling(of.population)), everybody.size, everybody.size)


def of_top_tenth(population: Population, window: Window) -> Table:
    """The posts of a window; those of the tenth that writes most count."""
    top = query(f"SELECT who FROM {ranked_people(population, window)} AS r WHERE (most - 1) * 10 < people")
    return marked(posts_written(population, window), top)


def of_lower_half(population: Population, window: Window) -> Table:
    """The posts of a window; those of the half that writes least count."""
    low = query(f"SELECT who FROM {ranked_people(population, window)} AS r WHERE least * 2 <= people")
    return marked(posts_written(population, window), low)


def of_those_who_carry_half(population: Population, window: Window) -> Table:
    """The posts of a window; those of the fewest people who wrote half of them count."""
    return marked(posts_written(population, window), carrying_half(ranked_people(population, window)))


def answers_of_those_who_carry_half(population: Population, window: Window) -> Table:
    """The first answers to the topics of a window; those of the fewest people who gave half of them count."""
    topics = topics_with_answers(population, window)
    given = query(
        f"SELECT topic, answer AS post, answered AS moment, author AS person FROM {topics} AS t WHERE author_counted"
    )
    return marked(given, carrying_half(ranked(given)))


FIGURES = Figures(
    Figure(
        key="posts",
        words=lambda: Words(_("Posts"), _("How many posts were written."), posts_there()),
        unit="post",
        kind="count",
        may_link=True,
        search=("", "latest"),
        compared="always",
        order=170,
        data="voices.posts",
        table=posts_written,
        measure=count_of_rows,
    ),
    Figure(
        key="participants",
        words=lambda: Words(_("Participants"), _("How many people wrote."), people_there()),
        unit="person",
        kind="count",
        may_link=True,
        order=180,
        data="voices.participants",
        compared="always",
        table=posts_written,
        measure=count_of_people,
    ),
    Figure(
        key="gini-participants",
        words=lambda: Words(
            _("Inequality among participants"),
            _("0: all write as much; near 1: one writes it all."),
            people_there(),
        ),
        unit="person",
        kind="ratio",
        may_link=True,
        deeper=True,
        order=200,
        data="voices.gini_participants",
        source="Gini 1912",
        table=posts_written,
        measure=lambda of: over_people(of, shared_out(of.population, of.window).gini),
    ),
    Figure(
        key="gini-members",
        words=lambda: Words(
            _("Inequality among members"),
            _("0: all write as much; near 1: one writes it all."),
            _("All members, also those who wrote nothing."),
        ),
        unit="person",
        kind="ratio",
        may_link=True,
        deeper=True,
        order=210,
        data="voices.gini_members",
        source="Gini 1912",
        table=posts_written,
        measure=among_members,
    ),
    Figure(
        key="effective-voices",
        words=lambda: Words(
            _("Effective number of voices"), _("So many equal voices would be as diverse."), people_there()
        ),
        unit="person",
        kind="mean",
        may_link=True,
        deeper=True,
        order=220,
        data="voices.effective",
        source="Jost 2006",
        compared="always",
        table=posts_written,
        measure=lambda of: over_people(of, shared_out(of.population, of.window).effective),
    ),
    Figure(
        key="top-tenth",
        words=lambda: Words(
            _("Share of the top tenth"), _("The share of posts by the tenth that writes most."), people_there()
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=230,
        data="voices.top_tenth",
        compared="always",
        table=of_top_tenth,
        measure=lambda of: by_some(of, shared_out(of.population, of.window).top_share),
    ),
    Figure(
        key="lower-half",
        words=lambda: Words(
            _("Share of the quieter half"), _("The share of posts by the half that writes least."), people_there()
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=240,
        data="voices.lower_half",
        table=of_lower_half,
        measure=lambda of: by_some(of, shared_out(of.population, of.window).lower_share),
    ),
    Figure(
        key="absence-posts",
        words=lambda: Words(_("Absence factor of posts"), _("How few people wrote half of the posts."), people_there()),
        unit="person",
        kind="count",
        may_link=False,
        order=250,
        data="voices.absence_posts",
        source="CHAOSS, Contributor Absence Factor",
        table=of_those_who_carry_half,
        measure=fewest_people,
    ),
    Figure(
        key="absence-answers",
        words=lambda: Words(
            _("Absence factor of first answers"),
            _("How few people gave half of the first answers."),
            people_there(),
        ),
        unit="person",
        kind="count",
        may_link=False,
        order=260,
        data="voices.absence_answers",
        source="CHAOSS, Contributor Absence Factor",
        table=answers_of_those_who_carry_half,
        measure=fewest_people,
    ),
)

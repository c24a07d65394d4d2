"""How many ties link people of different groups."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, ties_there
from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import share_of_ties, tied_posts


@once
def current_groups(population: Population) -> Table:
    """Who is in which group: `in_group`, `person`. What Discourse makes itself, such as trust levels, is no group."""
    groups, members = population.source["groups"], population.source["group_members"]
    return query(f"""
        SELECT DISTINCT in_group, person FROM {members} AS m
        WHERE until IS NULL AND in_group IN (SELECT id FROM {groups} AS g WHERE automatic = 0)""")


def between_groups(population: Population, window: Window) -> Table:
    """The posts that tie people who are both in groups; those between people who share none count."""
    posts, groups = tied_posts(population, window), current_groups(population)
    return query(f"""
        SELECT t.*, s.person IS NULL AS counts
        FROM {posts} AS t
        LEFT JOIN (
            SELECT DISTINCT ours.person, theirs.person AS whom FROM {groups} AS ours
            JOIN {groups} AS theirs ON theirs.in_group = ours.in_group
            JOIN (SELECT DISTINCT person, whom FROM {posts} AS p) AS ties
                ON ties.person = ours.person AND ties.whom = theirs.person
        ) AS s ON s.person = t.person AND s.whom = t.whom
        WHERE t.person IN (SELECT person FROM {groups} AS g) AND t.whom IN (SELECT person FROM {groups} AS g)""")


FIGURES = Figures(
    Figure(
        key="across-groups",
        words=lambda: Words(
            _("Bridges between groups"),
            _("Of the ties between people in groups, the share of those who have no group in common."),
            ties_there(),
        ),
        unit="tie",
        kind="share",
        may_link=True,
        order=340,
        data="ties.across_groups",
        deeper=True,
        table=between_groups,
        measure=share_of_ties,
    ),
)

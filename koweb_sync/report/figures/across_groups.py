"""How many ties link people of different groups."""

from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, ties_there
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import share_of_ties, tied_posts


def current_groups(population: Population) -> Table:
    """Who is in which group: `group`, `person`. What Discourse makes by itself, such as trust levels, is no group."""
    groups, members = population.source["groups"], population.source["group_members"]
    own = groups.filter(groups["automatic"] == 0)
    current = members.filter(members["until"].isnull())
    return current.semi_join(own, current["group"] == own["id"]).select("group", "person").distinct()


def between_groups(population: Population, window: Window) -> Table:
    """The posts that tie people who are both in groups; those between people who share none count."""
    posts, groups = tied_posts(population, window), current_groups(population)
    one, two = groups.select(one="person").distinct(), groups.select(two="person").distinct()
    both = posts.inner_join(one, posts["person"] == one["one"]).inner_join(two, posts["to"] == two["two"])
    both = both.select(*posts.columns)
    ours, theirs = groups.select(mine="person", of="group"), groups.select(other="person", its="group")
    ties = both.select(known="person", near="to").distinct()
    shared = ties.inner_join(ours, ties["known"] == ours["mine"])
    shared = shared.inner_join(theirs, (shared["near"] == theirs["other"]) & (shared["of"] == theirs["its"]))
    shared = shared.select("known", "near").distinct()
    joined = both.left_join(shared, (both["person"] == shared["known"]) & (both["to"] == shared["near"]))
    return joined.select(*posts.columns, counts=joined["known"].isnull())


FIGURES = Figures(
    Figure(
        key="across-groups",
        words=lambda: Words(
            _("Bridges between groups"),
            _("Of the ties between people in groups, the share between people who share none."),
            ties_there(),
        ),
        unit="tie",
        kind="share",
        may_link=True,
        order=340,
        data="ties.across_groups",
        table=between_groups,
        measure=share_of_ties,
    ),
)

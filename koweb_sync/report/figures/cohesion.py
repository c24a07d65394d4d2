"""How many people alone link others; and whether people are linked without the facilitators.

If they fall apart without them, the community depends on them.
"""

from typing import Any, ClassVar

import networkx as nx
import numpy as np
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, facilitators, once
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import pairs, tied_posts, with_facilitators


def without_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; those between others than facilitators count."""
    posts = with_facilitators(population, window)
    return posts.mutate(counts=~posts["helped"])


class PlainGraph(nx.Graph):  # type: ignore[misc]
    """A graph whose ties carry nothing, and all share it: NetworkX's own way to need less memory."""

    nothing: ClassVar[dict[str, Any]] = {}

    def shared(self) -> dict[str, Any]:
        """What every tie carries."""
        return self.nothing

    edge_attr_dict_factory = shared


@once
def cohesion(population: Population, window: Window) -> tuple[Measurement, Measurement, Measurement]:
    """How many people alone link others; how many are linked with the facilitators, and without.

    The first: articulation points of the ties, without direction. The others: the share of people, facilitators apart,
    in the largest part of the ties that hangs together.
    """
    found, graph = pairs(population, window), PlainGraph()
    many = int(found.people.size)
    person = list(range(many))  # one object a person, however many ties
    graph.add_nodes_from(person)
    graph.add_edges_from((person[one], person[other]) for one, other in zip(found.by, found.to, strict=True))
    if not many:
        return nothing("holders"), nothing("together"), nothing("together-without")
    holders = Measurement("holders", sum(1 for _person in nx.articulation_points(graph)), n=many, people=many)
    helpers = np.isin(found.people, rows(facilitators(population), "id")["id"])
    others = set(np.flatnonzero(~helpers).tolist())
    n = len(others)
    if n < 2:
        return holders, nothing("together"), nothing("together-without")
    linked = max(len(others & part) for part in nx.connected_components(graph))
    graph.remove_nodes_from(np.flatnonzero(helpers).tolist())
    without = max(map(len, nx.connected_components(graph)))
    return (
        holders,
        Measurement("together", linked / n, n=n, people=n),
        Measurement("together-without", without / n, n=n, people=n),
    )


FIGURES = Figures(
    Figure(
        key="holders",
        words=lambda: Words(
            _("People who hold others together"),
            _("How many people are the only link between others."),
            _("People with at least one tie in the window."),
        ),
        unit="person",
        kind="count",
        may_link=True,
        order=370,
        data="ties.holders",
        source="networkx",
        table=tied_posts,
        measure=lambda of: cohesion(of.population, of.window)[0],
    ),
    Figure(
        key="together",
        words=lambda: Words(
            _("Linked"),
            _("The share of people, facilitators apart, who are all linked to each other."),
            _("People with at least one tie in the window."),
        ),
        unit="person",
        kind="share",
        may_link=True,
        order=380,
        data="ties.together",
        source="networkx",
        table=tied_posts,
        measure=lambda of: cohesion(of.population, of.window)[1],
    ),
    Figure(
        key="together-without",
        words=lambda: Words(
            _("Linked without facilitators"),
            _("The same, if the facilitators were not there."),
            _("People with at least one tie in the window."),
        ),
        unit="person",
        kind="share",
        source="networkx",
        may_link=True,
        order=390,
        data="ties.together_without",
        table=without_facilitators,
        measure=lambda of: cohesion(of.population, of.window)[2],
    ),
)

"""How many people alone link others; and whether people are linked without the facilitators.

If they fall apart without them, the community depends on them.
"""

import numpy as np

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, facilitators, once
from koweb_sync.report.engine.source import Column, Table, query
from koweb_sync.report.engine.statistics import Numbers, distinct
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.ties import both_ends, pairs, tied_posts, with_facilitators


def without_facilitators(population: Population, window: Window) -> Table:
    """The posts that tie people; those between others than facilitators count."""
    return query(f"SELECT t.*, NOT helped AS counts FROM {with_facilitators(population, window)} AS t")


def neighbours(one: Numbers, other: Numbers, many: int) -> list[list[int]]:
    """Of each of so many people, to whom they are tied."""
    near: list[list[int]] = [[] for _person in range(many)]
    for left, right in zip(one.tolist(), other.tolist(), strict=True):
        near[left].append(right)
        near[right].append(left)
    return near


def parts(one: Numbers, other: Numbers, many: int) -> Column:
    """In which part that hangs together each of so many people is: the least number of anybody in it."""
    part = np.arange(many)
    while True:
        least = np.minimum(part[one], part[other])
        before = part.copy()
        np.minimum.at(part, one, least)
        np.minimum.at(part, other, least)
        part = np.minimum(part, part[part])
        if (part == before).all():
            return part


def reached_from(one: Numbers, other: Numbers, many: int) -> Column:
    """From whom each of so many people is reached where one walks from the first of each part along all ties at once:
    of those who reach them together, the first. `many` for whom a walk begins at.
    """
    begins = parts(one, other, many) == np.arange(many)
    near, parent = begins, np.full(many, many)
    while one.size:
        fresh = np.full(many, many)
        for here, there in ((one, other), (other, one)):
            steps = near[here]
            np.minimum.at(fresh, there[steps], here[steps])
        near = (fresh < many) & (parent == many) & ~begins
        parent[near] = fresh[near]
        known = begins | (parent < many)
        open_ties = ~(known[one] & known[other])
        one, other = one[open_ties], other[open_ties]
    return parent


def few_ties(one: Numbers, other: Numbers, many: int) -> tuple[Numbers, Numbers]:
    """At most two ties a person, which the same people alone hold together as all ties, each from the lesser to the
    greater: those of a walk, and those of a walk along the others (Cheriyan, Kao and Thurimella 1993).
    """
    kept = []
    for _walk in range(2):
        parent = reached_from(one, other, many)
        person = np.flatnonzero(parent < many)
        kept.append((np.minimum(person, parent[person]), np.maximum(person, parent[person])))
        others = (parent[one] != other) & (parent[other] != one)
        one, other = one[others], other[others]
    return np.concatenate([kept[0][0], kept[1][0]]), np.concatenate([kept[0][1], kept[1][1]])


NOBODY = -1


def walked(near: list[list[int]]) -> tuple[list[int], list[int]]:
    """Everybody, as one walks from tie to tie, going on from whom one reached last; and from whom each was reached:
    where a walk begins, from themselves.
    """
    order: list[int] = []
    parent = [NOBODY] * len(near)
    for root in range(len(near)):
        if parent[root] != NOBODY:
            continue
        parent[root] = root
        order.append(root)
        way = [(root, iter(near[root]))]
        while way:
            person, rest = way[-1]
            other = next((one for one in rest if parent[one] == NOBODY), NOBODY)
            if other == NOBODY:
                way.pop()
                continue
            parent[other] = person
            order.append(other)
            way.append((other, iter(near[other])))
    return order, parent


def cut_points(near: list[list[int]]) -> set[int]:
    """The people who alone link others (Tarjan 1972): somebody reached through them reaches back no further than to
    them; or, where a walk began, several were reached from there.
    """
    order, parent = walked(near)
    place = {person: nth for nth, person in enumerate(order)}
    back, cutting, begun = dict(place), set(), set()
    for person in reversed(order):
        before = parent[person]
        for other in near[person]:
            if other != before:
                back[person] = min(back[person], back[other] if parent[other] == person else place[other])
        if before == person:
            continue
        if parent[before] != before:
            if back[person] >= place[before]:
                cutting.add(before)
        elif before in begun:
            cutting.add(before)
        begun.add(before)
    return cutting


@once
def cohesion(population: Population, window: Window) -> tuple[Measurement, Measurement, Measurement]:
    """How many people alone link others; how many are linked with the facilitators, and without.

    The first: articulation points of the ties, without direction. The others: the share of people, facilitators apart,
    in the largest part of the ties that hangs together.
    """
    found, source = pairs(population, window), population.source
    many = int(found.people.size)
    if not many:
        return nothing("holders"), nothing("together"), nothing("together-without")
    one, other = (end.astype(np.int32) for end in np.divmod(distinct(both_ends(found.by, found.to, many)), many))
    alone = cut_points(neighbours(*few_ties(one, other, many), many))
    holders = Measurement("holders", len(alone), n=many, people=many)
    helpers = np.isin(found.people, source.arrays(f"SELECT id FROM {facilitators(population)} AS f")["id"])
    n = int((~helpers).sum())
    if n < 2:
        return holders, nothing("together"), nothing("together-without")
    apart = ~helpers[one] & ~helpers[other]
    linked = np.bincount(parts(one, other, many)[~helpers]).max()
    without = np.bincount(parts(one[apart], other[apart], many)[~helpers]).max()
    return (
        holders,
        Measurement("together", int(linked) / n, n=n, people=n),
        Measurement("together-without", int(without) / n, n=n, people=n),
    )


FIGURES = Figures(
    Figure(
        key="holders",
        words=lambda: Words(
            _("People who hold others together"),
            _("How many people there are without whom others would no longer be linked."),
            _("People, facilitators too, between whom there was a reply, quote or mention in the window."),
        ),
        unit="person",
        kind="count",
        may_link=True,
        order=370,
        data="ties.holders",
        source="Tarjan 1972",
        table=tied_posts,
        measure=lambda of: cohesion(of.population, of.window)[0],
    ),
    Figure(
        key="together",
        words=lambda: Words(
            _("Linked"),
            _(
                "The share of people, facilitators apart, in the largest group in which everybody is linked to "
                "everybody else, directly or through other people."
            ),
            _("People, facilitators apart, between whom there was a reply, quote or mention in the window."),
        ),
        unit="person",
        kind="share",
        may_link=True,
        order=380,
        data="ties.together",
        table=tied_posts,
        measure=lambda of: cohesion(of.population, of.window)[1],
    ),
    Figure(
        key="together-without",
        words=lambda: Words(
            _("Linked without facilitators"),
            _(
                "The share of people who would be in the largest group in which everybody is linked to everybody else, "
                "directly or through other people, if the facilitators were not there."
            ),
            _("People, facilitators apart, between whom there was a reply, quote or mention in the window."),
        ),
        unit="person",
        kind="share",
        may_link=True,
        deeper=True,
        order=390,
        data="ties.together_without",
        table=without_facilitators,
        measure=lambda of: cohesion(of.population, of.window)[2],
    ),
)

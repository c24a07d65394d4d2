"""Ties: who answers whom, whether it goes both ways, how deep the talk goes, and what holds it together."""

from dataclasses import dataclass
from typing import Any, ClassVar

import ibis
import networkx as nx
import numpy as np
from ibis.expr.types import Table
from scipy import sparse, stats

from koweb_sync.report.engine.measurement import Figure, count, nothing
from koweb_sync.report.engine.population import Population, facilitators, within
from koweb_sync.report.engine.responses import FIRST, mentions, responses
from koweb_sync.report.engine.source import Column, rows, size
from koweb_sync.report.engine.statistics import Resampling, ends, estimated
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.answers import asked
from koweb_sync.report.figures.left_aside import share

PERMUTED = 4_000_000  # ties in all permutations together
LEAST = 19  # permutations: one in twenty
TALK = 3  # turns: somebody was answered, answered, and was answered again
ROUNDS = 32  # of doubling: more than any chain of replies has


@dataclass(frozen=True)
class Ties:
    """The ties of a window. A tie: one person replied to, quoted or mentioned another, however often.

    `reciprocity_by_chance`: the mean, and the middle 95 %, of what it would be if answers went to anybody.
    """

    ties: Figure
    reciprocity: Figure
    reciprocity_by_chance: Figure
    reciprocity_beyond_chance: Figure
    depth: Figure
    conversations: Figure
    across_categories: Figure
    across_groups: Figure
    facilitator_answers: Figure
    facilitator_ties: Figure
    holders: Figure
    together: Figure
    together_without: Figure


def tying(everybody: Population, window: Window) -> tuple[Table, Table]:
    """The responses of the window that tie two counted people: replies and quotes, and mentions."""
    direct, names, people = responses(everybody), mentions(everybody), everybody.people
    direct = direct.filter(within(direct["at"], window), direct["counted"], direct["heard"], direct["chosen"])
    named = names.filter(within(names["at"], window), names["counted"], names["chosen"])
    counted = people.filter(people["counted"]).select(known="id")
    return direct, named.semi_join(counted, named["to"] == counted["known"])


def pairs(everybody: Population, window: Window) -> Table:
    """Who responded to whom in the window, each pair once: `by`, `to`, both counted people."""
    direct, named = tying(everybody, window)
    return ibis.union(direct.select("by", "to"), named.select("by", "to"), distinct=True)


def ties(everybody: Population, window: Window) -> Ties:
    """The ties of a window and what they form.

    Unit: pair of people, in one direction. Reciprocity: the share of pairs that exist in both directions,
    against a null in which the same people answer as often, and are answered as often, but anybody.
    """
    found = rows(pairs(everybody, window), "by", "to")
    people, ends_of = np.unique(np.concatenate([found["by"], found["to"]]), return_inverse=True)
    by, to = ends_of[: found["by"].size], ends_of[found["by"].size :]
    helpers = np.isin(people, rows(facilitators(everybody), "id")["id"])
    n, many = int(by.size), int(people.size)
    return Ties(
        count("ties", n, many),
        *reciprocity(everybody, by, to, many),
        *depth(everybody, window),
        across_categories(everybody, window),
        across_groups(everybody, people, by, to),
        facilitator_answers(everybody, window),
        share("facilitator-ties", int((helpers[by] | helpers[to]).sum()), n, many),
        *together(by, to, helpers),
    )


# ---- both ways


def matrix(by: Column, to: Column, people: int) -> sparse.csr_array:
    """Who answers whom, as a matrix of ones; nobody answers themselves."""
    apart = by != to
    found = sparse.csr_array((np.ones(int(apart.sum())), (by[apart], to[apart])), shape=(people, people))
    found.data[:] = 1
    return found


def both_ways(by: Column, to: Column, people: int) -> float:
    """The share of ties that exist in both directions, as NetworkX's `overall_reciprocity` says.

    By SciPy's sparse matrices: many permutations of a large forum would take NetworkX hours.
    """
    found = matrix(by, to, people)
    return float(found.multiply(found.T).sum() / found.nnz) if found.nnz else 0.0


def reciprocity(everybody: Population, by: Column, to: Column, many: int) -> tuple[Figure, Figure, Figure]:
    """What it is, what it would be by chance, and the difference with the chance's own spread.

    The more ties, the less chance spreads, and the fewer permutations are needed.
    """
    n = int(by.size)
    if n < 2:
        return nothing("reciprocity"), nothing("reciprocity-by-chance"), nothing("reciprocity-beyond-chance")
    value = both_ways(by, to, many)
    null = stats.permutation_test(
        (to,),
        lambda permuted: both_ways(by, permuted, many),
        permutation_type="pairings",
        n_resamples=max(
            min(LEAST, everybody.settings.permutations), min(PERMUTED // n, everybody.settings.permutations)
        ),
        vectorized=False,
        batch=1,  # else all permutations are held at once
        rng=np.random.default_rng(everybody.settings.seed),
    ).null_distribution
    low, high = ends(null)
    mean = float(null.mean())
    least, most = (None if end is None else value - end for end in (high, low))
    return (
        Figure("reciprocity", value, n=n, people=many),
        Figure("reciprocity-by-chance", mean, low, high, n, many),
        Figure("reciprocity-beyond-chance", value - mean, least, most, n, many),
    )


# ---- how deep


def depth(everybody: Population, window: Window) -> tuple[Figure, Figure]:
    """How many turns the longest chain of replies takes in the topics opened in the window; and conversations.

    A turn: somebody replies to somebody else; what people add to their own posts is no turn. Unit: topic. The mean with
    a bootstrap over topics. A conversation: at least three turns, so that somebody was answered, answered, and was
    answered again.
    """
    found = rows(turns(everybody, window), "topic")
    deep, people = found["turns"], int(np.unique(found["person"]).size)
    settings = everybody.settings
    mean = estimated(deep, np.mean, Resampling(settings.seed, settings.resamples))
    n = int(deep.size)
    return (
        nothing("depth") if mean.value is None else Figure("depth", mean.value, mean.low, mean.high, n, people),
        share("conversations", int((deep >= TALK).sum()), n, people),
    )


def turns(everybody: Population, window: Window) -> Table:
    """As `deepest`, made once for a window."""
    return everybody.keep(f"turns {window.since} {window.until}", lambda: deepest(everybody, window))


def deepest(everybody: Population, window: Window) -> Table:
    """The turns of the longest chain in each topic opened in the window: `topic`, `person`, `turns`."""
    opened, posts = everybody.opened(window), everybody.posts
    inside = posts.semi_join(opened, posts["topic"] == opened["id"])
    chains = everybody.source.keep(links(inside))
    for _round in range(ROUNDS):
        if not size(chains.filter(chains["up"] > FIRST)):
            break
        shorter, chains = chains, everybody.source.keep(doubled(chains))
        everybody.source.drop(shorter)
    per_topic = chains.group_by(place="topic").aggregate(turns=chains["turns"].max())
    joined = opened.left_join(per_topic, opened["id"] == per_topic["place"])
    return joined.select("person", topic="id", turns=joined["turns"].fill_null(0))


def links(posts: Table) -> Table:
    """Each post with the one that it answers: `topic`, `number`, `up` (its number), `turns` (1: another person's).

    Who answers a post that is gone answers the topic.
    """
    parents = posts.select(place="topic", nth="number", author="person")
    later = posts.filter(posts["number"] > FIRST)
    later = later.mutate(wanted=ibis.ifelse(later["reply_to"] > 0, later["reply_to"], FIRST))
    joined = later.left_join(parents, (later["topic"] == parents["place"]) & (later["wanted"] == parents["nth"]))
    author = ibis.coalesce(joined["author"], joined["opener"], -1)
    return joined.select(
        "topic",
        "number",
        up=joined["nth"].fill_null(FIRST),
        turns=ibis.ifelse(author != joined["person"], 1, 0).cast("int64"),
    )


def doubled(chains: Table) -> Table:
    """Chains that reach up twice as far: each takes on the one where it ended."""
    above = chains.select(place="topic", nth="number", next="up", more="turns")
    joined = chains.left_join(above, (chains["topic"] == above["place"]) & (chains["up"] == above["nth"]))
    return joined.select(
        "topic",
        "number",
        up=joined["next"].fill_null(FIRST),
        turns=joined["turns"] + joined["more"].fill_null(0),
    )


# ---- bridges


def across_categories(everybody: Population, window: Window) -> Figure:
    """The share of participants who wrote in more than one category. Unit: person."""
    written = everybody.written(window)
    places = written.group_by("person").aggregate(n=written["category"].fill_null(-1).nunique())
    found = rows(places, "person")["n"]
    return share("across-categories", int((found > 1).sum()), int(found.size), int(found.size))


def current_groups(everybody: Population) -> Table:
    """Who is in which group: `group`, `person`. What Discourse makes by itself, such as trust levels, is no group."""
    groups, within_groups = everybody.source["groups"], everybody.source["group_members"]
    own = groups.filter(groups["automatic"] == 0)
    current = within_groups.filter(within_groups["until"].isnull())
    return current.semi_join(own, current["group"] == own["id"]).select("group", "person")


def across_groups(everybody: Population, people: Column, by: Column, to: Column) -> Figure:
    """The share of ties between people who share no group, of ties between people who are in one. Unit: tie."""
    found = rows(current_groups(everybody), "group", "person")
    here = np.isin(found["person"], people)
    place = np.searchsorted(people, found["person"][here])
    names, group = np.unique(found["group"][here], return_inverse=True)
    if not names.size or not by.size:
        return nothing("across-groups")
    belongs = sparse.csr_array((np.ones(place.size), (place, group)), shape=(people.size, names.size))
    member = np.asarray(belongs.sum(axis=1)).ravel() > 0
    both = member[by] & member[to]
    shared = np.asarray(belongs[by[both]].multiply(belongs[to[both]]).sum(axis=1)).ravel()
    touched = np.unique(np.concatenate([by[both], to[both]])).size
    return share("across-groups", int((shared == 0).sum()), int(both.sum()), int(touched))


# ---- facilitators


def facilitator_answers(everybody: Population, window: Window) -> Figure:
    """The share of first answers that facilitators gave. Unit: answered topic."""
    given, helpers = asked(everybody, window), facilitators(everybody).select(helper="id")
    given = given.filter(given["at"].notnull())
    joined = given.left_join(helpers, given["by"] == helpers["helper"])
    found = rows(joined.aggregate(n=joined.count(), part=joined["helper"].count(), people=joined["by"].nunique()))
    return share("facilitator-answers", int(found["part"][0]), int(found["n"][0]), int(found["people"][0]))


class Thin(nx.Graph):  # type: ignore[misc]
    """A graph whose ties carry nothing, and all share it: NetworkX's own way to need less memory."""

    nothing: ClassVar[dict[str, Any]] = {}

    def shared(self) -> dict[str, Any]:
        """What every tie carries."""
        return self.nothing

    edge_attr_dict_factory = shared


def together(by: Column, to: Column, helpers: Column) -> tuple[Figure, Figure, Figure]:
    """How many people alone link others; and whether the ties hang together, with and without the facilitators.

    The first: articulation points of the ties, without direction. The others: the share of people, facilitators apart,
    in the largest part of the ties that hangs together. If it falls apart without them, it depends on them.
    """
    graph, many = Thin(), int(helpers.size)
    person = list(range(many))  # one object a person, however many ties
    graph.add_nodes_from(person)
    graph.add_edges_from((person[one], person[other]) for one, other in zip(by, to, strict=True))
    if not many:
        return nothing("holders"), nothing("together"), nothing("together-without")
    holders = Figure("holders", sum(1 for _person in nx.articulation_points(graph)), n=many, people=many)
    others = set(np.flatnonzero(~helpers).tolist())
    n = len(others)
    if n < 2:
        return holders, nothing("together"), nothing("together-without")
    whole = max(len(others & part) for part in nx.connected_components(graph))
    graph.remove_nodes_from(np.flatnonzero(helpers).tolist())
    apart = max(map(len, nx.connected_components(graph)))
    return (
        holders,
        Figure("together", whole / n, n=n, people=n),
        Figure("together-without", apart / n, n=n, people=n),
    )

"""Who responded to whom: replies, quotes and mentions between people, and likes.

What somebody does to their own posts is no response, and what a bot does is none. Responses come from every topic that
may be counted, also from those that were not asked for: who was answered elsewhere was answered.
"""

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.window import Window

FIRST = 1  # the number of the post that opens a topic
NEVER = 2**62


def replies(population: Population) -> Table:
    """The posts that answer another one: the one that they name, or the first of their topic where they name none.

    Columns, as of `responses`. A post that names one which is gone answers nobody.
    """
    posts = population.posts
    later = posts.filter(posts["number"] > FIRST)
    later = later.select(
        post="id", topic="topic", by="person", at="created", counted="counted",
        to_topic="topic", to_number=ibis.ifelse(later["reply_to"] > 0, later["reply_to"], FIRST),
    )  # fmt: skip
    return targeted(population, later)


def quotes(population: Population) -> Table:
    """The posts that quote another one, in any topic, and do not answer it anyway. Columns, as of `responses`."""
    posts, edges = population.posts, population.source["edges"]
    quoting = edges.filter(edges["kind"].isin(["quote", "reply"]), edges["to_topic"].notnull())
    quoting = quoting.select(edge="post", to_topic="to_topic", to_number=quoting["to_number"].fill_null(FIRST))
    joined = quoting.distinct().inner_join(posts, quoting["edge"] == posts["id"])
    answered = ibis.ifelse(joined["reply_to"] > 0, joined["reply_to"], FIRST)
    same = (joined["to_topic"] == joined["topic"]) & (joined["to_number"] == answered) & (joined["number"] > FIRST)
    return targeted(
        population,
        joined.filter(~same).select(
            post="id", topic="topic", by="person", at="created", counted="counted",
            to_topic="to_topic", to_number="to_number",
        ),
    )  # fmt: skip


def targeted(population: Population, pointing: Table) -> Table:
    """The posts that were answered, for posts that point at a place in a topic."""
    posts = population.posts
    target = posts.select(
        target="id", place="topic", nth="number", to="person", written="created", heard="counted", chosen="chosen"
    )
    joined = pointing.inner_join(
        target, (pointing["to_topic"] == target["place"]) & (pointing["to_number"] == target["nth"])
    )
    return joined.filter(joined["by"] != joined["to"]).select(
        "post", "topic", "by", "at", "counted", "target", "to_topic", "to", "written", "heard", "chosen"
    )


@once
def responses(population: Population) -> Table:
    """Replies and quotes by another human: `post` (of `topic`, by `by`, `at`) answers `target` (of `to_topic`).

    The post `target` was written by `to` at `written`. `counted`: the one who answers may be counted; `heard`: the one
    who was answered may be; `chosen`: the target lies where it was asked for.
    """
    return ibis.union(replies(population), quotes(population))


@once
def mentions(population: Population) -> Table:
    """Mentions of a person by another human: `post` (of `topic`, by `by`, `at`) names `to`."""
    posts, edges = population.posts, population.source["edges"]
    naming = edges.filter(edges["kind"] == "mention", edges["to_person"] > 0)
    naming = naming.select(edge="post", to="to_person").distinct()
    joined = naming.inner_join(posts, naming["edge"] == posts["id"])
    return joined.filter(joined["person"] != joined["to"]).select(
        "to", post="id", topic="topic", by="person", at="created", counted="counted", number="number", chosen="chosen"
    )


@once
def likes(population: Population) -> Table:
    """Likes, and other reactions, that are still there, by another human: `by` liked `target` of `to` at `at`.

    The time of a like that nobody tells is when it was first seen.
    """
    posts, people, given = population.posts, population.people, population.source["reactions"]
    there = given.filter(given["gone"].isnull())
    there = there.select(
        liked=there["post"], by=there["person"], at=ibis.coalesce(there["at"], there["seen"]), kind=there["kind"]
    )
    humans = people.select(human="id", counted="counted")
    joined = there.inner_join(humans, there["by"] == humans["human"])
    joined = joined.inner_join(posts.drop("counted"), joined["liked"] == posts["id"])
    return joined.filter(joined["by"] != joined["person"]).select(
        "by", "at", "counted", target="id", to="person", topic="topic", number="number"
    )


def liked_by_somebody(population: Population) -> Table:
    """Posts with likes whose givers nobody tells: a column `target`. Discourse lets nobody like their own post."""
    counts, given, posts = population.source["counts"], population.source["reactions"], population.posts
    told = counts.filter(counts["count"] > 0).select(target="post").distinct()
    known = given.filter(given["kind"] == "like", given["gone"].isnull())
    known = known.group_by(liked="post").aggregate(known=known.count())
    joined = posts.left_join(known, posts["id"] == known["liked"])
    more = joined.filter(joined["likes"] > joined["known"].fill_null(0)).select(target="id")
    return ibis.union(told, more, distinct=True)


# ---- the first answer to a topic


@once
def first_answers(population: Population) -> Table:
    """The first answer to each topic that has one: `asked` (the topic), and its `post`, `by`, `at`, `counted`.

    An answer is a post by another human in the topic; or elsewhere a quote of what its author wrote in it; or a mention
    of its author in a topic where they had not written before, which counts for the last topic that they had opened.
    Discourse's own time to first response averages answered topics alone and counts bots; neglect improves it.
    """
    found = (answers_inside(population), answers_quoting(population), answers_naming(population))
    every, posts = ibis.union(*(one.select("asked", "post", "at") for one in found)), population.posts
    first = first_of(every, "asked")
    joined = first.inner_join(posts.select(id="id", by="person", counted="counted"), first["post"] == posts["id"])
    return joined.select("asked", "post", "by", "at", "counted")


def first_of(posts: Table, group: str) -> Table:
    """The first post of each group, by its time and number: columns `group`, `post` and `at`.

    By minima, and not by ranks: those would sort all there is.
    """
    least = posts.group_by(which=group).aggregate(since=posts["at"].min())
    joined = posts.inner_join(least, (posts[group] == least["which"]) & (posts["at"] == least["since"]))
    return joined.group_by(group, "at").aggregate(post=joined["post"].min())


def answers_inside(population: Population) -> Table:
    """Posts in a topic by others than its author."""
    posts = population.posts
    by_others = posts.filter(posts["number"] > FIRST, posts["person"] != posts["opener"])
    return by_others.select(asked="topic", post="id", by="person", at="created", counted="counted")


def answers_quoting(population: Population) -> Table:
    """Quotes, in other topics, of what a topic's author wrote in it."""
    answers, topics = responses(population), population.topics
    elsewhere = answers.filter(answers["topic"] != answers["to_topic"])
    openers = topics.select(asked="id", opener="person")
    joined = elsewhere.inner_join(
        openers, (elsewhere["to_topic"] == openers["asked"]) & (elsewhere["to"] == openers["opener"])
    )
    return joined.select("asked", "post", "by", "at", "counted")


def answers_naming(population: Population) -> Table:
    """Mentions of somebody in a topic where they had not written before, each for the last topic that they opened."""
    names, posts, topics = mentions(population), population.posts, population.topics
    first = posts.group_by(where="topic", who="person").aggregate(since=posts["created"].min())
    joined = names.left_join(first, (names["topic"] == first["where"]) & (names["to"] == first["who"]))
    outside = joined.filter(joined["since"].isnull() | (joined["since"] > joined["at"]))
    outside = outside.select("to", "post", "topic", "by", "at", "counted")
    order = ibis.window(group_by=topics["person"], order_by=[topics["created"], topics["id"]])
    opened = topics.select(
        asked="id", opener="person", since="created",
        until=topics["created"].lead().over(order).fill_null(NEVER),
    )  # fmt: skip
    last = outside.inner_join(
        opened,
        (outside["to"] == opened["opener"])
        & (outside["at"] >= opened["since"])
        & (outside["at"] < opened["until"])
        & (outside["topic"] != opened["asked"]),
    )
    return last.select("asked", "post", "by", "at", "counted")


@once
def topics_with_answers(population: Population, window: Window) -> Table:
    """The topics of a window with their first answer: `topic`, `post` (the topic's id), `person`, `at` (when it was
    opened); `answered` (when), `by`, `by_counted` and `answer` (the post), null where nobody answered.
    """
    topics, first = population.opened(window), first_answers(population)
    joined = topics.left_join(first, topics["id"] == first["asked"])
    return joined.select(
        topic=topics["id"], post=topics["id"], person=topics["person"], at=topics["created"],
        answered=first["at"], by=first["by"], by_counted=first["counted"].fill_null(False), answer=first["post"],
    )  # fmt: skip


# ---- first posts


@once
def debuts(population: Population) -> Table:
    """Everybody's first post on the forum, asked for or not: `debutant`, `post`, `topic`, `number`, `at`, `chosen`."""
    posts = population.posts.filter(population.posts["counted"])
    first = first_of(posts.select("person", at="created", post="id"), "person").select("post", "at")
    return first.inner_join(posts, first["post"] == posts["id"]).select(
        "topic", "number", "chosen", "post", "at", "opener", debutant="person"
    )

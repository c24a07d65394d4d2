"""Whom and what the figures count.

Posts: regular ones (no whispers, no notices of moderation) by people, not deleted, not hidden, in listed topics
that are no messages; not those that describe a category; not what only some may read, unless that is asked for. People:
no bots, not the system's own accounts. Whoever asked not to be counted is in no figure and on no list, but what they
answered is an answer: whoever got it was not left aside. A post whose author is no longer known is nobody's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import ibis
from ibis.expr.types import Table

from koweb_sync.archive.store.schema import OPEN
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.report.engine.source import Source, one, rows, size
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.spelling import compared

Rest = ParamSpec("Rest")
Result = TypeVar("Result")

REGULAR = 1  # Discourse's Post.types[:regular]


@dataclass(frozen=True)
class Population:
    """What is counted, as tables that are held ready on the engine.

    `topics`: id, person, created, category, closed, title, slug, counted, chosen. `posts`: id, topic, number, person,
    created, reply_to (0: the topic as a whole), likes, counted, and of its topic category, opener, opened, chosen.
    `people`: id, username, created, member, staff, counted. `counted`: by (or about) somebody who may be counted;
    `chosen`: in the categories and with the tags that were asked for. `seen`: until when the archive knows the forum.
    """

    source: Source
    settings: ReportSettings
    seen: int
    people: Table
    topics: Table
    posts: Table
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False)

    def written(self, window: Window) -> Table:
        """The posts that counted people wrote in a window, where it was asked for."""
        posts = self.posts
        return posts.filter(posts["chosen"], posts["counted"], within(posts["created"], window))

    def opened(self, window: Window) -> Table:
        """The topics that counted people opened in a window, where it was asked for."""
        topics = self.topics
        return topics.filter(topics["chosen"], topics["counted"], within(topics["created"], window))


def once(make: Callable[Concatenate[Population, Rest], Result]) -> Callable[Concatenate[Population, Rest], Result]:
    """A table or a value that several figures need, of a population (and a window): made once a report. Tables are held
    on the engine.
    """

    @wraps(make)
    def made(population: Population, /, *rest: Rest.args, **none: Rest.kwargs) -> Result:
        name = (make, *rest)
        if name not in population.made:
            found = make(population, *rest, **none)
            population.made[name] = population.source.keep(found) if isinstance(found, Table) else found
        same: Result = population.made[name]
        return same

    return made


def within(time: Any, window: Window) -> Any:
    """Whether a time lies in a window."""
    return (time >= window.since) & (time < window.until)


def population_of(source: Source, settings: ReportSettings) -> Population:
    """The population. Raises InputError for a category, a tag or a time zone that nobody knows."""
    seen = known_until(source)
    humans = source.keep(people(source))
    topics = source.keep(topics_of(source, settings, humans))
    posts = source.keep(posts_of(source, humans, topics))
    return Population(source, settings, seen, humans, topics, posts)


def known_until(source: Source) -> int:
    """Until when the archive knows the forum: the beginning of the last run that was done, else the last post.

    What was written during a run may have been missed. 0: the archive is empty.
    """
    runs, posts = source["runs"], source["posts"]
    done = one(runs.filter(runs["outcome"] == "done").aggregate(at=runs["started"].max()))["at"]
    return done if done >= 0 else max(0, one(posts.aggregate(at=posts["created"].max()))["at"])


# ---- people


def people(source: Source) -> Table:
    """Everybody who is human, including those whom only their posts tell of."""
    known, consents, posts = source["people"], source["consents"], source["posts"]
    wished = consents.filter(
        consents["wish"] == "not-counted",  # a wish holds at once, whenever the archive was brought up to date
        consents["until"].isnull(),
    )
    wished = wished.select(asked=wished["person"]).distinct()
    authors = posts.filter(posts["person"] > 0).select(id=posts["person"]).distinct()
    unknown = authors.anti_join(known, authors["id"] == known["id"])
    every = ibis.union(known_people(known), strangers(unknown))
    return every.left_join(wished, every["id"] == wished["asked"]).select(
        *[every[name] for name in every.columns], counted=wished["asked"].isnull()
    )


def known_people(known: Table) -> Table:
    """The people of the table of people; a `member` has an account of their own that is in use."""
    humans = known.filter(known["id"] > 0, known["bot"] == 0)
    return humans.select(
        id=humans["id"],
        username=humans["username"],
        created=humans["created"],
        member=(humans["staged"] == 0) & (humans["suspended"] == 0) & (humans["anonymised"] == 0),
        staff=(humans["admin"] == 1) | (humans["moderator"] == 1),
    )


def strangers(unknown: Table) -> Table:
    """People whom only their posts tell of."""
    return unknown.select(
        id=unknown["id"],
        username=ibis.literal(""),
        created=ibis.null("int64"),
        member=ibis.literal(False),
        staff=ibis.literal(False),
    )


def accounts(everybody: Population, until: int) -> Table:
    """The counted accounts in use that there were at a time."""
    people = everybody.people
    return people.filter(people["member"], people["counted"], people["created"].fill_null(0) < until)


def facilitators(everybody: Population) -> Table:
    """Who facilitates: the members of the groups that were named, else administrators and moderators. Column `id`.

    Raises InputError if there is no such group.
    """
    names = everybody.settings.facilitators
    people = everybody.people
    if not names:
        return people.filter(people["staff"]).select("id")
    groups, members = everybody.source["groups"], everybody.source["group_members"]
    there = {compared(name): name for name in rows(groups.select("name"), "name")["name"].tolist()}
    missing = sorted(name for name in names if compared(name) not in there)
    wanted = groups.filter(groups["name"].isin([there[compared(name)] for name in names if name not in missing]))
    if missing:
        raise InputError(_("The archive knows no group “{name}”.").format(name=missing[0]))
    current = members.filter(members["until"].isnull())
    return current.semi_join(wanted, current["group"] == wanted["id"]).select(id="person").distinct()


# ---- topics and posts


def gone(source: Source, kind: str) -> Table:
    """What was found gone and did not come back: a column `lost`. What was moved lives on elsewhere."""
    stones = source["tombstones"]
    lost = stones.filter(stones["kind"] == kind, stones["lifted"].isnull(), stones["reason"] != "moved")
    return lost.select(lost=lost["id"]).distinct()


def topics_of(source: Source, settings: ReportSettings, humans: Table) -> Table:
    """All topics in which people may be counted; `chosen` are those that were asked for."""
    topics, lost = source["topics"], gone(source, "topic")
    shut, definitions = left_out(source, settings)
    found = topics.filter(
        topics["archetype"].isin(OPEN),
        topics["deleted"].isnull(),
        topics["visible"] == 1,
        ~topics["id"].isin(definitions),
        ~topics["category"].fill_null(-1).isin(shut),
    )
    found = found.anti_join(lost, found["id"] == lost["lost"])
    known = humans.select(human="id", may="counted")
    joined = found.left_join(known, found["person"] == known["human"])
    return joined.select(
        *[found[name] for name in ("id", "person", "created", "category", "closed", "title", "slug")],
        counted=known["may"].fill_null(False),
        chosen=chosen(source, settings, found),
    )


def left_out(source: Source, settings: ReportSettings) -> tuple[list[int], list[int]]:
    """The categories that do not count, and the topics that describe a category; never empty, for SQL's sake."""
    found = rows(source["categories"], "id")
    shut = (found["staff"] == 1) | ((found["restricted"] == 1) & (not settings.restricted))
    return [-2, *found["id"][shut].tolist()], [-2, *found["definition"][found["definition"] > 0].tolist()]


def chosen(source: Source, settings: ReportSettings, topics: Table) -> Any:
    """Whether a topic lies in the categories, and carries one of the tags, that were asked for."""
    wanted = ibis.literal(True)
    if settings.categories:
        wanted &= topics["category"].fill_null(-1).isin(categories_named(source, settings.categories))
    if settings.tags:
        tags = source["topic_tags"]
        tagged = tags.filter(tags["tag"].isin(settings.tags))
        if not size(tagged):
            raise InputError(_("No topic in the archive has the tag “{name}”.").format(name=", ".join(settings.tags)))
        wanted &= topics["id"].isin(tagged["topic"])
    return wanted


def categories_named(source: Source, names: Sequence[str]) -> list[int]:
    """The categories that are named by their slug path or number, and all below them. Raises InputError for others."""
    found = rows(source["categories"], "id")
    ids: list[int] = []
    for name in names:
        path = name.strip("/")
        here = [
            int(ident)
            for ident, known in zip(found["id"], found["path"], strict=True)
            if path in (str(ident), known) or known.startswith(f"{path}/")
        ]
        if not here:
            raise InputError(
                _("The archive knows no category “{name}”.").format(name=name),
                remedy=_("Write its slug path, such as parent/child."),
            )
        ids += here
    return ids


def posts_of(source: Source, humans: Table, topics: Table) -> Table:
    """The posts that count, each with what the figures ask of its topic."""
    posts, lost = source["posts"], gone(source, "post")
    live = posts.filter(
        posts["type"] == REGULAR, posts["deleted"].isnull(), posts["user_deleted"] == 0, posts["hidden"] == 0
    )
    live = live.anti_join(lost, live["id"] == lost["lost"])
    known = humans.select(human="id", counted="counted")
    places = topics.select(place="id", category="category", opener="person", opened="created", chosen="chosen")
    joined = live.inner_join(known, live["person"] == known["human"])
    joined = joined.inner_join(places, joined["topic"] == places["place"])
    sensible = (joined["reply_to"] > 0) & (joined["reply_to"] < joined["number"])
    return joined.select(
        "id", "topic", "number", "person", "created", "likes", "counted", "category", "opener", "opened", "chosen",
        reply_to=ibis.ifelse(sensible.fill_null(False), joined["reply_to"], 0),
    )  # fmt: skip

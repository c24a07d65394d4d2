"""Who is left aside now: topics without an answer, and people to whom nobody responded. Newcomers come first.

These lists name people. They are for facilitators; `share.py` takes them out of what is shared.
"""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.measurement import Figure, nothing
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.responses import first_of, liked_by_somebody, likes, mentions, responses
from koweb_sync.report.engine.source import one, rows, size
from koweb_sync.report.engine.statistics import wilson
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.answers import asked
from koweb_sync.times import DAY, HOUR


@dataclass(frozen=True)
class WaitingTopic:
    """A topic that nobody else answered. `opened` is in microseconds (UTC); `closed`: nobody can answer there."""

    topic: int
    title: str
    url: str
    person: int
    username: str
    newcomer: bool
    opened: int
    hours: float
    closed: bool


@dataclass(frozen=True)
class WaitingPerson:
    """Somebody whose every post got no response. `url` is their last post; `last` is its time."""

    person: int
    username: str
    newcomer: bool
    posts: int
    url: str
    last: int
    days: float


@dataclass(frozen=True)
class Aside:
    """Who waits now, and how many that is."""

    topics: tuple[WaitingTopic, ...]
    people: tuple[WaitingPerson, ...]
    unanswered: Figure
    unheard_voices: Figure
    unheard_posts: Figure


def debuts(everybody: Population) -> Table:
    """Everybody's first post on the forum, asked for or not: `debutant`, `post`, `topic`, `number`, `at`, `chosen`."""
    return everybody.keep("debuts", lambda: first_posts(everybody))


def first_posts(everybody: Population) -> Table:
    """As `debuts`."""
    posts = everybody.posts.filter(everybody.posts["counted"])
    first = first_of(posts.select("person", at="created", post="id"), "person").select("post", "at")
    return first.inner_join(posts, first["post"] == posts["id"]).select(
        "topic", "number", "chosen", "post", "at", "opener", debutant="person"
    )


def aside(everybody: Population, window: Window) -> Aside:
    """Topics of the window that have waited longer than the horizon, and people nobody responded to.

    A response to a person: a reply to, a quote of, or a like for any of their posts in the window, or a mention of them
    since the first of these. Who wrote nothing that is older than the horizon has not waited yet, and is not judged.
    """
    judged, unheard = people_left(everybody, window)
    late, old = topics_left(everybody, window)
    return Aside(
        late,
        unheard,
        share("unanswered", len(late), old[0], old[1]),
        share("unheard-voices", len(unheard), judged, judged),
        unheard_posts(everybody, window),
    )


def share(key: str, part: int, whole: int, people: int) -> Figure:
    """A share with its interval."""
    found = wilson(part, whole)
    return nothing(key) if found.value is None else Figure(key, found.value, found.low, found.high, whole, people)


def old_topics(everybody: Population, window: Window) -> Table:
    """The topics of the window that are older than the horizon, as `asked` has them."""
    topics = asked(everybody, window)
    return topics.filter(topics["created"] <= everybody.seen - everybody.settings.horizon)


def topics_left(everybody: Population, window: Window) -> tuple[tuple[WaitingTopic, ...], tuple[int, int]]:
    """The topics older than the horizon that have no answer; and how many are that old, by how many people."""
    topics = old_topics(everybody, window)
    sizes = one(topics.aggregate(n=topics.count(), people=topics["person"].nunique()))
    left = topics.filter(topics["at"].isnull())
    facts, people, first = everybody.topics, everybody.people, debuts(everybody)
    joined = left.inner_join(
        facts.select(id="id", title="title", slug="slug", closed="closed"), left["topic"] == facts["id"]
    )
    joined = joined.left_join(people.select(human="id", username="username"), joined["person"] == people["id"])
    joined = joined.left_join(first.select(debutant="debutant", began="at"), joined["person"] == first["debutant"])
    found = rows(joined.select("topic", "title", "person", "username", "created", "closed", "began"), "topic")
    everyone = [
        WaitingTopic(
            topic=int(topic),
            title=str(title),
            url=f"{everybody.source.url}/t/-/{topic}",
            person=int(person),
            username=name or "",
            newcomer=bool(window.since <= began < window.until),
            opened=int(created),
            hours=(everybody.seen - int(created)) / HOUR,
            closed=bool(closed),
        )
        for topic, title, person, name, created, closed, began in zip(*found.values(), strict=True)
    ]
    ordered = sorted(everyone, key=lambda topic: (not topic.newcomer, topic.opened, topic.topic))
    return tuple(ordered), (sizes["n"], sizes["people"])


def heard(everybody: Population, window: Window) -> Table:
    """The posts of the window that got a reply, a quote or a like by another human: a column `target`."""
    written = everybody.written(window).select("id")

    def make() -> Table:
        found = (responses(everybody).select("target"), likes(everybody).select("target"), liked_by_somebody(everybody))
        # Of all that was ever answered or liked, only what the window has: it may be a millionth.
        return ibis.union(*(one.semi_join(written, one["target"] == written["id"]) for one in found), distinct=True)

    return everybody.keep(f"heard {window.since} {window.until}", make)


def unheard_people(everybody: Population, window: Window) -> tuple[Table, Table]:
    """Who has waited long enough to be judged, and those of them to whom nobody responded: `who`, `posts`, `oldest`."""
    written, got, names = everybody.written(window), heard(everybody, window), mentions(everybody)
    marked = written.left_join(got, written["id"] == got["target"])
    voices = marked.group_by(who="person").aggregate(
        posts=marked.count(), oldest=marked["created"].min(), heard=marked["target"].count()
    )
    judged = voices.filter(voices["oldest"] <= everybody.seen - everybody.settings.horizon)
    quiet = judged.filter(judged["heard"] == 0)
    called = quiet.inner_join(names, (quiet["who"] == names["to"]) & (names["at"] >= quiet["oldest"])).select("who")
    return judged, quiet.anti_join(called, quiet["who"] == called["who"])


def people_left(everybody: Population, window: Window) -> tuple[int, tuple[WaitingPerson, ...]]:
    """How many people have waited long enough to be judged, and those of them to whom nobody responded."""
    written, (judged, quiet) = everybody.written(window), unheard_people(everybody, window)
    order = ibis.window(group_by=written["person"], order_by=[written["created"].desc(), written["id"].desc()])
    ranked = written.mutate(rank=ibis.row_number().over(order))
    last = ranked.filter(ranked["rank"] == 0).select(author="person", topic="topic", number="number", last="created")
    people, first = everybody.people, debuts(everybody)
    joined = quiet.inner_join(last, quiet["who"] == last["author"])
    joined = joined.left_join(people.select(human="id", username="username"), joined["who"] == people["id"])
    joined = joined.left_join(first.select(debutant="debutant", began="at"), joined["who"] == first["debutant"])
    found = rows(joined.select("who", "username", "posts", "topic", "number", "last", "began", "oldest"), "who")
    listed = [
        (
            int(oldest),
            WaitingPerson(
                person=int(who),
                username=name or "",
                newcomer=bool(window.since <= began < window.until),
                posts=int(posts),
                url=f"{everybody.source.url}/t/-/{topic}/{number}",
                last=int(latest),
                days=(everybody.seen - int(oldest)) / DAY,
            ),
        )
        for who, name, posts, topic, number, latest, began, oldest in zip(*found.values(), strict=True)
    ]
    listed.sort(key=lambda pair: (not pair[1].newcomer, pair[0], pair[1].person))
    return size(judged), tuple(person for _oldest, person in listed)


def old_posts(everybody: Population, window: Window) -> Table:
    """The posts of the window that are older than the horizon; `target` is null where nobody responded to them."""
    written, got = everybody.written(window), heard(everybody, window)
    written = written.filter(written["created"] <= everybody.seen - everybody.settings.horizon)
    return written.left_join(got, written["id"] == got["target"])


def unheard_posts(everybody: Population, window: Window) -> Figure:
    """The share of posts older than the horizon that got no reply, quote or like by another human. Unit: post."""
    marked = old_posts(everybody, window)
    sizes = one(marked.aggregate(n=marked.count(), heard=marked["target"].count(), people=marked["person"].nunique()))
    return share("unheard-posts", sizes["n"] - sizes["heard"], sizes["n"], sizes["people"])

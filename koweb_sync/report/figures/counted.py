"""Which posts and topics count in each figure, said with the same expressions that reckon it."""

from collections.abc import Mapping
from urllib.parse import quote_plus

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.population import Population, facilitators
from koweb_sync.report.engine.posts_behind import Counted
from koweb_sync.report.engine.window import Settings, Window, iso_day
from koweb_sync.report.figures.activity import posts_between, weeks
from koweb_sync.report.figures.answers import MARKS, asked
from koweb_sync.report.figures.cohorts import nth, quiet_now, whole_months
from koweb_sync.report.figures.left_aside import debuts, old_posts, old_topics, unheard_people
from koweb_sync.report.figures.newcomers import arrivals
from koweb_sync.report.figures.ties import TALK, current_groups, pairs, turns, tying
from koweb_sync.times import DAY, moment

LATER = 1000  # a cohort's number is so many times its month, plus the month in which it wrote


def of_now(everybody: Population, window: Window) -> list[Counted]:
    """What counts in the figures of a window that are not compared with the period before."""
    return [*aside(everybody, window), *staying(everybody, window), *activity(everybody, window)]


def of_both(everybody: Population, window: Window, part: str) -> list[Counted]:
    """What counts in the figures that are compared; `part`: now or before."""
    tables = {
        **answers(everybody, window),
        **newcomers(everybody, window),
        **voices(everybody, window),
        **ties(everybody, window),
    }
    searches = {
        "topics": search(everybody, "in:first", window.since, window.until, "latest_topic"),
        "posts": search(everybody, "", window.since, window.until, "latest"),
    }
    return [
        Counted(keys, "topic" if keys[0] in TOPICS else "post", table, part, searches={part: searches.get(keys[0], "")})
        for keys, table in tables.items()
    ]


TOPICS = {"topics", "answered", "answered-within-24h", "answered-within-72h", "conversations"}
Tables = Mapping[tuple[str, ...], Table]


# ---- the forum's own search


def search(everybody: Population, words: str, since: int, until: int, order: str) -> str:
    """The address of the forum's own search for the posts of some days; empty where it cannot say what was asked for.

    Discourse takes the days in UTC: `after:` from the beginning of its day on, `before:` without its day
    (`lib/search.rb`, `word_to_date`). So the days reach as far as any of them lies in the window.
    """
    where = filters(everybody.settings)
    if where is None:
        return ""
    days = f"after:{moment(since).date()} before:{moment(-(-until // DAY) * DAY).date()} order:{order}"
    asked_for = " ".join(filter(None, (words, *where, days)))
    return f"{everybody.source.url}/search?q={quote_plus(asked_for)}"


def filters(settings: Settings) -> tuple[str, ...] | None:
    """Categories and tags as Discourse's search takes them; None for several categories, which it cannot unite.

    `#parent:child` includes what is below it; tags with a comma between them are any of these.
    """
    if len(settings.categories) > 1 or any(name.isdecimal() for name in settings.categories):
        return None
    places = [f"#{':'.join(name.strip('/').split('/')[-2:])}" for name in settings.categories]
    return (*places, *([f"tags:{','.join(settings.tags)}"] if settings.tags else []))


# ---- answers, and who is left aside


def opening(topics: Table) -> Table:
    """Topics, as `asked` has them."""
    return topics.select("topic", "person", post="topic", at="created")


def written(posts: Table) -> Table:
    """Posts, as `Population.posts` has them."""
    return posts.select("topic", "person", post="id", at="created")


def answers(everybody: Population, window: Window) -> Tables:
    """The topics that were opened, those that have an answer, and those that had one in time."""
    topics = asked(everybody, window)
    waited = topics["at"] - topics["created"]
    day, three = (topics.filter(topics["at"].notnull(), waited <= mark) for mark in MARKS)
    return {
        ("topics", "median-wait", "depth"): opening(topics),
        ("answered",): opening(topics.filter(topics["at"].notnull())),
        ("answered-within-24h",): opening(day),
        ("answered-within-72h",): opening(three),
    }


def aside(everybody: Population, window: Window) -> list[Counted]:
    """The topics without an answer, what those wrote to whom nobody responded, and the posts without a response."""
    topics, posts, (_judged, quiet) = (
        old_topics(everybody, window),
        old_posts(everybody, window),
        unheard_people(everybody, window),
    )
    theirs = everybody.written(window)
    theirs = theirs.semi_join(quiet, theirs["person"] == quiet["who"])
    words = "in:first status:noreplies"
    searches = {"now": search(everybody, words, window.since, window.until, "latest_topic")}
    return [
        Counted(("unanswered",), "topic", opening(topics.filter(topics["at"].isnull())), searches=searches),
        Counted(("unheard-voices",), "post", written(theirs)),
        Counted(("unheard-posts",), "post", written(posts.filter(posts["target"].isnull()))),
    ]


# ---- newcomers


def newcomers(everybody: Population, window: Window) -> Tables:
    """The first posts of newcomers, of those who were answered and by whom; the second posts of those who came back."""
    settings, seen = everybody.settings, everybody.seen
    keep = everybody.source.keep
    here, then = keep(arrivals(everybody, window)), keep(arrivals(everybody, window.earlier(settings.return_within)))
    soon = here.filter(in_time(here, settings.horizon))
    full = then.filter(
        then["at"] + settings.return_within <= seen,
        then["again"].notnull(),
        then["again"] - then["at"] <= settings.return_within,
    )
    return {
        ("newcomers",): arriving(here),
        ("newcomers-answered",): arriving(soon),
        ("newcomers-answered-by-facilitators",): arriving(soon.filter(soon["facilitator"])),
        ("newcomers-answered-by-others",): arriving(soon.filter(~soon["facilitator"])),
        ("second-post", "second-post-difference"): returning(full),
        ("second-post-answered",): returning(full.filter(in_time(full, settings.horizon))),
        ("second-post-unanswered",): returning(full.filter(~in_time(full, settings.horizon))),
    }


def in_time(found: Table, horizon: int) -> ibis.Value:
    """Whether a newcomer was answered in time."""
    return (found["answered"].notnull() & (found["answered"] - found["at"] <= horizon)).fill_null(False)


def arriving(found: Table) -> Table:
    """Newcomers' first posts."""
    return found.select("post", "topic", "at", person="debutant")


def returning(found: Table) -> Table:
    """Newcomers' second posts."""
    return found.select(post="second", topic="elsewhere", at="again", person="debutant")


# ---- voices


def voices(everybody: Population, window: Window) -> Tables:
    """All posts; those of the people who write most, and least; those of the few who carry half."""
    posts, topics = everybody.written(window), asked(everybody, window)
    given = topics.filter(topics["by_counted"]).select("topic", "post", "at", person="by")
    keep = everybody.source.keep
    by_count = keep(ranked(posts.group_by(who="person").aggregate(n=posts.count())))
    helping = ranked(given.group_by(who="person").aggregate(n=given.count()))
    return {
        ("posts", "participants", "gini-participants", "gini-members", "effective-voices"): written(posts),
        ("top-tenth",): written(by(posts, by_count.filter(by_count["down"] * 10 < by_count["people"]))),
        ("lower-half",): written(by(posts, by_count.filter(by_count["up"] * 2 + 2 <= by_count["people"]))),
        ("absence-posts",): written(by(posts, carrying(by_count))),
        ("absence-answers",): by(given, carrying(helping)),
    }


def ranked(counts: Table) -> Table:
    """People by how much they did: `down` from the most, `up` from the least, `sum` with all before them, `all`."""
    most = [counts["n"].desc(), counts["who"]]
    least = [counts["n"], counts["who"].desc()]
    return counts.mutate(
        down=ibis.row_number().over(ibis.window(order_by=most)),
        up=ibis.row_number().over(ibis.window(order_by=least)),
        sum=counts["n"].sum().over(ibis.cumulative_window(order_by=most)).cast("int64"),
        all=counts["n"].sum().over(ibis.window()).cast("int64"),
        people=counts.count().over(ibis.window()),
    )


def carrying(counts: Table) -> Table:
    """The fewest people who together carry half."""
    return counts.filter((counts["sum"] - counts["n"]) * 2 < counts["all"])


def by(posts: Table, people: Table) -> Table:
    """What some people wrote."""
    return posts.semi_join(people, posts["person"] == people["who"])


# ---- ties


def ties(everybody: Population, window: Window) -> Tables:
    """The posts that tie people to each other, those that go both ways, and those between certain people."""
    made = everybody.source.keep(responding(everybody, window))
    helpers = facilitators(everybody).select(helper="id")
    back = pairs(everybody, window).select(one="to", other="by")
    mutual = made.semi_join(back, (made["person"] == back["one"]) & (made["to"] == back["other"]))
    # Two semi joins in a row lose one on PostgreSQL (sqlglot), so these are left joins.
    one, other = helpers.select(giving="helper"), helpers.select(getting="helper")
    marked = made.left_join(one, made["person"] == one["giving"])
    marked = marked.left_join(other, marked["to"] == other["getting"])
    none = marked["giving"].isnull() & marked["getting"].isnull()
    helped, alone = marked.filter(~none), marked.filter(none)
    return {
        ("ties", "reciprocity-by-chance", "reciprocity-beyond-chance", "holders", "together"): once(made),
        ("reciprocity",): once(mutual),
        ("facilitator-ties",): once(helped),
        ("together-without",): once(alone),
        ("across-groups",): once(apart(everybody, made)),
        ("across-categories",): written(wandering(everybody, window)),
        ("facilitator-answers",): welcomed(everybody, window, helpers),
        ("conversations",): talking(everybody, window),
    }


def responding(everybody: Population, window: Window) -> Table:
    """The posts that tie people: `post` (of `topic`, by `person`, at `at`) responds to `to`."""
    both = (one.select("post", "topic", "at", "to", person="by") for one in tying(everybody, window))
    return ibis.union(*both, distinct=True)


def once(made: Table) -> Table:
    """Each post once, to however many people it responds."""
    return made.select("post", "topic", "at", "person").distinct()


def apart(everybody: Population, made: Table) -> Table:
    """Responses between people who are in groups, and share none."""
    groups = current_groups(everybody)
    ours, theirs = groups.select(mine="person", of="group"), groups.select(other="person", its="group")
    one, two = groups.select(one="person").distinct(), groups.select(two="person").distinct()
    both = made.inner_join(one, made["person"] == one["one"]).inner_join(two, made["to"] == two["two"])
    both = both.select(*made.columns)
    inside = both.inner_join(ours, both["person"] == ours["mine"])
    inside = inside.inner_join(theirs, (inside["to"] == theirs["other"]) & (inside["of"] == theirs["its"]))
    inside = inside.select(known="person", near="to").distinct()
    return both.anti_join(inside, (both["person"] == inside["known"]) & (both["to"] == inside["near"]))


def wandering(everybody: Population, window: Window) -> Table:
    """What those wrote who wrote in more than one category."""
    posts = everybody.written(window)
    places = posts.group_by(who="person").aggregate(n=posts["category"].fill_null(-1).nunique())
    return by(posts, places.filter(places["n"] > 1))


def welcomed(everybody: Population, window: Window, helpers: Table) -> Table:
    """The first answers that facilitators gave."""
    topics = asked(everybody, window)
    given = topics.filter(topics["at"].notnull()).select("topic", "post", "at", person="by")
    return given.semi_join(helpers, given["person"] == helpers["helper"])


def talking(everybody: Population, window: Window) -> Table:
    """The topics with a conversation."""
    topics, deep = asked(everybody, window), turns(everybody, window)
    deep = deep.filter(deep["turns"] >= TALK).select(place="topic")
    return opening(topics.semi_join(deep, topics["topic"] == deep["place"]))


# ---- who stays, and how lively it is


def staying(everybody: Population, window: Window) -> list[Counted]:
    """What those wrote before who fell silent; the cohorts' first posts, and what they wrote in each later month."""
    before = everybody.written(window.before(everybody.settings.clock))
    _often, silent = quiet_now(everybody, window)
    silent = silent.select(who="person")
    names, edges = whole_months(everybody, window)
    born = debuts(everybody).select("post", "topic", "at", person="debutant")
    born = born.filter(born["at"] >= edges[0], born["at"] < edges[-1])
    born = born.mutate(nth=nth(born["at"], edges))
    posts = everybody.posts.filter(everybody.posts["created"] >= edges[0], everybody.posts["created"] < edges[-1])
    posts = posts.select("topic", "person", post="id", at="created", month=nth(posts["created"], edges))
    cohort = born.select(who="person", born="nth")
    later = posts.inner_join(cohort, posts["person"] == cohort["who"])
    later = later.filter(later["month"] > later["born"])
    later = later.select("post", "topic", "at", "person", nth=later["born"] * LATER + later["month"])
    months = range(len(names))
    pairs_of = {b * LATER + m: f"{names[b]}+{m - b}" for b in months for m in months if m > b}
    return [
        Counted(("fell-silent",), "post", written(by(before, silent))),
        Counted(("cohort-size",), "post", born, parts=dict(enumerate(names))),
        Counted(("cohort-stayed",), "post", later, parts=pairs_of),
    ]


def activity(everybody: Population, window: Window) -> list[Counted]:
    """The posts of each week."""
    edges = weeks(everybody, window)
    posts = posts_between(everybody, edges)
    names = {week: iso_day(edges[week], everybody.settings) for week in range(len(edges) - 1)}
    searches = {name: search(everybody, "", edges[week], edges[week + 1], "latest") for week, name in names.items()}
    table = posts.select("topic", "person", post="id", at="created", nth="week")
    return [Counted(("week-posts", "week-participants"), "post", table, parts=names, searches=searches)]

"""Forums that are computed by hand: every figure, to 1e-9."""

from dataclasses import replace
from math import exp, log
from pathlib import Path

import pytest

from koweb_sync.report.compute import measure_figures
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.figures import figures
from koweb_sync.report.figures.first_answers import waits
from koweb_sync.report.lists.left_aside import left_aside
from koweb_sync.report.lists.published import Bound, Counts, published
from koweb_sync.report.lists.silent_people import silent_people
from tests.report.forums import DAY, Forum, october

NEAR = 1e-9
QUICK = ReportSettings(resamples=200)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval, written out: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
    z, p = 1.959963984540054, part / whole
    middle, half = p + z * z / (2 * whole), z * (p * (1 - p) / whole + z * z / (4 * whole * whole)) ** 0.5
    return (middle - half) / (1 + z * z / whole), (middle + half) / (1 + z * z / whole)


def part(name: str) -> list[str]:
    """The figures of a part of the report."""
    return [key for key, figure in figures().items() if figure.place[0] == name]


def same(figure: Measurement, value: float, n: int, interval: tuple[float, float] | None = None) -> None:
    """A figure is what was computed."""
    assert figure.value == pytest.approx(value, rel=0, abs=NEAR), figure.key
    assert figure.n == n, figure.key
    if interval:
        assert (figure.low, figure.high) == pytest.approx(interval, rel=0, abs=NEAR), figure.key


def test_a23_first_answers(tmp_path: Path) -> None:
    # Four topics. Waits: 2 h, 30 h, 50 h; the fourth, of hour 100, still waits at hour 200: 100 h, censored.
    # Kaplan and Meier: 1 → 3/4 at 2 h → 3/4·2/3 = 1/2 at 30 h → 1/4 at 50 h, and so it stays.
    # Within 24 h: 1 - 3/4 = 1/4; within 72 h: 1 - 1/4 = 3/4; the median is the first time at which half are left: 30 h.
    forum = Forum()
    forum.people_named("ana bob cleo dan")
    for name, opened, wait in (("ana", 0, 2), ("bob", 10, 30), ("cleo", 20, 50)):
        forum.post(forum.topic(name, opened), "dan", opened + wait)
    waiting = forum.topic("ana", 100)
    forum.run(200)
    with forum.source(tmp_path) as source:
        found = measure_figures(
            population_of(source, QUICK),
            october(),
            "topics",
            "answered",
            "answered-within-24h",
            "answered-within-72h",
            "median-wait",
        )
        everybody = population_of(source, QUICK)
        left, unanswered = left_aside(everybody, october()), measure_figures(everybody, october(), "unanswered")
        curve = waits(everybody, october()).curve
    same(found["topics"], 4, 4)
    same(found["answered"], 3, 4)
    same(found["answered-within-24h"], 1 / 4, 4)
    same(found["answered-within-72h"], 3 / 4, 4)
    same(found["median-wait"], 30, 4)
    assert found["topics"].people == 3
    assert curve.hours == pytest.approx((2, 30, 50, 100), rel=0, abs=NEAR)
    assert curve.waiting == pytest.approx((3 / 4, 1 / 2, 1 / 4, 1 / 4), rel=0, abs=NEAR)
    assert [(topic.topic, topic.username, topic.hours) for topic in left.topics] == [(waiting, "ana", 100.0)]
    assert left.topics[0].url == f"https://forum.example/t/-/{waiting}"
    same(unanswered["unanswered"], 1 / 4, 4, wilson(1, 4))


def test_a23_voices(tmp_path: Path) -> None:
    # Posts: ana 6, bob 3, cleo 1; dan and eve are members and write nothing.
    # Gini among the three: Σ|a-b| over pairs = 3 + 5 + 2 = 10; 10 / (n Σ) = 10 / (3·10) = 1/3.
    # Among the five: with two zeros 10 + 2·(6+3+1) = 30; 30 / (5·10) = 3/5.
    # Entropy: -(0.6 ln 0.6 + 0.3 ln 0.3 + 0.1 ln 0.1). The top tenth is one person, 6/10; one carries half.
    # First answers: to ana's topic by bob, to cleo's by ana, to bob's by ana: ana gave 2 of 3, so one carries half.
    forum = Forum()
    forum.people_named("ana bob cleo dan eve")
    asked = forum.topic("ana", 0)
    other, third = forum.topic("cleo", 1), forum.topic("bob", 2)
    forum.post(asked, "bob", 3)
    for hour in (4, 5, 6):
        forum.post(other, "ana", hour)
    for hour in (7, 8):
        forum.post(third, "ana", hour)
    forum.post(asked, "bob", 9)
    forum.run(100)
    with forum.source(tmp_path) as source:
        found = measure_figures(
            population_of(source, QUICK),
            october(),
            "posts",
            "participants",
            "members",
            "gini-participants",
            "gini-members",
            "effective-voices",
            "top-tenth",
            "absence-posts",
            "absence-answers",
        )
    same(found["posts"], 10, 10)
    same(found["participants"], 3, 3)
    same(found["members"], 5, 5)
    same(found["gini-participants"], 1 / 3, 3)
    same(found["gini-members"], 3 / 5, 5)
    same(found["effective-voices"], exp(-(0.6 * log(0.6) + 0.3 * log(0.3) + 0.1 * log(0.1))), 3)
    same(found["top-tenth"], 0.6, 3)
    same(found["absence-posts"], 1, 3)
    same(found["absence-answers"], 1, 2)


def test_a23_newcomers(tmp_path: Path) -> None:
    # In September, long before the end of the window: four people write for the first time.
    # a and b are answered within 72 h, c after 80 h, d never. a and c write again within 30 days, b and d do not.
    # Second post: 2/4; of the answered 1/2, of the others 1/2; the difference is 0, with Newcombe's interval:
    # ±√((1/2 - l)² + (u - 1/2)²), where l and u are Wilson's for 1 of 2.
    # In October itself one newcomer, e, who is answered by a moderator after an hour.
    forum = Forum()
    forum.person("old", -300 * DAY)
    forum.people_named("a b c d e")
    forum.person("mod", moderator=1)
    forum.topic("old", -200 * DAY)
    forum.topic("mod", -200 * DAY)
    start = -10 * DAY
    asked = {name: forum.topic(name, start) for name in "abcd"}
    forum.post(asked["a"], "old", start + 5)
    forum.post(asked["b"], "old", start + 71)
    forum.post(asked["c"], "old", start + 80)
    forum.post(asked["a"], "a", start + 100)
    forum.post(asked["c"], "c", start + 29 * DAY)
    forum.post(asked["d"], "d", start + 31 * DAY)
    forum.post(forum.topic("e", 10), "mod", 11)
    forum.run(40 * DAY)
    with forum.source(tmp_path) as source:
        found = measure_figures(
            population_of(source, QUICK),
            october(),
            "newcomers",
            "newcomers-answered",
            "newcomers-answered-by-facilitators",
            "newcomers-answered-by-others",
            "second-post",
            "second-post-answered",
            "second-post-unanswered",
            "second-post-difference",
        )
    low, high = wilson(1, 2)
    same(found["newcomers"], 1, 1)
    same(found["newcomers-answered"], 1, 1, wilson(1, 1))
    same(found["newcomers-answered-by-facilitators"], 1, 1)
    same(found["newcomers-answered-by-others"], 0, 1)
    same(found["second-post"], 1 / 2, 4, wilson(2, 4))
    same(found["second-post-answered"], 1 / 2, 2, (low, high))
    same(found["second-post-unanswered"], 1 / 2, 2, (low, high))
    half = ((0.5 - low) ** 2 + (high - 0.5) ** 2) ** 0.5
    same(found["second-post-difference"], 0, 4, (-half, half))


def test_a23_ties(tmp_path: Path) -> None:
    # ana's topic: bob answers her (bob→ana), she answers him (ana→bob), he answers that; cleo answers the topic
    # (cleo→ana). Ties: bob→ana, ana→bob, cleo→ana: 3, of which 2 go both ways: 2/3. The chain ana-bob-ana-bob has
    # 3 turns; dan's topic, which he answers himself, has none: mean 3/2, one conversation of two topics.
    # ana alone links bob and cleo. ana is a moderator: she gave no first answer (bob did); all 3 ties are hers.
    # Without her, bob and cleo are apart: 1 of 2, with her 2 of 2. bob and cleo wrote in one category, ana in two.
    forum = Forum()
    forum.person("ana", moderator=1)
    forum.people_named("bob cleo dan")
    second = forum.category(2, "second")
    forum.group(7, "left", "ana bob")
    forum.group(8, "right", "cleo")
    forum.group(9, "everybody", "ana bob cleo", automatic=1)
    topic, own = forum.topic("ana", 0), forum.topic("dan", 1)
    forum.post(topic, "bob", 1)
    forum.post(topic, "ana", 2, to=2)
    forum.post(topic, "bob", 3, to=3)
    forum.post(topic, "cleo", 4)
    forum.post(own, "dan", 5, to=1)
    elsewhere = forum.topic("ana", 20, category=second, visible=1)
    forum.run(100)
    with forum.source(tmp_path) as source:
        found = measure_figures(
            population_of(source, QUICK),
            october(),
            "ties",
            "reciprocity",
            "reciprocity-by-chance",
            "depth",
            "conversations",
            "across-categories",
            "across-groups",
            "holders",
            "facilitator-answers",
            "facilitator-ties",
            "together",
            "together-without",
        )
    assert elsewhere
    same(found["ties"], 3, 3)
    same(found["reciprocity"], 2 / 3, 3)
    # By chance: the answers of ana, bob and cleo go to bob, ana, ana in one of 3! orders. bob→bob or ana→ana are no
    # ties. (ana→b, bob→a, cleo→a): 2/3, twice; (ana→a, bob→b, cleo→a): 1 tie, 0; (ana→a, bob→a, cleo→b): 0; each twice.
    same(found["reciprocity-by-chance"], 2 / 9, 3)
    same(found["depth"], 3 / 3, 3)  # the topic in the second category has no answer: (3 + 0 + 0) / 3
    same(found["conversations"], 1 / 3, 3, wilson(1, 3))
    same(found["across-categories"], 1 / 4, 4, wilson(1, 4))
    same(found["across-groups"], 1 / 3, 3, wilson(1, 3))
    same(found["holders"], 1, 3)
    same(found["facilitator-answers"], 0, 1)
    same(found["facilitator-ties"], 1, 3)
    same(found["together"], 1, 2)
    same(found["together-without"], 1 / 2, 2)


def test_a23_who_stays(tmp_path: Path) -> None:
    # First posts: a and b in August, c in September. a writes in September, c in October; b never again.
    # Cohort of August, 2 people: September 1/2, October 0/2. September, 1 person: October 1/1.
    # c wrote three posts in September and one in October; d wrote three there, in October none: silent, 1 of 2.
    # Readers in October: e's counters grew; c's too, but c wrote. So silent readers: e; all who read or wrote: e, c.
    forum = Forum()
    forum.people_named("a b c d e")
    forum.topic("a", -50 * DAY)
    forum.topic("b", -40 * DAY)
    forum.topic("a", -20 * DAY)
    forum.topic("d", -400 * DAY)
    for day in (-12, -11, -10):
        forum.topic("c", day * DAY)
        forum.topic("d", day * DAY)
    forum.topic("c", 5 * DAY)
    for name in "cde":
        forum.add("activity", person=forum.people[name], at=october().since - 1, days_visited=5, posts_read=9)
    for name in "ce":
        forum.add("activity", person=forum.people[name], at=october().since + 9, days_visited=5, posts_read=10)
    forum.run(60 * DAY)
    window = october(0, 31 * DAY)
    with forum.source(tmp_path) as source:
        everybody = population_of(source, ReportSettings(months=3))
        keys = ("cohort-size", "cohort-stayed", "silent-readers", "fell-silent")
        found, silent = measure_figures(everybody, window, *keys), silent_people(everybody, window)
    sizes = {key: one.value for key, one in found.items() if "size" in key}
    assert sizes == {"cohort-size 2026-08": 2, "cohort-size 2026-09": 1}
    same(found["cohort-stayed 2026-08+1"], 1 / 2, 2, wilson(1, 2))
    same(found["cohort-stayed 2026-08+2"], 0, 2, wilson(0, 2))
    same(found["cohort-stayed 2026-09+1"], 1, 1, wilson(1, 1))
    same(found["silent-readers"], 1 / 2, 2, wilson(1, 2))
    same(found["fell-silent"], 1 / 2, 2, wilson(1, 2))
    assert [(one.username, one.posts) for one in silent] == [("d", 3)]


def test_a23_what_we_published(tmp_path: Path) -> None:
    # ana's two posts: the first, in "x" and "y", has bob's reply after an hour, likes by bob and (after the window)
    # cleo, and an edit by cleo; bob, who publishes for us, edits too. The second, in "y": a like by bob.
    # Views: 0 before the window, 7 in it, 9 after it; the second's counters were never read.
    forum = Forum()
    forum.people_named("ana bob cleo")
    first, second = forum.topic("ana", 1, tags=("x", "y"), views=10), forum.topic("ana", 2, tags=("y",), views=4)
    forum.post(first, "bob", 2)
    forum.like(forum.first(first), "bob", 3)
    forum.like(forum.first(first), "ana", 3)  # one's own is none
    forum.like(forum.first(first), "cleo", 300)
    forum.like(forum.first(second), "bob", 3)
    for hours, views in ((-1, 0), (20, 7), (220, 9)):
        forum.add("views", topic=first, at=october(hours).since, views=views)
    for n, editor in enumerate((None, 3, 2)):
        moment = october(4 + n).since
        forum.add("post_versions", post=forum.first(first), n=n + 1, editor=editor, edited=moment, observed=moment)
    forum.run(400)
    with forum.source(tmp_path) as source:
        everybody = population_of(source, ReportSettings(ours=("Bob",)))
        found = published(everybody, october(0, 100), [Bound(first, "a.md"), Bound(second, "b.md"), Bound(9, "c.md")])
    assert [post.answered_after for post in found.posts] == [1.0, None]
    assert [post.path for post in found.posts] == ["a.md", "b.md"]
    assert found.posts[0].ever == Counts(views=10, replies=1, repliers=1, likes=2, likers=2, edits=1, editors=1)
    assert found.posts[0].here == Counts(views=7, replies=1, repliers=1, likes=1, likers=1, edits=1, editors=1)
    assert found.posts[1].here == Counts(views=None, replies=0, repliers=0, likes=1, likers=1, edits=0, editors=0)
    assert [(tag.name, tag.posts, tag.answered) for tag in found.tags] == [("x", 1, 1), ("y", 2, 1)]
    assert found.tags[1].ever == Counts(  # bob likes two: one liker
        views=14, replies=1, repliers=1, likes=3, likers=2, edits=1, editors=1
    )
    assert found.categories[0].ever == found.tags[1].ever
    assert found.missing == (Bound(9, "c.md"),)


def test_a23_same_seed_same_intervals(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("a b c d e f g")
    for n, name in enumerate("aabbcdefg"):
        topic = forum.topic(name, n)
        if n % 3:
            forum.post(topic, "abcdefg"[n % 5], n + 7 * n)
    forum.run(200)
    with forum.source(tmp_path) as source:
        keys = ("answered-within-24h", "gini-participants", "depth", "reciprocity-by-chance")
        one, two, other = (
            measure_figures(population_of(source, settings), october(), *keys)
            for settings in (QUICK, QUICK, replace(QUICK, seed=1))
        )
    assert one == two
    assert one["answered-within-24h"].low is not None
    assert one["answered-within-24h"].value == other["answered-within-24h"].value
    ends = [[(figure.low, figure.high) for figure in report.values()] for report in (one, other)]
    assert ends[0] != ends[1]


def test_a23_weeks(tmp_path: Path) -> None:
    # The window ends at day 14 and is two weeks long: weeks [0, 7) and [7, 14) lie in it. a writes at day 1, b twice at
    # day 8; the week before, [-7, 0), has one post by a; before that there is nothing, so no week either.
    forum = Forum()
    forum.people_named("a b")
    topic = forum.topic("a", -2 * DAY)
    forum.post(topic, "a", DAY)
    for hours in (0, 1):
        forum.post(topic, "b", 8 * DAY + hours)
    forum.run(20 * DAY)
    with forum.source(tmp_path) as source:
        found = measure_figures(population_of(source, QUICK), october(0, 14 * DAY), "week-posts", "week-participants")
    assert {key: (one.value, one.people) for key, one in found.items()} == {
        "week-posts 2026-09-24": (1, 1), "week-posts 2026-10-01": (1, 1), "week-posts 2026-10-08": (2, 1),
        "week-participants 2026-09-24": (1, 1), "week-participants 2026-10-01": (1, 1),
        "week-participants 2026-10-08": (1, 1),
    }  # fmt: skip


def test_a23_the_quieter_half(tmp_path: Path) -> None:
    # Posts: a 5, b 2, c 1. Half of three people, rounded down, is one: c, with 1 of 8 posts.
    forum = Forum()
    forum.people_named("a b c")
    topic = forum.topic("a", 0)
    for nth, name in enumerate("aaaabbc"):
        forum.post(topic, name, 1 + nth)
    forum.run(10 * DAY)
    with forum.source(tmp_path) as source:
        found = measure_figures(population_of(source, QUICK), october(), "lower-half")
    same(found["lower-half"], 1 / 8, 3)


def test_p220_topics_opened_by_newcomers(tmp_path: Path) -> None:
    # Four topics: new opens two, and her first post was an answer in the window; old and late wrote before it.
    # gone asked not to be counted: her topic is none of these. So 2 of 4, opened by three people.
    forum = Forum()
    forum.people_named("old new late gone")
    forum.not_counted("gone")
    forum.topic("late", -40 * DAY)
    topic = forum.topic("old", -1)
    forum.post(topic, "new", 1)
    for name in ("new", "old", "new", "late", "gone"):
        forum.topic(name, 5)
    forum.run(40 * DAY)
    with forum.source(tmp_path) as source:
        found = measure_figures(population_of(source, QUICK), october(), "topics-by-newcomers")
    same(found["topics-by-newcomers"], 2 / 4, 4, wilson(2, 4))
    assert found["topics-by-newcomers"].people == 1, "of what new opened it speaks, and of what old and late did"

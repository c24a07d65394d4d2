"""The links behind figures in words: what they lead to, and why there are none."""

from dataclasses import dataclass

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import BEFORE, NOW, Report
from koweb_sync.report.engine.posts_behind import BRIEF, MOST, PostBehind, PostsBehind, TopicBehind, behind_figure
from koweb_sync.report.figures import figures
from koweb_sync.report.page import formats, sentences, telling

# The figures that each of the five sentences speaks of.
SAID = (
    ("participants", "posts", "topics"),
    ("answered", "answered-within-72h", "median-wait"),
    ("unanswered", "unheard-voices"),
    ("newcomers", "newcomers-answered", "second-post"),
    ("absence-posts", "facilitator-answers"),
)


@dataclass(frozen=True)
class FigureLinks:
    """The links from a figure to its posts, as text. `title` says what is listed, `note` how much of it; `search` is
    the address of the forum's own search. `why`: why there is no list. `same`: the figure that lists the same posts.
    """

    title: str
    note: str
    places: tuple[tuple[TopicBehind, list[PostBehind]], ...]
    search: str
    why: str
    same: str = ""


def links_of(report: Report, key: str, part: str = "now") -> FigureLinks | None:
    """The way from a figure; None where there is no such figure. Only the first of several that share a list has it."""
    found = behind_figure(report.behind, key, part)
    if found is None:
        return None
    first = next((one for one in found.keys if telling.told(report, one)), found.keys[0])
    if key != first and found.topics:
        return FigureLinks("", "", (), "", "", first)
    return FigureLinks(title_of(found, key), note_on(found), by_topic(found), found.search, why(found))


def by_topic(found: PostsBehind) -> tuple[tuple[TopicBehind, list[PostBehind]], ...]:
    """The topics, each with those of its posts that are among the newest."""
    return tuple((topic, [post for post in found.posts if post.topic == topic.topic]) for topic in found.topics)


def title_of(found: PostsBehind, key: str) -> str:
    """What a list holds."""
    name, n, listed, every = figures()[key].words().title, found.total, len(found.topics), found.in_topics or 0
    if n is None or any(place.posts is None for place in found.topics):
        return _("“{figure}”: links to topics").format(figure=name)
    if found.unit == "topic" and listed < every:
        told = _("“{figure}”: the newest {listed} of {n} topics")
    elif found.unit == "topic":
        told = ngettext("“{figure}”: {n} topic", "“{figure}”: {n} topics", n)
    elif listed < every:
        told = _("“{figure}”: {n} posts in {every} topics; here are the newest {listed} topics")
    else:
        told = ngettext("“{figure}”: {n} post", "“{figure}”: {n} posts", n)
    numbers = {"n": formats.decimal(n), "listed": formats.decimal(listed), "every": formats.decimal(every)}
    return told.format(figure=name, **numbers)


def note_on(found: PostsBehind) -> str:
    """Which topics are not listed, where the title does not say it: older ones, and those that are not for everybody.
    How many the latter are is not said, so that nobody counts those who wait.
    """
    listed, every = len(found.topics), found.in_topics or 0
    most = MOST if found.part in (NOW, BEFORE) else BRIEF
    if listed == every or not any(place.posts is None for place in found.topics):
        return ""
    if listed == most:
        return _("The newest {n} of {all} topics.").format(n=formats.decimal(most), all=formats.decimal(every))
    told = _("Newest first, among the newest {n} topics.") if every > most else _("Newest first.")
    left_out = _(
        "Left out are topics that are not open to everybody, and those of people who wait for an answer, there or "
        "elsewhere on the forum."
    )
    return f"{told.format(n=formats.decimal(most))} {left_out}"


def unlinked(report: Report) -> tuple[str, ...]:
    """Why many figures lead to no posts: the page says it once, for all of them."""
    reasons = {one.reason for one in report.behind}
    said = {
        "people": _(
            "Where no posts are listed, they would point at single people: facilitators have them in their report."
        ),
        "pseudonyms": _("Where no posts are listed, they would tell who has which other name."),
    }
    return tuple(words for reason, words in said.items() if reason in reasons)


def greenwich() -> str:
    """Why the forum's own search may find posts of the evening or the morning before."""
    return _("In that search, days begin at midnight in Greenwich.")


def why(found: PostsBehind) -> str:
    """Why there is no list; empty where there is one, where there is nothing to list, and for what the page says once:
    its rule about small groups, and what holds of many figures.
    """
    if found.topics:
        return ""
    match found.reason:
        case "readers":
            return _("No links here: who only reads leaves no post.")
        case "accounts":
            return _("No links here: these are accounts, not posts.")
        case "people" | "pseudonyms" | "few" | "":
            return ""


def closer(report: Report) -> tuple[tuple[tuple[str, str], ...], ...]:
    """For each of the five sentences, the figures in it that say something: key and title."""
    silent = SAID[-1] if sentences.few_voices(report["participants"]) else ()
    return tuple(
        tuple((key, figures()[key].words().title) for key in keys if key not in silent and telling.told(report, key))
        for keys in SAID
    )


def cohorts(report: Report) -> tuple[tuple[str, tuple[tuple[str, FigureLinks], ...]], ...]:
    """For each cohort that may be linked: its month, and the ways to its first posts and to those of later months."""
    found = []
    for one in report.cohorts():
        parts = [("cohort-size", one.month, _("First posts"))]
        parts += [
            ("cohort-stayed", f"{one.month}+{n}", ngettext("after {n} month", "after {n} months", n).format(n=n))
            for n in range(1, len(one.stayed) + 1)
        ]
        ways = [(name, way) for key, part, name in parts if (way := links_of(report, key, part)) and way.places]
        if ways:
            found.append((one.month, tuple(ways)))
    return tuple(found)

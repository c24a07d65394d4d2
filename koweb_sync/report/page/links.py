"""The links behind figures in words: what they lead to, and why there are none."""

from dataclasses import dataclass

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.posts_behind import Behind, Place, Post, grouped, of
from koweb_sync.report.figures.definitions import definitions
from koweb_sync.report.page import formats

# The figures that each of the five sentences speaks of.
SAID = (
    ("participants", "posts", "topics"),
    ("answered-within-72h", "median-wait"),
    ("unanswered", "unheard-voices"),
    ("newcomers", "newcomers-answered", "second-post"),
    ("absence-posts", "facilitator-answers"),
)
TABLES = {
    "week-posts": "activity",
    "week-participants": "activity",
    "cohort-size": "cohorts",
    "cohort-stayed": "cohorts",
}


@dataclass(frozen=True)
class Lead:
    """The way from a figure to its posts, as text. `title` says what is listed, `note` how much of it; `search` is the
    address of the forum's own search. `why`: why there is no list. `same`: the figure that lists the same posts.
    """

    title: str
    note: str
    places: tuple[tuple[Place, list[Post]], ...]
    search: str
    why: str
    same: str = ""


def lead(report: Report, key: str, part: str = "now") -> Lead | None:
    """The way from a figure; None where there is no such figure. Only the first of several that share a list has it."""
    found = of(report.behind, key, part)
    if found is None:
        return None
    if key != found.keys[0] and found.topics:
        return Lead("", "", (), "", "", found.keys[0])
    return Lead(title(found, key), note(found), tuple(grouped(found)), found.search, why(found))


def title(found: Behind, key: str) -> str:
    """What a list holds."""
    name, n = definitions()[key].title, found.total
    if n is None or any(place.posts is None for place in found.topics):
        return _("The topics behind “{figure}”").format(figure=name)
    if found.unit == "topic":
        told = ngettext("The {n} topic behind “{figure}”", "The {n} topics behind “{figure}”", n)
    else:
        told = ngettext("The {n} post behind “{figure}”", "The {n} posts behind “{figure}”", n)
    return told.format(n=formats.decimal(n), figure=name)


def note(found: Behind) -> str:
    """How much of what counts is listed."""
    listed, all_topics = len(found.topics), found.in_topics or 0
    if not listed:
        return ""
    if any(place.posts is None for place in found.topics):
        if listed == all_topics:
            return ""
        return _(
            "Newest first, {n} of {all} topics: none that could point at somebody who waits for an answer."
        ).format(n=formats.decimal(listed), all=formats.decimal(all_topics))
    if listed < all_topics:
        return _("Newest first, {n} of {all} topics.").format(
            n=formats.decimal(listed), all=formats.decimal(all_topics)
        )
    return ""


def why(found: Behind) -> str:
    """Why there is no list; empty where there is one."""
    if found.topics:
        return ""
    match found.reason:
        case "people":
            return _("No links here: they would point at single people. Facilitators have them in their report.")
        case "few":
            return _("No links here: fewer than five people are behind it.")
        case "readers":
            return _("No links here: who only reads leaves no post.")
        case "accounts":
            return _("No links here: these are accounts, not posts.")
        case "pseudonyms":
            return _("No links here: they would tell who has which other name.")
        case "":
            return _("There is nothing here to link to.")


def closer() -> tuple[tuple[tuple[str, str], ...], ...]:
    """For each of the five sentences, the figures in it: key and title."""
    known = definitions()
    return tuple(tuple((key, known[key].title) for key in keys) for keys in SAID)


def cohorts(report: Report) -> tuple[tuple[str, tuple[tuple[str, Lead], ...]], ...]:
    """For each cohort that may be linked: its month, and the ways to its first posts and to those of later months."""
    found = []
    for one in report.staying.cohorts:
        parts = [("cohort-size", one.month, _("First posts"))]
        parts += [
            ("cohort-stayed", f"{one.month}+{n}", ngettext("after {n} month", "after {n} months", n).format(n=n))
            for n in range(1, len(one.stayed) + 1)
        ]
        ways = [(name, way) for key, part, name in parts if (way := lead(report, key, part)) and way.places]
        if ways:
            found.append((one.month, tuple(ways)))
    return tuple(found)

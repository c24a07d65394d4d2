"""What may be shared: nobody is named, and no cell speaks of fewer than five people."""

from dataclasses import replace

from koweb_sync.report.compute import DIFFERENCE, NOW, Report
from koweb_sync.report.engine.measurement import FEW, Measurement
from koweb_sync.report.engine.posts_behind import PostsBehind, behind_figure, nothing_behind
from koweb_sync.report.figures import figures
from koweb_sync.report.figures.first_answers import Curve
from koweb_sync.report.lists.left_aside import LeftAside
from koweb_sync.report.lists.published import Counts, Published, PublishedGroup, PublishedPost


def shareable(report: Report) -> Report:
    """The report for the community: without the lists of people and of their topics, small cells suppressed.

    Zero people are nobody, so a zero stays.
    """
    values = {(key, part): shared_value(report, one, part) for (key, part), one in report.values.items()}
    few = {place for place, one in values.items() if one.state == "few"}
    for key, _part in few:  # with one of them and their difference anybody knows the other
        if (key, DIFFERENCE) in values:
            values[key, DIFFERENCE] = values[key, DIFFERENCE].without_value("few")
    return replace(
        report,
        audience="community",
        values=values,
        aside=LeftAside(),
        silent=(),
        names={},
        curve=report.curve if report["topics"].people >= FEW else Curve(),
        published=shared_posts(report.published),
        behind=tuple(shared_behind(one, few) for one in report.behind),
    )


def shared_value(report: Report, one: Measurement, part: str) -> Measurement:
    """Nothing of a figure that rests on one to four people.

    A delicate one says something of those whom it counts, so they themselves have to be five.
    """
    found = behind_figure(report.behind, one.key) if part == NOW and figures()[one.key].delicate else None
    about = [one.people, found.people if found is not None and found.people is not None else 0]
    return one.without_value("few") if any(0 < people < FEW for people in about) else one


def shared_behind(found: PostsBehind, few: set[tuple[str, str]]) -> PostsBehind:
    """What is behind a figure, as everybody may see it: topics, and none that points at somebody.

    Only topics that everybody may read, where somebody was answered. No list of what single people did, or lack.
    """
    if found.reason:
        return found
    known = figures()
    if not all(key in known and known[key].may_link for key in found.keys):
        return nothing_behind(found.keys, found.part, "people", found.unit)
    if (found.people is not None and 0 < found.people < FEW) or any((key, found.part) in few for key in found.keys):
        return nothing_behind(found.keys, found.part, "few", found.unit)
    return replace(found, posts=(), topics=tuple(replace(one, posts=None) for one in found.topics if one.shared))


def shared_posts(found: Published) -> Published:
    """Only topics that whoever reads the forum may read, and groups of these alone; without what fewer than five people
    did. One person gives a first answer, so how soon it came is never told.
    """
    private = [one for one in found.posts if not one.public]
    places, tags = {one.category for one in private}, {tag for one in private for tag in one.tags}

    def post(one: PublishedPost) -> PublishedPost:
        return replace(one, ever=shared_counts(one.ever), here=shared_counts(one.here), answered_after=None)

    def group(one: PublishedGroup) -> PublishedGroup:
        told = one.answered if not one.answered or (one.ever.repliers or 0) >= FEW else None
        return replace(one, ever=shared_counts(one.ever), here=shared_counts(one.here), answered=told)

    return replace(
        found,
        posts=tuple(post(one) for one in found.posts if one.public),
        categories=tuple(group(one) for one in found.categories if one.name not in places),
        tags=tuple(group(one) for one in found.tags if one.name not in tags),
    )


def shared_counts(found: Counts) -> Counts:
    """Only what at least five people did, or nobody. Nobody knows who viewed it; less than five times, few did."""
    if found.repliers is not None and 0 < found.repliers < FEW:
        found = replace(found, replies=None, repliers=None)
    if found.likers is not None and 0 < found.likers < FEW:
        found = replace(found, likes=None, likers=None)
    if found.editors is not None and 0 < found.editors < FEW:
        found = replace(found, edits=None, editors=None)
    return replace(found, views=None) if found.views is not None and 0 < found.views < FEW else found

"""What may be shared: nobody is named, and no cell speaks of fewer than five people, nor do two of them together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from koweb_sync.report.compute import DIFFERENCE, NOW, PLAIN, Report, Values
from koweb_sync.report.engine.measurement import FEW, Measurement
from koweb_sync.report.engine.posts_behind import PostsBehind, behind_figure, nothing_behind
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures import figures
from koweb_sync.report.figures.first_answers import Curve
from koweb_sync.report.lists.left_aside import LeftAside
from koweb_sync.report.lists.published import Counts, Published, PublishedGroup, PublishedPost

Place = tuple[str, str]  # the key of a figure, and its part
DONE = (("replies", "repliers"), ("likes", "likers"), ("edits", "editors"))  # with a published post, and by how many


def shareable(report: Report) -> Report:
    """The report for the community: without the lists of people and of their topics, small cells suppressed.

    Zero people are nobody, so a zero stays.
    """
    values = {(key, part): shared_value(report, one, part) for (key, part), one in report.values.items()}
    for place in tuple(reckoned(report, values)):
        if place in values and values[place].value is not None:
            values[place] = values[place].without_value("few")
    few = {place for place, one in values.items() if one.state == "few"}
    return replace(
        report,
        audience="community",
        values=values,
        aside=LeftAside(),
        silent=(),
        gone=0,
        names={},
        curve=report.curve if report["topics"].people >= FEW else Curve(),
        published=shared_posts(report.published),
        behind=tuple(shared_behind(one, few) for one in report.behind),
    )


def reckoned(report: Report, values: Values) -> Iterator[Place]:
    """What would say what is left out: who knows the whole, or one of two and their difference, knows the other."""
    few = {place for place, one in values.items() if one.state == "few"}
    yield from ((key, DIFFERENCE) for key, _part in few)
    for figure in figures().values():
        for part in PLAIN:
            if any((key, part) in few for key in figure.parted):
                yield from ((key, time) for key in figure.parted for time in (part, DIFFERENCE))
    for window in (report.window, report.window.before(report.settings.clock)):
        yield from week_besides(report, values, window)


def week_besides(report: Report, values: Values, window: Window) -> Iterator[Place]:
    """Where weeks make up a period and some are left out: the week with the fewest posts, of those that are told. Else
    all posts less these would say what few people wrote.
    """
    begins = {name: begun for name, begun in report.begins.items() if window.since <= begun < window.until}
    if window.since not in begins.values():
        return
    weeks = {name: values["week-posts", name] for name in begins if ("week-posts", name) in values}
    told = [name for name, one in weeks.items() if one.people >= FEW]
    if told and any(one.state == "few" for one in weeks.values()):
        least = min(told, key=lambda name: weeks[name].n)
        yield from ((key, least) for key in ("week-posts", "week-participants"))


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
        ever, here = shared_counts(one.ever), shared_counts(one.here)
        return replace(one, ever=ever, here=without_rest(here, ever), answered_after=None)

    def group(one: PublishedGroup, posts: Sequence[PublishedPost]) -> PublishedGroup:
        told = one.answered if not one.answered or (one.ever.repliers or 0) >= FEW else None
        ever = without_parts(shared_counts(one.ever), [each.ever for each in posts])
        here = without_parts(shared_counts(one.here), [each.here for each in posts])
        return replace(one, ever=ever, here=without_rest(here, ever), answered=told)

    def of_category(name: str) -> list[PublishedPost]:
        return [one for one in found.posts if one.category == name]

    def tagged(name: str) -> list[PublishedPost]:
        return [one for one in found.posts if name in one.tags]

    return replace(
        found,
        posts=tuple(post(one) for one in found.posts if one.public),
        categories=tuple(group(one, of_category(one.name)) for one in found.categories if one.name not in places),
        tags=tuple(group(one, tagged(one.name)) for one in found.tags if one.name not in tags),
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


def without_rest(here: Counts, ever: Counts) -> Counts:
    """Without what was done in the window where the rest, which was done before, is so little that few did it."""
    for what, whose in DONE:
        now, always = getattr(here, what), getattr(ever, what)
        if now is not None and always is not None and 0 < always - now < FEW:
            here = replace(here, **{what: None, whose: None})
    return here


def without_parts(whole: Counts, parts: Sequence[Counts]) -> Counts:
    """What several posts got together, without what would say what few people did with some of them."""
    for what, whose in DONE:
        left_out = [n for n in (getattr(one, whose) for one in parts) if n is not None and 0 < n < FEW]
        if left_out and sum(left_out) < FEW:
            whole = replace(whole, **{what: None, whose: None})
    few_views = [one.views for one in parts if one.views is not None and 0 < one.views < FEW]
    return replace(whole, views=None) if few_views and sum(few_views) < FEW else whole

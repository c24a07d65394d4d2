"""What may be shared: nobody is named, and no cell speaks of fewer than five people."""

from dataclasses import replace

from koweb_sync.report.compute import Report, by_part
from koweb_sync.report.engine.measurement import FEW, Figure, each, nothing
from koweb_sync.report.engine.posts_behind import Behind
from koweb_sync.report.engine.posts_behind import nothing as nothing_behind
from koweb_sync.report.figures.answers import Answers, Curve
from koweb_sync.report.figures.definitions import definitions
from koweb_sync.report.figures.left_aside import Aside
from koweb_sync.report.figures.published import Counts, Published, PublishedGroup, PublishedPost


def shareable(report: Report) -> Report:
    """The report for the community: without the lists of people and of their topics, small cells suppressed.

    Zero people are nobody, so a zero stays.
    """
    shared = each(
        replace(
            report,
            audience="community",
            aside=hidden(report.aside),
            staying=replace(
                report.staying,
                silent=(),
                fell_silent=delicate(report.staying.fell_silent, len(report.staying.silent)),
            ),
            answers=replace(report.answers, curve=curve(report.answers)),
            published=published(report.published),
        ),
        without_few,
    )
    few = {(part, figure.key) for part, figure in by_part(shared) if figure.state == "few"}
    return replace(shared, behind=tuple(reachable(one, few) for one in shared.behind))


def reachable(found: Behind, few: set[tuple[str, str]]) -> Behind:
    """What is behind a figure, as everybody may see it: topics, and none that points at somebody.

    Only topics that everybody may read, where somebody was answered. No list of what single people did, or lack.
    """
    if found.reason:
        return found
    known = definitions()
    if not all(key in known and known[key].may_link for key in found.keys):
        return nothing_behind(found.keys, found.part, "people", found.unit)
    if (found.people is not None and 0 < found.people < FEW) or any((found.part, key) in few for key in found.keys):
        return nothing_behind(found.keys, found.part, "few", found.unit)
    return replace(found, posts=(), topics=tuple(replace(one, posts=None) for one in found.topics if one.shared))


def hidden(found: Aside) -> Aside:
    """Who is left aside, without names; and without a number that would be about one to four people.

    Everything else that is shared rests on at least five people. This says something delicate about those it counts,
    so they themselves have to be five.
    """
    waiting = {topic.person for topic in found.topics}
    return replace(
        found,
        topics=(),
        people=(),
        unanswered=delicate(found.unanswered, len(waiting)),
        unheard_voices=delicate(found.unheard_voices, len(found.people)),
    )


def delicate(figure: Figure, people: int) -> Figure:
    """Nothing of a figure that is about one to four people."""
    return replace(nothing(figure.key, "few"), complete=figure.complete) if 0 < people < FEW else figure


def without_few(figure: Figure) -> Figure:
    """Nothing of a figure that rests on one to four people."""
    if 0 < figure.people < FEW:
        return replace(nothing(figure.key, "few"), complete=figure.complete)
    return figure


def curve(found: Answers) -> Curve:
    """No curve of the topics of fewer than five people."""
    return found.curve if found.topics.people >= FEW else Curve((), ())


def published(found: Published) -> Published:
    """Without likes that fewer than five people gave."""

    def post(one: PublishedPost) -> PublishedPost:
        return replace(one, ever=counts(one.ever), here=counts(one.here))

    def group(one: PublishedGroup) -> PublishedGroup:
        return replace(one, ever=counts(one.ever), here=counts(one.here))

    return replace(
        found,
        posts=tuple(map(post, found.posts)),
        categories=tuple(map(group, found.categories)),
        tags=tuple(map(group, found.tags)),
    )


def counts(found: Counts) -> Counts:
    """Likes only where at least five people gave them, or nobody."""
    return found if found.likers is None or not 0 < found.likers < FEW else replace(found, likes=None, likers=None)

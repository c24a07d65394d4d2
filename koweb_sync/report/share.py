"""What may be shared: nobody is named, and no cell speaks of fewer than five people."""

from dataclasses import replace

from koweb_sync.report.answers import Answers, Curve
from koweb_sync.report.aside import Aside
from koweb_sync.report.figure import FEW, Figure, each, nothing
from koweb_sync.report.metrics import Report
from koweb_sync.report.published import Counts, Published, PublishedGroup, PublishedPost


def shareable(report: Report) -> Report:
    """The report for the community: without the lists of people and of their topics, small cells suppressed.

    Zero people are nobody, so a zero stays.
    """
    return each(
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

"""All figures of a report, as one frozen value.

What each of them means is in `definitions.py`; whom they count, in `population.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.report.engine.changes import Change, changes
from koweb_sync.report.engine.completeness import Completeness, completeness
from koweb_sync.report.engine.measurement import Figure, each, figures_in
from koweb_sync.report.engine.population import Population, population
from koweb_sync.report.engine.posts_behind import Behind, behind, nothing
from koweb_sync.report.engine.source import Source
from koweb_sync.report.engine.window import Settings, Window, iso_day
from koweb_sync.report.figures.activity import Activity, activity
from koweb_sync.report.figures.answers import Answers, answers
from koweb_sync.report.figures.cohorts import Staying, staying
from koweb_sync.report.figures.counted import of_both, of_now
from koweb_sync.report.figures.left_aside import Aside, aside
from koweb_sync.report.figures.newcomers import Newcomers, newcomers
from koweb_sync.report.figures.published import Bound, Published, published
from koweb_sync.report.figures.ties import Ties, ties
from koweb_sync.report.figures.voices import Voices, voices

SIDES = ("now", "before")
Audience = Literal["facilitators", "community"]


@dataclass(frozen=True)
class Report:
    """What there is to say about a forum in a window.

    `forum`: its address. `seen`: until when the archive knows it, in microseconds (0: the archive is empty).
    `audience`: facilitators see names; `share.shareable` makes what the community may see. `behind`: the posts behind
    each figure.
    """

    forum: str
    audience: Audience
    window: Window
    settings: Settings
    seen: int
    completeness: Completeness
    aside: Aside
    answers: Answers
    newcomers: Newcomers
    voices: Voices
    ties: Ties
    staying: Staying
    activity: Activity
    published: Published
    changes: tuple[Change, ...]
    behind: tuple[Behind, ...]


def figures(source: Source, window: Window, settings: Settings | None = None, bound: Sequence[Bound] = ()) -> Report:
    """Everything, for facilitators. `bound`: the topics of post files.

    If the archive knows that it lacks something, each figure says that it is incomplete. Raises InputError for a
    category, tag or group that the archive does not know.
    """
    settings = settings or Settings()
    everybody = population(source, settings)
    whole = completeness(source)
    parts = measured(everybody, window)
    report = Report(
        source.url,
        "facilitators",
        window,
        settings,
        everybody.seen,
        whole,
        aside(everybody, window),
        *parts,
        staying(everybody, window),
        activity(everybody, window),
        published(everybody, window, bound),
        changes(parts, measured(everybody, window.before(settings.clock))),
        (),
    )
    report = replace(report, behind=sources(everybody, report))
    return report if whole.complete else each(report, incomplete)


def measured(everybody: Population, window: Window) -> tuple[Answers, Newcomers, Voices, Ties]:
    """What is compared with the period before."""
    return (
        answers(everybody, window),
        newcomers(everybody, window),
        voices(everybody, window),
        ties(everybody, window),
    )


def by_part(report: Report) -> Iterator[tuple[str, Figure]]:
    """Every figure with the name of its part: now, before, difference; a month, a month and how many later; a week."""
    for part in (report.answers, report.aside, report.newcomers, report.voices, report.ties):
        for one in figures_in(part):
            yield "now", one
    yield "now", report.staying.silent_readers
    yield "now", report.staying.fell_silent
    for change in report.changes:
        yield "before", change.before
        yield "difference", change.difference
    for cohort in report.staying.cohorts:
        yield cohort.month, cohort.size
        for later, stayed in enumerate(cohort.stayed, 1):
            yield f"{cohort.month}+{later}", stayed
    for week in report.activity.weeks:
        for one in (week.posts, week.participants):
            yield iso_day(week.begins, report.settings), one


def sources(everybody: Population, report: Report) -> tuple[Behind, ...]:
    """What is behind each figure of a report. A difference has behind it what is behind its two sides."""
    window, left = report.window, report.aside
    waiting = {one.person for one in left.topics} | {one.person for one in left.people}
    found = behind(
        everybody,
        [
            *of_both(everybody, window, "now"),
            *of_now(everybody, window),
            *of_both(everybody, window.before(report.settings.clock), "before"),
        ],
        waiting,
    )
    wanted = {(part, figure.key) for part, figure in by_part(report)}
    bare = (
        nothing(("silent-readers",), "now", "readers"),
        *(nothing(("members",), part, "accounts") for part in SIDES),
    )
    return tuple(one for one in (*found, *bare) if any((one.part, key) in wanted for key in one.keys))


def incomplete(figure: Figure) -> Figure:
    """The figure, saying that the archive lacks something."""
    return replace(figure, complete=False)

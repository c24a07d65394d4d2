"""All figures of a report, as one frozen value.

What each of them means is in `definitions.py`; whom they count, in `population.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.report.activity import Activity, activity
from koweb_sync.report.answers import Answers, answers
from koweb_sync.report.aside import Aside, aside
from koweb_sync.report.cohorts import Staying, staying
from koweb_sync.report.compare import Change, changes
from koweb_sync.report.completeness import Completeness, completeness
from koweb_sync.report.figure import Figure, each
from koweb_sync.report.newcomers import Newcomers, newcomers
from koweb_sync.report.population import Population, population
from koweb_sync.report.published import Bound, Published, published
from koweb_sync.report.source import Source
from koweb_sync.report.ties import Ties, ties
from koweb_sync.report.voices import Voices, voices
from koweb_sync.report.window import Settings, Window

Audience = Literal["facilitators", "community"]


@dataclass(frozen=True)
class Report:
    """What there is to say about a forum in a window.

    `forum`: its address. `seen`: until when the archive knows it, in microseconds (0: the archive is empty).
    `audience`: facilitators see names; `share.shareable` makes what the community may see.
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
        changes(parts, measured(everybody, window.before())),
    )
    return report if whole.complete else each(report, incomplete)


def measured(everybody: Population, window: Window) -> tuple[Answers, Newcomers, Voices, Ties]:
    """What is compared with the period before."""
    return (
        answers(everybody, window),
        newcomers(everybody, window),
        voices(everybody, window),
        ties(everybody, window),
    )


def incomplete(figure: Figure) -> Figure:
    """The figure, saying that the archive lacks something."""
    return replace(figure, complete=False)

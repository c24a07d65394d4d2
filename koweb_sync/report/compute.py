"""A whole report, as one frozen value: every figure of the registry, the lists, and the posts behind the figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeVar

from koweb_sync.posts.titles import as_in_file
from koweb_sync.report.engine.completeness import Completeness, completeness
from koweb_sync.report.engine.differences import difference_of
from koweb_sync.report.engine.figure import Counted, Figure
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, population_of
from koweb_sync.report.engine.posts_behind import Group, PostsBehind, TopicBehind, posts_behind
from koweb_sync.report.engine.source import Source
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.report.figures import figures
from koweb_sync.report.figures.first_answers import Curve, waits
from koweb_sync.report.figures.weeks import weeks
from koweb_sync.report.lists.left_aside import LeftAside, WaitingTopic, forgotten_aside, left_aside
from koweb_sync.report.lists.published import Bound, Published, PublishedPost, published
from koweb_sync.report.lists.silent_people import SilentPerson, forgotten_silent, silent_people

Audience = Literal["facilitators", "community"]
NOW, BEFORE, DIFFERENCE = "now", "before", "difference"
Values = Mapping[tuple[str, str], Measurement]
Titled = TypeVar("Titled", TopicBehind, WaitingTopic, PublishedPost)


class Week(NamedTuple):
    """Seven days of the report's zone, from `begins` on (microseconds). `inside`: all of it lies in the window."""

    name: str
    begins: int
    inside: bool
    posts: Measurement
    participants: Measurement


class Cohort(NamedTuple):
    """The people whose first post lies in a month (2026-10, in the report's time zone).

    `size`: how many; `stayed`: for each month after it that is over, the share of them who wrote in it.
    """

    month: str
    size: Measurement
    stayed: tuple[Measurement, ...]


@dataclass(frozen=True)
class Report:
    """What there is to say about a forum in a window.

    `forum`: its address. `seen`: until when the archive knows it, in microseconds (0: the archive is empty).
    `audience`: facilitators see names; `audience.community` makes what the community may see. `values`: every
    measurement by the key of its figure and by its part: now, before, difference; a month, a month and how many later;
    a week. `curve`: how long topics wait. `begins`: of the weeks, by name. `behind`: the posts behind each figure.
    `title`: the forum's name. `names`: the names that people on the lists gave themselves, by their numbers; `places`:
    those of categories, by their slug paths. `last`: when the last post was written that everybody may read (0: nobody
    knows), in this window or not. `gone`: how many people the figures count whom `aside` and `silent` leave
    out, because they were forgotten or made anonymous.
    """

    forum: str
    audience: Audience
    window: Window
    settings: ReportSettings
    seen: int
    completeness: Completeness
    values: Values
    curve: Curve
    begins: Mapping[str, int]
    aside: LeftAside
    silent: tuple[SilentPerson, ...]
    published: Published
    behind: tuple[PostsBehind, ...]
    title: str = ""
    names: Mapping[int, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    last: int = 0
    gone: int = 0

    def __getitem__(self, key: str) -> Measurement:
        """A figure now. One that another package adds may fail to be there: nothing is known of it."""
        return self.values.get((key, NOW)) or nothing(key, "unknown")

    def compared(self) -> Iterator[tuple[Measurement, Measurement, Measurement]]:
        """The figures that are compared with the period before: now, before, and the difference."""
        for (key, part), one in self.values.items():
            if part == DIFFERENCE:
                yield self[key], self.values[key, BEFORE], one

    def series(self, key: str) -> dict[str, Measurement]:
        """The parts of a figure that has many, by name."""
        return {part: one for (name, part), one in self.values.items() if name == key and part not in PLAIN}

    def cohorts(self) -> Iterator[Cohort]:
        """The cohorts, oldest first."""
        later = self.series("cohort-stayed")
        for month, size in self.series("cohort-size").items():
            yield Cohort(month, size, tuple(one for part, one in later.items() if part.startswith(f"{month}+")))

    def weeks(self) -> Iterator[Week]:
        """The weeks, oldest first; the last one ends where the window ends."""
        people = self.series("week-participants")
        for name, posts in self.series("week-posts").items():
            begins = self.begins[name]
            yield Week(name, begins, begins >= self.window.since, posts, people[name])


PLAIN = (NOW, BEFORE, DIFFERENCE)


def compute_report(
    source: Source, window: Window, settings: ReportSettings | None = None, bound: Sequence[Bound] = ()
) -> Report:
    """Everything, for facilitators. `bound`: the topics of post files.

    If the archive knows that it lacks something, each figure says that it is incomplete. Raises InputError for a
    category, tag or group that the archive does not know.
    """
    settings = settings or ReportSettings()
    population, whole = population_of(source, settings), completeness(source)
    aside, silent = left_aside(population, window), silent_people(population, window)
    before = window.before(settings.clock)
    compared = {key: one for key, one in figures().items() if one.compared != "never"}
    groups = [*grouped(population, window, figures(), NOW), *grouped(population, before, compared, BEFORE)]
    behind = posts_behind(population, groups, set(aside.named))
    values = dict(in_order(measured(groups, population, {NOW: window, BEFORE: before})))
    if not whole.complete:
        values = {place: replace(one, complete=False) for place, one in values.items()}
    found = Report(
        source.url,
        "facilitators",
        window,
        settings,
        population.seen,
        whole,
        values,
        waits(population, window).curve,
        {week.name: week.since for week in weeks(population, window).values()},
        aside,
        silent,
        published(population, window, bound),
        tuple(one for one in behind if any((key, one.part) in values for key in one.keys)),
        # Who fell silent wrote nothing in the window, so nobody is on both kinds of lists.
        gone=forgotten_aside(population, window) + forgotten_silent(population, window),
    )
    return as_in_files(found, {one.topic: one.title for one in bound})


def as_in_files(report: Report, own: Mapping[int, str]) -> Report:
    """A report in which topics are called as their post files write them, where only spaces and signs differ. `own`:
    the titles in post files.
    """

    def titled(topics: Iterable[Titled]) -> tuple[Titled, ...]:
        return tuple(replace(one, title=as_in_file(one.title, own.get(one.topic, ""))) for one in topics)

    return replace(
        report,
        aside=replace(report.aside, topics=titled(report.aside.topics)),
        published=replace(report.published, posts=titled(report.published.posts)),
        behind=tuple(replace(one, topics=titled(one.topics)) for one in report.behind),
    )


def measure_figures(population: Population, window: Window, *keys: str) -> dict[str, Measurement]:
    """Some figures in a window, and nothing else; of a series, by `key part`."""
    found: dict[str, Measurement] = {}
    for key in keys:
        of = Counted(figures()[key], population, window)
        found |= {f"{key} {part}" if part != NOW else key: one for part, one in parts_of(of)}
    return found


def grouped(population: Population, window: Window, chosen: Mapping[str, Figure], part: str) -> list[Group]:
    """The figures by the tables that they are computed from. All figures of a table are named, also where only some
    of them are chosen.
    """
    tables: dict[object, list[Figure]] = {}
    for one in figures().values():
        tables.setdefault(one.table, []).append(one)
    return [
        Group(Counted(some[0], population, window), tuple(one.key for one in some), part)
        for some in tables.values()
        if any(one.key in chosen for one in some)
    ]


def parts_of(of: Counted) -> Iterator[tuple[str, Measurement]]:
    """The measurements of a figure, by part."""
    if of.figure.series:
        yield from of.figure.series.measure(of).items()
    else:
        yield NOW, of.figure.measure(of)


def measured(groups: Sequence[Group], population: Population, windows: Mapping[str, Window]) -> Values:
    """All measurements, each from the table of its group."""
    found: dict[tuple[str, str], Measurement] = {}
    for group in groups:
        for key in group.keys:
            figure = figures()[key]
            if group.part == NOW or figure.compared != "never":
                of = Counted(figure, population, windows[group.part], like=group.first)
                found |= {(key, group.part if part == NOW else part): one for part, one in parts_of(of)}
    for key in {key for key, part in found if part == BEFORE}:
        found[key, DIFFERENCE] = difference_of(found[key, NOW], found[key, BEFORE])
    return found


def in_order(values: Values) -> Iterator[tuple[tuple[str, str], Measurement]]:
    """The figures now, in their order; what is compared with before, and its difference; the parts of series, those
    that belong together (of a month, of a week) together.
    """
    order, parts = list(figures()), list(dict.fromkeys(part for _key, part in values if part not in PLAIN))

    def place(item: tuple[tuple[str, str], Measurement]) -> tuple[int, str, int, int]:
        (key, part), _one = item
        nth = order.index(key)
        if part == NOW:
            return 0, "", nth, 0
        if part in PLAIN:
            return 1, "", nth, PLAIN.index(part)
        chart = figures()[key].chart
        first = min(order.index(one.key) for one in figures().values() if one.chart == chart) if chart else nth
        return 2 + first, part.partition("+")[0], nth, parts.index(part)

    yield from sorted(values.items(), key=place)

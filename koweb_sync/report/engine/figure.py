"""A figure that describes itself: what it means, the table behind it, and the number that comes of that table.

    FIGURES = Figures(Figure(
        key="quick-answers",
        words=lambda: Words(_("Quick answers"), _("The share of topics answered within an hour."), topics_there()),
        unit="topic", kind="share", listed="topics", may_link=True, order=500,
        table=answered_at_once, measure=share_of_rows,
    ))

    def answered_at_once(population: Population, window: Window) -> Table:
        topics = topics_with_answers(population, window)
        return query(f"SELECT t.*, answered - moment < {HOUR} AS counts FROM {topics} AS t")

Days and weeks are those of the report's zone, which no engine knows: `figures.weeks` shows how they are made.
The posts behind it, its number, its definition on the page, its row in the table and its value in JSON all follow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Self

from koweb_sync.i18n import _
from koweb_sync.report.engine.measurement import Measurement, exact, nothing, share
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window

Kind = Literal["count", "share", "points", "hours", "ratio", "mean"]
Listed = Literal["topics", "posts", "readers", "accounts"]
MORE = "more"  # the part of the JSON report that holds all figures which name no other


class Words(NamedTuple):
    """What people read about a figure, in the active language."""

    title: str
    definition: str
    population: str


class Sums(NamedTuple):
    """How many rows a table has, of how many people; how many of them count, in how many topics, of how many people."""

    rows: int = 0
    people: int = 0
    counting: int = 0
    topics: int = 0
    counting_people: int = 0


class Part(NamedTuple):
    """One of the times that a series has: its name, and from when to when."""

    name: str
    since: int
    until: int


def unmeasured(of: "Counted") -> Measurement:
    """The measure of a figure that has many: they are measured one by one."""
    return nothing(of.key)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure. `key` names it everywhere, in JSON and in links.

    `table`: what the number is computed from, within a window, as `source.query`: a row for each thing that it rests
    on, with `person`, `post`, `topic` and `moment` (microseconds); in a table of topics, `post` is the topic's number.
    If there is a column `counts`, only rows in which it is true count, and are listed behind the figure. A table of
    ties has a row for each person, `whom`, that a post responds to. Figures of one and the same `table` share a list.
    `measure` makes the number of it.

    `unit`: what it counts (topic, post, person, tie, hour); `rests_on`: what its `n` counts, if that is something else.
    `kind`: how it is written. `source`: where the measure comes from; empty for a plain count.
    `may_link`: whether a report for everybody may link the posts behind it. False where such a list points at single
    people: who waits, who is new, who writes much or little, who helps. Each figure says it: there is no default.
    `delicate`: it says something delicate of those whom it counts, so that they themselves have to be five.
    `listed`: what is listed behind it; readers and accounts leave no post. `search`: the words and the order of the
    forum's own search for the same. `compared`: with the period before, always, where it changed clearly, or never.
    `order`: its place among the figures, lowest first. `data`: its place in JSON, “part.name”.
    `series`: it has a value for each of many parts; `chart`: the picture whose table shows them.
    `parted`: the two figures of which it is the difference. `deeper`: it is shown to who unfolds more.
    """

    key: str
    words: Callable[[], Words]
    unit: str
    kind: Kind
    table: Callable[[Population, Window], Table]
    may_link: bool
    measure: Callable[["Counted"], Measurement] = unmeasured
    rests_on: str = ""
    source: str = ""
    delicate: bool = False
    listed: Listed = "posts"
    search: tuple[str, str] | None = None
    compared: Literal["always", "clear", "never"] = "clear"
    order: int = 1000
    data: str = ""
    series: "Series | None" = None
    chart: str = ""
    parted: tuple[str, str] | tuple[()] = ()
    deeper: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """Its part of the JSON report, and its name there."""
        part, _dot, name = (self.data or f"{MORE}.{self.key}").partition(".")
        return part, name


class Figures(tuple[Figure, ...]):
    """One figure, or several that are one computation: what a module of figures, or an entry point, gives."""

    def __new__(cls, *figures: Figure) -> Self:
        """Of these figures."""
        return super().__new__(cls, figures)


@dataclass(frozen=True)
class Series:
    """The parts of a figure that has many, by the numbers that the table has in `nth`; and their measurements, by name.

    Names that begin alike up to a “+” belong together: 2026-10, and 2026-10+1 for the month after.
    """

    parts: Callable[[Population, Window], Mapping[int, Part]]
    measure: Callable[["Counted"], Mapping[str, Measurement]]


class Counted:
    """What a figure is computed from: its table within a window, and sums of it. `key`: of the figure."""

    def __init__(self, figure: Figure, population: Population, window: Window, like: "Counted | None" = None) -> None:
        self.figure, self.population, self.window = figure, population, window
        self.key: str = figure.key
        self.table: Table = like.table if like else figure.table(population, window)
        self.parts: Mapping[int, Part] = figure.series.parts(population, window) if figure.series else {}
        self.known: dict[int, Sums] = like.known if like else {}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of its table."""
        return self.population.source.columns(self.table)

    @property
    def partial(self) -> bool:
        """Whether only some of its rows count."""
        return "counts" in self.columns

    @cached_property
    def rows(self) -> Table:
        """The table in the shape that all have: numbers `label`, `post`, `topic`, `moment`, `person`; and `counts`."""
        numbers = (
            f"{column if column in self.columns else 'CAST(0 AS BIGINT)'} AS {name}"
            for name, column in (("label", "nth"), ("post", "post"), ("topic", "topic"), ("moment", "moment"))
        )
        counts = "coalesce(counts, FALSE)" if self.partial else "TRUE"
        once = "DISTINCT" if "whom" in self.columns else ""
        return query(f"SELECT {once} {', '.join(numbers)}, person, {counts} AS counts FROM {self.table} AS t")

    @staticmethod
    def sums_of(table: Table) -> str:
        """The query for the sums of `rows`, one row for each part: `label`, and what `Sums` has."""
        return f"""
            SELECT label, count(*), count(DISTINCT person), count(*) FILTER (WHERE counts),
                count(DISTINCT topic) FILTER (WHERE counts), count(DISTINCT person) FILTER (WHERE counts)
            FROM {table} AS t GROUP BY label"""

    def sums(self, label: int = 0) -> Sums:
        """The sums of a part."""
        if not self.known:
            for nth, *numbers in self.population.source.rows(self.sums_of(self.rows)):
                self.known[nth] = Sums(*numbers)
            self.known.setdefault(0, Sums())
        return self.known.get(label, Sums())


def marked(table: Table, people: Table) -> Table:
    """A table in which the rows of some people count: `people` has each of them once, as `who`."""
    return query(
        f"SELECT t.*, w.who IS NOT NULL AS counts FROM {table} AS t"
        f" LEFT JOIN (SELECT who FROM {people} AS p) AS w ON w.who = t.person"
    )


def fewer_side(counting: int, people: int) -> int:
    """Of so many people, some of whom count: how many of the one or the other sort there are, whichever are fewer.
    Who knows what all did and what some did knows what the others did. Nobody is no sort.
    """
    return min((side for side in (counting, people - counting) if side), default=0)


# ---- numbers that come of the sums alone


def count_of_rows(of: Counted) -> Measurement:
    """How many rows count."""
    sums = of.sums()
    return exact(of.key, sums.counting, sums.rows, sums.people)


def count_of_people(of: Counted) -> Measurement:
    """How many people have rows that count."""
    sums = of.sums()
    return exact(of.key, sums.counting_people, sums.people, sums.people)


def fewest_people(of: Counted) -> Measurement:
    """As `count_of_people`, of people of whom it says that they did much; where there is nobody, there is nothing to
    measure.
    """
    sums = of.sums()
    if not sums.people:
        return nothing(of.key)
    return exact(of.key, sums.counting_people, sums.people, fewer_side(sums.counting_people, sums.people))


def share_of_rows(of: Counted) -> Measurement:
    """The share of rows that count, with Wilson's interval."""
    sums = of.sums()
    return share(of.key, sums.counting, sums.rows, sums.people)


def share_by_some(of: Counted) -> Measurement:
    """As `share_of_rows`, of rows that count because of who made them: it says what these people did."""
    sums = of.sums()
    return share(of.key, sums.counting, sums.rows, fewer_side(sums.counting_people, sums.people))


def share_of_people(of: Counted) -> Measurement:
    """The share of people who have rows that count, with Wilson's interval."""
    sums = of.sums()
    return share(of.key, sums.counting_people, sums.people, sums.people)


# ---- whom and what figures speak of


def topics_there() -> str:
    """The population of figures about topics."""
    return _(
        "Topics that people opened in the window; no bots, no descriptions of categories, nothing deleted or hidden."
    )


def people_there() -> str:
    """The population of figures about people."""
    return _("People who wrote in the window; no bots, and nobody who asked not to be counted.")


def posts_there() -> str:
    """The population of figures about posts."""
    return _("Posts written in the window; none by bots, and none by people who asked not to be counted.")


def ties_there() -> str:
    """The population of figures about ties."""
    return _("Pairs of people of whom one replied to, quoted or mentioned the other in the window.")

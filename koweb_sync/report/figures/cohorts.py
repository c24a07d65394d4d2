"""Who stays: cohorts by the month of their first post, people who only read, people who fell silent."""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import ibis
from ibis.expr.types import Table

from koweb_sync.report.engine.measurement import Figure, count, nothing
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import rows, size
from koweb_sync.report.engine.window import Window, months
from koweb_sync.report.figures.left_aside import debuts, share


@dataclass(frozen=True)
class Cohort:
    """The people whose first post lies in a month (2026-10, in the report's time zone).

    `size`: how many; `stayed`: for each month after it that is over, the share of them who wrote in it.
    """

    month: str
    size: Figure
    stayed: tuple[Figure, ...]


@dataclass(frozen=True)
class Staying:
    """Cohorts, oldest first; silent readers; and those who fell silent, whom only facilitators may see."""

    cohorts: tuple[Cohort, ...]
    silent_readers: Figure
    fell_silent: Figure
    silent: tuple["Silent", ...]


@dataclass(frozen=True)
class Silent:
    """Somebody who wrote often in the period before, and not in this one. `last` is the time of their last post."""

    person: int
    username: str
    posts: int
    last: int


def staying(everybody: Population, window: Window) -> Staying:
    """Who stays, who only reads, and who fell silent."""
    figure, silent = fell_silent(everybody, window)
    return Staying(cohorts(everybody, window), silent_readers(everybody, window), figure, silent)


# ---- cohorts


def cohorts(everybody: Population, window: Window) -> tuple[Cohort, ...]:
    """Of the people whose first post lies in a month, how many wrote in each month after it.

    Unit: person; the months are whole ones that ended by the end of the window, and that the archive knows whole.
    First posts anywhere on the forum; what they wrote later, anywhere. Wilson's intervals.
    """
    settings = everybody.settings
    names, edges = whole_months(everybody, window)
    first, posts = debuts(everybody), everybody.posts
    born = first.select(who="debutant", born=nth(first["at"], edges))
    alive = posts.select("person", month=nth(posts["created"], edges)).distinct()
    joined = alive.inner_join(born, alive["person"] == born["who"])
    inside = joined.filter(joined["born"] >= 0, joined["born"] < settings.months, joined["month"] < settings.months)
    found = rows(inside.group_by("born", "month").aggregate(n=inside["person"].nunique()), "born", "month")
    sizes = {(int(b), int(m)): int(n) for b, m, n in zip(found["born"], found["month"], found["n"], strict=True)}
    return tuple(
        Cohort(
            name,
            count("cohort-size", people),
            tuple(
                share("cohort-stayed", sizes.get((birth, later), 0), people, people)
                for later in range(birth + 1, len(names))
            ),
        )
        for birth, name in enumerate(names)
        if (people := sizes.get((birth, birth), 0))
    )


def whole_months(everybody: Population, window: Window) -> tuple[list[str], list[int]]:
    """The months of the cohorts, oldest first: their names, and their edges, one more than there are months."""
    settings = everybody.settings
    whole = months(min(window.until, everybody.seen or window.until), settings.months, settings.clock)
    return [name for name, _first, _last in whole], [first for _name, first, _last in whole] + [whole[-1][2]]


def nth(time: Any, edges: list[int]) -> Any:
    """In which of the months between some edges a time lies: 0, 1…; -1 before them all."""
    return reduce(add, [ibis.ifelse(time >= edge, 1, 0).cast("int64") for edge in edges]) - 1


# ---- silence


def silent_readers(everybody: Population, window: Window) -> Figure:
    """The share of people who read in the window and wrote nothing in it, of all who read or wrote.

    From the counters that Discourse shows of people (days visited, posts read), whose growth the archive keeps day by
    day. Whoever has no counter is known only by what they write. Unknown where the archive holds no counters.
    """
    counters, people = everybody.source["activity"], everybody.people
    until = counters.filter(counters["at"] < window.until)
    # Counters that were seen once tell what people did since the forum began, not what they did in the window.
    if not size(until.filter(until["at"] >= window.since)) or size(until.select(when="at").distinct()) < 2:
        return nothing("silent-readers", "unknown")
    readers = grown(until, window)
    counted = people.filter(people["counted"]).select(known="id")
    readers = readers.semi_join(counted, readers["who"] == counted["known"])
    written = everybody.posts
    written = written.filter(written["counted"], written["created"] >= window.since, written["created"] < window.until)
    writers = written.select(writer="person").distinct()
    joined = readers.left_join(writers, readers["who"] == writers["writer"])
    silent = size(joined.filter(joined["writer"].isnull()))
    n = silent + size(writers)
    return share("silent-readers", silent, n, n)


def grown(counters: Table, window: Window) -> Table:
    """Whose counters grew within the window: `who`. What lies before the first counter that we have is not known."""
    before = counters.filter(counters["at"] < window.since)
    start = before.group_by(old="person").aggregate(days=before["days_visited"].max(), read=before["posts_read"].max())
    here = counters.filter(counters["at"] >= window.since)
    change = here.group_by(who="person").aggregate(
        low_days=here["days_visited"].min(),
        days_now=here["days_visited"].max(),
        low_read=here["posts_read"].min(),
        read_now=here["posts_read"].max(),
    )
    joined = change.left_join(start, change["who"] == start["old"])
    more_days = joined["days_now"] > joined["days"].fill_null(joined["low_days"])
    more_read = joined["read_now"] > joined["read"].fill_null(joined["low_read"])
    return joined.filter(more_days | more_read).select("who")


def quiet_now(everybody: Population, window: Window) -> tuple[Table, Table]:
    """Who wrote often in the period before, and those of them who are silent in this one: `person`, `posts`, `last`."""
    before, posts = everybody.written(window.before(everybody.settings.clock)), everybody.posts
    often = before.group_by("person").aggregate(posts=before.count(), last=before["created"].max())
    often = often.filter(often["posts"] >= everybody.settings.settled)
    here = posts.filter(posts["created"] >= window.since, posts["created"] < window.until)
    return often, often.anti_join(here, often["person"] == here["person"])


def fell_silent(everybody: Population, window: Window) -> tuple[Figure, tuple[Silent, ...]]:
    """Of those who wrote often in the period before (`Settings.settled` posts), who wrote nothing in this one.

    Unit: person. Wilson's interval. The list is in the order of who spoke last.
    """
    (often, silent), people = quiet_now(everybody, window), everybody.people
    n = size(often)
    joined = silent.left_join(people.select(human="id", username="username"), silent["person"] == people["id"])
    found = rows(joined.select("person", "username", "posts", "last"), "last", "person")
    listed = tuple(
        Silent(int(person), name or "", int(posts), int(last))
        for person, name, posts, last in zip(*found.values(), strict=True)
    )
    return share("fell-silent", len(listed), n, n), listed[::-1]

"""The share of people who read and wrote nothing, of all who read or wrote.

From the counters that Discourse shows of people (days visited, posts read), whose growth the archive keeps day by day.
Whoever has no counter is known only by what they write.
"""

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows
from koweb_sync.report.engine.measurement import Measurement, nothing
from koweb_sync.report.engine.population import Population, within
from koweb_sync.report.engine.source import size
from koweb_sync.report.engine.window import Window


def readers_and_writers(population: Population, window: Window) -> Table:
    """Who read or wrote in a window; those who only read count."""
    people, posts, counters = population.people, population.posts, population.source["activity"]
    counted = people.filter(people["counted"]).select(known="id")
    readers = grown(counters.filter(counters["at"] < window.until), window)
    readers = readers.semi_join(counted, readers["who"] == counted["known"])
    writers = posts.filter(posts["counted"], within(posts["created"], window)).select(writer="person").distinct()
    # An anti join after a semi join is no SQL that PostgreSQL reads (sqlglot), so this is a left join.
    joined = readers.left_join(writers, readers["who"] == writers["writer"])
    silent = joined.filter(joined["writer"].isnull())
    return ibis.union(
        silent.select(person="who", counts=ibis.literal(True)),
        writers.select(person="writer", counts=ibis.literal(False)),
    )


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


def share_of_silent_readers(of: Counted) -> Measurement:
    """The share; unknown where the archive holds no counters.

    Counters that were seen once tell what people did since the forum began, not what they did in the window.
    """
    counters = of.population.source["activity"]
    until = counters.filter(counters["at"] < of.window.until)
    if not size(until.filter(until["at"] >= of.window.since)) or size(until.select(when="at").distinct()) < 2:
        return nothing(of.key, "unknown")
    return share_of_rows(of)


FIGURES = Figures(
    Figure(
        key="silent-readers",
        words=lambda: Words(
            _("Silent readers"),
            _("Of the people who read or wrote, the share who only read."),
            _("People who wrote in the window, or whose reading counters grew."),
        ),
        unit="person",
        kind="share",
        may_link=True,
        listed="readers",
        compared="never",
        order=400,
        data="staying.silent_readers",
        table=readers_and_writers,
        measure=share_of_silent_readers,
    ),
)

"""How many members there are: accounts in use at the end of the window, and whoever took part without one."""

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, count_of_rows
from koweb_sync.report.engine.population import Population, accounts, once
from koweb_sync.report.engine.source import size
from koweb_sync.report.engine.window import Window


def everybody_there() -> str:
    """The population of figures about members."""
    return _("All members, also those who wrote nothing.")


def members(population: Population, window: Window) -> Table:
    """The members, as `person`."""
    people, written = population.people, population.written(window)
    guests = people.filter(~people["member"] | (people["created"].fill_null(0) >= window.until))
    guests = guests.semi_join(written, guests["id"] == written["person"])
    return ibis.union(accounts(population, window.until).select(person="id"), guests.select(person="id"))


@once
def number_of_members(population: Population, window: Window) -> int:
    """How many they are."""
    return size(members(population, window))


FIGURES = Figures(
    Figure(
        key="members",
        words=lambda: Words(
            _("Members"), _("How many accounts in use there were at the end of the window."), everybody_there()
        ),
        unit="person",
        kind="count",
        may_link=True,
        listed="accounts",
        order=190,
        data="voices.members",
        table=members,
        measure=count_of_rows,
    ),
)

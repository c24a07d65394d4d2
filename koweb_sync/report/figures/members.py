"""How many members there are: accounts in use at the end of the window, and whoever took part without one."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Figure, Figures, Words, count_of_rows
from koweb_sync.report.engine.population import Population, accounts, once
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def everybody_there() -> str:
    """The population of figures about members."""
    return _("All members, also those who wrote nothing.")


def members(population: Population, window: Window) -> Table:
    """The members, as `person`."""
    written = population.written(window)
    return query(f"""
        SELECT id AS person FROM {accounts(population, window.until)} AS a
        UNION ALL
        SELECT id FROM {population.people} AS h
        WHERE NOT (member AND coalesce(created, 0) < {window.until}) AND id IN (SELECT person FROM {written} AS w)""")


@once
def number_of_members(population: Population, window: Window) -> int:
    """How many they are."""
    return population.source.number(f"SELECT count(*) FROM {members(population, window)} AS m")


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

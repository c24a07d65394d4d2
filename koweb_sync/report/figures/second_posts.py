"""Whether newcomers write again within 30 days, and whether those who were answered do so more often.

The difference is an association, not an effect: who is answered may differ from who is not in much else.
"""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows
from koweb_sync.report.engine.measurement import Measurement, difference, estimate, wilson
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.newcomers import arrivals


def earlier_newcomers() -> str:
    """The population of figures about second posts."""
    return _("People who had 30 days after their first post, which ended in the window.")


def returning(population: Population, window: Window) -> Table:
    """The newcomers whose time to come back (`ReportSettings.return_within`) ended in the window, so that all had
    the same time, with their second post: those who wrote it in that time count. `soon`: whether answers came in time.
    """
    time = population.settings.return_within
    return query(f"""
        SELECT person, next_post AS post, elsewhere AS topic, again AS moment, soon,
            coalesce(again - moment <= {time}, FALSE) AS counts
        FROM {arrivals(population, window.earlier(time))} AS a WHERE moment + {time} <= {population.seen}""")


def after_an_answer(population: Population, window: Window) -> Table:
    """The newcomers who were answered in time; those who wrote again count."""
    return query(f"SELECT * FROM {returning(population, window)} AS r WHERE soon")


def without_an_answer(population: Population, window: Window) -> Table:
    """The newcomers who were not answered in time; those who wrote again count."""
    return query(f"SELECT * FROM {returning(population, window)} AS r WHERE NOT soon")


def difference_of_shares(of: Counted) -> Measurement:
    """The share that wrote again of those who were answered, less that of the others, with Newcombe's interval."""
    found = of.population.source.rows(
        f"SELECT soon, count(*) FILTER (WHERE counts), count(*) FROM {of.table} AS r GROUP BY soon"
    )
    groups = {bool(soon): (back, n) for soon, back, n in found}
    answered, others = groups.get(True, (0, 0)), groups.get(False, (0, 0))
    apart = difference(wilson(*answered), wilson(*others))
    return estimate(of.key, apart, answered[1] + others[1], min(answered[1], others[1]))


FIGURES = Figures(
    Figure(
        key="second-post",
        words=lambda: Words(
            _("Second post"), _("The share of newcomers who wrote again within 30 days."), earlier_newcomers()
        ),
        unit="person",
        kind="share",
        may_link=False,
        compared="always",
        order=130,
        data="newcomers.back",
        table=returning,
        measure=share_of_rows,
    ),
    Figure(
        key="second-post-answered",
        words=lambda: Words(
            _("Second post, answered"),
            _("Of the newcomers who were answered, the share who wrote again within 30 days."),
            _("People who had 30 days after their first post, which ended in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=140,
        data="newcomers.back_answered",
        table=after_an_answer,
        measure=share_of_rows,
    ),
    Figure(
        key="second-post-unanswered",
        words=lambda: Words(
            _("Second post, not answered"),
            _("Of the newcomers who were not answered, the share who wrote again within 30 days."),
            _("People who had 30 days after their first post, which ended in the window."),
        ),
        unit="person",
        kind="share",
        may_link=False,
        order=150,
        data="newcomers.back_unanswered",
        table=without_an_answer,
        measure=share_of_rows,
    ),
    Figure(
        key="second-post-difference",
        words=lambda: Words(
            _("Second post: answered or not"),
            _("The share of newcomers who wrote again after an answer, less that without one: it proves no effect."),
            earlier_newcomers(),
        ),
        unit="person",
        kind="points",
        parted=("second-post-answered", "second-post-unanswered"),
        source="Newcombe 1998",
        may_link=False,
        compared="never",
        order=160,
        data="newcomers.difference",
        table=returning,
        measure=difference_of_shares,
    ),
)

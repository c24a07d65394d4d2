"""Whether newcomers write again within 30 days, and whether those who were answered do so more often.

The difference is an association, not an effect: who is answered may differ from who is not in much else.
"""

import ibis
from ibis.expr.types import Table

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, share_of_rows
from koweb_sync.report.engine.measurement import Measurement, estimate
from koweb_sync.report.engine.population import Population
from koweb_sync.report.engine.source import rows
from koweb_sync.report.engine.statistics import difference, wilson
from koweb_sync.report.engine.window import Window
from koweb_sync.report.figures.newcomers import answered_in_time, arrivals


def earlier_newcomers() -> str:
    """The population of figures about second posts."""
    return _("People who had 30 days after their first post, which ended in the window.")


def returning(population: Population, window: Window) -> Table:
    """The newcomers whose time to come back (`ReportSettings.return_within`) ended in the window, so that all had
    the same time, with their second post: those who wrote it in that time count. `soon`: whether answers came in time.
    """
    time = population.settings.return_within
    found = arrivals(population, window.earlier(time))
    found = found.filter(found["at"] + time <= population.seen)
    return found.select(
        "person",
        post="second",
        topic="elsewhere",
        at="again",
        soon=answered_in_time(found, population.settings.horizon),
        counts=(found["again"].notnull() & (found["again"] - found["at"] <= time)).fill_null(False),
    )


def after_an_answer(population: Population, window: Window) -> Table:
    """The newcomers who were answered in time; those who wrote again count."""
    newcomers = returning(population, window)
    return newcomers.filter(newcomers["soon"])


def without_an_answer(population: Population, window: Window) -> Table:
    """The newcomers who were not answered in time; those who wrote again count."""
    newcomers = returning(population, window)
    return newcomers.filter(~newcomers["soon"])


def difference_of_shares(of: Counted) -> Measurement:
    """The share that wrote again of those who were answered, less that of the others, with Newcombe's interval."""
    table = of.table.mutate(**{name: ibis.ifelse(of.table[name], 1, 0).cast("int64") for name in ("soon", "counts")})
    found = rows(table.group_by("soon").aggregate(back=table["counts"].sum(), n=table.count()))
    groups = {soon: (back, n) for soon, back, n in zip(*(found[name].tolist() for name in found), strict=True)}
    answered, others = groups.get(1, (0, 0)), groups.get(0, (0, 0))
    apart = difference(wilson(*answered), wilson(*others))
    return estimate(of.key, apart, answered[1] + others[1], min(answered[1], others[1]))


FIGURES = Figures(
    Figure(
        key="second-post",
        words=lambda: Words(_("Second post"), _("The share who wrote again within 30 days."), earlier_newcomers()),
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
            _("Of those who were answered, the share who wrote again."),
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
            _("Of those who were not answered, the share who wrote again."),
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
            _("The difference of the two shares. It is an association, not proof of an effect."),
            earlier_newcomers(),
        ),
        unit="person",
        kind="points",
        source="Newcombe 1998",
        may_link=False,
        compared="never",
        order=160,
        data="newcomers.difference",
        table=returning,
        measure=difference_of_shares,
    ),
)

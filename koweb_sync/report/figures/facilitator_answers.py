"""The share of first answers that facilitators gave."""

from koweb_sync.i18n import _
from koweb_sync.report.engine.figure import Counted, Figure, Figures, Words, marked, topics_there
from koweb_sync.report.engine.measurement import Measurement, share
from koweb_sync.report.engine.population import Population, facilitators
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window


def first_answers_given(population: Population, window: Window) -> Table:
    """The first answers to the topics of a window; those of facilitators count."""
    given = query(
        "SELECT topic, answer AS post, answered AS moment, author AS person"
        f" FROM {topics_with_answers(population, window)} AS t WHERE answered IS NOT NULL"
    )
    return marked(given, query(f"SELECT id AS who FROM {facilitators(population)} AS f"))


def share_by_facilitators(of: Counted) -> Measurement:
    """The share. What facilitators do, everybody may know; of the others it speaks, too."""
    sums = of.sums()
    return share(of.key, sums.counting, sums.rows, sums.people - sums.counting_people or sums.people)


FIGURES = Figures(
    Figure(
        key="facilitator-answers",
        words=lambda: Words(
            _("First answers by facilitators"),
            _("The share of first answers that facilitators gave."),
            topics_there(),
        ),
        unit="topic",
        kind="share",
        may_link=False,
        order=350,
        data="ties.facilitator_answers",
        compared="always",
        table=first_answers_given,
        measure=share_by_facilitators,
    ),
)

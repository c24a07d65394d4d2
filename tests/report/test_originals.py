"""A report counts what was said: translations of it are nobody's words anew."""

from pathlib import Path

from koweb_sync.report.compute import measure_figures
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.figures import figures
from tests.report.forums import october
from tests.report.living import month


def test_every_figure_is_the_same_with_translations_of_everything(tmp_path: Path) -> None:
    plain, translated = month(people=12), month(people=12)
    for one in translated.rows["posts"]:
        for locale, person in (("en", -1), ("de", 1)):
            translated.add(
                "localisations", kind="post", id=one["id"], locale=locale, raw="x", cooked="x", person=person
            )
    for one in translated.rows["topics"]:
        translated.add("localisations", kind="topic", id=one["id"], locale="en", title="x", person=1)
    found = []
    for name, forum in (("plain", plain), ("translated", translated)):
        (tmp_path / name).mkdir()
        with forum.source(tmp_path / name) as source:
            found.append(measure_figures(population_of(source, ReportSettings(resamples=20)), october(), *figures()))
    assert found[0] == found[1]
    assert found[0]

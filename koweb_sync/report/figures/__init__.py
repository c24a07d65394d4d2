"""The figures of a report, found by the registry: one file each, or one for several that are one computation. Other
packages add theirs by the entry point `koweb.figures`.

A figure imports `engine`, and what it shares with another figure from that one's file.
"""

from functools import cache

from koweb_sync.registry import Registry
from koweb_sync.report.engine.figure import Figure, Figures

FIGURES = Registry(Figures, "koweb_sync.report.figures", "FIGURES", group="koweb.figures")


@cache
def figures() -> dict[str, Figure]:
    """All figures by their keys, in their order. Of two with one key the built-in one holds."""
    found: dict[str, Figure] = {}
    for some in FIGURES.all():
        for one in some:
            found.setdefault(one.key, one)
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))

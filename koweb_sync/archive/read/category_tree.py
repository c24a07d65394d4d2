"""Categories stand in others: which are below some, and which are above one. Pure."""

from collections.abc import Iterable, Mapping

from koweb_sync.archive.read.model import ArchivedCategory


def below(categories: Mapping[int, ArchivedCategory], tops: Iterable[int]) -> frozenset[int]:
    """Some categories, with all those that stand in them."""
    found = set(tops)
    while more := {one.id for one in categories.values() if one.parent in found} - found:
        found |= more
    return frozenset(found)


def above(categories: Mapping[int, ArchivedCategory], category: ArchivedCategory) -> list[ArchivedCategory]:
    """The categories that one stands in, the nearest first; each once, whatever an archive says."""
    found = [category]
    while (one := categories.get(found[-1].parent or 0)) is not None and one not in found:
        found.append(one)
    return found[1:]

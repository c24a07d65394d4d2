"""What a report says of a figure, and what it does not: one rule for sentences, pictures and the list of figures."""

from koweb_sync.report.compute import Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.page import formats, sentences

UNCOUNTED = (*sentences.SHARED_OUT, *sentences.ESTIMATED, "reciprocity-by-chance")  # shares that count no things


def countable(one: Measurement) -> bool:
    """Whether a share is one of things that are counted: where they are too few for a share, 5 of 9 is said."""
    if one.value is None or formats.kind(one.key) != "share" or one.key in UNCOUNTED:
        return False
    return abs(one.value * one.n - round(one.value * one.n)) < 1e-6


def in_few_counts(report: Report, key: str) -> str:
    """What is said of a share of few: 5 of 9. Empty where the figure itself says something, or nothing is said."""
    one = report[key]
    if one.value is None or sentences.says(report, key):
        return ""
    if key in sentences.ESTIMATED:
        n = sentences.counted(report, key)
        return "" if n is None else sentences.in_counts(report, one)
    if not countable(one):
        return ""
    return sentences.of_all(one)


def told(report: Report, key: str) -> bool:
    """Whether anything is said of a figure."""
    return sentences.says(report, key) or bool(in_few_counts(report, key))

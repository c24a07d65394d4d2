"""The comparison with the period before, as text. A difference is that of the two values as they stand beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from koweb_sync.i18n import _
from koweb_sync.report.compute import BEFORE, NOW, Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.figures import figures
from koweb_sync.report.page import formats, sentences
from koweb_sync.report.page.chart import Table


@dataclass(frozen=True)
class ComparedFigure:
    """A row, as text. `between`: what chance may make of the difference; `verdict`: what to make of it."""

    key: str
    title: str
    now: str
    before: str
    difference: str
    between: str
    verdict: str


def compared(report: Report) -> tuple[ComparedFigure, ...]:
    """The figures that are always compared, and the others that changed by more than chance would make. None with a
    period in which nobody wrote.
    """
    if ("posts", BEFORE) in report.values and report.values["posts", BEFORE].value == 0:
        return ()
    return tuple(
        compared_figure(report, now, before, difference)
        for now, before, difference in report.compared()
        if difference.value is not None
        and not figures()[now.key].deeper
        and all(sentences.says(report, now.key, part) for part in (NOW, BEFORE))
        and (figures()[now.key].compared == "always" or changed(apart(report, now, before), difference))
    )


def compared_figure(report: Report, now: Measurement, before: Measurement, difference: Measurement) -> ComparedFigure:
    """A row. What is estimated stands in counts, like all else that is said of it; its estimates unfold."""
    key, between = now.key, formats.changed_between(difference)
    if key in sentences.ESTIMATED and between:
        between = _("{range} (estimates: {now} now, {before} before)").format(
            now=formats.figure(now), before=formats.figure(before), range=between
        )
    return ComparedFigure(
        key=key,
        title=figures()[key].words().title,
        now=cell(report, now, NOW),
        before=cell(report, before, BEFORE),
        difference=formats.change(key, apart(report, now, before)),
        between=between,
        verdict=verdict(apart(report, now, before), difference),
    )


def cell(report: Report, one: Measurement, part: str) -> str:
    """A value; of an estimated share what was counted, and what share that is."""
    if sentences.counted_share(report, one, part) is None:
        return formats.figure(one)
    share = formats.percent(value_of(report, one, part))
    return _("{counts} ({share})").format(counts=sentences.in_counts(report, one, part), share=share)


def value_of(report: Report, one: Measurement, part: str) -> float:
    """The number in a cell, as far as it is written there."""
    share = sentences.counted_share(report, one, part)
    return formats.written(one.key, (one.value or 0.0) if share is None else share)


def apart(report: Report, now: Measurement, before: Measurement) -> float:
    """How far the numbers in the two cells are apart; exactly 0 where they are the same."""
    return value_of(report, now, NOW) - value_of(report, before, BEFORE)


def direction(apart: float, difference: Measurement) -> int:
    """Where a difference that is shown goes, up (1) or down (-1); 0 where it is none, or where chance alone could have
    made it. A count is no estimate: it is what it is.
    """
    low, high = difference.low, difference.high
    counted = formats.kind(difference.key) == "count"
    if apart > 0 and (counted or (low is not None and high is not None and low > 0)):
        return 1
    return -1 if apart < 0 and (counted or (low is not None and high is not None and high < 0)) else 0


def changed(apart: float, difference: Measurement) -> bool:
    """Whether an estimate changed by more than chance would make."""
    return difference.low is not None and direction(apart, difference) != 0


def verdict(apart: float, difference: Measurement) -> str:
    """What to make of a difference, in a word or two; `legend` explains those that do not say it themselves."""
    match direction(apart, difference):
        case 1:
            return _("longer") if timed(difference) else _("higher")
        case -1:
            return _("shorter") if timed(difference) else _("lower")
        case _:
            if not apart:
                return _("the same")
            return _("cannot tell") if difference.low is None or difference.high is None else _("perhaps chance")


def timed(one: Measurement) -> bool:
    """Whether it is a time, of which more is no rise that anybody would be glad of."""
    return formats.kind(one.key) == "hours"


def legend(rows: Iterable[ComparedFigure]) -> str:
    """How to read the table: which period it is, and what those words of its last column mean that stand there."""
    there = {one.verdict for one in rows}
    clear = (_("higher"), _("lower"), _("longer"), _("shorter"))
    sure = [_("“{title}”").format(title=word) for word in clear if word in there]
    told = [_("The period before is as long as this one and ends where this one begins.")]
    if sure:
        words = _(" or ").join(sure)
        told.append(_("Where it says {words}, the difference is certain, or nearly so.").format(words=words))
    if _("perhaps chance") in there:
        told.append(_("“Perhaps chance”: nothing can be concluded from the difference."))
    if _("cannot tell") in there:
        told.append(_("“Cannot tell”: it cannot be said whether the difference is chance."))
    return " ".join(told)


def without_interval(rows: Iterable[ComparedFigure]) -> str:
    """Why some differences are not among those that chance may move; empty where all are. The legend says the rest."""
    counted = any(formats.kind(one.key) == "count" for one in rows)
    return _("What is simply counted is exact, and is not listed here.") if counted else ""


def heads() -> tuple[str, ...]:
    """What stands above the columns."""
    return _("Figure"), _("Now"), _("Before"), _("Difference"), _("What to make of it")


def differences(rows: Sequence[ComparedFigure]) -> Table | None:
    """Between what the differences most likely lie; None where nothing is known of that."""
    found = tuple((one.title, one.between) for one in rows if one.between)
    heads = (_("Figure"), _("Difference, most likely between"))
    return Table(heads, found, note=without_interval(rows)) if found else None

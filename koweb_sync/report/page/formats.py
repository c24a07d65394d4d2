"""Numbers, names, times and figures as a person reads them, in the active language."""

from collections.abc import Mapping

from koweb_sync import dates
from koweb_sync.i18n import _, active, ngettext
from koweb_sync.i18n import number as whole_number
from koweb_sync.report.engine.figure import Kind
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.window import ReportSettings, Window, clock
from koweb_sync.report.figures import figures
from koweb_sync.report.lists.left_aside import WaitingPerson, WaitingTopic
from koweb_sync.report.lists.silent_people import SilentPerson
from koweb_sync.times import DAY, HOUR

FINEST = 9  # digits behind the mark that anybody is shown


def kind(key: str) -> Kind:
    """What sort of number a figure is."""
    return figures()[key].kind


# ---- numbers


def decimal(value: float, digits: int = 1) -> str:
    """A number with at most so many digits behind the mark: 1,234.5; in French 1 234,5."""
    if not digits or float(value).is_integer():
        return whole_number(round(value)).replace("-", "−")
    text = f"{abs(value):.{digits}f}"
    before, _mark, after = text.partition(".")
    sign = "−" if value < 0 and float(text) else ""
    return f"{sign}{whole_number(int(before))}{',' if active() == 'fr' else '.'}{after}"


def percent(share: float) -> str:
    """A share: 43%. One that is not nothing is not called nothing, and one that is not all is not called all."""
    hundredth = round(share * 100)
    if share > 0 and hundredth == 0:
        return _("under 1%")
    if share < 1 and hundredth == 100:
        return _("over 99%")
    return _("{n}%").format(n=whole_number(hundredth))


def points(difference: float) -> str:
    """A difference of two shares, in hundredths, with its sign."""
    n = round(difference * 100)
    sign = "+" if n > 0 else "−" if n < 0 else ""
    return sign + ngettext("{n} point", "{n} points", abs(n)).format(n=whole_number(abs(n)))


def hours(value: float) -> str:
    """A time: minutes below an hour, hours below two days, else days; whole days are days."""
    if value < 1:
        n = max(1, round(value * 60))
        return ngettext("{n} minute", "{n} minutes", n).format(n=n)
    if value < 48 and value != 24:
        n = round(value)
        return ngettext("{n} hour", "{n} hours", n).format(n=n)
    n = round(value / 24)
    return ngettext("{n} day", "{n} days", n).format(n=whole_number(n))


def amount(key: str, value: float) -> str:
    """The value of a figure."""
    match kind(key):
        case "share":
            return percent(value)
        case "points":
            return points(value)
        case "hours":
            return hours(value)
        case "ratio":
            return decimal(value, 2)
        case "mean":
            return decimal(value, 1)
        case "count":
            return decimal(value)


def written(key: str, value: float) -> float:
    """The value of a figure as far as `amount` writes it."""
    match kind(key):
        case "share" | "points":
            return round(value * 100) / 100
        case "hours" if value < 1:
            return max(1, round(value * 60)) / 60
        case "hours":
            return float(round(value)) if value < 48 and value != 24 else round(value / 24) * 24.0
        case "ratio":
            return round(value, 2)
        case "mean":
            return round(value, 1)
        case "count":
            return value


def change(key: str, value: float) -> str:
    """A difference between two values of a figure, with its sign."""
    match kind(key):
        case "share" | "points":
            return points(value)
        case "hours":
            return f"{sign(value)}{hours(abs(value))}" if round(abs(value) * 60) else "0"
        case "ratio":
            return f"{sign(round(value, 2))}{decimal(abs(value), 2)}"
        case "mean" | "count":
            return f"{sign(round(value, 1))}{decimal(round(abs(value), 1))}"


def sign(value: float) -> str:
    """The sign of a difference."""
    return "+" if value > 0 else "−" if value < 0 else ""


# ---- figures


def figure(one: Measurement) -> str:
    """A figure's value, or why there is none."""
    match one.state:
        case "few":
            return _("too few people")
        case "not-reached":
            return _("not reached")
        case "unknown":
            return _("not known")
        case "none":
            return _("nothing to measure")
        case "known":
            return amount(one.key, one.value) if one.value is not None else _("nothing to measure")


def between(one: Measurement) -> str:
    """A figure's interval as two numbers; empty where it has none."""
    if one.low is None or one.state not in ("known", "not-reached"):
        return ""
    if one.high is None:
        return _("{low} or more").format(low=amount(one.key, one.low))
    if kind(one.key) == "points":
        return changed_between(one)
    return _("{low} and {high}").format(low=amount(one.key, one.low), high=amount(one.key, one.high))


def most_likely(one: Measurement) -> str:
    """A figure's interval in a sentence; empty where it has none."""
    told, range_ = _("Most likely {range}.") if one.high is None else _("Most likely between {range}."), between(one)
    return told.format(range=range_) if range_ else ""


def changed_between(one: Measurement) -> str:
    """The interval of a difference, with signs; empty where it has none."""
    if one.low is None or one.high is None:
        return ""
    low, high = bound(one.key, one.low), bound(one.key, one.high)
    told = _("{low} and {high} points") if kind(one.key) in ("share", "points") else _("{low} and {high}")
    return told.format(low=low, high=high)


def bound(key: str, value: float) -> str:
    """An end of the interval of a difference, with its sign. What is not nothing is not called nothing, so that one
    sees whether the interval reaches it.
    """
    match kind(key):
        case "share" | "points":
            value, digits = value * 100, 0
        case "ratio":
            digits = 2
        case "mean" | "count":
            digits = 1
        case "hours":
            return f"{sign(value)}{hours(abs(value))}" if value else "0"
    while value and not round(value, digits) and digits < FINEST:
        digits += 1
    value = round(value, digits)
    return f"{sign(value)}{decimal(abs(value), digits)}"


# ---- people


def called(one: WaitingTopic | WaitingPerson | SilentPerson, chosen: Mapping[int, str]) -> str:
    """Somebody by the name that they chose, and the one by which the forum finds them; empty if neither is known."""
    name = chosen.get(one.person, "")
    if not name or name.casefold() == one.username.casefold():
        return one.username
    return _("{name} (@{username})").format(name=name, username=one.username) if one.username else name


# ---- times


def day(time: int, settings: ReportSettings) -> str:
    """The day of a time, in the report's time zone."""
    return dates.nth_day(local(time, settings) // DAY, active())


def first_day(window: Window, settings: ReportSettings) -> str:
    """The first day of a window, as it stands before its last one; `day` gives that."""
    return dates.first_day(clock(window.since, settings.clock), clock(window.last, settings.clock))


def local(time: int, settings: ReportSettings) -> int:
    """A time, moved so that its hour in UTC is the hour in the report's time zone."""
    offset = clock(time, settings.clock).utcoffset()
    return time if offset is None else time + round(offset.total_seconds()) * 1_000_000


def short(time: int, settings: ReportSettings) -> str:
    """A day without its year, as short as can be: 10-31, in French 31/10."""
    here = clock(time, settings.clock)
    return _("{month:02}-{day:02}").format(month=here.month, day=here.day)


def month(name: str) -> str:
    """A cohort's month: October 2026."""
    return f"{dates.months()[int(name[5:]) - 1]} {name[:4]}"


def horizon(settings: ReportSettings) -> str:
    """How long people may wait."""
    return hours(settings.horizon / HOUR)


def people(n: int) -> str:
    """So many people."""
    return ngettext("{n} person", "{n} people", n).format(n=whole_number(n))


def topics(n: int) -> str:
    """So many topics."""
    return ngettext("{n} topic", "{n} topics", n).format(n=whole_number(n))


def so_many(n: int, unit: str) -> str:
    """So many of what a figure rests on; a unit that somebody else's figure brings is as it is."""
    match unit:
        case "topic":
            return topics(n)
        case "post":
            return posts(n)
        case "person":
            return people(n)
        case "tie":
            return ngettext("{n} tie between people", "{n} ties between people", n).format(n=whole_number(n))
        case _:
            return _("{n} ({unit})").format(n=whole_number(n), unit=unit)


def capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]


def rests(one: Measurement) -> str:
    """On how much a figure rests: 12 people."""
    figure = figures()[one.key]
    return so_many(one.n, figure.rests_on or figure.unit)


def posts(n: int) -> str:
    """So many posts."""
    return ngettext("{n} post", "{n} posts", n).format(n=whole_number(n))

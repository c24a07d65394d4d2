"""Until when a kit is kept, in somebody's own words: a day that there is not, or one that is over, is no promise."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date

from koweb_sync import dates
from koweb_sync.errors import InputError
from koweb_sync.i18n import LANGUAGES, _, speaking
from koweb_sync.spelling import plain_words

_SPAN = re.compile(r"\b(?:ans|annees|years|months)\b|\d\s*(?:an|year)\b")  # from that year on: it may end later
_YEAR = r"(?P<year>(?:19|20|21)\d\d)"


def kept_until(said: str, now: int) -> str:
    """What somebody says, at a time. Raises InputError where it names a day that there is not, or what is over."""
    words, ends = plain_words(said), []
    for year, month, day in named(words):
        last = monthrange(year, month)[1] if 0 < month <= 12 else 0
        if not 0 < (day or last) <= last:
            raise InputError(_("“{until}” names a day that there is not.").format(until=said), where="--keep-until")
        ends.append(date(year, month, day or last))
    if ends and max(ends) < dates.local(now).date() and not _SPAN.search(words):
        raise InputError(
            _("“{until}” is over already.").format(until=said),
            where="--keep-until",
            remedy=_("Name a day or a year to come, or nothing where no end is set."),
        )
    return said


def named(words: str) -> Iterator[tuple[int, int, int]]:
    """The years, months and days that a text names; the last month of a year alone, day 0 of a month alone."""
    months = names_of_months()
    month = rf"(?P<month>{'|'.join(months)})"
    forms = (
        rf"\b(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:of\s+)?{month},?\s+{_YEAR}\b",
        rf"\b{month}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}})[./](?P<month>0?[1-9]|1[0-2])[./]{_YEAR}\b",
        rf"\b(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/{_YEAR}\b",
        rf"\b{_YEAR}-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}}))?\b",
        rf"\b{month}\s+{_YEAR}\b",
        rf"\b{_YEAR}\b",
    )
    for form in forms:
        for found in re.finditer(form, words):
            yield numbers(found.groupdict(), months)
        words = re.sub(form, " ", words)


def numbers(found: Mapping[str, str | None], months: Mapping[str, int]) -> tuple[int, int, int]:
    """A year, a month and a day out of what stands for them."""
    month = found.get("month") or "12"
    return int(found["year"] or 0), months.get(month) or int(month), int(found.get("day") or 0)


def names_of_months() -> dict[str, int]:
    """The months by their names, in each language that koweb speaks."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        with speaking(language):
            found |= {plain_words(name): n for n, name in enumerate(dates.months(), 1)}
    return found

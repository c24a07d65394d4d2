"""Dates as people and other tools write them. Pure."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from koweb_sync.spelling import latin

_MONTHS = (
    *(("january", "janvier"), ("february", "fevrier"), ("march", "mars"), ("april", "avril"), ("may", "mai")),
    *(("june", "juin"), ("july", "juillet"), ("august", "aout"), ("september", "septembre")),
    *(("october", "octobre"), ("november", "novembre"), ("december", "decembre")),
)
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_WORDS = re.compile(
    r"(?:[a-z]+\.?,? )?"
    r"(?:(\d{1,2})(?:er|st|nd|rd|th)?\.? ([a-z]{3,9})\.?|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?),? (\d{4})"
)


def moment(text: str) -> str:
    """A date, or a date and a time, as a front matter takes it (ISO 8601); "" for what nobody can tell.

    `03/04/2024` is such: in one country it is March, in another April.
    """
    words = " ".join(text.split())
    found = _ISO.fullmatch(words)
    try:
        if found:
            return _iso(found)
        day = _by_day(words) or _by_words(words)
        return day.isoformat() if day else parsedate_to_datetime(words).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, TypeError):
        return ""


def _iso(found: re.Match[str]) -> str:
    """Raises ValueError for a day or time that does not exist."""
    day = date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    if not found[4]:
        return day
    zone = (found[5] or "").upper()
    zone = "+00:00" if zone in ("Z", "UTC", "GMT") else zone
    return datetime.fromisoformat(f"{day}T{found[4].zfill(len(found[4]) + (found[4][1] == ':'))}{zone}").isoformat()


def _by_day(words: str) -> date | None:
    """A day before a month, where it cannot be the other way round."""
    found = _DAY_FIRST.fullmatch(words)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or day > 12 or day == month:
        return date(year, month, day)
    return date(year, day, month) if month > 12 else None


def _by_words(words: str) -> date | None:
    """`2 mai 2024`, `May 2, 2024`."""
    found = _WORDS.fullmatch(latin(words))
    if not found:
        return None
    name = found[2] or found[3]
    months = [n for n, names in enumerate(_MONTHS, 1) if any(one.startswith(name) for one in names)]
    return date(int(found[5]), months[0], int(found[1] or found[4])) if len(months) == 1 else None

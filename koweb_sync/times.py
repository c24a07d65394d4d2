"""Instants and durations. Pure.

An instant is a number of microseconds since 1970 in UTC wherever it is stored or compared, and durations are numbers
of microseconds too. Clocks count in seconds: what is compared with one says so in its name.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMELESS_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - subtracted from times that name no zone either
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
WEEK = 7 * DAY
MINUTE_IN_SECONDS = 60.0
HOUR_IN_SECONDS = 3_600.0
DAY_IN_SECONDS = 24 * HOUR_IN_SECONDS


def microseconds(when: datetime) -> int:
    """A time, which names its zone, as microseconds since 1970."""
    since = when - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def microseconds_utc(when: datetime) -> int:
    """The same of a time that names no zone, and is meant in UTC."""
    since = when - NAMELESS_EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def seconds(at: int) -> float:
    """Microseconds as a clock counts them."""
    return at / SECOND


def moment(at: int) -> datetime:
    """Microseconds since 1970 as a time in UTC; what no calendar holds becomes the nearest that does."""
    try:
        return EPOCH + timedelta(microseconds=at)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if at > 0 else datetime.min.replace(tzinfo=UTC)

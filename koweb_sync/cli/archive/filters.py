"""Which part of an archive somebody means: options of the commands that read it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

import click

from koweb_sync import dates
from koweb_sync.cli.archive.location import ArchivePlace, not_held
from koweb_sync.cli.archive.names_held import categories_held, tags_held
from koweb_sync.cli.archive.unfinished_erasure import say_unfinished
from koweb_sync.cli.archive.unfinished_reading import say_cut_off
from koweb_sync.cli.options import Function
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.spelling import called_so, nearest
from koweb_sync.times import microseconds

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchiveFilter
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.rows import Readable

SHOWN = 20  # names of those that there are
BACK = re.compile(r"([1-9]\d{0,4})([djws])")  # 30d or 4w, in French 30j or 4s
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class TypedOptions:
    """The options as they were typed."""

    topic: tuple[int, ...] = ()
    category: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    author: str | None = None
    since: str | None = None
    until: str | None = None
    public: bool = False


def filters(*names: str) -> Callable[[Function], Function]:
    """Some of the options that choose a part of an archive."""
    options = {
        "topic": click.option(
            "--topic", type=click.IntRange(1, 10**12), multiple=True, metavar="N", help=_("Only this topic.")
        ),
        "category": click.option(
            "--category",
            multiple=True,
            shell_complete=categories_held,
            help=_("Only this category and those in it: slug path, name or number."),
        ),
        "tag": click.option("--tag", multiple=True, shell_complete=tags_held, help=_("Only topics with this tag.")),
        "author": click.option("--author", metavar="USERNAME", help=_("Only what this person wrote.")),
        "since": click.option(
            "--since", metavar="DATE", help=_("Only from this day on: 2026-11-24, 2026-11, 2026, or 30d.")
        ),
        "until": click.option("--until", metavar="DATE", help=_("Only up to the end of this day, month or year.")),
    }

    def add(command: Function) -> Function:
        for name in reversed(names):
            command = options[name](command)
        return command

    return add


@contextmanager
def reading(place: ArchivePlace) -> Iterator["Reader"]:
    """A reader of the forum that is meant. Raises InputError where the archive does not hold it, StoreUnusable."""
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.reading import reading_of
    from koweb_sync.archive.store.rows import forum_number

    with reading_of(place.store) as connection:
        number = forum_number(connection, place.settings.url)
        if number is None:
            raise not_held(place, place.shown)
        yield Reader(connection, number)


@contextmanager
def reading_to_tell(place: ArchivePlace) -> Iterator["Reader"]:
    """The same, for whoever is told something of it: that the archive was not read to its end is said, and that an
    erasure is not finished.
    """
    with reading(place) as reader:
        say_cut_off(place, reader)
        say_unfinished(reader.connection, reader.forum, place.shown)
        yield reader


def reader_of(connection: "Readable", forum: int, url: str, *, pseudonyms: bool) -> "Reader":
    """A reader of one forum, by its number and address; with `pseudonyms` it names nobody."""
    from koweb_sync.archive.read.reader import Reader

    if not pseudonyms:
        return Reader(connection, forum)
    from koweb_sync.archive.names.secret import make
    from koweb_sync.archive.privacy.pseudonyms import Pseudonyms

    return Reader(connection, forum, Pseudonyms.read(connection, forum, make(url), _("Member")))


def wanted_of(reader: "Reader", asked: TypedOptions) -> "ArchiveFilter":
    """What the options mean in this archive. Raises InputError for what it does not know."""
    from koweb_sync.archive.read.model import ArchiveFilter

    since, until = begin(asked.since, dates.zone()), edge(asked.until, "--until", dates.zone())[1]
    if since is not None and until is not None and until <= since:
        raise InputError(
            _("The period would end before it begins."),
            where=f"--since {asked.since} --until {asked.until}",
            remedy=_("Give --since a day before --until."),
        )
    return ArchiveFilter(
        topics=frozenset(asked.topic),
        categories=frozenset().union(*(category(reader, one) for one in asked.category)),
        tags=frozenset().union(*(tags(reader, one) for one in asked.tag)),
        author=author(reader, asked.author),
        since=since,
        until=until,
        public=asked.public,
    )


def category(reader: "Reader", words: str) -> frozenset[int]:
    """A category and those in it."""
    found = reader.category(words)
    if not found:
        known = sorted(one.path for one in reader.categories.values())
        raise InputError(
            _("The archive holds no category “{name}”.").format(name=words),
            remedy=meant(words, [*known, *(one.name for one in reader.categories.values())], known),
        )
    return found


def tags(reader: "Reader", words: str) -> frozenset[str]:
    """A tag, in whatever capitals it was typed."""
    known = reader.tags()
    found = called_so(words, known, lambda one: (one,))
    if not found:
        raise InputError(
            _("No topic in the archive has the tag “{name}”.").format(name=words), remedy=meant(words, known, known)
        )
    return frozenset(found)


def meant(words: str, names: Sequence[str], shown: Sequence[str]) -> str:
    """What to do about a name that nothing has: the one that is written nearly so, else some that there are."""
    if near := nearest(words, names):
        return _("Did you mean “{command}”?").format(command=near)
    return _("These are there: {names}").format(names=", ".join(shown[:SHOWN])) if shown else ""


def author(reader: "Reader", words: str | None) -> int | None:
    """Somebody's number. Raises InputError for nobody, or several."""
    from koweb_sync.archive.read.people import one_called

    return None if words is None else one_called(reader.connection, reader.forum, words)


def begin(words: str | None, zone: tzinfo) -> int | None:
    """The first microsecond of a day, month or year, or of so many days or weeks, the last of which is today."""
    back = BACK.fullmatch(words.strip()) if words else None
    if back is None:
        return edge(words, "--since", zone)[0]
    today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return microseconds(today - timedelta(days=days_of(back) - 1))


def days_of(back: re.Match[str]) -> int:
    """How many days 30d or 4w means."""
    return int(back[1]) * (7 if back[2] in "ws" else 1)


def edge(words: str | None, option: str, zone: tzinfo) -> tuple[int | None, int | None]:
    """The first microsecond of a day, month or year in a time zone, and the first one after it."""
    if words is None:
        return None, None
    match = _DATE.fullmatch(words.strip())
    try:
        if match is None:
            raise ValueError(words)
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        first = datetime(year, month, day, tzinfo=zone)
        if match[3]:
            after = first + timedelta(days=1)  # on the calendar: in a zone, a day may have 23 or 25 hours
        elif match[2]:
            after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        else:
            after = datetime(year + 1, 1, 1, tzinfo=zone)
        return microseconds(first), microseconds(after)
    except (ValueError, OverflowError) as error:
        raise InputError(
            _("“{words}” is no date.").format(words=words),
            where=option,
            remedy=_("Write a day as 2026-11-24, a month as 2026-11, a year as 2026."),
        ) from error

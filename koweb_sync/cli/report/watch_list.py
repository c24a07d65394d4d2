"""`koweb report --watch-list`: who waits for an answer, for a mail every morning."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.archive.next_reading import reading_command
from koweb_sync.cli.output import echo, emit
from koweb_sync.cli.report.asked import Asked, disguise
from koweb_sync.errors import DONE, HUMAN
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.times import DAY, HOUR

if TYPE_CHECKING:
    from koweb_sync.report.lists.left_aside import LeftAside, WaitingTopic


def watch_list(place: ArchivePlace, asked: Asked, style: str) -> int:
    """Print the list; the exit code is 3 when somebody waits. A closed topic waits for nobody."""
    from koweb_sync.report.engine.archive_state import names
    from koweb_sync.report.engine.population import population_of
    from koweb_sync.report.engine.source import opened
    from koweb_sync.report.lists.left_aside import left_aside

    archive = asked.archive
    with opened(archive.store, archive.forum, asked.engine) as source:
        found = left_aside(population_of(source, asked.settings), asked.window)
        url = source.url
    with archive.store.read() as connection:
        chosen = names(connection, archive.forum, found.named)
        if asked.pseudonyms:
            from koweb_sync.report.audience.pseudonyms import pseudonymous_list

            found = pseudonymous_list(found, disguise(asked, connection))
    if style == "json":
        emit(as_data(found, asked, url))
    else:
        echo("\n".join((age(asked, url, reading_command(place)), *lines(found, asked, chosen))))
    return HUMAN if found.open or found.people else DONE


def as_data(found: "LeftAside", asked: Asked, url: str) -> dict[str, Any]:
    """The list for a program. `archive_age_hours` is None for an empty archive."""
    from koweb_sync.report.data.as_json import plain

    age = (now() - asked.seen) / HOUR if asked.seen else None
    return {
        "version": 1,
        "forum": url,
        "zone": asked.settings.zone,
        "window": plain(asked.window),
        "seen": plain(asked.seen, "seen") if asked.seen else None,
        "archive_age_hours": age,
        "topics": plain(found.topics),
        "people": plain(found.people),
    }


def lines(found: "LeftAside", asked: Asked, chosen: Mapping[int, str]) -> list[str]:
    """The list for a person. `chosen`: the names that people gave themselves."""
    nobody = [] if found.open or found.people else ["", nobody_waits(asked)]
    return [
        *nobody,
        *topics(_("Topics without an answer:"), found.open, chosen),
        *people(found, chosen),
        *topics(_("Closed without an answer, where nobody can answer any more:"), found.closed, chosen),
    ]


def nobody_waits(asked: Asked) -> str:
    """That nobody waits, and among whom that was looked at."""
    from koweb_sync.report.page import days_told, formats

    if unread := days_told.not_read(asked.window, asked.seen, asked.settings):
        return unread
    first, last = asked.window.since, asked.window.until - 1
    if formats.day(first, asked.settings) == formats.day(last, asked.settings):
        told = _("Nobody is waiting, of those who wrote on {day}; --since looks further back.")
        return told.format(day=formats.day(last, asked.settings))
    return _("Nobody is waiting, of those who wrote between {begin} and {end}; --since looks further back.").format(
        begin=formats.day(first, asked.settings), end=formats.day(last, asked.settings)
    )


def age(asked: Asked, url: str, update: str) -> str:
    """How old the archive is: who was answered since then is not known. `update`: the command that brings more."""
    from koweb_sync.report.page import formats

    if not asked.seen:
        return _("{url}: the archive is empty. “{command}” fills it.").format(url=url, command=update)
    old = max(0, now() - asked.seen)
    told = _("{url}, as the archive knew it on {day} ({age} ago).").format(
        url=url, day=formats.day(asked.seen, asked.settings), age=formats.hours(old / HOUR)
    )
    outdated = _("It is old: “{command}” brings it up to date.").format(command=update)
    return f"{told} {outdated}" if old > DAY else told


def topics(heading: str, listed: "Iterable[WaitingTopic]", chosen: Mapping[int, str]) -> list[str]:
    """Topics without an answer."""
    from koweb_sync.report.page import formats

    told = ["", heading]
    for one in listed:
        facts = [formats.called(one, chosen), _("new in this period") if one.newcomer else "", formats.hours(one.hours)]
        told.append(f"- {single(one.title)} ({', '.join(filter(None, facts))})")
        told += [f"  {one.url}"] if one.url else []
    return told if len(told) > 2 else []


def people(found: "LeftAside", chosen: Mapping[int, str]) -> list[str]:
    """People to whom nobody responded."""
    from koweb_sync.report.page import formats

    if not found.people:
        return []
    told = ["", _("People to whom nobody responded:")]
    for one in (*found.unlisted, *found.listed_twice):
        if found.listed_twice[:1] == (one,):
            told += [_("These people also wait for an answer to a topic:")]
        count = ngettext("{n} post", "{n} posts", one.posts).format(n=number(one.posts))
        facts = [_("new in this period") if one.newcomer else "", count, formats.hours(one.days * 24)]
        name = formats.called(one, chosen) or _("somebody")
        told.append(f"- {single(name)} ({', '.join(filter(None, facts))})")
        told += [f"  {one.url}"] if one.url else []
    return told


def single(text: str) -> str:
    """A title on one line, without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)

"""`koweb report --watch-list`: who waits for an answer, for a mail every morning."""

from typing import TYPE_CHECKING, Any

from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.output import echo, emit
from koweb_sync.cli.report.asked import Asked, disguise
from koweb_sync.errors import DONE, HUMAN
from koweb_sync.i18n import _, ngettext
from koweb_sync.times import DAY, HOUR

if TYPE_CHECKING:
    from koweb_sync.report.lists.left_aside import LeftAside


def watch_list(asked: Asked, style: str) -> int:
    """Print the list; the exit code is 3 when somebody waits."""
    from koweb_sync.report.engine.population import population_of
    from koweb_sync.report.engine.source import opened
    from koweb_sync.report.lists.left_aside import left_aside

    archive = asked.archive
    with opened(archive.store, archive.forum, asked.engine) as source:
        found = left_aside(population_of(source, asked.settings), asked.window)
        url = source.url
    if asked.pseudonyms:
        found = with_pseudonyms(found, asked)
    if style == "json":
        emit(as_data(found, asked, url))
    else:
        echo("\n".join(lines(found, asked, url)))
    return HUMAN if found.topics or found.people else DONE


def with_pseudonyms(found: "LeftAside", asked: Asked) -> "LeftAside":
    """The list with pseudonyms."""
    from koweb_sync.report.audience.pseudonyms import pseudonymous_list

    with asked.archive.store.read() as connection:
        return pseudonymous_list(found, disguise(asked, connection))


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


def lines(found: "LeftAside", asked: Asked, url: str) -> list[str]:
    """The list for a person."""
    head = [age(asked, url)]
    if not found.topics and not found.people:
        return [*head, "", _("Nobody is waiting.")]
    return [*head, *topics(found), *people(found)]


def age(asked: Asked, url: str) -> str:
    """How old the archive is: who was answered since then is not known."""
    from koweb_sync.report.page import formats

    if not asked.seen:
        return _("{url}: the archive is empty. “koweb archive” fills it.").format(url=url)
    old = max(0, now() - asked.seen)
    told = _("{url}, as the archive knew it on {day} ({age} ago).").format(
        url=url, day=formats.day(asked.seen, asked.settings), age=formats.hours(old / HOUR)
    )
    outdated = _("It is old: “koweb archive” brings it up to date.")
    return f"{told} {outdated}" if old > DAY else told


def topics(found: "LeftAside") -> list[str]:
    """Topics without an answer."""
    from koweb_sync.report.page import formats

    if not found.topics:
        return []
    told = ["", _("Topics without an answer:")]
    for one in found.topics:
        facts = [one.username, _("new here") if one.newcomer else "", formats.hours(one.hours)]
        told.append(f"- {single(one.title)} ({', '.join(filter(None, facts))})")
        told += [f"  {one.url}"] if one.url else []
    return told


def people(found: "LeftAside") -> list[str]:
    """People to whom nobody responded."""
    from koweb_sync.report.page import formats

    if not found.people:
        return []
    told = ["", _("People to whom nobody responded:")]
    for one in found.people:
        count = ngettext("{n} post", "{n} posts", one.posts).format(n=one.posts)
        facts = [_("new here") if one.newcomer else "", count, formats.hours(one.days * 24)]
        name = one.username or _("somebody")
        told.append(f"- {name} ({', '.join(filter(None, facts))})")
        told += [f"  {one.url}"] if one.url else []
    return told


def single(text: str) -> str:
    """A title on one line, without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)

"""A forum at another address than before: it does not come into its archive a second time, and its archive takes the
new address where somebody says that it moved.
"""

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from koweb_sync.cli.archive.held_forum import configured_here
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.archive.next_reading import at_store
from koweb_sync.cli.output import say
from koweb_sync.errors import ConfigError, HumanNeeded, InputError, NoArchive
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.crawl.other_address import ForumElsewhere, TopicsAlike
    from koweb_sync.archive.crawl.run import CrawlOptions, Run


def moved_from(given: dict[str, Any]) -> str:
    """The address that the forum had before; empty where nobody says it. Raises ConfigError."""
    from koweb_sync.forum.typed_addresses import forum_address

    told = given.get("moved_from")
    try:
        return forum_address(told) if told else ""
    except InputError as error:
        raise ConfigError(error.message, where="--moved-from", remedy=error.remedy) from error


# ---- a second address


def is_doubted(place: ArchivePlace) -> bool:
    """Whether the forum has to be compared with those that its store holds."""
    from koweb_sync.archive.crawl.other_address import to_be_compared

    with suppress(NoArchive):
        return to_be_compared(place.open(), place.settings.url)
    return False


def refuse_second(place: ArchivePlace, run: "Run") -> None:
    """Raise HumanNeeded where the archive holds the forum that a run asks under another address."""
    from koweb_sync.archive.crawl.other_address import held_elsewhere

    if is_doubted(place) and (found := held_elsewhere(place.open(), place.settings.url, run)):
        raise held_already(place, found)


def held_already(place: ArchivePlace, found: "ForumElsewhere") -> HumanNeeded:
    """The error about a forum that its archive holds under another address."""
    url, ours = place.settings.url, found.url
    named = _("“{name}” ({url})").format(name=found.title, url=ours) if found.title else ours
    return HumanNeeded(
        _("The archive holds this forum already: {forum}.").format(forum=named),
        where=place.shown,
        remedy=_(
            "If it has moved to {url}: “{command}”. If it is a copy of it, give that an archive of its own:"
            " --store FILE. Under a second address, people who were erased from the archive would come back."
        ).format(url=url, command=command(place, url, ours)),
    )


def command(place: ArchivePlace, url: str, before: str) -> str:
    """What lets the archive take an address, to be typed."""
    words = ["koweb", "archive"]
    if not configured_here():
        words += ["--url", shlex.quote(url)]
    else:
        words += ["--forum", shlex.quote(place.settings.name)] if not place.settings.alone else []
    words += ["--moved-from", shlex.quote(before)]
    return " ".join(words) + at_store(place)


# ---- a forum that moved


def take(place: ArchivePlace, wishes: "CrawlOptions", before: str, *, dry_run: bool) -> "Run | None":
    """Let the archive of the forum at `before` take the address that is meant, once what answers there proves to be
    that forum: the run that heard it, None where the archive has that address already.

    Raises HumanNeeded for another forum, and for one that the archive holds twice; InputError for one that it does not
    hold at all.
    """
    from koweb_sync.archive.crawl.other_address import alike, oldest, take_address
    from koweb_sync.archive.crawl.rest_api import asked
    from koweb_sync.cli.archive.command import run_on

    store, url = place.open(), place.settings.url
    held, there = store.forum(before), store.forum(url)
    if held is None:
        raise InputError(_("The archive holds nothing of {url}.").format(url=before), where=store.place)
    if there not in (None, held):
        raise held_twice(place, before)
    if store.address(held) == url:
        return None
    run = run_on(place, store, held, wishes)
    run.told = asked(run)
    seen = oldest(run)
    with store.read() as connection:
        found = alike(connection, held, seen)
    if not found.are_of_one:
        raise another_forum(found, url, before)
    if dry_run:
        say(_("The archive of {before} would be that of {url} from then on.").format(before=before, url=url))
        return run
    with store.alone():
        take_address(store, held, url)
    say(_("The archive of {before} is that of {url} from now on.").format(before=before, url=url))
    return run


def held_twice(place: ArchivePlace, before: str) -> HumanNeeded:
    """The error about an archive that has something under both addresses."""
    url = place.settings.url
    drop = f"koweb archive drop {shlex.quote(url)}{at_store(place)}"
    return HumanNeeded(
        _("The archive holds something of both: of {before}, and of {url}.").format(before=before, url=url),
        where=place.shown,
        remedy=_(
            "If that is one forum, which was read twice: “{drop}” removes what came under its new address. Then type"
            " this command again."
        ).format(drop=drop),
    )


def another_forum(found: "TopicsAlike", url: str, before: str) -> HumanNeeded:
    """The error about an address at which another forum answers, or one of which nothing tells that it is the same."""
    if not found.other:
        text = _("Nothing tells that {url} is the forum of {before}: the archive holds none of its oldest topics.")
    else:
        text = ngettext(
            "{url} is not the forum of {before}: of {all} topics with the same number, {n} is another one.",
            "{url} is not the forum of {before}: of {all} topics with the same number, {n} are other ones.",
            found.other,
        )
    told = text.format(url=url, before=before, n=number(found.other), all=number(found.other + found.same))
    return HumanNeeded(told, where=url, remedy=_("Nothing was changed. Look at both addresses."))

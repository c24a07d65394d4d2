"""Files that are gone, in words and for programs: how many, on which servers that do not answer, and since when."""

from typing import TYPE_CHECKING, Any

from koweb_sync import dates
from koweb_sync.cli.archive.next_reading import reading_command
from koweb_sync.cli.output import say
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.store.lost_files import Gone, Lost
    from koweb_sync.cli.archive.location import ArchivePlace

MANY = 10  # servers that are named


def say_lost(gone: "Gone", place: "ArchivePlace") -> None:
    """Say which servers do not answer, and what asks them."""
    for one in gone.servers[:MANY]:
        say(server(one), fg="yellow")
    if rest := gone.servers[MANY:]:
        text = ngettext("… and {n} more server.", "… and {n} more servers.", len(rest))
        say(text.format(n=number(len(rest))), fg="yellow")
    if gone.servers:
        command = f"{reading_command(place)} --files-again"
        say(_("“{command}” asks for all of them at once.").format(command=command))


def server(one: "Lost") -> str:
    """One server in a line."""
    text = ngettext(
        "{n} file is gone: {server} does not answer since {date} ({why}); asked again on {again}.",
        "{n} files are gone: {server} does not answer since {date} ({why}); asked again on {again}.",
        one.files,
    )
    date, again = ("–" if at is None else dates.day(at) for at in (one.since, one.again))
    return text.format(n=one.files, server=one.server, date=date, why=one.why, again=again)


def as_data(gone: "Gone") -> dict[str, Any]:
    """The same for a program. `missing` are those that are not there on a server that answers."""
    return {
        "files": gone.missing + sum(one.files for one in gone.servers),
        "missing": gone.missing,
        "servers": [
            {
                "server": one.server,
                "files": one.files,
                "since": None if one.since is None else dates.iso(one.since),
                "again": None if one.again is None else dates.iso(one.again),
                "tries": one.tries,
                "why": one.why,
            }
            for one in gone.servers
        ],
    }

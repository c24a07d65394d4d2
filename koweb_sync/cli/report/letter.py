"""`koweb letter`: a draft of what was talked about, for those who did not come."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import ArchivePlace, archive_at, archive_to_tell_of, find
from koweb_sync.cli.archive.next_reading import reading_command
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import exclusive, folders_here
from koweb_sync.cli.output import echo
from koweb_sync.cli.report.output import ReportDestination, deliver, into_file, post_folder
from koweb_sync.cli.report.window import begin, time_zone_option, window_of, zone_of
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import LANGUAGES, _, speaking

if TYPE_CHECKING:
    from koweb_sync.letter.memory import WrittenLetter
    from koweb_sync.letter.model import Letter
    from koweb_sync.report.engine.window import ReportSettings, Window

LAST = "last"
FIRST = "7d"  # of a first letter
NOW = "now"


@click.command(
    help=_(
        "Draft a letter: what was talked about, with sentences from it, who waits for an answer, who is new, and what "
        "was published. From the archive, without the network.\n\n"
        "You edit it, and publish it like any other post. It names nobody who did not agree to that (“koweb archive "
        "consent”), and quotes only what everybody may read."
    )
)
@read_options
@click.option(
    "--since",
    default=LAST,
    show_default=True,
    metavar="TIME",
    help=_("last: where the newest letter ends, else a week; 7d, 4w, or a day: 2026-10-01."),
)
@click.option(
    "--until",
    metavar="DATE",
    help=_("Up to the end of this day, or now: as far as the archive knows (default: the last whole day)."),
)
@time_zone_option
@click.option("--language", type=OneOf(LANGUAGES), help=_("Its language (default: the forum's)."))
@click.option(
    "--format",
    "style",
    type=OneOf(["post", "html", "text", "json"]),
    help=_("A post (default), a mail as HTML or as plain text, or data."),
)
@click.option(
    "--into",
    metavar="DIR",
    shell_complete=folders_here,
    help=_("Write a post file into this folder, for “koweb push”."),
)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help=_("Write it to this file."))
@click.option(
    "--force", is_flag=True, help=_("Write over the post file of the same letter, or what is about later days.")
)
@click.option("--dry-run", is_flag=True, help=_("Only say what the letter would be about, and where it would go."))
def letter(forum: str | None, store: str | None, **given: Any) -> None:
    exclusive(output=given["output"], into=given["into"])
    if given["into"] and given["style"] not in (None, "post"):
        raise InputError(_("--into writes a post file, which is Markdown."), remedy=_("Leave --format out."))
    place = find(forum, store) if given["into"] else find_to_read(forum, store)
    asked = wished(place, given)
    where = destination(place, given)
    if given["dry_run"]:
        echo(plan(asked))
        echo(where.words)
        return
    made = gathered(place, asked)
    with speaking(given["language"] or place.settings.locale):
        drawn = rendered(made, asked, where.style)
    deliver(drawn, where, "community")


@dataclass(frozen=True)
class AskedLetter:
    """Which letter is asked for: its time, and the post files that are letters already."""

    window: "Window"
    settings: "ReportSettings"
    letters: "tuple[WrittenLetter, ...]"


def wished(place: ArchivePlace, given: dict[str, Any]) -> AskedLetter:
    """What the options mean. Raises InputError for a time that has nothing in it."""
    from koweb_sync.letter.memory import letters
    from koweb_sync.report.engine.archive_state import known_until
    from koweb_sync.report.engine.window import ReportSettings

    name = zone_of(given["time_zone"], place.settings)
    archive = archive_to_tell_of(place)
    with archive.store.read() as connection:
        seen = known_until(connection, archive.forum)
    update = reading_command(place)
    if not seen:
        raise InputError(
            _("The archive is empty: there is nothing to write about yet."),
            remedy=_("“{command}” reads what is missing.").format(command=update),
        )
    known = () if (repo := repository(place)) is None else tuple(letters(repo, place.settings))
    window = period(given["since"], given["until"], seen, name, known, update)
    return AskedLetter(window, ReportSettings(zone=name, ours=(place.settings.username,)), known)


def repository(place: ArchivePlace) -> Repo | None:
    """The repository; an archive needs none."""
    try:
        return Repo.find(place.root)
    except InputError:
        return None


def period(
    since: str, until: str | None, seen: int, name: str, known: "tuple[WrittenLetter, ...]", update: str
) -> "Window":
    """The time of the letter: whole days, unless one that is not over was asked for; never more than the archive knows.
    `update`: the command by which that knows more.

    Raises InputError.
    """
    from koweb_sync.letter.memory import newest
    from koweb_sync.report.engine.window import Window, clock
    from koweb_sync.times import microseconds

    zone = ZoneInfo(name)
    midnight = microseconds(clock(seen, zone).replace(hour=0, minute=0, second=0, microsecond=0))
    last = newest(known, zone) if since == LAST else None
    words, day = FIRST if since == LAST else since, None if until == NOW else until
    try:
        found = window_of(words, day, seen if until else midnight, name, now())
    except InputError as error:
        raise in_words_of_letters(error, since, until, midnight, zone) from error
    begins, ends = found.since if last is None else last.period.until(zone), min(found.until, seen)
    if begins < ends:
        return Window(begins, ends)
    if last is None:
        raise InputError(
            _("The archive knows nothing of that time yet, or only a day that is not over."),
            where=f"--since {since}",
            remedy=_("Run “{command}”, or take an earlier day; “--until now” takes in as much as is known.").format(
                command=update
            ),
        )
    first, _stroke, final = last.period.text.partition("/")
    raise InputError(
        _("The last letter tells everything up to then; a day that is not over comes into the next one."),
        where=last.path,
        remedy=_("To write that letter once more, say its days: --since {since} --until {until}").format(
            since=first, until=final[:10]
        ),
    )


def in_words_of_letters(error: InputError, since: str, until: str | None, midnight: int, zone: ZoneInfo) -> InputError:
    """Why a letter cannot be about a time: what is no time at all, and a day that is not over."""
    if error.where == "--since":
        words = _("Write last, 7d for seven days, 4w for four weeks, or a day: 2026-10-01.")
        return InputError(error.message, where="--since", remedy=words)
    if until is None and begin(since, zone) == midnight:
        return InputError(
            _("A letter tells of whole days, and this one is not over."),
            where=f"--since {since}",
            remedy=_("Take an earlier day; or “--until now” for what is known of it so far."),
        )
    return error


def destination(place: ArchivePlace, given: dict[str, Any]) -> ReportDestination:
    """Where the letter goes. Raises InputError for a folder in which nothing is published."""
    style, file = given["style"] or "post", given["output"]
    if given["into"]:
        folder = post_folder(place, given["into"])
        return ReportDestination(style, _("Written into: {place}").format(place=folder), None, folder, given["force"])
    return into_file(style, file, force=given["force"])


def plan(asked: AskedLetter) -> str:
    """What the letter would be about."""
    from koweb_sync.report.page import formats

    return _("From {since} to {until} ({zone}).").format(
        since=formats.first_day(asked.window, asked.settings),
        until=formats.day(asked.window.last, asked.settings),
        zone=asked.settings.zone,
    )


def gathered(place: ArchivePlace, asked: AskedLetter) -> "Letter":
    """The letter, out of the archive."""
    from koweb_sync.letter.gather import gathering, letter_of
    from koweb_sync.report.engine.source import opened, quickest

    archive = archive_at(place, place.open())
    bound = published(place, asked)
    engine = quickest(archive.store, archive.forum)
    with opened(archive.store, archive.forum, engine) as source, archive.store.read() as connection:
        here = gathering(connection, archive.forum, source, asked.settings, place.settings.quotes)
        return letter_of(here, asked.window, bound)


def published(place: ArchivePlace, asked: AskedLetter) -> frozenset[int]:
    """The topics of post files, as the bookmark knows them, without those of letters."""
    repo = repository(place)
    at = None if repo is None else repo.resolve(place.settings.bookmark)
    if repo is None or at is None:
        return frozenset()
    from koweb_sync import bookmark

    paths = {one.path for one in asked.letters}
    return frozenset(int(one.topic) for one in bookmark.read(repo, at).agreed.values() if one.path not in paths)


def rendered(made: "Letter", asked: AskedLetter, style: str) -> Any:
    """The letter as a post file, or as text."""
    import json

    from koweb_sync.letter.words import in_words

    if style == "json":
        from koweb_sync.letter.data import as_json

        return json.dumps(as_json(made), ensure_ascii=False, indent=2) + "\n"
    told = in_words(made, asked.settings)
    if style == "html":
        from koweb_sync.letter.html import page

        return page(told)
    if style == "text":
        from koweb_sync.letter.text import text

        return text(told)
    from koweb_sync.letter.markdown import post
    from koweb_sync.posts.fields.letter import LetterPeriod

    return post(told, LetterPeriod.of(made.window.since, made.window.until, asked.settings.clock))

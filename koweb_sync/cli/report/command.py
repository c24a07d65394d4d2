"""`koweb report`: who takes part on the forum, and who is left aside."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync.cli.archive.after_run import now
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import ArchivePlace, find
from koweb_sync.cli.archive.names_held import categories_held, tags_held
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import exclusive, folders_here
from koweb_sync.cli.out_of_git import keep_private
from koweb_sync.cli.output import echo, say
from koweb_sync.cli.report.asked import Asked, disguise, wished
from koweb_sync.cli.report.output import deliver, destination, rendered
from koweb_sync.cli.report.window import horizon_option, time_zone_option
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, active, speaking

if TYPE_CHECKING:
    from koweb_sync.report.compute import Report
    from koweb_sync.report.lists.published import Bound


@click.command(
    help=_(
        "Report who takes part, and who is left aside: from the archive, without the network.\n\n"
        "It writes a page for the community, in which nobody is named, to koweb-report.html. With --audience "
        "facilitators it names those who wait for an answer. --watch-list prints only these, and exits with 3 when "
        "there are any."
    )
)
@read_options
@click.option("--since", default=_("30d"), show_default=True, metavar="TIME", help=_("30d, 4w, or a day: 2026-10-01."))
@click.option("--until", metavar="DATE", help=_("Up to the end of this day (default: the archive's last run)."))
@time_zone_option
@click.option(
    "--category",
    multiple=True,
    shell_complete=categories_held,
    help=_("Only this category and those in it: slug path, name or number."),
)
@click.option("--tag", multiple=True, shell_complete=tags_held, help=_("Only topics with this tag."))
@click.option(
    "--audience",
    type=OneOf(["community", "facilitators"]),
    help=_("For whom: the community, in which nobody is named (default), or facilitators."),
)
@click.option(
    "--format",
    "style",
    type=OneOf(["html", "md", "json", "csv"]),
    help=_("A page (default), a post, data, or a table."),
)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help=_("Write it to this file."))
@click.option(
    "--into",
    metavar="DIR",
    shell_complete=folders_here,
    help=_("Write a post file with pictures into this folder, for “koweb push”."),
)
@click.option(
    "--into-category",
    default="",
    metavar="NAME",
    shell_complete=categories_held,
    help=_("The category of that post file, if it is not its folder's."),
)
@click.option(
    "--into-tag",
    multiple=True,
    metavar="NAME",
    shell_complete=tags_held,
    help=_("A tag of that post file; may be given several times."),
)
@click.option(
    "--force",
    is_flag=True,
    help=_("Write over the post file of the same report, what is about later days, or a file that git tracks."),
)
@click.option("--pseudonyms", is_flag=True, help=_("People have other names, and no links lead to them."))
@click.option(
    "--engine",
    type=OneOf(["sqlite", "duckdb", "postgres", "spark"]),
    help=_(
        "What computes the figures (default: SQLite for a small archive, DuckDB for a large one). PostgreSQL and Spark "
        "are for archives that outgrow one machine; Spark needs the extra “spark” of koweb-sync."
    ),
)
@horizon_option
@click.option("--watch-list", is_flag=True, help=_("Print only who waits for an answer; exit with 3 if anybody does."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would be reported, and where it would be written."))
def report(forum: str | None, store: str | None, **given: Any) -> None:
    exclusive(output=given["output"], into=given["into"], watch_list=given["watch_list"])
    check(given)
    # A post file goes where koweb.toml says that posts are.
    place = find(forum, store) if given["into"] else find_to_read(forum, store)
    asked = wished(place, given)
    if given["watch_list"]:
        from koweb_sync.cli.report.watch_list import watch_list

        sys.exit(watch_list(place, asked, given["style"] or "table"))
    where = destination(place, asked, given)
    if given["dry_run"]:
        echo(plan(asked, where.words))
        return
    if asked.audience == "facilitators" and where.file:
        keep_private(where.file, force=where.force)
    from koweb_sync.cli.report.progress import ReportBar

    # A post is for the forum's people, all else for whoever asked.
    with ReportBar() as bar, speaking(place.settings.locale if where.folder else active()):
        made = computed(asked, place)
        bar.draws()
        drawn = rendered(made, where, now())
    deliver(drawn, where, asked.audience)  # its words come where the bar was


def check(given: dict[str, Any]) -> None:
    """Raises InputError for what would show people to those who should not see them, or means nothing."""
    style, audience = given["style"], given["audience"]
    if given["into"] and style not in (None, "md"):
        raise InputError(_("--into writes a post file, which is Markdown."), remedy=_("Leave --format out."))
    if not given["into"] and (about := [one for one in ("into_category", "into_tag") if given[one]]):
        told = _("{option} is about the post file that --into writes.")
        raise InputError(told.format(option=f"--{about[0].replace('_', '-')}"), remedy=_("Add --into."))
    if given["watch_list"] and (style in ("html", "md", "csv") or audience == "community"):
        raise InputError(
            _("The list of people who wait is for facilitators, as text or with --format json."),
            remedy=_("Leave out --audience and --format."),
        )
    if audience == "facilitators" and (given["into"] or style == "md"):
        raise InputError(
            _("A post is for the community: it cannot name the people who are left aside."),
            remedy=_("Leave --audience facilitators out, or take --format html, json or csv."),
        )


def plan(asked: Asked, where: str) -> str:
    """What would be reported, and where it would be written."""
    from koweb_sync.report.page import formats

    lines = (
        _("From {since} to {until} ({zone}), for: {audience}.").format(
            zone=asked.settings.zone,
            since=formats.first_day(asked.window, asked.settings),
            until=formats.day(asked.window.last, asked.settings),
            audience=_("facilitators") if asked.audience == "facilitators" else _("the community"),
        ),
        where,
    )
    return "\n".join(lines)


def computed(asked: Asked, place: ArchivePlace) -> "Report":
    """The figures, as those may see them for whom they are."""
    from koweb_sync.report.audience.pseudonyms import for_community, pseudonymous
    from koweb_sync.report.compute import compute_report
    from koweb_sync.report.engine.archive_state import last_post, names, places, title
    from koweb_sync.report.engine.source import opened
    from koweb_sync.report.figures import FIGURES

    archive = asked.archive
    bound = bound_topics(place, asked)
    for error in FIGURES.broken():  # another package's: the report goes on without it
        say(error.told)
    with opened(archive.store, archive.forum, asked.engine) as source:
        found = compute_report(source, asked.window, asked.settings, bound)
    with archive.store.read() as connection:
        listed = found.aside.named | {one.person for one in found.silent}
        found = replace(found, title=title(connection, archive.forum), names=names(connection, archive.forum, listed))
        found = replace(found, places=places(connection, archive.forum), last=last_post(connection, archive.forum))
        if asked.audience == "community":
            return for_community(found, connection, archive.forum, _("Member"))
        return pseudonymous(found, disguise(asked, connection)) if asked.pseudonyms else found


def bound_topics(place: ArchivePlace, asked: Asked) -> "list[Bound]":
    """The topics of post files, as the bookmark knows them; for the community, those that everybody may read."""
    from koweb_sync.git.repo import Repo
    from koweb_sync.report.engine.archive_state import not_for_all
    from koweb_sync.report.lists.published import Bound

    try:
        repo = Repo.find(place.root)
    except InputError:  # an archive needs no repository
        return []
    at = repo.resolve(place.settings.bookmark)
    if at is None:  # nor anything published
        return []
    from koweb_sync import bookmark

    agreed = bookmark.read(repo, at).agreed.values()
    found = [Bound(int(one.topic), one.path, str(one.says.title or "")) for one in agreed]
    if asked.audience == "facilitators":
        return found
    with asked.archive.store.read() as connection:
        closed = not_for_all(connection, asked.archive.forum, (one.topic for one in found))
    return [one for one in found if one.topic not in closed]

"""`koweb archive restore`: publish an archive again on an empty forum."""

import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import select

from koweb_sync.archive.place import HeldForum, named_so, told_apart
from koweb_sync.cli.archive.held_forum import configured_here
from koweb_sync.cli.archive.location import ArchivePlace, find, place_options
from koweb_sync.cli.archive.unfinished_reading import cut_short
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.options import folders_here, format_option
from koweb_sync.cli.output import echo, emit, say
from koweb_sync.cli.questions import confirm
from koweb_sync.config_file import FILE
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.restore.plan import RestorePlan
    from koweb_sync.archive.store.store import Store


@click.command(help=_("Publish an archive again, on an empty forum: --forum or --url names it."))
@place_options
@format_option()
@click.option("--url", help=_("A forum without koweb.toml that it goes to."))
@click.option("--from", "source", metavar="NAME", help=_("Which forum of the archive: its name, or its address."))
@click.option(
    "--as",
    "kind",
    type=OneOf(["forum", "intermediate"]),
    default="forum",
    help=_("On the forum, by its API; or as a file for Discourse's own importer, which keeps numbers and addresses."),
)
@click.option(
    "--to", metavar="DIR", shell_complete=folders_here, help=_("With --as intermediate: the folder for that file.")
)
@click.option("--into", metavar="CATEGORY", help=_("Everything into this category, on a forum that is not empty."))
@click.option("--users-as", metavar="USER", help=_("In whose name posts of people without an account appear."))
@click.option("--dry-run", is_flag=True, help=_("Only say what it takes."))
@click.option("--yes", is_flag=True, help=_("Do not ask before it begins."))
def restore(*, forum: str | None, store: str | None, style: str, dry_run: bool, yes: bool, **given: Any) -> None:
    if given["kind"] == "intermediate":
        as_file(given["source"] or forum, store, given["to"], dry_run=dry_run)
        return
    from koweb_sync.archive.crawl.costs import lasts
    from koweb_sync.archive.crawl.run import Silent
    from koweb_sync.archive.privacy import copies
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.restore.plan import RestoreOptions
    from koweb_sync.archive.restore.restore import Restore
    from koweb_sync.cli.archive.restore_words import PublishingBar, left_out, report, unheld, words

    place = goal(forum, store, given["url"])
    wishes = RestoreOptions(given["into"], given["users_as"])
    opened = place.open()
    with nullcontext() if dry_run else opened.alone():
        number = archived(place, opened, given["source"])
        with opened.read() as connection:
            copies.refuse(connection, number, opened.place)
            if Reader(connection, number).cut_off():
                say(cut_short(), fg="yellow")
        one = Restore(opened, number, connector(place.settings)(), wishes, Silent())
        one.refuse()
        plan = one.plan()
        lanes = {"key_per_minute": place.settings.rates.key_per_minute, "anonymous_per_minute": 0}
        took = lasts(0, plan.requests, one.forum.transport.pace, **lanes)
        for told in (*left_out(one.crop.left_out), unheld()):
            say(told)
        if dry_run:
            known = {"left_out": one.crop.left_out, **counts(plan)}
            cost = {"requests": plan.requests, "requests_at_most": plan.at_most, "minutes": took}
            print_answer(style, {"version": 1, **cost, **known}, words(plan, took))
            return
        say(words(plan, took))
        if not yes:
            confirm(_("Publish it on {url}?").format(url=place.settings.url))
        with PublishingBar(plan.requests) as one.watch:
            skipped = one.run()
    facts = {"skipped": skipped, "left_out": one.crop.left_out, "in_another_name": one.in_other_names()}
    told = report(skipped, one.in_other_names(), one.wishes.poster or one.site.user)
    print_answer(style, {"version": 1, **facts}, told)


def goal(forum: str | None, store: str | None, url: str | None) -> ArchivePlace:
    """The archive, and the forum that it goes to. Raises InputError where nothing names that, ConfigError."""
    if url is None and not configured_here():
        raise InputError(
            _("There is no {file} here.").format(file=FILE),
            where=str(Path.cwd()),
            remedy=_("Name the forum that the archive goes to: --url https://…"),
        )
    return find(forum, store, url)


def as_file(forum: str | None, store: str | None, to: str | None, *, dry_run: bool) -> None:
    """Write the archive for Discourse's own importer. Raises UsageError where nobody says where."""
    from koweb_sync.cli.archive.export import export

    if not to:
        raise click.UsageError(_("--as intermediate needs --to: the folder for the file."))
    context = click.get_current_context()
    context.invoke(export, forum=forum, store=store, style="intermediate", to=to, dry_run=dry_run)


def archived(place: ArchivePlace, opened: "Store", source: str | None) -> int:
    """The number of the archived forum that is meant. Raises InputError where that is not clear."""
    from koweb_sync.archive.privacy.drop import is_empty
    from koweb_sync.archive.store import schema

    table = schema.FORUMS
    with opened.read() as connection:
        query = select(table.c.id, table.c.name, table.c.url, table.c.title)
        everything = {HeldForum(row.name, row.url, title=row.title): int(row.id) for row in connection.execute(query)}
        held = [one for one, number in everything.items() if not is_empty(connection, number)]
    wanted = named_so(held, source) if source else held
    empty = [one for one in everything if one not in held]
    empty = named_so(empty, source) if source else empty
    if not held or (empty and not wanted):
        raise InputError(
            _("The archive holds no topic of a forum that could be published again."),
            where=place.shown,
            remedy=_("A mistyped address leaves an empty forum: “koweb archive drop {name}” removes it.").format(
                name=shlex.quote(empty[0].url)
            )
            if empty
            else _("“koweb archive” archives it; --store names another place."),
        )
    others = [one for one in wanted if one.url != place.settings.url]
    found = others if len(others) == 1 else wanted
    if len(found) != 1:
        raise InputError(
            _("Which forum of the archive is meant is not clear."),
            where=place.shown,
            remedy=_("Name one with --from: {names}.").format(names=told_apart(held)),
        )
    return everything[found[0]]


def print_answer(style: str, data: object, text: str) -> None:
    """The answer as data or in words."""
    if style == "json":
        emit(data)
    else:
        echo(text)


def counts(plan: "RestorePlan") -> dict[str, int]:
    """A plan's numbers."""
    return {name: int(getattr(plan, name)) for name in plan.__slots__ if name != "refused"}

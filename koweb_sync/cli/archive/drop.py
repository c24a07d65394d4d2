"""`koweb archive drop`: remove a forum from an archive, such as one that a mistyped address left."""

from typing import TYPE_CHECKING

import click

from koweb_sync.archive.place import HeldForum, named_so, told_apart
from koweb_sync.cli.archive.held_forum import find_store
from koweb_sync.cli.archive.location import opened_at, store_option
from koweb_sync.cli.archive.run_stages import before_anything
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit, label, say
from koweb_sync.cli.questions import confirm
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.exports.history import MadeExport
    from koweb_sync.archive.privacy.drop import Holding


@click.command(
    help=_(
        "Remove a forum (its name, its title or its address) from the archive, with all that is held of it. Exports of "
        "it stay where they are, and are named."
    )
)
@click.argument("name", metavar="FORUM", required=False)
@click.option("--forum", metavar="FORUM", help=_("The same, as the other commands take it."))
@store_option
@format_option()
@click.option("--dry-run", is_flag=True, help=_("Only say what would go."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def drop(name: str | None, forum: str | None, store: str | None, style: str, dry_run: bool, yes: bool) -> None:
    if (name is None) == (forum is None):
        raise InputError(_("Name one forum of the archive."), remedy=_("“koweb archive drop FORUM”"))
    from koweb_sync.archive.exports import history
    from koweb_sync.archive.privacy import drop as dropping
    from koweb_sync.cli.archive.forgetting_bar import forgetting_watched

    with before_anything(_("Stopped. Nothing was removed.")):
        opened = opened_at(find_store(store))
        with opened.read() as connection:
            one = meant(dropping.holdings(connection), name or forum or "", opened.place)
    exports = history.made_of(one.added, one.home)
    say(words(one))
    warn(one, exports)
    if not dry_run:
        if not yes:
            with before_anything(_("Stopped. Nothing was removed.")):
                confirm(_("Remove it? What the forum itself no longer has cannot be brought back."))
        with opened.alone(), forgetting_watched():
            dropping.drop(opened, one.forum)
        for export in exports:
            history.drop(export)
    if style == "json":
        emit(
            {
                "version": 1,
                "forum": one.url,
                "dropped": not dry_run,
                "topics": one.held.topics + one.held.channels,
                "posts": one.held.posts + one.held.messages,
                "chat": {"channels": one.held.channels, "messages": one.held.messages},
                "people": one.people,
                "files": one.files,
                "erased": one.erased,
                "exports": [each.to for each in exports],
            }
        )
    elif not dry_run:
        echo(_("{url} is no longer in the archive.").format(url=one.url))


def meant(holdings: "list[Holding]", name: str, place: str) -> "Holding":
    """The forum that is meant. Raises InputError."""
    forums = {HeldForum(one.name, one.url, title=one.title): one for one in holdings}
    found = named_so(list(forums), name)
    if len(found) == 1:
        return forums[found[0]]
    raise InputError(
        _("Several forums are called “{name}”.").format(name=name)
        if found
        else _("The archive holds no forum “{name}”.").format(name=name),
        where=place,
        remedy=_("Name one of these: {names}.").format(names=told_apart(list(forums))) if forums else "",
    )


def words(one: "Holding") -> str:
    """What would go, in a sentence."""
    from koweb_sync.archive.exports import captions

    if one.hollow:
        return _("{url}: nothing was ever archived of it.").format(url=one.url)
    parts = [
        captions.amount(one.held),
        ngettext("{n} person", "{n} people", one.people).format(n=number(one.people)),
        ngettext("{n} file", "{n} files", one.files).format(n=number(one.files)),
    ]
    return _("{url}: {things}.").format(url=one.url, things=", ".join(parts))


def warn(one: "Holding", exports: "list[MadeExport]") -> None:
    """Say what is lost beside the texts."""
    if one.erased:
        text = ngettext(
            "{n} person who asked to be forgotten comes back if the forum is archived again: that they asked goes too.",
            "{n} people who asked to be forgotten come back if the forum is archived again: that they asked goes too.",
            one.erased,
        )
        say(text.format(n=number(one.erased)), fg="yellow")
    if exports:
        say(_("Exports of it stay, and no “koweb archive forget” will reach them any more:"), fg="yellow")
    for each in exports:
        say(f"  {label(each.to)}")

"""`koweb archive forget`: erase somebody, and prove it."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync.cli.archive.after_run import compacted, now
from koweb_sync.cli.archive.exports_again import erasing, exports_of, make_again
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import archive_at
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import echo, emit, labelled, say
from koweb_sync.cli.questions import confirm
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from koweb_sync.archive.exports.history import MadeExport
    from koweb_sync.archive.privacy.find_names import Trace
    from koweb_sync.archive.privacy.forget import ForgetOrder
    from koweb_sync.archive.privacy.forget_everywhere import ForgetOutcome
    from koweb_sync.archive.store.store import Archive

UNSEEN = ("text in topic_versions", "text in cursors", "text in agenda", "text in ledger", "text in runs")
SHOWN = 50  # places on a screen; --format json prints all of them

HELP = _(
    "Erase somebody from the archive.\n\n"
    "Their account, names, picture, likes, votes, counters and groups go; the author of their posts becomes a number. "
    "Others no longer name them: mentions, quotes, links and pictures of them are rewritten in every version, and so "
    "are their full name and an unmistakable username in running text. A first name alone may be anybody's: --dry-run "
    "and --prove show where it stands, --names replaces it too.\n\n"
    "What they wrote stays by default, without their name, as when Discourse makes somebody anonymous: others answered "
    "it. If they want it gone as well, or if it tells who they are, take --text remove; quotes of it go too.\n\n"
    "Exports that this machine made of the archive are made again, without them; --exports names others.\n\n"
    "This holds in this archive, and in all that is made of it later: it keeps their number, and marks of their names "
    "that say nothing without a secret. It lies in the file archive-secret in your data folder, or in "
    "KOWEB_ARCHIVE_SECRET. Keep it. Other copies of the archive on this computer are named if they still hold them; "
    "until they are forgotten there, too, nothing of these is exported, closed or published. An archive that is made "
    "in another folder reads the forum as it is, and knows nothing of this: forget them there as well."
)


@click.command(help=HELP)
@click.argument("user", required=False)
@read_options
@format_option()
@click.option(
    "--text", type=click.Choice(["keep", "remove"]), default="keep", show_default=True, help=_("What they wrote.")
)
@click.option("--names", multiple=True, metavar="NAME", help=_("Replace this name too, wherever it stands."))
@click.option("--spare", multiple=True, metavar="NAME", help=_("Leave this name alone in running text."))
@click.option("--old-names", is_flag=True, help=_("Forget only how they were called before."))
@click.option("--upstream", is_flag=True, help=_("Forget the old names of all whom the forum made anonymous."))
@click.option(
    "--exports",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Rewrite an export from another machine or archive as well; may be given several times."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would go, and what would be left."))
@click.option("--prove", is_flag=True, help=_("Search everything afterwards, and exit with 3 if something is left."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def forget(user: str | None, forum: str | None, store: str | None, style: str, **given: Any) -> None:
    if (user is None) != given["upstream"] or (given["upstream"] and given["old_names"]):
        raise InputError(_("Name one person, or take --upstream."))
    place = find_to_read(forum, store)
    opened = place.open()
    archive = archive_at(place, opened)
    with opened.alone():
        code = carry_out(archive, ordered(archive, user, given), style, given)
    sys.exit(code)


def ordered(archive: "Archive", user: str | None, given: Mapping[str, Any]) -> "list[ForgetOrder]":
    """What is to be forgotten. Raises InputError."""
    from koweb_sync.archive.privacy import forget as forgetting

    with archive.store.read() as connection:
        if user is None:
            return forgetting.upstream(connection, archive.forum)
        person = forgetting.find(connection, archive.forum, user)
    for name in person.shared:
        say(_("Somebody else is called “{name}” as well: texts that say it are left alone.").format(name=name))
    if given["old_names"]:
        return [forgetting.former_names(person, given["names"], given["spare"])]
    return [forgetting.whole_person(person, given["text"], given["names"], given["spare"])]


def carry_out(archive: "Archive", orders: "list[ForgetOrder]", style: str, given: Mapping[str, Any]) -> int:
    """Rehearse it, ask, do it, make exports again, search: the exit code."""
    from koweb_sync.archive.privacy import forget_everywhere, named_places

    if not orders:
        say(_("Nobody is to be forgotten."))
        return HUMAN if not given["dry_run"] and make_again(archive) else DONE
    if given["dry_run"] or not given["yes"]:
        rehearsal = forget_everywhere.rehearse(archive, orders, now())
        exports = exports_of(archive)
        announce(orders, exports)
        if given["dry_run"]:
            printed(orders, rehearsal, style, {one.to: False for one in exports}, ahead=True)
        else:
            for line in ahead_of(orders, rehearsal):
                say(line)
        say_places(rehearsal.seen)
        if given["dry_run"]:
            return DONE
        confirm(_("Erase this? It cannot be brought back."))
    outcome, again = done(archive, orders, given["exports"])
    within_reach = replace(archive, folders=tuple(one.folder for one in outcome.reached))
    search = forget_everywhere.search if given["prove"] else forget_everywhere.in_exports
    outcome.left = search(within_reach, forget_everywhere.sought(orders))
    fresh = [Path(to) for to, done in again.items() if done and "://" not in to]
    with archive.store.read() as connection:
        outcome.seen = named_places.as_seen(connection, once_each(connection, outcome.left, orders, fresh))
    printed(orders, outcome, style, again)
    stale = not all(again.values())
    late = not compacted(outcome.done.late)
    conclude(outcome, proven=given["prove"] and not late, stale=stale)
    untouched = [one for one in outcome.reached if not one.known or one.unclear]
    elsewhere = say_copies(archive, orders)
    return HUMAN if outcome.left or untouched or stale or late or elsewhere else DONE


def once_each(
    connection: "Connection", left: "Sequence[Trace]", orders: "Sequence[ForgetOrder]", fresh: "Sequence[Path]"
) -> "list[Trace]":
    """The places that are left, without exports that were made again: what these say stands in the archive itself."""
    from koweb_sync.archive.privacy import find_names, forget_everywhere

    copied = [one for one in left if not one.table and any(folder in Path(one.where).parents for folder in fresh)]
    rows = [one for one in left if one.table]
    if copied and not rows:
        rows = list(find_names.in_rows(connection, forget_everywhere.sought(orders)))
    return [*rows, *(one for one in left if not one.table and not (rows and one in copied))]


def say_copies(archive: "Archive", orders: "Sequence[ForgetOrder]") -> bool:
    """Note who is forgotten in this copy of the archive, and say which other copies still hold them: if any does."""
    from koweb_sync.archive.privacy import copies

    copies.note(archive)
    with archive.store.read() as connection:
        people = [one.person for one in orders]
        typed = list(copies.holding(connection, archive.forum, archive.store.place, people))
    if typed:
        say(_("Another copy of this archive still holds them. Forget them there, too:"), fg="red")
    for command in typed:
        say(f"  {command}")
    return bool(typed)


def done(
    archive: "Archive", orders: "list[ForgetOrder]", others: "Sequence[Path]"
) -> "tuple[ForgetOutcome, dict[str, bool]]":
    """Forget, in the archive, in its exports, in `others`: and which exports were made again, by their places.

    One that could not be made again has at least its texts rewritten.
    """
    from koweb_sync.archive.closing import finish
    from koweb_sync.archive.closing import kit as kits
    from koweb_sync.archive.privacy import forget_everywhere, outside_copies

    made = exports_of(archive)
    follow = {*(one.local for one in made), *kits.kits_of(made)}  # they are made again anyway
    others = [one for one in others if one.resolve() not in follow]
    roots = {root for one in others if (root := kits.named(one)) is not None} - follow
    others = [one for one in others if kits.named(one) is None]
    others += [folder for root in sorted(roots) for folder in kits.exports_in(root)]
    for root in roots:
        kits.unseal(root)
    with erasing(archive):
        outcome = forget_everywhere.perform(replace(archive, folders=tuple(others)), orders, now())
    for root in roots:
        finish.sealed_again(root, now())
    exports, failed = exports_of(archive), make_again(archive)
    there = {one.local: one for one in exports if one.local is not None and one.local.is_dir()}
    names = forget_everywhere.in_clear(orders)
    for folder, one in there.items():
        reached = outside_copies.Reached(folder, known=True)
        if one in failed:
            with suppress(OSError, InputError):  # the search finds what is left
                reached = outside_copies.rewrite(folder, names)
        outcome.reached.append(reached)
    return outcome, {one.to: one not in failed for one in exports}


def announce(orders: "Sequence[ForgetOrder]", exports: "Sequence[MadeExport]") -> None:
    """Say whose names are meant, and which exports will be made again."""
    written = ", ".join(_("“{title}”").format(title=name) for one in orders for name in one.written)
    named = _("Names to be forgotten")
    say(labelled(named, written))
    if exports:
        again = _("Exports to be made again")
        say(labelled(again, ", ".join(one.to for one in exports)))


def ahead_of(orders: "Sequence[ForgetOrder]", rehearsal: "ForgetOutcome") -> list[str]:
    """What would go and what would stay, line by line."""
    rows = told(rehearsal.done.rows)
    return [
        _("What goes:"),
        *(rows or [f"  {_('nothing')}"]),
        _("What stays:"),
        f"  {staying(orders, rehearsal.posts)}",
    ]


def staying(orders: "Sequence[ForgetOrder]", posts: int) -> str:
    """What becomes of what they wrote."""
    policies = {one.policy for one in orders}
    if policies == {"renamed"}:
        return ngettext("{n} post, under the name of today", "{n} posts, under the name of today", posts).format(
            n=posts
        )
    if "remove" in policies:
        text = ngettext(
            "{n} empty post: that something stood there", "{n} empty posts: that something stood there", posts
        )
        return text.format(n=posts)
    return ngettext(
        "{n} post with its text, without the name", "{n} posts with their texts, without the name", posts
    ).format(n=posts)


def told(rows: Mapping[str, int]) -> list[str]:
    """What goes, line by line: texts that said a name together, whichever table holds them."""
    counted: dict[str, int] = {}
    for what, n in rows.items():
        if what not in UNSEEN:
            one = "texts" if what.startswith("text in ") else what
            counted[one] = counted.get(one, 0) + n
    return [f"  {erased(what, n)}" for what, n in sorted(counted.items())]


def say_places(places: "Sequence[Trace]") -> None:
    """Say what would be left to a person."""
    if places:
        say(remaining(len(places)))
        list_places(places)


def remaining(number: int) -> str:
    """How many places are left."""
    return ngettext(
        "{n} place would still say one of these names. Does it mean them? Then --names replaces it:",
        "{n} places would still say one of these names. Do they mean them? Then --names replaces them:",
        number,
    ).format(n=number)


def list_places(places: "Sequence[Trace]") -> None:
    """Places with the words around them, as many as fit."""
    for one in places[:SHOWN]:
        say(f"  {labelled(one.where, one.context)}")
    if len(places) > SHOWN:
        say(_("  … and {n} more; --format json prints all of them.").format(n=len(places) - SHOWN))


def printed(
    orders: "Sequence[ForgetOrder]",
    outcome: "ForgetOutcome",
    style: str,
    again: Mapping[str, bool],
    *,
    ahead: bool = False,
) -> None:
    """What was erased, or would be: data, on standard output. `again`: exports, and whether they were made again."""
    rows = outcome.done.rows
    if style == "json":
        emit(
            {
                "version": 1,
                "people": [one.person for one in orders],
                "erased": rows,
                "remembered": outcome.remembered,
                "exports": [
                    {"folder": str(one.folder), "known": one.known, "rewritten": [str(path) for path in one.rewritten]}
                    for one in outcome.reached
                ],
                "made_again": [{"place": place, "done": done} for place, done in again.items()],
                "left": [{"where": one.where, "context": one.context} for one in outcome.left],
            }
        )
        return
    for line in ahead_of(orders, outcome) if ahead else [_("Erased:"), *told(rows)] if rows else []:
        echo(line)


def erased(what: str, n: int) -> str:
    """How many rows of a kind were erased, in words."""
    texts = {
        "accounts": ngettext("{n} account", "{n} accounts", n),
        "activity": ngettext("{n} count of activity", "{n} counts of activity", n),
        "earlier titles": ngettext("{n} earlier title", "{n} earlier titles", n),
        "earlier versions": ngettext("{n} earlier version", "{n} earlier versions", n),
        "files": ngettext("{n} file", "{n} files", n),
        "group_members": ngettext("{n} membership of a group", "{n} memberships of groups", n),
        "likes": ngettext("{n} like", "{n} likes", n),
        "names": ngettext("{n} name", "{n} names", n),
        "pictures": ngettext("{n} picture", "{n} pictures", n),
        "pointers": ngettext("{n} mention, quote or answer", "{n} mentions, quotes or answers", n),
        "poll_votes": ngettext("{n} vote", "{n} votes", n),
        "texts of posts": ngettext("{n} text of a post", "{n} texts of posts", n),
    }
    other = ngettext("{n} text that said a name", "{n} texts that said a name", n)
    return texts.get(what, other).format(n=n)


def conclude(outcome: "ForgetOutcome", *, proven: bool, stale: bool) -> None:
    """Say what is left, and what lies out of reach."""
    for one in outcome.reached:
        if one.unclear is not None:
            text = labelled(str(one.folder), str(one.unclear))
            say(text, fg="red")
        if not one.known:
            say(_("{folder} is no export that koweb made: nothing was changed there.").format(folder=one.folder))
        elif one.rewritten:
            say(
                ngettext("{folder}: {n} file rewritten.", "{folder}: {n} files rewritten.", len(one.rewritten)).format(
                    folder=one.folder, n=len(one.rewritten)
                )
            )
    if proven and not outcome.left and not stale:
        say(_("Searched everything: nothing is left."), fg="green")
    elif outcome.left:
        say(
            ngettext(
                "{n} place still says one of the names:", "{n} places still say one of the names:", len(outcome.seen)
            ).format(n=len(outcome.seen)),
            fg="red",
        )
        list_places(outcome.seen)
        say(_("--names replaces a name in a text; an export is best made again; is the archive open elsewhere?"))
    say(
        _(
            "Out of koweb's reach: the forum itself, the history of your git repositories (adopted and pulled posts, "
            "and who edited them), backups and other copies of the archive, exports elsewhere, published reports."
        )
    )

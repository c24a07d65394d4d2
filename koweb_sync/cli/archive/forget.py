"""`koweb archive forget`: erase somebody, and prove it."""

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync.cli.archive.after_run import compacted, now
from koweb_sync.cli.archive.exports_again import erasing, exports_of, make_again, say_exports
from koweb_sync.cli.archive.forget_words import ahead_of, announce, conclude, printed, say_elsewhere, say_places
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.location import archive_at
from koweb_sync.cli.archive.run_stages import before_anything
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import confirm
from koweb_sync.errors import DONE, HUMAN, InputError, Stopped
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from koweb_sync.archive.privacy.find_names import Trace
    from koweb_sync.archive.privacy.forget import ForgetOrder, PersonNames
    from koweb_sync.archive.privacy.forget_everywhere import ForgetOutcome
    from koweb_sync.archive.store.store import Archive

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
    "KOWEB_ARCHIVE_SECRET. Keep it. Other copies of the archive that koweb knows, or that lie in the same folder, are "
    "named if they still hold them; until they are forgotten there, too, nothing of these is exported, closed or "
    "published. An archive that is made in another folder reads the forum as it is, and knows nothing of this: forget "
    "them there as well."
)


@click.command(help=HELP)
@click.argument("user", required=False)
@read_options
@format_option()
@click.option("--text", type=OneOf(["keep", "remove"]), default="keep", show_default=True, help=_("What they wrote."))
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
    with before_anything(_("Stopped. Nothing was erased.")):
        from koweb_sync.cli.archive.forgetting_bar import forgetting_watched

        place = find_to_read(forum, store)
        opened = place.open()
        archive = archive_at(place, opened)
    with opened.alone(), forgetting_watched():
        with before_anything(_("Stopped. Nothing was erased.")):
            orders = ordered(archive, user, given)
        code = carry_out(archive, orders, style, given)
    sys.exit(code)


def ordered(archive: "Archive", user: str | None, given: Mapping[str, Any]) -> "list[ForgetOrder]":
    """What is to be forgotten. Raises InputError."""
    from koweb_sync.archive.names.erasures import STRENGTH
    from koweb_sync.archive.privacy import copies
    from koweb_sync.archive.privacy import forget as forgetting

    with archive.store.read() as connection:
        if user is None:
            return forgetting.upstream(connection, archive.forum)
        person = meant(connection, archive, user)
        earlier = copies.of_people(connection, archive.forum).get(person.id, "keep")  # texts that are gone stay so
    for name in person.shared:
        say(_("Somebody else is called “{name}” as well: texts that say it are left alone.").format(name=name))
    if given["old_names"]:
        return [forgetting.former_names(person, given["names"], given["spare"])]
    policy = max(given["text"], earlier, key=lambda one: STRENGTH[one])
    return [forgetting.whole_person(person, policy, given["names"], given["spare"])]


def meant(connection: "Connection", archive: "Archive", user: str) -> "PersonNames":
    """Somebody by what was typed, also by a name that was erased already. Nobody else is offered: what is erased does
    not come back. Raises InputError.
    """
    from koweb_sync.archive.privacy import erased_names
    from koweb_sync.archive.privacy import forget as forgetting
    from koweb_sync.archive.read.people import NobodyCalledSo

    try:
        return forgetting.find(connection, archive.forum, user, guess=False)
    except NobodyCalledSo:
        person = erased_names.erased_as(connection, archive, user)
        if person is None:
            command = f"koweb archive list --author {shlex.quote(user)}"
            text = _("Give the username, or the number as in “#7”. “{command}” tells who has a name like that.")
            raise NobodyCalledSo(
                _("Nobody in this archive is called “{user}”.").format(user=user), remedy=text.format(command=command)
            ) from None
    say(_("“{user}” was erased from this archive already: #{n}.").format(user=user, n=person.id))
    return person


def carry_out(archive: "Archive", orders: "list[ForgetOrder]", style: str, given: Mapping[str, Any]) -> int:
    """Rehearse it, ask, do it: the exit code."""
    if not orders:
        say(_("Nobody is to be forgotten."))
        return HUMAN if not given["dry_run"] and make_again(archive) else DONE
    if given["dry_run"] or not given["yes"]:
        with before_anything(_("Stopped. Nothing was erased.")):
            rehearse(archive, orders, style, dry_run=given["dry_run"])
            if given["dry_run"]:
                return DONE
            confirm(_("Erase this? It cannot be brought back."))
    with may_be_stopped(archive, orders):
        return erase(archive, orders, style, given)


def rehearse(archive: "Archive", orders: "list[ForgetOrder]", style: str, *, dry_run: bool) -> None:
    """Say what would go and what would stay."""
    from koweb_sync.archive.privacy import forget_everywhere

    rehearsal = forget_everywhere.rehearse(archive, orders, now())
    exports = exports_of(archive)
    announce(orders)
    say_exports(exports)
    if dry_run:
        printed(orders, rehearsal, style, {one.to: False for one in exports}, ahead=True)
    else:
        for line in ahead_of(orders, rehearsal):
            say(line)
    say_places(rehearsal.seen)


@contextmanager
def may_be_stopped(archive: "Archive", orders: "list[ForgetOrder]") -> "Iterator[None]":
    """Say what is done and what is left where somebody stops an erasure. Raises Stopped."""
    from koweb_sync.archive.closing.unfinished import unfinished
    from koweb_sync.archive.privacy import erased_names

    try:
        yield
    except KeyboardInterrupt:
        if not erased_names.are_done(archive, orders, now()):
            raise Stopped(_("Stopped. Nothing was erased.")) from None
        with archive.store.read() as connection:
            left = unfinished(connection, archive.forum, archive.store.place)
        if not left:
            text = _("Stopped. What was to be erased is erased; what may be left was not looked for to the end.")
            raise Stopped(text, remedy=_("The same command again looks for it.")) from None
        text = _("Stopped. The archive no longer shows them. What was erased may still be in: {places}.")
        remedy = _("Type the same command again: it goes on to the end.")
        raise Stopped(text.format(places=", ".join(left)), remedy=remedy) from None


def erase(archive: "Archive", orders: "list[ForgetOrder]", style: str, given: Mapping[str, Any]) -> int:
    """Do it, make exports again, search: the exit code."""
    from koweb_sync.archive.privacy import forget_everywhere, named_places

    outcome, again = done(archive, orders, given["exports"])
    within_reach = replace(archive, folders=tuple(one.folder for one in outcome.reached))
    search = forget_everywhere.search if given["prove"] else forget_everywhere.in_exports
    outcome.left = search(within_reach, forget_everywhere.sought(orders), outcome.closed)
    fresh = [Path(to) for to, done in again.items() if done and "://" not in to]
    with archive.store.read() as connection:
        outcome.seen = named_places.as_seen(connection, once_each(connection, outcome.left, orders, fresh))
    printed(orders, outcome, style, again)
    stale = not all(again.values())
    late = not compacted(outcome.done.late)
    copies, files = elsewhere(archive, orders, outcome.closed)
    conclude(outcome, proven=given["prove"] and not late and not stale, alone=not copies)
    say_elsewhere(copies, files)
    untouched = [one for one in outcome.reached if not one.known or one.unclear]
    return HUMAN if outcome.left or outcome.closed or untouched or stale or late or copies or files else DONE


def in_archive(archive: "Archive", orders: "list[ForgetOrder]") -> "ForgetOutcome":
    """Forget in the archive, or only go on where that was done, and stopped before all exports were made again."""
    from koweb_sync.archive.closing.unfinished import unfinished
    from koweb_sync.archive.privacy import copies, erased_names, forget_everywhere

    with archive.store.read() as connection:
        begun = unfinished(connection, archive.forum, archive.store.place)
    if begun and erased_names.are_done(archive, orders, now()):
        outcome = forget_everywhere.beyond_rows(archive, orders, forget_everywhere.ForgetOutcome())
    else:
        with erasing(archive):
            outcome = forget_everywhere.perform(archive, orders, now())
    copies.note(archive)  # whoever is stopped from here on is forgotten in this copy
    return outcome


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


def elsewhere(archive: "Archive", orders: "Sequence[ForgetOrder]", closed: list[Path]) -> tuple[list[str], list[str]]:
    """What forgets people in other copies of the archive that still hold them, and the files that tell of them. What
    may not be looked at is added to `closed`.
    """
    from koweb_sync.archive.privacy import copies, forget_everywhere, subject_files

    people = [one.person for one in orders if one.policy != "renamed"]
    with archive.store.read() as connection:
        typed = list(copies.holding(connection, archive.forum, archive.store.place, people, closed))
        names = forget_everywhere.sought(orders)
        return typed, subject_files.telling_of(connection, archive.forum, people, names, closed)


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
    outcome = in_archive(replace(archive, folders=tuple(others)), orders)
    for root in roots:
        finish.sealed_again(root, now())
    exports, failed = exports_of(archive), make_again(archive)
    there = {one.local: one for one in exports if one.local is not None and outside_copies.is_folder(one.local)}
    names = forget_everywhere.in_clear(orders)
    for folder, one in there.items():
        reached = outside_copies.Reached(folder, known=True)
        if one in failed:
            with suppress(OSError, InputError):  # the search finds what is left
                reached = outside_copies.rewrite(folder, names)
        outcome.reached.append(reached)
    return outcome, {one.to: one not in failed for one in exports}

"""`koweb archive close`: what is left of a forum that closes, in one folder."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import safe_files
from koweb_sync.cli.archive.closed_kit import conclude, saying_what_is_left
from koweb_sync.cli.archive.held_forum import find_to_read, read_options
from koweb_sync.cli.archive.kept_until import kept_until
from koweb_sync.cli.archive.location import ArchivePlace, archive_at, offline_named
from koweb_sync.cli.archive.reachable import reachable
from koweb_sync.cli.archive.run_stages import before_anything, may_be_stopped
from koweb_sync.cli.archive.unfinished_reading import cut_short, refuse_cut_off, way_of
from koweb_sync.cli.options import folders_here
from koweb_sync.cli.out_of_git import keep_private
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_for, can_ask, confirm
from koweb_sync.errors import DONE, InputError
from koweb_sync.i18n import _
from koweb_sync.zones import of_pages

if TYPE_CHECKING:
    from koweb_sync.archive.closing.kit import Kit
    from koweb_sync.archive.privacy.forget import ForgetOrder
    from koweb_sync.archive.store.store import Archive

HELP = _(
    "Make a kit of a forum that closes, in one folder: what to put on the web so that every old link still answers, "
    "the same as texts and for programs, the archive itself, and sums that prove all of it whole.\n\n"
    "First the forum is read once more, and compared. A letter of farewell is written for you to read over and "
    "publish. Stopped at any moment, the same command goes on. Run again later, it brings the kit up to date.\n\n"
    "“koweb archive forget” erases somebody from the kit as well. Whoever was erased in the kit alone is erased in the "
    "archive first when the kit is made again."
)


@click.command(help=HELP)
@read_options
@click.option("--to", required=True, metavar="DIR", shell_complete=folders_here, help=_("The folder for the kit."))
@click.option("--contact", metavar="TEXT", help=_("Whom to ask to be erased, and for all else: a name and an address."))
@click.option("--keep-until", metavar="TEXT", help=_("How long the kit is kept, in words: it is said in it."))
@click.option("--rights", metavar="TEXT", help=_("What may be done with the texts: it is said in the kit."))
@click.option(
    "--everything/--public-only",
    default=None,
    help=_("Also what not everybody could read: for a place that few reach."),
)
@click.option("--pseudonyms/--names", default=None, help=_("Give accounts pseudonyms in what is published."))
@click.option("--no-archive/--with-archive", default=None, help=_("Leave out the archive itself, which names people."))
@click.option("--offline", is_flag=True, help=_("Ask the forum nothing: it is gone already."))
@click.option(
    "--incomplete",
    is_flag=True,
    help=_("Make the kit also of an archive that was not read to its end: the kit says so."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would be done."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def close(forum: str | None, store: str | None, to: str, **given: Any) -> None:
    with before_anything(_("Stopped. Nothing was made.")):
        from koweb_sync.archive.closing import finish
        from koweb_sync.archive.closing import kit as kits
        from koweb_sync.archive.exports.history import writing

        place = find_to_read(forum, store)
        archive = archive_at(place, place.open())
        root = safe_files.direct(Path(to).expanduser()).absolute()
        where = folder_for(root, archive)
        before = kits.read(where)
        if given["offline"] and not given["incomplete"]:
            refuse_cut_off(place, archive)
        kit = asked(place, archive, before, given)
        if not kit.private:
            finish.elsewhere(where, archive)
        orders = erased_in_kit(where, archive)
        for line in [*plan(archive, kit, root, offline=given["offline"]), *also_erased(orders, archive)]:
            say(line)
        if given["dry_run"]:
            return
        if not given["yes"]:
            confirm(_("Make this kit?"))
    with writing(str(root)), saying_what_is_left(root, where):
        for one in dict.fromkeys((root, where)):
            keep_private(one)
        if orders:
            erase_here(archive, orders)
            before = kits.read(where)
        sys.exit(Closing(place, archive, root, where).carry_out(kit, before, offline=given["offline"]))


def erased_in_kit(where: Path, archive: "Archive") -> "list[ForgetOrder]":
    """Who was erased in a kit and not in the archive that it is made of, and so is to be erased there first.

    Raises InputError where that is to be done by hand, as for who was erased in a copy elsewhere.
    """
    from koweb_sync.archive.closing.erased import erased_in
    from koweb_sync.archive.privacy import copies

    orders = erased_in(where, archive)
    here = {one.person for one in orders}
    with archive.store.read() as connection:
        copies.refuse(connection, archive.forum, archive.store.place, apart=here)
    return orders


def also_erased(orders: "list[ForgetOrder]", archive: "Archive") -> list[str]:
    """What is said of them before anything is done."""
    if not orders:
        return []
    names = ", ".join(_("“{title}”").format(title=one.written[0]) for one in orders if one.written)
    text = _("Erased in the kit, and so first in this archive as well: {names}. {file}")
    return [text.format(names=names, file=archive.store.place)]


def erase_here(archive: "Archive", orders: "list[ForgetOrder]") -> None:
    """Erase in the archive what was erased in the kit, and make its exports again."""
    from koweb_sync.archive.privacy import copies, forget_everywhere
    from koweb_sync.cli.archive.after_run import compacted, now
    from koweb_sync.cli.archive.exports_again import erasing, make_again

    with archive.store.alone():
        with erasing(archive):
            late = forget_everywhere.perform(archive, orders, now()).done.late
        compacted(late)
        make_again(archive)
    copies.note(archive)


def folder_for(root: Path, archive: "Archive") -> Path:
    """The folder to work in: the kit that is there, else one beside its place. Raises InputError for another thing."""
    from koweb_sync.archive.closing import kit as kits

    part = root.with_name(root.name + kits.UNFINISHED)
    for one in (root, part):
        kit = kits.read(one)
        if kit is not None and kit.forum != archive.base:
            raise InputError(
                _("This is the kit of another forum, {url}.").format(url=kit.forum),
                where=str(one),
                remedy=_("Name another folder with --to."),
            )
        if kit is None and one.exists() and (not one.is_dir() or any(one.iterdir())):
            raise InputError(
                _("The folder holds something else."), where=str(one), remedy=_("Name another folder with --to.")
            )
    return root if kits.read(root) is not None else part


def asked(place: ArchivePlace, archive: "Archive", before: "Kit | None", given: dict[str, Any]) -> "Kit":
    """The kit that is wanted. What was promised before holds where nothing else is said."""
    from koweb_sync.archive.closing.finish import origin
    from koweb_sync.archive.closing.kit import Kit, Promises
    from koweb_sync.cli.archive.after_run import now

    then = before.promises if before else Promises("")
    contact = reachable(given["contact"]) if given["contact"] else then.contact
    if not contact and given["dry_run"]:
        contact = _("not said yet: the kit needs it (--contact)")
    if not contact and not can_ask():
        raise click.UsageError(_("Say with --contact whom people ask who want to be erased."))
    public, pseudonyms, private = who_reads(before, given)
    return Kit(
        forum=archive.base,
        archive=origin(archive)[0],
        language=place.settings.locale,
        zone=of_pages(place.settings.time_zone),
        promises=Promises(
            contact or ask_for(_("Whom do people ask who want to be erased? A name and an address"), reachable),
            kept_until(given["keep_until"], now()) if given["keep_until"] else then.until,
            given["rights"] or then.rights,
        ),
        public=public,
        pseudonyms=pseudonyms,
        private=private,
        unfinished=given["offline"] and bool(way_of(archive)),
        **letter_of(before),
    )


def letter_of(before: "Kit | None") -> dict[str, Any]:
    """Which letter there is, and what koweb wrote into it."""
    names = ("letter", "letter_file", "letter_text")
    return {} if before is None else {name: getattr(before, name) for name in names}


def who_reads(before: "Kit | None", given: dict[str, Any]) -> tuple[bool, bool, bool]:
    """How much of people a kit shows, as `public`, `pseudonyms` and `private`: what is said now, else what held before.
    Nothing is shown that was not, unless somebody says so.
    """
    public, names, archive = (before.public, before.pseudonyms, before.private) if before else (True, False, True)
    return (
        public if given["everything"] is None else not given["everything"],
        names if given["pseudonyms"] is None else given["pseudonyms"],
        archive if given["no_archive"] is None else not given["no_archive"],
    )


def plan(archive: "Archive", kit: "Kit", root: Path, *, offline: bool) -> list[str]:
    """What would be done, line by line."""
    from koweb_sync.archive.closing import kit as kits
    from koweb_sync.archive.closing.finish import facts_of

    facts = facts_of(archive, kit, 0)
    if offline:
        first = _("The forum is not asked: the archive is taken as it is.")
    elif way_of(archive):
        first = _(
            "The last reading was cut off: it is gone on with first. Then the archive is compared with the forum."
        )
    else:
        first = _("The forum is read once more, and compared with the archive.")
    names = (
        _("Names: accounts have pseudonyms; what people wrote may still name somebody.")
        if kit.pseudonyms
        else _("Names: as on the forum.")
    )
    public = _("Also what not everybody could read.") if not kit.public else _("Only what everybody could read.")
    lines = [
        first,
        *([cut_short()] if kit.unfinished else ()),
        _("{folder}: {amount}, as pages at the addresses of {url}.").format(
            folder=root / kits.SITE, amount=facts.amount, url=archive.base
        ),
        _("The same as JSON lines and as Markdown, beside it."),
        public,
        names,
    ]
    if kit.private:
        lines.append(
            _("{file}: the archive itself, with all that it holds. It is not for the web.").format(
                file=root / kits.ARCHIVE
            )
        )
    lines += [
        _("Whom to ask: {contact}").format(contact=kit.promises.contact),
        _("Kept until: {until}").format(until=facts.kept),
        _("Rights: {rights}").format(rights=facts.rights),
    ]
    return lines


class Closing:
    """A run: in which folder the work is done, and where the kit goes in the end."""

    def __init__(self, place: ArchivePlace, archive: "Archive", root: Path, where: Path) -> None:
        self.place = place
        self.archive = archive
        self.root = root
        self.where = where
        self.code = DONE
        self.behind = False

    def carry_out(self, kit: "Kit", before: "Kit | None", *, offline: bool) -> int:
        """Do all steps that are not behind; the exit code."""
        from koweb_sync.archive.closing import finish
        from koweb_sync.archive.closing import kit as kits

        resting = before is not None and before.whole and before.sealed and not before.done
        if before is not None and before.same(kit) and not (resting and self.where == self.root):
            say(_("Going on with the kit that was not finished."))
            kit = replace(before, promises=kit.promises)
        if not (resting and kit.whole):
            whole = before is not None and before.whole
            kit = kits.write(self.where, replace(kit, sealed=False, whole=whole))
            kit = self.steps(kit, offline=offline)
        if self.where != self.root:
            finish.put_in_place(self.where, self.root, kit)
        self.note(kit)
        return max(self.code, conclude(self.root, kit, behind=self.behind, offline=offline))

    def steps(self, kit: "Kit", *, offline: bool) -> "Kit":
        """Update, verify, write exports and the rest, note each step, seal."""
        from koweb_sync.archive.closing import finish
        from koweb_sync.archive.closing import kit as kits
        from koweb_sync.cli.archive.after_run import now
        from koweb_sync.cli.archive.farewell import is_behind, with_letter

        if "update" not in kit.done:
            if not offline:
                self.update()
            kit = self.noted(replace(kit, run=finish.origin(self.archive)[1]), "update")
        if "verify" not in kit.done:
            kit = self.noted(self.verify(kit, offline=offline), "verify")
        for style in kits.EXPORTS:
            kit = self.export(kit, style)
        if kits.COPIED not in kit.done:
            finish.copied(self.where, kit, self.archive)
            kit = self.noted(kit, kits.COPIED)
        facts = finish.facts_of(self.archive, kit, now())
        kit = self.noted(with_letter(self.place, self.where, facts), "letter")
        facts = replace(facts, kit=kit)
        self.behind = is_behind(facts)
        return finish.sealed(self.where, replace(kit, done=()), facts)

    def noted(self, kit: "Kit", step: str) -> "Kit":
        """A kit of which a step is done, as it is noted."""
        from koweb_sync.archive.closing import kit as kits

        return kits.write(self.where, replace(kit, done=(*kit.done, step)))

    def update(self) -> None:
        """Read the forum once more."""
        from koweb_sync.cli.archive.command import run

        usual = dict.fromkeys(("files", "avatars", "staff", "messages", "public_only"))
        with offline_named(), may_be_stopped(lambda: True):
            self.code = run(self.place, "table", {**usual, "files_again": False, "via": "auto", "dry_run": False})

    def verify(self, kit: "Kit", *, offline: bool) -> "Kit":
        """Compare, and note what was found: in the log, and how much is missing in the kit."""
        from koweb_sync.archive.closing import events
        from koweb_sync.archive.closing.kit import EVENTS
        from koweb_sync.archive.read.reader import Reader
        from koweb_sync.cli.archive.after_run import now
        from koweb_sync.cli.archive.verify import sums, verdict, verified
        from koweb_sync.i18n import speaking

        given: dict[str, bool | None] = {"staff": None, "messages": None}
        report = verified(self.place, self.archive.store, self.archive.forum, given, offline=offline)
        found = verdict(report)
        say(sums(report))
        say(found)
        with self.archive.store.read() as connection, speaking(self.place.settings.locale):
            if not (self.where / EVENTS).is_file():
                events.begin(self.where, Reader(connection, self.archive.forum))
            outcome = "success" if report.complete else "incomplete"
            events.note(self.where, events.FIXITY, now(), outcome, f"{sums(report).rstrip('.')}. {found}")
        lacking = sum(one.short for one in report.short)
        return replace(kit, incomplete=not report.complete, lacking=lacking, lacking_besides=report.lacking)

    def export(self, kit: "Kit", style: str) -> "Kit":
        """Write an export, unless it was written and nothing was erased since."""
        from koweb_sync.archive.closing import events
        from koweb_sync.archive.exports import history
        from koweb_sync.cli.archive.after_run import now
        from koweb_sync.cli.archive.exports_again import reading_in, written
        from koweb_sync.i18n import speaking

        made = kit.export(self.where, style)
        known = history.read(history.note(made.to))
        fresh = known is None or (known.run == made.run and not known.spoiled)
        if style in kit.done and fresh:
            return kit
        say(_("Writing {folder}").format(folder=made.to))
        with history.writing(made.to):
            done, whole = written(reading_in(self.archive), self.archive.base, made, force=True)
        if not whole:
            raise InputError(
                _("Something was erased meanwhile."), where=made.to, remedy=_("Run the same command once more.")
            )
        with speaking(kit.language):
            words = _("The files of the export {format} were written: {amount}.").format(
                format=style, amount=done.files
            )
            events.note(self.where, events.CREATION, now(), "success", words)
        return self.noted(kit, style)

    def note(self, kit: "Kit") -> None:
        """Note where the archive and its copy in the kit lie: who is forgotten in one of them is in the other, too."""
        from koweb_sync.archive.closing import kit as kits
        from koweb_sync.archive.privacy import copies

        copies.note(self.archive, *([str(self.root / kits.ARCHIVE)] if kit.private else []))

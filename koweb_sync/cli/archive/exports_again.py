"""Exports, and what this machine notes of them: so that they are made again after something was erased."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from koweb_sync import dates
from koweb_sync.cli.output import label, labelled, say
from koweb_sync.errors import InputError, KowebError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _, ngettext, number, speaking

if TYPE_CHECKING:
    from pathlib import Path

    from koweb_sync.archive.exports.folder import ExportResult
    from koweb_sync.archive.exports.history import MadeExport
    from koweb_sync.archive.read.reader import Reader
    from koweb_sync.archive.store.store import Archive


def written(
    opened: "AbstractContextManager[Reader]", base: str, made: "MadeExport", *, force: bool
) -> "tuple[ExportResult, bool]":
    """Write an export of what is `opened`, in its language, and note it: what was written, and False if something was
    erased meanwhile that it may still hold. `base`: the forum's address. Nobody else writes it. Raises InputError.
    """
    from koweb_sync.archive.closing import kit as kits
    from koweb_sync.archive.exports.export import export, target
    from koweb_sync.archive.exports.history import begin, finish, origin, origins
    from koweb_sync.cli.archive.filters import reader_of
    from koweb_sync.cli.archive.results import ExportBar

    where = target(made.to, made.style, made.forum, force=force, origins=origins(made.to))
    spoiled = begin(made)  # before the archive is read: what is erased afterwards spoils it
    if spoiled is None:
        say(_("Nobody notes this export: “koweb archive forget” will not reach it."), fg="yellow")
    with opened as plain, ExportBar(plain.count(made.wanted)[1]) as bar:
        with speaking(made.language), dates.reading_in(ZoneInfo(made.zone)):
            reader = reader_of(plain.connection, plain.forum, base, pseudonyms=made.pseudonyms)
            reader.watch = bar.step
            reader.closed = made.local is not None and kits.around(made.local) is not None
            done = export(reader, made.style, where, made.wanted)
        _archive, run = origin(plain.connection, plain.forum)
    if done.unled:
        text = ngettext(
            "{n} address of before the forum leads nowhere: no server’s file can hold it.",
            "{n} addresses of before the forum lead nowhere: no server’s file can hold them.",
            done.unled,
        )
        say(text.format(n=number(done.unled)), fg="yellow")
    return done, spoiled is None or finish(replace(made, run=run), spoiled)


@contextmanager
def reading_in(archive: "Archive") -> "Iterator[Reader]":
    """A reader of an open archive."""
    from koweb_sync.archive.read.reader import Reader

    with archive.store.read() as connection:
        yield Reader(connection, archive.forum)


def exports_of(archive: "Archive") -> "list[MadeExport]":
    """The exports that this machine made of the archive, and those of the closing kit that it lies in."""
    from koweb_sync.archive.exports.history import made_of, origin

    with archive.store.read() as connection:
        added, _run = origin(connection, archive.forum)
    adopt_kit(archive)
    return made_of(added, archive.base)


def adopt_kit(archive: "Archive") -> None:
    """Where an archive is the one in a closing kit, have this machine know the exports of that kit."""
    from koweb_sync.archive.closing import kit as kits
    from koweb_sync.archive.store.location import path

    file = None if archive.store.postgresql else path(archive.store.engine.url)
    root = None if file is None else kits.around(file.absolute())
    kit = None if root is None else kits.read(root)
    if root is not None and kit is not None and kit.forum == archive.base:
        kits.adopt(root, kit)


def say_exports(exports: "list[MadeExport]") -> None:
    """Say which exports will be made again, a line for each."""
    if exports:
        say(_("Exports to be made again:"))
    for one in exports:
        say(f"  {label(one.to)}")


@contextmanager
def erasing(archive: "Archive") -> Iterator[None]:
    """Something is erased from the archive: its exports are noted as stale before, for we may be killed, and again
    afterwards, for some may have been begun meanwhile.
    """
    spoil_exports(archive)
    try:
        yield
    finally:  # where the files cannot be made smaller, the rows are gone all the same
        spoil_exports(archive)


def spoil_exports(archive: "Archive") -> None:
    """Note that they hold what is being erased, and that the sums of the kits that they are in will not hold."""
    from koweb_sync.archive.closing import kit as kits
    from koweb_sync.archive.exports.history import spoil

    if exports := exports_of(archive):
        spoil(exports)
        for root in kits.kits_of(exports):
            kits.unseal(root)


def make_again(archive: "Archive") -> "list[MadeExport]":
    """Make all exports again that hold what was erased; those for which it failed are answered, and said.

    These stay noted, and the next run tries them again.
    """
    from koweb_sync.archive.exports.history import writing

    failed: dict[str, list[MadeExport]] = {}  # by why
    exports = exports_of(archive)
    for one in exports:
        if not one.spoiled:
            continue
        try:
            with writing(one.to):
                made_again(archive, one)
        except (KowebError, OSError) as error:
            failed.setdefault(why_of(error), []).append(one)
    for why, some in failed.items():
        text = ngettext(
            "The export {places} could not be made again without what was erased. {why}",
            "These exports could not be made again without what was erased: {places}. {why}",
            len(some),
        )
        say(text.format(places=", ".join(one.to for one in some), why=why), fg="red")
    left = [one for some in failed.values() for one in some]
    return [*left, *renew_kits(archive, exports, left)]


def why_of(error: KowebError | OSError) -> str:
    """Why something failed, in a sentence."""
    if isinstance(error, KowebError):
        return str(error)
    return labelled(str(error.filename), f"{reason(error)}.") if error.filename else f"{reason(error)}."


def renew_kits(archive: "Archive", exports: "list[MadeExport]", failed: "list[MadeExport]") -> "list[MadeExport]":
    """Bring the closing kits that exports are in up to date: an export of each kit for which that failed."""
    from koweb_sync.archive.closing import kit as kits

    roots = kits.kits_of(exports)
    if not roots:
        return []
    from koweb_sync.archive.closing import finish  # with the templates of their documents
    from koweb_sync.cli.archive.after_run import now

    stale = []
    for root in roots:
        inside = [one for one in exports if one.local is not None and kits.around(one.local) == root]
        if any(one in failed for one in inside):
            say_unsealed(root)
            continue
        try:
            if finish.renew(root, archive, now()):
                say(_("Sealed again: {place}.").format(place=root))
        except (KowebError, OSError) as error:
            stale.append(inside[0])
            text = _("The kit {place} still holds what was erased. {why}")
            say(text.format(place=root, why=why_of(error)), fg="red")
            say_unsealed(root)
    return stale


def say_unsealed(root: "Path") -> None:
    """Say that some of a closing kit was written anew, or will be, and that its manifests are of before."""
    from koweb_sync.archive.closing import kit as kits

    with suppress(KowebError, OSError):  # a kit that cannot be read was told by whoever tried to renew it
        kit = kits.read(root)
        if kit is not None and kit.whole and not kit.sealed:
            say(_("Until then, the sums of the kit {place} do not hold.").format(place=root), fg="red")


def made_again(archive: "Archive", made: "MadeExport") -> None:
    """Make one again; forget it if it was removed. Raises InputError if that may lose a text."""
    from koweb_sync.archive.exports import history as notes
    from koweb_sync.archive.privacy import copies

    state = notes.state(made)
    if state == "removed":
        notes.drop(made)
        return
    if state == "away":
        raise InputError(_("It cannot be seen now."), remedy=_("The next “koweb archive” tries again."))
    if paths := notes.changed(made):
        raise InputError(
            _("Somebody changed a file in it: {path}.").format(path=paths[0]),
            remedy=_("Keep what you need of it elsewhere, then export into that folder again, or remove it."),
        )
    with archive.store.read() as connection:
        copies.refuse(connection, archive.forum, archive.store.place)
        whole = notes.shows(connection, archive.forum, made)
    if not whole:
        raise InputError(
            _("It was made of a newer copy of this archive, and may hold more."),
            remedy=_("Forget in that copy as well, or export into that folder again."),
        )
    written(
        reading_in(archive), archive.base, made, force=True
    )  # a stopped export may have left the mark of another kind
    say(_("Made again: {place}.").format(place=made.to))

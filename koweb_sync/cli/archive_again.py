"""Exports that this machine made of an archive, made again after something was erased from it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.cli.common import say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, activate, active

if TYPE_CHECKING:
    from koweb_sync.archive.read.export.made import Made
    from koweb_sync.archive.read.export.run import Style
    from koweb_sync.archive.read.reading import Reader
    from koweb_sync.archive.read.records import Wanted
    from koweb_sync.archive.rights.privacy import Archive


class Noted:
    """An export that is being written, and its note: what `forget` and `purge` find later."""

    def __init__(self, reader: "Reader", to: str, style: "Style", wanted: "Wanted", *, pseudonyms: bool) -> None:
        from koweb_sync.archive.read.export.made import Made, erased, full, origin

        self.reader = reader
        archive, run = origin(reader.connection, reader.forum)
        self.made = Made(full(to), reader.source().url, archive, run, style, active(), pseudonyms, wanted)
        self.erased = erased(reader.connection, reader.forum)
        self.spoiled: int | None = None

    def begin(self) -> None:
        """Note it, or say that it cannot be."""
        from koweb_sync.archive.read.export.made import begin

        self.spoiled = begin(self.made)
        if self.spoiled is None:
            say(_("Nobody notes this export: “koweb archive forget” will not reach it."), fg="yellow")

    def finish(self) -> bool:
        """Note that it is whole. True if somebody was forgotten meanwhile whom it may still name."""
        from koweb_sync.archive.read.export.made import erased, finish, note, read, spoil

        with self.reader.connection.engine.connect() as now:
            late = erased(now, self.reader.forum) != self.erased
        if self.spoiled is None:
            return late
        finish(self.made, self.spoiled)
        found = read(note(self.made.to))
        if late and found is not None and not found.spoiled:
            spoil([self.made])
        return late or (found is not None and bool(found.spoiled))


def exports_of(archive: "Archive") -> "list[Made]":
    """The exports that this machine made of the archive."""
    from koweb_sync.archive.read.export.made import made_of, origin

    with archive.store.read() as connection:
        added, _run = origin(connection, archive.forum)
    return made_of(added, archive.base)


def spoil_exports(archive: "Archive") -> None:
    """Note that they hold what is being erased."""
    from koweb_sync.archive.read.export.made import spoil

    if exports := exports_of(archive):
        spoil(exports)


def make_again(archive: "Archive") -> "list[Made]":
    """Make all exports again that hold what was erased; those for which it failed are answered, and said.

    These stay noted, and the next run tries them again.
    """
    failed = []
    for one in exports_of(archive):
        if not one.spoiled:
            continue
        try:
            made_again(archive, one)
        except Exception as error:  # noqa: BLE001 - what storage says differs by its kind, and the others have their turn
            failed.append(one)
            why = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            say(_("The export {place} still holds what was erased. {why}").format(place=one.to, why=why), fg="red")
    return failed


def made_again(archive: "Archive", made: "Made") -> None:
    """Make one again, in its own language; forget it if it was removed. Raises InputError if that may lose a text."""
    from koweb_sync.archive.read.export import made as notes

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
    with notes.writing(made.to):
        written_again(archive, made)
    say(_("Made again: {place}.").format(place=made.to))


def written_again(archive: "Archive", made: "Made") -> None:
    """Write one again. Raises InputError if the archive lacks what the export may hold."""
    from koweb_sync.archive.read.export import made as notes
    from koweb_sync.archive.read.export.run import export, target
    from koweb_sync.archive.read.reading import Reader
    from koweb_sync.cli.archive_found import Bar
    from koweb_sync.cli.archive_wishes import reader_of

    spoken = active()
    with archive.store.read() as connection:
        if not notes.shows(connection, archive.forum, made):
            raise InputError(
                _("It was made of a newer copy of this archive, and may hold more."),
                remedy=_("Forget in that copy as well, or export into that folder again."),
            )
        where = target(made.to, made.style, made.forum, force=True)
        with Bar(Reader(connection, archive.forum).count(made.wanted)[1]) as bar:
            activate(made.language)
            try:
                reader = reader_of(connection, archive.forum, archive.base, pseudonyms=made.pseudonyms)
                reader.watch = bar.step
                export(reader, made.style, where, made.wanted)
            finally:
                activate(spoken)
        _added, run = notes.origin(connection, archive.forum)
    notes.finish(replace(made, run=run), made.spoiled)

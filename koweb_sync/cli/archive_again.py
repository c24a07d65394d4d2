"""Exports that this machine made of an archive, made again after something was erased from it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.cli.common import say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, activate, active

if TYPE_CHECKING:
    from koweb_sync.archive.read.export.made import Made
    from koweb_sync.archive.rights.privacy import Archive


def exports_of(archive: "Archive") -> "list[Made]":
    """The exports that this machine made of the archive, and that are still there."""
    from koweb_sync.archive.base.places import whole
    from koweb_sync.archive.read.export.made import made_of

    return made_of(whole(archive.store.engine.url), archive.base)


def make_again(archive: "Archive", exports: "Sequence[Made]") -> "list[Made]":
    """Make exports again from what the archive holds now, and say so; those that could not be made are answered.

    One that fails stays noted: the next run tries it again.
    """
    failed = []
    for one in exports:
        try:
            written = made_again(archive, one)
        except InputError as error:
            failed.append(one)
            say(_("The export {place} could not be made again: {why}").format(place=one.to, why=error), fg="red")
            continue
        say(_("Made again: {place}.").format(place=one.to))
        for path in written:
            say(_("{path} was changed since the last export, and stays.").format(path=path))
    return failed


def made_again(archive: "Archive", made: "Made") -> list[str]:
    """Make one again, in its own language: the files that somebody changed, and that it no longer has.

    Raises InputError.
    """
    from koweb_sync.archive.read.export.made import remember
    from koweb_sync.archive.read.export.run import export, target
    from koweb_sync.archive.read.reading import Reader
    from koweb_sync.cli.archive_found import Bar
    from koweb_sync.cli.archive_wishes import reader_of

    spoken, where = active(), target(made.to, made.style, made.forum)
    with archive.store.read() as connection, Bar(Reader(connection, archive.forum).count(made.wanted)[1]) as bar:
        activate(made.language)
        try:
            reader = reader_of(connection, archive.forum, archive.base, pseudonyms=made.pseudonyms)
            reader.watch = bar.step
            done = export(reader, made.style, where, made.wanted)
        finally:
            activate(spoken)
    remember(replace(made, stale=False))
    return done.kept


def make_stale_again(archive: "Archive") -> "list[Made]":
    """Make those again that an earlier command had to leave; the ones that failed once more are answered."""
    return make_again(archive, [one for one in exports_of(archive) if one.stale])

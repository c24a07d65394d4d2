"""The parts of a kit besides its exports, its seal, its way to its place; and all of that again after an erasure."""

import shlex
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from koweb_sync import dates, safe_files
from koweb_sync.archive.closing import bag, copy, documents, events
from koweb_sync.archive.closing import kit as kits
from koweb_sync.archive.closing.documents import KitFacts
from koweb_sync.archive.closing.kit import Kit
from koweb_sync.archive.exports import folder, history, old_addresses
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.store import Archive
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, speaking


def facts_of(archive: Archive, kit: Kit, at: int) -> KitFacts:
    """What the papers tell."""
    with archive.store.read() as connection:
        reader = Reader(connection, archive.forum)
        closed = reader.count(ArchiveFilter()) != reader.count(ArchiveFilter(public=True))
        return KitFacts(reader.source(), kit, reader.count(kit.wanted), at, closed)


def copied(root: Path, kit: Kit, archive: Archive) -> None:
    """Have the archive itself in the kit, unless it lies there anyway; or have none there. Raises InputError."""
    file = root / kits.ARCHIVE
    if not kit.private:
        elsewhere(root, archive)
        copy.taken_out(root, kits.PRIVATE, file.name)
    elif copy.is_file(archive.store, file):
        copy.settle(archive.store)
    else:
        copy.write(archive.store, archive.forum, file)


def elsewhere(root: Path, archive: Archive) -> None:
    """Raises InputError where the archive that is read is the one in the kit, which is to be left out of it."""
    if copy.is_file(archive.store, root / kits.ARCHIVE):
        raise InputError(
            _("The archive lies in the kit, and a kit without an archive is wanted."),
            where=str(root / kits.ARCHIVE),
            remedy=_("Move it to another folder first, and name it with --store."),
        )


def sealed(root: Path, kit: Kit, facts: KitFacts) -> Kit:
    """Write the papers, then the manifests, and say that the kit is sealed."""
    with speaking(kit.language), dates.reading_in(ZoneInfo(kit.zone)):
        documents.written(root, facts)
        folder.put_instead(root / kits.SITE, old_addresses.ABOUT, documents.about(facts))
        events.note(root, events.DIGESTS, facts.at, "success", _("Sums of all files were written."))
        bag.seal(root, documents.info(facts), documents.README)  # the letter is for people to change
    return kits.write(root, replace(kit, whole=True, sealed=True))


def renew(root: Path, archive: Archive, at: int) -> bool:
    """Bring a kit up to what its exports and its archive are now that something was erased; False if nothing was to be
    done. A kit that was never finished is left to who finishes it.

    Raises InputError where its copy of the archive may hold more than the archive does.
    """
    kit = kits.read(root)
    if kit is None or kit.sealed or not kit.whole:
        return False
    if (kit.forum, kit.archive) != (archive.base, origin(archive)[0]):
        raise InputError(
            _("The kit was made of another archive, and its own copy still holds what was erased."),
            where=str(root),
            remedy=_("Erase in that copy, too: --store {file}").format(file=shlex.quote(str(root / kits.ARCHIVE))),
        )
    copied(root, kit, archive)
    with speaking(kit.language):
        note_erasure(root, at)
    sealed(root, kit, facts_of(archive, kit, at))
    return True


def note_erasure(root: Path, at: int) -> None:
    """Note that something was erased: what holds at that moment, whatever comes later."""
    text = _("Something was erased, and every part was made again without it.")
    events.note(root, events.REDACTION, at, "success", text)


def sealed_again(root: Path, at: int) -> None:
    """Write the manifests of a kit anew, whose exports were rewritten without somebody."""
    kit = kits.read(root)
    if kit is None:
        return
    with speaking(kit.language):
        note_erasure(root, at)
        bag.seal(root, bag.info_of(root), documents.README)
    kits.write(root, replace(kit, sealed=True))


def origin(archive: Archive) -> tuple[int, tuple[int, int]]:
    """Which archive it is, and its newest run."""
    with archive.store.read() as connection:
        return history.origin(connection, archive.forum)


def put_in_place(part: Path, root: Path, kit: Kit) -> None:
    """Move a finished kit to its place. Its exports are noted there first: whoever is killed in between leaves no
    export that nobody knows.
    """
    before = [kit.export(part, style) for style in kits.EXPORTS]
    noted = [history.read(history.note(one.to)) for one in before]
    for style, one in zip(kits.EXPORTS, noted, strict=True):
        if one is not None:
            history.move(one, kit.export(root, style).to)
    with safe_files.understood(root):
        part.rename(root)
    for one in before:
        history.drop(one)

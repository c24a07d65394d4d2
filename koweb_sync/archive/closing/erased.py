"""Who was erased in a kit: its own archive knows, and the archive that the kit is made of does not bring them back."""

from pathlib import Path

from koweb_sync.archive.closing import copy
from koweb_sync.archive.closing.kit import ARCHIVE
from koweb_sync.archive.names import erasures
from koweb_sync.archive.names.secret import find
from koweb_sync.archive.privacy import carry_over, copies
from koweb_sync.archive.privacy.forget import ForgetOrder
from koweb_sync.archive.store.store import Archive, Store
from koweb_sync.errors import ConfigError, InputError


def erased_in(root: Path, archive: Archive) -> list[ForgetOrder]:
    """What was erased in a kit's archive and is not in the archive that the kit is made of, to be erased there as well.

    Raises InputError where the names are known by another secret: then it is to be done by hand.
    """
    file = root / ARCHIVE
    if not file.is_file() or copy.is_file(archive.store, file):
        return []
    with Store.open(str(file), create=False) as kept:
        number = kept.forum(archive.base)
        if number is None:
            return []
        with kept.read() as there, archive.store.read() as here:
            try:
                found = erasures.read(there, number, secret := find(archive.base))
                return carry_over.to_be_done(here, archive.forum, found, secret) if found and secret else []
            except ConfigError as error:
                people = copies.lacking(here, archive.forum, copies.of_people(there, number))
                if not people:
                    return []
                text, remedy = copies.told(here, archive.forum, archive.store.place, people)
                raise InputError(text, where=archive.store.place, remedy=remedy) from error

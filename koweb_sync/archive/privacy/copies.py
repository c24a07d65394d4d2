"""Copies of one archive: who was forgotten in one of them does not come back out of another.

A copy is known by when the forum entered the archive, which no other archive of it shares. What this computer knows of
the copies stands in the user's data folder: where they lie, and by number who was forgotten in one of them.
"""

import shlex
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koweb_sync.archive.exports.history import origin
from koweb_sync.archive.names.erasures import STRENGTH
from koweb_sync.archive.privacy.neighbouring_archives import databases_beside
from koweb_sync.archive.store.reading import only_read, reading_of
from koweb_sync.archive.store.rows import among, forum_number, home, rows, sql, value
from koweb_sync.archive.store.store import Archive
from koweb_sync.errors import InputError, KowebError
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.records import RecordFile
from koweb_sync.trusted import data_folder

if TYPE_CHECKING:
    from koweb_sync.archive.store.rows import Readable

NAME = "archive-copies.json"
VERSION = 1
Erased = Mapping[int, str]  # who was forgotten, by number -> remove or keep


def of_people(connection: "Readable", forum: int) -> dict[int, str]:
    """Who was forgotten in an archive, and not only an older name of theirs."""
    found = sql("SELECT person, policy FROM erasures WHERE forum = ? AND policy <> 'renamed'", forum)
    return {int(one["person"]): str(one["policy"]) for one in rows(connection, found)}


# ---- what this computer knows


def record() -> RecordFile:
    """The file, which only the user may read."""
    remedy = _("Move this file away: who was forgotten stays so in the archives themselves.")
    failed = _("What is known of an archive's copies cannot be written down: {why}.")
    return RecordFile(data_folder() / NAME, VERSION, remedy, failed)


def address(connection: "Readable", forum: int) -> str:
    """The forum's address, as the archive and its copies have it, wherever it moved since."""
    return home(connection, forum)


def key(connection: "Readable", forum: int) -> str:
    """What all copies of an archive have in common."""
    return f"{origin(connection, forum)[0]} {address(connection, forum)}"


def full(place: str) -> str:
    """A place by its whole name."""
    return place if "://" in place else str(Path(place).resolve())


def note(archive: Archive, *others: str) -> None:
    """Write down where an archive and other copies of it lie, and who was forgotten in it. Nothing where nothing can
    be kept, as in a container: a damaged file is told by whoever reads it next.
    """
    with archive.store.read() as connection:
        name, forgotten = key(connection, archive.forum), of_people(connection, archive.forum)
    with suppress(KowebError, OSError), record().changed() as known, record().undamaged():
        mine: dict[str, Any] = known.setdefault("archives", {}).setdefault(name, {"places": [], "forgotten": {}})
        places = {one for one in mine["places"] if "://" in one or Path(one).exists()}
        mine["places"] = sorted(places | {full(one) for one in (archive.store.place, *others)})
        for person, policy in forgotten.items():
            if STRENGTH[policy] > STRENGTH.get(mine["forgotten"].get(str(person), ""), -1):
                mine["forgotten"][str(person)] = policy


def noted(connection: "Readable", forum: int) -> tuple[list[str], dict[int, str]]:
    """Where the copies of an archive lie, and who was forgotten in one of them. Raises KowebError for a damaged file:
    nobody is to come back because nothing is known.
    """
    name = key(connection, forum)
    with record().undamaged():
        mine = record().read().get("archives", {}).get(name, {})
        forgotten = {int(person): str(policy) for person, policy in mine.get("forgotten", {}).items()}
        return [str(one) for one in mine.get("places", ())], {n: p for n, p in forgotten.items() if p in STRENGTH}


def lacking(connection: "Readable", forum: int, known: Erased) -> dict[int, str]:
    """Those of the forgotten whom an archive still holds as if they were not."""
    here = of_people(connection, forum)
    less = {n: p for n, p in known.items() if STRENGTH[p] > STRENGTH.get(here.get(n, ""), -1)}
    held = rows(connection, sql("SELECT id FROM people WHERE forum = ? AND", forum) + among("id", less))
    return {one: less[one] for one in sorted(int(row["id"]) for row in held)}


# ---- what follows


def forgotten_elsewhere(connection: "Readable", forum: int) -> dict[int, str]:
    """Who was forgotten in another copy of an archive, as this computer knows, and not in this one."""
    return lacking(connection, forum, noted(connection, forum)[1])


def holding(connection: "Readable", forum: int, place: str, people: Iterable[int], closed: list[Path]) -> Iterator[str]:
    """The commands that forget people in the other copies within reach that still hold them: those that are known, and
    files that lie beside. A folder that may not be listed is added to `closed`.
    """
    name, mine = key(connection, forum), of_people(connection, forum)
    wanted = {person: mine[person] for person in people if person in mine}
    url = address(connection, forum)
    known = [one for one in noted(connection, forum)[0] if one != full(place)]
    try:
        strange = [one for one in databases_beside(place) if one not in known]
    except OSError:
        strange = []
        closed.append(Path(place).absolute().parent)
    for other in (*known, *strange):
        reading = only_read if other in strange else reading_of
        with suppress(KowebError, OSError, sqlite3.Error), reading(other) as there:
            number = forum_number(there, url)
            if number is not None and key(there, number) == name:
                yield from commands(there, number, other, lacking(there, number, wanted))


def commands(connection: "Readable", forum: int, place: str, people: Erased) -> Iterator[str]:
    """What forgets people in an archive, to be typed."""
    several = int(value(connection, sql("SELECT count(*) AS it FROM forums"))) > 1
    which = f" --forum {shlex.quote(address(connection, forum))}" if several else ""
    for person, policy in people.items():
        text = " --text remove" if policy == "remove" else ""
        yield f'koweb archive forget "#{person}"{text}{which} --store {shlex.quote(place)}'


def told(connection: "Readable", forum: int, place: str, people: Erased) -> tuple[str, str]:
    """That people were forgotten in another copy, and what forgets them here."""
    text = ngettext(
        "{n} person was forgotten in another copy of this archive, and is still in this one.",
        "{n} people were forgotten in another copy of this archive, and are still in this one.",
        len(people),
    ).format(n=number(len(people)))
    typed = "; ".join(commands(connection, forum, full(place), people))
    remedy = ngettext(
        "Forget this person here, too: {command}", "Forget these people here, too: {command}", len(people)
    )
    return text, remedy.format(command=typed)


def refuse(connection: "Readable", forum: int, place: str, apart: Collection[int] = ()) -> None:
    """Raises InputError where something is to be written out of an archive that still holds somebody who was forgotten
    in another copy of it; `apart` from those of whom it is known.
    """
    found = forgotten_elsewhere(connection, forum)
    if people := {person: policy for person, policy in found.items() if person not in apart}:
        text, remedy = told(connection, forum, place, people)
        raise InputError(text, where=place, remedy=remedy)

"""Whether a backup is of another forum than the archive that it would go into: nobody could part their texts again.

What both have under the same numbers is compared: that two forums wrote it at the same times is no chance. Where that
does not tell, what a backup says of its address counts.
"""

import re
import shlex
from dataclasses import dataclass, field

from sqlalchemy import Connection, literal, select

from koweb_sync import trusted
from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.from_backup.post_rows import found_posts, reader
from koweb_sync.archive.from_backup.staged_tables import StagedTables
from koweb_sync.archive.from_backup.texts import number_of
from koweb_sync.archive.ingest import changes
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.page_writer import not_the_one
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.forum.decode import SURPRISES, micros_in
from koweb_sync.forum.network import NetworkKind, kind
from koweb_sync.forum.typed_addresses import forum_address
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.paths import parted
from koweb_sync.times import SECOND

AT_ONCE = 2_000  # that are compared at once


@dataclass(frozen=True, slots=True)
class NamedForum:
    """A forum by its name and its address; either may be empty, where nobody says it."""

    name: str
    url: str

    def __str__(self) -> str:
        if self.name and self.url:
            return _("“{name}” ({url})").format(name=self.name, url=self.url)
        return self.url or _("“{name}”").format(name=self.name)


def told_by(staged: StagedTables) -> NamedForum:
    """The forum that a backup is of, as far as it says so: a server notes its address whenever it starts."""
    try:
        url = forum_address(staged.setting("vapid_base_url"))
    except InputError:
        url = ""
    return NamedForum(staged.setting("title"), url)


def held(store: Store, url: str) -> NamedForum:
    """The forum of an archive at an address, by the name that it is known under."""
    table = schema.FORUMS
    with store.read() as connection:
        name = connection.execute(select(table.c.title).where(table.c.url == url)).scalar()
    return NamedForum(str(name or ""), url)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another forum of an archive. `is_it`: what it holds is what a backup holds, so it is the same forum."""

    forum: NamedForum
    is_it: bool


def neighbours(store: Store, url: str, staged: StagedTables) -> list[Neighbour]:
    """The forums of an archive that hold something, in which a backup would begin one at `url`; none where the archive
    holds something of that one.
    """
    known, table, found = store.forum(url), schema.FORUMS, []
    with store.read() as connection:
        for row in connection.execute(select(table.c.id, table.c.title, table.c.url).order_by(table.c.id)).all():
            likeness = compared(connection, row.id, staged)
            if row.id == known and likeness.held:
                return []
            if likeness.held and row.id != known:
                forum = NamedForum(str(row.title or ""), row.url)
                found.append(Neighbour(forum, likeness.same > likeness.other))
    return found


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are of one forum, be it with or without TLS."""
    return without_scheme(one) == without_scheme(other)


def without_scheme(url: str) -> str:
    """The host, port and path of an address; no port where everybody takes that one."""
    return re.sub(r":(?:80|443)(?=/|$)", "", trusted.origin(url).partition("://")[2], count=1)


def on_its_own_computer(url: str) -> bool:
    """Whether an address is one of a forum on somebody's own computer: any forum may be there, so it tells none."""
    host = parted(url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or kind(host) is NetworkKind.HERE


def refuse(
    backup: Backup, staged: StagedTables, store: Store, url: str, moved_from: str, *, named: bool = False
) -> None:
    """Raise HumanNeeded where a backup is not of the forum whose archive it would go into, or may not be: it has other
    things under the same numbers, or no such thing and another address than `url` and `moved_from`, where the forum
    was before.

    `named`: somebody gave `url` for this backup; with that it begins an archive, whatever it says itself. Raises
    InputError where the backup does not say `moved_from`, but another address.
    """
    theirs, ours, known = told_by(staged), held(store, url), store.forum(url)
    found = Likeness()
    if known is not None:
        with store.read() as connection:
            found = compared(connection, known, staged)
    begins = named and not found.held
    if found.other >= found.same and not begins and elsewhere(theirs.url, url, moved_from):
        raise HumanNeeded(
            _("This backup is of {theirs}, and the archive is of {ours}.").format(theirs=theirs, ours=ours),
            where=backup.where,
            remedy=_(
                "If these are two forums, give it an archive of its own: --url {url} --store FILE."
                " If it is the same one, which has moved: --moved-from {url}."
            ).format(url=shlex.quote(theirs.url)),
        )
    if found.other > found.same:
        raise unlike(found, backup, theirs, ours)
    if moved_from and theirs.url and not same_address(theirs.url, moved_from):
        raise never_there(backup, theirs, moved_from)
    for post in changed_hands(backup, found.suspects):
        raise not_the_one(post, url)


def never_there(backup: Backup, theirs: NamedForum, before: str) -> InputError:
    """The error about an address that a forum is said to have had when its backup was made, which says another one."""
    return InputError(
        _("This backup is of {theirs}, not of {url}.").format(theirs=theirs, url=before),
        where=backup.where,
        remedy=_("Leave --moved-from out, or name the address that the backup says."),
    )


def elsewhere(told: str, *addresses: str) -> bool:
    """Whether a backup says an address that is none of those that its forum has or had."""
    if not told or on_its_own_computer(told):
        return False
    return not any(same_address(told, one) for one in addresses if one)


def unlike(found: "Likeness", backup: Backup, theirs: NamedForum, ours: NamedForum) -> HumanNeeded:
    """The error about a backup that has other things under the same numbers."""
    text = ngettext(
        "This backup is not of {ours}: of {all} topics and posts with the same number, {n} is another one.",
        "This backup is not of {ours}: of {all} topics and posts with the same number, {n} are other ones.",
        found.other,
    )
    own = shlex.quote(theirs.url) if theirs.url else "https://…"
    return HumanNeeded(
        text.format(ours=ours, n=number(found.other), all=number(found.other + found.same)),
        where=backup.where,
        remedy=_("Give it an archive of its own: --url {url} --store FILE.").format(url=own),
    )


# ---- what both have under the same numbers


@dataclass(slots=True)
class Likeness:
    """How many topics and posts with the same number are the same by when they were written, and how many are not.
    `held`: how many the archive has at all; `suspects`: of those posts, as it has them, that have another author, too.
    """

    same: int = 0
    other: int = 0
    held: int = 0
    suspects: dict[int, Row] = field(default_factory=dict)


def compared(connection: Connection, forum: int, staged: StagedTables) -> Likeness:
    """What an archive and a backup have under the same numbers."""
    found = Likeness()
    for name, table in (("topics", schema.TOPICS), ("posts", schema.POSTS)):
        told = table.c.digest if name == "posts" else literal("")
        query = select(table.c.id, table.c.created, table.c.person, told.label("digest"))
        rows = connection.execute(query.where(table.c.forum == forum), execution_options={"yield_per": AT_ONCE})
        for page in rows.mappings().partitions():
            compare(found, {row["id"]: dict(row) for row in page if row["created"] is not None}, staged, name)
    return found


def compare(found: Likeness, known: dict[int, Row], staged: StagedTables, name: str) -> None:
    """Compare some topics or posts, as an archive has them, with those of a backup."""
    found.held += len(known)
    marks = ", ".join("?" * len(known))
    query = f'SELECT id, created_at, user_id FROM "{name}" WHERE id IN ({marks}) AND created_at IS NOT NULL'  # noqa: S608 - our names
    for ident, created, person in staged.database.execute(query, list(known)):
        before = known[ident]
        try:
            moved = abs(micros_in(created) - before["created"]) > SECOND
        except SURPRISES:
            continue
        found.same += not moved
        found.other += moved
        if moved and name == "posts" and None not in (person, before["person"]) and person != before["person"]:
            found.suspects[ident] = before


def changed_hands(backup: Backup, suspects: dict[int, Row]) -> list[int]:
    """The posts among some that are others in a backup, by their texts, too."""
    for table in backup.tables("posts") if suspects else ():
        ident = table.columns.index("id")
        rows = [values for values in table.rows if number_of(values[ident]) in suspects]
        found = found_posts(map(reader(table.columns), rows), [(None, 0)] * len(rows)).posts
        return [one.id for one in found if changes.another(suspects[one.id], one)]
    return []

"""Forgetting, whole: the rows in one transaction, then what deleting leaves in the database's files, then what lies
beside it. Nothing of a rehearsal stays.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, delete, func, select

from koweb_sync.archive.names import erasures
from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.secret import Secret, find, make
from koweb_sync.archive.privacy import find_names, forget, named_places, outside_copies, purge
from koweb_sync.archive.privacy.compact import NotCompacted, compact
from koweb_sync.archive.privacy.find_names import Sought, Trace
from koweb_sync.archive.privacy.forget import Erased, ForgetOrder
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Archive, put

UNFINISHED = "compact"  # the cursor that says so: rows are gone, and the files have still to be written anew
REHEARSAL = b"nothing is kept of a rehearsal"


class Rehearsed(Exception):
    """A rehearsal is over: its transaction is taken back."""


@dataclass(slots=True)
class ForgetOutcome:
    """What was erased, in which exports, and what still says a name: `left` as it is kept, `seen` as people see it.

    `remembered` is how many names this machine remembered besides; `posts` how many posts of theirs stay; `closed` what
    may not be read, and was not searched.
    """

    done: Erased = field(default_factory=Erased)
    reached: list[outside_copies.Reached] = field(default_factory=list)
    left: list[Trace] = field(default_factory=list)
    seen: list[Trace] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)
    remembered: int = 0
    posts: int = 0


def rehearse(archive: Archive, orders: Sequence[ForgetOrder], now: int) -> ForgetOutcome:
    """What forgetting would do, and which places in the rows would be left to a person."""
    outcome = ForgetOutcome()
    secret = find(archive.base) or Secret(REHEARSAL, archive.base)
    with suppress(Rehearsed), archive.store.begin() as connection:
        carry_out(archive, connection, orders, secret, (now, outcome.done))
        outcome.left = list(find_names.in_rows(connection, sought(orders)))
        outcome.seen = named_places.as_seen(connection, outcome.left)
        mine = (schema.POSTS.c.forum == archive.forum, schema.POSTS.c.person.in_([one.person for one in orders]))
        outcome.posts = int(
            connection.execute(select(func.count()).select_from(schema.POSTS).where(*mine)).scalar() or 0
        )
        raise Rehearsed
    return outcome


def perform(archive: Archive, orders: Sequence[ForgetOrder], now: int) -> ForgetOutcome:
    """Forget. `done.late` tells if the database's files could not be written anew: then the next run does it."""
    outcome = ForgetOutcome()
    if not orders:
        return outcome
    secret = make(archive.base)
    with archive.store.begin() as connection:
        carry_out(archive, connection, orders, secret, (now, outcome.done))
        put(connection, schema.CURSORS, [{"forum": archive.forum, "name": UNFINISHED, "value": "true"}])
    return beyond_rows(archive, orders, outcome)


def beyond_rows(archive: Archive, orders: Sequence[ForgetOrder], outcome: ForgetOutcome) -> ForgetOutcome:
    """What is to be done once the rows are without them."""
    names = in_clear(orders)
    outcome.remembered = sum(outside_copies.forget_remembered(home, names) for home in archive.homes)
    outcome.reached = [outside_copies.reached(folder, names) for folder in archive.folders]
    tidy(archive, outcome.done)
    return outcome


def tidy(archive: Archive, done: Erased) -> None:
    """Write the files anew; what is in the way is told with what was done, for what was erased is erased."""
    try:
        finish(archive)
    except NotCompacted as error:
        done.late = error


def finish(archive: Archive) -> None:
    """Leave nothing of what was deleted in the database's files, if that is still to be done: also after a kill.

    Raises NotCompacted.
    """
    table = schema.CURSORS
    mine = (table.c.forum == archive.forum, table.c.name == UNFINISHED)
    with archive.store.read() as connection:
        if connection.execute(select(table.c.value).where(*mine)).first() is None:
            return
    compact(archive.store)
    with archive.store.begin() as connection:
        connection.execute(delete(table).where(*mine))


def empty_deleted(archive: Archive, before: int, now: int) -> Erased:
    """Empty the posts that the forum deleted before a moment, and leave nothing of them in the database's files."""
    with archive.store.begin() as connection:
        done = purge.purge(connection, archive.forum, archive.base, before, now)
        if done.rows:
            put(connection, schema.CURSORS, [{"forum": archive.forum, "name": UNFINISHED, "value": "true"}])
    tidy(archive, done)
    return done


def carry_out(
    archive: Archive, connection: Connection, orders: Sequence[ForgetOrder], secret: Secret, to: tuple[int, Erased]
) -> None:
    """Carry out several orders, at one moment, counted together."""
    now, total = to
    for order in orders:
        done = forget.carry_out(connection, archive.forum, archive.base, order, secret, now)
        for what, number in done.rows.items():
            total.tell(what, number)


def in_clear(orders: Sequence[ForgetOrder]) -> ReplacedNames:
    """What to look for outside of the archive."""
    return erasures.names_in_clear([(one.known, one.alias, one.policy == "remove") for one in orders])


def sought(orders: Sequence[ForgetOrder], more: Sequence[str] = ()) -> Sought:
    """What to search for afterwards: every name, also where it stands in running text."""
    return Sought([*(name for one in orders for name in one.written), *more])


def search(archive: Archive, wanted: Sought, closed: list[Path] | None = None) -> list[Trace]:
    """All places that still say a name: in the archive, in exports within reach, in what this machine remembers. What
    may not be read is added to `closed`; without it, raises OSError.
    """
    found = [*find_names.in_store(archive.store, wanted), *in_exports(archive, wanted, closed)]
    for remembered in filter(Path.is_dir, map(outside_copies.memory, archive.homes)):
        found += find_names.in_folder(remembered, wanted, closed)
    return found


def in_exports(archive: Archive, wanted: Sought, closed: list[Path] | None = None) -> list[Trace]:
    """The places in exports within reach: not everything can be rewritten, such as Parquet and a site's search."""
    return [trace for folder in archive.folders for trace in find_names.in_folder(folder, wanted, closed)]


def follow(archive: Archive, now: int) -> ForgetOutcome:
    """Forget the old names of everybody whom the forum made anonymous since the last time."""
    with archive.store.read() as connection:
        orders = forget.upstream(connection, archive.forum)
    return perform(archive, orders, now)

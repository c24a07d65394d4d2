"""What an archive was not shown any more, and nobody told why: asked again once an administrator's key is there.

With any other key it stays open, for one request a day. What was found is known from then on, and not asked again.
"""

from functools import partial

from sqlalchemy import select

from koweb_sync.archive.crawl.missing import (
    Absence,
    MissingReason,
    ask,
    in_ours,
    keep,
    look_at_category,
    ours,
    sees_all,
)
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import Broken, read_whole
from koweb_sync.archive.ingest.deletions import explain
from koweb_sync.archive.store import schema
from koweb_sync.errors import ForumForbidden, ForumNotFound


def untold(run: Run) -> list[Absence]:
    """What was not shown, of which nobody told why, where this run may ask: topics first."""
    if not run.wishes.uses_key:
        return []
    table = schema.TOMBSTONES
    mine = (table.c.forum == run.forum, table.c.reason == "unseen", table.c.lifted.is_(None))
    query = select(table.c.kind, table.c.id).where(*mine, table.c.kind.in_(("topic", "post")))
    with run.store.read() as connection:
        found = connection.execute(query.order_by(table.c.kind.desc(), table.c.id)).all()
    return [Absence(kind, ident) for kind, ident in found]


def ask_again(run: Run) -> None:
    """Find out why what is not shown went."""
    waiting = untold(run)
    if not waiting or not sees_all(run):
        return
    for what in waiting:
        try:
            read_whole(run, partial(find_out, run, what))
        except Broken:
            continue  # nobody knows it still: runs and `purge` count it, and the next day asks again
        finally:
            run.watch.step()


def find_out(run: Run, what: Absence) -> None:
    """Ask for one thing with an administrator's key, and keep why it went; three requests at most."""
    reason: MissingReason
    try:
        shown = ask(run, what, key=True)
    except ForumNotFound:
        reason = "gone"
    except ForumForbidden:
        reason = "private"
    else:
        one = shown.topic if what.kind == "topic" else shown
        here = ours(run, shown) if what.kind == "topic" else in_ours(run, shown)
        look_at_category(run, one)
        with run.page() as writer:
            if here and one.category not in run.left_out:
                keep(run, writer, what, shown, here=True)
                if one.deleted is not None:
                    explain(writer, what.kind, {what.id: (one.deleted, one.deleted_by)})
                return
        reason = "private"
    with run.page() as writer:
        writer.add_tombstones([{"kind": what.kind, "id": what.id, "reason": reason, "at": None, "by": None}])

"""What the forum fails to show by a fault of its own: it is left for the next run, so that it stops nobody.

A server error about one topic says nothing of the others. But where several things in a row fail, or the forum does not
even tell its name, it is the forum that is down, and the run stops.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import delete, select

from koweb_sync.archive.base import schema
from koweb_sync.archive.visit.run import Run
from koweb_sync.errors import ForumDown, ForumUnreachable
from koweb_sync.forum.transport import ReadOnly

IN_A_ROW = 5
LATER = " later"  # behind the kind of what is left for the next run
T = TypeVar("T")


class Broken(Exception):
    """The forum failed at one thing, and goes on otherwise. `url` is what it failed at."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def whole(run: Run, read: Callable[[], T]) -> T:
    """What was read. Raises Broken where the forum failed at this alone, ForumDown where it fails as a whole: one
    request more tells.
    """
    try:
        found = read()
    except ReadOnly:
        raise
    except ForumDown as error:
        run.watch.step()
        run.failed += 1
        if run.failed >= IN_A_ROW or not alive(run):
            raise
        raise Broken(error.where) from None
    run.failed = 0
    return found


def alive(run: Run) -> bool:
    """Whether the forum answers at all."""
    try:
        return run.talk.is_forum()
    except (ForumDown, ForumUnreachable):
        return False


def leave(run: Run, kind: str, ident: int, detail: dict[str, Any], broken: Broken) -> None:
    """Leave something that had to be read for the next run."""
    with run.page() as keeper:
        keeper.done(kind, [ident])
        keeper.todo(kind + LATER, [ident], json.dumps({**detail, "url": broken.url}))


def retry(run: Run) -> None:
    """What an earlier run left is to be read again."""
    for kind in ("topic", "post", "likes", "reactions"):
        waiting = run.todo(kind + LATER, 10_000)
        if not waiting:
            continue
        with run.page() as keeper:
            for ident, detail in waiting:
                keeper.todo(kind, [ident], json.dumps({**detail, "read": True}))
            keeper.done(kind + LATER, [ident for ident, _detail in waiting])


def forget(run: Run) -> None:
    """Nothing is left any more: the forum's database showed everything."""
    table = schema.AGENDA
    with run.page() as keeper:
        mine = (table.c.forum == run.forum, table.c.kind.endswith(LATER))
        keeper.connection.execute(delete(table).where(*mine))


def left(run: Run) -> list[str]:
    """The addresses at which the forum failed, of what is left for the next run."""
    table = schema.AGENDA
    query = select(table.c.detail).where(table.c.forum == run.forum, table.c.kind.endswith(LATER))
    with run.store.read() as connection:
        found = connection.execute(query.order_by(table.c.kind, table.c.id)).scalars()
        return list(dict.fromkeys(str(json.loads(detail).get("url", "")) for detail in found))

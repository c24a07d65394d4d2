"""What the forum fails to show, by a fault of its own or in a shape that cannot be read: it is left for the next run,
so that it stops nobody.

A server error about one topic says nothing of the others. But where several things in a row fail, or the forum does not
even tell its name, it is the forum that is down, and the run stops.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, or_, select

from koweb_sync.archive.crawl.malformed import ANSWER, DAILY, LATER, note, note_for_next_run
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.store import schema
from koweb_sync.errors import AnswerMalformed, ForumAnswerUnclear, ForumDown, ForumError, ForumUnreachable, ReadOnly
from koweb_sync.forum.decode import Malformed

IN_A_ROW = 5  # server errors
MALFORMED = 100  # answers of which nothing can be read
AGAIN = ("topic", "post", "likes", "reactions")  # kinds that are read by their numbers
T = TypeVar("T")


class Broken(Exception):
    """The forum failed at one thing, and goes on otherwise. `url` is what it failed at; `why`: its answer cannot be
    read, empty for an error of its own.
    """

    def __init__(self, url: str, why: str = "") -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why


@dataclass(frozen=True, slots=True)
class Left:
    """What is left for the next run: its address, and why its answer cannot be read, empty for a server error."""

    url: str
    why: str


def read_whole(run: Run, read: Callable[[], T]) -> T:
    """What was read. Raises Broken where the forum failed at this alone, ForumError where it fails as a whole: one
    request more tells, but for an answer that is a forum's and cannot be read.
    """
    try:
        found = read()
    except ReadOnly:
        raise
    except (ForumDown, ForumAnswerUnclear) as error:
        run.watch.step()
        run.failed += 1
        if as_a_whole(run, error):
            raise
        raise Broken(error.where, error.message if isinstance(error, ForumAnswerUnclear) else "") from None
    run.failed = 0
    return found


def as_a_whole(run: Run, error: ForumError) -> bool:
    """Whether it is the forum that fails, and not one thing on it."""
    if isinstance(error, AnswerMalformed):
        return run.failed >= MALFORMED
    return run.failed >= IN_A_ROW or not alive(run)


def alive(run: Run) -> bool:
    """Whether the forum answers at all."""
    try:
        return run.talk.is_forum()
    except (ForumDown, ForumUnreachable):
        return False


def leave_for_next_run(run: Run, kind: str, ident: int, detail: dict[str, Any], broken: Broken) -> None:
    """Leave something that had to be read for the next run."""
    with run.page() as writer:
        writer.done(kind, [ident])
        note_for_next_run(writer, kind + LATER, ident, {**detail, "url": broken.url, "why": broken.why})


def skip(run: Run, kind: str, error: AnswerMalformed) -> None:
    """Note a list of which nothing can be read; it is seen again where it is read again."""
    with run.page() as writer:
        note(writer, [Malformed(kind, error.message, where=error.where)])


def retry(run: Run) -> None:
    """What an earlier run left is to be read again."""
    for kind in AGAIN:
        waiting = run.todo(kind + LATER, 10_000)
        if not waiting:
            continue
        with run.page() as writer:
            for ident, detail in waiting:
                writer.todo(kind, [ident], json.dumps({**detail, "read": True}))
            writer.done(kind + LATER, [ident for ident, _detail in waiting])


def forget(run: Run) -> None:
    """Nothing is left any more to be read by its number: the forum's database showed everything."""
    drop(run, [kind + LATER for kind in AGAIN])


def afresh(run: Run, *, daily: bool) -> None:
    """Lists are read again, and what cannot be read of them is noted again; of those that are read once a day then."""
    drop(run, [ANSWER, DAILY] if daily else [ANSWER])


def drop(run: Run, kinds: list[str]) -> None:
    """Forget what was left of some kinds."""
    table = schema.AGENDA
    with run.page() as writer:
        mine = (table.c.forum == run.forum, or_(*(table.c.kind == kind for kind in kinds)))
        writer.connection.execute(delete(table).where(*mine))


def left_for_next_run(run: Run) -> list[Left]:
    """What is left for the next run."""
    table = schema.AGENDA
    query = select(table.c.detail).where(table.c.forum == run.forum, table.c.kind.endswith(LATER))
    with run.store.read() as connection:
        found = connection.execute(query.order_by(table.c.kind, table.c.id)).scalars()
        details = [json.loads(detail) for detail in found]
    return list(dict.fromkeys(Left(str(one.get("url", "")), str(one.get("why", ""))) for one in details))


def addresses_left(run: Run) -> list[str]:
    """The addresses of what is left for the next run."""
    return list(dict.fromkeys(one.url for one in left_for_next_run(run)))

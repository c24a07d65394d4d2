"""Files that cannot be had: remembered since when, and asked for ever more rarely, so that they cost no run anything.

A server beside the forum's own that gives no answer is remembered with all its files: one of them asks for it again,
and where it answers, all are asked for. The forum's own server is never given up.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true, update

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.lost_files import Lost, servers
from koweb_sync.errors import HostGone
from koweb_sync.times import DAY

RARELY = 30  # days between two tries, at most
TABLE = schema.UPLOADS.c


def pause(tries: int) -> int:
    """Microseconds until the next try after so many in vain: 1, 2, 4, 8, 16 days, then 30 each time."""
    return min(1 << min(tries - 1, 5), RARELY) * DAY


def next_time(status: str, tries: int, started: int) -> int | None:
    """When a file is asked for again; None for the next run, which forgives a fault of the forum's own once. What is
    not there at all comes back hardly ever.
    """
    match status:
        case "gone":
            return started + RARELY * DAY
        case "refused":
            return started + pause(tries)
        case "wanted":
            return None if tries < 2 else started + pause(tries - 1)
        case _:
            return None


def due(run: Run, *, daily: bool) -> ColumnElement[bool]:
    """Which files are to be fetched. Those that were refused also once there is a key; once a day those of an older
    koweb, which did not note whether everybody gets them.
    """
    now = or_(TABLE.again.is_(None), TABLE.again <= run.started)
    old = and_(TABLE.status == "held", TABLE.keyed.is_(None), now)
    lost = and_(TABLE.status.in_(("wanted", "gone", "refused")), now)
    if run.wishes.files_again:
        lost = TABLE.status.in_(("wanted", "gone", "refused", "large"))
    elif run.wishes.uses_key and not run.state("files with key"):
        lost = or_(lost, TABLE.status == "refused")
    return and_(TABLE.forum == run.forum, or_(lost, old) if daily else lost)


class Servers:
    """The servers that do not answer, in a run. `left` are those that this run does not ask any more."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.hosts = run.talk.forum.transport.hosts
        with run.store.read() as connection:
            self.known = servers(connection, run.forum)
        self.left: set[str] = set()
        for one in self.known.values():
            if not run.wishes.files_again and one.again is not None and one.again > run.started:
                self.hosts.leave(one.server, one.why)
                self.left.add(one.server)

    def asked(self) -> ColumnElement[bool]:
        """Which files may be asked for: those on no server that is left alone."""
        return TABLE.server.not_in(sorted(self.left)) if self.left else true()

    def lost(self, error: HostGone) -> Mapping[str, Any]:
        """What is to be noted of a file whose server does not answer. The others on it share that. Raises ForumError
        where the forum does not answer either: then it is not that server.
        """
        before = self.known.get(error.server)
        if error.server in self.left and before is not None:
            return facts(before)
        self.run.talk.is_forum()
        tries = before.tries + 1 if before else 1
        since = before.since if before and before.since is not None else self.run.started
        again = self.run.started + pause(tries)
        self.known[error.server] = now = Lost(error.server, 0, since, tries, again, error.why)
        self.left.add(error.server)
        self.change(error.server, **facts(now))
        return facts(now)

    def back(self, server: str) -> None:
        """A server answers again: its files are asked for."""
        self.hosts.ask_again(server)
        self.known.pop(server, None)
        self.left.discard(server)
        self.change(server, status="wanted", why="", server="", since=None, tries=0, again=None)

    def change(self, whose: str, **changes: Any) -> None:
        """Write down something about all files of a server."""
        mine = (TABLE.forum == self.run.forum, TABLE.status == "gone", TABLE.server == whose)
        with self.run.page() as writer:
            writer.connection.execute(update(schema.UPLOADS).where(*mine).values(**changes))


def facts(one: Lost) -> dict[str, Any]:
    """What a file tells of its server."""
    return {
        "status": "gone",
        "server": one.server,
        "since": one.since,
        "tries": one.tries,
        "again": one.again,
        "why": one.why,
    }


def remember_key(run: Run, writer: PageWriter) -> None:
    """Remember whether files were asked for with the key."""
    if run.wishes.uses_key != bool(run.state("files with key")):
        writer.cursor("files with key", run.wishes.uses_key)

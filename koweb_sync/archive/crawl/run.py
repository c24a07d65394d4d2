"""One run of the crawler: where it stands, what it found. All of it lies in the store, so a kill loses at most a page.

A run is a row of stages. Each stage remembers how far it is in the transaction that keeps what it read; a run that was
stopped is gone on with where it stopped, and the stages behind it are not repeated.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Select, Update, bindparam, delete, func, insert, literal, select, update

from koweb_sync.archive.crawl.malformed import note
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.names.erasures import erasure_filter
from koweb_sync.archive.names.filter import ErasureFilter
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.prepared import prepared
from koweb_sync.archive.store.rows import homes
from koweb_sync.archive.store.schema import PART
from koweb_sync.archive.store.store import Store, put
from koweb_sync.forum.models import Post
from koweb_sync.forum.parse_people import HEART
from koweb_sync.forum.site import Totals
from koweb_sync.times import DAY

if TYPE_CHECKING:
    from koweb_sync.forum.reader import ForumReader

WHISPER = 4
NOTED = ("files", "avatars", "staff", "messages", "public_only", "chat")  # wishes that somebody may have typed
AT, SET_ASIDE = "at:", "aside:"  # what names of cursors of one run begin with, and of one that waits meanwhile


class CrawlObserver(Protocol):
    """Hears how a run goes."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def step(self, requests: int = 1) -> None:
        """So many requests are done."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What somebody wants of an archive. `key`: there is one; `rolling` is the number of days in which every post is
    read again, 0 for never. `files_again`: all files that are not held, at once. `revisions`: what edited posts said
    before, a request for each edit; `translations`: posts in other languages, a request for each that has them.
    `chat`: what a backup has of it.
    """

    key: bool = False
    files: bool = True
    avatars: bool = False
    staff: bool = False
    messages: bool = False
    public_only: bool = False
    rolling: int = 30
    files_again: bool = False
    revisions: bool = False
    translations: bool = False
    chat: bool = False

    @property
    def uses_key(self) -> bool:
        """Whether what only a key shows is asked for."""
        return self.key and not self.public_only


class Silent:
    """Nobody watches."""

    def stage(self, name: str) -> None:
        """Nothing."""

    def step(self, requests: int = 1) -> None:
        """Nothing."""


@dataclass
class Run:
    """A run on one forum. `base` is the forum's address; `now` gives microseconds."""

    store: Store
    forum: int
    base: str
    talk: "ForumReader"
    wishes: CrawlOptions
    watch: CrawlObserver
    now: Callable[[], int]
    n: int = 0
    started: int = 0
    found: dict[str, int] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()  # categories that nobody asked for
    erasures: ErasureFilter | None = None  # read with the first page
    over: bool = True
    old: bool = False  # it is one that was stopped
    told: Totals | None = None  # what the forum answered before anything was written of it
    failed: int = 0  # how many things in a row the forum failed at
    met: dict[int, int] = field(default_factory=dict)  # people who were kept, with the hash of what was told
    reaction_settings: tuple[Any] | None = None  # how the plugin of reactions is set, once somebody asked
    whole: tuple[int | None] | None = None  # when the last whole run began, once somebody asked

    @property
    def main(self) -> str:
        """The reaction that is a like."""
        return str((self.reactions or {}).get("main", HEART))

    @property
    def reactions(self) -> Any:
        """How the plugin of reactions is set, as it was last remembered; None where nobody knows yet."""
        if self.reaction_settings is None:
            self.reaction_settings = (self.state("reactions"),)
        return self.reaction_settings[0]

    @property
    def homes(self) -> tuple[str, ...]:
        """All addresses of the forum, that first under which it was archived first."""
        with self.store.read() as connection:
            return homes(connection, self.forum, self.base)

    # ---- the run itself

    def begin(self, via: str) -> bool:
        """Go on with the run that was stopped, or begin one; whether it is an old one. A run that has begun goes on."""
        runs = schema.RUNS
        if self.n and not self.over:
            return self.old
        with self.store.begin() as connection:
            mine = runs.c.forum == self.forum
            tags = select(schema.TAGS.c.name).where(schema.TAGS.c.forum == self.forum)
            self.talk.hint(connection.execute(tags).scalars())
            self.take_up(connection)
            last = connection.execute(newest_whole(self.forum)).mappings().first()
            if last is not None and last["outcome"] == "" and last["via"] == via:
                self.n, self.started, self.found = last["n"], last["started"], json.loads(last["found"])
                self.over, self.old = False, True
                self.note_begun(connection)
                return True
            self.n = int(connection.execute(select(func.max(runs.c.n)).where(mine)).scalar() or 0) + 1
            self.started, self.found = self.now(), {}
            self.over, self.old = False, False
            connection.execute(insert(runs).values(forum=self.forum, n=self.n, started=self.started, via=via))
            connection.execute(delete(schema.CURSORS).where(*self.at_stages()))
            self.note_begun(connection)
        return False

    def note_begun(self, connection: Connection) -> None:
        """Note what this run was begun with, until it is over: whoever goes on with it is told so."""
        told = {"wishes": {name: getattr(self.wishes, name) for name in NOTED}}
        put(connection, schema.CURSORS, [{"forum": self.forum, "name": f"{AT}begun", "value": json.dumps(told)}])

    def begin_part(self, via: str) -> None:
        """Begin what is no whole run: some things are read between two runs. Those of a day that follow one another are
        one row. Where a run that was stopped stands is set aside meanwhile: the next whole run goes on with it.
        """
        runs, self.n, self.found = schema.RUNS, 0, {}
        with self.store.begin() as connection:
            mine = runs.c.forum == self.forum
            last = connection.execute(select(runs).where(mine).order_by(runs.c.n.desc()).limit(1)).mappings().first()
            self.started, before = self.now(), last["n"] if last else 0
            self.set_aside(connection)
            if last and (last["via"], last["outcome"]) == (via, PART) and self.started - last["started"] < DAY:
                self.n, self.found = before, json.loads(last["found"])
            else:
                self.n = before + 1
                row = {"forum": self.forum, "n": self.n, "started": self.started, "via": via, "outcome": PART}
                connection.execute(insert(runs).values(**row))
        self.over, self.old = False, False

    def pending(self) -> str:
        """The way of the run that was stopped, which should be finished that way; empty if none was."""
        with self.store.read() as connection:
            last = connection.execute(newest_whole(self.forum)).first()
        return str(last.via) if last is not None and last.outcome == "" else ""

    def end(self, outcome: str) -> None:
        """The run is over."""
        self.over, self.whole = True, None
        pace = json.dumps(round(self.talk.pace, 3))
        with self.store.begin() as connection:
            put(connection, schema.CURSORS, [{"forum": self.forum, "name": "pace", "value": pace}])
            self.account(connection)
            put(connection, schema.RUNS, [{"forum": self.forum, "n": self.n, "ended": self.now(), "outcome": outcome}])
            if outcome in ("done", PART):
                connection.execute(delete(schema.CURSORS).where(*self.at_stages()))
            self.take_up(connection)

    def at_stages(self, prefix: str = AT) -> tuple[Any, ...]:
        """The cursors that belong to one run."""
        return schema.CURSORS.c.forum == self.forum, schema.CURSORS.c.name.startswith(prefix, autoescape=True)

    def set_aside(self, connection: Connection) -> None:
        """Set aside where the run that was stopped stands, if one was; what something other than a run left goes."""
        last = connection.execute(newest_whole(self.forum)).first()
        waits = connection.execute(select(schema.CURSORS.c.name).where(*self.at_stages(SET_ASIDE))).first()
        if last is None or last.outcome or waits:
            connection.execute(delete(schema.CURSORS).where(*self.at_stages()))
        else:
            self.rename(connection, AT, SET_ASIDE)

    def take_up(self, connection: Connection) -> None:
        """Take up again what was set aside, also by somebody who was killed since."""
        if connection.execute(select(schema.CURSORS.c.name).where(*self.at_stages(SET_ASIDE))).first():
            connection.execute(delete(schema.CURSORS).where(*self.at_stages()))
            self.rename(connection, SET_ASIDE, AT)

    def rename(self, connection: Connection, old: str, new: str) -> None:
        """Let the names of cursors begin otherwise."""
        name = schema.CURSORS.c.name
        renamed = literal(new).concat(func.substr(name, len(old) + 1))
        connection.execute(update(schema.CURSORS).where(*self.at_stages(old)).values(name=renamed))

    def account(self, connection: Connection) -> None:
        """Write down how many requests were sent, and what was found."""
        values = {"of": self.forum, "nth": self.n, "told": json.dumps(self.found, sort_keys=True), **self.talk.sent}
        prepared(connection.dialect, accounted).run(connection, [values])
        self.talk.sent = {"keyed": 0, "anonymous": 0}

    def last_run(self) -> int | None:
        """When the last whole run began; None if there was none."""
        if self.whole is None:
            self.whole = (last_whole_run(self.store, self.forum),)
        return self.whole[0]

    # ---- pages

    @contextmanager
    def page(self) -> Iterator[PageWriter]:
        """One transaction: what was read, and how far we are."""
        main = self.main
        with self.store.begin() as connection:
            writer = PageWriter(connection, self.forum, self.base, self.now(), self.found)
            writer.main, writer.met = main, self.met
            self.erasures = writer.erasures = self.erasures or erasure_filter(connection, self.forum, self.base)
            yield writer
            note(writer, self.talk.malformed)
            self.account(connection)
        self.met.update(writer.meeting)
        self.talk.malformed.clear()

    def state(self, name: str, default: Any = None) -> Any:
        """How far a reading is, as it was last remembered."""
        with self.store.read() as connection:
            cursor = prepared(connection.dialect, remembered)
            found = cursor.rows(connection, {"of": self.forum, "called": name})
        return json.loads(found[0][0]) if found else default

    def todo(self, kind: str, most: int) -> list[tuple[int, Any]]:
        """Some of what must still be read, lowest number first, with its details."""
        with self.store.read() as connection:
            agenda = prepared(connection.dialect, waiting)
            found = agenda.rows(connection, {"of": self.forum, "what": kind, "most": most, "none": 0})
        return [(int(ident), json.loads(detail)) for ident, detail in found]

    def wanted(self, posts: Sequence[Post]) -> list[Post]:
        """The posts that somebody asked for: a key shows also what only staff may read, whispers among it."""
        staff = self.wishes.staff
        return [one for one in posts if one.category not in self.left_out and (staff or one.type != WHISPER)]

    @property
    def pace(self) -> float:
        """Seconds that this server takes for an answer: in the last whole run, or so far."""
        return float(self.state("pace") or self.talk.pace)

    # ---- stages

    def stage(self, name: str, work: Callable[["Run"], Mapping[str, Any] | None]) -> None:
        """Do a stage unless this run has done it. What it answers is remembered until the run is over."""
        if (self.state(f"at:{name}") or {}).get("done"):
            return
        self.watch.stage(name)
        told = work(self) or {}
        with self.page() as writer:
            writer.cursor(f"at:{name}", {**told, "done": True})

    def at(self, name: str) -> dict[str, Any]:
        """Where a stage of this run stands; empty at its beginning."""
        found: dict[str, Any] = self.state(f"at:{name}") or {}
        return found


def last_whole_run(store: Store, forum: int) -> int | None:
    """When the last whole run of a forum began; None if there was none."""
    runs = schema.RUNS
    query = select(func.max(runs.c.started)).where(runs.c.forum == forum, runs.c.outcome == "done")
    with store.read() as connection:
        found: int | None = connection.execute(query).scalar()
    return found


def last_part(store: Store, forum: int) -> int | None:
    """When something that the forum told of was read last, between two whole runs; None if nothing was."""
    runs = schema.RUNS
    mine = (runs.c.forum == forum, runs.c.outcome == PART)
    with store.read() as connection:
        found: int | None = connection.execute(select(func.max(runs.c.ended)).where(*mine)).scalar()
    return found


def newest_whole(forum: int) -> Select[Any]:
    """The last whole run of a forum, whatever became of it."""
    runs = schema.RUNS
    mine = (runs.c.forum == forum, runs.c.outcome != PART)
    return select(runs).where(*mine).order_by(runs.c.n.desc()).limit(1)


def remembered() -> Select[Any]:
    """What was remembered under a name."""
    cursors = schema.CURSORS
    return select(cursors.c.value).where(cursors.c.forum == bindparam("of"), cursors.c.name == bindparam("called"))


def waiting() -> Select[Any]:
    """What of a kind must still be read, as far as wanted."""
    agenda = schema.AGENDA
    mine = (agenda.c.forum == bindparam("of"), agenda.c.kind == bindparam("what"))
    found = select(agenda.c.id, agenda.c.detail).where(*mine).order_by(agenda.c.id)
    return found.limit(bindparam("most")).offset(bindparam("none"))  # SQLite is told an offset with every limit


def accounted() -> Update:
    """Add to the requests of a run, and set what it found."""
    runs = schema.RUNS
    more = {name: runs.c[name] + bindparam(name, type_=runs.c[name].type) for name in ("keyed", "anonymous")}
    mine = update(runs).where(runs.c.forum == bindparam("of"), runs.c.n == bindparam("nth"))
    return mine.values(**more, found=bindparam("told"))


def chunks(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Items in pieces of a size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]

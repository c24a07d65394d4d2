"""Holding the bookmark: one push at a time for a forum, and what was done saved where every clone sees it.

Two locks: a lock on a file of this clone, which the system drops when the process dies, and a lock commit on the
bookmark, pushed to the git remote before the first write. Only a fast-forward is ever pushed.
"""

import hashlib
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from koweb_sync import safe_files
from koweb_sync.agreements import Agreement, keeping
from koweb_sync.bookmark import Bookmark, Component, Intention, Lock, Pending, changes, intentions, plain_bytes, read
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, SomebodyPublishing
from koweb_sync.git.leftovers import clear
from koweb_sync.git.repo import Moved, Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.journal import Journal, JournalEntry
from koweb_sync.sync.lock.jobs import job
from koweb_sync.sync.lock.state import state_folder
from koweb_sync.times import DAY_IN_SECONDS, HOUR_IN_SECONDS

UPLOADS_LIVE = DAY_IN_SECONDS  # Discourse deletes an upload that no post uses after 48 h.

ENDED = "ZXx"  # states of processes that are over, and that nobody has asked about yet
LIVE: set[str] = set()  # the runs of this very process: its own number says nothing about them


class Hold:
    """The bookmark of one forum, held by this process. Use it as a context; leaving it releases both locks."""

    def __init__(self, repo: Repo, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.repo = repo
        self.settings = settings
        self.clock = clock
        self.folder = state_folder(repo, settings)
        safe_files.folder(repo.shared, self.folder)
        self.remote = settings.remote if repo.has_remote(settings.remote) else None
        self.run = secrets.token_hex(8)
        LIVE.add(self.run)
        self.locked = False
        self.file = FileLock(self.folder / "lock", timeout=0, thread_local=False)
        self.take_file()
        try:
            if not repo.cleared:  # a sync holds twice
                clear(repo, clock())
                repo.cleared = True
            self.journal = Journal(self.folder, clock)
            self.bookmark = fetch(repo, settings)
        except BaseException:  # nobody leaves a context that was not entered, and a desk lives on
            self.__exit__()
            raise
        self.learned: dict[str, Any] = {}  # about the server, for the next save
        self.component: Component | None = None  # what is known of it now, for the next save
        self.inherited: frozenset[str] = frozenset()  # creates that an earlier run intended
        self.answered: set[str] = set()  # creates of which this run knows what came

    def __enter__(self) -> "Hold":
        return self

    def __exit__(self, *_error: object) -> None:
        LIVE.discard(self.run)
        self.file.release()

    def take_file(self) -> None:
        """The lock of this clone. Raises SomebodyPublishing while another process of this clone holds it."""
        try:
            self.file.acquire()
        except Timeout as error:
            raise SomebodyPublishing(
                _("Another push or pull of “{name}” is running in this clone.").format(name=self.settings.name),
                where=str(self.repo.root),
                remedy=_("Wait until it has ended, then try again."),
            ) from error

    # ---- the lock on the git remote

    def lock(self, who: str, intended: Mapping[str, Intention], *, break_lock: bool = False) -> bool:
        """Lock the bookmark for everybody, and say there what is about to be created (`intended`, by id).

        False: it moved meanwhile and is read again, so plan again. Raises SomebodyPublishing while another run holds
        it. A lock is taken over when its process is known to be dead, when this is the next run of the same automation
        job or, with `break_lock`, when it is older than an hour, or of a computer whose clock is that wrong.
        """
        held = self.bookmark.lock
        if held and not self.is_free() and not (break_lock and abs(self.clock() - held.since) >= HOUR_IN_SECONDS):
            raise somebody(held, self.settings.url, self.clock())
        me = os.getpid()
        mine = Lock(who, platform.node(), machine(), me, self.clock(), self.run, started(me), *job(os.environ))
        before = self.bookmark.intended
        # What an earlier run intended stays: its commit may be nowhere else, ours is in HEAD's history.
        fresh = {ident: one for ident, one in intended.items() if ident not in before}
        try:
            self.move({"lock": plain_bytes(mine), **intentions(fresh.values(), ())}, f"Lock {self.settings.name}")
        except Moved:
            self.bookmark = fetch(self.repo, self.settings)
            return False
        self.bookmark = replace(self.bookmark, lock=mine, intended={**before, **fresh})
        self.inherited = frozenset(before)
        self.locked = True
        return True

    def intend(self, intended: Mapping[str, Intention]) -> None:
        """Say what else is about to be created, as when HEAD moved since the lock was taken. No commit for nothing."""
        fresh = {ident: one for ident, one in intended.items() if ident not in self.bookmark.intended}
        if fresh:
            self.move_or_stop(intentions(fresh.values(), ()), f"Lock {self.settings.name}")
            self.bookmark = replace(self.bookmark, intended={**self.bookmark.intended, **fresh})

    def is_free(self) -> bool:
        """Whether nobody publishes as far as we can tell: no lock, our own, or one whose process is certainly gone."""
        held = self.bookmark.lock
        return held is None or held.run == self.run or is_dead(held) or is_earlier_run(held)

    def left_behind(self) -> bool:
        """Whether a run that is over left creates of which nobody knows what came."""
        return bool(self.bookmark.intended) and self.is_free()

    def forget(self, who: str, gone: Iterable[Agreement]) -> None:
        """Take agreements out of the bookmark: their topics are not on the forum any more. Raises SomebodyPublishing
        while another run holds the lock, or HumanNeeded where the bookmark moved meanwhile.
        """
        gone = list(gone)
        self.lock_once(who)
        names = [f"{one.topic // 100}/{one.topic}" for one in gone]
        what: dict[str, bytes | Sha | None] = {
            f"{place}/{name}": None for name in names for place in ("topics", "files")
        }
        self.move_or_stop({**what, "lock": None}, f"Forget {len(gone)} of {self.settings.name}")
        self.locked = False
        idents = {one.id.lower() for one in gone}
        agreed = {ident: one for ident, one in self.bookmark.agreed.items() if ident not in idents}
        self.bookmark = replace(self.bookmark, lock=None, agreed=agreed)

    @contextmanager
    def noting_component(self, who: str) -> Iterator[None]:
        """Locked for everybody, with the bookmark as it is now: what `component` is set to within is noted for every
        clone at the end. Where that fails the next push tells the component again. Raises as `forget`.
        """
        if not self.lock(who, {}):
            self.lock_once(who)  # it moved meanwhile, and was read again
        self.component = None
        try:
            yield
        except BaseException:
            self.component = replace(self.bookmark.component, told="")
            raise
        finally:
            component = self.component or self.bookmark.component
            what = plain_bytes(component) if component.theme else None
            self.move_or_stop({"component": what, "lock": None}, f"Note the component of {self.settings.name}")
            self.locked = False
            self.bookmark = replace(self.bookmark, lock=None, component=component)

    def lock_once(self, who: str) -> None:
        """Lock the bookmark, to write into it without a push. Raises SomebodyPublishing, or HumanNeeded."""
        if not self.lock(who, {}):
            raise HumanNeeded(
                _("Others keep publishing to “{name}” at the same time.").format(name=self.settings.name),
                remedy=_("Try again in a moment."),
            )

    # ---- saving

    def save(
        self,
        agreements: Iterable[Agreement],
        pending: Iterable[Pending] = (),
        *,
        settled: Iterable[str] = (),
        last: bool,
    ) -> None:
        """Put what was done into the bookmark, here and on the git remote; with `last`, release the lock.

        What the journal holds is dropped only after the git remote has it. Raises SomebodyPublishing if the lock was
        broken by somebody else: then the journal keeps everything for the next run.
        """
        agreements = [keeping(one, self.bookmark.agreed.get(one.id.lower())) for one in agreements]
        pending, settled = list(pending), list(settled)
        what = changes(agreements, pending, settled)
        server = replace(self.bookmark.server, **self.learned)
        if server != self.bookmark.server:
            what["server"] = plain_bytes(server)
        component = self.component or self.bookmark.component
        if component != self.bookmark.component:
            what["component"] = plain_bytes(component)
        if self.locked:
            lock = replace(self.bookmark.lock, since=self.clock()) if self.bookmark.lock else None
            what["lock"] = plain_bytes(lock) if lock and not last else None
        gone = self.settled_creates({*(a.id.lower() for a in agreements), *(p.id.lower() for p in pending)}, last=last)
        what |= intentions((), gone)
        if what:
            self.move_or_stop(what, message(self.settings.name, len(agreements) + len(pending)))
        if self.locked and last:
            self.bookmark = replace(self.bookmark, lock=None)
        self.locked = self.locked and not last
        waiting = {k: p for k, p in self.bookmark.pending.items() if k not in settled}
        waiting |= {p.id.lower(): p for p in pending}
        intended = {ident: one for ident, one in self.bookmark.intended.items() if ident not in gone}
        known = replace(self.bookmark, pending=waiting, server=server, intended=intended, component=component)
        self.bookmark = known.with_agreements(agreements)
        self.journal.keep(self.worth_keeping)

    def settled_creates(self, saved: set[str], *, last: bool) -> set[str]:
        """The creates that need not be intended any more: `saved` or answered ones; at the end, those never sent.

        What an earlier run intended stays until it is known what came of it, as does what was sent without an answer.
        """
        notes = [note for note in self.journal.notes() if note.do == "create"]
        self.answered |= {note.key for note in notes if note.answer is not None}
        intended = set(self.bookmark.intended)
        gone = saved | self.answered | self.bookmark.agreed.keys() | (intended - self.inherited if last else set())
        return gone & intended - {note.key for note in notes if note.answer is None}

    def worth_keeping(self, note: JournalEntry) -> bool:
        """Open intentions, and uploads that the forum may still have although no post uses them yet."""
        if note.do == "upload":
            return note.answer is not None and self.clock() - note.at < UPLOADS_LIVE
        return note.answer is None

    def move_or_stop(self, what: dict[str, bytes | Sha | None], text: str) -> None:
        """A commit on the bookmark while we hold the lock. Raises SomebodyPublishing if somebody took the lock."""
        try:
            self.move(what, text)
        except Moved as error:
            raise SomebodyPublishing(
                _("Somebody took over the lock of “{name}” while this push was running.").format(
                    name=self.settings.name
                ),
                where=self.settings.url,
                remedy=_("Nothing is lost: push again when they have finished."),
            ) from error

    def move(self, what: dict[str, bytes | Sha | None], text: str) -> None:
        """One commit on the bookmark: on the git remote first, then here."""
        old = self.bookmark.commit
        new = self.repo.write_commit(old, what, text, self.clock())
        if self.remote:
            self.repo.push_ref(self.remote, new, self.settings.bookmark, old)
        self.repo.set_ref(self.settings.bookmark, new, self.repo.resolve(self.settings.bookmark))
        self.bookmark = replace(self.bookmark, commit=new)


def is_dead(held: Lock) -> bool:
    """Whether the lock's process ran on this machine and is gone."""
    if not held.machine or held.machine != machine():
        return False
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # Somebody else's process, which may be a new one under the same number.
    now = started(held.pid)
    if held.started and now and held.started != now:
        return True
    return held.pid == os.getpid() and held.run not in LIVE


def is_earlier_run(held: Lock) -> bool:
    """Whether an earlier run of the automation job that we are in left the lock: two runs of it never overlap."""
    name, run = job(os.environ)
    return bool(name) and held.job == name and held.job_run != run


def fetch(repo: Repo, settings: Settings, *, network: bool = True) -> Bookmark:
    """The bookmark as the git remote has it; this clone's own without a git remote or without `network`.

    A git remote that has none, because it is new or because somebody removed it there, is given this clone's: to
    publish without it would look as if everything were new.
    """
    local = repo.resolve(settings.bookmark)
    if not network or not repo.has_remote(settings.remote):
        return read(repo, local)
    there = repo.fetch_ref(settings.remote, settings.bookmark, local)
    if there is None and local is not None:
        there = offer(repo, settings, local)
    if there is not None and there != local:
        repo.set_ref(settings.bookmark, there, local)
    return read(repo, there)


def offer(repo: Repo, settings: Settings, local: Sha) -> Sha:
    """Give this clone's bookmark to a git remote that has none, as when a repository gets its first git remote."""
    try:
        repo.push_ref(settings.remote, local, settings.bookmark, None)
    except Moved as error:
        raise HumanNeeded(str(error), where=settings.remote, remedy=_("Try again.")) from error
    return local


def message(name: str, count: int) -> str:
    """The message of a commit on the bookmark. It is read by people who look into git, so it is in English like git."""
    return f"Release {name}" if not count else f"Publish {count} to {name}"


def somebody(held: Lock, url: str, now: float) -> SomebodyPublishing:
    """The error that names who is publishing, and since when."""
    minutes = max(0, int((now - held.since) // 60))
    return SomebodyPublishing(
        _("{who} is publishing from the computer “{host}”, for {minutes} min now.").format(
            who=held.who, host=held.host, minutes=minutes
        ),
        where=url,
        remedy=_("Try again in a moment. If that push was cut off: after an hour, push with --break-lock."),
    )


def started(pid: int) -> int:
    """When a process started, in ticks since the machine did; 0 where the system does not tell, -1 where the process is
    over and only its number is still there (proc_pid_stat(5): fields 3 and 22).
    """
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        state, *fields = text.rpartition(")")[2].split()  # the program's name before it may hold anything
        return -1 if state in ENDED else int(fields[18])
    return 0


def machine() -> str:
    """A name for this start of this machine and its space of process numbers; "" where the system tells neither."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return hashlib.sha256(f"{boot} {Path('/proc/self/ns/pid').readlink()}".encode()).hexdigest()[:16]
    return ""

"""What one run of the desk has: the folder that it was started in, the repository if there is one, and work."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from koweb_sync import config, config_file
from koweb_sync.config import Settings
from koweb_sync.desk.run import last_folder
from koweb_sync.desk.run.open_folder import OpenFolder
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.run.work import WorkRunner
from koweb_sync.forum.budget import budgets_of
from koweb_sync.forum.client import Forum
from koweb_sync.forum.own_key import own_key
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.keys import use_key

LEFT = 90  # seconds without an open page, after which nobody needs the desk any more


@dataclass
class DeskSession:
    """One run. `start`: the folder in which it began; `folder`: the repository's pages, None before it is set up.

    `ends_alone`: it ends when no page is open any more for `patience` seconds. `until_end`: what goes with it.
    `edited_there`: a publication met an edit on the forum since it last looked for some. `left_out`: paths of posts
    that somebody leaves out of what is published; `beside`: by the one from which they came, of those that
    wait beside it.
    `settings_file`: koweb.toml as it was when it was read. `looks_alone`: it looks at the forum without being asked;
    `looked_alone`: when it last began to (seconds of this process), None before; `look_failed`: when the forum did not
    answer that (µs), 0 where it did. `saved_pages`: pages on which a text was saved, and how often somebody had typed
    there by then. `download`: pictures that others added are saved, too, as somebody wished last. `opens`: what opens
    the folder with which it begins, until that succeeded; `opening`: one page at a time does that.
    """

    start: Path
    watcher: ChangeWatcher
    folder: OpenFolder | None = None
    ends_alone: bool = False
    patience: float = LEFT
    left_since: float = field(default_factory=time.monotonic)
    seen: bool = False
    edited_there: bool = False
    download: bool = False
    left_out: frozenset[str] = frozenset()
    beside: dict[str, frozenset[str]] = field(default_factory=dict)
    settings_file: tuple[str, int, int] = ("", 0, 0)
    looks_alone: bool = False
    looked_alone: float | None = None
    look_failed: int = 0
    saved_pages: dict[str, int] = field(default_factory=dict)
    until_end: ExitStack = field(default_factory=ExitStack)
    opens: Callable[[], object] | None = None
    opening: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.work = WorkRunner(self.watcher.tell)

    def open(self, repo: Repo, settings: Settings) -> OpenFolder:
        """Show this repository from now on, and watch it."""
        self.watcher.root, self.watcher.innards = repo.root, (repo.own, repo.shared)
        self.watcher.start()
        self.settings_file = self.file_mark(repo)
        self.folder = OpenFolder(repo, settings, self.watcher)
        if self.ends_alone:  # a desk of its own, and no preview
            last_folder.remember(self.start)
        return self.folder

    def open_first(self) -> None:
        """Open the folder with which it begins, where that is not done yet. Raises KowebError for what keeps it from
        being read.
        """
        with self.opening:
            if self.opens is not None:
                self.opens()
                self.opens = None

    def file_mark(self, repo: Repo) -> tuple[str, int, int]:
        """What changes with koweb.toml: where it is, when it was written, its size; nothing where there is none."""
        found = config_file.find(repo.root, self.start)
        facts = found.stat() if found is not None else None
        return (str(found), facts.st_mtime_ns, facts.st_size) if facts is not None else ("", 0, 0)

    def renew(self) -> None:
        """Read koweb.toml again where somebody changed it, or for the first time. Raises KowebError for what cannot be
        read.
        """
        self.open_first()
        folder = self.folder
        if folder is None or self.settings_file == self.file_mark(folder.repo):
            return
        settings = config.load(folder.repo.root, start=self.start, forum=folder.settings.name)
        repo = folder.another()
        repo.posts = settings.posts
        self.open(repo, settings)

    def nobody_needs_it(self) -> bool:
        """Whether no page was open for a while, and no work runs."""
        if self.watcher.listeners or self.work.busy:
            self.seen, self.left_since = self.seen or bool(self.watcher.listeners), time.monotonic()
        return self.seen and time.monotonic() - self.left_since > self.patience

    def end_work(self, say: Callable[[str], None]) -> None:
        """Wait until the work that is under way is over, and say so."""
        while self.work.last is not None and not self.work.last.finished:
            say(_("Still under way: {title}. The desk ends when it is done.").format(title=self.work.last.title))
            self.work.last.over.wait()


def connected(settings: Settings, say: Callable[[str], None]) -> Forum:
    """The forum, with the person's key. Raises ConfigError without one, KeyBound where it belongs to another forum.

    The caller closes it.
    """
    key, budgets = use_key(settings), budgets_of(settings.rates)
    return Forum(settings.url, settings.username, key, limits=budgets, own=own_key(settings), say=say)


def quietly(_text: str, **_style: object) -> None:
    """A page waits without a word."""

"""The folder of post files that the pages of one server show, as it is when somebody asks."""

import threading

from flask import g, has_request_context, request

from koweb_sync.config import Settings
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.previews.shown_translations import TranslationMemory
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.texts.post_folder import PostFolder
from koweb_sync.git.repo import Repo


class OpenFolder:
    """One repository with its previews. Whoever makes a preview holds `lock`: cooking changes the preview's forum."""

    def __init__(self, repo: Repo, settings: Settings, watcher: ChangeWatcher) -> None:
        self.repo = repo
        self.settings = settings
        self.lock = threading.RLock()
        self.folder = PostFolder(repo, settings)
        self.watcher = watcher
        self.translations = TranslationMemory()
        self._previewer: Previewer | None = None

    def another(self) -> Repo:
        """The repository once more, for one page or one piece of work: what it remembers changes as it is used."""
        repo = self.repo.another()
        repo.posts = self.settings.posts
        return repo

    def current(self) -> Previewer:
        """The folder as it is now; the same one while nothing changes, and for all of a page that only shows it. Raises
        KowebError for what keeps it from being read.
        """
        if not (has_request_context() and request.method == "GET"):
            return self._now()
        looked: dict[OpenFolder, Previewer] = g.setdefault("looked", {})
        if self not in looked:
            looked[self] = self._now()
        return looked[self]

    def _now(self) -> Previewer:
        with self.lock:
            now = self.folder.look()
            if self._previewer is None or self._previewer.now is not now:
                self._previewer = Previewer(self.repo, self.settings, now)
            return self._previewer

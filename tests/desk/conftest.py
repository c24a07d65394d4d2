"""The pages of a facilitator's repository, served as `koweb preview` serves them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
import requests

from koweb_sync import config
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.desk.run.open_folder import OpenFolder
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.serving.app import make_app
from koweb_sync.desk.serving.server import LocalServer
from koweb_sync.git.repo import Repo
from tests.workspace import Clone


@dataclass(frozen=True, slots=True)
class ServedPages:
    """The pages of one repository, and the browser that may see them."""

    folder: OpenFolder
    server: LocalServer
    browser: requests.Session

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def get(self, path: str, **more: str) -> requests.Response:
        return self.browser.get(self.home + path, headers=more, timeout=20)

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form, and follow where it leads."""
        return self.browser.post(self.home + path, data=fields, headers={"Origin": self.home}, timeout=60)


def opened(clone: Clone) -> OpenFolder:
    """The repository as pages see it."""
    repo = Repo.find(clone.folder)
    settings = config.load(repo.root)
    repo.posts = settings.posts
    return OpenFolder(repo, settings, ChangeWatcher(repo.root))


def previewer(clone: Clone) -> Previewer:
    """Previews of what lies in the repository now."""
    return opened(clone).current()


@contextmanager
def serving(clone: Clone) -> Iterator[ServedPages]:
    """Serve a repository's pages for a while."""
    folder = opened(clone)
    run = DeskSession(clone.folder, folder.watcher, folder)
    server = LocalServer(lambda access: make_app(access, run, ROOMS))
    folder.watcher.start()
    server.start()
    try:
        with closing(requests.Session()) as browser:
            browser.get(server.access.address("/preview/"), timeout=20).raise_for_status()
            yield ServedPages(folder, server, browser)
    finally:
        folder.watcher.stop()
        server.stop()


@pytest.fixture
def pages(here: Clone) -> Iterator[ServedPages]:
    """The pages of a repository beside a forum."""
    with serving(here) as served:
        yield served

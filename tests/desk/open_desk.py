"""The whole desk on a folder, and somebody who uses it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from koweb_sync import config
from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.serving.app import DeskRoom, make_app
from koweb_sync.desk.serving.server import LocalServer
from koweb_sync.sync.setup.repository import repository_at


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A desk, and the browser that may see it."""

    run: DeskSession
    server: LocalServer
    browser: requests.Session

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def get(self, path: str) -> requests.Response:
        return self.browser.get(self.home + path, timeout=20)

    def post(self, path: str, **fields: object) -> requests.Response:
        """Send a form; its redirect is followed."""
        return self.browser.post(self.home + path, data=fields, headers={"Origin": self.home}, timeout=60)

    def done(self, answer: requests.Response) -> requests.Response:
        """The page to which work leads, once it is over."""
        work = self.run.work.last
        assert work is not None, answer.text
        work.over.wait(60)
        return self.get("/work/")


@contextmanager
def desk(folder: Path, rooms: Sequence[DeskRoom] = ROOMS) -> Iterator[OpenDesk]:
    """The desk on a folder, be it set up or not; or some of its rooms."""
    run = DeskSession(folder, ChangeWatcher(folder))
    repo = repository_at(folder)
    if repo is not None and (folder / "koweb.toml").exists():
        settings = config.load(repo.root, start=folder)
        repo.posts = settings.posts
        run.open(repo, settings)
    server = LocalServer(lambda access: make_app(access, run, rooms))
    server.start()
    try:
        with closing(requests.Session()) as browser:
            browser.get(server.access.address("/"), timeout=20)
            yield OpenDesk(run, server, browser)
    finally:
        run.watcher.stop()
        run.until_end.close()
        server.stop()

"""Where states of the desk are reached: a forum, a repository, a desk on it, and a page in the browser."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.states.judge import PageJudge
from tests.desk.test_publishing import mark
from tests.workspace import Clone, new_workspace

Fields = Mapping[str, str | list[str]]


@dataclass
class Scene:
    """What a chapter has. `top`: its own folder."""

    box: Sandbox
    judge: PageJudge
    top: Path
    patch: pytest.MonkeyPatch

    def repository(self) -> Clone:
        """A repository for the forum, of this chapter's own."""
        self.top.mkdir(parents=True, exist_ok=True)
        return new_workspace(self.top / "work", self.box)

    def opens(self, folder: Path) -> AbstractContextManager[OpenDesk]:
        """The desk on a folder."""
        return desk(folder)


@dataclass
class Visit:
    """Somebody at one desk. What a browser sends is sent by the page that is judged, or beside it (`it`)."""

    it: OpenDesk
    judge: PageJudge

    def enters(self) -> None:
        """Open the desk as it opens itself."""
        self.judge.goes(self.it.server.access.address("/"))

    def sees(self, path: str) -> None:
        """Open a page."""
        self.judge.goes(f"{self.it.home}{path}")

    def sends(self, path: str, fields: Fields | None = None) -> None:
        """Send a form; its answer is the page."""
        if not self.judge.page.url.startswith(self.it.home):
            self.sees("/style.css")
        self.judge.sends(path, fields)

    def works(self, path: str, **fields: object) -> None:
        """Press a button that begins work, wait for its end, and see what came of it."""
        self.judge.page.goto("about:blank")  # which follows no work
        self.it.done(self.it.post(path, **fields))
        self.sees("/work/")

    def publishes(self, come_from: str = "", **fields: object) -> None:
        """Look at what would be sent, and publish it. `come_from`: a text."""
        shown = self.it.get(f"/publish/?only={come_from}" if come_from else "/publish/")
        self.works(f"/publish/?of={come_from}", mark=mark(shown), **{"message": "Des nouvelles", **fields})


Chapter = Callable[[Scene], Iterator[str]]

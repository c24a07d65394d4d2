"""Work that takes a while, such as a push: one at a time, in the background, with what it says as it goes."""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.errors import KowebError
from koweb_sync.i18n import _

Work = Callable[["RunningWork"], Any]


@dataclass(slots=True)
class RunningWork:
    """One piece of work. `kind` names the room that began it, `title` says what it is, as a person reads it; `lines`
    are what it said; `ahead` is what it will take, `asides` counts of that which few want to see: both are for while it
    runs. `stage`: what it does now; `done` of `total` steps, 0 where
    nobody knows. `result` is what it came to, shown at the address `after`; `error` why it did not come to anything.
    `seen`: somebody saw what it came to.
    """

    kind: str
    title: str
    after: str
    tell: Callable[[], None]
    began: float = field(default_factory=time.time)
    lines: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    stage: str = ""
    done: int = 0
    total: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: KowebError | None = None
    seen: bool = False

    @property
    def finished(self) -> bool:
        """Whether it is over, be it well or not."""
        return self.over.is_set()

    @property
    def failed(self) -> bool:
        """Whether it came to nothing, or to a result that says why."""
        return self.error is not None or getattr(self.result, "error", None) is not None

    def say(self, text: str, **_style: Any) -> None:
        """A sentence for the person who waits."""
        self.lines.append(text)
        self.tell()

    def say_ahead(self, text: str) -> None:
        """How long it will take, for the person who waits."""
        self.ahead.append(text)
        self.tell()

    def say_aside(self, text: str) -> None:
        """A sentence with counts, for whoever unfolds it."""
        self.asides.append(text)
        self.tell()

    def enter(self, stage: str) -> None:
        """What is done from now on, for the person who waits."""
        self.stage = stage
        self.tell()

    def advance(self, *, total: int = 0) -> None:
        """One more step is done; `total` as soon as it is known."""
        self.total = total or self.total
        self.done += 0 if total else 1
        self.tell()

    def reach(self, done: int, total: int) -> None:
        """So many steps of so many are done."""
        self.done, self.total = done, total
        self.tell()

    def look(self, path: str) -> None:
        """Somebody looks at a page: that of its result, perhaps."""
        self.seen = self.seen or (self.finished and self.error is None and path == self.after.partition("?")[0])


class WorkUnderWay(KowebError):
    """Other work is under way: nothing was begun."""


class WorkRunner:
    """Runs one piece of work at a time. `tell` is called whenever there is something new to see."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.tell = tell
        self.lock = threading.Lock()
        self.last: RunningWork | None = None
        self.quiet: RunningWork | None = None

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self.last is not None and not self.last.finished

    def runs(self, kind: str) -> bool:
        """Whether work of this kind is under way."""
        return self.last is not None and not self.last.finished and self.last.kind == kind

    @property
    def turn(self) -> str:
        """What is another one after each work; nothing while one runs, for what pages show of it may move still."""
        return str(self.last.began) if self.last and self.last.finished else ""

    @property
    def unseen(self) -> RunningWork | None:
        """Work that runs, or whose result nobody saw yet."""
        return None if self.last is None or self.last.seen else self.last

    def start(self, kind: str, title: str, after: str, work: Work) -> RunningWork:
        """Begin, for the same reader. Raises WorkUnderWay while other work is under way."""
        with self.lock:
            self.need_none()
            self.last = begun = RunningWork(kind, title, after, self.tell)
        threading.Thread(target=copy_context().run, args=(self._run, begun, self.after_quiet(work))).start()
        return begun

    def after_quiet(self, work: Work) -> Work:
        """Work that waits until quiet work, if there is some, has ended."""
        quiet = self.quiet
        if quiet is None or quiet.finished:
            return work

        def later(begun: RunningWork) -> Any:
            begun.say(_("koweb is looking at the forum; this begins right after."))
            quiet.over.wait()
            return work(begun)

        return later

    def start_quietly(self, work: Work) -> None:
        """Begin what no page shows, for the same reader, unless anything is under way. What it raises is in its error;
        it ends with the process.
        """
        with self.lock:
            if self.busy or (self.quiet is not None and not self.quiet.finished):
                return
            self.quiet = begun = RunningWork("quiet", "", "/", self.tell)
        threading.Thread(target=copy_context().run, args=(self._run, begun, work), daemon=True).start()

    def need_none(self) -> None:
        """Raises WorkUnderWay while work is under way."""
        last = self.last
        if last is not None and not last.finished:
            raise WorkUnderWay(
                _("koweb is still at work: “{title}”.").format(title=last.title),
                remedy=_("What you asked for just now has not begun. Ask again when this is done."),
            )

    def _run(self, begun: RunningWork, work: Work) -> None:
        try:
            begun.result = work(begun)
        except KowebError as error:
            begun.error = error
        except Exception as error:  # whatever happens, the page says so, and does not wait for ever
            begun.error = KowebError(
                _("koweb met something that it did not expect: {what}").format(what=type(error).__name__),
                remedy=_("What was done before is kept. Try again."),
            )
            raise  # the terminal says where it was
        finally:
            begun.over.set()
            self.tell()

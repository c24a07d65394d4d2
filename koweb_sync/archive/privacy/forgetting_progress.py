"""How far forgetting is: whoever waits is told, by what is done now, how many steps of it are done, and of how many;
None where nobody knows that."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeVar

T = TypeVar("T")
ForgettingStage = Literal[
    "rewriting", "searching", "searching file", "searching exports", "rewriting exports", "writing anew"
]
OFTEN = 100  # steps after which it is told


def silent(_stage: ForgettingStage, _done: int, _total: int | None) -> None:
    """Nobody looks on."""


watcher: ContextVar[Callable[[ForgettingStage, int, int | None], None]] = ContextVar("forgetting", default=silent)


@contextmanager
def endless(stage: ForgettingStage) -> Iterator[None]:
    """A stage of which nobody knows how far it is: it has no steps."""
    tell = watcher.get()
    tell(stage, 0, None)
    try:
        yield
    finally:
        tell(stage, 1, 1)


class ForgettingSteps:
    """The steps of one stage, counted as they are taken."""

    def __init__(self, stage: ForgettingStage, total: int) -> None:
        self.stage: ForgettingStage = stage
        self.total = total
        self.done = 0
        self.tell = watcher.get()

    def through(self, items: Iterable[T]) -> Iterator[T]:
        """The items; each is a step."""
        for one in items:
            yield one
            self.done += 1
            if self.done % OFTEN == 0:
                self.tell(self.stage, min(self.done, self.total), self.total)

    def add(self) -> None:
        """One long step is done."""
        self.done += 1
        self.tell(self.stage, min(self.done, self.total), self.total)

    def end(self) -> None:
        """The stage is over."""
        self.tell(self.stage, self.total, self.total)

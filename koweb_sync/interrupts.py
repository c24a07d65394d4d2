"""Ctrl-C while koweb is being loaded ends it there and then. Raised as an exception it would come out of a class that
is half made, or of a callback, as a traceback; and nothing is to be undone yet. This module loads next to nothing.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType


class Stop:
    """What a Ctrl-C does while koweb is being loaded: last words, and the exit code of whatever is stopped later."""

    def __init__(self, last_words: Callable[[], None] | None) -> None:
        self.last_words = last_words

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        try:
            if self.last_words is not None:
                self.last_words()
        finally:
            os._exit(1)


def loading(last_words: Callable[[], None] | None = None) -> None:
    """From now on a Ctrl-C ends the process, until `loaded`. `last_words` says so, once there is a language for it.

    Whoever takes a Ctrl-C otherwise, or ignores it as a shell's background job does, goes on so.
    """
    now = signal.getsignal(signal.SIGINT)
    if now is signal.default_int_handler or isinstance(now, Stop):
        change(Stop(last_words))


def loaded() -> None:
    """From now on a Ctrl-C is an exception again, and whoever is interrupted cleans up."""
    if isinstance(signal.getsignal(signal.SIGINT), Stop):
        change(signal.default_int_handler)


def change(handler: Callable[[int, FrameType | None], None]) -> None:
    """Let a Ctrl-C be taken by another. Only the main thread gets one."""
    try:
        signal.signal(signal.SIGINT, handler)
    except ValueError:  # this is another thread
        return

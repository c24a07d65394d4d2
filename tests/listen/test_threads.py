"""Where a part of the listener ends by itself, all of it ends, so that it is started again."""

import threading
import time
from functools import partial
from typing import Any

import pytest

from koweb_sync.listen.threads import Threads
from koweb_sync.listen.worker import Worker
from koweb_sync.sandbox import Sandbox
from tests.listen.test_command import VARIABLE, box, here
from tests.workspace import Clone

__all__ = ["VARIABLE", "box", "here"]


class Broken(BaseException):
    """Nothing that is expected."""


def breaking() -> None:
    """Something that breaks."""
    raise Broken


def waiting(stopped: threading.Event) -> None:
    """Something that ends when it is told to."""
    stopped.wait()


def test_what_ends_by_itself_ends_all() -> None:
    for job, why in ((breaking, "Broken"), (lambda: None, "returned")):
        stopped, ended, log = threading.Event(), threading.Event(), list[dict[str, Any]]()

        def note(event: str, log: list[dict[str, Any]] = log, **facts: Any) -> None:
            log.append({"event": event, **facts})

        threads = Threads([("kafe", job), ("the", partial(waiting, stopped))], stopped, ended.set, note)
        threads.start()
        assert ended.wait(10)
        stopped.set()
        threads.join()
        assert log == [{"event": "lost", "part": "kafe", "why": why}]
        assert threads.lost == ["kafe"], "what ends when it is told to is not lost"


@pytest.mark.server("2025")
def test_without_its_worker_the_listener_ends_with_1(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(_worker: Worker) -> bool:
        time.sleep(0.5)
        raise Broken

    monkeypatch.setattr(Worker, "step", breaking)
    run = here.run("listen", "--port", "0", "--no-daily", code=1)
    assert '"event": "lost", "part": "kafe", "why": "Broken"' in run.err
    assert '"event": "stopped"' in run.err

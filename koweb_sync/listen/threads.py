"""What works beside the server, each in a thread of its own. Where one of them ends by itself, all is to end: whoever
started us starts us again, and nobody thinks that all is well.
"""

import threading
from collections.abc import Callable, Iterable

Log = Callable[..., None]


class Threads:
    """Threads by their names. `end` ends all where one of them ended before `stopped`; these are in `lost` then."""

    def __init__(
        self,
        jobs: Iterable[tuple[str, Callable[[], None]]],
        stopped: threading.Event,
        end: Callable[[], None],
        log: Log,
    ) -> None:
        self.stopped, self.end, self.log = stopped, end, log
        self.lost: list[str] = []
        self.threads = [threading.Thread(target=self.work, args=one, name=one[0]) for one in jobs]

    def start(self) -> None:
        """Begin."""
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        """Wait until all have ended."""
        for thread in self.threads:
            thread.join()

    def work(self, name: str, job: Callable[[], None]) -> None:
        """Do it, and see how it ends."""
        why = "returned"
        try:
            job()
        except BaseException as error:
            why = type(error).__name__
        if not self.stopped.is_set():
            self.lost.append(name)
            self.log("lost", part=name, why=why)
            self.end()

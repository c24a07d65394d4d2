"""Who wants to see how reading the forum goes."""

from typing import Protocol


class ReadingObserver(Protocol):
    """Who wants to see topics being read, for a pull or an adoption."""

    def reading(self, topics: int, requests: int) -> None:
        """So many topics are read next, with about so many requests."""

    def read(self, path: str) -> None:
        """One more topic was read."""

"""What stands in the place of the forum while a backup is read: nothing is asked, and nothing that could is loaded."""

from collections.abc import Iterable

from koweb_sync.forum.decode import Malformed


class NoForum:
    """A forum that nobody asks: no request was sent, and none can be. It has what a run looks at all the same."""

    def __init__(self) -> None:
        self.sent = {"keyed": 0, "anonymous": 0}
        self.malformed: list[Malformed] = []

    @property
    def pace(self) -> float:
        """Nobody knows how long it takes for an answer."""
        return 0.0

    def hint(self, tags: Iterable[str]) -> None:
        """Tags are of no use here."""

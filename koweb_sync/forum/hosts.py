"""Servers beside the forum's own that keep files for it, and give no answer: nobody knows the name, nobody listens, no
answer comes in time, the certificate is not valid. Such a server is given up while this process runs: a thousand files
on it cost no more than one. The forum's own server is never given up: its faults pass.
"""

from koweb_sync.forum.addresses import Address, is_own_server
from koweb_sync.forum.wire import Failure

ENOUGH = 4  # points in a row until a server is given up
UNREACHED, UNANSWERED = 2, 1  # points for a try without a connection, and for one without an answer


class Hosts:
    """What became of the servers that were asked for files of the forum at `home`. They go by scheme, name and port."""

    def __init__(self, home: Address) -> None:
        self.home = home
        self.points: dict[str, int] = {}
        self.gone: dict[str, Failure] = {}

    def given_up(self, address: Address | None) -> Failure | None:
        """Why a server is not asked any more; None if it is. Whoever wrote an archive may have noted anything in it."""
        return None if address is None or is_own_server(address, self.home) else self.gone.get(address.server)

    def leave(self, server: str, why: str) -> None:
        """Give a server up that did not answer in an earlier process."""
        self.gone[server] = Failure(why, sent=False)

    def ask_again(self, server: str) -> None:
        """Ask a server again that was given up."""
        self.gone.pop(server, None)
        self.points.pop(server, None)

    def note(self, address: Address, failed: Failure | None) -> None:
        """Remember whether a server answered. An answer that came too slowly to end says nothing about the server."""
        if is_own_server(address, self.home) or (failed is not None and failed.slow):
            return
        points = self.points.get(address.server, 0) + (UNANSWERED if failed and failed.sent else UNREACHED)
        self.points[address.server] = points if failed else 0
        if failed and points >= ENOUGH:
            self.gone[address.server] = failed

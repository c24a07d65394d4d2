"""A fetch or pull as it goes: how much is to be read, how long it takes, how far it is; on standard error."""

import math

from koweb_sync.cli.output import say
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.config import Rates
from koweb_sync.i18n import _, ngettext, number

MANY = 20  # topics; fewer are read before anybody has read an estimate


class ReadingBar(ProgressBar):
    """Watches a reading. The bar appears only where there is much to read."""

    def __init__(self, rates: Rates) -> None:
        super().__init__()
        self.rates = rates

    def reading(self, topics: int, requests: int) -> None:
        """Say how much is coming."""
        if topics < MANY:
            return
        text = ngettext("Reading {n} topic", "Reading {n} topics", topics).format(n=number(topics))
        rate = self.rates.anonymous_per_minute
        minutes = math.ceil(max(0, requests - rate) / rate) if rate else 0
        about = ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
        say(f"{text}, {about}." if minutes else f"{text}.")
        self.start(topics, _("reading"))

    def read(self, path: str) -> None:
        """One more is read."""
        self.advance(path)

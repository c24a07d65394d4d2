"""That a report is being made, and since when: on a terminal, where it takes more than two seconds.

How long it will take depends on the machine more than on the forum, so nothing is said about that.
"""

from koweb_sync.cli.progress_bar import LateBar
from koweb_sync.i18n import _


class ReportBar(LateBar):
    """A bar without an end, and the time since it appeared."""

    def __init__(self) -> None:
        super().__init__(_("Computing"))

    def says(self, label: str) -> None:
        """What is done now."""
        self.label = label
        self.tell(label)

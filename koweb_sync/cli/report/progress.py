"""That a report is being made, what is done of it now, and since when: on a terminal, where it takes more than two
seconds; in sentences for a program that shows them.

How long it will take depends on the machine more than on the forum, so nothing is said about that.
"""

from koweb_sync import told_progress
from koweb_sync.cli.output import say
from koweb_sync.cli.progress_bar import LateBar
from koweb_sync.i18n import _


class ReportBar(LateBar):
    """A bar without an end, and the time since it appeared."""

    def __init__(self) -> None:
        super().__init__(_("Computing"))
        # Said in the language of whoever reads it, while a message is written in that of the forum.
        self.drawing = _("Drawing"), _("koweb is drawing the pictures and writing the text.")
        self.tell_reader(_("koweb is computing the figures."))

    def draws(self) -> None:
        """The figures are there: now they are written down."""
        self.label, sentence = self.drawing
        self.tell(self.label)
        self.tell_reader(sentence)

    @staticmethod
    def tell_reader(sentence: str) -> None:
        """Say it to whoever reads what this program says on a page."""
        if told_progress.is_wanted():
            say(sentence)

"""How far forgetting somebody is: a bar for each stage, once it all takes longer than two seconds."""

import time

from koweb_sync.archive.privacy.watch import ForgettingStage
from koweb_sync.cli.progress_bar import PATIENCE, ProgressBar
from koweb_sync.i18n import _


class ForgettingBar(ProgressBar):
    """Is told how far each stage is. Between two of them there is no bar, so that others may show theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic()
        self.stage = ""
        self.shown = 0

    def __call__(self, stage: ForgettingStage, done: int, total: int) -> None:
        """So many steps of a stage are done."""
        if stage != self.stage or done < self.shown or done >= total:
            self.end()
            self.stage = stage
        if done >= total:
            return
        if self.bar is None and self.told is None and time.monotonic() - self.began > PATIENCE:
            self.start(total, words(stage))
        if self.bar or self.told:
            self.advance(steps=done - self.shown)
            self.shown = done

    def end(self) -> None:
        """Take the bar of a stage away."""
        if self.bar:
            self.bar.stop()
        self.bar, self.task, self.told, self.shown = None, None, None, 0


def words(stage: ForgettingStage) -> str:
    """What is done now."""
    return {
        "rewriting": _("going through the texts"),
        "searching": _("searching the texts"),
        "searching file": _("searching the archive’s file"),
        "searching exports": _("searching the exports"),
        "rewriting exports": _("rewriting the exports"),
    }[stage]

"""Commands that take long, run as the desk's work: with the language, the key and the rules that they have anyway.

Such a command is a process of its own: what it writes is whole or not there, whatever becomes of the desk.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence

from koweb_sync import told_progress
from koweb_sync.desk.run.work import RunningWork, Work
from koweb_sync.desk.serving.app import session, shown
from koweb_sync.errors import HUMAN, KowebError
from koweb_sync.i18n import _
from koweb_sync.processes import ourselves

POINT = "· "  # before each of some lines at a terminal


def command(*words: str) -> Work:
    """A command of koweb for the forum that is shown, as work: what it says is what the work says, its result is what
    it prints. It fails as the command does; where the command found what a person has to see, that is the result.
    """
    place = session.start if shown.repo.root in (session.start, *session.start.parents) else shown.repo.root
    line = [*ourselves(), *words, "--forum", shown.settings.name]

    def run(work: RunningWork) -> str:
        return told(line, os.fspath(place), work)

    return run


def told(line: Sequence[str], place: str, work: RunningWork) -> str:
    """Run a command, and pass on each line that it says. Raises KowebError with its last one where it fails."""
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", told_progress.WANTED: "1"}
    with tempfile.TemporaryFile() as printed:
        with subprocess.Popen(
            line, cwd=place, env=env, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.PIPE
        ) as process:
            for text in process.stderr or ():
                hear(work, text.decode("utf-8", "replace").strip())
        printed.seek(0)
        found = printed.read().decode("utf-8", "replace").strip()
    if process.returncode and not (process.returncode == HUMAN and found):
        raise KowebError(work.lines.pop() if work.lines else _("That did not work."))
    return found


def hear(work: RunningWork, said: str) -> None:
    """One line of a command: how far it is, what it does now, what it will take, or a sentence."""
    steps, aside, stage = told_progress.steps(said), told_progress.aside_in(said), told_progress.stage_in(said)
    if steps is not None:
        work.reach(*steps)
    elif (ahead := told_progress.ahead_in(said)) is not None:
        work.say_ahead(ahead)
    elif aside is not None:
        work.say_aside(aside)
    elif stage is not None:
        work.enter(_("Now: {what}").format(what=stage))
    else:
        work.say(said.removeprefix(POINT))

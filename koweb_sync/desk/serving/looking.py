"""Looking at the forum by itself: once when the desk was started, and again when the last look is some minutes old.

It runs beside the pages, and never in the way of anybody's work, which waits for the end of such a look. It stays away
where there is no key, or where a look would cost many requests: then a person asks for it.
"""

import time

from koweb_sync.config import Settings
from koweb_sync.desk.actions import bringing_back
from koweb_sync.desk.actions.set_up import has_key
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.git.repo import Repo
from koweb_sync.times import MINUTE_IN_SECONDS

AGAIN = 10 * MINUTE_IN_SECONDS  # seconds after which it looks once more, where somebody has the desk before them
MOST = 30  # requests of a look that nobody asked for


def begin(run: DeskSession) -> None:
    """Look, if it is time, and nothing else is under way."""
    now, folder = time.monotonic(), run.folder
    due = run.looked_alone is None or now - run.looked_alone >= AGAIN
    if not run.looks_alone or not due or folder is None or run.work.busy or not has_key(folder.settings):
        return  # without a key it is still due: whoever types one waits for it
    run.looked_alone = now
    repo, settings = folder.another(), folder.settings
    run.work.start_quietly(lambda work: look(run, work, repo, settings))


def look(run: DeskSession, work: RunningWork, repo: Repo, settings: Settings) -> None:
    """One such look."""
    if bringing_back.requests_of_look(repo, settings) > MOST:
        return
    came = bringing_back.look(work, repo, settings)
    run.look_failed = time.time_ns() // 1_000 if came.error is not None else 0
    run.edited_there = run.edited_there and came.error is not None


def begin_at_once(run: DeskSession) -> None:
    """Look now, for there is a key again."""
    run.looked_alone = None
    begin(run)

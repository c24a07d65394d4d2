"""A push that has something to look at, as it goes and as it ended: for `push` and `sync`."""

import signal
import sys
import time

from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.output import complain, say, table
from koweb_sync.cli.sync.not_published import name_left_out, name_uncommitted
from koweb_sync.cli.sync.push_progress import Progress
from koweb_sync.config import Settings
from koweb_sync.errors import LimitReached, beside
from koweb_sync.git.repo import Repo
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.options import PushOptions
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.push import push


def carry_out(repo: Repo, settings: Settings, wishes: PushOptions, style: str) -> Result:
    """Push, and show it as it goes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a cancelled CI job still releases the lock
    uncommitted = name_uncommitted(repo, settings)
    with Progress(settings.rates) as progress:
        result = push(repo, settings, connector(settings), wishes, progress, time.time)
    name_left_out(repo, settings, result.plan, uncommitted)
    if style == "table":
        table([show.done(outcome) for outcome in result.outcomes if outcome.error is None])
    for outcome in result.outcomes:
        if outcome.note:
            say(outcome.note, fg="yellow")
    if result.note:
        say(result.note, fg="yellow")
    for error in errors_of(result.outcomes):
        say(error, fg="red")
    if result.stopped:
        complain(result.stopped)
    say(show.closing(result))
    return result


def errors_of(outcomes: tuple[Outcome, ...]) -> list[str]:
    """What went wrong, with the file, and each sentence once: a limit of the day stops many posts for one reason."""
    texts = [
        str(one.error)
        if isinstance(one.error, LimitReached) or one.path in str(one.error)
        else beside(one.path, str(one.error))
        for one in outcomes
        if one.error
    ]
    return list(dict.fromkeys(texts))

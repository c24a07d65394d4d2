"""When this clone last looked at the whole forum for edits, for people alone: `.git/koweb/NAME/looked` holds the time,
and may be removed at any time.
"""

from contextlib import suppress

from koweb_sync import dates, safe_files
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.sync.lock.state import state_folder
from koweb_sync.times import SECOND

FILE = "looked"


def note_look(repo: Repo, settings: Settings, at: float) -> None:
    """Note a look. `at`: Unix seconds."""
    with suppress(InputError):  # it is only missing where somebody reads it
        safe_files.write(state_folder(repo, settings), FILE, dates.iso(int(at * SECOND)), lasting=False)


def last_look(repo: Repo, settings: Settings) -> int | None:
    """When the last one was (µs); None where nobody knows."""
    with suppress(InputError, ValueError):
        return dates.instant(safe_files.read(state_folder(repo, settings), FILE).decode("ascii", "replace"))
    return None

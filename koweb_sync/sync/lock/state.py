"""Where this clone keeps what it knows of a forum besides the bookmark."""

from pathlib import Path

from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo


def state_folder(repo: Repo, settings: Settings) -> Path:
    """The folder of the journal, of this clone's lock, and of what the last push left: never in the work tree."""
    return repo.shared / "koweb" / settings.name

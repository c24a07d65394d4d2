"""Who publishes, as others read it."""

import getpass
import os

from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _


def publisher(repo: Repo) -> str:
    """The person who publishes, as others will read it while the lock is held."""
    try:
        return repo.person or os.environ.get("GITHUB_ACTOR") or os.environ.get("GITLAB_USER_NAME") or getpass.getuser()
    except (OSError, KeyError):
        return _("somebody")

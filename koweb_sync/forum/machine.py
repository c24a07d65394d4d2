"""Where this machine keeps what it knows of a forum: all processes of the user share it."""

import hashlib
import os
from pathlib import Path

from koweb_sync.posts.paths import parted


def machine_home() -> Path:
    """Our folder in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "koweb"


def machine_folder(url: str) -> Path:
    """The folder of one forum in the user's cache; all processes of the user on this machine share it."""
    host = parted(url).netloc.rpartition("@")[2].lower()
    name = f"{host.replace(':', '_')}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    return machine_home() / name


def site_file(url: str, username: str, folder: Path | None = None) -> Path:
    """The file of the facts of a forum as one user sees it: rights differ from user to user."""
    digest = hashlib.sha256(username.encode()).hexdigest()[:12]
    return (folder or machine_folder(url)) / f"site-{digest}.json"

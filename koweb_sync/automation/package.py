"""What an automation has to install so that it runs the same koweb-sync as this one."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from koweb_sync import __version__
from koweb_sync.errors import KowebError
from koweb_sync.git import Repo

NAME = "koweb-sync"


def installed() -> tuple[str, bool]:
    """What pip installs to get this very version, and whether we know that it is to be had there.

    Python's own record of an installation tells where it came from (PEP 610): an index, a commit, or a folder. A
    folder counts by its git remote and its commit; without one, the index is only a guess.
    """
    text = distribution(NAME).read_text("direct_url.json")
    if text is None:
        return f"{NAME}=={__version__}", True
    origin = json.loads(text)
    commit = origin.get("vcs_info", {}).get("commit_id")
    found = pinned(origin["url"], commit) if commit else from_folder(origin["url"])
    return found or f"{NAME}=={__version__}", bool(found)


def from_folder(url: str) -> str:
    """A folder's commit on its git remote, or "" where it has none."""
    path = Path(unquote(urlsplit(url).path))
    if not path.is_dir():
        return ""
    try:
        repo = Repo.find(path)
        if repo.root != path.resolve():
            return ""  # a folder of somebody else's repository, as of one that an environment lies in
        remote = repo.git("config", "--get", "remote.origin.url", fine=(0, 1)).decode().strip()
        return pinned(remote, repo.head())
    except KowebError:
        return ""  # a folder that git cannot read is a folder without a remote


def pinned(remote: str, commit: str) -> str:
    """A commit as pip asks for it, without a name or password; "" for an address that only this computer knows."""
    short = re.fullmatch(r"(?:ssh://)?[\w.-]+@([\w.-]+)[:/](?!\d+/)([\w./~-]+)", remote)
    address = f"https://{short[1]}/{short[2]}" if short else re.sub(r"^https://[^/@]*@", "https://", remote)
    return f"git+{address}@{commit}" if address.startswith("https://") else ""

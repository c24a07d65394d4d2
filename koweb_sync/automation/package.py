"""What an automation has to install so that it runs the same koweb-sync as this one."""

import re
from pathlib import Path
from urllib.parse import unquote

from koweb_sync.errors import KowebError
from koweb_sync.git.repo import Repo
from koweb_sync.install import origin, source
from koweb_sync.posts.paths import parted

# What nobody but its owner can change: a commit, or an archive with its hash. Nobody owns our name on the index, so a
# stranger could; and a version alone may be uploaded by whoever does.
FIXED = re.compile(
    r"(koweb-sync(\[[a-z,-]+\])? @ )?"
    r"(git\+https://[\w./:~-]+@([0-9a-f]{40}|[0-9a-f]{64})|https://[\w./:~+%-]+#sha256=[0-9a-f]{64})"
)


def installed() -> str:
    """What pip installs to get this very koweb-sync; "" where that cannot be pinned.

    Python's own record of an installation tells where it came from (PEP 610): a commit, an archive, or a folder. A
    folder counts by its git remote and its commit; what came from an index by its name counts for nothing.
    """
    found, place = origin(), source()
    if found is not None and "dir_info" in found:
        place = from_folder(found["url"])
    elif found is not None and "vcs_info" in found:
        place = pinned(found["url"], found["vcs_info"]["commit_id"])
    return place if is_pinned(place) else ""


def is_pinned(package: str) -> bool:
    """Whether what pip is asked for is one content for ever."""
    return FIXED.fullmatch(package) is not None


def from_folder(url: str) -> str:
    """A folder's commit on its git remote, or "" where it has none."""
    path = Path(unquote(parted(url).path))
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

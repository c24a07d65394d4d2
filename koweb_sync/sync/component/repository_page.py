"""Where a repository is looked at in a browser, from the address of a git remote. Pure."""

import re
from urllib.parse import quote

from koweb_sync.posts.paths import parted

FORGES = ("github", "gitlab", "forgejo")
HOSTS: dict[str, str] = {"github": "github", "gitlab": "gitlab", "codeberg": "forgejo", "forgejo": "forgejo"}
HOSTS |= {"gitea": "forgejo", "framagit": "gitlab", "salsa": "gitlab"}

HOST = r"(?P<host>[A-Za-z0-9.-]+)"
SSH = re.compile(rf"ssh://(?:[^@/]*@)?{HOST}(?::\d+)?/(?P<path>.+)")
SCP = re.compile(rf"(?:[^@/:]+@)?{HOST}:(?P<path>[^/].*)")  # git(1): host.xz:path/to/repo


def page_of(remote: str) -> str:
    """The page of a repository, without the keys that an address may hold; "" where it is a folder, or not to be read.

    A forge is taken to be reached by https at the host that git speaks to.
    """
    if remote.startswith(("https://", "http://")):
        return web_page(remote)
    found = SSH.fullmatch(remote) or SCP.fullmatch(remote)
    if found is None or "://" in found["path"] or "." not in found["host"]:
        return ""
    return f"https://{found['host'].lower()}/{plain(found['path'])}"


def web_page(address: str) -> str:
    """The same of an address of the web; "" for one that has no host or no path."""
    parts = parted(address)
    port = f":{parts.port}" if parts.port else ""
    host, path = (parts.hostname or "").lower(), plain(parts.path)
    return f"https://{host}{port}/{path}" if re.fullmatch(r"[a-z0-9.-]+", host) and path else ""


def plain(path: str) -> str:
    """A repository's path as its page has it."""
    return quote(path.strip("/").removesuffix(".git").strip("/"), safe="/%~")


def forge_of(page: str) -> str:
    """What answers at a page, as far as its host's name tells; "" where it does not."""
    labels = (parted(page).hostname or "").split(".")
    return next((HOSTS[label] for label in labels if label in HOSTS), "")

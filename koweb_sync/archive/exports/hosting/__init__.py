"""Files with which servers answer a forum's old addresses: nginx, Apache, Caddy, Netlify, GitLab Pages."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files as resources

from koweb_sync.archive.exports.old_addresses import MovedAddress
from koweb_sync.posts.paths import base_path, parted

ROOT = "/var/www/forum"
REDIRECTS = "_redirects"
FEW = 200  # rules of single addresses in it: GitLab Pages ignores it where it is larger than 64 KB

# Where a file goes in a site: our own name for it, and how it writes an address that moved.
PlaceLine = Callable[[MovedAddress, str], str]


def nginx(one: MovedAddress, base: str) -> str:
    """A line of a map: nginx compares what the browser means, decoded."""
    return f'  "{base}{one.path}" "{base}/{one.to}";\n'


def apache(one: MovedAddress, base: str) -> str:
    """A rule of mod_alias."""
    return f'RedirectMatch 301 "^{re.escape(base + one.path)}/?$" "{base}/{one.to}"\n'


def caddy(one: MovedAddress, base: str) -> str:
    """A line of a map."""
    return f'\t\t"{base}{one.path}" "{base}/{one.to}"\n'


def netlify(one: MovedAddress, base: str) -> str:
    """A line of _redirects, which GitLab Pages and others read too."""
    return f"{base}{one.encoded}  {base}/{one.to}  301\n"


FILES: dict[str, tuple[str, PlaceLine]] = {
    "servers/nginx.conf": ("nginx.conf", nginx),
    ".htaccess": ("htaccess", apache),
    "servers/Caddyfile": ("Caddyfile", caddy),
    REDIRECTS: ("redirects", netlify),
    "servers/gitlab-ci.yml": ("gitlab-ci.yml", nginx),
}


def written(url: str, moved: Sequence[MovedAddress], pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The files, by their paths in the site of the forum at an address."""
    base, host = base_path(url), parted(url).hostname or "localhost"
    numbered = "".join(f'  "{key}" "{to}";\n' for key, to in pages)
    for path, (name, line) in FILES.items():
        text = (resources("koweb_sync.archive.exports.hosting") / name).read_text(encoding="utf-8")
        told = {"HOST": host, "LISTEN": "80", "ROOT": ROOT, "BASE": base, "PAGES": numbered}
        told["PLACES"] = "".join(line(one, base) for one in (moved[:FEW] if path == REDIRECTS else moved))
        yield path, re.sub(r"@([A-Z]+)@", lambda found, told=told: told[found[1]], text)  # type: ignore[misc]

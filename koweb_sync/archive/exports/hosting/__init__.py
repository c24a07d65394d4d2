"""Files with which servers answer a forum's old addresses: nginx, Apache, Caddy, Netlify, GitLab Pages."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files as resources

from koweb_sync.archive.exports.old_addresses import MovedAddress
from koweb_sync.forum.addresses import UPLOADS
from koweb_sync.posts.paths import base_path, parted

ROOT = "/var/www/forum"
REDIRECTS = "_redirects"
# What is left of the 64 KB and the 1,000 rules above which GitLab Pages ignores the whole file.
MOST, LARGEST = 990, 63_000
_PLAIN = re.compile(r"(?:[^\s*#:]|(?<!/):)+")  # what no rule of it takes for more than signs

# Where a file goes in a site: our own name for it, and how it writes the addresses that moved.
PlaceLines = Callable[[Sequence[MovedAddress], str], Iterator[str]]


def nginx(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of a map: nginx compares what the browser means, decoded. It takes no two names that differ in their case
    alone, and does not start; of patterns it does.
    """
    names = Counter(one.path.encode().lower() for one in moved)
    for one in moved:
        path = base + one.path
        name = path if names[one.path.encode().lower()] == 1 else f"~^{re.escape(path)}$"
        yield f'  "{name}" "{base}/{one.to}";\n'


def apache(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Rules of mod_rewrite, for that goes before mod_alias."""
    for one in moved:
        yield f'RewriteRule "^{re.escape(one.path[1:])}/?$" "{base}/{one.to}" [R=301,NE,QSD,L]\n'


def caddy(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of a map."""
    for one in moved:
        yield f'\t\t"{base}{one.path}" "{base}/{one.to}"\n'


def netlify(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of _redirects, which GitLab Pages and others read too: as many as those take, files last. Some compare what
    a browser means, decoded, others what it wrote: so both are there.
    """
    lines, size = 0, 0
    for one in sorted(moved, key=lambda one: one.path.startswith(UPLOADS)):
        meant = [one.path] if _PLAIN.fullmatch(one.path) else []
        found = [f"{base}{each}  {base}/{one.to}  301\n" for each in dict.fromkeys((*meant, one.encoded))]
        lines, size = lines + len(found), size + sum(len(each.encode()) for each in found)
        if lines > MOST or size > LARGEST:
            return
        yield from found


FILES: dict[str, tuple[str, PlaceLines]] = {
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
    for path, (name, lines) in FILES.items():
        text = (resources("koweb_sync.archive.exports.hosting") / name).read_text(encoding="utf-8")
        told = {"HOST": host, "LISTEN": "80", "ROOT": ROOT, "BASE": base, "PAGES": numbered}
        told["PLACES"] = "".join(lines(moved, base))
        yield path, re.sub(r"@([A-Z]+)@", lambda found, told=told: told[found[1]], text)  # type: ignore[misc]

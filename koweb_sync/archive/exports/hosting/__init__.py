"""Files with which servers answer a forum's old addresses: nginx, Apache, Caddy, Netlify, GitLab Pages."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files as resources

from koweb_sync.archive.exports.old_addresses import MovedAddress
from koweb_sync.forum.addresses import UPLOADS
from koweb_sync.posts.paths import base_path, parted

ROOT = "/var/www/forum"
REDIRECTS = "_redirects"
NETLIFY = "servers/netlify"
# What is left of the 64 KB and the 1,000 rules above which GitLab Pages ignores the whole file.
MOST, LARGEST = 990, 63_000
MANY = 9_900  # rules of a file for Netlify, which advises against 10,000
HTACCESS = 2_000  # rules for queries, for Apache reads that file at every request: 404.html knows the others
NAMES = 20  # parameters by which addresses are looked up, each in a map of its own
BETWEEN = "[&;]"  # what stands between parameters; a semicolon is the older way (HTML 4, B.2.2), which SMF has
_PLAIN = re.compile(r"(?:[^\s*#:]|(?<!/):)+")  # what no rule of it takes for more than signs

# How a server writes the addresses that moved below the path of a forum.
PlaceLines = Callable[[Sequence[MovedAddress], str], Iterator[str]]


def nginx(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of a map: nginx compares what the browser means, decoded. It takes no two names that differ in their case
    alone, and does not start; of patterns it does.
    """
    keys = [base + one.path + (f"?{one.query}" if one.query else "") for one in moved]
    names = Counter(one.encode().lower() for one in keys)
    for one, key in zip(moved, keys, strict=True):
        name = key if names[key.encode().lower()] == 1 else f"~^{re.escape(key)}$"
        yield f'  "{name}" "{base}/{one.to}";\n'


def nginx_queries(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Maps, of which each asks the one before it where it knows nothing: none is walked through, however long."""
    before = "$koweb_path"
    for nth, (name, those) in enumerate(by_parameter(moved, str.lower)):
        to = f"$koweb_query{nth}" if name else "$koweb_place"
        source = f"{name}=$koweb_argument{nth}" if name else "$args"
        if name:  # what it calls $arg_… ends at no semicolon
            found = f'"~*(?:^|{BETWEEN}){name}=(?<koweb_value{nth}>[^&;]*)" $koweb_value{nth}'
            yield f'map $args $koweb_argument{nth} {{\n  default "";\n  {found};\n}}\n'
        yield f'map "$koweb_asked?{source}" {to} {{\n  default {before};\n'
        yield from nginx(those, base)
        yield "}\n"
        before = to


def apache(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Rules of mod_rewrite, for that goes before mod_alias."""
    for one in moved:
        yield f'RewriteRule "^{re.escape(one.path[1:])}/?$" "{base}/{one.to}" [R=301,NE,QSD,L]\n'


def apache_queries(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Such rules with their conditions, which an address without a query skips."""
    some = chosen(moved, HTACCESS)
    if some:
        yield f"RewriteCond %{{QUERY_STRING}} ^$\nRewriteRule ^ - [S={len(some)}]\n"
    for one in some:
        query = re.escape(one.query)
        query = f"(?:^|{BETWEEN}){query}(?:{BETWEEN}|$)" if one.parameter[0] else f"^{query}$"
        yield f'RewriteCond %{{QUERY_STRING}} "{query}"\n'
        yield from apache([one], base)


def caddy(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of a map."""
    for one in moved:
        query = f"?{one.query}" if one.query else ""
        yield f'\t\t"{base}{one.path}{query}" "{base}/{one.to}"\n'


def caddy_queries(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Maps, of which each asks the one before it."""
    before = "{koweb_path}"
    for nth, (name, those) in enumerate(by_parameter(moved, str)):
        to = f"{{koweb_query{nth}}}" if name else "{koweb_place}"
        source = f"{name}={{koweb_argument{nth}}}" if name else "{query}"
        if name:  # what it calls {query.…} knows nothing of a query with a semicolon
            found = f'"~(?:^|{BETWEEN}){name}=([^&;]*)" "${{1}}"'
            yield f'\tmap {{query}} {{koweb_argument{nth}}} {{\n\t\t{found}\n\t\tdefault ""\n\t}}\n'
        yield f'\tmap "{{koweb_asked}}?{source}" {to} {{\n'
        yield from caddy(those, base)
        yield f'\t\tdefault "{before}"\n\t}}\n'
        before = to


def by_parameter(
    moved: Sequence[MovedAddress], named: Callable[[str], str]
) -> Iterator[tuple[str, list[MovedAddress]]]:
    """Addresses with a query by the one parameter that they ask for, as a server tells one from another (`named`), what
    is to be tried first last; at the end those whose query is compared whole, whose name is empty.
    """
    often = Counter(named(one.parameter[0]) for one in moved if one.parameter[0])
    names = {name for name, _count in often.most_common(NAMES)}
    found: dict[str, list[MovedAddress]] = {"": []}
    for one in moved:
        name = named(one.parameter[0])
        found.setdefault(name if name in names else "", []).append(one)
    yield from reversed(found.items())


def redirects(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Lines of _redirects, which GitLab Pages and others read too: as many as those take, files last."""
    yield from plain(moved, base, MOST)


def netlify(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """As many lines as Netlify takes alone."""
    yield from plain(moved, base, MANY // 2, LARGEST * 10)


def netlify_queries(moved: Sequence[MovedAddress], base: str) -> Iterator[str]:
    """Such lines with parameters, which Netlify finds among others, in any order."""
    known = [one for one in moved if one.parameters is not None]
    yield from plain(chosen(known, MANY // 2), base, MANY // 2, LARGEST * 10)


def chosen(moved: Sequence[MovedAddress], most: int) -> list[MovedAddress]:
    """As many as a file may hold, those of posts last, in the order in which they are tried."""
    kept = set(sorted(moved, key=lambda one: "#" in one.to)[:most])
    return [one for one in moved if one in kept]


def plain(moved: Sequence[MovedAddress], base: str, most: int, largest: int = LARGEST) -> Iterator[str]:
    """At most so many lines of _redirects, and so many bytes. Some hosts compare what a browser means, decoded, others
    what it wrote: so both are there.
    """
    lines, size = 0, 0
    for one in sorted(moved, key=lambda one: one.path.startswith(UPLOADS)):
        meant = [one.path] if _PLAIN.fullmatch(one.path) else []
        asked = "".join(f"  {each}" for each in one.parameters or ()) if one.query else ""
        found = [f"{base}{each}{asked}  {base}/{one.to}  301\n" for each in dict.fromkeys((*meant, one.encoded))]
        lines, size = lines + len(found), size + sum(len(each.encode()) for each in found)
        if lines > most or size > largest:
            return
        yield from found


def nothing(_moved: Sequence[MovedAddress], _base: str) -> Iterator[str]:
    """What a file holds whose host knows no queries: GitLab Pages reads no rule at all of a file with one."""
    yield from ()


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file for a host: our own name for it, and how it writes the addresses that moved, without a query and with."""

    name: str
    places: PlaceLines
    queries: PlaceLines


FILES: dict[str, HostFile] = {
    "servers/nginx.conf": HostFile("nginx.conf", nginx, nginx_queries),
    ".htaccess": HostFile("htaccess", apache, apache_queries),
    "servers/Caddyfile": HostFile("Caddyfile", caddy, caddy_queries),
    REDIRECTS: HostFile("redirects", redirects, nothing),
    NETLIFY: HostFile("netlify", netlify, netlify_queries),
    "servers/gitlab-ci.yml": HostFile("gitlab-ci.yml", nothing, nothing),
}


def written(url: str, moved: Sequence[MovedAddress], pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The files, by their paths in the site of the forum at an address."""
    base, host = base_path(url), parted(url).hostname or "localhost"
    numbered = "".join(f'  "{key}" "{to}";\n' for key, to in pages)
    places, queries = [one for one in moved if not one.query], [one for one in moved if one.query]
    asked = {one.path for one in queries}
    for path, file in FILES.items():
        text = (resources("koweb_sync.archive.exports.hosting") / file.name).read_text(encoding="utf-8")
        told = {"HOST": host, "LISTEN": "80", "ROOT": ROOT, "BASE": base, "PAGES": numbered}
        # Such a host takes an address with a query for the one without: 404.html's script tells them apart.
        alone = [one for one in places if one.path not in asked] if file.queries is nothing else places
        told["PLACES"] = "".join(file.places(alone, base))
        told["QUERIES"] = "".join(file.queries(queries, base))
        yield path, re.sub(r"@([A-Z]+)@", lambda found, told=told: told[found[1]], text)  # type: ignore[misc]
    yield "before.js", known_by_script(moved)


def known_by_script(moved: Sequence[MovedAddress]) -> str:
    """What 404.html's script knows where no rule led on: pages by the path and the query, but not of files. No name in
    a Map means anything else, as it may in an object.
    """
    pairs = [(f"{one.path[1:]}?{one.query}", one.to) for one in moved if not one.path.startswith(UPLOADS)]
    return f"globalThis.addressesBefore = new Map({json.dumps(pairs)});\n"

"""Addresses: what one leads to, however it is written, and whether it is a file of a forum. Pure.

Members write addresses into posts, and servers send us on to others. What is judged here is what is sent: an address is
read to its end (dot segments, double slashes, backslashes, percent signs however often encoded, the name's case and
script), and only what `Address.url` writes anew is ever asked for. What cannot be read in one way alone is no address.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin

from koweb_sync.posts.paths import parted

DEFAULTS = {"http": 80, "https": 443}
UPLOADS = ("/uploads/", "/secure-uploads/", "/secure-media-uploads/")  # the only routes that ever get the key
PICTURES = ("/user_avatar/", "/letter_avatar/", "/letter_avatar_proxy/", "/images/emoji/")
SHORT = "/uploads/short-url/"
DEPTH = 8  # times that a path may be percent-encoded
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")
_STORED = re.compile(r"/(?:original|optimized)/\dX/(?:[0-9a-f]/)*([0-9a-f]{40})(?:_\d+_\d+x\d+)?(\.\w{1,10})?$")
_UPLOAD = re.compile(r"upload://([0-9A-Za-z]{1,64}(?:\.\w{1,10})?)", re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # Discourse's lib/base62.rb
UrlOrigin = tuple[str, str, int]


class FilePlace(Enum):
    """Where a file lies, as far as an address tells: on a route for uploads of the forum; on another one of its own
    that shows pictures; on a storage that the forum named itself; or anywhere else.
    """

    UPLOAD = "upload"
    PICTURE = "picture"
    STORAGE = "storage"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Address:
    """An address on the web, read to its end: `path` is decoded and has neither dot segments nor double slashes."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def origin(self) -> UrlOrigin:
        """Whom it asks."""
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Whom it asks, as a `Host` header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULTS[self.scheme] else f"{host}:{self.port}"

    @property
    def server(self) -> str:
        """Whom it asks, as a text."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        """It, written in the one way in which it is sent."""
        path = quote(self.path, safe="/!$&'()*+,;=:@~-._")
        return f"{self.scheme}://{self.netloc}{path}{'?' if self.query else ''}{self.query}"


@lru_cache(1024)
def read(text: str) -> Address | None:
    """An address of the web; None for what is none, names a user, or could be read in two ways."""
    before, mark, after = text.strip(" \t\r\n\f").partition("#")[0].partition("?")
    if _CONTROL.search(before) or _CONTROL.search(after):
        return None
    parts = parted(before.replace("\\", "/"))
    scheme = parts.scheme.lower()
    host = ascii_host(parts.netloc, parts.hostname)
    path = resolved(parts.path)
    if scheme not in DEFAULTS or host is None or path is None:
        return None
    query = quote(after, safe="!$&'()*+,;=:@/?~%-._") if mark else ""
    return Address(scheme, host, parts.port or DEFAULTS[scheme], path, query)


def ascii_host(netloc: str, host: str | None) -> str | None:
    """A host's name in ASCII and small letters, without the dot at its end; None for what is no name."""
    if not host or "@" in netloc or "%" in netloc or netloc.endswith(":"):
        return None
    try:
        if ":" in host:
            return str(ipaddress.IPv6Address(host))
        found = host.lower().removesuffix(".")
        if not found.isascii():
            import idna  # noqa: PLC0415 - most hosts have plain names, and every command reads addresses

            found = idna.encode(found, uts46=True).decode("ascii").removesuffix(".")
    except ValueError:  # idna's errors are among them
        return None
    return found if NAME.fullmatch(found) else None


def resolved(path: str) -> str | None:
    """A path decoded, without dot segments and double slashes; None for what servers read in different ways."""
    plain = decoded(path)
    if plain is None or _CONTROL.search(plain):
        return None
    if "//.." in plain:  # some merge the slashes first
        return None
    found: list[str] = []
    for part in plain.split("/"):
        if part == "..":
            found = found[:-1]
        elif strange(part):
            return None
        elif part not in ("", "."):
            found.append(part)
    end = "/" if found and plain.endswith(("/", "/.", "/..")) else ""
    return f"/{'/'.join(found)}{end}"


def decoded(path: str) -> str | None:
    """A path without percent-encoding, however often it was encoded, and with slashes for backslashes."""
    for _time in range(DEPTH):
        try:
            plain = unquote(path, errors="strict").replace("\\", "/")
        except UnicodeDecodeError:
            return None
        if plain == path:
            return plain
        path = plain
    return None


def leads_out(path: str) -> bool:
    """Whether a path leads out of where it says, or cannot be read."""
    plain = decoded(path)
    return plain is None or any(strange(part) or part in (".", "..") for part in plain.split("/"))


def strange(part: str) -> bool:
    """Whether some server takes a part of a path for dots or slashes: full-width signs, parameters after dots."""
    wide = unicodedata.normalize("NFKC", part)
    if wide != part and ("/" in wide or "\\" in wide or "%" in wide):
        return True
    return part not in (".", "..") and wide.partition(";")[0].strip() in (".", "..")


def follow(url: str, link: str) -> str:
    """Where a link on a page leads; the link as it stands where nobody can read it."""
    try:
        return urljoin(url, link.strip())
    except ValueError:
        return link


def join(base: str, href: str) -> str:
    """An address as seen from the forum at `base`."""
    return follow(f"{base}/", href)


def split(url: str) -> tuple[str, str]:
    """The host and the path of an address, as they are written; empty where nobody can read it."""
    parts = parted(url)
    return parts.netloc, parts.path


# ---- of a forum


def is_own_server(address: Address, home: Address) -> bool:
    """Whether an address asks the forum's own server. Posts outlive a move from http to https."""
    if address.host != home.host:
        return False
    default = all(one.port == DEFAULTS[one.scheme] for one in (address, home))
    return default or (address.scheme, address.port) == (home.scheme, home.port)


def path_within(address: Address, home: Address) -> str | None:
    """The path below the forum's own; None for an address of another forum, or of what stands beside it."""
    base = home.path.rstrip("/")
    if not is_own_server(address, home) or not (address.path == base or address.path.startswith(f"{base}/")):
        return None
    return address.path[len(base) :]


def address_below(link: str, base: str) -> str | None:
    """The path, below its own, at which a link in a post leads to the forum at `base`; None where it leads elsewhere.

    `/t/12` leads to the root of the host: on a forum that is below a path it leads out of it.
    """
    address, home = read(join(base, link)), read(base)
    return path_within(address, home) if address and home else None


def place(address: Address, home: Address, storages: frozenset[UrlOrigin] = frozenset()) -> FilePlace:
    """Where a file lies. `storages` are servers that the forum named itself, besides its own."""
    path = path_within(address, home)
    if path is not None:
        if any(path.startswith(route) and path != route for route in UPLOADS):
            return FilePlace.UPLOAD
        return FilePlace.PICTURE if any(path.startswith(route) for route in PICTURES) else FilePlace.ELSEWHERE
    if (
        address.origin in storages
        and not is_own_server(address, home)
        and (address.scheme, home.scheme) != ("http", "https")
    ):
        return FilePlace.STORAGE
    return FilePlace.ELSEWHERE


def at_home(address: Address, home: Address) -> Address:
    """An address of the forum's own server, asked the way in which the forum is asked."""
    return replace(address, scheme=home.scheme, port=home.port) if is_own_server(address, home) else address


def sent_on(old: Address, new: Address, home: Address, storages: frozenset[UrlOrigin] = frozenset()) -> bool:
    """Whether a file may be looked for where an answer sends us: to a file of the forum or of its storages; from a
    route of the forum, also to whatever server its files lie on; from there, to nobody else.
    """
    if (new.scheme, home.scheme) == ("http", "https") and not is_own_server(new, home):
        return False
    if place(new, home, storages) is not FilePlace.ELSEWHERE:
        return True
    if is_own_server(new, home):
        return False
    return place(old, home) in (FilePlace.UPLOAD, FilePlace.PICTURE) or new.origin == old.origin


def by_name(key: str, source: str, base: str) -> str | None:
    """The forum's own address of an upload that a post shows from somewhere else: by its short name, or by the sum that
    Discourse's storages put into its path. The forum serves it there, or sends us to its storage. None without a name.
    """
    if found := _UPLOAD.fullmatch(key):
        return f"{base}{SHORT}{found[1]}"
    if found := _STORED.search(split(source)[1]):
        return f"{base}{SHORT}{base62(int(found[1], 16))}{found[2] or ''}"
    return None


def base62(number: int) -> str:
    """A number as Discourse writes it in short names."""
    found = ""
    while number:
        number, digit = divmod(number, 62)
        found = _DIGITS[digit] + found
    return found or "0"

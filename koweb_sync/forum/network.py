"""Where a name leads: to the web, or into somebody's own network. No member and no server lets us ask in there.

A file is fetched from an address that was judged: its name is resolved here, and the connection goes to what was found.
Into a private network only those come whose forum lives in one of the same kind. Behind a proxy (HTTPS_PROXY, …) the
proxy resolves; what we find ourselves is judged all the same, and what only the proxy could find is not asked for,
unless it is the forum itself.
"""

import ipaddress
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address as IPv4
from ipaddress import IPv6Address as IPv6

from koweb_sync.forum.addresses import Address

# Addresses of IPv6 that stand for one of IPv4, with the bits that hold it (RFC 6052, 8215, 4291, 2765).
CARRIERS = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
)
FRESH = 60.0  # seconds that a judgement holds, as the connection does that was made for it
ISATAP = 0x5EFE  # RFC 5214: …:0:5efe:a.b.c.d and …:200:5efe:a.b.c.d
PRIVATE = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10")
)
METADATA = tuple(
    ipaddress.ip_network(one) for one in ("fd00:ec2::/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24")
)


class NetworkKind(Enum):
    """Where a numeric address leads: to the web; to this computer; into a private network; or where no forum lies:
    link-local addresses, those where clouds keep their secrets, reserved ones, groups.
    """

    WEB = "web"
    HERE = "here"
    PRIVATE = "private"
    NOWHERE = "nowhere"


def kind(text: str) -> NetworkKind:
    """Where a numeric address leads; one that carries another leads where the worse of the two does."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return NetworkKind.NOWHERE
    if address.is_loopback:
        return NetworkKind.HERE
    return next((found for one in carried(address) if (found := plain(one)) is not NetworkKind.WEB), plain(address))


def carried(address: IPv4 | IPv6) -> list[IPv4 | IPv6]:
    """The addresses of IPv4 in one of IPv6."""
    if isinstance(address, IPv4):
        return []
    found = [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one is not None]
    if any(address in network for network, _shift in CARRIERS) or (int(address) >> 32) & 0xFDFFFFFF == ISATAP:
        found.append(IPv4(int(address) & 0xFFFFFFFF))
    return list(found)


def plain(address: IPv4 | IPv6) -> NetworkKind:
    """Where an address leads by itself."""
    if isinstance(address, IPv6) and (address.ipv4_mapped or (address in CARRIERS[0][0])):
        return NetworkKind.WEB  # what it carries decides
    if address.is_loopback:
        return NetworkKind.HERE
    if any(address in one for one in METADATA if one.version == address.version):
        return NetworkKind.NOWHERE
    if any(address in one for one in PRIVATE if one.version == address.version):
        return NetworkKind.PRIVATE
    return NetworkKind.WEB if address.is_global and not address.is_multicast else NetworkKind.NOWHERE


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The numeric addresses of a name, in the order in which they are tried. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError as error:
        raise OSError(host) from error
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Network:
    """How names are resolved, and where numeric addresses lead. Tests bring their own, to be attacked at home."""

    resolve: Callable[[str, int], tuple[str, ...]] = resolve
    kind: Callable[[str], NetworkKind] = kind


class Forbidden(Exception):
    """A name that leads where nobody may send us."""


class Guard:
    """Judges where a name leads, against where the forum lives: as it was found first."""

    def __init__(self, network: Network, home: Address) -> None:
        self.network = network
        self.home = home
        self.lives: frozenset[NetworkKind] | None = None
        self.judged: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}

    def ways(self, address: Address, *, proxied: bool) -> tuple[str | None, ...]:
        """The numeric addresses to ask one after the other; None for the name itself, which a proxy resolves. Raises
        Forbidden; OSError for a name that nobody knows, unless it is the forum's and a proxy may know it.
        """
        if not proxied:
            return self.addresses(address)
        try:
            self.addresses(address)
        except OSError:
            if address.origin != self.home.origin:
                raise
        return (None,)

    def addresses(self, address: Address) -> tuple[str, ...]:
        """The numeric addresses to ask, all of them judged. Raises Forbidden; OSError for a name that nobody knows."""
        who = (address.host, address.port)
        until, found = self.judged.get(who, (0.0, ()))
        if time.monotonic() < until:
            return found
        found = self.network.resolve(*who)
        own = who == (self.home.host, self.home.port)
        if self.lives is None:
            first = found if own else self.network.resolve(self.home.host, self.home.port)
            self.lives = frozenset(self.network.kind(one) for one in first)
        allowed = {NetworkKind.WEB} | (self.lives if own else self.lives - {NetworkKind.NOWHERE})
        if not found or any(self.network.kind(one) not in allowed for one in found):
            raise Forbidden(address.host)
        self.judged[who] = (time.monotonic() + FRESH, found)
        return found

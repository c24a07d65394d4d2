"""Who may use the pages of this computer: the browser that was given their address, and no page from elsewhere.

Pages on this computer's own address can be reached by every page that somebody has open. So the address that is opened
holds a token, which a cookie keeps afterwards; the name that was asked for has to be our own (a page elsewhere may give
its name our address); and what another page sends is refused by what browsers say of its origin. Sources: the Fetch
standard (Sec-Fetch-Site), RFC 6265bis (cookies know no ports, so their name holds ours).
"""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

from flask import Request
from werkzeug.wrappers import Response

READS = frozenset(["GET", "HEAD"])
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' {aligned}; img-src 'self' blob:; "
    "media-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers call the origin of our own forms “null”
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What a request has to bring. `port`: where the pages are served; the token is new in every run."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """The name of the cookie; one host has the cookies of all its ports."""
        return f"koweb_{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the pages are asked for."""
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    def address(self, path: str) -> str:
        """The address that is opened, with the token."""
        return f"http://127.0.0.1:{self.port}{path}?token={self.token}"

    def is_from_here(self, request: Request) -> bool:
        """Whether a request was meant for these pages, and no other page sent it."""
        if request.host not in self.hosts:
            return False
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return False
        if request.method not in READS:
            return origin is not None and site in (None, "same-origin")
        return site in (None, "same-origin", "none")

    def is_known(self, request: Request) -> bool:
        """Whether the browser was given the address of this run."""
        return compare_digest(request.cookies.get(self.cookie, "").encode(), self.token.encode())

    def is_invited(self, request: Request) -> bool:
        """Whether the address holds the token, as the one does that is opened first."""
        return compare_digest(request.args.get("token", "").encode(), self.token.encode())

    def admit(self, response: Response) -> None:
        """Let the browser come again without the token in the address."""
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict", path="/")

"""The small pictures that pages and posts need. All are drawn here, none by another server."""

import hashlib
import html
from base64 import b64decode

from flask import Blueprint, Response, abort

from koweb_sync.sandbox.cooking.emoji import svg

routes = Blueprint("pictures", __name__)
# White letters are easy to read on each of them (contrast at least 5 to 1).
SHADES = ("#8a3b12", "#2f6246", "#2b5b8f", "#74428f", "#7a5c00", "#97304f", "#1f6670", "#5a5a2a", "#4b4fa0", "#83393f")
SMALLEST, LARGEST = 8, 512
TRANSPARENT = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
LETTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 40 40">'
    '<rect width="40" height="40" fill="{shade}"/><text x="20" y="21" font-family="sans-serif" font-size="22" '
    'fill="#fff" text-anchor="middle" dominant-baseline="central">{letter}</text></svg>'
)
CUP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#8a3b12"/>'
    '<g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="M7 13h14v7a6 6 0 0 1-6 6h-2a6 6 0 0 1-6-6z"/><path d="M21 15h2a3.5 3.5 0 0 1 0 7h-2.6"/>'
    '<path d="M11 5v4M17 5v4"/></g></svg>'
)


@routes.get("/letter_avatar/<name>/<int:size>/<_version>.png")  # browsers keep one version for ever
def letter_avatar(name: str, size: int, _version: str) -> Response:
    """Somebody's picture: the first letter of their name; the same name has the same colour for ever."""
    shade = SHADES[hashlib.sha256(name.lower().encode()).digest()[0] % len(SHADES)]
    shown = min(max(size, SMALLEST), LARGEST)
    return drawn(LETTER.format(size=shown, shade=shade, letter=html.escape(name[0].upper())))


@routes.get("/images/emoji/<_set>/<path:name>.png")
def emoji(_set: str, name: str) -> Response:
    """An emoji, as the reader's own machine draws it."""
    found = svg(name)
    if found is None:
        abort(404)
    return drawn(found.decode())


@routes.get("/favicon.svg")
@routes.get("/favicon.ico")
def favicon() -> Response:
    """The forum's sign: a cup."""
    return drawn(CUP)


@routes.get("/images/transparent.png")
def transparent() -> Response:
    """One pixel, in the place of an upload that is not there."""
    return Response(TRANSPARENT, content_type="image/png")


def drawn(picture: str) -> Response:
    """An SVG, whatever its address ends with."""
    return Response(picture, content_type="image/svg+xml")

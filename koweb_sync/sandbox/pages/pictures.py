"""The small pictures that pages and posts need. All are drawn here, none by another server."""

import hashlib
from base64 import b64decode

from flask import Blueprint, Response, abort, render_template

from koweb_sync.sandbox.cooking.emoji import svg

routes = Blueprint("pictures", __name__)
# White letters are easy to read on each of them (contrast at least 5 to 1).
SHADES = ("#8a3b12", "#2f6246", "#2b5b8f", "#74428f", "#7a5c00", "#97304f", "#1f6670", "#5a5a2a", "#4b4fa0", "#83393f")
SMALLEST, LARGEST = 8, 512
TRANSPARENT = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


@routes.get("/letter_avatar/<name>/<int:size>/<_version>.png")  # browsers keep one version for ever
def letter_avatar(name: str, size: int, _version: str) -> Response:
    """Somebody's picture: the first letter of their name; the same name has the same colour for ever."""
    shade = SHADES[hashlib.sha256(name.lower().encode()).digest()[0] % len(SHADES)]
    shown = min(max(size, SMALLEST), LARGEST)
    return drawn(render_template("letter.svg", size=shown, shade=shade, letter=name[0].upper()))


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
    return drawn(render_template("cup.svg"))


@routes.get("/images/transparent.png")
def transparent() -> Response:
    """One pixel, in the place of an upload that is not there."""
    return Response(TRANSPARENT, content_type="image/png")


def drawn(picture: str) -> Response:
    """An SVG, whatever its address ends with."""
    return Response(picture, content_type="image/svg+xml")

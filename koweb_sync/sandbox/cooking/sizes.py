"""The size of pictures, and the frame around those that a click opens larger."""

import re
import struct
import zlib

from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tree import Node, tree, value_of, words_of
from koweb_sync.sandbox.model.files import human
from koweb_sync.sandbox.model.records import UploadRecord

WIDEST, HIGHEST = 690, 500  # how large a picture is shown, in pixels
LEAST = 100  # newer servers put a frame around pictures that are at least so large, either way
_FILE = re.compile(r"/uploads/default/original/\dX/([0-9a-f]{40})\.")
_PASTED = re.compile(r"blob(\.png)?", re.IGNORECASE)
_CHUNK = struct.Struct(">I4s")
_HEADER = struct.Struct(">IIBBBBB")


def measure(root: Node, surroundings: CookingContext) -> None:
    """Give every picture its size, and a frame where it was uploaded larger."""
    for node in [*root.below()]:
        if node.name == "img" and "src" in node.attributes and "emoji" not in node.classes:
            picture(node, surroundings)


def picture(node: Node, surroundings: CookingContext) -> None:
    """One picture. What nobody can measure gets an empty size."""
    stored = file_of(node.attributes["src"], surroundings)
    real = (stored.width, stored.height) if stored and stored.width and stored.height else None
    size = asked(node, real) or real
    width, height = shown(*size) if size else ("", "")
    node.attributes |= {"width": str(width), "height": str(height)}
    linked = any(one.name == "a" for one in node.above())
    if stored is None or real is None or linked or stored.extension in ("svg", "gif"):
        return
    large = real[0] > WIDEST or real[1] > HIGHEST
    framed = large if surroundings.flavour.markup == "2022" else min(real) >= LEAST
    quoted = surroundings.flavour.markup == "2022" and any("quote" in one.classes for one in node.above())
    if framed and not quoted:
        frame(node, stored, surroundings)
    if large and surroundings.flavour.markup != "2022":
        node.attributes["data-dominant-color"] = colour(stored.data)


def file_of(src: str, surroundings: CookingContext) -> UploadRecord | None:
    """The stored file at an address."""
    found = _FILE.match(surroundings.path(src) or "")
    return surroundings.forum.uploads.get(found[1]) if found and surroundings.forum else None


def asked(node: Node, real: tuple[int, int] | None) -> tuple[int, int] | None:
    """The size that the post gives a picture; one side is enough where the real size is known."""
    width, height = (side(node.attributes.get(one, "")) for one in ("width", "height"))
    if width and height:
        return width, height
    if real is None or not (width or height):
        return None
    return (width, real[1] * width // real[0]) if width else (real[0] * height // real[1], height)


def side(text: str) -> int:
    """The number that an attribute begins with, 0 for none."""
    found = re.match(r"[0-9]{1,9}", text)
    return int(found[0]) if found else 0


def shown(width: int, height: int) -> tuple[int, int]:
    """A size that fits into the column."""
    if width <= WIDEST and height <= HIGHEST:
        return width, height
    ratio = min(WIDEST / width, HIGHEST / height)
    return int(width * ratio), int(height * ratio)


def frame(node: Node, stored: UploadRecord, surroundings: CookingContext) -> None:
    """Put a picture into the link that opens it, with its name and size."""
    name = "pasted image" if _PASTED.fullmatch(stored.name) else stored.name  # that has no name of its own
    title = node.attributes.get("title", node.attributes.get("alt", name))
    facts = f"{stored.width}×{stored.height} {human(len(stored.data))}"
    download = surroundings.at(f"/uploads/default/{stored.sha1}")
    href, name = value_of(node.attributes["src"]), value_of(title)
    box = tree(
        f'<div class="lightbox-wrapper"><a class="lightbox" href="{href}" data-download-href="{value_of(download)}" '
        f'title="{name}"><div class="meta">{icon("far-image")}<span class="filename">{words_of(title)}</span>'
        f'<span class="informations">{words_of(facts)}</span>{icon("discourse-expand")}</div></a></div>'
    )
    link = box.children[0].children[0]
    node.stand_aside(*box.children)
    meta, link.children = link.children, []
    link.put(node, *meta)


def icon(name: str) -> str:
    """A small drawing of the forum's."""
    return f'<svg class="fa d-icon d-icon-{name} svg-icon" aria-hidden="true"><use href="#{name}"></use></svg>'


def colour(data: bytes) -> str:
    """The colour of a picture, RRGGBB: of a PNG's first pixel, which is that of the whole where it has but one."""
    pixel, kind, depth = b"", -1, 8
    at = 8
    while data[:4] == b"\x89PNG" and at + 8 <= len(data):
        length, name = _CHUNK.unpack_from(data, at)
        body = data[at + 8 : at + 8 + length]
        if name == b"IHDR" and len(body) == _HEADER.size:
            _width, _height, depth, kind, *_rest = _HEADER.unpack(body)
        if name == b"IDAT" and kind in (2, 6) and depth == 8:
            pixel = begun(body)[1:4]
            break
        at += 12 + length
    return pixel.hex().upper() if len(pixel) == 3 else "808080"


def begun(packed: bytes) -> bytes:
    """The first bytes of packed data; nothing if it is damaged."""
    try:
        return zlib.decompressobj().decompress(packed, 8)
    except zlib.error:
        return b""

"""Uploads: what an image measures, and what the forum takes."""

import struct
from pathlib import PurePosixPath

from koweb_sync.sandbox.model.records import UploadRecord
from koweb_sync.sandbox.model.refusals import invalid, unprocessable, words
from koweb_sync.sandbox.model.state import ForumState

MEGAPIXELS = 40
KILO = 1024
IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif"])


def human(size: int) -> str:
    """A number of bytes as people read it: with three digits that count."""
    amount, unit = float(size), "Bytes"
    for larger in ("KB", "MB", "GB"):
        if amount < KILO:
            break
        amount, unit = amount / KILO, larger
    return f"{amount:.3g} {unit}"


def store(state: ForumState, name: str, data: bytes, user: int) -> UploadRecord:
    """Store an upload. Raises Refused for what the forum does not take."""
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    allowed = str(state.settings["authorized_extensions"]).split("|")
    if extension not in allowed and "*" not in allowed:
        text = words(
            state, "Sorry, the file you are trying to upload is not authorized (authorized extensions: {names})."
        )
        raise unprocessable([text.format(names=", ".join(allowed))])
    kind = "image" if extension in IMAGES else "attachment"
    most = int(state.settings[f"max_{kind}_size_kb"]) * 1024
    if len(data) > most:
        text = words(state, "Sorry, the file you are trying to upload is too big (maximum size is {n} kB).")
        raise unprocessable([text.format(n=most // 1024)])
    if not data:
        raise invalid(state, "file")
    size = measure(data) if kind == "image" else None
    if kind == "image" and size is None and extension in ("png", "jpg", "jpeg", "gif", "webp"):
        raise unprocessable([words(state, "Sorry, the image you are trying to upload seems to be broken.")])
    if size and size[0] * size[1] > MEGAPIXELS * 1_000_000:
        raise unprocessable([words(state, "Sorry, the image you are trying to upload has too many pixels.")])
    return state.store(name, data, size, user)


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height of an image in pixels; None for what is none of PNG, GIF, JPEG and WebP."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data.startswith(b"\xff\xd8"):
        return measure_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return measure_webp(data)
    return None


def measure_jpeg(data: bytes) -> tuple[int, int] | None:
    """The size in the first frame header."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def measure_webp(data: bytes) -> tuple[int, int] | None:
    """The size in the first chunk."""
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None

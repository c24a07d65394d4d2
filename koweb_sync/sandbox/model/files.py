"""Uploads: what an image measures, and what the forum takes."""

import io
from pathlib import PurePosixPath

import imagesize

from koweb_sync.sandbox.model.records import UploadRecord
from koweb_sync.sandbox.model.refusals import invalid, unprocessable, words
from koweb_sync.sandbox.model.state import ForumState

MEGAPIXELS = 40
KILO = 1024
MEASURED = ("png", "jpg", "jpeg", "gif", "webp")
IMAGES = (*MEASURED, "heic", "heif", "avif")


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
    size = measure(data) if extension in MEASURED else None
    if size is None and extension in MEASURED:
        raise unprocessable([words(state, "Sorry, the image you are trying to upload seems to be broken.")])
    if size and size[0] * size[1] > MEGAPIXELS * 1_000_000:
        raise unprocessable([words(state, "Sorry, the image you are trying to upload has too many pixels.")])
    return state.store(name, data, size, user)


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height of an image in pixels, as it is stored; None for what is none."""
    width, height = imagesize.get(io.BytesIO(data), exif_rotation=False)
    return (width, height) if width > 0 and height > 0 else None

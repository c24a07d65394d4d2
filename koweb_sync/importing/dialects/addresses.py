"""How a note writes where a link leads."""

from posixpath import basename, splitext
from urllib.parse import quote

from koweb_sync.posts.anchors import fragment_of
from koweb_sync.posts.paths import relative

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp", ".heic", ".heif"})
VIDEOS = frozenset({".mp4", ".webm", ".ogv", ".mov", ".mkv", ".m4v"})
SOUNDS = frozenset({".mp3", ".wav", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".3gp"})


def address(from_path: str, to_path: str, heading: str = "") -> str:
    """The destination that leads from one file to another, or to a heading in it."""
    place = "" if from_path == to_path and heading else relative(from_path, to_path)
    return f"{place}#{_encoded(fragment_of(heading))}" if heading else place


def ending(path: str) -> str:
    """A file's ending in small letters, such as `.png`."""
    return splitext(path)[1].lower()


def stem(path: str) -> str:
    """A file's name without its ending."""
    return splitext(basename(path))[0]


def embedded(label: str, path: str, destination: str, size: str = "") -> str:
    """What shows a file in a post: a picture, a player, or a link to what cannot be shown."""
    suffix = ending(path)
    if suffix in VIDEOS or suffix in SOUNDS:
        return f"![{label}|{'video' if suffix in VIDEOS else 'audio'}]({destination})"
    if suffix in IMAGES:
        return f"![{label}{f'|{size}' if size else ''}]({destination})"
    return f"[{label}]({destination})"


def _encoded(fragment: str) -> str:
    return "".join(sign if sign.isalnum() and not sign.isascii() else quote(sign, safe="-_") for sign in fragment)

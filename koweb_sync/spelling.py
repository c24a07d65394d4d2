"""Names that people write in more than one way, and mean the same by. Pure.

macOS gives names with accents apart from their letters (NFD), everybody else types them whole (NFC); both look alike.
"""

from unicodedata import normalize
from urllib.parse import unquote


def whole(text: str) -> str:
    """A text with each accent in its letter."""
    return normalize("NFC", text)


def compared(name: str) -> str:
    """A name as people compare it: capitals, the form of accents, spaces around it and percent signs do not count."""
    return " ".join(whole(unquote(name)).casefold().split())

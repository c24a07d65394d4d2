"""Names that people write in more than one way, and mean the same by. Pure.

macOS gives names with accents apart from their letters (NFD), everybody else types them whole (NFC); both look alike.
"""

from unicodedata import normalize
from urllib.parse import unquote

# Letters that Unicode does not take apart.
APART = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
_APART = str.maketrans(APART | {sign.upper(): letters for sign, letters in APART.items() if sign not in "ßı"})


def nfc(text: str) -> str:
    """A text with each accent in its letter."""
    return normalize("NFC", text)


def latin(text: str) -> str:
    """A text in the small letters of ASCII: accents go, œ is oe, and what has no such letter is left out."""
    return normalize("NFKD", text.translate(_APART)).encode("ascii", "ignore").decode().lower()


def compared(name: str) -> str:
    """A name as people compare it: capitals, the form of accents, spaces around it and percent signs do not count."""
    return " ".join(nfc(unquote(name)).casefold().split())

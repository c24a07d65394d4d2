"""Names that people write in more than one way, and mean the same by. Pure.

macOS gives names with accents apart from their letters (NFD), everybody else types them whole (NFC); both look alike.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar
from unicodedata import combining, normalize
from urllib.parse import unquote

T = TypeVar("T")
# Letters that Unicode does not take apart.
APART = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
_APART = str.maketrans(APART | {sign.upper(): letters for sign, letters in APART.items() if sign not in "ßı"})


def nfc(text: str) -> str:
    """A text with each accent in its letter."""
    return normalize("NFC", text)


def latin(text: str) -> str:
    """A text in the small letters of ASCII: accents go, œ is oe, and what has no such letter is left out."""
    return normalize("NFKD", text.translate(_APART)).encode("ascii", "ignore").decode().lower()


def plain_words(text: str) -> str:
    """A text as somebody looks for it: without accents and capitals, in whatever letters."""
    apart = normalize("NFKD", text.translate(_APART))
    return "".join(sign for sign in apart if not combining(sign)).casefold().replace("’", "'")


def nearest(word: str, words: Iterable[str], *, alike: float = 0.6) -> str:
    """The one of some words that somebody may have meant; "" for none that is `alike` (0: nothing in common, 1: the
    same). Capitals and accents do not count.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is mistyped

    forms = {latin(one) or one: one for one in words}
    return next((forms[form] for form in get_close_matches(latin(word) or word, forms, n=1, cutoff=alike)), "")


def compared(name: str) -> str:
    """A name as people compare it: capitals, the form of accents, spaces around it and percent signs do not count."""
    return " ".join(nfc(unquote(name)).casefold().split())


def called_so(name: str, things: Iterable[T], names_of: Callable[[T], Iterable[str]]) -> list[T]:
    """The things that have a name, as `compared`; where none has, those that have it without accents."""
    things = list(things)
    for form in (compared, lambda text: plain_words(compared(text))):
        wanted = form(name)
        if found := [one for one in things if wanted in map(form, names_of(one))]:
            return found
    return []

"""Which words of names a text may say: a quick look at it, before it is read with care. Pure.

A text is cut at its spaces, which stand within no word. Texts say the same pieces over and over: each is looked at
once, in all ways in which a careful reader may read it.
"""

from collections.abc import Iterable

from koweb_sync.archive.names.aliases import without_accents
from koweb_sync.archive.names.running_text import said

KEPT = 200_000  # pieces that are remembered: more than a large forum's words
LONG = 80  # letters of a piece that is remembered


class WordsSought:
    """Names, each as its words in plain letters, and what is known of the pieces of texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = [frozenset(name.split()) for name in dict.fromkeys(names)]
        self.words = frozenset().union(*self.names)
        self.harmless: set[str] = set()
        self.telling: dict[str, frozenset[str]] = {}

    def may_stand_in(self, text: str) -> bool:
        """Whether a text says all words of one of the names, in whatever form and order."""
        small = text.lower()
        told = set() if is_plain(text) else self.told_by(text)
        return any(all(word in small or word in told for word in name) for name in self.names)

    def told_by(self, text: str) -> set[str]:
        """The words that those pieces of a text may say which hold more than plain letters."""
        told: set[str] = set()
        for piece in set(text.split()).difference(self.harmless):
            known = self.telling.get(piece)
            told |= self.look(piece) if known is None else known
        return told

    def look(self, piece: str) -> frozenset[str]:
        """The words that a piece may say: as it is written, as an address or HTML may write it, or word by word."""
        read = "" if is_plain(piece) else f"{without_accents(piece)} {plainly(piece)} {' '.join(said(piece))}"
        told = frozenset(word for word in self.words if word in read)
        if len(piece) <= LONG:
            if len(self.harmless) + len(self.telling) >= KEPT:
                self.harmless.clear()
                self.telling.clear()
            if told:
                self.telling[piece] = told
            else:
                self.harmless.add(piece)
        return told


def is_plain(text: str) -> bool:
    """Whether a text holds nothing that may be read in another way than it is written."""
    return text.isascii() and "%" not in text and "&" not in text


def plainly(piece: str) -> str:
    """A piece without regard to case and accents, and with signs of addresses and HTML as they are."""
    return without_accents(piece.replace("%", " ").replace("&", " "))

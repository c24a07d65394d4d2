"""Whether a text says the name of somebody who did not agree to that: pure.

In exports a first name alone stays, for it may be anybody's. What is published in a letter is chosen, so that more can
be left out: whatever looks like a part of a member's name counts, be it by chance. “Claire” is a name, “claire” a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import category

from koweb_sync.archive.names.aliases import FORMER, folded, plain_name

_WORDS = re.compile(r"[^\W_](?:[\w.\-]*[^\W_])?")
# Parts of names that any sentence holds.
PARTICLES = frozenset(
    [
        *("a", "al", "an", "as", "au", "aux", "be", "ben", "bin", "by", "ce", "da", "das", "de"),
        *("del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "en", "es", "et", "ha"),
        *("he", "i", "ibn", "if", "il", "in", "is", "it", "je", "l", "la", "le", "les", "lo"),
        *("me", "my", "no", "nous", "on", "or", "ou", "our", "san", "se", "si", "so", "st", "ste"),
        *("te", "the", "to", "tu", "un", "une", "up", "us", "van", "vous", "von", "we", "you"),
    ]
)


@dataclass(frozen=True)
class SpokenNames:
    """Names that may not be said. `words`: parts of names, which count where they begin with a capital, or their script
    has none; `handles`: user names that are no word, anywhere; `signs`: names in scripts without spaces.
    """

    words: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    signs: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, names: Iterable[tuple[Iterable[str], Iterable[str]]]) -> "SpokenNames":
        """The names of some people: of each, all user names and all display names."""
        words: set[str] = set()
        handles: set[str] = set()
        signs: set[str] = set()
        for usernames, shown in names:
            handles |= {folded(one) for one in usernames if not one.isalpha()}
            for name in (*shown, *(one for one in usernames if one.isalpha())):
                words |= {one for one in plain_name(name).split() if one not in PARTICLES and not one.isdigit()}
                signs |= {one for one in name.split() if len(one) > 1 and one.lower() == one.upper()}
        return cls(frozenset(words), frozenset(handles), tuple(sorted(signs)))

    def said_in(self, text: str) -> bool:
        """Whether a text says one of them."""
        return (
            FORMER in folded(text)
            or any(map(self.is_name, _WORDS.findall(text)))
            or any(sign in text for sign in self.signs)
        )

    def is_name(self, word: str) -> bool:
        """Whether a word of a text is one: all of it, or what stands between its dashes and dots."""
        if folded(word) in self.handles:
            return True
        parts = (word, *re.split(r"[.\-]", word))
        return any(part and not part[0].islower() and plain_name(part) in self.words for part in parts)


def single(text: str) -> str:
    """A name or a title on one line, without signs that nobody sees."""
    shown = "".join(" " if category(sign)[0] in "CZ" and sign != "\u00a0" else sign for sign in text)
    return " ".join(filter(None, shown.split(" ")))

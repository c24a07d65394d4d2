"""Emoji in a title, counted as Discourse counts them before it refuses one.

Source: MaxEmojisValidator and performEmojiUnescape of Discourse, 2022 to 2025, read and not measured: signs, names
between colons, and those smileys that begin with a colon and end with no letter; none that stands behind a letter.
"""

import re
from functools import cache, lru_cache

_BEFORE = re.compile(r"[\s>.,/#!$%^&*;:{}=\-_`~()]")
_NAME = re.compile(r":([\w+-]{1,59})(?::t[2-6])?:(?!\w)")
_SMILEY = re.compile(r":(?:-?[)(|/$]|['’]\()(?=[\s:]|$)")
FIRST = "\u203c"  # before it, no sign but of PLAIN is an emoji by itself
PLAIN = frozenset("©®™↔")  # signs of typography; Discourse leaves the last two alone, of the others nobody is sure
# Names that Discourse has and the library lacks.
NAMES = frozenset(("slight_smile", "slight_frown", "smiley", "hugs", "frowning", "+1", "-1"))


@lru_cache(maxsize=4_096)
def count(title: str) -> int:
    """How many emoji a title has."""
    if ":" not in title and all(letter < FIRST for letter in title):
        return 0
    found = 0
    end = -1  # of the last one that counts
    for start, stop in places(title):
        if start >= end and (start in (0, end) or _BEFORE.match(title[start - 1])):
            found, end = found + 1, stop
    return found


def places(title: str) -> list[tuple[int, int]]:
    """Where emoji stand: from and to, in order."""
    import emoji  # its tables take long to read, and few titles have any

    signs = [(one["match_start"], one["match_end"]) for one in emoji.emoji_list(title)]
    names = [match.span() for match in _NAME.finditer(title) if known(match[1].lower())]
    smileys = [match.span() for match in _SMILEY.finditer(title)]
    return sorted([(a, b) for a, b in signs if title[a] not in PLAIN] + names + smileys)


@cache
def known(name: str) -> bool:
    """Whether an emoji has that name."""
    import emoji

    written = f":{name}:"
    return name in NAMES or any(emoji.emojize(written, language=one) != written for one in ("alias", "en"))

"""What a word is when archives are searched: letters and digits, without regard to case and accents.

“L’Été” is the words l and ete, “cœur” is coeur. The same is done to posts and to what is searched, so that they meet. A
word is found in singular and plural (`word_forms`); words that stand together are found as they are written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from koweb_sync.archive.store.word_forms import forms, singular
from koweb_sync.spelling import APART

LONGEST = 200  # letters of a word that count: an address of a kilobyte is not a word, and PostgreSQL allows 2046 bytes
COMMON = 40  # letters of a part of a text that may be said again
LARGEST = 900_000  # bytes of different words in an entry: PostgreSQL allows 1 MB
# Signs that SQLite's tokenizer may read otherwise than `FOLDING`: all but ASCII, most of Latin-1 and punctuation.
UNSURE = re.compile(
    "[^\x00-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00bb\u00bf-\u00c5\u00c7-\u00d7\u00d9-\u00de\u00e0-\u00e5\u00e7-\u00f7\u00f9-\u00ff\u2010-\u2027]"
)
AROUND, BEFORE = 160, 50  # letters of a snippet, and of what goes before the first word found
# A picture's size, which archives of before hold among the words of its post.
SIZE = re.compile(r"\b\d{1,5}×\d{1,5} \d{1,6}(?:[.,]\d{1,3})? ?(?:[KMGTkmgt]?[Bo]|[Bb]ytes?|[Oo]ctets?)\b")
QUOTED = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”|([^\s"«“]+)')


class Folding(dict[int, str]):
    """What becomes of each sign, for str.translate: letters and digits, nothing, or the space that ends a word."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if kind in ("Mn", "Me", "Cf"):  # accents that stand apart, vowel points, soft hyphens
            found = ""
        else:
            apart = unicodedata.normalize("NFKD", APART.get(sign.casefold(), sign.casefold())).casefold()
            found = "".join(one for one in apart if one.isalnum() or unicodedata.category(one) == "Mc") or " "
        self[code] = found
        return found


FOLDING = Folding()


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of a text, and where it stands there."""

    folded: str
    start: int
    end: int


class IndexEntry(NamedTuple):
    """What is searched of a post. `title` and `tags` (with blanks between them) are those of its topic, on its first
    post.
    """

    title: str
    tags: str
    text: str

    @property
    def parts(self) -> list[str]:
        """All that it says, as it stands between blanks."""
        return " ".join(self).split()


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word, in any number; or several that stand together as they are written. `begins`: the last one is only the
    beginning of a word.
    """

    words: tuple[str, ...]
    begins: bool = False

    def places(self, found: Sequence[str]) -> Iterator[int]:
        """Which words of a text are the first of those that stand together."""
        size = len(self.words)
        for nth in range(len(found) - size + 1):
            if all(self.meets(place, found[nth + place]) for place in range(size)):
                yield nth

    def meets(self, place: int, word: str) -> bool:
        """Whether a word of a text is the one that is wanted in this place."""
        wanted = self.words[place]
        begins = self.begins and place == len(self.words) - 1
        if len(self.words) > 1:
            return word.startswith(wanted) if begins else word == wanted
        return any(one.startswith(wanted) for one in forms(word)) if begins else singular(word) == singular(wanted)

    def within(self, texts: Sequence[Sequence[str]]) -> bool:
        """Whether one of some texts, each as its words, has the words."""
        return any(next(self.places(words), None) is not None for words in texts)


def wishes(words: str) -> tuple[Phrase, ...]:
    """What somebody who typed `words` wants to find."""
    return tuple(typed_wishes(words))


def typed_wishes(words: str) -> dict[Phrase, str]:
    """The same, each with how it was typed."""
    found: dict[Phrase, str] = {}
    for match in QUOTED.finditer(words):
        part = next(filter(None, match.groups()), "")
        if together := tuple(folded(part)):
            found.setdefault(Phrase(together, part.rstrip().endswith("*")), match[0])
    return found


def singulars(entry: IndexEntry) -> list[str]:
    """The different words of a post, in their singulars, sorted; as many as an index takes."""
    return limited(map(singular, folded(" ".join(entry))))


def other_forms(said: Iterable[str]) -> list[str]:
    """What else a post is found by, sorted: singulars and plurals of its words, “œ” where “oe” may stand for it, and
    words that SQLite's tokenizer might not see in it. `said`: all that it says, as it stands between blanks.
    """
    parts = set(said)
    if max(map(len, parts), default=0) <= COMMON:
        return limited(set(chain.from_iterable(map(often, parts))))
    short = {part for part in parts if len(part) <= COMMON}
    return limited({*chain.from_iterable(map(often, short)), *chain.from_iterable(map(found_by, parts - short))})


def found_by(part: str) -> tuple[str, ...]:
    """The same of a part of a text that has no blank in it."""
    if part.isascii() and part.isdecimal() and len(part) <= COMMON:  # a number has no other form
        return ()
    words = folded(part)
    found = set(chain.from_iterable(map(written_otherwise, words)))
    return tuple(found.union(words) if UNSURE.search(part) else found)


often = lru_cache(maxsize=20_000)(found_by)  # texts say the same over and over


@lru_cache(maxsize=5_000)
def written_otherwise(word: str) -> tuple[str, ...]:
    """The other forms of a word, also with “œ”; and the beginning that counts of one that is too long."""
    same = forms(word)
    found = {one for one in same if one != word} | {one.replace("oe", "œ") for one in same if "oe" in one}
    return (*found, *([word] if len(word) == LONGEST else []))


def limited(words: Iterable[str]) -> list[str]:
    """Different words in the order of their bytes; as many as an index takes."""
    different, room = dict.fromkeys(words), LARGEST
    if 4 * sum(map(len, different)) <= room:
        return sorted(different)
    kept = []
    for word in different:
        room -= len(word.encode())
        if room < 0:
            break
        kept.append(word)
    return sorted(kept)


def folded(body: str) -> list[str]:
    """The words of a text in order."""
    return [word[:LONGEST] for word in body.translate(FOLDING).split(" ") if word]


def split(body: str) -> Iterator[FoundWord]:
    """The same words, with the places where they stand."""
    start, letters = 0, ""
    for place, sign in enumerate(f"{body} "):
        found = FOLDING[ord(sign)]
        if found == " ":
            if letters:
                yield FoundWord(letters[:LONGEST], start, place)
            letters = ""
        elif found:
            start = start if letters else place
            letters += found


def snippet(body: str, wanted: Sequence[Phrase]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """One line around the first place in a text where something wanted stands; where in it found words are."""
    body = SIZE.sub("", body)
    words = list(split(body))
    plain = [word.folded for word in words]
    places = sorted(
        {(words[nth].start, words[nth + len(wish.words) - 1].end) for wish in wanted for nth in wish.places(plain)}
    )
    first = places[0] if places else (0, 0)
    begin = next((word.start for word in words if word.start >= first[0] - BEFORE), 0)
    begin = 0 if first[0] <= BEFORE else begin - (body[begin - 1 : begin] == "[")  # of a picture's description
    end = max((word.end for word in words if word.end <= begin + AROUND), default=0)
    end = len(body) if len(body) <= begin + AROUND else max(end, first[1], begin + 1)
    return one_line(body, begin, end, [place for place in places if place[1] <= end])


def one_line(
    body: str, begin: int, end: int, places: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A part of a text without line ends and other blanks in a row; its places, counted anew."""
    line = "…" if begin else ""
    moved = {}
    for place in range(begin, end):
        moved[place] = len(line)
        sign = body[place]
        if not sign.isprintable() or sign.isspace():
            line += "" if line.endswith((" ", "…")) or not line else " "
        else:
            line += sign
    moved[end] = len(line)
    line = line.rstrip() + ("…" if end < len(body) else "")
    return line, tuple((moved[start], moved[stop]) for start, stop in places)


def storable(value: Any) -> Any:
    """A value that both databases hold: U+0000 goes, as Discourse lets it go; half a surrogate pair becomes U+FFFD.

    No forum stores either, but JSON can say them, and one such post must not stop an archive.
    """
    if not isinstance(value, str) or holdable(value):
        return value
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def holdable(text: str) -> bool:
    """Whether both databases hold a text as it is."""
    if text.isascii():
        return "\0" not in text
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False

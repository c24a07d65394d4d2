"""What a text says otherwise than another one, in few words: the sentences that differ, as extracts. Pure."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.merge_texts import Effort, aligned

AROUND = 2  # words that stayed which are shown beside those that did not
LONG = 80  # characters of an extract
_ENDS = re.compile(
    r"\n[^\S\n]*\n\s*"  # paragraphs
    r"|\n(?=[^\S\n]*(?:[-*+>#|]|\d+[.)]))"  # points of a list, headings, rows
    r"|(?<=[.!?…])\s+(?=[^\s\da-zà-ÿ.!?…»”)])"  # “etc. and” goes on
)
_SPACES = re.compile(  # between words: not one that does not break, nor where a reader would not, as in “18 h 30 :”
    r"(?<!«)(?<!\d h)[^\S\u00a0\u202f]+(?![?!:;»%€]|h\b)"
)


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """The words of a sentence that differ, with a few around, before and after; "" where it is not there."""

    before: str
    after: str


def sentences(text: str) -> list[str]:
    """The sentences of a text, each in one line."""
    return [line for part in _ENDS.split(with_lf(text)) if (line := " ".join(words(part)))]


def words(text: str) -> list[str]:
    """The words of a text, and what no-break spaces join: nobody breaks “18 h 30” there."""
    return [word for word in _SPACES.split(text) if word.strip()]


def plain(text: str) -> str:
    """A text with plain spaces."""
    return " ".join(text.split())


def changed_sentences(before: str, after: str) -> list[ChangedSentence]:
    """The sentences that differ in more than spaces and lone signs, in their order."""
    old, new = sentences(before), sentences(after)
    found: list[ChangedSentence] = []
    i = j = 0
    for i_next, j_next in [*aligned([*map(plain, old)], [*map(plain, new)], Effort()), (len(old), len(new))]:
        pairs = zip_longest(old[i:i_next], new[j:j_next], fillvalue="")
        found += [extract(was, now) for was, now in pairs if any(sign.isalnum() for sign in was + now)]
        i, j = i_next + 1, j_next + 1
    return found


def extract(was: str, now: str) -> ChangedSentence:
    """Two forms of a sentence, from the first to the last word that differs."""
    a, b = words(was), words(now)
    if not a or not b:
        return ChangedSentence(shortened(was), shortened(now))
    shorter = min(len(a), len(b))
    start = next((n for n in range(shorter) if plain(a[n]) != plain(b[n])), shorter)
    end = next((n for n in range(shorter - start) if plain(a[-1 - n]) != plain(b[-1 - n])), shorter - start)
    first, rest = max(0, start - AROUND), max(0, end - AROUND)
    return ChangedSentence(*(f"{'…' * bool(first)}{shortened(' '.join(one[first:]), rest)}" for one in (a, b)))


def shortened(text: str, without: int = 0) -> str:
    """The beginning of a text, in one line and cut at a word. `without`: how many of its last words are left out."""
    found = words(text)
    shown = " ".join(found[: len(found) - without])
    if len(shown) > LONG:
        shown = shown[: LONG + 1].rpartition(" ")[0] or shown[:LONG]
    elif not without:
        return shown
    return shown.rstrip(" ,;:…") + "…"

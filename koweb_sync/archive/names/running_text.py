"""Names of people anywhere in a text: whole words in a row. Pure.

A text is read once, however many names may stand in it: what says no word with which one begins is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from koweb_sync.archive.names.aliases import FORMER, Alias, ReplacedNames, says_former, word
from koweb_sync.archive.names.diacritics import MARKS

_TOKEN = re.compile(
    rf"(?P<same>{FORMER}\d+)|(?P<between>%20|%27|&nbsp;|&\#39;|&\#x27;)"
    rf"|(?P<word>(?:[^\W_]|[{MARKS}]|%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f])+)+)"
)
_RUN = re.compile(r"[^\W_]+")
_MARKED = re.compile(rf"[^\W_][{MARKS}]|[{MARKS}][^\W_]")
_BETWEEN = re.compile(r"(?:%20|%27|&nbsp;|&\#39;|&\#x27;|[\s\-_.+'’])+")
_FAR = 12  # letters between two words of one name


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text and where it stands: what it says, plainly, and nothing where somebody's number stands.

    `follows`: nothing but what may stand within a name is between it and the word before.
    """

    start: int
    end: int
    said: str | None
    follows: bool


def may_begin(said: str, names: ReplacedNames) -> bool:
    """Whether a free name may begin with a word, or with what follows one that says nothing."""
    return not said or names.begins(said.partition(" ")[0])


def tokens(text: str, names: ReplacedNames) -> list[Token]:
    """The words of a text with which a name may begin, and after each as many as one may have.

    Each is looked at once, in however many names it may stand.
    """
    read: list[Token] = []
    end = wanted = 0
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "between":
            continue
        said = None if found.lastgroup == "same" else word(found[0])
        if said is not None and may_begin(said, names):
            wanted = names.longest
        if wanted:
            between = text[end : found.start()]
            follows = len(between) <= _FAR and _BETWEEN.fullmatch(between) is not None
            read.append(Token(found.start(), found.end(), said, follows))
            wanted -= 1
        end = found.end()
    return read


@lru_cache(maxsize=20_000)
def said(text: str) -> tuple[str, ...]:
    """All words of a piece of a text without spaces, as names are compared."""
    found = _TOKEN.finditer(text)
    return tuple(one for each in found if each.lastgroup == "word" for one in word(each[0]).split())


def names_in_text(text: str, names: ReplacedNames) -> str:
    """Names anywhere: whole words in a row, whatever their case and accents, with spaces, hyphens or dots between."""
    parts = text.split("<")  # which stands in no name
    for nth in saying(text, parts, names):
        parts[nth] = renamed(parts[nth], names)
    return "<".join(parts)


def saying(text: str, parts: list[str], names: ReplacedNames) -> Iterator[int]:
    """Which parts of a text may say a name: the others need not be looked at word by word."""
    likely = {run for run in set(_RUN.findall(text)) if may_begin(word(run), names)}
    for nth, part in enumerate(parts):
        if composed(part) or (likely and not likely.isdisjoint(_RUN.findall(part))):
            yield nth


def places_in(text: str, names: ReplacedNames) -> Iterator[tuple[int, int]]:
    """Where a text of any length says one of the free names: start and end."""
    parts = text.split("<")
    start = before = 0
    for nth in saying(text, parts, names):
        start += sum(len(one) + 1 for one in parts[before:nth])
        before = nth
        yield from ((start + first, start + last) for first, last, _alias in places(parts[nth], names))


def composed(text: str) -> bool:
    """Whether a word of a text may be more than letters in a row, or end within them."""
    return "%" in text or says_former(text) or (not text.isascii() and _MARKED.search(text) is not None)


def renamed(text: str, names: ReplacedNames) -> str:
    """A text with other names in place of those that stand anywhere in it."""
    parts, done = [], 0
    for start, end, alias in places(text, names):
        parts += [text[done:start], alias.username if address(text, start, end) else alias.name]
        done = end
    return "".join([*parts, text[done:]])


def places(text: str, names: ReplacedNames) -> Iterator[tuple[int, int, Alias]]:
    """Where a text says one of the free names: start, end, and what takes its place."""
    read = tokens(text, names)
    index = 0
    while index < len(read):
        count, alias = longest(read, index, names)
        if alias is not None:
            yield read[index].start, read[index + count - 1].end, alias
        index += max(count, 1)


def longest(read: list[Token], index: int, names: ReplacedNames) -> tuple[int, Alias | None]:
    """The longest name that begins with a word: of how many words, and what takes its place."""
    said = ""
    found: tuple[int, Alias | None] = (0, None)
    for count, token in enumerate(read[index : index + names.longest], 1):
        if token.said is None or (count > 1 and not token.follows):
            break
        said = f"{said} {token.said}" if said and token.said else said or token.said
        if count == 1 and not may_begin(said, names):
            break
        alias = names.free(said)
        if alias is not None:
            found = (count, alias)
    return found


def address(text: str, start: int, end: int) -> bool:
    """Whether a name is part of an address or a slug, where no space may stand."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (
        (before != "" and before in "/@=-_%")
        or (after != "" and after in "/@=-_%")
        or not re.search(r"\s|^\w+$", text[start:end])
    )

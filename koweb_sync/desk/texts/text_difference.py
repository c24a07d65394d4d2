"""What changed between two texts, as people read it: paragraph by paragraph, and within one phrase by phrase. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.merge_texts import Effort, aligned

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_STOPS = frozenset(".!?…")
_BLANK = re.compile(r"\n[ \t]*\n+")
ALIKE = 0.35  # below this, two paragraphs, or two sentences, are told as one that went and one that came
WITHIN = 0.9  # unless so much of the shorter one stands in the other: somebody wrote on
SHORT = 12  # characters below which that says nothing
BETWEEN = 5  # letters that stayed between words that did not, with which these are shown as one phrase
LARGE = 250_000  # pairs of words from which on differences are told more roughly

SameWords = tuple[int, int, int]  # words that stayed: the number of the first one before, and after, and how many


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words that stayed ("same"), went ("gone") or came ("new")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph that differs: its words before and after. Either side is empty where the paragraph is not there.

    `line`: where it stands in the new text, from 1.
    """

    before: tuple[WordRun, ...]
    after: tuple[WordRun, ...]
    line: int


def changed_paragraphs(before: str, after: str) -> tuple[ChangedParagraph, ...]:
    """The paragraphs that differ, in the order of the new text."""
    old, new = (paragraphs(with_lf(text)) for text in (before, after))
    lines = starts(with_lf(after))
    found: list[ChangedParagraph] = []
    i = j = 0
    for i_next, j_next in [*aligned(old, new, Effort()), (len(old), len(new))]:
        found += pairs(old[i:i_next], new[j:j_next], lines[j:j_next] or [lines[min(j, len(lines) - 1)]])
        i, j = i_next + 1, j_next + 1
    return tuple(found)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, without the blank lines between them."""
    return [part for part in _BLANK.split(text.strip("\n")) if part]


def starts(text: str) -> list[int]:
    """The line of each paragraph, from 1; at least one."""
    at, found = len(text) - len(text.lstrip("\n")), []
    for part in _BLANK.split(text.strip("\n")):
        place = text.index(part, at) if part else at
        found.append(text.count("\n", 0, place) + 1)
        at = place + len(part)
    return found or [1]


def pairs(old: Sequence[str], new: Sequence[str], lines: Sequence[int]) -> Iterator[ChangedParagraph]:
    """Paragraphs that stand in each other's place, told together where they are alike."""
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else ""
        after = new[number] if number < len(new) else ""
        line = lines[min(number, len(lines) - 1)]
        if before and after and not are_like(before, after):
            yield ChangedParagraph((WordRun("gone", before),), (), line)
            yield ChangedParagraph((), (WordRun("new", after),), line)
        else:
            yield ChangedParagraph(*phrases(before, after), line)


def alike(same: int, before: int, after: int) -> bool:
    """Whether two paragraphs are told together. `same`: how many of their characters are the same ones."""
    shorter = min(before, after)
    return same >= ALIKE * max(before, after) or (shorter >= SHORT and same >= WITHIN * shorter)


def are_like(one: str, other: str) -> bool:
    """Whether two paragraphs are two forms of one."""
    a, b = split(one), split(other)
    same = sum(len("".join(a[i : i + size])) for i, _j, size in same_words(a, b))
    return alike(same, len(one), len(other))


def phrases(before: str, after: str) -> tuple[tuple[WordRun, ...], tuple[WordRun, ...]]:
    """Two texts as runs of words: what differs stands together, as `same_phrases` says."""
    a, b = split(before), split(after)
    stays = same_phrases(a, b, same_words(a, b))
    old = runs(a, [(i, size) for i, _j, size in stays], "gone")
    return tuple(old), tuple(runs(b, [(j, size) for _i, j, size in stays], "new"))


def split(text: str) -> list[str]:
    """The words of a text, and what stands between them."""
    return _WORDS.findall(text)


def runs(words: Sequence[str], stays: Sequence[tuple[int, int]], kind: str) -> Iterator[WordRun]:
    """The words of one side. `stays`: which of them stayed, by the number of the first, and how many; those beside each
    other are one run.
    """
    at, kept = 0, ""
    for first, size in [*stays, (len(words), 0)]:
        if other := "".join(words[at:first]):
            if kept:
                yield WordRun("same", kept)
            yield WordRun(kind, other)
            kept = ""
        at = first + size
        kept += "".join(words[first:at])
    if kept:
        yield WordRun("same", kept)


def same_words(a: Sequence[str], b: Sequence[str]) -> list[SameWords]:
    """The words that two texts have in common, in their order."""
    found = SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > LARGE).get_matching_blocks()
    return [(one.a, one.b, one.size) for one in found if one.size]


def same_phrases(a: Sequence[str], b: Sequence[str], same: Sequence[SameWords]) -> list[SameWords]:
    """Of the words that two texts have in common, those that are shown as such: no sign or short word between two that
    differ, and nothing of a sentence that became another one. Behind NUL, a word says what is no text.
    """
    ends = [(0, 0), *((i + size, j + size) for i, j, size in same)]
    begins = [*((i, j) for i, j, _size in same), (len(a), len(b))]
    wide = [
        (i, j, size)
        for number, (i, j, size) in enumerate(same)
        if not (is_little(a[i : i + size]) and is_between(ends[number : number + 2], begins[number : number + 2]))
    ]
    sides = sentence_numbers(a), sentence_numbers(b)
    less = [
        stayed_less(words, numbers, [(one[side], one[2]) for one in wide])
        for side, (words, numbers) in enumerate(zip((a, b), sides, strict=True))
    ]
    return [
        (i + n, j + n, 1)
        for i, j, size in wide
        for n in range(size)
        if "\n" in a[i + n] or sides[0][i + n] not in less[0] or sides[1][j + n] not in less[1]
    ]


def is_between(ends: Sequence[tuple[int, int]], begins: Sequence[tuple[int, int]]) -> bool:
    """Whether words that stayed stand, in one text or the other, between words that did not. `ends`: where the words
    that stayed before them end, and where they do; `begins`: where they begin, and where the next that stayed do.
    """
    return any(all(end[side] < begin[side] for end, begin in zip(ends, begins, strict=True)) for side in (0, 1))


def is_little(words: Sequence[str]) -> bool:
    """Whether words are signs and a short word or two, within one line."""
    return letters(words) <= BETWEEN and not any("\n" in one or one.startswith("\0") for one in words)


def letters(words: Sequence[str]) -> int:
    """How many letters and digits words have; what is no text counts as one."""
    return sum(sum(sign.isalnum() for sign in one.partition("\0")[0]) or one.startswith("\0") for one in words)


def sentence_numbers(words: Sequence[str]) -> list[int]:
    """For each word, in the how manyth sentence it stands."""
    found, number = [], 0
    for at, word in enumerate(words):
        said = word.partition("\0")[0]
        found.append(number)
        number += "\n" in said or (said.isspace() and at > 0 and words[at - 1].partition("\0")[0] in _STOPS)
    return found


def stayed_less(words: Sequence[str], numbers: Sequence[int], stays: Sequence[tuple[int, int]]) -> set[int]:
    """The numbers of the sentences of which too little stayed to show it."""
    whole: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    for word, number in zip(words, numbers, strict=True):
        whole[number] += letters([word])
    for first, size in stays:
        for at in range(first, first + size):
            kept[numbers[at]] += letters([words[at]])
    return {number for number, count in whole.items() if kept[number] < ALIKE * count}

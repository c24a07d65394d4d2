"""What changed between two texts, as people read it: paragraph by paragraph, and within one word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.merge_texts import Effort, aligned

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_BLANK = re.compile(r"\n[ \t]*\n+")
ALIKE = 0.35  # below this, two paragraphs are told as one that went and one that came
WITHIN = 0.9  # unless so much of the shorter one stands in the other: somebody wrote on
SHORT = 12  # characters below which that says nothing
BETWEEN = 5  # letters that stayed between words that did not, with which these are shown as one phrase


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
        a, b = words(before, after)
        same = sum(len(run.text) for run in a if run.kind == "same")
        if before and after and not alike(same, len(before), len(after)):
            yield ChangedParagraph((WordRun("gone", before),), (), line)
            yield ChangedParagraph((), (WordRun("new", after),), line)
        else:
            yield ChangedParagraph(a, b, line)


def alike(same: int, before: int, after: int) -> bool:
    """Whether two paragraphs are told together. `same`: how many of their characters are the same ones."""
    shorter = min(before, after)
    return same >= ALIKE * max(before, after) or (shorter >= SHORT and same >= WITHIN * shorter)


def words(before: str, after: str) -> tuple[tuple[WordRun, ...], tuple[WordRun, ...]]:
    """Two paragraphs as runs of words."""
    if not before or not after:
        return ((WordRun("gone", before),) if before else (), (WordRun("new", after),) if after else ())
    a, b = _WORDS.findall(before), _WORDS.findall(after)
    old: list[WordRun] = []
    new: list[WordRun] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > 250_000).get_opcodes():
        if i2 > i1:
            old.append(WordRun("same" if what == "equal" else "gone", "".join(a[i1:i2])))
        if j2 > j1:
            new.append(WordRun("same" if what == "equal" else "new", "".join(b[j1:j2])))
    return tuple(old), tuple(new)


def phrases(before: str, after: str) -> tuple[tuple[WordRun, ...], tuple[WordRun, ...]]:
    """Two texts beside each other: what differs stands together, also where a sign or a short word in it stayed."""
    old, new = words(before, after)
    return joined(old), joined(new)


def joined(runs: Sequence[WordRun]) -> tuple[WordRun, ...]:
    """Runs of words, those that differ joined with what little stands between them."""
    found: list[WordRun] = []
    for at, run in enumerate(runs):
        beside = [*found[-1:], *runs[at + 1 : at + 2]]
        inside = len(beside) == 2 and all(one.kind != "same" for one in beside) and is_little(run.text)
        kind = found[-1].kind if inside else run.kind
        if found and found[-1].kind == kind:
            found[-1] = WordRun(kind, found[-1].text + run.text)
        else:
            found.append(WordRun(kind, run.text))
    return tuple(found)


def is_little(text: str) -> bool:
    """Whether a text is signs and a short word or two, within one line."""
    return sum(sign.isalnum() for sign in text) <= BETWEEN and "\n" not in text

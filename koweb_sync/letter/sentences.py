"""Sentences of posts that can be quoted: pure.

A sentence counts if it stands whole in a paragraph of a post, as readers see it: 40 to 240 letters, from a capital to a
full stop, without anything in it but words. What stands in quotes, lists, code, tables and details is left out, and so
are sentences with a link, a mention, a picture, an address, a number to call, quotation marks in or around them
(somebody else said that), or signs that mean something in Markdown: what is published again can then neither call
anybody nor show more than its words. Of these, the first one of 70 letters or more is quoted, for it is understood
alone; else the first.
"""

import re
from collections.abc import Iterable, Iterator
from unicodedata import category

from selectolax.lexbor import LexborHTMLParser, LexborNode

from koweb_sync.archive.store.readable_html import readable

SHORTEST, ALONE, LONGEST = 40, 70, 240  # letters; from the second on a sentence is mostly understood alone
BARRIER = "\ufffc"  # what no sentence may hold: a picture, a link, code, the end of a line
PLAIN = frozenset(["b", "em", "i", "ins", "mark", "small", "strong", "u"])
SHORT = (
    *("m", "mm", "mme", "mmes", "mlle", "dr", "pr", "st", "ste", "cf", "ex", "etc", "env", "min", "max", "art", "vol"),
    *("p", "pp", "n", "no", "av", "apr", "tél", "tel", "mr", "mrs", "ms", "prof", "vs", "approx", "e.g", "i.e", "p.ex"),
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_END = re.compile(r"[.!?…]+[\"»”’)]*(?=[ \u00a0\u202f]|$)|[。！？؟]+")
_LAST = re.compile(r"[.!?…。！？؟][\s\u00a0\u202f]*[»”’)\"]*$")
_BEGIN = re.compile(r"[«“\"‘'(¿¡\s\u00a0\u202f]*")
_MEANS = re.compile(
    r"[«»“”„\"@#<>\[\]{}|\\`~^*_$\ufffc]|://|www\.|:[\w+-]+:|\w\.[^\W\d]|\d(?:[ .\-/\u00a0\u202f]?\d){7}", re.IGNORECASE
)
_KINDS = frozenset(["Cc", "Cf", "Co", "Cs", "Cn"])


def quotable(cooked: str) -> Iterator[str]:
    """The sentences of a post that can be quoted, in their order."""
    for passage in passages(cooked):
        end = 0
        for sentence in split(passage):
            begin = passage.index(sentence, end)
            end = begin + len(sentence)
            if is_quotable(sentence) and not is_quoted(passage[:begin], passage[end:]):
                yield sentence


def best(sentences: Iterable[str]) -> str:
    """The one to quote; empty for none."""
    found = list(sentences)
    return next((one for one in found if len(one) >= ALONE), found[0] if found else "")


def spaced(text: str) -> str:
    """A text with one plain space wherever HTML shows one; no-break spaces stay."""
    return _SPACE.sub(" ", text).strip(" ")


# ---- from HTML to passages


def passages(cooked: str) -> Iterator[str]:
    """The runs of plain words in a post's own paragraphs."""
    body = LexborHTMLParser(readable(cooked)).body
    node = body.child if body is not None else None
    while node is not None:
        if node.tag == "p":
            for part in "".join(words(node)).split(BARRIER):
                if found := spaced(part):
                    yield found
        node = node.next


def words(node: LexborNode) -> Iterator[str]:
    """The words in an element; a barrier stands for all that is more than words."""
    child = node.child
    while child is not None:
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag in PLAIN or (child.tag == "span" and not child.attributes):
            yield from words(child)
        elif child.tag != "-comment":
            yield BARRIER
        child = child.next


# ---- from passages to sentences


def split(passage: str) -> Iterator[str]:
    """The sentences of a passage. A full stop behind a short form, or before a small letter, ends none."""
    begin = 0
    for end in _END.finditer(passage):
        rest = passage[end.end() :].lstrip(" \u00a0\u202f")
        start = rest[_BEGIN.match(rest).end() :][:1]  # type: ignore[union-attr] # it matches nothing, too
        if start.islower() or (end[0] == "." and is_short(passage[begin : end.start()])):
            continue
        yield passage[begin : end.end()].strip(" \u00a0\u202f")
        begin = end.end()
    if left := passage[begin:].strip(" \u00a0\u202f"):
        yield left


def is_short(before: str) -> bool:
    """Whether a full stop after these words only shortens the last one."""
    last = re.split(r"[\s\u00a0\u202f('’«“]", before)[-1]
    return (len(last) == 1 and last.isupper()) or last.casefold() in SHORT


def is_quoted(before: str, after: str) -> bool:
    """Whether quotation marks were opened before a sentence and not closed, or are closed after it without an opening:
    of several sentences of somebody else, those in the middle have no mark of their own.
    """
    opened = max(before.rfind(sign) for sign in "«“") > max(before.rfind(sign) for sign in "»”")
    ends, begins = ([at for sign in signs if (at := after.find(sign)) >= 0] for signs in ("»”", "«“"))
    closed = bool(ends) and (not begins or min(ends) < min(begins))
    return opened or closed or before.count('"') % 2 == 1


def is_quotable(sentence: str) -> bool:
    """Whether a sentence says enough, not too much, and is nothing but words."""
    first = sentence[_BEGIN.match(sentence).end() :][:1]  # type: ignore[union-attr] # it matches nothing, too
    return (
        SHORTEST <= len(sentence) <= LONGEST
        and first.isalpha()
        and not first.islower()
        and _LAST.search(sentence) is not None
        and not _MEANS.search(sentence)
        and sentence.count("(") == sentence.count(")")
        and not any(category(sign) in _KINDS for sign in sentence)
    )

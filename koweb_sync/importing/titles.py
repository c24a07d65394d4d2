"""Titles: from headings and from names of files, made as long as a forum wants them, each only once. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from markdown_it.token import Token

from koweb_sync.posts.lint import Rules
from koweb_sync.posts.markdown import find
from koweb_sync.safe_text import unbroken

LONGEST_WORD = 30  # letters: Discourse takes a longer word for noise (title_max_word_length)
NAMELESS = frozenset(["index", "_index", "readme", "untitled", "sans titre", "home"])
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_ ]+(?=\S)")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a-\u23ff]\ufe0f?|(?<!\\w):[a-z][a-z0-9_+-]+:")
_CONTENTS = re.compile(r"\[\[?_?toc_?\]?\]", re.IGNORECASE)
# What a tool fills in, and BBCode: no words of a title.
_FOR_TOOLS = re.compile(r"\{[{%][^{}]{0,200}[%}]\}|<%[^<>]{0,200}%>|\[/?[a-z]{1,10}(?:=[^\[\]]{0,100})?\]|-+8<-+\s*\S*")
_ATTRIBUTES = re.compile(r"\s*\{:?\s*(?:#([\w:.-]+)|\.[\w-]|[\w-]+=)[^{}]*\}$")  # of kramdown and Python-Markdown
_HUMP = re.compile(r"(?<=[a-zà-öø-ÿ0-9])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, slots=True)
class TitleHeading:
    """A heading of a body: its words; the lines that it takes, from 0, the last one excluded; whether nothing stands
    before it, and whether it is words alone, so that it says no more than a title does. `anchor`: the name that it has
    in `{#name}` behind it, "" for none.
    """

    words: str
    first: int
    last: int
    opens: bool
    plain: bool
    anchor: str = ""


def heading(body: str) -> TitleHeading | None:
    """The heading that names a text: the first of the first rank, or one of any rank that the text begins with."""
    tokens = find(body).tokens
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map and (token.tag == "h1" or at == 0):
            inline = tokens[at + 1]
            words, plain = plain_words(inline)
            added = _ATTRIBUTES.search(words)
            if words := _ATTRIBUTES.sub("", words):
                anchor = added[1] or "" if added else ""
                return TitleHeading(words, token.map[0], token.map[1], at == 0, plain, anchor)
    return None


def with_anchor(body: str, top: TitleHeading) -> str:
    """A body whose heading stays: the name that it has in `{#name}` becomes a place before it."""
    lines = body.split("\n")
    words = _ATTRIBUTES.sub("", re.sub(r"\s+#+$", "", lines[top.first].rstrip()))
    return "\n".join([*lines[: top.first], f'<a name="{top.anchor}"></a>', "", words, *lines[top.first + 1 :]])


def plain_words(inline: Token) -> tuple[str, bool]:
    """The words of a line of Markdown, and whether that is all it holds."""
    parts = inline.children or []
    text = "".join(" " if one.type in ("softbreak", "hardbreak") else one.content for one in parts if shown(one))
    plain = all(one.type in PLAIN for one in parts)
    return " ".join(unbroken(text).split()), plain


PLAIN = frozenset(
    [
        *("text", "code_inline", "em_open", "em_close", "strong_open", "strong_close", "softbreak", "s_open"),
        *("s_close", "text_special", "hardbreak", "entity"),
    ]
)


def shown(token: Token) -> bool:
    """Whether a token's content is words."""
    return token.type in ("text", "code_inline", "image", "text_special", "softbreak", "hardbreak", "entity")


def readable(path: str) -> str:
    """A title from a file's name: `2024-01-02-tour_de_table.md` is “Tour de table”. That of its folder, if the name
    says nothing, as index.md.
    """
    whole = PurePosixPath(path)
    stem = whole.name.removesuffix(whole.suffix)
    if stem.casefold() in NAMELESS and whole.parent.name:
        stem = whole.parent.name
    return words_of_name(stem)


def words_of_name(name: str) -> str:
    """A name of a file or folder as words."""
    stem = _DATE.sub("", name, count=1) if not re.fullmatch(r"[\d _-]+", name) else name
    if " " not in stem and not re.fullmatch(r"[\d_-]+", stem):
        stem = re.sub("[_-]+", " ", stem).strip()
    if " " not in stem and len(_HUMP.split(stem)) > 1:  # WikiNames
        first, *others = _HUMP.split(stem)
        stem = " ".join([first, *(one if one.isupper() else one[:1].lower() + one[1:] for one in others)])
    words = " ".join(unbroken(stem).split())
    return words[:1].upper() + words[1:]


def fitting(title: str, additions: Iterable[str], rules: Rules, free: Callable[[str], bool]) -> str:
    """A title that the forum takes and that nobody else has: as it is, cut, or with some of `additions` or a number
    behind it. The title itself where nothing helps.
    """
    for words in longer(with_short_words(without_shouting(" ".join(title.split()))), additions, rules.title_max):
        if len(words) >= rules.title_min and free(words):
            return words
    return title


def longer(title: str, additions: Iterable[str], most: int) -> Iterator[str]:
    """A title, and longer ones until it is told apart, of at most so many characters."""
    whole = shortened(title, most)
    yield whole
    for words in map(with_short_words, additions):
        if words and words.casefold() not in whole.casefold() and len(whole) + len(words) + 3 <= most:
            whole = f"{whole} – {words}"
            yield whole
    yield from (f"{shortened(whole, most - 8)} ({number})" for number in range(2, 10_000))


def opening_words(body: str) -> str:
    """The first words of a text."""
    for token in find(body).tokens:
        if token.type == "inline":
            words = _FOR_TOOLS.sub("", plain_words(token)[0]).split()
            if words and not _CONTENTS.fullmatch(words[0]):
                return " ".join(words[:6])
    return ""


def without_shouting(title: str) -> str:
    """A title that does not shout, with one emoji: Discourse refuses others (allow_uppercase_posts, TextSentinel;
    max_emojis_in_title, whose default is 1).
    """
    seen = len(_EMOJI.findall(title)) > 1
    first = _EMOJI.search(title)
    if seen and first:
        title = " ".join((title[: first.end()] + _EMOJI.sub("", title[first.end() :])).split())
    return title.capitalize() if title.isupper() else title


def with_short_words(title: str) -> str:
    """A title without words that are longer than the forum takes them for words."""
    words = []
    for word in title.split(" "):
        parts = [word] if len(word) <= LONGEST_WORD else filter(None, re.split(r"[\W_]+", word))
        words += [part[at : at + LONGEST_WORD] for part in parts for at in range(0, len(part), LONGEST_WORD)]
    return " ".join(words)


def shortened(title: str, most: int) -> str:
    """A title of at most so many characters, cut between words."""
    if len(title) <= most:
        return title
    cut = title[: most - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[most // 2 :] else cut}…"


def same(one: str, other: str) -> bool:
    """Whether two titles are one to the forum: capitals and spaces aside."""
    return folded(one) == folded(other)


def folded(title: str) -> str:
    """A title as the forum compares it."""
    return " ".join(title.casefold().split())

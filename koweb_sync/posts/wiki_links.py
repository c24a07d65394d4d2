"""Links that no Markdown is: `[[note]]`, `[[note|words]]`, `![[picture.png]]` of wikis and Obsidian, `[x](a b.md)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.reader import read

_LINK = re.compile(r"!?\[\[[^\[\]\n]{1,300}\]\]")
_SPACED = re.compile(
    r"(?P<before>\]\(|\[img(?:[ =][^\[\]\n]{0,100})?\]|\[url=)(?=[^ ()\[\]\n]{1,300} )(?P<path>[^()<>\[\]\"\n]{1,300})"
    r"(?P<after>\)|\[/img\]|\](?=[^\[\]\n]{0,300}\[/url\]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WikiLink:
    """A link as it is written, and its line from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Spaced:
    """What looks like the end of a link to `path` and is none, its line from 1, and the `way` to write it."""

    text: str
    line: int
    path: str
    way: str


def links(body: str) -> tuple[WikiLink, ...]:
    """Every such link of a text, in order; none in code or in HTML."""
    text = with_lf(body)
    if "[[" not in text or "]]" not in text:
        return ()
    return tuple(WikiLink(found[0], line) for found, line in _found(_LINK, text))


def spaced(body: str) -> tuple[Spaced, ...]:
    """Links and pictures that are none for the blanks in a path: `[x](a b.md)`, `[img]a b.png[/img]`."""
    text = with_lf(body)
    return tuple(_spaced(found, line) for found, line in _found(_SPACED, text)) if _SPACED.search(text) else ()


def _spaced(found: re.Match[str], line: int) -> Spaced:
    before, path, after = found["before"], found["path"].strip(), found["after"]
    written = f"<{path}>" if before == "](" else path.replace(" ", "%20")
    return Spaced(found[0], line, path, f"{before}{written}{after}")


def _found(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Where a pattern matches words, and the line."""
    for token in read(text)[0]:
        if token.type == "inline" and token.map:
            yield from _within(pattern, token)


def _within(pattern: re.Pattern[str], token: Token) -> Iterator[tuple[re.Match[str], int]]:
    """In one block: between two signs that are no text, text is one piece."""
    line, piece = (token.map or [0])[0] + 1, ""
    for child in [*(token.children or ()), Token("end", "", 0)]:
        if child.type in ("text", "text_special"):
            piece += child.content
            continue
        yield from ((found, line) for found in pattern.finditer(piece))
        piece, line = "", line + ("break" in child.type)

"""Links as wikis and Obsidian write them: `[[note]]`, `[[note|words]]`, `![[picture.png]]`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.reader import read

_LINK = re.compile(r"!?\[\[[^\[\]\n]{1,300}\]\]")


@dataclass(frozen=True, slots=True)
class WikiLink:
    """A link as it is written, and its line from 1."""

    text: str
    line: int


def links(body: str) -> tuple[WikiLink, ...]:
    """Every such link of a text, in order; none in code or in HTML."""
    text = with_lf(body)
    if "[[" not in text or "]]" not in text:
        return ()
    return tuple(found for token in read(text)[0] if token.type == "inline" and token.map for found in _within(token))


def _within(token: Token) -> Iterator[WikiLink]:
    """The links of one block: between two signs that are no text, text is one piece."""
    line, piece = (token.map or [0])[0] + 1, ""
    for child in [*(token.children or ()), Token("end", "", 0)]:
        if child.type in ("text", "text_special"):
            piece += child.content
            continue
        yield from (WikiLink(found[0], line) for found in _LINK.finditer(piece))
        piece, line = "", line + ("break" in child.type)

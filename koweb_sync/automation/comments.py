"""The comments in templates that people read: `#_ ` begins one, and lines with it below each other are one text.

They are collected for translation as the texts of the code are, and written in the forum's language.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import IO, Any

WIDTH = 120
BLOCK = re.compile(r"^(?P<before>[^\n]*?)#_ (?P<first>[^\n]*)(?P<more>(?:\n *#_ [^\n]*)*)$", re.MULTILINE)


def words(block: re.Match[str]) -> str:
    """What a comment says, in one line."""
    return " ".join([block["first"], *re.findall(r"#_ (.*)", block["more"])])


def in_language(template: str, say: Callable[[str], str]) -> str:
    """A template with its comments as `say` has them; one that has its lines for itself is wrapped anew."""

    def written(block: re.Match[str]) -> str:
        before, text = block["before"], say(words(block))
        if before.strip():
            return f"{before}# {text}"
        lines = textwrap.wrap(text, WIDTH - len(before) - 2, break_long_words=False, break_on_hyphens=False)
        return "\n".join(f"{before}# {line}" for line in lines)

    return BLOCK.sub(written, template)


def extract(file: IO[bytes], *_told: Any, **_options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """The comments of a template, for Babel: line, function, text, and what translators are told."""
    template = file.read().decode()
    for block in BLOCK.finditer(template):
        yield template.count("\n", 0, block.start()) + 1, "_", words(block), []

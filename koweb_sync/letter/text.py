"""A letter as plain text for a mailing list: 72 columns, and its links below it by number."""

import textwrap
from typing import assert_never

from koweb_sync.letter.words import Block, Bullets, LetterHeading, LetterInWords, Link, Paragraph, Quoted, Words

WIDTH = 72


class TextLetter:
    """Writes a letter, and numbers its links as they come."""

    def __init__(self) -> None:
        self.links: dict[str, int] = {}

    def written(self, one: LetterInWords) -> str:
        """The whole text."""
        parts = [underlined(one.title, "="), *(self.block(block) for block in one.blocks)]
        notes = [f"[{number}] {url}" for url, number in self.links.items()]
        return "\n\n".join([*parts, "--\n" + "\n".join(notes)] if notes else parts) + "\n"

    def block(self, block: Block) -> str:
        """A part of the letter."""
        match block:
            case LetterHeading(words, level):
                return underlined(self.inline(words), "-") if level == 2 else wrapped(self.inline(words), "* ", "  ")
            case Paragraph(words, _soft):
                return wrapped(self.inline(words))
            case Quoted(text, source, name):
                told = f"— {name} " if name else ""
                return wrapped(f"{text} {told}{self.note(source.url)}", "    ", "    ")
            case Bullets(items):
                return "\n".join(wrapped(self.inline(item), "- ", "  ") for item in items)
        assert_never(block)

    def inline(self, words: Words) -> str:
        """Words and links."""
        return "".join(f"{one.text} {self.note(one.url)}" if isinstance(one, Link) else one for one in words)

    def note(self, url: str) -> str:
        """The number of a link."""
        return f"[{self.links.setdefault(url, len(self.links) + 1)}]"


def text(one: LetterInWords) -> str:
    """The plain text of a letter."""
    return TextLetter().written(one)


def underlined(words: str, sign: str) -> str:
    """A heading."""
    lines = wrapped(words).splitlines()
    return "\n".join([*lines, sign * max(map(len, lines), default=0)])


def wrapped(words: str, first: str = "", later: str = "") -> str:
    """Words in lines of at most 72 letters; what is longer than a line stays whole."""
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
